use std::sync::Mutex;

use alloc::collections::VecDeque;

use time::UtcDateTime;

use super::lock;
use crate::message::Message;
use crate::port::{Delivered, Notifier, PortError};

/// A notifier that keeps messages until they are taken out; the oldest comes first.
#[derive(Debug, Default)]
pub struct Outbox {
    messages: Mutex<VecDeque<Message>>,
}

impl Outbox {
    /// Takes out the oldest message.
    #[must_use]
    pub fn take(&self) -> Option<Message> {
        lock(&self.messages).pop_front()
    }
}

impl Notifier for Outbox {
    async fn deliver(&self, message: &Message, _now: UtcDateTime) -> Result<Delivered, PortError> {
        lock(&self.messages).push_back(message.clone());
        Ok(Delivered::Taken)
    }
}
