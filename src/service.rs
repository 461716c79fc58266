//! The driver: the whole road over the ports, read from top to bottom.

mod error;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

pub use self::error::{AdmitError, CommitError, CurrentPasswordError, RequestError, WorkError};
use crate::account::{Account, AccountId, Claim, Lookup};
use crate::accounts::Accounts;
use crate::attempt::AttemptId;
use crate::notify::Notifier;
use crate::port::PortError;
use crate::reset::{
    Admitted, AfterReset, Change, Current, Delivery, Flow, Guess, Outcome, PendingReset, Proof,
    Report, Request,
};
use crate::scope::ScopeError;
use crate::secret::Seed;
use crate::store::{Inserted, ResetStore};
use crate::throttle::{Count, Quota, ThrottleKey};
use crate::token::Verified;

/// The flows, from "forgot" to "changed", over the service's ports. Cheap to clone.
///
/// ```
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
/// service.settle(&after, now).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct Service<A, S, N> {
    flow: Flow,
    ports: Arc<Ports<A, S, N>>,
}

struct Ports<A, S, N> {
    accounts: A,
    store: S,
    notifier: N,
}

/// Rows that are read at once while looking for what is owed.
const PAGE: usize = 64;

impl<A: Accounts, S: ResetStore, N: Notifier> Service<A, S, N> {
    /// Drives `flow` over these ports.
    #[must_use]
    pub fn new(flow: Flow, accounts: A, store: S, notifier: N) -> Self {
        Self { flow, ports: Arc::new(Ports { accounts, store, notifier }) }
    }

    /// The same service for one tenant, over the same ports.
    ///
    /// # Errors
    ///
    /// [`ScopeError`] for a name that cannot be a tenant's.
    pub fn for_tenant(&self, tenant: &str) -> Result<Self, ScopeError> {
        Ok(Self { flow: self.flow.for_tenant(tenant)?, ports: Arc::clone(&self.ports) })
    }

    /// The decisions under this service's configuration.
    #[must_use]
    pub const fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The user table.
    #[must_use]
    pub fn accounts(&self) -> &A {
        &self.ports.accounts
    }

