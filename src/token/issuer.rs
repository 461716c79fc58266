use core::time::Duration;

use time::UtcDateTime;

use super::wire::{self, Head};
use super::{Token, TokenError};
use crate::key::{KeyId, Keyring, Subkeys, Tag};
use crate::scope::Scope;

/// What the tokens of one kind have in common, whatever their 160 bits are.
#[derive(Clone, Debug)]
pub(super) struct Issuer {
    pub(super) keyring: Keyring,
    pub(super) scope: Scope,
    pub(super) kind: Kind,
    /// In seconds.
    longest_life: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Link,
    Handle,
    Stateless,
}

/// How far the clock of the signer may run ahead of ours, in seconds.
const LEEWAY: i64 = 120;

impl Issuer {
    pub(super) fn new(keyring: Keyring, scope: Scope, kind: Kind, longest_life: Duration) -> Self {
        let longest_life = i64::try_from(longest_life.as_secs()).unwrap_or(i64::MAX);
        Self { keyring, scope, kind, longest_life }
    }

    pub(super) fn sign(
        &self,
        subkeys: &Subkeys,
        key_id: KeyId,
        bits: [u8; 20],
        expires_at: UtcDateTime,
    ) -> Result<Token, TokenError> {
        let expires_at = expires_at.unix_timestamp();
        let signed = Head { key_id, expires_at, bits }.encode().ok_or(TokenError::Expiry)?;
        let tag = self.tag(subkeys, &signed);
        Ok(Token(wire::print(&signed, tag.bytes())))
    }

    /// Shape, key, signature, time; and the subkeys of the key that signed.
    pub(super) fn verify(
        &self,
        text: &str,
        now: UtcDateTime,
    ) -> Result<(Head, &Subkeys), TokenError> {
        let parsed = wire::parse(text).ok_or(TokenError::Malformed)?;
        let Head { key_id, expires_at, .. } = parsed.head;
        let subkeys = self.keyring.subkeys(key_id).ok_or(TokenError::UnknownKey { key_id })?;
        if self.keyring.is_retired(key_id, now) {
            return Err(TokenError::RetiredKey { key_id });
        }
        if !self.tag(subkeys, &parsed.signed).matches(&parsed.tag) {
            return Err(TokenError::Forged);
        }
        // Whole seconds on both sides: `now` cut down is before `expires_at` just when `now` is.
        let seconds = now.unix_timestamp();
        if seconds >= expires_at {
            return Err(TokenError::Expired { expires_at: moment(expires_at) });
        }
        let latest = seconds.saturating_add(self.longest_life).saturating_add(LEEWAY);
        if expires_at > latest {
            return Err(TokenError::TooFarAhead { expires_at: moment(expires_at) });
        }
        Ok((parsed.head, subkeys))
    }

    fn tag(&self, subkeys: &Subkeys, signed: &[u8; 28]) -> Tag {
        let (mac, kind) = match self.kind {
            Kind::Link => (&subkeys.link, *b"link"),
            Kind::Handle => (&subkeys.handle, *b"hand"),
            Kind::Stateless => (&subkeys.stateless, *b"stat"),
        };
        wire::with_message(kind, signed, self.scope.encoded(), |parts| mac.over(parts))
    }
}

/// The moment of a unix time; beyond what `time` can say, its last one.
pub(super) fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX)
}
