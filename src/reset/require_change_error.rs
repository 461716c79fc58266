use core::error::Error;
use core::fmt;

use crate::answer::Answer;
use crate::port::PortFailure;

/// Why an operator did not demand a change of the password.
#[derive(Debug)]
#[non_exhaustive]
pub enum RequireChangeError {
    /// The operator was admitted too long ago, or by a flow of another purpose or tenant.
    Expired,
    /// The account has no password that could be changed.
    NoPassword,
    /// The operator may not administer the account any more.
    OperatorRefused,
    /// The password was changed since the operator was admitted.
    Superseded,
    /// The user table cannot store that a password has to be changed: see
    /// [`AccountWrite`](crate::account::AccountWrite).
    Unsupported,
    /// A port failed. It can be demanded again.
    Failed(PortFailure),
}

impl RequireChangeError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "require_change_expired",
            Self::NoPassword => "require_change_no_password",
            Self::OperatorRefused => "require_change_operator_refused",
            Self::Superseded => "require_change_superseded",
            Self::Unsupported => "require_change_unsupported",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the operator may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Expired | Self::NoPassword | Self::OperatorRefused | Self::Superseded => {
                Answer::Refused { tries_left: None }
            }
            Self::Unsupported | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for RequireChangeError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for RequireChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the operator has to be admitted again"),
            Self::NoPassword => f.write_str("the account has no password"),
            Self::OperatorRefused => {
                f.write_str("the operator may not administer the account any more")
            }
            Self::Superseded => f.write_str("the password was changed since"),
            Self::Unsupported => {
                f.write_str("the user table cannot store that a password has to be changed")
            }
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for RequireChangeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Expired
            | Self::NoPassword
            | Self::OperatorRefused
            | Self::Superseded
            | Self::Unsupported => None,
            Self::Failed(failure) => failure.source(),
        }
    }
}
