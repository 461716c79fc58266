//! What operators do, and invitations.

use time::UtcDateTime;

use super::Recovery;
use super::drive::drive;
use crate::account::{AccountId, MustChangeReason};
use crate::event::Event;
use crate::port::Ports;
use crate::reset::{
    Administered, Delivery, HandOver, InviteError, Invited, OperatorError, RequireChangeError,
    SentReset, SpokenSecret, StartError, Target,
};
use crate::secret::Seed;

impl<P: Ports> Recovery<P> {
    /// Lets an operator reset the password of one account: see [`Flow::administer`](crate::reset::Flow::administer).
    ///
    /// # Errors
    ///
    /// [`OperatorError`] says why not.
    pub async fn administer(
        &self,
        operator: &AccountId,
        target: impl Into<Target>,
        now: UtcDateTime,
    ) -> Result<Administered, OperatorError> {
        drive(self.flow.administer(operator, target, now), self.ports(), now).await
    }

    /// Sends the owner of an account what resets the password: see [`Flow::send_reset`](crate::reset::Flow::send_reset).
    ///
    /// # Errors
    ///
    /// [`StartError`] says why not.
    pub async fn send_reset(
        &self,
        administered: &Administered,
        delivery: Delivery,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<SentReset, StartError> {
        let step = self.flow.send_reset(administered, delivery, seed, now);
        drive(step, self.ports(), now).await
    }

    /// Makes a secret that an operator reads out: see [`Flow::spoken_secret`](crate::reset::Flow::spoken_secret).
    ///
    /// # Errors
    ///
    /// [`StartError`] says why not.
    pub async fn spoken_secret(
        &self,
        hand_over: HandOver<'_>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<SpokenSecret, StartError> {
        drive(self.flow.spoken_secret(hand_over, seed, now), self.ports(), now).await
    }

    /// Invites the owner of an account to choose a first password: see [`Flow::invite`](crate::reset::Flow::invite).
    ///
    /// # Errors
    ///
    /// [`InviteError`] says why not.
    pub async fn invite(
        &self,
        id: AccountId,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Invited, InviteError> {
        drive(self.flow.invite(id, seed, now), self.ports(), now).await
    }

    /// Demands that the password of an account is changed: see [`Flow::require_change`](crate::reset::Flow::require_change).
    ///
    /// # Errors
    ///
    /// [`RequireChangeError`] says why not.
    pub async fn require_change(
        &self,
        administered: &Administered,
        reason: MustChangeReason,
        now: UtcDateTime,
    ) -> Result<Event, RequireChangeError> {
        drive(self.flow.require_change(administered, reason, now), self.ports(), now).await
    }
}
