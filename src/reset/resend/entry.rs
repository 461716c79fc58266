use alloc::vec::Vec;

use time::UtcDateTime;

use crate::account::Channel;
use crate::attempt::{AttemptId, AttemptRow};
use crate::bytes::{Reader, put_short_text};
use crate::key::KeyId;
use crate::queue::{QueueEntry, QueueKey, QueueKind};
use crate::reset::Flow;

/// What a request has in this place that asks for a message again, where others have their delivery.
const SEND_AGAIN: u8 = 4;

/// A request to send the message of an attempt again that nobody has worked on yet.
///
/// Its key has the number of the message: asking twice before it was worked on asks once.
pub(in crate::reset) struct Resend {
    pub(super) id: AttemptId,
    key_id: KeyId,
    channel: Channel,
    pub(super) number: u32,
    pub(super) requested_at: i64,
}

impl Resend {
    /// The next message of an attempt.
    pub(in crate::reset) fn of(row: &AttemptRow, now: UtcDateTime) -> Self {
        Self {
            id: row.id,
            key_id: row.key_id,
            channel: row.channel.clone().unwrap_or(Channel::EMAIL),
            number: row.sends.saturating_add(1),
            requested_at: now.unix_timestamp(),
        }
    }

    /// The number of the message that is asked for.
    pub(in crate::reset) const fn number(&self) -> u32 {
        self.number
    }

    pub(in crate::reset) const fn queue_key(&self) -> QueueKey {
        QueueKey::new(QueueKind::Request, self.id, self.number, [0; 16])
    }

    fn to_body(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(self.id.as_bytes());
        put_short_text(&mut bytes, self.channel.name());
        bytes.push(SEND_AGAIN);
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.requested_at.to_be_bytes());
        bytes
    }

    /// `None` for another request.
    pub(in crate::reset) fn read(key_id: KeyId, mut body: Reader<'_>) -> Option<Self> {
        let id = AttemptId::from_bytes(body.array()?);
        let channel = Channel::new(body.short_text()?).ok()?;
        if body.byte()? != SEND_AGAIN {
            return None;
        }
        let (number, requested_at) = (body.word()?, body.second()?);
        body.end()?;
        Some(Self { id, key_id, channel, number, requested_at })
    }
}

impl Flow {
    /// `None` when the key of the attempt is gone.
    pub(in crate::reset) fn queue_resend(&self, resend: &Resend) -> Option<QueueEntry> {
        let bytes = self.seal(QueueKind::Request, resend.key_id, &resend.to_body())?;
        Some(QueueEntry::from_stored(resend.queue_key(), self.scope_tag, bytes))
    }
}
