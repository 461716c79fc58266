use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;
use zeroize::Zeroizing;

use super::Flow;
use super::author::SecretText;
use super::limits::LONG_LINK_AFTER_PERIOD;
use super::mail::Addressee;
use super::notice::queue_recipient;
use super::sealed::{BODY_BYTES, Opened, SealedError};
use crate::account::{Account, AccountId, Channel, Contact};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground};
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::clock::{moment, seconds};
use crate::code::CodeBinding;
use crate::key::KeyId;
use crate::message::{Link, Message, MessageKind, Values};
use crate::queue::{QueueEntry, QueueKey, QueueKind};
use crate::scope::Purpose;
use crate::token::Token;

/// A message that is going to carry a secret: its recipient and its attempt, but not the secret, so
/// that it can wait in a queue. The secret is put in when it is delivered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SecretMessage {
    id: AttemptId,
    key_id: KeyId,
    account: AccountId,
    to: Contact,
    addressee: Addressee,
    contents: Contents,
    why: Why,
    link_expires_at: i64,
    code_expires_at: i64,
    /// Until when another message might not be sent, if this is one of the last two of its window.
    quiet_until: Option<i64>,
    epoch: u32,
    send: u32,
    /// `None` for the texts of the service.
    text: Option<SecretText>,
}

impl SecretMessage {
    pub(super) fn new(
        row: &AttemptRow,
        account: &Account,
        to: &Contact,
        quiet_until: Option<i64>,
    ) -> Self {
        Self {
            id: row.id,
            key_id: row.key_id,
            account: row.account.clone(),
            to: to.clone(),
            addressee: Addressee::of(account),
            contents: row.contents,
            why: Why::of(&row.ground),
            link_expires_at: row.link_expires_at,
            code_expires_at: row.code_expires_at,
            quiet_until,
            epoch: row.epoch,
            send: row.sends,
            text: None,
        }
    }

    /// The message with the text of an author, if there is one.
    pub(super) fn with_text(self, text: Option<&SecretText>) -> Self {
        Self { text: text.cloned(), ..self }
    }

    /// To an address that may be a stranger's: nothing about the account is in it but its language.
    pub(super) fn to_stranger(row: &AttemptRow, account: &Account, to: &Contact) -> Self {
        let addressee = Addressee { language: account.language(), ..Addressee::default() };
        Self { addressee, ..Self::new(row, account, to, None) }
    }

    pub(super) fn queue_key(&self) -> QueueKey {
        let recipient = queue_recipient(Some(&self.to));
        QueueKey::new(QueueKind::Message, self.id, self.send, recipient)
    }

    fn to_body(&self) -> Vec<u8> {
        let channel = self.to.channel();
        let mut bytes = body_head(&channel, self.contents, self.why, self.id, &self.account);
        put_long_text(&mut bytes, self.to.as_str());
        self.addressee.put(&mut bytes);
        let quiet_until = self.quiet_until.unwrap_or(0);
        for second in [self.link_expires_at, self.code_expires_at, quiet_until] {
            bytes.extend_from_slice(&second.to_be_bytes());
        }
        for number in [self.epoch, self.send] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        if let Some(text) = &self.text {
            text.put(&mut bytes);
        }
        bytes
    }

