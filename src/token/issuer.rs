use core::time::Duration;

use time::UtcDateTime;

use super::text::Characters;
use super::wire::{self, HEAD, Head, TOKEN_BYTES, TOKEN_CHARACTERS};
use super::{Token, TokenError};
use crate::key::{KeyId, Keyring, Subkeys, Tag};
use crate::scope::Scope;

/// What the signed texts of one kind have in common, whatever their 160 bits are.
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
    Ticket,
    Stop,
}

/// What a text says that was verified, and the subkeys of the key that signed it.
pub(super) struct Read<'a, const TAIL: usize> {
    pub(super) head: Head,
    pub(super) tail: [u8; TAIL],
    pub(super) subkeys: &'a Subkeys,
}

/// How far the clock of the signer may run ahead of ours, in seconds.
pub(super) const LEEWAY: i64 = 120;

impl Issuer {
    pub(super) fn new(keyring: Keyring, scope: Scope, kind: Kind, longest_life: Duration) -> Self {
        let longest_life = i64::try_from(longest_life.as_secs()).unwrap_or(i64::MAX);
        Self { keyring, scope, kind, longest_life }
    }

    #[inline]
    pub(super) fn sign<const TAIL: usize, const BYTES: usize, const CHARACTERS: usize>(
        &self,
        subkeys: &Subkeys,
        head: &Head,
        tail: &[u8; TAIL],
    ) -> Result<Characters<CHARACTERS>, TokenError> {
        let signed = head.encode().ok_or(TokenError::Expiry)?;
        let tag = self.tag(subkeys, &signed, tail);
        Ok(Characters(wire::print::<TAIL, BYTES, CHARACTERS>(&signed, tail, tag.bytes())))
    }

    /// Shape, key, signature, time.
    #[inline]
    pub(super) fn verify<const TAIL: usize, const BYTES: usize, const CHARACTERS: usize>(
        &self,
        text: &str,
        now: UtcDateTime,
    ) -> Result<Read<'_, TAIL>, TokenError> {
        // Asked here, where it costs no more than that: what follows prepares its buffers first.
        if text.len() != CHARACTERS {
            return Err(TokenError::Malformed);
        }
        self.verify_whole::<TAIL, BYTES, CHARACTERS>(text, now)
    }

    #[inline(never)]
    fn verify_whole<const TAIL: usize, const BYTES: usize, const CHARACTERS: usize>(
        &self,
        text: &str,
        now: UtcDateTime,
    ) -> Result<Read<'_, TAIL>, TokenError> {
        let parsed = wire::parse::<TAIL, BYTES, CHARACTERS>(text).ok_or(TokenError::Malformed)?;
        let Head { key_id, expires_at, .. } = parsed.head;
        let subkeys = self.keyring.subkeys(key_id).ok_or(TokenError::UnknownKey { key_id })?;
        if self.keyring.is_retired(key_id, now) {
            return Err(TokenError::RetiredKey { key_id });
        }
        if !self.tag(subkeys, &parsed.signed, &parsed.tail).matches(&parsed.tag) {
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
        Ok(Read { head: parsed.head, tail: parsed.tail, subkeys })
    }

    #[inline]
    fn tag<const TAIL: usize>(
        &self,
        subkeys: &Subkeys,
        signed: &[u8; HEAD],
        tail: &[u8; TAIL],
    ) -> Tag {
        let (mac, kind) = match self.kind {
            Kind::Link => (&subkeys.link, *b"link"),
            Kind::Handle => (&subkeys.handle, *b"hand"),
            Kind::Stateless => (&subkeys.stateless, *b"stat"),
            Kind::Ticket => (&subkeys.ticket, *b"tick"),
            Kind::Stop => (&subkeys.stop, *b"stop"),
        };
        wire::with_message(kind, signed, tail, self.scope.encoded(), |parts| mac.over(parts))
    }
}

/// Tokens are texts without a tail.
impl Issuer {
    pub(super) fn sign_token(
        &self,
        subkeys: &Subkeys,
        key_id: KeyId,
        bits: [u8; 20],
        expires_at: UtcDateTime,
    ) -> Result<Token, TokenError> {
        let head = Head { key_id, expires_at: expires_at.unix_timestamp(), bits };
        self.sign::<0, TOKEN_BYTES, TOKEN_CHARACTERS>(subkeys, &head, &[]).map(Token)
    }

    #[inline]
    pub(super) fn verify_token(
        &self,
        text: &str,
        now: UtcDateTime,
    ) -> Result<Read<'_, 0>, TokenError> {
        self.verify::<0, TOKEN_BYTES, TOKEN_CHARACTERS>(text, now)
    }
}

/// The moment of a unix time; beyond what `time` can say, its last one.
pub(super) fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX)
}
