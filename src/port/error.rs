use alloc::boxed::Box;
use core::fmt;

use crate::answer::Answer;

/// Any error of a port, with its source kept; `?` makes one of any error.
///
/// Like other errors that take in all errors it is none itself: [`PortError::source`] is.
pub struct PortError(Box<dyn core::error::Error + Send + Sync>);

impl PortError {
    /// The error of the adapter.
    #[must_use]
    pub fn source(&self) -> &(dyn core::error::Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl<E> From<E> for PortError
where
    E: core::error::Error + Send + Sync + 'static,
{
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Debug for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<PortError> for Box<dyn core::error::Error + Send + Sync> {
    fn from(error: PortError) -> Self {
        error.0
    }
}

impl From<PortError> for Box<dyn core::error::Error> {
    fn from(error: PortError) -> Self {
        error.0
    }
}

/// One of the five ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Port {
    /// The user table.
    Accounts,
    /// The table of attempts.
    Attempts,
    /// The counters.
    Counters,
    /// The queue.
    Queue,
    /// What delivers messages.
    Notifier,
}

/// A port failed: nothing was decided, and the same call can be made again.
#[derive(Debug)]
pub struct PortFailure {
    port: Port,
    error: PortError,
}

impl PortFailure {
    pub(crate) const fn new(port: Port, error: PortError) -> Self {
        Self { port, error }
    }

    /// The port that failed.
    #[must_use]
    pub const fn port(&self) -> Port {
        self.port
    }

    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.port {
            Port::Accounts => "accounts_failed",
            Port::Attempts => "attempts_failed",
            Port::Counters => "counters_failed",
            Port::Queue => "queue_failed",
            Port::Notifier => "notifier_failed",
        }
    }

    /// What the person who asked may be told: [`Answer::Unavailable`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Unavailable
    }
}

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.port {
            Port::Accounts => "the user table failed",
            Port::Attempts => "the table of attempts failed",
            Port::Counters => "the counters failed",
            Port::Queue => "the queue failed",
            Port::Notifier => "the delivery of a message failed",
        })
    }
}

impl core::error::Error for PortFailure {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(self.error.source())
    }
}
