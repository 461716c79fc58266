//! The sealed bytes of requests, messages and notices: versioned, with key and scope, under a MAC.

use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::Flow;
use crate::bytes::Reader;
use crate::key::{KeyId, Mac, Subkeys, length_of};
use crate::queue::QueueKind;
use crate::scope::ScopeTag;

const VERSION: u8 = 1;

/// Version, kind, key id and scope tag.
const HEAD: usize = 1 + 1 + 2 + 16;

const MAC_BYTES: usize = 32;

/// Room for most bodies.
pub(super) const BODY_BYTES: usize = 256;

/// The key that sealed some bytes, and what they say.
pub(super) struct Opened<'a> {
    pub(super) key_id: KeyId,
    pub(super) body: Reader<'a>,
}

impl Flow {
    /// `head ‖ body ‖ HMAC(subkey of the kind; scope ‖ part(head ‖ body))`; `None` when the key is not
    /// in the ring.
    pub(super) fn seal(&self, kind: QueueKind, key_id: KeyId, body: &[u8]) -> Option<Vec<u8>> {
        let mac = mac_of(self.keyring.subkeys(key_id)?, kind);
        let length = HEAD.saturating_add(body.len()).saturating_add(MAC_BYTES);
        let mut bytes = Vec::with_capacity(length);
        bytes.push(VERSION);
        bytes.push(kind as u8);
        bytes.extend_from_slice(&key_id.number().to_be_bytes());
        bytes.extend_from_slice(self.scope_tag.as_bytes());
        bytes.extend_from_slice(body);
        let tag = mac.over(&[self.scope.encoded(), &length_of(&bytes), &bytes]);
        bytes.extend_from_slice(tag.bytes());
        Some(bytes)
    }

    /// Opens sealed bytes of this kind and scope. What a retired key sealed is refused, unless it is a
    /// notice, which has no secret that ends with the key.
    pub(super) fn open<'a>(
        &self,
        kind: QueueKind,
        bytes: &'a [u8],
        now: UtcDateTime,
    ) -> Result<Opened<'a>, SealedError> {
        let (covered, tag) = bytes.split_last_chunk::<MAC_BYTES>().ok_or(SealedError::Malformed)?;
        let mut reader = Reader::new(covered);
        let (key_id, scope) = head(&mut reader, kind).ok_or(SealedError::Malformed)?;
        if scope != self.scope_tag {
            return Err(SealedError::OtherScope { scope });
        }
        let subkeys = self.keyring.subkeys(key_id).ok_or(SealedError::UnknownKey { key_id })?;
        if kind != QueueKind::Notice && self.keyring.is_retired(key_id, now) {
            return Err(SealedError::RetiredKey { key_id });
        }
        let parts = [self.scope.encoded(), &length_of(covered), covered];
        if !mac_of(subkeys, kind).over(&parts).matches(tag) {
            return Err(SealedError::Forged);
        }
        Ok(Opened { key_id, body: reader })
    }
}

fn mac_of(subkeys: &Subkeys, kind: QueueKind) -> &Mac {
    match kind {
        QueueKind::Request => &subkeys.request,
        QueueKind::Message => &subkeys.message,
        QueueKind::Notice => &subkeys.notice,
    }
}

fn head(reader: &mut Reader<'_>, kind: QueueKind) -> Option<(KeyId, ScopeTag)> {
    let sound = reader.byte()? == VERSION && reader.byte()? == kind as u8;
    let (key_id, scope) = (KeyId::new(reader.short()?), ScopeTag::from_bytes(reader.array()?));
    sound.then_some((key_id, scope))
}

/// Why sealed bytes cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SealedError {
    /// The bytes are not sealed bytes of this kind and version.
    Malformed,
    /// The bytes belong to another purpose or tenant.
    OtherScope {
        /// The scope that they belong to.
        scope: ScopeTag,
    },
    /// The key that sealed the bytes is not in the ring.
    UnknownKey {
        /// The key.
        key_id: KeyId,
    },
    /// The key that sealed the bytes is retired: what they ask for would be refused.
    RetiredKey {
        /// The key.
        key_id: KeyId,
    },
    /// The seal does not fit: the bytes were altered.
    Forged,
    /// The secret that the message was to carry has expired.
    Expired,
    /// It is a text message, and the flow sends none.
    SmsOff,
}

impl SealedError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "sealed_malformed",
            Self::OtherScope { .. } => "sealed_other_scope",
            Self::UnknownKey { .. } => "sealed_unknown_key",
            Self::RetiredKey { .. } => "sealed_retired_key",
            Self::Forged => "sealed_forged",
            Self::Expired => "sealed_expired",
            Self::SmsOff => "sealed_sms_off",
        }
    }
}

impl fmt::Display for SealedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the bytes are not a sealed entry of this version"),
            Self::OtherScope { scope } => write!(f, "the entry belongs to another scope ({scope})"),
            Self::UnknownKey { key_id } => write!(f, "the entry needs the unknown key {key_id}"),
            Self::RetiredKey { key_id } => write!(f, "the entry is of the retired key {key_id}"),
            Self::Forged => f.write_str("the seal of the entry does not fit"),
            Self::Expired => f.write_str("the secret of the message has expired"),
            Self::SmsOff => f.write_str("text messages are not configured"),
        }
    }
}

impl core::error::Error for SealedError {}
