use core::fmt;
use core::time::Duration;

use time::UtcDateTime;
use zeroize::Zeroize;

use super::wire::{self, CHARACTERS, Head};
use crate::attempt::AttemptId;
use crate::key::{KeyId, Keyring, Subkeys, Tag};
use crate::scope::Scope;

/// Signs and verifies the tokens of one kind, for one scope, with a longest life.
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
#[derive(Clone)]
pub struct Signer {
    keyring: Keyring,
    scope: Scope,
    kind: Kind,
    /// In seconds.
    longest_life: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Link,
    Handle,
}

/// How far the clock of the signer may run ahead of ours, in seconds.
const LEEWAY: i64 = 120;

impl Signer {
    /// For tokens that prove who got them: the secret of a link.
    #[must_use]
    pub fn links(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self::new(keyring, scope, Kind::Link, longest_life)
    }

    /// For handles: they prove only that we made them, and name one attempt.
    #[must_use]
    pub fn handles(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self::new(keyring, scope, Kind::Handle, longest_life)
    }

    /// Signs a token with the signing key; it is good while now is before `expires_at`, of which
    /// whole seconds count.
    ///
    /// # Errors
    ///
    /// [`TokenError::Expiry`] when `expires_at` is before 1970 or does not fit 40 bits.
    pub fn sign(&self, id: AttemptId, expires_at: UtcDateTime) -> Result<Token, TokenError> {
        self.sign_with(self.keyring.signing_id(), id, expires_at)
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
        let subkeys = self.keyring.subkeys(key_id).ok_or(TokenError::UnknownKey { key_id })?;
        let expires_at = expires_at.unix_timestamp();
        let signed = Head { key_id, expires_at, id }.encode().ok_or(TokenError::Expiry)?;
        let tag = self.tag(subkeys, &signed);
        Ok(Token(wire::print(&signed, tag.bytes())))
    }

    /// Verifies a text: first its shape, then its signature, then its time. One HMAC, no
    /// allocation; the signature is compared in constant time.
    ///
    /// # Errors
    ///
    /// [`TokenError`] is for the log: to the outside all of them are one refusal.
    pub fn verify(&self, text: &str, now: UtcDateTime) -> Result<Verified, TokenError> {
        let parsed = wire::parse(text).ok_or(TokenError::Malformed)?;
        let Head { key_id, expires_at, id } = parsed.head;
        let subkeys = self.keyring.subkeys(key_id).ok_or(TokenError::UnknownKey { key_id })?;
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
        Ok(Verified { kind: self.kind, key_id, id, expires_at })
    }

    fn new(keyring: Keyring, scope: Scope, kind: Kind, longest_life: Duration) -> Self {
        let longest_life = i64::try_from(longest_life.as_secs()).unwrap_or(i64::MAX);
        Self { keyring, scope, kind, longest_life }
    }

    fn tag(&self, subkeys: &Subkeys, signed: &[u8; 28]) -> Tag {
        let (mac, kind) = match self.kind {
            Kind::Link => (&subkeys.link, *b"link"),
            Kind::Handle => (&subkeys.handle, *b"hand"),
        };
        wire::with_message(kind, signed, self.scope.encoded(), |parts| mac.over(parts))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("keyring", &self.keyring)
            .field("scope", &self.scope)
            .field("kind", &self.kind)
            .field("longest_life", &self.longest_life)
            .finish()
    }
}

/// The text of a token that may act: wiped on drop, without `Display` and without equality.
pub struct Token([u8; CHARACTERS]);

impl Token {
    /// The length of the text, in characters and bytes.
    pub const CHARACTERS: usize = CHARACTERS;

    /// The text that travels: 80 characters of base64url (RFC 4648, section 5) without padding.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        // base64url is ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
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
    /// Whether it proves who got it: a link does, a handle does not.
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

/// Why a text is no token that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is not 80 characters of base64url, or of another version.
    Malformed,
    /// The token names a key that the ring does not hold (any more).
    UnknownKey {
        /// The key that it names.
        key_id: KeyId,
    },
    /// The signature does not fit: made up, altered, or for another kind, purpose or tenant.
    Forged,
    /// The token was good until a moment that is past.
    Expired {
        /// The first moment at which it was no longer good.
        expires_at: UtcDateTime,
    },
    /// The token would be good for longer than any that is signed here.
    TooFarAhead {
        /// Until when it claims to be good.
        expires_at: UtcDateTime,
    },
    /// A token cannot expire at this moment: it is before 1970 or after the year 36812.
    Expiry,
}

impl TokenError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::UnknownKey { .. } => "token_unknown_key",
            Self::Forged => "token_forged",
            Self::Expired { .. } => "token_expired",
            Self::TooFarAhead { .. } => "token_too_far_ahead",
            Self::Expiry => "token_expiry_invalid",
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the text is not a token"),
            Self::UnknownKey { key_id } => write!(f, "the token names the unknown key {key_id}"),
            Self::Forged => f.write_str("the signature of the token does not fit"),
            Self::Expired { expires_at } => write!(f, "the token expired at {expires_at}"),
            Self::TooFarAhead { expires_at } => {
                write!(f, "the token claims to be good until {expires_at}")
            }
            Self::Expiry => f.write_str("a token cannot expire at this moment"),
        }
    }
}

impl core::error::Error for TokenError {}

/// The moment of a unix time; beyond what `time` can say, its last one.
fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX)
}
