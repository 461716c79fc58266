use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::answer::Answer;

/// Any error of a port. The operator `?` converts every error into one, and [`PortError::new`] a text.
///
/// It does not implement [`Error`](core::error::Error) itself, because no type can implement that trait
/// and be converted from every error. [`PortError::source`] is the error that it was made from.
///
/// ```
/// use repass::port::PortError;
///
/// fn read(column: &str) -> Result<u64, PortError> {
///     if column.is_empty() {
///         return Err(PortError::new("the column is empty"));
///     }
///     Ok(column.parse()?)
/// }
///
/// assert_eq!(read("").unwrap_err().to_string(), "the column is empty");
/// assert!(read("x").unwrap_err().source().is::<core::num::ParseIntError>());
/// ```
pub struct PortError(Box<dyn core::error::Error + Send + Sync>);

impl PortError {
    /// Makes an error of a text, which [`Display`](fmt::Display) shows. It must not hold a secret, since
    /// errors are logged.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

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
