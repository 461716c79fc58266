use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::{Answer, answered};
use crate::hash::HashError;
use crate::port::PortFailure;
use crate::token::TokenError;

/// Why a person is not signed in.
///
/// The person is told [`answer`](SignInError::answer), and about
/// [`RecoveryRequired`](SignInError::RecoveryRequired) and [`PasswordExpired`](SignInError::PasswordExpired)
/// more than that, as these follow a right password only.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignInError {
    /// Too many sign-ins came from this source, or with this identifier, whether or not it exists.
    Throttled {
        /// The moment from which on the next is taken.
        until: UtcDateTime,
    },
    /// The identifier or the password is wrong.
    Refused(SignInRefusal),
    /// The password is right and no longer signs in: it has to be reset by a link or a code.
    RecoveryRequired,
    /// The password is right, and was a temporary one that has expired: it has to be reset.
    PasswordExpired,
    /// The password was right, and is not the one that is stored now: it was changed meanwhile, or
    /// another sign-in has replaced its hash. Trying again tells which.
    Superseded,
    /// `now` is a moment at which no ticket can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

/// Why an identifier and a password were refused: for the log. All reasons look the same to the
/// person who tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignInRefusal {
    /// Nobody has this address or user name.
    Unknown,
    /// Several accounts have it.
    SeveralAccounts,
    /// The account has no password.
    NoPassword,
    /// The account may not sign in.
    AccountDisabled,
    /// The account was deleted meanwhile.
    AccountGone,
    /// Too many passwords were tried on the account today; a new password has tries of its own.
    AccountSpent,
    /// The password is wrong.
    WrongPassword,
    /// The stored hash cannot be read, so that no password can be right.
    Unreadable(HashError),
    /// Another purpose or tenant began the sign-in.
    OtherScope,
}

impl SignInRefusal {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "sign_in_unknown",
            Self::SeveralAccounts => "sign_in_several_accounts",
            Self::NoPassword => "sign_in_no_password",
            Self::AccountDisabled => "sign_in_account_disabled",
            Self::AccountGone => "sign_in_account_gone",
            Self::AccountSpent => "sign_in_account_spent",
            Self::WrongPassword => "sign_in_wrong_password",
            Self::Unreadable(error) => error.code(),
            Self::OtherScope => "sign_in_other_scope",
        }
    }
}

impl SignInError {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "sign_in_throttled",
            Self::Refused(refusal) => refusal.code(),
            Self::RecoveryRequired => "sign_in_recovery_required",
            Self::PasswordExpired => "sign_in_password_expired",
            Self::Superseded => "sign_in_superseded",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who tried may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Refused(_) | Self::RecoveryRequired | Self::PasswordExpired => {
                Answer::Refused { tries_left: None }
            }
            Self::Superseded | Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<SignInRefusal> for SignInError {
    fn from(refusal: SignInRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PortFailure> for SignInError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { until } => write!(f, "too many sign-ins until {until}"),
            Self::Refused(refusal) => write!(f, "the sign-in is refused ({})", refusal.code()),
            Self::RecoveryRequired => f.write_str("the password has to be reset first"),
            Self::PasswordExpired => f.write_str("the temporary password has expired"),
            Self::Superseded => f.write_str("the stored password has changed meanwhile"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for SignInError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
            _ => None,
        }
    }
}

answered!(SignInError);
