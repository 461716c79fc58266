//! The error of a port.

use alloc::boxed::Box;
use core::fmt;

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
