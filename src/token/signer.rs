use core::time::Duration;

use time::UtcDateTime;

use super::issuer::{Issuer, Kind, moment};
use super::{Token, TokenError};
use crate::attempt::AttemptId;
use crate::key::{KeyId, Keyring};
use crate::scope::Scope;

/// Signs and verifies the tokens of one kind that name an attempt, for one scope, with a longest
/// life.
///
/// ```
/// use core::time::Duration;
/// use repass::attempt::AttemptId;
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::scope::{Purpose, Scope};
/// use repass::secret::Seed;
/// use repass::time::UtcDateTime;
/// use repass::token::Signer;
///
/// let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let links = Signer::links(ring, Scope::new(Purpose::RESET), Duration::from_secs(1800));
///
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let id = AttemptId::new(Seed::generate(&mut repass::SysRng)?);
/// let token = links.sign(id, now + Duration::from_secs(1800))?;
///
/// let verified = links.verify(token.expose_secret(), now)?;
/// assert_eq!(verified.id(), id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    issuer: Issuer,
}

impl Signer {
    /// For tokens that prove who got them: the secret of a link.
    #[must_use]
    pub fn links(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self { issuer: Issuer::new(keyring, scope, Kind::Link, longest_life) }
    }

    /// For handles: they prove only that we made them, and name one attempt.
    #[must_use]
    pub fn handles(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self { issuer: Issuer::new(keyring, scope, Kind::Handle, longest_life) }
    }

    /// For "this was not me": they end what they name, and prove nothing that could change a password.
    #[must_use]
    pub fn stops(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self { issuer: Issuer::new(keyring, scope, Kind::Stop, longest_life) }
    }

    /// Signs a token with the signing key; it is good while now is before `expires_at`, of which
    /// whole seconds count.
    ///
    /// # Errors
    ///
    /// [`TokenError::Expiry`] when `expires_at` is before 1970, or at or after the unix second
    /// `0xF8_0000_0000` (in the year 35723).
    pub fn sign(&self, id: AttemptId, expires_at: UtcDateTime) -> Result<Token, TokenError> {
        let keyring = &self.issuer.keyring;
        self.issuer.sign_token(keyring.signing(), keyring.signing_id(), *id.as_bytes(), expires_at)
    }

    /// Signs a token with the key of this id, which gives the same text for the same values: how a
    /// link that nobody stored is sent again.
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownKey`] and [`TokenError::Expiry`].
    pub fn sign_with(
        &self,
        key_id: KeyId,
        id: AttemptId,
        expires_at: UtcDateTime,
    ) -> Result<Token, TokenError> {
        let subkeys = self.issuer.keyring.subkeys(key_id);
        let subkeys = subkeys.ok_or(TokenError::UnknownKey { key_id })?;
        self.issuer.sign_token(subkeys, key_id, *id.as_bytes(), expires_at)
    }

    /// Verifies a text: first its shape, then its signature, then its time. One HMAC, no
    /// allocation; the signature is compared in constant time.
    ///
    /// # Errors
    ///
    /// [`TokenError`] is for the log: to the outside all of them are one
    /// [refusal](TokenError::answer).
    pub fn verify(&self, text: &str, now: UtcDateTime) -> Result<Verified, TokenError> {
        let head = self.issuer.verify_token(text, now)?.head;
        Ok(Verified {
            kind: self.issuer.kind,
            key_id: head.key_id,
            id: AttemptId::from_bytes(head.bits),
            expires_at: head.expires_at,
        })
    }
}

/// What a token says that was verified; made by [`Signer::verify`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verified {
    kind: Kind,
    key_id: KeyId,
    id: AttemptId,
    expires_at: i64,
}

impl Verified {
    /// Whether it proves who got it: a link does, a handle and a
    /// text that ends an attempt do not.
    #[must_use]
    pub const fn is_link(&self) -> bool {
        matches!(self.kind, Kind::Link)
    }

    /// The key that signed.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The attempt that the token names.
    #[must_use]
    pub const fn id(&self) -> AttemptId {
        self.id
    }

    /// The first moment at which the token is no longer good.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }
}
