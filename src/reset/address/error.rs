use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;
use crate::reset::Refusal;
use crate::token::TokenError;

/// Why no link was sent to an address.
#[derive(Debug)]
#[non_exhaustive]
pub enum AddressRequestError {
    /// The account does not exist.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The password no longer signs in until it was reset, so that nobody can be signed in.
    RecoveryRequired,
    /// The address is not an unverified e-mail address of the account, or is not among the first 16.
    NotPending,
    /// The address that is to be replaced is not a verified address of the account, or is not among the
    /// first 16.
    NotVerified,
    /// Too many links were sent for this account, or to this address.
    Throttled {
        /// The moment from which on another link can be sent.
        until: UtcDateTime,
    },
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

impl AddressRequestError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AccountGone => "address_account_gone",
            Self::AccountDisabled => "address_account_disabled",
            Self::RecoveryRequired => "address_recovery_required",
            Self::NotPending => "address_not_pending",
            Self::NotVerified => "address_not_verified",
            Self::Throttled { .. } => "address_throttled",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the signed-in person may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::AccountGone
            | Self::AccountDisabled
            | Self::RecoveryRequired
            | Self::NotPending
            | Self::NotVerified => Answer::Refused { tries_left: None },
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for AddressRequestError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for AddressRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountGone => f.write_str("there is no such account"),
            Self::AccountDisabled => f.write_str("the account may not sign in"),
            Self::RecoveryRequired => f.write_str("the password has to be reset first"),
            Self::NotPending => f.write_str("the account has no such unverified address"),
            Self::NotVerified => f.write_str("the account has no such verified address"),
            Self::Throttled { until } => write!(f, "too many links were sent until {until}"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for AddressRequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
            _ => None,
        }
    }
}

/// Why a link verifies no address.
#[derive(Debug)]
#[non_exhaustive]
pub enum AddressLinkError {
    /// The link is not valid, or the account has changed since.
    Refused(Refusal),
    /// A commit with this link is running: it ends, or its lease does.
    Running,
    /// A port failed.
    Failed(PortFailure),
}

impl AddressLinkError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Running => "address_running",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who used the link may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Refused(refusal) => refusal.answer(),
            Self::Running | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<Refusal> for AddressLinkError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PortFailure> for AddressLinkError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for AddressLinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Running => f.write_str("a commit with this link is running"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for AddressLinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refusal) => refusal.source(),
            Self::Running => None,
            Self::Failed(failure) => failure.source(),
        }
    }
}
