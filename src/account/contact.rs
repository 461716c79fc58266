use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::{Channel, PhoneError, phone, spelling};
use crate::answer::Answer;

/// One e-mail address or one phone number: exactly one recipient, delivered to as it is written here.
///
/// The syntax of an address is the dot-atom of RFC 5322, section 3.4.1, with letters, marks and digits of any
/// script before the `@` (RFC 6531) and host name labels after it (RFC 1123, section 2.1).
/// Quoted local parts, comments, display names and address literals are refused; a domain of
/// another script is written as its A-labels (`xn--…`, RFC 5890). Cheap to clone.
///
/// Two spellings are the same mailbox if they agree in Normalization Form C (RFC 6532, section 3.1)
/// and in ASCII lowercase. Unicode case folding plays no part, so no look-alike reaches the mailbox of
/// another (CVE-2019-19844).
///
/// The syntax of a phone number is that of [`Contact::phone`]. Two spellings are the same number if they
/// have the same digits.
///
/// `Debug` does not show it: contacts get into a log on purpose only (OWASP Logging Cheat Sheet).
///
/// ```
/// use repass::account::Contact;
///
/// let stored = Contact::email("Mike@Example.org")?;
/// assert!(stored.same_mailbox(&Contact::email("mike@example.org")?));
/// assert!(!stored.same_mailbox(&Contact::email("m\u{131}ke@example.org")?));
/// # Ok::<(), repass::account::ContactError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Contact {
    kind: Kind,
    text: Arc<str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Email,
    Phone,
}

impl Contact {
    /// The longest address, in bytes (RFC 5321, section 4.5.3.1.3, without the brackets).
    pub const MAX_BYTES: usize = 254;

    /// The longest spelling of a phone number, in bytes.
    pub const MAX_PHONE_BYTES: usize = 64;

    /// Takes one e-mail address, such as a user table has it. For what a person typed or pasted, see
    /// [`Lookup::email`](super::Lookup::email).
    ///
    /// # Errors
    ///
    /// [`ContactError`] says which part is wrong, and never repeats the text.
    pub fn email(text: &str) -> Result<Self, ContactError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ContactError::TooLong { max_bytes: Self::MAX_BYTES });
        }
        let (local, domain) = text.split_once('@').ok_or(ContactError::NoAt)?;
        if !is_local_part(local) {
            return Err(ContactError::LocalPart);
        }
        if !domain.is_ascii() {
            return Err(ContactError::DomainNotAscii);
        }
        if !is_domain(domain) {
            return Err(ContactError::Domain);
        }
        Ok(Self { kind: Kind::Email, text: text.into() })
    }

    /// Takes one phone number with its country code (ITU-T E.164), such as a user table has it: `+`, then
    /// 8 to 15 digits; the first is not 0. Between digits there can be spaces, `-`, `.`, `(`
    /// and `)`; the spelling is kept. For what a person typed, see
    /// [`Lookup::phone`](super::Lookup::phone).
    ///
    /// ```
    /// use repass::account::Contact;
    ///
    /// let stored = Contact::phone("+14-157415569")?;
    /// assert_eq!((stored.as_str(), &*stored.canonical()), ("+14-157415569", "+14157415569"));
    /// assert!(stored.same_mailbox(&Contact::phone("+1 (415) 741.5569")?));
    /// # Ok::<(), repass::account::PhoneError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PhoneError`] says what is wrong, and never repeats the text.
    pub fn phone(text: &str) -> Result<Self, PhoneError> {
        phone::check(text)?;
        Ok(Self { kind: Kind::Phone, text: text.into() })
    }

    /// How a message reaches it: [`Channel::EMAIL`] or [`Channel::SMS`].
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self.kind {
            Kind::Email => Channel::EMAIL,
            Kind::Phone => Channel::SMS,
        }
    }

    /// The address or number as it was written, which is how it is delivered to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The spelling to look up and index by. Of an address it is Normalization Form C, with ASCII letters
    /// in lowercase, which can be longer than the address, by up to three times. Of a number it is `+`
    /// and the digits.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self.kind {
            Kind::Email => spelling::canonical_address(&self.text),
            Kind::Phone => phone::canonical(&self.text),
        }
    }

    /// Whether both are the same mailbox or the same phone: whether they are of one kind, and their
    /// canonical spellings are equal.
    #[must_use]
    pub fn same_mailbox(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (Kind::Email, Kind::Email) => {
                let (own, other) = (spelling::nfc(&self.text), spelling::nfc(&other.text));
                own.eq_ignore_ascii_case(&other)
            }
            (Kind::Phone, Kind::Phone) => phone::digits(&self.text).eq(phone::digits(&other.text)),
            _ => false,
        }
    }

    /// The name of the kind of contact in stamps and digests: `email` or `phone`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Email => "email",
            Kind::Phone => "phone",
        }
    }

    /// Whether it is an e-mail address.
    pub(crate) const fn is_mailbox(&self) -> bool {
        matches!(self.kind, Kind::Email)
    }

    /// The contact that a format has for a channel.
    pub(crate) fn read(channel: &str, text: &str) -> Option<Self> {
        match channel {
            "email" => Self::email(text).ok(),
            "sms" => Self::phone(text).ok(),
            _ => None,
        }
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(..)")
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContactError {
    /// The text is longer than any address.
    TooLong {
        /// The longest address, in bytes.
        max_bytes: usize,
    },
    /// There is no `@`.
    NoAt,
    /// The part before the `@` is empty, too long, or has a character that may not stand there.
    LocalPart,
    /// The domain is not a host name, or is an address literal.
    Domain,
    /// The domain has to be written as A-labels (`xn--…`).
    DomainNotAscii,
}

impl ContactError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "email_too_long",
            Self::NoAt => "email_without_at",
            Self::LocalPart => "email_local_part_invalid",
            Self::Domain => "email_domain_invalid",
            Self::DomainNotAscii => "email_domain_not_ascii",
        }
    }

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for ContactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => {
                write!(f, "an e-mail address has at most {max_bytes} bytes")
            }
            Self::NoAt => f.write_str("an e-mail address needs an @"),
            Self::LocalPart => f.write_str("the part before the @ is not valid"),
            Self::Domain => f.write_str("the domain is not a host name"),
            Self::DomainNotAscii => f.write_str("the domain has to be written as A-labels (xn--)"),
        }
    }
}

impl core::error::Error for ContactError {}

/// In Normalization Form C this is the letter K, and the only character that is no letter of ASCII and
/// becomes one: a look-alike.
pub(super) const KELVIN_SIGN: char = '\u{212a}';

/// Dot-atom, at most 64 bytes. A leading hyphen would be an option to a mail program.
fn is_local_part(local: &str) -> bool {
    let atom = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_'
        | '`' | '{' | '|' | '}' | '~' => true,
        KELVIN_SIGN => false,
        _ if character.is_ascii() || is_invisible(character) => false,
        _ => matches!(
            character.general_category_group(),
            GeneralCategoryGroup::Letter
                | GeneralCategoryGroup::Mark
                | GeneralCategoryGroup::Number
        ),
    };
    let mark = |character: char| character.general_category_group() == GeneralCategoryGroup::Mark;
    local.len() <= 64
        && !local.starts_with('-')
        && !local.starts_with(mark)
        && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

/// Letters and marks that show nothing (Default_Ignorable_Code_Point of the Unicode Character
/// Database): two addresses that differ in one would look the same.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numeric = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    domain.split('.').all(label) && !domain.rsplit('.').next().is_some_and(numeric)
}
