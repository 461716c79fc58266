//! What ends attempts and passwords that somebody else uses, and the addresses of an account.

use time::UtcDateTime;

use super::Recovery;
use super::drive::drive;
use crate::account::{AccountId, Contact, ExpectedAccount};
use crate::port::{PortFailure, Ports};
use crate::reset::{
    AddressLinkError, AddressRequestError, AddressRequested, AddressVerified, AdmittedAddress,
    CommitError, Revoked, StopEffect, StopError, Stopped,
};
use crate::secret::Seed;

impl<P: Ports> Recovery<P> {
    /// Ends what a person says they did not do: see [`Flow::stop`](crate::reset::Flow::stop).
    ///
    /// # Errors
    ///
    /// [`StopError`] says why nothing was ended.
    pub async fn stop(&self, token: &str, now: UtcDateTime) -> Result<Stopped, StopError> {
        drive(self.flow.stop(token, now), self.ports(), now).await
    }

    /// What the link of [`stop`](Self::stop) would do: see [`Flow::inspect_stop`](crate::reset::Flow::inspect_stop).
    ///
    /// # Errors
    ///
    /// [`StopError`] says why it would do nothing.
    pub async fn inspect_stop(
        &self,
        token: &str,
        now: UtcDateTime,
    ) -> Result<StopEffect, StopError> {
        drive(self.flow.inspect_stop(token, now), self.ports(), now).await
    }

    /// Ends every attempt of an account whose secret was not used: see [`Flow::revoke`](crate::reset::Flow::revoke).
    ///
    /// # Errors
    ///
    /// [`PortFailure`] names the port that failed; it can be called again.
    pub async fn revoke(&self, id: AccountId, now: UtcDateTime) -> Result<Revoked, PortFailure> {
        drive(self.flow.revoke(id), self.ports(), now).await
    }

    /// Sends a link to an unverified address of an account: see [`Flow::verify_address`](crate::reset::Flow::verify_address).
    ///
    /// # Errors
    ///
    /// [`AddressRequestError`] says why not.
    pub async fn verify_address(
        &self,
        id: AccountId,
        address: Contact,
        replaces: Option<Contact>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<AddressRequested, AddressRequestError> {
        drive(self.flow.verify_address(id, address, replaces, seed, now), self.ports(), now).await
    }

    /// Admits the person who shows the link of an address: see [`Flow::admit_address`](crate::reset::Flow::admit_address).
    ///
    /// # Errors
    ///
    /// [`AddressLinkError`] says why not.
    pub async fn admit_address(
        &self,
        token: &str,
        expected: Option<&ExpectedAccount>,
        now: UtcDateTime,
    ) -> Result<AdmittedAddress, AddressLinkError> {
        drive(self.flow.admit_address(token, expected, now), self.ports(), now).await
    }

    /// Verifies an address: see [`Flow::commit_address`](crate::reset::Flow::commit_address).
    ///
    /// # Errors
    ///
    /// [`CommitError`] says why not, or that it is not known.
    pub async fn commit_address(
        &self,
        admitted: AdmittedAddress,
        now: UtcDateTime,
    ) -> Result<AddressVerified, CommitError> {
        drive(self.flow.commit_address(admitted, now), self.ports(), now).await
    }
}
