use core::error::Error;
use core::fmt;

use crate::answer::Answer;
use crate::hash::HashError;
use crate::policy::GenerateError;

/// Why there is no temporary password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemporaryError {
    /// None could be generated.
    Generate(GenerateError),
    /// It could not be hashed.
    Hash(HashError),
}

impl TemporaryError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Generate(error) => error.code(),
            Self::Hash(error) => error.code(),
        }
    }

    /// What the operator may be told: the operator can try again later.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Generate(_) | Self::Hash(_) => Answer::Unavailable,
        }
    }
}

impl From<GenerateError> for TemporaryError {
    fn from(error: GenerateError) -> Self {
        Self::Generate(error)
    }
}

impl From<HashError> for TemporaryError {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl fmt::Display for TemporaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generate(error) => error.fmt(f),
            Self::Hash(error) => error.fmt(f),
        }
    }
}

impl Error for TemporaryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Generate(error) => error.source(),
            Self::Hash(error) => error.source(),
        }
    }
}
