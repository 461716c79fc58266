//! A fault at every call of a port, before and after its effect, and the owner's retry after it: the
//! password is set at most once, what follows from it is never lost, a secret that set nothing works,
//! no counted guess is forgotten, and nobody but the owner gets a message.

extern crate alloc;

#[path = "support/hosts.rs"]
mod hosts;
#[path = "support/troubled.rs"]
mod troubled;
#[path = "support/world.rs"]
mod world;

use alloc::sync::Arc;
use core::future::{pending, poll_fn};
use core::num::NonZero;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};
use std::thread;

use repass::account::Lookup;
use repass::hash::Verdict;
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{Message, MessageKind};
use repass::policy::Policy;
use repass::port::{Counters, PortError, PortSet};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{
    AdmitError, Admitted, AfterReset, Change, CurrentPasswordError, Delivery, Flow, Limits, Proof,
    Refusal, RefusalReason,
};
use repass::secret::{Password, Salt, Seed};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use self::hosts::{Host, HostAccounts, HostAttempts};
use self::troubled::{Injected, Trouble, Troubled};
use self::world::{Dice, OLD, ada, at, flow, hasher, id, secret_in};

#[test]
fn one_fault_anywhere_loses_nothing() {
    for way in Way::ALL {
        let report = explore(way, Host::Careful, 1);
        assert!(report.walks > 50, "{way:?}: {}", report.walks);
        assert_eq!(report.violations, Vec::<String>::new(), "{way:?}");
    }
}

#[test]
fn a_second_fault_while_the_first_is_mended_loses_nothing() {
    for way in Way::ALL {
        let report = explore(way, Host::Careful, 2);
        assert!(report.walks > 1_000, "{way:?}: {}", report.walks);
        assert_eq!(report.violations, Vec::<String>::new(), "{way:?}");
    }
}

