use alloc::sync::Arc;
use core::fmt;

/// What a user table stores in place of a password: a PHC string, a hash of another scheme, or a
/// marker that no password matches.
///
/// A hash string is printable ASCII, at most [`PasswordHash::MAX_BYTES`] long: a column of 255
/// characters holds all that this crate makes. `Debug` shows nothing of it. Cheap to clone.
///
/// A text is a marker if it is empty, is `-`, or begins with `!` or `*`, as Django and the shadow
/// files of Unix write it. It counts as no password, but it is kept as it was read: the statement
/// that replaces it compares it. A text that is no hash string at all counts as one, too:
/// [`PasswordHash::from_column`].
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
        match refusal(text) {
            Some(error) => Err(error),
            None => Ok(Self(text.into())),
        }
    }

    /// Takes whatever text the column of a user table holds, for implementations of
    /// [`Accounts`](crate::port::Accounts): a text that [`PasswordHash::from_stored`] refuses counts as
    /// a marker.
    ///
    /// No password matches it, and the account is kept. As an error it would fail every request that
    /// reads the row. The text itself is kept as well, however long it is, since the statement that
    /// replaces it compares it.
    ///
    /// ```
    /// use repass::secret::PasswordHash;
    ///
    /// let unreadable = PasswordHash::from_column("see the other system");
    /// assert!(!unreadable.is_usable());
    /// assert_eq!(unreadable.expose_secret(), "see the other system");
    /// ```
    #[must_use]
    pub fn from_column(text: &str) -> Self {
        Self(text.into())
    }

    /// Whether some password may match: the text is neither a marker for an account without a password
    /// nor one that [`PasswordHash::from_stored`] refuses.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let is_marker = matches!(&*self.0, "" | "-") || self.0.starts_with(['!', '*']);
        !is_marker && self.is_readable()
    }

    /// Whether [`PasswordHash::from_stored`] takes the text.
    pub(crate) fn is_readable(&self) -> bool {
        refusal(&self.0).is_none()
    }

    /// The string to store.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

/// Why a text is no hash string, if it is none.
fn refusal(text: &str) -> Option<StoredHashError> {
    // Without a branch for each byte, the compiler looks at sixteen of them at a time.
    let is_plain =
        |text: &str| text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    if text.len() > PasswordHash::MAX_BYTES {
        return Some(StoredHashError::TooLong { max_bytes: PasswordHash::MAX_BYTES });
    }
    if is_plain(text) {
        return None;
    }
    let padded = is_plain(text.trim_end_matches(' '));
    Some(if padded { StoredHashError::Padded } else { StoredHashError::Character })
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
