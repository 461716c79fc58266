use core::fmt;

/// Why a message was not delivered. It can be tried again.
///
/// Nothing of the message, of the URL or of the answer is in it, but the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebhookError {
    /// No connection was made: the name was not found, nobody listens, or TLS failed.
    Connect,
    /// The connection ended, or what came is no answer of HTTP.
    Broken,
    /// The answer says that it may be tried again, or something other than it should, such as a redirect.
    Status {
        /// Of three digits.
        status: u16,
    },
    /// The body of the answer is longer than the provider reads.
    AnswerTooLong,
    /// It took too long.
    TimedOut,
}

impl WebhookError {
    /// A stable name for programs, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Connect => "webhook_connect_failed",
            Self::Broken => "webhook_broken",
            Self::Status { .. } => "webhook_refused",
            Self::AnswerTooLong => "webhook_answer_too_long",
            Self::TimedOut => "webhook_timed_out",
        }
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("no connection to the SMS provider"),
            Self::Broken => f.write_str("the SMS provider gave no proper answer"),
            Self::Status { status } => write!(f, "the SMS provider answered with status {status}"),
            Self::AnswerTooLong => f.write_str("the answer of the SMS provider is too long"),
            Self::TimedOut => f.write_str("the SMS provider took too long"),
        }
    }
}

impl core::error::Error for WebhookError {}
