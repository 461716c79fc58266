use core::error::Error;
use core::fmt;

use crate::port::PortError;
use crate::reset::{CurrentError, Outward, Refusal};
use crate::token::TokenError;

/// Why a request was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum RequestError {
    /// This address or user name was asked for too often, whether or not it exists.
    Throttled {
        /// The unix second from which on it is answered again.
        ends_at: i64,
    },
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// The store failed.
    Store(PortError),
}

impl RequestError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "request_throttled",
            Self::Clock(error) => error.code(),
            Self::Store(_) => "store_failed",
        }
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        Outward::RetryLater
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { ends_at } => write!(f, "too many requests until unix time {ends_at}"),
            Self::Clock(error) => error.fmt(f),
            Self::Store(_) => f.write_str(STORE),
        }
    }
}

impl Error for RequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Throttled { .. } => None,
            Self::Clock(error) => Some(error),
            Self::Store(error) => Some(error.source()),
        }
    }
}

/// Which port failed while work was done behind the answer; the work may be done again.
#[derive(Debug)]
#[non_exhaustive]
pub enum WorkError {
    /// The user table failed.
    Accounts(PortError),
    /// The store failed.
    Store(PortError),
    /// The notifier failed.
    Notifier(PortError),
}

impl WorkError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accounts(_) => "accounts_failed",
            Self::Store(_) => "store_failed",
            Self::Notifier(_) => "notifier_failed",
        }
    }
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accounts(_) => ACCOUNTS,
            Self::Store(_) => STORE,
            Self::Notifier(_) => "the notifier failed",
        })
    }
}

impl Error for WorkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Accounts(error) | Self::Store(error) | Self::Notifier(error) => {
                Some(error.source())
            }
        }
    }
}

/// Why nobody was let in.
#[derive(Debug)]
#[non_exhaustive]
pub enum AdmitError {
    /// The proof does not hold.
    Refused(Refusal),
    /// The user table failed.
    Accounts(PortError),
    /// The store failed.
    Store(PortError),
}

impl AdmitError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Accounts(_) => "accounts_failed",
            Self::Store(_) => "store_failed",
        }
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        match self {
            Self::Refused(refusal) => refusal.outward(),
            Self::Accounts(_) | Self::Store(_) => Outward::RetryLater,
        }
    }
}

impl From<Refusal> for AdmitError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for AdmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Accounts(_) => f.write_str(ACCOUNTS),
            Self::Store(_) => f.write_str(STORE),
        }
    }
}

impl Error for AdmitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Accounts(error) | Self::Store(error) => Some(error.source()),
        }
    }
}

/// Why a signed-in person may not try the present password, or why it was not right.
#[derive(Debug)]
#[non_exhaustive]
pub enum CurrentPasswordError {
    /// The person may not change the password.
    Refused(CurrentError),
    /// The user table failed.
    Accounts(PortError),
    /// The store failed.
    Store(PortError),
}

impl CurrentPasswordError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Accounts(_) => "accounts_failed",
            Self::Store(_) => "store_failed",
        }
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        match self {
            Self::Refused(error) => error.outward(),
            Self::Accounts(_) | Self::Store(_) => Outward::RetryLater,
        }
    }
}

impl From<CurrentError> for CurrentPasswordError {
    fn from(error: CurrentError) -> Self {
        Self::Refused(error)
    }
}

impl fmt::Display for CurrentPasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Accounts(_) => f.write_str(ACCOUNTS),
            Self::Store(_) => f.write_str(STORE),
        }
    }
}

impl Error for CurrentPasswordError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Accounts(error) | Self::Store(error) => Some(error.source()),
        }
    }
}

/// Why a commit did not say that the password was set.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommitError {
    /// The admission is over; a secret that still works admits again.
    Expired,
    /// Another commit with the same secret began first.
    Taken,
    /// The account has changed since: password, addresses, or whether it may sign in.
    Superseded,
    /// The user table failed; whether the password was set shows later.
    Accounts(PortError),
    /// The store failed; whether the password was set shows later.
    Store(PortError),
}

impl CommitError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "commit_expired",
            Self::Taken => "commit_taken",
            Self::Superseded => "commit_superseded",
            Self::Accounts(_) => "accounts_failed",
            Self::Store(_) => "store_failed",
        }
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        match self {
            Self::Expired | Self::Taken | Self::Superseded => Outward::Refused { tries_left: None },
            Self::Accounts(_) | Self::Store(_) => Outward::RetryLater,
        }
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "the admission is over",
            Self::Taken => "another commit with the same secret began first",
            Self::Superseded => "the account has changed since",
            Self::Accounts(_) => ACCOUNTS,
            Self::Store(_) => STORE,
        })
    }
}

impl Error for CommitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Expired | Self::Taken | Self::Superseded => None,
            Self::Accounts(error) | Self::Store(error) => Some(error.source()),
        }
    }
}

const ACCOUNTS: &str = "the user table failed";
const STORE: &str = "the store failed";
