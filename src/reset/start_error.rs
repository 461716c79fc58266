use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;
use crate::token::TokenError;

/// Why an operator did not start a reset.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The operator was admitted too long ago, or by a flow of another purpose or tenant.
    Expired,
    /// The account has no verified contact that the message can be sent to.
    NoAddress,
    /// Operators started too many resets of the account.
    Throttled {
        /// The moment from which on the next can be started.
        until: UtcDateTime,
    },
    /// A daily cap of text messages is reached.
    SmsCap,
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

impl StartError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired => "start_expired",
            Self::NoAddress => "start_no_address",
            Self::Throttled { .. } => "start_throttled",
            Self::SmsCap => "start_sms_cap",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the operator may be told. An operator who may reset the password may also know why it did not
    /// start: tell the [`code`](Self::code).
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Expired | Self::NoAddress => Answer::Refused { tries_left: None },
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::SmsCap | Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for StartError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<TokenError> for StartError {
    fn from(error: TokenError) -> Self {
        Self::Clock(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the operator has to be admitted again"),
            Self::NoAddress => {
                f.write_str("the account has no verified contact that the message can be sent to")
            }
            Self::Throttled { until } => {
                write!(f, "operators started too many resets of the account until {until}")
            }
            Self::SmsCap => f.write_str("a daily cap of text messages is reached"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Expired | Self::NoAddress | Self::Throttled { .. } | Self::SmsCap => None,
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}
