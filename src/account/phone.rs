use alloc::string::String;
use core::fmt;

use super::spelling;
use crate::answer::Answer;

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PhoneError {
    /// The number does not begin with `+`, so that its country is unknown.
    NotInternational,
    /// There is something else between the digits than spaces, `-`, `.`, `(` and `)`, or one of these is
    /// at the end.
    Character,
    /// The number has too few or too many digits (ITU-T E.164, section 6.1).
    Digits {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The first digit is 0, which begins no country code.
    CountryCode,
    /// The number has `(0)`, a digit that is dialed only without the country code.
    TrunkPrefix,
}

impl PhoneError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInternational => "phone_not_international",
            Self::Character => "phone_character_invalid",
            Self::Digits { .. } => "phone_digits_invalid",
            Self::CountryCode => "phone_country_code_invalid",
            Self::TrunkPrefix => "phone_with_trunk_prefix",
        }
    }

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInternational => f.write_str("a phone number has to begin with + and the country code"),
            Self::Character => f.write_str(
                "a phone number has only digits after the +, with spaces, -, ., ( and ) between them",
            ),
            Self::Digits { min, max } => write!(f, "a phone number has {min} to {max} digits"),
            Self::CountryCode => f.write_str("the country code of a phone number does not begin with 0"),
            Self::TrunkPrefix => f.write_str("a phone number with a country code is written without (0)"),
        }
    }
}

impl core::error::Error for PhoneError {}

/// The fewest and the most digits of a number.
pub(super) const DIGITS: (usize, usize) = (8, 15);

/// Checks the syntax of a number in the spelling of a person.
pub(super) fn check(text: &str) -> Result<(), PhoneError> {
    let (min, max) = DIGITS;
    let rest = text.strip_prefix('+').ok_or(PhoneError::NotInternational)?;
    let between = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')');
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = rest.as_bytes();
    if !bytes.iter().all(|byte| byte.is_ascii_digit() || between(*byte)) {
        return Err(PhoneError::Character);
    }
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    // Separators are bounded too: no digit needs more than four.
    if !(min..=max).contains(&digits) || bytes.len() > super::Contact::MAX_PHONE_BYTES {
        return Err(PhoneError::Digits { min, max });
    }
    if !is_digit(bytes.first()) || !is_digit(bytes.last()) {
        return Err(PhoneError::Character);
    }
    if rest.starts_with('0') {
        return Err(PhoneError::CountryCode);
    }
    if rest.contains("(0)") {
        return Err(PhoneError::TrunkPrefix);
    }
    Ok(())
}

/// `+` and the digits.
pub(super) fn canonical(text: &str) -> String {
    core::iter::once('+').chain(digits(text)).collect()
}

/// The digits of a number.
pub(super) fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

/// What keyboards and clipboards put in place of the characters of a number, as those characters: full
/// width, spaces that do not break, and dashes of all kinds.
pub(super) fn typed(text: &str) -> String {
    let plain = |character: char| match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        other if other.is_whitespace() => ' ',
        other => other,
    };
    spelling::narrow(spelling::trimmed(text)).chars().map(plain).collect()
}
