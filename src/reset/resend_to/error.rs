use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;
use crate::reset::Outcome;
use crate::token::TokenError;

/// Why a person who is signed in gets no message.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResendToError {
    /// What the person asks by, and what else was expected, does not name the account of the person, or the
    /// account does not exist any more.
    OtherAccount,
    /// The account gets no such message: the outcome says why.
    NotSent(Outcome),
    /// The pause after the last message is not over, or there were too many messages or calls.
    Throttled {
        /// The moment from which on the message can be asked for again.
        until: UtcDateTime,
    },
    /// `now` is a moment at which no token can be signed.
    Clock(TokenError),
    /// A port failed.
    Failed(PortFailure),
}

impl ResendToError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherAccount => "resend_other_account",
            Self::NotSent(outcome) => outcome.code(),
            Self::Throttled { .. } => "resend_throttled",
            Self::Clock(error) => error.code(),
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::OtherAccount | Self::NotSent(_) => Answer::Refused { tries_left: None },
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Clock(_) | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<PortFailure> for ResendToError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for ResendToError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherAccount => f.write_str("the request names another account"),
            Self::NotSent(outcome) => write!(f, "no message is sent ({})", outcome.code()),
            Self::Throttled { until } => write!(f, "no message is sent again until {until}"),
            Self::Clock(error) => error.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for ResendToError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::OtherAccount | Self::NotSent(_) | Self::Throttled { .. } => None,
            Self::Clock(error) => error.source(),
            Self::Failed(failure) => failure.source(),
        }
    }
}
