use alloc::sync::Arc;
use core::fmt;

/// What a user table stores in place of a password: a PHC string, a hash of another scheme, or a
/// marker that no password matches.
///
/// Printable ASCII, at most [`PasswordHash::MAX_BYTES`] long: a column of 255 characters holds all
/// that this crate makes. `Debug` shows nothing of it. Cheap to clone.
///
/// A text is a marker if it is empty, is `-`, or begins with `!` or `*`, as Django and the shadow
/// files of Unix write it. It counts as no password, but it is kept as it was read: the statement
/// that replaces it compares it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Arc<str>);

impl PasswordHash {
    /// The longest hash string, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Takes a hash string out of the user table; what it means is read when it is verified.
    ///
    /// # Errors
    ///
    /// [`StoredHashError`] for a text that is longer than [`PasswordHash::MAX_BYTES`] or has other
    /// characters than printable ASCII without spaces. A column of fixed width (`CHAR`) pads what it
    /// stores with spaces, which is an error of its own: the column has to be a `VARCHAR`, or the
    /// adapter has to cut the spaces off.
    pub fn from_stored(text: &str) -> Result<Self, StoredHashError> {
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() > Self::MAX_BYTES {
            return Err(StoredHashError::TooLong { max_bytes: Self::MAX_BYTES });
        }
        if !is_plain(text) {
            let padded = is_plain(text.trim_end_matches(' '));
            return Err(if padded { StoredHashError::Padded } else { StoredHashError::Character });
        }
        Ok(Self(text.into()))
    }

    /// Whether some password may match: the text is not a marker for an account without a password.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !matches!(&*self.0, "" | "-") && !self.0.starts_with(['!', '*'])
    }

    /// The string to store.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// Why a text is no password hash of any scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoredHashError {
    /// The text is longer than the longest hash string.
    TooLong {
        /// The longest hash string, in bytes.
        max_bytes: usize,
    },
    /// Spaces follow the text: a column of fixed width has padded it.
    Padded,
    /// The text has other characters than printable ASCII without spaces.
    Character,
}

impl StoredHashError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "stored_hash_too_long",
            Self::Padded => "stored_hash_padded",
            Self::Character => "stored_hash_character",
        }
    }
}

impl fmt::Display for StoredHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => {
                write!(f, "a stored hash has at most {max_bytes} characters")
            }
            Self::Padded => f.write_str("the stored hash is padded with spaces (a CHAR column)"),
            Self::Character => f.write_str("a stored hash is printable ASCII without spaces"),
        }
    }
}

impl core::error::Error for StoredHashError {}
