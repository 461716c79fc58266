//! The driver: the whole road over the ports, read from top to bottom.

mod commit;
mod error;

use alloc::sync::Arc;
use core::fmt;

use time::UtcDateTime;

pub use self::error::{AdmitError, CommitError, CurrentPasswordError, RequestError, WorkError};
use crate::account::{AccountId, Claim, Lookup};
use crate::accounts::Accounts;
use crate::code::CheckCode;
use crate::notify::Notifier;
use crate::port::PortError;
use crate::reset::{
    Admitted, Current, Decision, Delivery, Flow, Outcome, PendingReset, Proof, Proven, Refusal,
    Report, Request,
};
use crate::scope::ScopeError;
use crate::secret::Seed;
use crate::store::{Inserted, ResetStore};
use crate::throttle::{Count, Quota, ThrottleKey};
use crate::token::Verified;

/// The flows, from "forgot" to "changed", over the service's ports. Cheap to clone.
///
#[cfg_attr(feature = "memory", doc = "```")]
#[cfg_attr(not(feature = "memory"), doc = "```ignore")]
/// # pollster::block_on(async {
/// use repass::account::{Account, AccountId, Contact, Email, Lookup};
/// use repass::hash::{Cost, Hasher};
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
/// use repass::message::{LinkForm, ResetLink};
/// use repass::policy::Policy;
/// use repass::reset::{Delivery, Flow, Proof};
/// use repass::secret::{Password, Salt, Seed};
/// use repass::service::Service;
/// use repass::time::UtcDateTime;
///
/// let mut rng = repass::SysRng;
/// let hasher = Hasher::new(Cost::new(64, 1, 1)?); // for the example: far too cheap
/// let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut rng)?)?;
/// let accounts = MemoryAccounts::new([Account::new(AccountId::new("42")?)
///     .with_names("Ada", "Lovelace")
///     .with_email(Email::verified(Contact::email("ada@example.org")?))
///     .with_password(old)]);
///
/// let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
/// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
/// let flow = Flow::builder(keyring, page).build()?;
/// let service = Service::new(flow, accounts, MemoryStore::new(), Outbox::new());
///
/// // "Forgot": everybody gets the same answer, then the work is done behind it.
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let lookup = Lookup::email("ada@example.org")?;
/// let seed = Seed::generate(&mut rng)?;
/// let request = service.request(lookup, Delivery::EmailLink, seed, now).await?;
/// let _report = service.run(&request, now).await?;
///
/// // The letter arrives, and its link leads to a form.
/// let letter = service.notifier().take_letter().ok_or("no letter")?;
/// let message = service.flow().render(&letter, now)?;
/// let token = message.expose_secret().split("?token=").nth(1).unwrap_or_default();
/// let token = token.lines().next().unwrap_or_default();
/// let admitted = service.admit(Proof::Link(token), None, now).await?;
///
/// // CPU work, then three recorded steps.
/// let new = Password::confirmed("plum-kettle-42", "plum-kettle-42")?;
/// let policy = Policy::builder().min_length(12).build()?;
/// let change = admitted.set_password(&new, &policy, &hasher, Salt::generate(&mut rng)?)?;
/// let after = service.commit(change, now).await?;
/// // ... do what `after.duties()` says, then:
/// service.settle(&after).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct Service<A, S, N> {
    flow: Flow,
    accounts: Arc<A>,
    store: Arc<S>,
    notifier: Arc<N>,
}

impl<A: Accounts, S: ResetStore, N: Notifier> Service<A, S, N> {
    /// Drives `flow` over these ports.
    #[must_use]
    pub fn new(flow: Flow, accounts: A, store: S, notifier: N) -> Self {
        let (accounts, store) = (Arc::new(accounts), Arc::new(store));
        Self { flow, accounts, store, notifier: Arc::new(notifier) }
    }