    /// The table of attempts.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.ports.store
    }

    /// What takes letters.
    #[must_use]
    pub fn notifier(&self) -> &N {
        &self.ports.notifier
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
        let counted = self.count(self.flow.request_quota(&lookup), now).await;
        if let Err(over) = counted.map_err(RequestError::Store)? {
            return Err(RequestError::Throttled { ends_at: over.ends_at() });
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
        let inserted = self.store().insert(&decision.row, max_live, now).await;
        match inserted.map_err(WorkError::Store)? {
            Inserted::Done => {}
            Inserted::Full => {
                decision = match self.flow.decline(request, Outcome::TooManyLive) {
                    Some(declined) => declined,
                    None => return Ok(Report::new(Outcome::Expired)),
                };
                let unlimited = self.store().insert(&decision.row, None, now).await;
                unlimited.map_err(WorkError::Store)?;
            }
            Inserted::Exists => {
                let stored =
                    self.store().load(decision.row.id()).await.map_err(WorkError::Store)?;
                if !self.flow.is_same_attempt(stored, &decision.row) {
                    return Ok(Report::new(Outcome::AlreadyRun));
                }
            }
        }
        // After the row: what is not sent anyway takes nothing from the messages of the account.
        for quota in self.flow.send_quotas(&decision.row) {
            if self.count(quota, now).await.map_err(WorkError::Store)?.is_err() {
                return Ok(Report::new(Outcome::TooManySends));
            }
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
                let (verified, code) = self.flow.open_code(handle, code, now)?;
                let row = self.row(&verified).await?;
                // Counted before anything is compared. A spent handle does not count on the
                // account: else a stranger with one handle could spend the tries of its owner.
                let on_handle = self.count(self.flow.handle_quota(&row), now).await;
                let on_handle = on_handle.map_err(AdmitError::Store)?;
                let on_account = match on_handle {
                    Ok(_) => self.count(self.flow.account_quota(&row), now).await,
                    Err(over) => Ok(Err(over)),
                };
                let on_account = on_account.map_err(AdmitError::Store)?;
                let account = self.account_of(&row).await?;
                let guess = Guess { on_handle, on_account, code };
                Ok(self.flow.admit_code(&row, &guess, account, claim, now)?)
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
        let counted = self.count(self.flow.current_quota(id), now).await;
        if let Err(over) = counted.map_err(CurrentPasswordError::Store)? {
            return Err(CurrentPasswordError::Throttled { ends_at: over.ends_at() });
        }
        let account = self.accounts().load(id).await.map_err(CurrentPasswordError::Accounts)?;
        Ok(self.flow.current(id, account, now)?)
    }

    /// Sets the password: *begin* records the commit, *set* is one conditional statement of the
    /// user table. What is owed then is to be done and [settled](Self::settle).
    ///
    /// # Errors
    ///
    /// [`CommitError`]. After [`CommitError::Store`] and [`CommitError::Accounts`] nobody knows
    /// whether the password was set: either the secret works again within a minute, or
    /// [`owed`](Self::owed) returns what is owed.
    pub async fn commit(
        &self,
        change: Change,
        now: UtcDateTime,
    ) -> Result<AfterReset, CommitError> {
        let begun = self.flow.begin(&change, now).ok_or(CommitError::Expired)?;
        let began = match &begun.seen {
            Some(seen) => self.store().swap(seen, &begun.running).await,
            None => {
                let inserted = self.store().insert(&begun.running, None, now).await;
                inserted.map(|inserted| inserted == Inserted::Done)
            }
        };
        if !began.map_err(CommitError::Store)? {
            return Err(CommitError::Taken);
        }
        let set = self.accounts().set_password(change.write()).await;
        if !set.map_err(CommitError::Accounts)? {
            if let Some(ended) = self.flow.end(&begun) {
                self.store().swap(&begun.running, &ended).await.map_err(CommitError::Store)?;
            }
            return Err(CommitError::Superseded);
        }
        Ok(self.flow.after(begun, change))
    }

    /// Sends the notices and records that everything that was owed is done. After an error it may be
    /// settled again.
    ///
    /// # Errors
    ///
    /// [`WorkError`] names the port that failed.
    pub async fn settle(&self, after: &AfterReset, _now: UtcDateTime) -> Result<(), WorkError> {
        for notice in after.notices() {
            self.notifier().notice(notice).await.map_err(WorkError::Notifier)?;
        }
        if let Some(settled) = self.flow.settled(after) {
            // A row that has changed was settled before, or was taken over, and is owed again.
            self.store().swap(after.running(), &settled).await.map_err(WorkError::Store)?;
        }
        Ok(())
    }

    /// What is still owed of commits that crashed: to be called at the start and every few minutes.
    ///
    /// # Errors
    ///
    /// [`WorkError`] names the port that failed.
    pub async fn owed(&self, now: UtcDateTime) -> Result<Vec<AfterReset>, WorkError> {
        let mut owed = Vec::new();
        let mut after: Option<AttemptId> = None;
        loop {
            let page = self.store().owed(after.as_ref(), PAGE, now).await;
            let page = page.map_err(WorkError::Store)?;
            let last = page.last().map(|row| *row.id());
            // A store that does not move on would keep us here for ever.
            if last.is_none() || last <= after {
                return Ok(owed);
            }
            after = last;
            for row in page {
                let account = self.accounts().load(row.account()).await;
                let account = account.map_err(WorkError::Accounts)?;
                owed.extend(self.flow.overdue(row, account, now));
            }
        }
    }

    async fn admit_link(
        &self,
        verified: &Verified,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, AdmitError> {
        let row = self.row(verified).await?;
        let account = self.account_of(&row).await?;
        Ok(self.flow.admit_link(&row, account, claim, now)?)
    }

    async fn row(&self, verified: &Verified) -> Result<PendingReset, AdmitError> {
        let stored = self.store().load(&verified.id()).await.map_err(AdmitError::Store)?;
        Ok(self.flow.row_of(verified, stored)?)
    }

    async fn account_of(&self, row: &PendingReset) -> Result<Option<Account>, AdmitError> {
        self.accounts().load(row.account()).await.map_err(AdmitError::Accounts)
    }

    /// Raises a counter: what is left of the quota, or the count that went over it.
    async fn count(
        &self,
        (key, quota): (ThrottleKey, Quota),
        now: UtcDateTime,
    ) -> Result<Result<u32, Count>, PortError> {
        let count = self.store().count(&key, quota, now).await?;
        Ok(quota.left(count).ok_or(count))
    }
}

impl<A, S, N> Clone for Service<A, S, N> {
    fn clone(&self) -> Self {
        Self { flow: self.flow.clone(), ports: Arc::clone(&self.ports) }
    }
}

impl<A, S, N> fmt::Debug for Service<A, S, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("flow", &self.flow).finish_non_exhaustive()
    }
}
