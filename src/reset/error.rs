use alloc::boxed::Box;
use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use super::{CurrentError, Refusal};
use crate::answer::{Answer, Answered};
use crate::hash::HashError;
use crate::port::PortFailure;
use crate::token::{Ticket, TokenError};

/// Why a request was not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum RequestError {
    /// This address or user name was asked for too often, whether or not it exists.
    Throttled {
        /// The moment from which on it is answered again.
        until: UtcDateTime,
    },
    /// Too many requests wait.
    Full,
    /// The value that allows the operation was made by a flow of another purpose or tenant.
    OtherScope,
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

impl RequestError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "request_throttled",
            Self::Full => "request_queue_full",
            Self::OtherScope => "request_other_scope",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Full | Self::OtherScope | Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for RequestError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { until } => write!(f, "too many requests until {until}"),
            Self::Full => f.write_str("too many requests wait in the queue"),
            Self::OtherScope => f.write_str("a flow of another purpose or tenant allowed this"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for RequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Throttled { .. } | Self::Full | Self::OtherScope => None,
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}

/// Why a person was not admitted.
#[derive(Debug)]
#[non_exhaustive]
pub enum AdmitError {
    /// The proof is not valid.
    Refused(Refusal),
    /// The proof is valid, and a commit with it is running: it ends, or its lease does.
    Running {
        /// Admits in place of the proof, which is not counted again.
        ticket: Box<Ticket>,
    },
    /// A port failed.
    Failed {
        /// Which one, and why.
        failure: PortFailure,
        /// If the proof was found valid before: admits in its place, which is not counted again.
        ticket: Option<Box<Ticket>>,
    },
}

impl AdmitError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Running { .. } => "reset_running",
            Self::Failed { failure, .. } => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Refused(refusal) => refusal.answer(),
            Self::Running { .. } | Self::Failed { .. } => Answer::Unavailable,
        }
    }

    /// If the proof was valid all the same: what the next try shows in its place.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::Refused(_) => None,
            Self::Running { ticket } => Some(ticket),
            Self::Failed { ticket: Some(ticket), .. } => Some(ticket),
            Self::Failed { ticket: None, .. } => None,
        }
    }
}

impl From<Refusal> for AdmitError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A failure before the proof was judged.
impl From<PortFailure> for AdmitError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed { failure, ticket: None }
    }
}

impl fmt::Display for AdmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Running { .. } => f.write_str("a commit with this secret is running"),
            Self::Failed { failure, .. } => failure.fmt(f),
        }
    }
}

impl Error for AdmitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refusal) => refusal.source(),
            Self::Running { .. } => None,
            Self::Failed { failure, .. } => failure.source(),
        }
    }
}

/// Why a signed-in person may not try the present password.
#[derive(Debug)]
#[non_exhaustive]
pub enum CurrentPasswordError {
    /// The person may not change the password.
    Refused(CurrentError),
    /// A port failed.
    Failed(PortFailure),
}

impl CurrentPasswordError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Refused(error) => error.answer(),
            Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<CurrentError> for CurrentPasswordError {
    fn from(error: CurrentError) -> Self {
        Self::Refused(error)
    }
}

impl From<PortFailure> for CurrentPasswordError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for CurrentPasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for CurrentPasswordError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => error.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}

/// Why a commit did not say that the password was set.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommitError {
    /// The admission is over, or is of another purpose or tenant; a secret that is still valid admits
    /// again.
    Expired,
    /// Another commit with the same secret began first.
    Taken,
    /// The account has changed since: its password, contacts or version, or it may not sign in.
    Superseded,
    /// The operator who set the password, or who started the attempt, may not administer the account
    /// now. Nothing was set.
    OperatorRefused,
    /// The user table cannot store that a temporary password has to be changed, so none was set: see
    /// [`AccountWrite`](crate::account::AccountWrite).
    MustChangeUnsupported,
    /// A port failed. Whether the password was set shows later: either the secret works again within
    /// a minute, or [`housekeep`](super::Flow::housekeep) returns what follows from the change.
    Failed(PortFailure),
}

impl CommitError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "commit_expired",
            Self::Taken => "commit_taken",
            Self::Superseded => "commit_superseded",
            Self::OperatorRefused => "commit_operator_refused",
            Self::MustChangeUnsupported => "commit_must_change_unsupported",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Expired | Self::Taken | Self::Superseded | Self::OperatorRefused => {
                Answer::Refused { tries_left: None }
            }
            Self::MustChangeUnsupported | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for CommitError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the admission is over"),
            Self::Taken => f.write_str("another commit with the same secret began first"),
            Self::Superseded => f.write_str("the account has changed since"),
            Self::OperatorRefused => {
                f.write_str("the operator may not administer the account any more")
            }
            Self::MustChangeUnsupported => f.write_str(
                "the user table cannot store that a temporary password has to be changed",
            ),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for CommitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Expired
            | Self::Taken
            | Self::Superseded
            | Self::OperatorRefused
            | Self::MustChangeUnsupported => None,
            Self::Failed(failure) => failure.source(),
        }
    }
}

/// Nothing was compared or computed, and nothing that a person types would change that.
impl Answered for HashError {
    fn answer(&self) -> Answer {
        Answer::Unavailable
    }
}
