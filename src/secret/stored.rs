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
    /// stores with spaces: cut these off first.
    pub fn from_stored(text: &str) -> Result<Self, StoredHashError> {
        if text.len() > Self::MAX_BYTES || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StoredHashError { max_bytes: Self::MAX_BYTES });
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

/// The text is no password hash of any scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StoredHashError {
    /// The longest hash string, in bytes.
    pub max_bytes: usize,
}

impl StoredHashError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "stored_hash_invalid"
    }
}

impl fmt::Display for StoredHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a stored hash has at most {} characters, printable ASCII without spaces",
            self.max_bytes
        )
    }
}

impl core::error::Error for StoredHashError {}
