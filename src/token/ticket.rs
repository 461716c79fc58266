use core::time::Duration;

use time::UtcDateTime;

use super::issuer::{Issuer, Kind, moment};
use super::wire::{BINDING, Head, TICKET_BYTES, TICKET_CHARACTERS};
use super::{Ticket, TokenError};
use crate::attempt::AttemptId;
use crate::key::{KeyId, Keyring};
use crate::scope::Scope;

/// Signs and verifies tickets: texts that say, for at most ten minutes, that an attempt was proven.
///
/// A page that opened a link or took a code sends a ticket along with its form, so that the next
/// request needs neither. A ticket is bound to 15 bytes, the beginning of a digest of whatever must
/// stay as it is: each use must compute them again and compare.
///
/// ```
/// use core::time::Duration;
/// use repass::attempt::AttemptId;
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::scope::{Purpose, Scope};
/// use repass::secret::Seed;
/// use repass::time::UtcDateTime;
/// use repass::token::{TicketSigner, TokenError};
///
/// let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let tickets = TicketSigner::new(ring, Scope::new(Purpose::RESET));
///
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let id = AttemptId::new(Seed::generate(&mut repass::SysRng)?);
/// let binding = *b"first of digest";
/// let ticket = tickets.sign(id, &binding, now + TicketSigner::LONGEST_LIFE)?;
///
/// let verified = tickets.verify(ticket.expose_secret(), now)?;
/// assert_eq!(verified.id(), id);
/// assert!(verified.is_bound_to(&binding));
///
/// let later = now + TicketSigner::LONGEST_LIFE;
/// let refused = tickets.verify(ticket.expose_secret(), later).unwrap_err();
/// assert_eq!(refused, TokenError::Expired { expires_at: later });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TicketSigner {
    issuer: Issuer,
}

impl TicketSigner {
    /// How long a ticket is good at most: ten minutes.
    pub const LONGEST_LIFE: Duration = Duration::from_secs(600);

    /// How many bytes a ticket is bound to.
    pub const BINDING_BYTES: usize = BINDING;

    /// For one scope.
    #[must_use]
    pub fn new(keyring: Keyring, scope: Scope) -> Self {
        Self { issuer: Issuer::new(keyring, scope, Kind::Ticket, Self::LONGEST_LIFE) }
    }

    /// Signs a ticket with the signing key. It is valid while now is before `expires_at`, which is cut
    /// to whole seconds.
    ///
    /// The caller must choose an expiry at most [`LONGEST_LIFE`](Self::LONGEST_LIFE) ahead:
    /// [`verify`](Self::verify) refuses a ticket that is more than 120 seconds beyond that.
    ///
    /// # Errors
    ///
    /// [`TokenError::Expiry`] when `expires_at` is before 1970, or at or after the unix second
    /// `0xF8_0000_0000` (in the year 35723).
    pub fn sign(
        &self,
        id: AttemptId,
        binding: &[u8; Self::BINDING_BYTES],
        expires_at: UtcDateTime,
    ) -> Result<Ticket, TokenError> {
        let keyring = &self.issuer.keyring;
        let expires_at = expires_at.unix_timestamp();
        let head = Head { key_id: keyring.signing_id(), expires_at, bits: *id.as_bytes() };
        let sign = Issuer::sign::<BINDING, TICKET_BYTES, TICKET_CHARACTERS>;
        sign(&self.issuer, keyring.signing(), &head, binding).map(Ticket)
    }

    /// Verifies shape, key, signature and time of a text, in this order: one HMAC, no allocation, and
    /// the signature is compared in constant time.
    ///
    /// # Errors
    ///
    /// [`TokenError`] is for the log. Tell the caller of your service only that it is
    /// [refused](TokenError::answer).
    pub fn verify(&self, text: &str, now: UtcDateTime) -> Result<VerifiedTicket, TokenError> {
        let verify = Issuer::verify::<BINDING, TICKET_BYTES, TICKET_CHARACTERS>;
        let read = verify(&self.issuer, text, now)?;
        let Head { key_id, expires_at, bits } = read.head;
        let id = AttemptId::from_bytes(bits);
        Ok(VerifiedTicket { key_id, id, binding: read.tail, expires_at })
    }
}

/// What a ticket says that was verified; made by [`TicketSigner::verify`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct VerifiedTicket {
    key_id: KeyId,
    id: AttemptId,
    binding: [u8; BINDING],
    expires_at: i64,
}

impl VerifiedTicket {
    /// The key that signed.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The attempt that was proven.
    #[must_use]
    pub const fn id(&self) -> AttemptId {
        self.id
    }

    /// Whether the ticket was signed with this binding. A caller that does not ask accepts tickets
    /// whose subject has changed since.
    #[must_use]
    pub fn is_bound_to(&self, binding: &[u8; TicketSigner::BINDING_BYTES]) -> bool {
        self.binding == *binding
    }

    /// The 15 bytes that the ticket was signed with, which the caller must compare.
    #[must_use]
    pub const fn binding(&self) -> &[u8; TicketSigner::BINDING_BYTES] {
        &self.binding
    }

    /// The first moment at which the ticket is no longer good.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }
}
