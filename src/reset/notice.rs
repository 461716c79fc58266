use alloc::vec::Vec;

use time::UtcDateTime;

use super::author::WrittenNotice;
use super::caps::OWN_NOTICES;
use super::mail::Addressee;
use super::sealed::{BODY_BYTES, Opened, SealedError};
use super::step::Asker;
use super::{Flow, pushing};
use crate::account::{Account, AccountId, Contact};
use crate::attempt::AttemptId;
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::key::{KeyId, PartsDigest};
use crate::message::{Link, Message, MessageKind, Values};
use crate::port::PortFailure;
use crate::queue::{QueueEntry, QueueKey, QueueKind};
use crate::throttle::Once;

/// What a notice tells. A notice is a message that never carries a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoticeKind {
    /// The password was changed.
    PasswordChanged,
    /// An operator set the password.
    PasswordSetByOperator,
    /// The account has a first password.
    FirstPasswordSet,
    /// Several accounts have this address: ask again with the user name.
    SeveralAccounts,
    /// The account has no password: sign in as usual.
    NoPassword,
    /// An address of the account was verified, or replaced another one.
    AddressChanged,
}

impl NoticeKind {
    const ALL: [Self; 6] = [
        Self::PasswordChanged,
        Self::PasswordSetByOperator,
        Self::FirstPasswordSet,
        Self::SeveralAccounts,
        Self::NoPassword,
        Self::AddressChanged,
    ];

    /// Its code is the name in the format of a notice.
    const fn message(self) -> MessageKind {
        match self {
            Self::PasswordChanged => MessageKind::PasswordChanged,
            Self::PasswordSetByOperator => MessageKind::PasswordSetByOperator,
            Self::FirstPasswordSet => MessageKind::FirstPasswordSet,
            Self::SeveralAccounts => MessageKind::SeveralAccounts,
            Self::NoPassword => MessageKind::NoPassword,
            Self::AddressChanged => MessageKind::AddressChanged,
        }
    }
}

/// A notice on its way to one recipient.
pub(super) struct Notice {
    kind: NoticeKind,
    id: AttemptId,
    to: Contact,
    addressee: Addressee,
    /// Until when its reader can say that this was somebody else; 0 where they cannot.
    stop_until: i64,
    /// `None` for the texts of the service.
    written: Option<WrittenNotice>,
}

impl Notice {
    /// Without an account for an address that several people share: nothing about them is in it.
    pub(super) fn new(
        kind: NoticeKind,
        id: AttemptId,
        to: &Contact,
        account: Option<&Account>,
    ) -> Self {
        let addressee = account.map(Addressee::of).unwrap_or_default();
        Self { kind, id, to: to.clone(), addressee, stop_until: 0, written: None }
    }

    /// The notice with a link for a reader who did not do this, if there is a moment until which it can
    /// be used. A text message has none.
    pub(super) fn with_stop(self, until: Option<i64>) -> Self {
        let until = until.filter(|_| self.is_mail());
        Self { stop_until: until.unwrap_or(0), ..self }
    }

    /// The notice with the text of an author, which follows that of the service.
    pub(super) fn written(self, written: WrittenNotice) -> Self {
        Self { written: Some(written), ..self }
    }

    pub(super) const fn is_mail(&self) -> bool {
        self.to.is_mailbox()
    }

    /// Each author has entries of its own beside those of the service.
    pub(super) fn queue_key(&self) -> QueueKey {
        let recipient = recipient_digest(&self.to);
        let recipient = match &self.written {
            Some(written) => recipient.part(written.author().as_bytes()),
            None => recipient,
        };
        QueueKey::new(QueueKind::Notice, self.id, 0, recipient.finish_short())
    }

    fn to_body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BODY_BYTES);
        bytes.extend_from_slice(self.id.as_bytes());
        put_short_text(&mut bytes, self.to.channel().name());
        put_short_text(&mut bytes, self.kind.message().code());
        put_long_text(&mut bytes, self.to.as_str());
        self.addressee.put(&mut bytes);
        bytes.extend_from_slice(&self.stop_until.to_be_bytes());
        if let Some(written) = &self.written {
            written.put(&mut bytes);
        }
        bytes
    }

    fn read(mut body: Reader<'_>) -> Option<Self> {
        let id = AttemptId::from_bytes(body.array()?);
        let channel = body.short_text()?;
        let code = body.short_text()?;
        let kind = NoticeKind::ALL.into_iter().find(|kind| kind.message().code() == code)?;
        let to = Contact::read(channel, body.long_text()?)?;
        let addressee = Addressee::read(&mut body)?;
        let stop_until = body.second()?;
        let written = WrittenNotice::read(&to.channel(), &mut body)?;
        body.end()?;
        Some(Self { kind, id, to, addressee, stop_until, written })
    }
}

impl Flow {
    /// `None` never comes: the key that signs is in the ring.
    pub(super) fn queue_notice(&self, notice: &Notice) -> Option<QueueEntry> {
        let key_id: KeyId = self.keyring.signing_id();
        let bytes = self.seal(QueueKind::Notice, key_id, &notice.to_body())?;
        Some(QueueEntry::from_stored(notice.queue_key(), self.scope_tag, bytes))
    }

    /// Puts the notices of the service into the queue. A text message is left out when a cap is reached.
    pub(super) async fn push_notices(
        &self,
        ports: &Asker,
        account: &AccountId,
        notices: Vec<Notice>,
        now: UtcDateTime,
    ) -> Result<(), PortFailure> {
        for (number, notice) in (0..).zip(notices) {
            let once = Once::new(&notice.id, number);
            let is_sent = notice.is_mail()
                || self.counted_notice(ports, OWN_NOTICES, account, once, now).await?;
            if let Some(entry) = self.queue_notice(&notice).filter(|_| is_sent) {
                pushing(ports, entry).await?;
            }
        }
        Ok(())
    }

    pub(super) fn open_notice(
        &self,
        bytes: &[u8],
        now: UtcDateTime,
    ) -> Result<Notice, SealedError> {
        let Opened { body, .. } = self.open(QueueKind::Notice, bytes, now)?;
        Notice::read(body).ok_or(SealedError::Malformed)
    }

    pub(super) fn render_notice(
        &self,
        notice: &Notice,
        now: UtcDateTime,
    ) -> Result<Message, SealedError> {
        let Notice { kind, id, to, addressee, stop_until, written } = notice;
        self.delivers_to(to)?;
        let stop = self.stop_link(*id, *stop_until, now);
        let stop_link = stop.as_ref().map(Link::expose_secret);
        let values = Values { stop_link, ..addressee.values() };
        let (kind, key) = (kind.message(), notice.queue_key());
        let message = self.compose(kind, &key, to, addressee, &values);
        let message = match written {
            Some(written) => message.and_then(|one| written.put_into(one, addressee.names())),
            None => message,
        };
        message.ok_or(SealedError::Malformed)
    }
}

/// The digest of a recipient in the key of a queue entry: the first 16 bytes of SHA-256 over channel
/// and contact; of no recipient, zeros.
pub(super) fn queue_recipient(to: Option<&Contact>) -> [u8; 16] {
    to.map_or([0; 16], |to| recipient_digest(to).finish_short())
}

fn recipient_digest(to: &Contact) -> PartsDigest {
    let channel = to.channel();
    let digest = PartsDigest::new(b"repass/1 recipient").part(channel.name().as_bytes());
    digest.part(to.canonical().as_bytes())
}
