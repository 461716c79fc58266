//! `finish` over ports and a host that wait at each call: what the caller drops goes on.

extern crate alloc;

use alloc::sync::Arc;
use core::error::Error;
use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Poll;
use core::time::Duration;

use repass::SysRng;
use repass::account::{
    Account, AccountId, AccountWrite, Contact, Email, Lookup, PastPassword, Written,
};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, Attempts, Inserted, PortError, PortSet, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::recovery::Recovery;
use repass::reset::{Admitted, AfterReset, Change, Delivery, Findings, Flow, Proof, SetError};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use repass_tokio::{Event, HashPool, Host, PoolError, finish};
use tokio::task::yield_now;

type Result<T = ()> = core::result::Result<T, Box<dyn Error>>;
type Answer<T> = core::result::Result<T, PortError>;
type Ports = PortSet<
    Waiting<MemoryAccounts>,
    Waiting<MemoryAttempts>,
    MemoryCounters,
    Waiting<MemoryQueue>,
    Arc<Outbox>,
>;

/// A port that waits before each call and after it, as a connection does.
#[derive(Debug)]
struct Waiting<T>(T);

impl<T> Waiting<T> {
    async fn then<A>(&self, call: impl Future<Output = A>) -> A {
        yield_now().await;
        let answer = call.await;
        yield_now().await;
        answer
    }
}

impl<T: Accounts> Accounts for Waiting<T> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Answer<Vec<Account>> {
        self.then(self.0.find(lookup, now)).await
    }
    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Answer<Option<Account>> {
        self.then(self.0.load(id, now)).await
    }
    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Answer<Written> {
        self.then(self.0.write(write, now)).await
    }
    async fn past(&self, id: &AccountId, n: u32, now: UtcDateTime) -> Answer<Vec<PastPassword>> {
        self.then(self.0.past(id, n, now)).await
    }
}

impl<T: Attempts> Attempts for Waiting<T> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Answer<Inserted> {
        self.then(self.0.insert(row, now)).await
    }
    async fn load(&self, id: &AttemptId, now: UtcDateTime) -> Answer<Option<AttemptRow>> {
        self.then(self.0.load(id, now)).await
    }
    async fn swap(&self, seen: &AttemptRow, next: &AttemptRow, now: UtcDateTime) -> Answer<bool> {
        self.then(self.0.swap(seen, next, now)).await
    }
    async fn list(&self, subject: &SubjectId, now: UtcDateTime) -> Answer<Vec<AttemptRow>> {
        self.then(self.0.list(subject, now)).await
    }
    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Answer<Vec<AttemptRow>> {
        self.then(self.0.unfinished(after, limit, now)).await
    }
    async fn purge(&self, now: UtcDateTime) -> Answer<u64> {
        self.then(self.0.purge(now)).await
    }
    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Answer<u64> {
        self.then(self.0.erase(subject, now)).await
    }
}

impl<T: Queue> Queue for Waiting<T> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Answer<Pushed> {
        self.then(self.0.push(entry, now)).await
    }
    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Answer<Vec<Claimed>> {
        self.then(self.0.claim(claim, now)).await
    }
    async fn done(&self, key: &QueueKey, token: &ClaimToken, now: UtcDateTime) -> Answer<bool> {
        self.then(self.0.done(key, token, now)).await
    }
    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Answer<bool> {
        self.then(self.0.retry(key, token, due, now)).await
    }
    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Answer<u64> {
        self.then(self.0.erase(id, now)).await
    }
}

#[derive(Debug, Default)]
struct Duties {
    done: AtomicU32,
    failed: AtomicU32,
    panics: bool,
}

impl Host for Duties {
    async fn carry_out(&self, _after: &AfterReset) -> Answer<()> {
        yield_now().await;
        if self.panics {
            std::panic::resume_unwind(Box::new("the host panics"));
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        Ok(())
    }

    fn report(&self, event: Event<'_>) {
        if let Event::DutiesFailed(_) = event {
            self.failed.fetch_add(1, Ordering::SeqCst);
        }
    }
}

struct World {
    recovery: Recovery<Ports>,
    outbox: Arc<Outbox>,
    now: UtcDateTime,
}

impl World {
    fn new() -> Result<Self> {
        let old = hasher()?.hash(&Password::new("the lost one")?, Salt::generate(&mut SysRng)?)?;
        let ada = Account::new(AccountId::new("42")?)
            .with_email(Email::verified(Contact::email("ada@example.org")?))
            .with_password(old);
        let outbox = Arc::new(Outbox::default());
        let ports = PortSet {
            accounts: Waiting(MemoryAccounts::new([ada])),
            attempts: Waiting(MemoryAttempts::default()),
            counters: MemoryCounters::default(),
            queue: Waiting(MemoryQueue::default()),
            notifier: Arc::clone(&outbox),
        };
        let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
        let recovery = Recovery::new(Flow::builder(keyring, page).build()?, ports);
        let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
        Ok(Self { recovery, outbox, now })
    }

