use alloc::vec::Vec;

use time::UtcDateTime;

use super::Flow;
use super::mail::Addressee;
use super::sealed::{Opened, SealedError};
use crate::account::{Account, Contact};
use crate::attempt::AttemptId;
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::key::{KeyId, PartsDigest};
use crate::message::{Message, MessageKind};
use crate::queue::{QueueEntry, QueueKey, QueueKind};

/// What a notice tells. A notice is a message that never carries a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoticeKind {
    /// The password was changed.
    PasswordChanged,
    /// Several accounts have this address: ask again with the user name.
    SeveralAccounts,
    /// The account has no password: sign in as usual.
    NoPassword,
}

impl NoticeKind {
    const ALL: [Self; 3] = [Self::PasswordChanged, Self::SeveralAccounts, Self::NoPassword];

    /// Its code is the name in the format of a notice.
    const fn message(self) -> MessageKind {
        match self {
            Self::PasswordChanged => MessageKind::PasswordChanged,
            Self::SeveralAccounts => MessageKind::SeveralAccounts,
            Self::NoPassword => MessageKind::NoPassword,
        }
    }
}

/// A notice on its way to one recipient.
pub(super) struct Notice {
    kind: NoticeKind,
    id: AttemptId,
    to: Contact,
    addressee: Addressee,
}

impl Notice {
    /// Without an account for an address that several people share: nothing about them is in it.
    pub(super) fn new(
        kind: NoticeKind,
        id: AttemptId,
        to: &Contact,
        account: Option<&Account>,
    ) -> Self {
        Self { kind, id, to: to.clone(), addressee: account.map(Addressee::of).unwrap_or_default() }
    }

    pub(super) const fn is_mail(&self) -> bool {
        self.to.is_mailbox()
    }

    pub(super) fn queue_key(&self) -> QueueKey {
        QueueKey::new(QueueKind::Notice, self.id, 0, queue_recipient(Some(&self.to)))
    }

    fn to_body(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(self.id.as_bytes());
        put_short_text(&mut bytes, self.to.channel().name());
        put_short_text(&mut bytes, self.kind.message().code());
        put_long_text(&mut bytes, self.to.as_str());
        self.addressee.put(&mut bytes);
        bytes
    }

    fn read(mut body: Reader<'_>) -> Option<Self> {
        let id = AttemptId::from_bytes(body.array()?);
        let channel = body.short_text()?;
        let code = body.short_text()?;
        let kind = NoticeKind::ALL.into_iter().find(|kind| kind.message().code() == code)?;
        let to = Contact::read(channel, body.long_text()?)?;
        let addressee = Addressee::read(&mut body)?;
        body.end()?;
        Some(Self { kind, id, to, addressee })
    }
}

impl Flow {
    /// `None` never comes: the key that signs is in the ring.
    pub(super) fn queue_notice(&self, notice: &Notice) -> Option<QueueEntry> {
        let key_id: KeyId = self.keyring.signing_id();
        let bytes = self.seal(QueueKind::Notice, key_id, &notice.to_body())?;
        Some(QueueEntry::from_stored(notice.queue_key(), self.scope_tag, bytes))
    }

    pub(super) fn open_notice(
        &self,
        bytes: &[u8],
        now: UtcDateTime,
    ) -> Result<Notice, SealedError> {
        let Opened { body, .. } = self.open(QueueKind::Notice, bytes, now)?;
        Notice::read(body).ok_or(SealedError::Malformed)
    }

    pub(super) fn render_notice(&self, notice: &Notice) -> Result<Message, SealedError> {
        let Notice { kind, to, addressee, .. } = notice;
        self.delivers_to(to)?;
        let (kind, key) = (kind.message(), notice.queue_key());
        let message = self.compose(kind, &key, to, addressee, &addressee.values());
        message.ok_or(SealedError::Malformed)
    }
}

/// The digest of a recipient in the key of a queue entry: the first 16 bytes of SHA-256 over channel
/// and contact; of no recipient, zeros.
pub(super) fn queue_recipient(to: Option<&Contact>) -> [u8; 16] {
    let Some(to) = to else { return [0; 16] };
    let channel = to.channel();
    let digest = PartsDigest::new(b"repass/1 recipient").part(channel.name().as_bytes());
    digest.part(to.canonical().as_bytes()).finish_short()
}
