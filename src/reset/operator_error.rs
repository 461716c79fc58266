use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;

/// Why an operator may not do something.
#[derive(Debug)]
#[non_exhaustive]
pub enum OperatorError {
    /// The operator administered too many accounts.
    Throttled {
        /// The moment from which on the operator can go on.
        until: UtcDateTime,
    },
    /// The operator may not reset the password of this account. The reason is for the log: the answer is
    /// the same for each.
    Refused(OperatorRefusal),
    /// Operators of this flow start resets, and hand over nothing:
    /// [`Operators::StartResets`](super::Operators::StartResets).
    HandOverOff,
    /// A port failed.
    Failed(PortFailure),
}

/// Why an operator may not reset the password of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperatorRefusal {
    /// There is no such account.
    Unknown,
    /// Several accounts have this address or user name.
    SeveralAccounts,
    /// The account is the operator's own.
    Oneself,
    /// The operator does not administer the account.
    NotAdministered,
    /// The account may not sign in.
    Disabled,
}

impl OperatorRefusal {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "operator_unknown_account",
            Self::SeveralAccounts => "operator_several_accounts",
            Self::Oneself => "operator_own_account",
            Self::NotAdministered => "operator_not_allowed",
            Self::Disabled => "operator_account_disabled",
        }
    }
}

impl OperatorError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "operator_throttled",
            Self::Refused(reason) => reason.code(),
            Self::HandOverOff => "operator_hand_over_off",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the operator may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Refused(_) | Self::HandOverOff => Answer::Refused { tries_left: None },
            Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for OperatorError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for OperatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { until } => {
                write!(f, "the operator administered too many accounts until {until}")
            }
            Self::Refused(reason) => {
                write!(f, "the operator may not reset this password ({})", reason.code())
            }
            Self::HandOverOff => f.write_str("operators of this service hand over nothing"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for OperatorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Throttled { .. } | Self::Refused(_) | Self::HandOverOff => None,
            Self::Failed(failure) => failure.source(),
        }
    }
}
