//! The driver: the whole flow over the ports.

mod authors;
mod drive;
mod operators;
mod stopping;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use self::drive::drive;
use crate::account::{AccountId, ExpectedAccount, Lookup};
use crate::policy::Policy;
use crate::port::{PortFailure, Ports};
use crate::queue::{ClaimToken, Claimed};
use crate::reset::{
    AdmitError, Admitted, AfterReset, Change, CommitError, Current, CurrentPasswordError, Delivery,
    Disclosed, Disclosure, EarlierPasswords, Entrusted, Flow, FlowError, Forgotten, Handle,
    Housekeeping, Proof, RequestError, ResendError, ResendToError, TrustedCaller, Worked,
};
use crate::secret::Seed;
use crate::sign_in::{Checked, SignIn, SignInError, SignInOutcome};
use crate::throttle::Source;

/// Password recovery over the ports of a service. Cheap to clone.
///
/// Two jobs run beside the requests of people, for each purpose and tenant:
///
/// - [`housekeep`](Self::housekeep) when the service starts and every few minutes. It finds commits
///   that crashed and deletes what need no longer be kept. Schedule it first.
/// - [`work`](Self::work) all the time, in as many workers as messages are to be sent at once.
///
#[cfg_attr(feature = "memory", doc = "```")]
#[cfg_attr(not(feature = "memory"), doc = "```ignore")]
/// # pollster::block_on(async {
/// use repass::account::{Account, AccountId, Contact, Email, Lookup};
/// use repass::hash::{Cost, Hasher};
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::memory::MemoryPorts;
/// use repass::message::{LinkForm, ResetLink};
/// use repass::policy::Policy;
/// use repass::queue::ClaimToken;
/// use repass::recovery::Recovery;
/// use repass::reset::{Delivery, Flow, Proof};
/// use repass::secret::{Password, Salt, Seed};
/// use repass::time::UtcDateTime;
///
/// let mut rng = repass::SysRng;
/// let hasher = Hasher::new(Cost::new(64, 1, 1)?); // for the example: far too cheap
/// let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut rng)?)?;
/// let ada = Account::new(AccountId::new("42")?)
///     .with_names("Ada", "Lovelace")
///     .with_email(Email::verified(Contact::email("ada@example.org")?))
///     .with_password(old);
///
/// let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
/// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
/// let flow = Flow::builder(keyring, page).build()?;
/// let recovery = Recovery::new(flow, MemoryPorts::new([ada]));
///
/// // "Forgot": everybody gets the same answer. The work is done behind it, by a worker.
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let lookup = Lookup::email("ada@example.org")?;
/// let seed = Seed::generate(&mut rng)?;
/// let _handle = recovery.request(lookup, Delivery::LINK, None, seed, now).await?;
/// while !recovery.work(ClaimToken::new(Seed::generate(&mut rng)?), 10, now).await?.is_empty() {}
///
/// // The message arrives, and its link leads to a form.
/// let message = recovery.ports().outbox().take().ok_or("no message")?;
/// let token = message.expose_secret().split("?token=").nth(1).unwrap_or_default();
/// let token = token.lines().next().unwrap_or_default();
/// let admitted = recovery.admit(Proof::Link(token), None, now).await?;
///
/// // CPU work, then the change.
/// let new = Password::confirmed("plum-kettle-42", "plum-kettle-42")?;
/// let policy = Policy::builder().min_length(12).build()?;
/// let change = admitted.set_password(&new, &policy, &hasher, Salt::generate(&mut rng)?)?;
/// let after = recovery.commit(change, now).await?;
/// // ... do what `after.duties()` says, then:
/// recovery.settle(&after, now).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct Recovery<P> {
    flow: Flow,
    ports: Arc<P>,
}

impl<P: Ports> Recovery<P> {
    /// Drives `flow` over these ports.
    #[must_use]
    pub fn new(flow: Flow, ports: P) -> Self {
        Self { flow, ports: Arc::new(ports) }
    }