    /// `Some(None)` for a decoy.
    fn read(key_id: KeyId, mut body: Reader<'_>) -> Option<Option<Self>> {
        let id = AttemptId::from_bytes(body.array()?);
        let channel = body.short_text()?;
        let contents = match body.byte()? {
            0 => Contents::Nothing,
            1 => Contents::Link,
            2 => Contents::Code,
            3 => Contents::LinkAndCode,
            _ => return None,
        };
        let why = Why::read(body.byte()?)?;
        let account = AccountId::new(body.short_text()?).ok()?;
        if contents == Contents::Nothing {
            return body.end().map(|()| None);
        }
        let to = Contact::read(channel, body.long_text()?)?;
        // A text message never has both.
        if contents == Contents::LinkAndCode && !to.is_mailbox() {
            return None;
        }
        let addressee = Addressee::read(&mut body)?;
        let (link_expires_at, code_expires_at) = (body.second()?, body.second()?);
        let quiet_until = Some(body.second()?).filter(|until| *until != 0);
        let (epoch, send) = (body.word()?, body.word()?);
        let text = SecretText::read(&mut body)?;
        body.end()?;
        Some(Some(Self {
            id,
            key_id,
            account,
            to,
            addressee,
            contents,
            why,
            link_expires_at,
            code_expires_at,
            quiet_until,
            epoch,
            send,
            text,
        }))
    }
}

/// Why a secret is sent: the number of the ground of its attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Reset = 1,
    FirstPassword = 2,
    Operator = 3,
    Address = 5,
}

impl Why {
    const fn of(ground: &Ground) -> Self {
        match ground {
            Ground::Operator(_) => Self::Operator,
            Ground::FirstPassword => Self::FirstPassword,
            Ground::Address => Self::Address,
            Ground::Reset | Ground::Change => Self::Reset,
        }
    }

    fn read(number: u8) -> Option<Self> {
        let all = [Self::Reset, Self::FirstPassword, Self::Operator, Self::Address];
        all.into_iter().find(|why| *why as u8 == number)
    }
}

impl fmt::Debug for SecretMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretMessage").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The fields that decoys have as well.
fn body_head(
    channel: &Channel,
    contents: Contents,
    why: Why,
    id: AttemptId,
    account: &AccountId,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BODY_BYTES);
    bytes.extend_from_slice(id.as_bytes());
    put_short_text(&mut bytes, channel.name());
    // Nothing is sent of what an operator reads out.
    let sent = if contents == Contents::Spoken { Contents::Nothing } else { contents };
    bytes.push(sent.number());
    bytes.push(why as u8);
    put_short_text(&mut bytes, account.as_str());
    bytes
}

impl Flow {
    /// `None` when the key of the attempt is gone.
    pub(super) fn queue_message(&self, message: &SecretMessage) -> Option<QueueEntry> {
        let bytes = self.seal(QueueKind::Message, message.key_id, &message.to_body())?;
        Some(QueueEntry::from_stored(message.queue_key(), self.scope_tag, bytes))
    }

    /// What requests for nobody put into the queue, and the worker drops.
    pub(super) fn queue_decoy(&self, row: &AttemptRow) -> Option<QueueEntry> {
        let recipient = queue_recipient(None);
        let key = QueueKey::new(QueueKind::Message, row.id, row.sends, recipient);
        let channel = row.channel.as_ref().unwrap_or(&Channel::EMAIL);
        let body =
            body_head(channel, Contents::Nothing, Why::of(&row.ground), row.id, &row.account);
        let bytes = self.seal(QueueKind::Message, row.key_id, &body)?;
        Some(QueueEntry::from_stored(key, self.scope_tag, bytes))
    }

    /// `None` for a decoy.
    pub(super) fn open_message(
        &self,
        bytes: &[u8],
        now: UtcDateTime,
    ) -> Result<Option<SecretMessage>, SealedError> {
        let Opened { key_id, body } = self.open(QueueKind::Message, bytes, now)?;
        SecretMessage::read(key_id, body).ok_or(SealedError::Malformed)
    }

