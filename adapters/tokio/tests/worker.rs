//! The worker and the pool over the ports in memory.

extern crate alloc;

use alloc::sync::Arc;
use core::error::Error;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::sync::Mutex;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Notifier, PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, CurrentError, CurrentPasswordError, Delivery, Flow, Proof};
use repass::secret::{Password, Salt, Seed, TypedPassword};
use repass::sign_in::{SignInError, SignInOutcome};
use repass::time::UtcDateTime;
use repass_tokio::{Event, HashPool, Host, PoolError, Worker, finish};
use tokio::sync::{Notify, Semaphore};

type Result<T = ()> = core::result::Result<T, Box<dyn Error>>;
type Ports =
    PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Arc<SlowNotifier>>;

/// Each delivery waits for a permit; some panic.
#[derive(Debug)]
struct SlowNotifier {
    permits: Semaphore,
    messages: Mutex<Vec<Message>>,
    now: AtomicU32,
    most: AtomicU32,
    panics: AtomicU32,
    begun: Notify,
}

impl SlowNotifier {
    fn new(permits: usize, panics: u32) -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(permits),
            messages: Mutex::default(),
            now: AtomicU32::new(0),
            most: AtomicU32::new(0),
            panics: AtomicU32::new(panics),
            begun: Notify::new(),
        })
    }

    fn messages(&self) -> Vec<Message> {
        self.messages.lock().map(|messages| messages.clone()).unwrap_or_default()
    }
}

impl Notifier for SlowNotifier {
    async fn deliver(
        &self,
        message: &Message,
        _now: UtcDateTime,
    ) -> core::result::Result<Delivered, PortError> {
        let now = self.now.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        self.most.fetch_max(now, Ordering::SeqCst);
        self.begun.notify_one();
        let permit = self.permits.acquire().await?;
        permit.forget();
        self.now.fetch_sub(1, Ordering::SeqCst);
        let panics = self.panics.load(Ordering::SeqCst);
        if panics > 0 {
            self.panics.fetch_sub(1, Ordering::SeqCst);
            std::panic::resume_unwind(Box::new("this delivery panics"));
        }
        if let Ok(mut messages) = self.messages.lock() {
            messages.push(message.clone());
        }
        Ok(Delivered::Taken)
    }
}

#[derive(Debug, Default)]
struct Counting {
    carried_out: AtomicU32,
    lost: AtomicU32,
    housekept: AtomicU32,
    refuses: bool,
}

impl Host for Counting {
    async fn carry_out(&self, _after: &AfterReset) -> core::result::Result<(), PortError> {
        self.carried_out.fetch_add(1, Ordering::SeqCst);
        if self.refuses { Err(PortError::new("the host refuses")) } else { Ok(()) }
    }

    fn report(&self, event: Event<'_>) {
        match event {
            Event::EntryLost => self.lost.fetch_add(1, Ordering::SeqCst),
            Event::Housekept(_) => self.housekept.fetch_add(1, Ordering::SeqCst),
            _ => 0,
        };
    }
}

/// The moment that the clock of the test shows: seconds since the test began.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<AtomicU32>);

impl Clock {
    fn now(&self) -> UtcDateTime {
        let seconds = i64::from(self.0.load(Ordering::SeqCst));
        UtcDateTime::from_unix_timestamp(1_700_000_000_i64.saturating_add(seconds))
            .unwrap_or(UtcDateTime::UNIX_EPOCH)
    }
}

fn hasher() -> Result<Hasher> {
    Ok(Hasher::new(Cost::new(64, 1, 1)?))
}

fn recovery(people: u32, notifier: &Arc<SlowNotifier>) -> Result<Recovery<Ports>> {
    let mut accounts = Vec::new();
    for number in 0..people {
        let old = hasher()?.hash(&Password::new("the lost one")?, Salt::generate(&mut SysRng)?)?;
        let address = Contact::email(&format!("p{number}@example.org"))?;
        accounts.push(
            Account::new(AccountId::new(&format!("{number}"))?)
                .with_email(Email::verified(address))
                .with_password(old),
        );
    }
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    let ports = PortSet {
        accounts: MemoryAccounts::new(accounts),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier: Arc::clone(notifier),
    };
    Ok(Recovery::new(Flow::builder(keyring, page).build()?, ports))
}

