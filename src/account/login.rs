use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::spelling;
use crate::answer::Answer;

/// A user name, in the spelling of its owner. Cheap to clone.
///
/// Two spellings are the same login if they agree after the mappings of the profile
/// UsernameCaseMapped (RFC 8265, section 3.3): fullwidth and halfwidth characters as ordinary ones,
/// lowercase, and Normalization Form C. White space and format characters (general category Cf) at the
/// ends do not count.
///
/// `Debug` does not show it: it is personal, and people type passwords into the wrong field.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Login(Arc<str>);

impl Login {
    /// The longest login, in bytes.
    pub const MAX_BYTES: usize = 254;

    /// Takes a user name.
    ///
    /// # Errors
    ///
    /// [`LoginError`] for a text that is empty, longer than [`Login::MAX_BYTES`], has a control
    /// character, or consists of white space and format characters.
    pub fn new(text: &str) -> Result<Self, LoginError> {
        let sound = text.len() <= Self::MAX_BYTES && !spelling::trimmed(text).is_empty();
        if !sound || text.chars().any(char::is_control) {
            return Err(LoginError { max_bytes: Self::MAX_BYTES });
        }
        Ok(Self(text.into()))
    }

    /// The login as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The spelling to look up and index by: trimmed, and mapped as UsernameCaseMapped is.
    ///
    /// It can be longer than the login, by up to three times.
    #[must_use]
    pub fn canonical(&self) -> String {
        spelling::canonical_login(&self.0)
    }

    /// Whether both are the same login: whether their canonical spellings are equal.
    #[must_use]
    pub fn same_login(&self, other: &Self) -> bool {
        self.likeness(other).is_some()
    }

    /// How much alike two spellings of one login are; `None` for two logins.
    pub(super) fn likeness(&self, other: &Self) -> Option<Likeness> {
        if spelling::nfc(&self.0) == spelling::nfc(&other.0) {
            return Some(Likeness::Same);
        }
        let own = spelling::nfc(spelling::trimmed(&self.0));
        let other = spelling::nfc(spelling::trimmed(&other.0));
        let lower = |text: &str| spelling::nfc(&text.to_lowercase()).into_owned();
        if own == other {
            Some(Likeness::Exact)
        } else if own.is_ascii() && other.is_ascii() {
            own.eq_ignore_ascii_case(&other).then_some(Likeness::Case)
        } else if lower(&own) == lower(&other) {
            Some(Likeness::Case)
        } else if spelling::canonical_login(&own) == spelling::canonical_login(&other) {
            Some(Likeness::Width)
        } else {
            None
        }
    }
}

/// What two spellings of one login differ in, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// In nothing but Unicode normalization. What is typed is trimmed, so a twin with an invisible
    /// character at an end is less alike.
    Same,
    /// In what is at the ends, too.
    Exact,
    /// In letter case, too.
    Case,
    /// In fullwidth and halfwidth characters, too.
    Width,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LoginError {
    /// The longest login, in bytes.
    pub max_bytes: usize,
}

impl LoginError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "login_invalid"
    }

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a user name has 1 to {} bytes and no control characters", self.max_bytes)
    }
}

impl core::error::Error for LoginError {}