#[test]
fn a_commit_that_was_taken_over_leaves_what_follows_from_it() {
    // Two commits of one secret reach the write: the first hung until its lease was over.
    let walked = |plan: &[(usize, Fault)]| {
        let mut owner = Owner::new(Way::Link, Host::Careful, plan);
        owner.walk();
        let names = owner.ports.world().names.lock().unwrap();
        names.iter().enumerate().filter(|(_, name)| **name == "write").map(|(at, _)| at).collect()
    };
    let first: Vec<usize> = walked(&[]);
    let first = (first[0], Fault::StallBefore);
    let second: Vec<usize> = walked(&[first]);
    let plan = [first, (second[1], Fault::StallBefore)];
    let mut owner = Owner::new(Way::Link, Host::Careful, &plan);
    let secret = owner.obtain().unwrap();
    for attempt in 0..2 {
        let entry = owner.drive(enter(owner.recovery.clone(), secret.clone(), owner.now()));
        let Some(Entry::In(admitted)) = entry else { panic!("not admitted") };
        let change = owner.choose(&admitted, attempt);
        owner.commit(change);
    }
    assert_eq!(owner.stalled.len(), 2);
    owner.ports.world().open.store(true, SeqCst);
    for stalled in &mut owner.stalled {
        assert!(stalled.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    // The first one set the password; say that it crashed before it settled. The second, which was
    // refused, must not have ended the row that still says what follows.
    assert_eq!(owner.ports.world().accounts.writes.load(SeqCst), 1);
    assert_eq!(owner.delivered.load(SeqCst), 1);
    let later = at(owner.clock + LATER);
    assert_eq!(pollster::block_on(owner.recovery.housekeep(later)).resumed.len(), 1);
}

#[test]
fn control_a_store_that_consumes_first_burns_the_secret() {
    for way in [Way::Link, Way::Code] {
        let report = explore(way, Host::ConsumesFirst, 1);
        report.assert_finds("not set, and the secret does not work");
    }
}

#[test]
fn control_a_store_that_records_afterwards_loses_what_follows() {
    for way in Way::ALL {
        let report = explore(way, Host::RecordsAfterwards, 1);
        report.assert_finds("set, and nothing follows");
    }
}

#[test]
fn control_a_table_that_sets_without_condition_sets_twice() {
    for way in Way::ALL {
        let report = explore(way, Host::SetsWithoutCondition, 1);
        report.assert_finds("set 2 times");
    }
}

#[test]
fn control_counters_that_forget_show() {
    let report = explore(Way::Code, Host::ForgetsCounts, 1);
    report.assert_finds("a counted guess is forgotten");
}

/// How the owner is admitted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Link,
    Code,
    SignedIn,
}

impl Way {
    const ALL: [Self; 3] = [Self::Link, Self::Code, Self::SignedIn];
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    ErrorBefore,
    ErrorAfter,
    /// The future is dropped.
    DropBefore,
    DropAfter,
    /// The future hangs, and goes on when everybody has forgotten it.
    StallBefore,
    StallAfter,
}

impl Fault {
    const ALL: [Self; 6] = [
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::DropBefore,
        Self::DropAfter,
        Self::StallBefore,
        Self::StallAfter,
    ];
}

struct Explored {
    walks: usize,
    violations: Vec<String>,
}

impl Explored {
    fn assert_finds(&self, violation: &str) {
        assert!(self.violations.iter().any(|own| own.contains(violation)), "{:?}", self.violations);
    }
}

/// Goes through the flow once without a fault, then with every choice of `faults` faults.
fn explore(way: Way, host: Host, faults: usize) -> Explored {
    let mut plain = Owner::new(way, host, &[]);
    plain.walk();
    let calls = plain.ports.world().calls.load(SeqCst);
    let mut plans = Vec::new();
    for first in (0..calls).flat_map(|call| Fault::ALL.map(|fault| (call, fault))) {
        if faults == 1 {
            plans.push(vec![first]);
            continue;
        }
        // Mending takes a few calls more than a walk without faults.
        for second in first.0 + 1..calls + 4 {
            plans.extend(Fault::ALL.map(|fault| vec![first, (second, fault)]));
        }
    }
    let walk = |plan: &Vec<(usize, Fault)>| {
        let mut owner = Owner::new(way, host, plan);
        owner.walk();
        let described = |violation| format!("{plan:?}: {violation}");
        owner.violations.into_iter().map(described).collect::<Vec<String>>()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let found = thread::scope(|scope| {
        let run =
            |plans| scope.spawn(move || -> Vec<_> { Iterator::flat_map(plans, walk).collect() });
        let running: Vec<_> =
            plans.chunks(plans.len().div_ceil(threads)).map(|plans| run(plans.iter())).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let violations = plain.violations.into_iter().chain(found).collect();
    Explored { walks: plans.len() + 1, violations }
}

/// What all calls of the ports share: faults at planned calls, and what was called.
#[derive(Clone)]
struct Faulty(Arc<World>);

struct World {
    host: Host,
    accounts: Arc<HostAccounts>,
    counters: Arc<Counting>,
    calls: AtomicUsize,
    names: Mutex<Vec<&'static str>>,
    plan: Vec<(usize, Fault)>,
    armed: AtomicBool,
    latest: Mutex<Option<Fault>>,
    /// Whether those that stalled go on.
    open: AtomicBool,
}

/// Counters that know how many guesses on a handle they counted.
#[derive(Default)]
struct Counting {
    table: Mutex<MemoryCounters>,
    guesses: AtomicU32,
}

impl Faulty {
    fn world(&self) -> &World {
        &self.0
    }

    fn fault(&self, name: &'static str) -> Option<Fault> {
        let world = self.world();
        if !world.armed.load(SeqCst) {
            return None;
        }
        world.names.lock().unwrap().push(name);
        let call = world.calls.fetch_add(1, SeqCst);
        let fault = world.plan.iter().find(|(at, _)| *at == call).map(|(_, fault)| *fault);
        if fault.is_some() {
            *world.latest.lock().unwrap() = fault;
        }
        fault
    }

    async fn opened(&self) {
        let ready = || if self.world().open.load(SeqCst) { Poll::Ready(()) } else { Poll::Pending };
        poll_fn(|_| ready()).await;
    }

    /// What the caller of a count sees as an error is lost where the host is wrong.
    fn failed(&self, name: &str) -> PortError {
        let world = self.world();
        if name == "count" && world.host == Host::ForgetsCounts {
            *world.counters.table.lock().unwrap() = MemoryCounters::default();
        }
        Injected.into()
    }
}

impl Trouble for Faulty {
    async fn carry_out<T: Send>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, PortError>> + Send,
    ) -> Result<T, PortError> {
        let fault = self.fault(name);
        match fault {
            Some(Fault::ErrorBefore) => return Err(self.failed(name)),
            Some(Fault::DropBefore) => pending().await,
            Some(Fault::StallBefore) => self.opened().await,
            _ => {}
        }
        let done = call.await;
        match fault {
            Some(Fault::ErrorAfter) => return Err(self.failed(name)),
            Some(Fault::DropAfter) => pending().await,
            Some(Fault::StallAfter) => self.opened().await,
            _ => {}
        }
        done
    }
}

impl Counters for Counting {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let counters = self.table.lock().unwrap();
        let counted = pollster::block_on(counters.count(key, quota, once, now));
        self.guesses.fetch_add(u32::from(key.kind() == "codes"), SeqCst);
        counted
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let counters = self.table.lock().unwrap();
        pollster::block_on(Counters::purge(&*counters, now))
    }
}

type Driven = Recovery<
    PortSet<
        Troubled<Arc<HostAccounts>, Faulty>,
        Troubled<HostAttempts, Faulty>,
        Troubled<Arc<Counting>, Faulty>,
        Troubled<MemoryQueue, Faulty>,
        Troubled<Outbox, Faulty>,
    >,
>;

/// What the owner shows to be admitted.
#[derive(Clone)]
enum Secret {
    Link(String),
    Code { handle: String, code: String },
    Password,
}

enum Entry {
    In(Box<Admitted>),
    Refused,
    /// Nothing was decided: later again.
    Later,
}

/// The owner of the account, who tries again, and the service's own workers.
struct Owner {
    recovery: Driven,
    ports: Faulty,
    way: Way,
    clock: i64,
    dice: Dice,
    /// How often the service was told what follows, by commit or by housekeeping.
    delivered: Arc<AtomicU32>,
    /// How many requests were made, and all that came for them.
    requests: usize,
    messages: Vec<Message>,
    stalled: Vec<Pin<Box<dyn Future<Output = ()>>>>,
    violations: Vec<String>,
}

/// Longer than the lease of a commit.
const LATER: i64 = 61;
/// Longer than the lease of one entry of the queue.
const LEASE: i64 = 151;
/// More tries than two faults can take.
const TRIES: usize = 6;
/// What may be tried on one handle.
const PER_HANDLE: u32 = 30;

/// With as many tries and as much time as the checks need, which look after every fault. Built once: most of
/// the work is reading the texts of messages.
static FLOW: LazyLock<Flow> = LazyLock::new(|| {
    let life = Duration::from_secs(3 * 60 * 60);
    let limits = Limits::default().tries(PER_HANDLE, 90);
    flow().limits(limits).link_life(life).code_life(life).build().unwrap()
});

impl Owner {
    fn new(way: Way, host: Host, plan: &[(usize, Fault)]) -> Self {
        let mut dice = Dice(1);
        let table = MemoryAccounts::new([ada(&mut dice)]);
        let accounts = Arc::new(HostAccounts { table, host, writes: AtomicU32::new(0) });
        let ports = Faulty(Arc::new(World {
            host,
            accounts: Arc::clone(&accounts),
            counters: Arc::default(),
            calls: AtomicUsize::new(0),
            names: Mutex::default(),
            plan: plan.to_vec(),
            armed: AtomicBool::new(true),
            latest: Mutex::new(None),
            open: AtomicBool::new(false),
        }));
        let attempts = HostAttempts { table: MemoryAttempts::default(), host };
        let counters = Arc::clone(&ports.world().counters);
        let set = PortSet {
            accounts: Troubled { port: accounts, trouble: ports.clone() },
            attempts: Troubled { port: attempts, trouble: ports.clone() },
            counters: Troubled { port: counters, trouble: ports.clone() },
            queue: Troubled { port: MemoryQueue::default(), trouble: ports.clone() },
            notifier: Troubled { port: Outbox::default(), trouble: ports.clone() },
        };
        Self {
            recovery: Recovery::new(FLOW.clone(), set),
            ports,
            way,
            clock: 0,
            dice,
            delivered: Arc::default(),
            requests: 0,
            messages: Vec::new(),
            stalled: Vec::new(),
            violations: Vec::new(),
        }
    }

    fn walk(&mut self) {
        let Some(secret) = self.obtain() else {
            self.violations.push("no secret ever arrived".into());
            return;
        };
        for attempt in 0..TRIES {
            match self.drive(enter(self.recovery.clone(), secret.clone(), self.now())) {
                None | Some(Entry::Later) => self.clock += LATER,
                Some(Entry::Refused) => break,
                Some(Entry::In(admitted)) => {
                    let change = self.choose(&admitted, attempt);
                    self.commit(change);
                }
            }
            self.check(&secret);
        }
        self.resume_all();
        self.work_all();
        self.check(&secret);
        // Whatever stalled goes on now, long after its lease.
        self.ports.world().open.store(true, SeqCst);
        for mut stalled in core::mem::take(&mut self.stalled) {
            let _ = stalled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.check(&secret);
        }
        self.resume_all();
        self.work_all();
        self.check_end(&secret);
    }

    /// Polls once: the ports are always ready, but for a fault. What stalls is kept, what is to be
    /// dropped is dropped.
    fn drive<T: 'static>(&mut self, work: impl Future<Output = T> + 'static) -> Option<T> {
        self.clock += 1;
        let mut work = Box::pin(work);
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => {
                let fault = *self.ports.world().latest.lock().unwrap();
                if matches!(fault, Some(Fault::StallBefore | Fault::StallAfter)) {
                    self.stalled.push(Box::pin(async move {
                        work.await;
                    }));
                }
                None
            }
        }
    }

    fn now(&self) -> UtcDateTime {
        at(self.clock)
    }

    /// Asks for a message, again and again, and opens it.
    fn obtain(&mut self) -> Option<Secret> {
        let delivery = match self.way {
            Way::Link => Delivery::LINK,
            Way::Code => Delivery::CODE,
            Way::SignedIn => return Some(Secret::Password),
        };
        let handle = (0..TRIES).find_map(|_| {
            let lookup = Lookup::email("ada@example.org").unwrap();
            let (recovery, now) = (self.recovery.clone(), self.now());
            let seed = Seed::generate(&mut self.dice).unwrap();
            self.requests += 1;
            self.drive(async move { recovery.request(lookup, delivery, None, seed, now).await })?
                .ok()
        })?;
        let handle = handle.expose_secret().to_owned();
        self.work_all();
        let sent: HashSet<String> =
            self.messages.iter().map(|message| secret_in(message.expose_secret())).collect();
        if sent.len() > self.requests {
            self.violations.push("messages of one request differ".into());
        }
        let works = |secret: Secret| {
            self.ports.world().armed.store(false, SeqCst);
            let entry = pollster::block_on(enter(self.recovery.clone(), secret, self.now()));
            self.ports.world().armed.store(true, SeqCst);
            matches!(entry, Entry::In(_))
        };
        let secrets = sent.into_iter().map(|secret| match self.way {
            Way::Code => Secret::Code { handle: handle.clone(), code: secret },
            _ => Secret::Link(secret),
        });
        // Of several codes, the one that belongs to the handle.
        secrets.into_iter().find(|secret| works(secret.clone()))
    }

    /// The worker: one entry at a time, until the queue is empty.
    fn work_all(&mut self) {
        for _ in 0..4 * TRIES {
            let (recovery, now) = (self.recovery.clone(), self.now());
            let token = ClaimToken::new(Seed::generate(&mut self.dice).unwrap());
            let worked = self.drive(async move { recovery.work(token, 1, now).await });
            let outbox = &self.recovery.ports().notifier.port;
            self.messages.extend(core::iter::from_fn(|| outbox.take()));
            match worked {
                Some(Ok(worked)) if !worked.is_empty() => {}
                _ if self.recovery.ports().queue.port.dump().is_empty() => return,
                _ => self.clock += LEASE,
            }
        }
        self.violations.push("the queue is never empty".into());
    }

    /// Another password each time, so that two settings would show.
    fn choose(&mut self, admitted: &Admitted, attempt: usize) -> Change {
        let new = Password::new(format!("plum-kettle-{attempt}")).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut self.dice).unwrap();
        admitted.set_password(&new, &policy, &hasher(), salt).unwrap()
    }

    fn commit(&mut self, change: Change) {
        let (recovery, now) = (self.recovery.clone(), self.now());
        let delivered = Arc::clone(&self.delivered);
        let committed = self.drive(async move {
            let after = recovery.commit(change, now).await.ok()?;
            // Counted in here: one that stalls and goes on says what follows as well.
            delivered.fetch_add(1, SeqCst);
            Some(after)
        });
        match committed.flatten() {
            Some(after) => self.settle(after),
            None => self.clock += LATER,
        }
    }

    fn settle(&mut self, after: AfterReset) {
        let (recovery, now) = (self.recovery.clone(), self.now());
        self.drive(async move { recovery.settle(&after, now).await });
    }

    /// The regular job: asks what follows from commits that crashed, and does it, until nothing does.
    fn resume_all(&mut self) {
        for _ in 0..TRIES {
            self.clock += LATER;
            let (recovery, now) = (self.recovery.clone(), self.now());
            let Some(done) = self.drive(async move { recovery.housekeep(now).await }) else {
                continue;
            };
            if done.failures.is_empty() && done.resumed.is_empty() {
                return;
            }
            let number = u32::try_from(done.resumed.len()).unwrap();
            self.delivered.fetch_add(number, SeqCst);
            done.resumed.into_iter().for_each(|after| self.settle(after));
        }
        self.violations.push("something always follows".into());
    }

    /// What holds at every moment, seen a lease later, without faults and without changing anything.
    fn check(&mut self, secret: &Secret) {
        self.ports.world().armed.store(false, SeqCst);
        let later = at(self.clock + LATER);
        match self.ports.world().accounts.writes.load(SeqCst) {
            0 => {
                let entry = pollster::block_on(enter(self.recovery.clone(), secret.clone(), later));
                if !matches!(entry, Entry::In(_)) {
                    self.violations.push("not set, and the secret does not work".into());
                }
            }
            1 => {
                let done = pollster::block_on(self.recovery.housekeep(later));
                if self.delivered.load(SeqCst) == 0 && done.resumed.is_empty() {
                    self.violations.push("set, and nothing follows".into());
                }
            }
            sets => self.violations.push(format!("set {sets} times")),
        }
        self.ports.world().armed.store(true, SeqCst);
    }

    fn check_end(&mut self, secret: &Secret) {
        self.check(secret);
        let world = self.ports.world();
        world.armed.store(false, SeqCst);
        let mut wrong = |wrong: bool, what: &str| {
            if wrong {
                self.violations.push(format!("at the end: {what}"));
            }
        };
        let entry =
            pollster::block_on(enter(self.recovery.clone(), secret.clone(), at(self.clock)));
        wrong(!matches!(entry, Entry::Refused), "the used secret is not refused");
        wrong(world.accounts.writes.load(SeqCst) != 1, "the owner did not succeed");
        wrong(self.delivered.load(SeqCst) == 0, "the service was never told what follows");
        let is_told = |message: &Message| message.kind() == MessageKind::PasswordChanged;
        wrong(!self.messages.iter().any(is_told), "the owner was not told");
        let to_owner = |message: &Message| message.to().as_str() == "ada@example.org";
        wrong(!self.messages.iter().all(to_owner), "somebody else got a message");
        let stored = world.accounts.table.all()[0].password().cloned().unwrap();
        let old = hasher().verify(&Password::new(OLD).unwrap(), &stored).unwrap();
        wrong(old != Verdict::Mismatch, "the old password still works");
        if let Secret::Code { handle, .. } = secret {
            // What the next guess leaves tells how many were counted.
            let guesses = world.counters.guesses.load(SeqCst);
            let proof = Proof::Code { handle, code: "BBBB-BBBB" };
            let refused = pollster::block_on(self.recovery.admit(proof, None, at(self.clock)));
            let expected = Refusal::Refused {
                reason: RefusalReason::WrongCode,
                tries_left: Some(PER_HANDLE - guesses - 1),
            };
            let same = matches!(refused, Err(AdmitError::Refused(refusal)) if refusal == expected);
            wrong(!same, "a counted guess is forgotten");
        }
    }
}

async fn enter(recovery: Driven, secret: Secret, now: UtcDateTime) -> Entry {
    let admitted = match &secret {
        Secret::Link(token) => recovery.admit(Proof::Link(token), None, now).await,
        Secret::Code { handle, code } => {
            recovery.admit(Proof::Code { handle, code }, None, now).await
        }
        Secret::Password => {
            return match recovery.current(id(), now).await {
                Ok(current) => match current.verify(&Password::new(OLD).unwrap(), &hasher()) {
                    Ok(admitted) => Entry::In(Box::new(admitted)),
                    Err(_) => Entry::Refused,
                },
                Err(CurrentPasswordError::Refused(_)) => Entry::Refused,
                Err(_) => Entry::Later,
            };
        }
    };
    match admitted {
        Ok(admitted) => Entry::In(Box::new(admitted)),
        Err(AdmitError::Refused(_)) => Entry::Refused,
        Err(_) => Entry::Later,
    }
}
