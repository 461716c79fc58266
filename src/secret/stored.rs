use alloc::sync::Arc;
use core::fmt;

/// A password hash as the user table stores it: a PHC string or one of another scheme.
///
/// Printable ASCII, at most [`PasswordHash::MAX_BYTES`] long: a column of 255 characters holds all
/// that this crate makes. `Debug` shows nothing of it. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Arc<str>);

impl PasswordHash {
    /// The longest hash string, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Takes a hash string out of the user table; what it means is read when it is verified.
    ///
    /// # Errors
    ///
    /// [`StoredHashError`] for a text that is empty, longer than [`PasswordHash::MAX_BYTES`], or
    /// has other characters than printable ASCII without spaces.
    pub fn from_stored(text: &str) -> Result<Self, StoredHashError> {
        let sound = (1..=Self::MAX_BYTES).contains(&text.len());
        if !sound || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StoredHashError { max_bytes: Self::MAX_BYTES });
        }
        Ok(Self(text.into()))
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
        write!(f, "a stored hash is 1 to {} printable ASCII characters", self.max_bytes)
    }
}

impl core::error::Error for StoredHashError {}
