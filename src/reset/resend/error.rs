use core::error::Error;
use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::port::PortFailure;
use crate::reset::Refusal;

/// Why a message is not sent again.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResendError {
    /// The handle is not valid, or has expired: only a new request sends a message.
    Refused(Refusal),
    /// The pause after the last message is not over, or the first message was not sent yet.
    Throttled {
        /// The moment from which on the message can be asked for again.
        until: UtcDateTime,
    },
    /// Too many requests wait.
    Full,
    /// A port failed.
    Failed(PortFailure),
}

impl ResendError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Throttled { .. } => "resend_throttled",
            Self::Full => "request_queue_full",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Refused(refusal) => refusal.answer(),
            Self::Throttled { until } => Answer::Throttled { until: *until },
            Self::Full | Self::Failed(_) => Answer::Unavailable,
        }
    }
}

impl From<Refusal> for ResendError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PortFailure> for ResendError {
    fn from(failure: PortFailure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for ResendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Throttled { until } => write!(f, "no message is sent again until {until}"),
            Self::Full => f.write_str("too many requests wait in the queue"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Error for ResendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refusal) => refusal.source(),
            Self::Throttled { .. } | Self::Full => None,
            Self::Failed(failure) => failure.source(),
        }
    }
}
