use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use time::UtcDateTime;

use super::Flow;
use super::sealed::{Opened, SealedError};
use crate::account::{Account, Channel, Contact};
use crate::attempt::AttemptId;
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::key::{KeyId, length_of};
use crate::message::{Message, Values, plain};
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

    /// The name in the format of a notice.
    const fn code(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password_changed",
            Self::SeveralAccounts => "several_accounts",
            Self::NoPassword => "no_password",
        }
    }
}

/// A notice on its way to one recipient.
pub(super) struct Notice {
    kind: NoticeKind,
    id: AttemptId,
    to: Contact,
    first_name: String,
    last_name: String,
}

impl Notice {
    /// Without an account for an address that several people share: none of their names is in it.
    pub(super) fn new(
        kind: NoticeKind,
        id: AttemptId,
        to: &Contact,
        account: Option<&Account>,
    ) -> Self {
        Self {
            kind,
            id,
            to: to.clone(),
            first_name: account.map(|account| plain(account.first_name())).unwrap_or_default(),
            last_name: account.map(|account| plain(account.last_name())).unwrap_or_default(),
        }
    }

    pub(super) fn queue_key(&self) -> QueueKey {
        QueueKey::new(QueueKind::Notice, self.id, 0, queue_recipient(Some(&self.to)))
    }

    fn to_body(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(self.id.as_bytes());
        put_short_text(&mut bytes, Channel::EMAIL.name());
        put_short_text(&mut bytes, self.kind.code());
        put_long_text(&mut bytes, self.to.as_str());
        put_long_text(&mut bytes, &self.first_name);
        put_long_text(&mut bytes, &self.last_name);
        bytes
    }

    fn read(mut body: Reader<'_>) -> Option<Self> {
        let id = AttemptId::from_bytes(body.array()?);
        if body.short_text()? != Channel::EMAIL.name() {
            return None;
        }
        let code = body.short_text()?;
        let kind = NoticeKind::ALL.into_iter().find(|kind| kind.code() == code)?;
        let to = Contact::email(body.long_text()?).ok()?;
        let (first_name, last_name) = (body.long_text()?.into(), body.long_text()?.into());
        body.end()?;
        Some(Self { kind, id, to, first_name, last_name })
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

    pub(super) fn render_notice(&self, notice: &Notice) -> Message {
        let templates = &self.settings.templates;
        let template = match notice.kind {
            NoticeKind::PasswordChanged => &templates.changed,
            NoticeKind::SeveralAccounts => &templates.several,
            NoticeKind::NoPassword => &templates.no_password,
        };
        let values = Values {
            first_name: &notice.first_name,
            last_name: &notice.last_name,
            ..Values::default()
        };
        template.render(notice.to.clone(), &values)
    }
}

/// The digest of a recipient in the key of a queue entry: the first 16 bytes of SHA-256 over channel
/// and address; of no recipient, zeros.
pub(super) fn queue_recipient(to: Option<&Contact>) -> [u8; 16] {
    let mut recipient = [0; 16];
    if let Some(to) = to {
        let mut hash = Sha256::new();
        let address = to.canonical();
        for part in ["repass/1 recipient", Channel::EMAIL.name(), &address] {
            hash.update(length_of(part.as_bytes()));
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        recipient.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    }
    recipient
}