    /// Puts the secrets into a message, to be delivered at once.
    pub(super) fn render(
        &self,
        message: &SecretMessage,
        now: UtcDateTime,
    ) -> Result<Message, SealedError> {
        self.delivers_to(&message.to)?;
        let key_id = message.key_id;
        let unknown = SealedError::UnknownKey { key_id };
        // A key that is retired takes its secrets with it.
        let retired = self.keyring.retired_from(key_id).map(UtcDateTime::unix_timestamp);
        let left = |expires_at: i64| {
            let end = retired.map_or(expires_at, |retired| retired.min(expires_at));
            until(end, now)
        };
        let link_left = left(message.link_expires_at).filter(|_| message.contents.has_link());
        let code_left = left(message.code_expires_at).filter(|_| message.contents.has_code());
        let [link_kind, code_kind, both] = match message.why {
            Why::Reset => [MessageKind::Link, MessageKind::Code, MessageKind::LinkAndCode],
            // A first password is chosen with a link alone.
            Why::FirstPassword if *self.scope.purpose() == Purpose::INVITATION => {
                [MessageKind::Invitation; 3]
            }
            Why::FirstPassword => [MessageKind::FirstPassword; 3],
            Why::Address => [MessageKind::VerifyAddress; 3],
            Why::Operator => [
                MessageKind::OperatorLink,
                MessageKind::OperatorCode,
                MessageKind::OperatorLinkAndCode,
            ],
        };
        let (kind, valid_for) = match (link_left, code_left) {
            (Some(link), None) => (link_kind, link),
            (None, Some(code)) => (code_kind, code),
            (Some(link), Some(_)) => (both, link),
            (None, None) => return Err(SealedError::Expired),
        };
        let mut values = Values {
            valid_for,
            code_valid_for: code_left.unwrap_or(0),
            wait: message.quiet_until.and_then(|end| until(end, now)),
            ..message.addressee.values()
        };
        let (token, link): (Token, Link);
        let mut written = None;
        if link_left.is_some() {
            let expires_at = moment(message.link_expires_at);
            let signed = self.links.sign_with(key_id, message.id, expires_at);
            token = signed.map_err(|_| unknown)?;
            written = message.text.as_ref().map(|text| (text, &token));
            let page = &self.mail.page;
            // It is good for as long as the link.
            let handle =
                page.has_handle().then(|| self.handles.sign_with(key_id, message.id, expires_at));
            let handle = handle.transpose().map_err(|_| unknown)?;
            link = page.handled_link(&token, handle.as_ref());
            values.link = link.expose_secret();
        }
        let (code, line): (Zeroizing<String>, Zeroizing<String>);
        if code_left.is_some() {
            let binding = CodeBinding::new(&message.account, &message.to, message.id);
            let derived = self.codes.derive(key_id, &binding, message.epoch);
            let derived = derived.map_err(|_| unknown)?;
            code = derived.expose_secret();
            values.code = &code;
            if let Some(origin) = self.mail.origin.as_ref().filter(|_| !message.to.is_mailbox()) {
                line = derived.expose_bound_line(origin);
                values.last_line = &line;
            }
        }
        let end = message.link_expires_at.max(message.code_expires_at);
        let stop = self.stop_link(message.id, end, now);
        values.stop_link = stop.as_ref().map(Link::expose_secret);
        let key = message.queue_key();
        let composed = self.compose(kind, &key, &message.to, &message.addressee, &values);
        let composed = match written {
            Some((text, token)) => {
                composed.and_then(|one| text.put_into(one, message.addressee.names(), token))
            }
            None => composed,
        };
        composed.ok_or(SealedError::Malformed)
    }

    /// Until when no message follows one of these last two of a window: their link outlives it by a
    /// time that is known.
    pub(super) fn quiet_until(&self, row: &AttemptRow) -> Option<i64> {
        let life = self.settings.link_life.max(self.settings.code_life);
        let is_last = row.link_expires_at > row.created_at.saturating_add(seconds(life));
        is_last.then(|| row.link_expires_at.saturating_sub(seconds(LONG_LINK_AFTER_PERIOD)))
    }
}

/// How many seconds there are until then, if it is not over.
fn until(end: i64, now: UtcDateTime) -> Option<u64> {
    let left = end.saturating_sub(now.unix_timestamp());
    u64::try_from(left).ok().filter(|left| *left > 0)
}