    /// A change that a link was proved for, ready to be set.
    async fn change(&self) -> Result<Change> {
        let admitted = self.admitted().await?;
        let policy = Policy::builder().min_length(12).build()?;
        let new = Password::new("plum-kettle-42")?;
        Ok(admitted.set_password(&new, &policy, &hasher()?, Salt::generate(&mut SysRng)?)?)
    }

    async fn admitted(&self) -> Result<Admitted> {
        let lookup = Lookup::email("ada@example.org")?;
        let seed = Seed::generate(&mut SysRng)?;
        let _handle = self.recovery.request(lookup, Delivery::LINK, None, seed, self.now).await?;
        self.work().await?;
        let message = self.outbox.take().ok_or("no message")?;
        let (_, token) = message.expose_secret().split_once("?token=").ok_or("no link")?;
        let proof = Proof::Link(token.lines().next().unwrap_or_default());
        Ok(self.recovery.admit(proof, None, self.now).await?)
    }

    /// Works on the queue until it is empty; without housekeeping.
    async fn work(&self) -> Result {
        loop {
            let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
            if self.recovery.work(token, 10, self.now).await?.is_empty() {
                return Ok(());
            }
        }
    }
}

fn hasher() -> Result<Hasher> {
    Ok(Hasher::new(Cost::new(64, 1, 1)?))
}

/// Polls once.
async fn begin(future: impl Future) {
    let mut future = pin!(future);
    core::future::poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn what_follows_a_change_happens_at_once_although_the_caller_is_dropped_anywhere() -> Result {
    // More often than anything waits.
    for waits in 0..64 {
        let (world, host) = (World::new()?, Arc::new(Duties::default()));
        let change = world.change().await?;
        {
            let mut finishing = pin!(finish(&world.recovery, &host, change, world.now));
            begin(finishing.as_mut()).await;
            for _ in 0..waits {
                yield_now().await;
            }
        }
        for _ in 0..64 {
            yield_now().await;
        }
        world.work().await?;
        assert_eq!(host.done.load(Ordering::SeqCst), 1, "dropped after {waits} waits");
        let notice = world.outbox.take().ok_or("no notice")?;
        assert!(notice.subject().contains("changed"), "{}", notice.subject());
        // Everything is settled: there is nothing left to resume.
        let later = world.now.saturating_add(repass::time::Duration::hours(1));
        assert!(world.recovery.housekeep(later).await.resumed.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_is_dropped_before_it_begins_sets_nothing() -> Result {
    let (world, host) = (World::new()?, Arc::new(Duties::default()));
    let change = world.change().await?;
    drop(finish(&world.recovery, &host, change, world.now));
    for _ in 0..64 {
        yield_now().await;
    }
    world.work().await?;
    assert_eq!(host.done.load(Ordering::SeqCst), 0);
    assert!(world.outbox.take().is_none());
    Ok(())
}

#[tokio::test]
async fn a_host_that_panics_is_told_and_the_change_comes_again() -> Result {
    let host = Arc::new(Duties { panics: true, ..Duties::default() });
    let world = World::new()?;
    let change = world.change().await?;
    let after = finish(&world.recovery, &host, change, world.now).await?;
    assert_eq!(after.account().as_str(), "42");
    assert_eq!(host.failed.load(Ordering::SeqCst), 1);
    let later = world.now.saturating_add(repass::time::Duration::hours(1));
    assert_eq!(world.recovery.housekeep(later).await.resumed.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_pool_compares_the_new_password_with_the_earlier_ones() -> Result {
    let world = World::new()?;
    let pool = HashPool::new(hasher()?, Duration::from_secs(1));
    let policy = Policy::builder().not_among_last(3).build()?;
    // The first password and the two that follow; the last of them is the present one.
    for text in ["blue-garden-17", "plum-kettle-42"] {
        let admitted = Arc::new(world.admitted().await?);
        let rules = Policy::builder().build()?;
        let change = pool.set_password(admitted, Password::new(text)?, rules).await?;
        world.recovery.settle(&world.recovery.commit(change, world.now).await?, world.now).await?;
        world.work().await?;
        while world.outbox.take().is_some() {}
    }
    let admitted = Arc::new(world.admitted().await?);
    let set = async |text: &str, findings: Findings| {
        let (admitted, new) = (Arc::clone(&admitted), Password::new(text)?);
        let set = pool.set_password_with(admitted, new, policy.clone(), findings).await;
        Result::Ok(match set {
            Ok(_) => "set",
            Err(PoolError::Failed(SetError::Policy(violations))) => {
                violations.iter().next().map_or("none", |violation| violation.code())
            }
            Err(_) => "failed",
        })
    };
    let earlier = world.recovery.earlier_passwords(&admitted, &policy, world.now).await?;
    let known = || Findings::NONE.earlier(earlier.clone());
    assert_eq!(set("blue-garden-17", known()).await?, "password_used_before");
    assert_eq!(set("the lost one", known()).await?, "password_used_before");
    assert_eq!(set("green-harbour-9", known()).await?, "set");
    assert_eq!(set("green-harbour-9", Findings::NONE).await?, "password_history_unknown");
    Ok(())
}
