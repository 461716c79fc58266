use alloc::sync::Arc;

use rand_core::TryCryptoRng;
use time::UtcDateTime;

use super::change::{Cause, Temporary};
use super::{Administered, Change, Findings, SetError, TemporaryError};
use crate::account::{MustChange, MustChangeReason};
use crate::clock::{moment, seconds};
use crate::hash::Hasher;
use crate::policy::{Evidence, Generator, History, Personal, Policy};
use crate::secret::{Password, PasswordHash, Salt};

/// What an operator can hand over to the owner of an account, where the flow was built with
/// [`Operators::HandOverSecrets`](super::Operators::HandOverSecrets).
///
/// Prefer what the owner alone learns: a message.
#[derive(Clone, Copy, Debug)]
pub struct HandOver<'a> {
    administered: &'a Administered,
}

impl<'a> HandOver<'a> {
    pub(super) const fn new(administered: &'a Administered) -> Self {
        Self { administered }
    }

    pub(super) const fn administered(self) -> &'a Administered {
        self.administered
    }

    /// Checks a password that the operator chose and hashes it: tens of milliseconds of one core, no I/O.
    /// The owner is told that an operator set the password, without the password.
    ///
    /// Unlike the owner's own change, the password is compared neither with the present one nor with
    /// earlier ones: an operator could try out passwords with it. Nothing is spent when it refuses. A policy
    /// with a rule about breaches takes [`set_password_with`](Self::set_password_with).
    ///
    /// # Errors
    ///
    /// [`SetError::Policy`] with everything that is wrong, and [`SetError::Hash`].
    pub fn set_password(
        &self,
        new: &Password,
        policy: &Policy,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        self.set_password_with(new, policy, &Findings::NONE, hasher, salt)
    }

    /// [`set_password`](Self::set_password) with what was found out about the new password: whether it was
    /// seen in breaches.
    ///
    /// # Errors
    ///
    /// Those of [`set_password`](Self::set_password).
    pub fn set_password_with(
        &self,
        new: &Password,
        policy: &Policy,
        findings: &Findings,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        let unused = History::unused(new);
        let evidence = Evidence::of_reset().history(&unused);
        let evidence = match &findings.breach {
            Some(answer) => evidence.breach(answer),
            None => evidence,
        };
        policy.check_with(new, &Personal::of(&self.administered.account), evidence)?;
        Ok(self.change(hasher.hash(new, salt)?, None))
    }

    /// Generates a temporary password and hashes it: tens of milliseconds of one core, no I/O.
    ///
    /// The operator gets it once, from
    /// [`AfterReset::take_temporary_password`](super::AfterReset::take_temporary_password), when
    /// [`Flow::commit`](super::Flow::commit) has set it. With it the owner signs in only to choose
    /// another one, until it expires after the
    /// [life](super::FlowBuilder::temporary_password_life) that the flow gives it, beginning at `now`. The
    /// owner can also ask for a reset, before and after it expires. Everything is set in one statement; a
    /// user table that cannot store all of it sets nothing, and the commit ends with
    /// [`CommitError::MustChangeUnsupported`](super::CommitError::MustChangeUnsupported).
    ///
    /// The password is one of the policy that `generator` is from; its
    /// [`temporary`](crate::policy::GeneratorBuilder::temporary) passwords are easy to read out. `rng`
    /// must be a cryptographic generator.
    ///
    /// # Errors
    ///
    /// [`TemporaryError`] if none could be generated or hashed.
    pub fn temporary_password<R: TryCryptoRng + ?Sized>(
        &self,
        generator: &Generator,
        hasher: &Hasher,
        salt: Salt,
        rng: &mut R,
        now: UtcDateTime,
    ) -> Result<Change, TemporaryError> {
        let Administered { account, temporary_password_life: life, .. } = self.administered;
        let password = generator.generate(&Personal::of(account), rng)?;
        let expires_at = moment(now.unix_timestamp().saturating_add(seconds(*life)));
        let must_change = MustChange::new(MustChangeReason::Temporary).until(expires_at);
        let hash = hasher.hash(&password, salt)?;
        Ok(self.change(hash, Some(Temporary { password, must_change })))
    }

    fn change(&self, hash: PasswordHash, temporary: Option<Temporary>) -> Change {
        let Administered { scope, operator, account, usable_until, .. } = self.administered;
        Change {
            scope: *scope,
            account: Arc::clone(account),
            cause: Cause::Operator(operator.clone()),
            usable_until: *usable_until,
            hash,
            temporary,
        }
    }
}
