use alloc::sync::Arc;
use core::fmt;

/// The service's own name of an account, opaque here: a number, a UUID, any text. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Takes an id as text; ids of other types come as their `Display`.
    ///
    /// # Errors
    ///
    /// [`IdError`] for a text that is empty, longer than [`AccountId::MAX_BYTES`], or has a
    /// control character.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let sound = (1..=Self::MAX_BYTES).contains(&text.len());
        if !sound || text.chars().any(char::is_control) {
            return Err(IdError { max_bytes: Self::MAX_BYTES });
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:?})", self.as_str())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is no account id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IdError {
    /// The longest id, in bytes.
    pub max_bytes: usize,
}

impl IdError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "account_id_invalid"
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an account id is 1 to {} bytes without control characters", self.max_bytes)
    }
}

impl core::error::Error for IdError {}