    /// The same flow with the same settings for one tenant, over the tenant's ports. A tenant with
    /// settings of its own is made by [`Flow::for_tenant`] and [`Recovery::new`].
    ///
    /// Their accounts have to be those of this tenant and no others: counters are kept for each
    /// tenant, so an account that several tenants find could be guessed at from each of them. The
    /// other ports can be shared, each in an [`Arc`].
    ///
    /// # Errors
    ///
    /// [`FlowError::Scope`] for a name that cannot be that of a tenant.
    pub fn for_tenant(&self, tenant: &str, ports: P) -> Result<Self, FlowError> {
        let tenant = self.flow.for_tenant(tenant).map_err(FlowError::Scope)?;
        Ok(Self::new(tenant.build()?, ports))
    }

    /// The operations under this configuration.
    #[must_use]
    pub const fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The ports.
    #[must_use]
    pub fn ports(&self) -> &P {
        &self.ports
    }

    /// Takes a request: see [`Flow::request`].
    ///
    /// # Errors
    ///
    /// [`RequestError`] says why not.
    pub async fn request(
        &self,
        lookup: Lookup,
        delivery: Delivery,
        source: Option<Source>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Handle, RequestError> {
        drive(self.flow.request(lookup, delivery, source, seed, now), self.ports(), now).await
    }

    /// Does the work of a request at once for a caller that gets the secret: see
    /// [`Flow::request_for_caller`].
    ///
    /// # Errors
    ///
    /// [`RequestError`] says why not.
    pub async fn request_for_caller(
        &self,
        caller: &TrustedCaller,
        lookup: Lookup,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Entrusted, RequestError> {
        drive(self.flow.request_for_caller(caller, lookup, seed, now), self.ports(), now).await
    }

    /// Tells whether an account exists, if the service was configured to: see [`Flow::disclose`].
    ///
    /// # Errors
    ///
    /// [`RequestError`] says why not.
    pub async fn disclose(
        &self,
        disclosure: &Disclosure,
        lookup: Lookup,
        source: Option<Source>,
        now: UtcDateTime,
    ) -> Result<Disclosed, RequestError> {
        drive(self.flow.disclose(disclosure, lookup, source, now), self.ports(), now).await
    }

    /// Sends the message of an attempt again: see [`Flow::resend`].
    ///
    /// # Errors
    ///
    /// [`ResendError`] says why not.
    pub async fn resend(&self, handle: &str, now: UtcDateTime) -> Result<UtcDateTime, ResendError> {
        drive(self.flow.resend(handle, now), self.ports(), now).await
    }

    /// Sends the link again to a person who is signed in: see [`Flow::resend_to`].
    ///
    /// # Errors
    ///
    /// [`ResendToError`] says why not.
    pub async fn resend_to(
        &self,
        id: AccountId,
        lookup: Lookup,
        expected: &[ExpectedAccount],
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<UtcDateTime, ResendToError> {
        drive(self.flow.resend_to(id, lookup, expected, seed, now), self.ports(), now).await
    }

    /// Claims entries of the queue: see [`Flow::claim`].
    ///
    /// # Errors
    ///
    /// [`PortFailure`] if the queue failed.
    pub async fn claim(
        &self,
        token: ClaimToken,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<Claimed>, PortFailure> {
        drive(self.flow.claim(token, limit, now), self.ports(), now).await
    }

    /// Works on one claimed entry: see [`Flow::work_on`].
    ///
    /// # Errors
    ///
    /// [`PortFailure`] if the queue failed; the entry comes again.
    pub async fn work_on(
        &self,
        claimed: Claimed,
        token: ClaimToken,
        now: UtcDateTime,
    ) -> Result<Worked, PortFailure> {
        drive(self.flow.work_on(claimed, token, now), self.ports(), now).await
    }

    /// Claims and works on one entry of the queue after the other, at most `limit` of them. The result
    /// is empty when nothing is due. All of it happens at `now`: where delivery takes long, use a small
    /// limit and read the clock again.
    ///
    /// # Errors
    ///
    /// [`PortFailure`] if the queue failed; an entry that was claimed comes again when its lease is
    /// over.
    pub async fn work(
        &self,
        token: ClaimToken,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<Worked>, PortFailure> {
        let mut worked = Vec::new();
        for _ in 0..limit {
            let Some(claimed) = self.claim(token, 1, now).await?.pop() else { break };
            worked.push(self.work_on(claimed, token, now).await?);
        }
        Ok(worked)
    }

    /// Until when a link is valid: see [`Flow::inspect`].
    ///
    /// # Errors
    ///
    /// [`AdmitError`] says why it is not.
    pub async fn inspect(&self, token: &str, now: UtcDateTime) -> Result<UtcDateTime, AdmitError> {
        drive(self.flow.inspect(token, now), self.ports(), now).await
    }

    /// Admits the person who shows a valid secret: see [`Flow::admit`].
    ///
    /// # Errors
    ///
    /// [`AdmitError`] says why not.
    pub async fn admit(
        &self,
        proof: Proof<'_>,
        expected: Option<&ExpectedAccount>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        drive(self.flow.admit(proof, expected, now), self.ports(), now).await
    }

    /// Counts a sign-in and looks up who it is: see [`Flow::sign_in`].
    ///
    /// # Errors
    ///
    /// [`SignInError`] says why not.
    pub async fn sign_in(
        &self,
        lookup: Lookup,
        source: Option<Source>,
        now: UtcDateTime,
    ) -> Result<SignIn, SignInError> {
        drive(self.flow.sign_in(lookup, source, now), self.ports(), now).await
    }

    /// Finishes a sign-in whose password was compared: see [`Flow::finish_sign_in`].
    ///
    /// # Errors
    ///
    /// [`SignInError`] says why not.
    pub async fn finish_sign_in(
        &self,
        checked: Checked,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<SignInOutcome, SignInError> {
        drive(self.flow.finish_sign_in(checked, seed, now), self.ports(), now).await
    }

    /// Lets a signed-in person try the present password once: see [`Flow::current`].
    ///
    /// Every try counts, also one that is right: by default an account has ten within an hour.
    ///
    /// # Errors
    ///
    /// [`CurrentPasswordError`] says why not.
    pub async fn current(
        &self,
        id: AccountId,
        now: UtcDateTime,
    ) -> Result<Current, CurrentPasswordError> {
        drive(self.flow.current(id, now), self.ports(), now).await
    }

    /// Reads the earlier passwords that a policy asks for: see [`Flow::earlier_passwords`].
    ///
    /// # Errors
    ///
    /// A [`PortFailure`] if the user table failed.
    pub async fn earlier_passwords(
        &self,
        admitted: &Admitted,
        policy: &Policy,
        now: UtcDateTime,
    ) -> Result<EarlierPasswords, PortFailure> {
        drive(self.flow.earlier_passwords(admitted, policy, now), self.ports(), now).await
    }

    /// Sets the password: see [`Flow::commit`].
    ///
    /// Web frameworks drop the future of a request when the client hangs up. Run this, the duties and
    /// [`settle`](Self::settle) in a task that goes on without the request. Otherwise an attacker who has a
    /// stolen link can delay the notice to the owner until the housekeeping sends it.
    ///
    /// # Errors
    ///
    /// [`CommitError`] says why not, or that it is not known.
    pub async fn commit(
        &self,
        change: Change,
        now: UtcDateTime,
    ) -> Result<AfterReset, CommitError> {
        drive(self.flow.commit(change, now), self.ports(), now).await
    }

    /// Sends the notices and records that everything is done: see [`Flow::settle`].
    ///
    /// # Errors
    ///
    /// [`PortFailure`] names the port that failed; it can be settled again.
    pub async fn settle(&self, after: &AfterReset, now: UtcDateTime) -> Result<(), PortFailure> {
        drive(self.flow.settle(after, now), self.ports(), now).await
    }

    /// Deletes what is kept about an account: see [`Flow::forget`].
    ///
    /// # Errors
    ///
    /// [`PortFailure`] names the port that failed; it can be called again.
    pub async fn forget(&self, id: &AccountId, now: UtcDateTime) -> Result<Forgotten, PortFailure> {
        drive(self.flow.forget(id), self.ports(), now).await
    }

    /// Finds commits that crashed and deletes what need no longer be kept: see [`Flow::housekeep`].
    pub async fn housekeep(&self, now: UtcDateTime) -> Housekeeping {
        drive(self.flow.housekeep(now), self.ports(), now).await
    }
}

impl<P> Clone for Recovery<P> {
    fn clone(&self) -> Self {
        Self { flow: self.flow.clone(), ports: Arc::clone(&self.ports) }
    }
}

impl<P> fmt::Debug for Recovery<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").field("flow", &self.flow).finish_non_exhaustive()
    }
}