    /// The same service for one tenant, over the tenant's own accounts and the same store and
    /// notifier.
    ///
    /// `accounts` has to find the accounts of this tenant and no others: counters are kept for each
    /// tenant, so an account that several tenants find could be guessed at from each of them.
    ///
    /// # Errors
    ///
    /// [`ScopeError`] for a name that cannot be a tenant's.
    pub fn for_tenant(&self, tenant: &str, accounts: A) -> Result<Self, ScopeError> {
        Ok(Self {
            flow: self.flow.for_tenant(tenant)?,
            accounts: Arc::new(accounts),
            store: Arc::clone(&self.store),
            notifier: Arc::clone(&self.notifier),
        })
    }

    /// The decisions under this service's configuration.
    #[must_use]
    pub const fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The user table.
    #[must_use]
    pub fn accounts(&self) -> &A {
        &self.accounts
    }

    /// The table of attempts.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What takes letters.
    #[must_use]
    pub fn notifier(&self) -> &N {
        &self.notifier
    }

    /// Takes a request and counts it; nobody is looked up, so known and unknown get one answer.
    ///
    /// Answer, then [`run`](Self::run) the request: in the background, or from a queue.
    ///
    /// # Errors
    ///
    /// [`RequestError::Throttled`] when this was asked for too often, known or not;
    /// [`RequestError::Store`].
    pub async fn request(
        &self,
        lookup: Lookup,
        delivery: Delivery,
        seed: Seed,
        now: UtcDateTime,
    ) -> Result<Request, RequestError> {
        let (key, quota) = self.flow.request_quota(&lookup);
        let count = self.count((key, quota), now).await.map_err(RequestError::Store)?;
        if quota.left(count).is_none() {
            return Err(RequestError::Throttled { ends_at: count.ends_at() });
        }
        self.flow.request(lookup, delivery, seed, now).map_err(RequestError::Clock)
    }

    /// Does the work of a request: looks up, stores, hands the letter over. After an error it may be
    /// run again.
    ///
    /// # Errors
    ///
    /// [`WorkError`] names the port that failed.
    pub async fn run(&self, request: &Request, now: UtcDateTime) -> Result<Report, WorkError> {
        let found = self.accounts().find(request.lookup()).await.map_err(WorkError::Accounts)?;
        let Some(mut decision) = self.flow.decide(request, &found, now) else {
            return Ok(Report::new(Outcome::Expired));
        };
        let max_live = Some(self.flow.max_live());
        let mut inserted = self.store().insert(&decision.row, max_live, now).await;
        if matches!(inserted, Ok(Inserted::Full)) {
            decision = match self.flow.decline(request, Outcome::TooManyLive) {
                Some(declined) => declined,
                None => return Ok(Report::new(Outcome::Expired)),
            };
            inserted = self.store().insert(&decision.row, None, now).await;
        }
        if inserted.map_err(WorkError::Store)? == Inserted::Exists {
            // Run before, and counted then: a letter that was stored is sent again.
            let stored = self.store().load(decision.row.id()).await.map_err(WorkError::Store)?;
            if !self.flow.is_same_attempt(stored, &decision.row) {
                return Ok(Report::new(Outcome::AlreadyRun));
            }
        } else if !self.may_send(&decision, now).await? {
            if let Some(unsent) = self.flow.unsent(&decision.row) {
                let ended = self.store().swap(&decision.row, &unsent).await;
                ended.map_err(WorkError::Store)?;
            }
            return Ok(Report::new(Outcome::TooManySends));
        }
        if let Some(letter) = decision.letter {
            self.notifier().letter(letter).await.map_err(WorkError::Notifier)?;
        }
        if let Some(notice) = decision.notice {
            self.notifier().notice(notice).await.map_err(WorkError::Notifier)?;
        }
        Ok(Report::new(decision.outcome))
    }