async fn ask(recovery: &Recovery<Ports>, people: u32, now: UtcDateTime) -> Result {
    for number in 0..people {
        let lookup = Lookup::email(&format!("p{number}@example.org"))?;
        let seed = Seed::generate(&mut SysRng)?;
        let _handle = recovery.request(lookup, Delivery::LINK, None, seed, now).await?;
    }
    Ok(())
}

/// A worker that runs until the returned value is notified.
fn start(
    recovery: &Recovery<Ports>,
    host: &Arc<Counting>,
    clock: &Clock,
) -> (Arc<Notify>, tokio::task::JoinHandle<()>) {
    let stop = Arc::new(Notify::new());
    let (clock, stopped) = (clock.clone(), Arc::clone(&stop));
    let worker = Worker::new(recovery.clone(), Arc::clone(host), move || clock.now())
        .concurrency(3)
        .poll_every(Duration::from_millis(5));
    (stop, tokio::spawn(worker.run(async move { stopped.notified().await })))
}

/// Lets the worker go on until something holds. Time is that of the test: nothing really waits.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_entries_are_worked_on_at_once() -> Result {
    let notifier = SlowNotifier::new(0, 0);
    let (recovery, host, clock) = (recovery(9, &notifier)?, Arc::default(), Clock::default());
    ask(&recovery, 9, clock.now()).await?;
    let (stop, worker) = start(&recovery, &host, &clock);
    for done in 1..=9 {
        until(|| notifier.now.load(Ordering::SeqCst) > 0).await;
        notifier.permits.add_permits(1);
        until(|| notifier.messages().len() == done).await;
    }
    stop.notify_one();
    worker.await?;
    assert_eq!(notifier.most.load(Ordering::SeqCst), 3);
    assert_eq!(host.housekept.load(Ordering::SeqCst), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_panics_comes_again_and_holds_up_no_other() -> Result {
    let notifier = SlowNotifier::new(100, 1);
    let (recovery, host, clock) = (recovery(2, &notifier)?, Arc::default(), Clock::default());
    ask(&recovery, 2, clock.now()).await?;
    let (stop, worker) = start(&recovery, &host, &clock);
    until(|| notifier.messages().len() == 1).await;
    until(|| host.lost.load(Ordering::SeqCst) == 1).await;
    // Its lease is over.
    clock.0.store(1_000, Ordering::SeqCst);
    until(|| notifier.messages().len() == 2).await;
    stop.notify_one();
    worker.await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_stops_finishes_what_it_has_begun() -> Result {
    let notifier = SlowNotifier::new(0, 0);
    let (recovery, host, clock) = (recovery(1, &notifier)?, Arc::default(), Clock::default());
    ask(&recovery, 1, clock.now()).await?;
    let (stop, worker) = start(&recovery, &host, &clock);
    notifier.begun.notified().await;
    stop.notify_one();
    tokio::task::yield_now().await;
    assert!(!worker.is_finished());
    notifier.permits.add_permits(1);
    worker.await?;
    assert_eq!(notifier.messages().len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_never_ends_is_given_up_within_its_lease() -> Result {
    let notifier = SlowNotifier::new(0, 0);
    let (recovery, host, clock) = (recovery(1, &notifier)?, Arc::default(), Clock::default());
    ask(&recovery, 1, clock.now()).await?;
    let (stop, worker) = start(&recovery, &host, &clock);
    notifier.begun.notified().await;
    stop.notify_one();
    worker.await?;
    assert_eq!(host.lost.load(Ordering::SeqCst), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn duties_that_fail_come_again_with_the_housekeeping() -> Result {
    let notifier = SlowNotifier::new(100, 0);
    let (recovery, clock) = (recovery(1, &notifier)?, Clock::default());
    ask(&recovery, 1, clock.now()).await?;
    let host = Arc::new(Counting::default());
    let (stop, worker) = start(&recovery, &host, &clock);
    until(|| notifier.messages().len() == 1).await;
    stop.notify_one();
    worker.await?;

    let text = notifier.messages().pop().ok_or("no message")?;
    let (_, token) = text.expose_secret().split_once("?token=").ok_or("no link")?;
    let token = token.lines().next().unwrap_or_default();
    let admitted = Arc::new(recovery.admit(Proof::Link(token), None, clock.now()).await?);
    let pool = HashPool::new(hasher()?, Duration::from_secs(1));
    let policy = Policy::builder().min_length(12).build()?;
    let weak = Password::new("12345")?;
    let refused = pool.set_password(Arc::clone(&admitted), weak, policy.clone()).await;
    assert!(matches!(refused, Err(PoolError::Failed(_))));
    let new = Password::new("plum-kettle-42")?;
    let change = pool.set_password(admitted, new, policy).await?;
    let refuses = Arc::new(Counting { refuses: true, ..Counting::default() });
    let after = finish(&recovery, &refuses, change, clock.now()).await?;
    assert_eq!(after.account().as_str(), "0");
    assert_eq!(refuses.carried_out.load(Ordering::SeqCst), 1);

    clock.0.store(100, Ordering::SeqCst);
    let (stop, worker) = start(&recovery, &host, &clock);
    until(|| notifier.messages().len() == 2).await;
    stop.notify_one();
    worker.await?;
    assert_eq!(host.carried_out.load(Ordering::SeqCst), 1);
    assert!(recovery.housekeep(clock.now()).await.resumed.is_empty());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_busy_pool_refuses_after_its_patience_and_counts_no_try() -> Result {
    let notifier = SlowNotifier::new(0, 0);
    let (recovery, clock) = (recovery(1, &notifier)?, Clock::default());
    let pool = HashPool::new(hasher()?.with_slots(1), Duration::from_secs(1));
    let (id, now) = (AccountId::new("0")?, clock.now());
    let present = |text| Result::Ok(Password::new(text)?);
    let permit = pool.permit::<core::fmt::Error>().await?;
    for _ in 0..20 {
        let busy = pool.current(&recovery, id.clone(), present("the lost one")?, now).await;
        assert!(matches!(busy, Err(PoolError::Busy)));
    }
    drop(permit);
    for _ in 0..9 {
        let wrong = pool.current(&recovery, id.clone(), present("wrong")?, now).await;
        let expected = CurrentError::WrongPassword;
        assert!(
            matches!(wrong, Err(PoolError::Failed(CurrentPasswordError::Refused(error))) if error == expected)
        );
    }
    assert!(pool.current(&recovery, id, present("the lost one")?, now).await.is_ok());
    // A sign-in that finds no slot is not counted, either.
    let sign_in = async |text: &str| {
        let lookup = Lookup::email("p0@example.org")?;
        let typed = TypedPassword::new(text)?;
        Result::Ok(pool.sign_in(&recovery, lookup, None, typed, now).await)
    };
    let permit = pool.permit::<core::fmt::Error>().await?;
    for _ in 0..20 {
        assert!(matches!(sign_in("the lost one").await?, Err(PoolError::Busy)));
    }
    drop(permit);
    let wrong = sign_in("wrong").await?;
    assert!(matches!(wrong, Err(PoolError::Failed(SignInError::Refused(_)))));
    assert!(matches!(sign_in("the lost one").await?, Ok(SignInOutcome::SignedIn(_))));
    let hash = pool.hash(present("plum-kettle-42")?).await?;
    assert_eq!(pool.verify(present("plum-kettle-42")?, hash).await?, Verdict::Match);
    Ok(())
}
