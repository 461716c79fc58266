use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;
use crate::token::TokenError;

/// Why nobody was invited.
#[derive(Debug)]
#[non_exhaustive]
pub enum InviteError {
    /// There is no such account.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The account has a password.
    HasPassword,
    /// The account has no verified contact that the message can be sent to.
    NoAddress,
    /// Too many invitations were sent to the address.
    Throttled {
        /// The moment from which on the next can be sent.
        until: UtcDateTime,
    },
    /// A daily cap of text messages is reached.
    SmsCap,
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

impl InviteError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AccountGone => "invite_account_gone",
            Self::AccountDisabled => "invite_account_disabled",
            Self::HasPassword => "invite_has_password",
            Self::NoAddress => "invite_no_address",
            Self::Throttled { .. } => "invite_throttled",
            Self::SmsCap => "invite_sms_cap",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who invited may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::AccountGone | Self::AccountDisabled | Self::HasPassword | Self::NoAddress => {
                Answer::Refused { tries_left: None }
            }
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::SmsCap | Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for InviteError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<TokenError> for InviteError {
    fn from(error: TokenError) -> Self {
        Self::Clock(error)
    }
}

impl fmt::Display for InviteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountGone => f.write_str("there is no such account"),
            Self::AccountDisabled => f.write_str("the account may not sign in"),
            Self::HasPassword => f.write_str("the account has a password"),
            Self::NoAddress => {
                f.write_str("the account has no verified contact that the message can be sent to")
            }
            Self::Throttled { until } => {
                write!(f, "too many invitations were sent to the address until {until}")
            }
            Self::SmsCap => f.write_str("a daily cap of text messages is reached"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for InviteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::AccountGone
            | Self::AccountDisabled
            | Self::HasPassword
            | Self::NoAddress
            | Self::Throttled { .. }
            | Self::SmsCap => None,
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}
