use alloc::sync::Arc;
use core::future::Future;

use time::UtcDateTime;

use super::PortError;
use crate::message::Message;

/// Delivers rendered messages; only the worker calls it. Implementers write `async fn`.
///
/// 1. A message goes to its one recipient and to nobody else, by the [channel](Message::channel) that it says:
///    a notifier that cannot send text messages answers [`Delivered::Rejected`] to one. The envelope of a mail
///    has [`Message::to`] alone. Its header `To` is [`Message::addressed_to`], its header `Cc` is
///    [`Message::cc`], and what [`Message::sender`] gives takes the place of the sender of the service.
/// 2. A message may hold a secret: it is neither stored nor logged, and links in it are not rewritten
///    (switch click tracking off).
/// 3. An e-mail carries [`Message::headers`] in place of headers of the same names: they keep programs
///    from answering it, and let a mail program show a message once that came twice.
/// 4. If there is HTML ([`Message::expose_html`]), it is sent beside the plain text, as
///    `multipart/alternative`.
/// 5. An address or phone number that will never be reached is [`Delivered::Rejected`], not an error: an error is
///    tried again.
/// 6. A message may come twice: after an error nobody knows whether the first one arrived.
pub trait Notifier: Send + Sync {
    /// Delivers one message.
    ///
    /// # Errors
    ///
    /// Any error that may pass; the message is tried again later.
    fn deliver(
        &self,
        message: &Message,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Delivered, PortError>> + Send;
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivered {
    /// It was taken.
    Taken,
    /// It was refused for good: the address does not exist, or takes no such messages.
    Rejected,
}

impl<N: Notifier> Notifier for Arc<N> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        (**self).deliver(message, now).await
    }
}
