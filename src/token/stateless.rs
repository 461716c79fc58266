use core::fmt;
use core::time::Duration;

use time::UtcDateTime;

use super::issuer::{Issuer, Kind, Read, moment};
use super::wire::Head;
use super::{State, Token, TokenError};
use crate::account::AccountId;
use crate::key::{KeyId, Keyring, Subkeys, Tag};
use crate::scope::Scope;

/// Signs and verifies tokens that no store knows: each is bound to an account and its [`State`],
/// and ends when the state changes.
///
/// The token does not say whose it is: the id of the account travels beside it, in the same link.
/// Of one account and state all tokens that expire in the same second are the same.
///
/// `examples/stateless.rs` is a flow of them: link, account, new password, and what is refused.
///
/// Set what the token is for by a statement that changes the state only where it is still the one
/// that was bound (`UPDATE ... WHERE password_hash = $seen`): of two uses at once one wins.
///
/// ```
/// use core::time::Duration;
/// use repass::account::AccountId;
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::scope::{Purpose, Scope};
/// use repass::time::UtcDateTime;
/// use repass::token::{State, StatelessSigner, TokenError};
///
/// let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let life = Duration::from_secs(1800);
/// let links = StatelessSigner::new(ring, Scope::new(Purpose::RESET), life);
///
/// // The letter: https://example.org/reset/42/{token}
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let ada = AccountId::new("42")?;
/// let stored = State::changed_by_use("hash of the old password").and("ada@example.org");
/// let token = links.sign(&ada, &stored, now + life)?;
///
/// // The link is opened. A forgery is refused before anybody is looked up.
/// let unbound = links.verify(token.expose_secret(), now)?;
/// let bound = unbound.bind(&ada, &stored)?;
/// assert_eq!(bound.subject(), &ada);
///
/// // The password is set, and the link is over.
/// let stored = State::changed_by_use("hash of the new password").and("ada@example.org");
/// let again = links.verify(token.expose_secret(), now)?.bind(&ada, &stored);
/// assert_eq!(again, Err(TokenError::OtherState));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct StatelessSigner {
    issuer: Issuer,
}

impl StatelessSigner {
    /// For one scope, with a longest life.
    #[must_use]
    pub fn new(keyring: Keyring, scope: Scope, longest_life: Duration) -> Self {
        Self { issuer: Issuer::new(keyring, scope, Kind::Stateless, longest_life) }
    }

    /// Signs a token with the signing key; it is good while the account has this state and now is
    /// before `expires_at`, of which whole seconds count.
    ///
    /// # Errors
    ///
    /// [`TokenError::Expiry`] when `expires_at` is before 1970, or at or after the unix second
    /// `0xF8_0000_0000` (in the year 35723).
    pub fn sign(
        &self,
        subject: &AccountId,
        state: &State,
        expires_at: UtcDateTime,
    ) -> Result<Token, TokenError> {
        let keyring = &self.issuer.keyring;
        let tag = self.state_tag(keyring.signing(), subject, state);
        self.issuer.sign_token(keyring.signing(), keyring.signing_id(), tag.cut(), expires_at)
    }

    /// Verifies shape, signature and time of a text, in this order; of whom it is stays open until
    /// it is [bound](Unbound::bind). One HMAC, no allocation, and no account is needed.
    ///
    /// # Errors
    ///
    /// [`TokenError`] is for the log: to the outside all of them are one
    /// [refusal](TokenError::answer).
    pub fn verify(&self, text: &str, now: UtcDateTime) -> Result<Unbound<'_>, TokenError> {
        let Read { head, subkeys, .. } = self.issuer.verify_token(text, now)?;
        Ok(Unbound { signer: self, subkeys, head })
    }

    fn state_tag(&self, subkeys: &Subkeys, subject: &AccountId, state: &State) -> Tag {
        let mac = subkeys.state.clone().part(b"state").raw(self.issuer.scope.encoded());
        mac.part(subject.as_str().as_bytes()).part(&state.digest()).finish()
    }
}

/// A stateless token that we signed and that has not expired, of an account and a state not yet
/// known: it allows nothing but to look the account up.
#[must_use]
pub struct Unbound<'a> {
    signer: &'a StatelessSigner,
    subkeys: &'a Subkeys,
    head: Head,
}

impl Unbound<'_> {
    /// Compares the token with the account that the link names, in constant time.
    ///
    /// `state` is the present one, read the same way as for signing. For an account that does not
    /// exist or may not sign in, answer as for [`TokenError::OtherState`].
    ///
    /// # Errors
    ///
    /// [`TokenError::OtherState`].
    pub fn bind(self, subject: &AccountId, state: &State) -> Result<Bound, TokenError> {
        let tag = self.signer.state_tag(self.subkeys, subject, state);
        if !tag.begins_with(&self.head.bits) {
            return Err(TokenError::OtherState);
        }
        let Head { key_id, expires_at, .. } = self.head;
        Ok(Bound { subject: subject.clone(), key_id, expires_at })
    }
}

impl fmt::Debug for Unbound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unbound").field("head", &self.head).finish_non_exhaustive()
    }
}

/// A stateless token that holds for its account, which has not changed; made by [`Unbound::bind`]
/// only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Bound {
    subject: AccountId,
    key_id: KeyId,
    expires_at: i64,
}

impl Bound {
    /// The account that the token is for.
    #[must_use]
    pub const fn subject(&self) -> &AccountId {
        &self.subject
    }

    /// The key that signed.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The first moment at which the token is no longer good.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }
}
