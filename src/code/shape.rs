use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::alphabet::Alphabet;
use super::typed::Symbols;
use super::{CheckCode, CodeOrigin};

/// How a code looks: its alphabet and its length.
///
/// ```
/// use repass::code::CodeShape;
///
/// let shape = CodeShape::letters(8)?;
/// assert_eq!(shape.codes(), 25_600_000_000);
/// assert!((34.5..34.6).contains(&shape.entropy_bits()));
/// # Ok::<(), repass::code::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodeShape {
    alphabet: Alphabet,
    length: u8,
}

impl CodeShape {
    /// The longest code, in characters.
    pub const MAX_LENGTH: usize = 16;

    /// The fewest codes of a shape that a flow takes: as many as six decimal digits make (NIST SP
    /// 800-63B-4, section 4.2.1.2).
    pub const MIN_CODES: u128 = 1_000_000;

    /// Eight letters: 34.6 bits.
    pub const DEFAULT: Self = Self { alphabet: Alphabet::LETTERS, length: 8 };

    /// Letters of the 20-letter alphabet of RFC 8628, section 6.1: 6 to 16 of them. Eight have
    /// 34.6 bits, fifteen have 64.8.
    ///
    /// # Errors
    ///
    /// [`ShapeError::Length`].
    pub const fn letters(length: u8) -> Result<Self, ShapeError> {
        Self::new(Alphabet::LETTERS, length, 6, 16)
    }

    /// Decimal digits: 6 to 10 of them. Six have 19.9 bits.
    ///
    /// A longer row of digits is hard to read back, so a secret that needs more bits must be of
    /// letters: 8 of them have more than 10 digits.
    ///
    /// # Errors
    ///
    /// [`ShapeError::Length`].
    pub const fn digits(length: u8) -> Result<Self, ShapeError> {
        Self::new(Alphabet::DIGITS, length, 6, 10)
    }

    /// Digits and letters of Crockford's base 32, which has no I, L, O and U: 6 to 16 of them. Eight
    /// have 40 bits.
    ///
    /// # Errors
    ///
    /// [`ShapeError::Length`].
    pub const fn base32(length: u8) -> Result<Self, ShapeError> {
        Self::new(Alphabet::BASE32, length, 6, 16)
    }

    /// 2 to 16 characters of an alphabet of your own: 2 to 36 ASCII letters and digits, none of them
    /// twice in either case.
    ///
    /// Such a shape may have few codes: a flow takes none with fewer than
    /// [`CodeShape::MIN_CODES`]. A mechanism of your own has to look at its [`GuessBudget`].
    ///
    /// [`GuessBudget`]: super::GuessBudget
    ///
    /// # Errors
    ///
    /// [`ShapeError::Alphabet`] and [`ShapeError::Length`].
    pub fn of_alphabet(alphabet: &str, length: u8) -> Result<Self, ShapeError> {
        let alphabet = Alphabet::new(alphabet).ok_or(ShapeError::Alphabet)?;
        Self::new(alphabet, length, 2, 16)
    }

    const fn new(alphabet: Alphabet, length: u8, min: u8, max: u8) -> Result<Self, ShapeError> {
        if length < min || length > max {
            return Err(ShapeError::Length { min, max });
        }
        Ok(Self { alphabet, length })
    }

    /// The length of a code, in characters, without separators.
    #[must_use]
    pub fn length(&self) -> usize {
        usize::from(self.length)
    }

    /// The characters of the alphabet, so that a page can say what a code consists of. What a person types is
    /// read more leniently: see [`CheckCode::parse`].
    #[must_use]
    pub fn characters(&self) -> &str {
        // They are ASCII.
        core::str::from_utf8(self.alphabet.characters()).unwrap_or_default()
    }

    /// The lengths of the groups in which a code is shown, for a page with boxes: `[4, 4]` for eight
    /// letters.
    pub fn groups(&self) -> impl Iterator<Item = usize> + use<> {
        let (length, groups) = (self.length(), self.length().div_ceil(4));
        let short = length.checked_div(groups).unwrap_or(length);
        let long = length.checked_rem(groups).unwrap_or(0);
        (0..groups).map(move |group| short.saturating_add(usize::from(group < long)))
    }

    /// How many codes of this shape there are.
    #[must_use]
    pub fn codes(&self) -> u128 {
        // At most 36^16, which is below 2^83.
        let radix = u128::from(self.alphabet.radix());
        (0..self.length).fold(1, |codes: u128, _| codes.saturating_mul(radix))
    }

    /// The entropy of a code in bits: all codes are equally likely, so it is the binary logarithm of
    /// how many there are.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        log2(self.codes())
    }

    /// A code and its bound line, as long as those of any code of the shape.
    pub(crate) fn longest(&self, origin: &CodeOrigin) -> (Zeroizing<String>, Zeroizing<String>) {
        let first = CheckCode::new(*self, Symbols::new([0; Self::MAX_LENGTH]));
        (first.expose_secret(), first.expose_bound_line(origin))
    }

    pub(super) const fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// The length as it stands in the derivation.
    pub(super) const fn length_byte(&self) -> u8 {
        self.length
    }
}

/// The binary logarithm of a number above 0, digit by digit: squaring doubles what is left of it.
fn log2(number: u128) -> f64 {
    let whole = number.checked_ilog2().unwrap_or(0);
    let mut rest = number as f64 / 1_u128.checked_shl(whole).unwrap_or(1) as f64;
    let (mut bits, mut digit) = (f64::from(whole), 0.5);
    for _ in 0..f64::MANTISSA_DIGITS {
        rest *= rest;
        if rest >= 2.0 {
            rest /= 2.0;
            bits += digit;
        }
        digit /= 2.0;
    }
    bits
}

/// Why there is no such shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShapeError {
    /// A code of this length would be too easy to guess or too hard to type.
    Length {
        /// The shortest length of this alphabet.
        min: u8,
        /// The longest.
        max: u8,
    },
    /// The alphabet has fewer than two or more than 36 characters, another one than ASCII letters and
    /// digits, or one of them twice.
    Alphabet,
}

impl ShapeError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "code_length_invalid",
            Self::Alphabet => "code_alphabet_invalid",
        }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { min, max } => {
                write!(f, "a code of this alphabet has {min} to {max} characters")
            }
            Self::Alphabet => f.write_str(
                "an alphabet is 2 to 36 letters and digits of ASCII, none twice in either case",
            ),
        }
    }
}

impl core::error::Error for ShapeError {}
