use repass::account::Channel;
use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;

/// One notifier for mails and one for text messages.
#[derive(Clone, Debug)]
pub struct ByChannel<E, S> {
    email: E,
    sms: S,
}

impl<E, S> ByChannel<E, S> {
    /// A notifier that passes on each message by its [channel](Message::channel), and rejects those of
    /// another one.
    #[must_use]
    pub const fn new(email: E, sms: S) -> Self {
        Self { email, sms }
    }
}

impl<E: Notifier, S: Notifier> Notifier for ByChannel<E, S> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        let channel = message.channel();
        if channel == Channel::EMAIL {
            self.email.deliver(message, now).await
        } else if channel == Channel::SMS {
            self.sms.deliver(message, now).await
        } else {
            Ok(Delivered::Rejected)
        }
    }
}