    /// Until when a link is good, or why it is not. Changes nothing: mail scanners open links too.
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit).
    pub async fn inspect(&self, token: &str, now: UtcDateTime) -> Result<UtcDateTime, AdmitError> {
        let verified = self.flow.open_link(token, now)?;
        self.admit_link(&verified, None, now).await?;
        Ok(verified.expires_at())
    }

    /// Lets in whoever shows the secret. A code is counted before it is compared; nothing else
    /// changes, so the same secret admits again.
    ///
    /// With `claim`, the account that the person names has to be the one of the secret.
    ///
    /// # Errors
    ///
    /// [`AdmitError`]; outside, its [`outward`](AdmitError::outward) form.
    pub async fn admit(
        &self,
        proof: Proof<'_>,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        match proof {
            Proof::Link(token) => {
                let verified = self.flow.open_link(token, now)?;
                self.admit_link(&verified, claim, now).await
            }
            Proof::Code { handle, code } => {
                let (verified, _) = self.flow.open_code(handle, code, now)?;
                let row = self.flow.code_row(&verified, self.row(&verified).await?)?;
                // Counted before anything is compared. A spent handle does not count on the
                // account: else a stranger with one handle could spend the tries of its owner.
                let handle_quota = self.flow.handle_quota(&row);
                let on_handle = self.count(handle_quota, now).await.map_err(AdmitError::Store)?;
                let on_account = match handle_quota.1.left(on_handle) {
                    Some(_) => Some(self.count(self.flow.account_quota(&row), now).await),
                    None => None,
                };
                let on_account = on_account.transpose().map_err(AdmitError::Store)?;
                // Read again: one that waits in a future leaves a copy there when it is moved on.
                let code = CheckCode::parse(self.flow.code_shape(), code).map_err(Refusal::Code)?;
                let proven = self.flow.prove_code(row.counted(code, on_handle, on_account))?;
                self.admit_proven(proven, claim, now).await
            }
        }
    }

    /// Lets a signed-in person try the present password once; the try is counted here.
    ///
    /// # Errors
    ///
    /// [`CurrentPasswordError`].
    pub async fn current(
        &self,
        id: &AccountId,
        now: UtcDateTime,
    ) -> Result<Current, CurrentPasswordError> {
        let count = self.count(self.flow.current_quota(id), now).await;
        let count = count.map_err(CurrentPasswordError::Store)?;
        let account = self.accounts().load(id).await.map_err(CurrentPasswordError::Accounts)?;
        Ok(self.flow.current(id, count, account, now)?)
    }

    async fn admit_link(
        &self,
        verified: &Verified,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        let proven = self.flow.prove_link(verified, self.row(verified).await?)?;
        self.admit_proven(proven, claim, now).await
    }

    async fn admit_proven(
        &self,
        proven: Proven,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        let account = self.accounts().load(proven.account()).await.map_err(AdmitError::Accounts)?;
        Ok(self.flow.admit(proven, account, claim, now)?)
    }

    async fn row(&self, verified: &Verified) -> Result<Option<PendingReset>, AdmitError> {
        self.store().load(&verified.id()).await.map_err(AdmitError::Store)
    }

    /// Counts a message, and tells whether it may be sent.
    async fn may_send(&self, decision: &Decision, now: UtcDateTime) -> Result<bool, WorkError> {
        for (key, quota) in self.flow.send_quotas(decision) {
            let count = self.count((key, quota), now).await.map_err(WorkError::Store)?;
            if quota.left(count).is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn count(
        &self,
        (key, quota): (ThrottleKey, Quota),
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        self.store().count(&key, quota, now).await
    }
}

impl<A, S, N> Clone for Service<A, S, N> {
    fn clone(&self) -> Self {
        Self {
            flow: self.flow.clone(),
            accounts: Arc::clone(&self.accounts),
            store: Arc::clone(&self.store),
            notifier: Arc::clone(&self.notifier),
        }
    }
}

impl<A, S, N> fmt::Debug for Service<A, S, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("flow", &self.flow).finish_non_exhaustive()
    }
}
