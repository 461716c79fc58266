use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::asking::Asking;
use super::author::SecretText;
use super::error::RequestError;
use super::resend::Resend;
use super::sealed::{BODY_BYTES, Opened, SealedError};
use super::step::{Asker, Step, operation};
use super::{Delivery, Flow};
use crate::account::Lookup;
use crate::attempt::{AttemptId, Contents};
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::clock::seconds;
use crate::key::KeyId;
use crate::queue::{Pushed, QueueEntry, QueueKey, QueueKind};
use crate::secret::Seed;
use crate::throttle::Source;
use crate::token::{Token, TokenError};

/// What an entry of a request asks for.
pub(super) enum Asked {
    /// The first message of an attempt.
    First(Request),
    /// A further message of it.
    Again(Resend),
}

/// A request to reset a password that nobody has looked up yet.
pub(super) struct Request {
    pub(super) id: AttemptId,
    pub(super) key_id: KeyId,
    pub(super) lookup: Lookup,
    pub(super) delivery: Delivery,
    pub(super) requested_at: i64,
    pub(super) link_expires_at: i64,
    /// Also the expiry of the handle.
    pub(super) code_expires_at: i64,
    /// How an author writes its message; `None` for the texts of the service.
    pub(super) text: Option<Box<SecretText>>,
}

impl Request {
    pub(super) const fn queue_key(&self) -> QueueKey {
        QueueKey::new(QueueKind::Request, self.id, 0, [0; 16])
    }

    fn to_body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BODY_BYTES);
        bytes.extend_from_slice(self.id.as_bytes());
        put_short_text(&mut bytes, self.delivery.field());
        bytes.push(self.delivery.contents().number());
        put_short_text(&mut bytes, self.lookup.kind());
        put_long_text(&mut bytes, &self.lookup.text());
        for second in [self.requested_at, self.link_expires_at, self.code_expires_at] {
            bytes.extend_from_slice(&second.to_be_bytes());
        }
        if let Some(text) = &self.text {
            text.put(&mut bytes);
        }
        bytes
    }

    fn read(key_id: KeyId, mut body: Reader<'_>) -> Option<Self> {
        let id = AttemptId::from_bytes(body.array()?);
        let delivery = Delivery::read(body.short_text()?, body.byte()?)?;
        let lookup = Lookup::read(body.short_text()?, body.long_text()?)?;
        let (requested_at, link_expires_at) = (body.second()?, body.second()?);
        let code_expires_at = body.second()?;
        let text = SecretText::read(&mut body)?.map(Box::new);
        body.end()?;
        Some(Self {
            id,
            key_id,
            lookup,
            delivery,
            requested_at,
            link_expires_at,
            code_expires_at,
            text,
        })
    }

    pub(super) fn with_text(self, text: Box<SecretText>) -> Self {
        Self { text: Some(text), ..self }
    }
}

/// A signed text for the browser that asked, whether or not there is such an account: it names one
/// attempt, and a code is compared only together with it.
///
/// It is on the heap: a text that waits in a step or a future would leave a copy where that is moved
/// from.
pub struct Handle(Box<Token>);

impl Handle {
    /// The text: 80 characters of base64url, for a cookie or a hidden field.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(..)")
    }
}

impl Flow {
    /// Takes a request: counts it and puts it into the queue. Nobody is looked up, so the answer is
    /// the same for every account and for none.
    ///
    /// # Errors
    ///
    /// The step ends with [`RequestError::Throttled`] if the source or the caller asked too often, or if
    /// the same identifier was asked for too often, known or not, with [`RequestError::Full`] if too
    /// many requests wait, with [`RequestError::Clock`] for a moment at which no token can be signed,
    /// and with [`RequestError::Failed`] if a port failed.
    pub fn request(
        &self,
        lookup: Lookup,
        delivery: Delivery,
        source: Option<Source>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<Handle, RequestError>> {
        let made = self.new_request(lookup, delivery, seed, now);
        operation(move |ports| async move {
            let (request, handle) = made.map_err(RequestError::Clock)?;
            self.asked(&ports, request, source.as_ref(), now).await?;
            Ok(handle)
        })
    }

    /// Counts a request and puts it into the queue.
    pub(super) async fn asked(
        &self,
        ports: &Asker,
        request: Request,
        source: Option<&Source>,
        now: UtcDateTime,
    ) -> Result<(), RequestError> {
        self.count_asking(ports, Asking::REQUEST, &request.lookup, source, now).await?;
        let bytes = self.seal(QueueKind::Request, request.key_id, &request.to_body());
        let error = TokenError::UnknownKey { key_id: request.key_id };
        let bytes = bytes.ok_or(RequestError::Clock(error))?;
        let entry = QueueEntry::from_stored(request.queue_key(), self.scope_tag, bytes);
        match ports.ask(entry).await? {
            Pushed::Full => Err(RequestError::Full),
            Pushed::Done | Pushed::Exists => Ok(()),
        }
    }

    pub(super) fn open_request(
        &self,
        bytes: &[u8],
        now: UtcDateTime,
    ) -> Result<Asked, SealedError> {
        let Opened { key_id, body } = self.open(QueueKind::Request, bytes, now)?;
        let again = Resend::read(key_id, body.clone()).map(Asked::Again);
        let asked = again.or_else(|| Request::read(key_id, body).map(Asked::First));
        asked.ok_or(SealedError::Malformed)
    }

    /// When the link and the code of a message expire that is asked for at this second.
    pub(super) fn expiries(&self, delivery: Delivery, from: i64) -> (i64, i64) {
        let after = |life| from.saturating_add(seconds(life));
        let link = after(self.settings.link_life);
        let code = after(self.settings.code_life);
        match delivery.contents() {
            Contents::Link | Contents::Nothing => (link, link),
            Contents::Code | Contents::Spoken => (code, code),
            Contents::LinkAndCode => (link, code),
        }
    }

    pub(super) fn handle(&self, id: AttemptId, code_expires_at: i64) -> Result<Handle, TokenError> {
        let until = UtcDateTime::from_unix_timestamp(code_expires_at);
        let until = until.map_err(|_| TokenError::Expiry)?;
        Ok(Handle(Box::new(self.handles.sign(id, until)?)))
    }

    pub(super) fn new_request(
        &self,
        lookup: Lookup,
        delivery: Delivery,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<(Request, Handle), TokenError> {
        let id = AttemptId::new(seed);
        let requested_at = now.unix_timestamp();
        let (link_expires_at, code_expires_at) = self.expiries(delivery, requested_at);
        let handle = self.handle(id, code_expires_at)?;
        let key_id = self.keyring.signing_id();
        let request = Request {
            id,
            key_id,
            lookup,
            delivery,
            requested_at,
            link_expires_at,
            code_expires_at,
            text: None,
        };
        Ok((request, handle))
    }
}
