//! Port: what takes letters and notices.

use core::future::Future;

use crate::port::PortError;
use crate::reset::{Letter, Notice};

/// Takes letters and notices. Implementers write `async fn`.
///
/// 1. Hand over to a queue: a mail server that answers slowly would delay whoever waits for
///    [`run`](crate::service::Service::run).
/// 2. A letter holds no secret; [`Flow::render`](crate::reset::Flow::render) puts it in when the
///    letter is sent. What is rendered is neither stored nor logged.
/// 3. A letter or notice goes to its one recipient, and to nobody else.
/// 4. An address that will never be reached is no error: it would be tried again and again.
/// 5. Both may come twice: after an error nobody knows whether the first arrived.
pub trait Notifier: Send + Sync {
    /// Takes a letter that is to carry a secret.
    ///
    /// # Errors
    ///
    /// Any error of the queue; the request may be run again, and gives the same letter.
    fn letter(&self, letter: Letter) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Takes a notice.
    ///
    /// # Errors
    ///
    /// Any error of the queue.
    fn notice(&self, notice: Notice) -> impl Future<Output = Result<(), PortError>> + Send;
}
