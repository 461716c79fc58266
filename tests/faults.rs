//! A fault at every call of a port, before and after its effect, and the owner's retry after it: the
//! password is set at most once, what is owed is never lost, and a secret that set nothing works.

extern crate alloc;

#[path = "support/world.rs"]
mod world;

use alloc::sync::Arc;
use core::fmt;
use core::future::{pending, poll_fn};
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use core::task::{Context, Poll, Waker};
use std::sync::Mutex;

use repass::account::{Account, AccountId, Lookup};
use repass::accounts::Accounts;
use repass::attempt::AttemptId;
use repass::hash::Verdict;
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::notify::Notifier;
use repass::policy::Policy;
use repass::port::PortError;
use repass::reset::{
    Admitted, AfterReset, Change, Delivery, Letter, Notice, Outcome, PasswordWrite, PendingReset,
    Proof, Refusal, Subject,
};
use repass::secret::{Password, Salt, Seed};
use repass::service::{AdmitError, CommitError, CurrentPasswordError, Service};
use repass::store::{Inserted, ResetStore};
use repass::throttle::{Count, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use self::world::{Dice, OLD, ada, at, flow, hasher, id, secret_in};

#[test]
fn one_fault_anywhere_loses_nothing() {
    for road in Road::ALL {
        let report = explore(road, Driver::Ours, Table::Careful, 1);
        assert!(report.walks > 50, "{road:?}: {}", report.walks);
        assert_eq!(report.violations, Vec::<String>::new(), "{road:?}");
    }
}

#[test]
fn a_second_fault_while_the_first_is_mended_loses_nothing() {
    for road in Road::ALL {
        let report = explore(road, Driver::Ours, Table::Careful, 2);
        assert!(report.walks > 1_000, "{road:?}: {}", report.walks);
        assert_eq!(report.violations, Vec::<String>::new(), "{road:?}");
    }
}

#[test]
fn a_commit_that_was_taken_over_leaves_what_is_owed() {
    // Two commits of one secret reach *set*: the first hung until its lease was over.
    let plan = [(9, Fault::StallBefore), (13, Fault::StallBefore)];
    let mut owner = Owner::new(Road::Link, Driver::Ours, Table::Careful, &plan);
    let secret = owner.obtain().unwrap();
    for attempt in 0..2 {
        let entry = owner.drive(enter(owner.service.clone(), secret.clone(), owner.now()));
        let Some(Entry::In(admitted)) = entry else { panic!("not let in") };
        let change = owner.choose(&admitted, attempt);
        owner.commit(change);
    }
    assert_eq!(owner.stalled.len(), 2);
    owner.ports.world().open.store(true, SeqCst);
    for stalled in &mut owner.stalled {
        assert!(stalled.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    // The first one set the password, and say that it crashed with the plan in its hands. The
    // second, which was refused, must not have ended the row that still says what is owed.
    assert_eq!(owner.ports.world().sets.load(SeqCst), 1);
    assert_eq!(owner.delivered.load(SeqCst), 1);
    let later = at(owner.clock + LATER);
    assert_eq!(pollster::block_on(owner.service.owed(later)).unwrap().len(), 1);
}

#[test]
fn control_a_commit_that_consumes_first_burns_the_secret() {
    for road in [Road::Link, Road::Code] {
        let report = explore(road, Driver::ConsumeThenSet, Table::Careful, 1);
        report.assert_finds("not set, and the secret does not work");
    }
}

#[test]
fn control_a_commit_that_records_afterwards_loses_what_is_owed() {
    for road in Road::ALL {
        let report = explore(road, Driver::SetThenRecord, Table::Careful, 1);
        report.assert_finds("set, and nothing is owed");
    }
}

#[test]
fn control_a_table_that_sets_without_condition_sets_twice() {
    for road in Road::ALL {
        let report = explore(road, Driver::Ours, Table::Unconditional, 1);
        report.assert_finds("set 2 times");
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Road {
    Link,
    Code,
    SignedIn,
}

impl Road {
    const ALL: [Self; 3] = [Self::Link, Self::Code, Self::SignedIn];
}

/// Who carries out a commit: the crate, or one of two that are wrong.
#[derive(Clone, Copy, Debug)]
enum Driver {
    Ours,
    ConsumeThenSet,
    SetThenRecord,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Table {
    Careful,
    /// Wrong: sets whatever the row says by now.
    Unconditional,
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

/// Walks the road once without a fault, then with every choice of `faults` faults.
fn explore(road: Road, driver: Driver, table: Table, faults: usize) -> Explored {
    let mut plain = Owner::new(road, driver, table, &[]);
    plain.walk();
    let calls = plain.ports.world().calls.load(SeqCst);
    let mut explored = Explored { walks: 1, violations: plain.violations };
    let mut walk = |plan: &[(usize, Fault)]| {
        let mut owner = Owner::new(road, driver, table, plan);
        owner.walk();
        explored.walks += 1;
        let described = |violation| format!("{plan:?}: {violation}");
        explored.violations.extend(owner.violations.into_iter().map(described));
    };
    for first in 0..calls {
        for fault in Fault::ALL {
            if faults == 1 {
                walk(&[(first, fault)]);
                continue;
            }
            // Mending takes a few calls more than a walk without faults.
            for second in first + 1..calls + 4 {
                Fault::ALL.iter().for_each(|other| walk(&[(first, fault), (second, *other)]));
            }
        }
    }
    explored
}

/// The three ports in one, with faults at planned calls.
#[derive(Clone)]
struct Ports(Arc<World>);

struct World {
    accounts: MemoryAccounts,
    store: MemoryStore,
    outbox: Outbox,
    table: Table,
    sets: AtomicU32,
    calls: AtomicUsize,
    plan: Vec<(usize, Fault)>,
    armed: AtomicBool,
    latest: Mutex<Option<Fault>>,
    /// Whether those that stalled go on.
    open: AtomicBool,
}

#[derive(Debug)]
struct Injected;

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("injected")
    }
}

impl core::error::Error for Injected {}

impl Ports {
    fn world(&self) -> &World {
        &self.0
    }

    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, PortError>> + Send,
    ) -> Result<T, PortError> {
        let fault = self.fault();
        match fault {
            Some(Fault::ErrorBefore) => return Err(Injected.into()),
            Some(Fault::DropBefore) => pending().await,
            Some(Fault::StallBefore) => self.opened().await,
            _ => {}
        }
        let done = call.await;
        match fault {
            Some(Fault::ErrorAfter) => return Err(Injected.into()),
            Some(Fault::DropAfter) => pending().await,
            Some(Fault::StallAfter) => self.opened().await,
            _ => {}
        }
        done
    }

    fn fault(&self) -> Option<Fault> {
        let world = self.world();
        if !world.armed.load(SeqCst) {
            return None;
        }
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
}

impl Accounts for Ports {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        self.call(self.world().accounts.find(lookup)).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        self.call(Accounts::load(&self.world().accounts, id)).await
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        let world = self.world();
        let set = async {
            let set = match world.table {
                Table::Careful => world.accounts.set_password(write).await?,
                Table::Unconditional => {
                    let row = Accounts::load(&world.accounts, write.id()).await?.unwrap();
                    world.accounts.put(row.with_password(write.new_hash().clone()));
                    true
                }
            };
            world.sets.fetch_add(u32::from(set), SeqCst);
            Ok(set)
        };
        self.call(set).await
    }
}

impl ResetStore for Ports {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        self.call(self.world().store.insert(row, max_live, now)).await
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        self.call(ResetStore::load(&self.world().store, id)).await
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        self.call(self.world().store.swap(seen, next)).await
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        self.call(self.world().store.owed(after, limit, now)).await
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        self.call(self.world().store.count(key, quota, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.world().store.purge(now)).await
    }
}

impl Notifier for Ports {
    async fn letter(&self, letter: Letter) -> Result<(), PortError> {
        self.call(self.world().outbox.letter(letter)).await
    }

    async fn notice(&self, notice: Notice) -> Result<(), PortError> {
        self.call(self.world().outbox.notice(notice)).await
    }
}

type Faulty = Service<Ports, Ports, Ports>;

/// What the owner shows to be let in.
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

/// The owner of the account, who tries again, and the service's own worker, which asks what is owed.
struct Owner {
    service: Faulty,
    ports: Ports,
    road: Road,
    driver: Driver,
    clock: i64,
    dice: Dice,
    /// How many plans were handed to the service, by commit or by owed.
    delivered: Arc<AtomicU32>,
    stalled: Vec<Pin<Box<dyn Future<Output = ()>>>>,
    violations: Vec<String>,
}

/// Longer than the lease of a commit.
const LATER: i64 = 61;
/// More tries than two faults can take.
const TRIES: usize = 6;

impl Owner {
    fn new(road: Road, driver: Driver, table: Table, plan: &[(usize, Fault)]) -> Self {
        let mut dice = Dice(1);
        let ports = Ports(Arc::new(World {
            accounts: MemoryAccounts::new([ada(&mut dice)]),
            store: MemoryStore::new(),
            outbox: Outbox::new(),
            table,
            sets: AtomicU32::new(0),
            calls: AtomicUsize::new(0),
            plan: plan.to_vec(),
            armed: AtomicBool::new(true),
            latest: Mutex::new(None),
            open: AtomicBool::new(false),
        }));
        // As many tries as the checks need, which look after every fault.
        let flow = flow().tries(30, 90).build().unwrap();
        Self {
            service: Service::new(flow, ports.clone(), ports.clone(), ports.clone()),
            ports,
            road,
            driver,
            clock: 0,
            dice,
            delivered: Arc::default(),
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
            match self.drive(enter(self.service.clone(), secret.clone(), self.now())) {
                None | Some(Entry::Later) => self.clock += LATER,
                Some(Entry::Refused) => break,
                Some(Entry::In(admitted)) => {
                    let change = self.choose(&admitted, attempt);
                    self.commit(change);
                }
            }
            self.check(&secret);
        }
        self.work_off();
        self.check(&secret);
        // Whatever stalled goes on now, long after its lease.
        self.ports.world().open.store(true, SeqCst);
        for mut stalled in core::mem::take(&mut self.stalled) {
            let _ = stalled.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            self.check(&secret);
        }
        self.work_off();
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

    /// Asks for a letter, again and again, and opens it.
    fn obtain(&mut self) -> Option<Secret> {
        let delivery = match self.road {
            Road::Link => Delivery::EmailLink,
            Road::Code => Delivery::EmailCode,
            Road::SignedIn => return Some(Secret::Password),
        };
        let request = (0..TRIES).find_map(|_| {
            let lookup = Lookup::email("ada@example.org").unwrap();
            let (service, now) = (self.service.clone(), self.now());
            let seed = Seed::generate(&mut self.dice).unwrap();
            self.drive(async move { service.request(lookup, delivery, seed, now).await })?.ok()
        })?;
        let request = Arc::new(request);
        let report = (0..TRIES).find_map(|_| {
            let (service, now) = (self.service.clone(), self.now());
            let request = Arc::clone(&request);
            self.drive(async move { service.run(&request, now).await })?.ok()
        })?;
        if report.disclose() != Outcome::Sent {
            self.violations.push(format!("reported {:?}", report.disclose()));
        }
        let outbox = &self.ports.world().outbox;
        let letters: Vec<_> = core::iter::from_fn(|| outbox.take_letter()).collect();
        if letters.iter().any(|letter| *letter != letters[0]) {
            self.violations.push("letters of one request differ".into());
        }
        let message = self.service.flow().render(letters.first()?, self.now()).unwrap();
        let secret = secret_in(message.expose_secret());
        Some(match self.road {
            Road::Code => {
                let handle = request.handle().expose_secret().to_owned();
                Secret::Code { handle, code: secret }
            }
            _ => Secret::Link(secret),
        })
    }

    /// Another password each time, so that two settings would show.
    fn choose(&mut self, admitted: &Admitted, attempt: usize) -> Change {
        let new = Password::new(format!("plum-kettle-{attempt}")).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut self.dice).unwrap();
        admitted.set_password(&new, &policy, &hasher(), salt).unwrap()
    }

    fn commit(&mut self, change: Change) {
        let (service, driver, now) = (self.service.clone(), self.driver, self.now());
        let delivered = Arc::clone(&self.delivered);
        let committed = self.drive(async move {
            let after = commit(driver, &service, change, now).await.ok()?;
            // Counted in here: one that stalls and goes on hands over its plan as well.
            delivered.fetch_add(1, SeqCst);
            Some(after)
        });
        match committed.flatten() {
            Some(after) => self.settle(after),
            None => self.clock += LATER,
        }
    }

    fn settle(&mut self, after: AfterReset) {
        let service = self.service.clone();
        self.drive(async move { service.settle(&after).await });
    }

    /// The worker: asks what is owed, and does it, until nothing is.
    fn work_off(&mut self) {
        for _ in 0..TRIES {
            self.clock += LATER;
            let (service, now) = (self.service.clone(), self.now());
            match self.drive(async move { service.owed(now).await }) {
                Some(Ok(owed)) if owed.is_empty() => return,
                Some(Ok(owed)) => {
                    let plans = u32::try_from(owed.len()).unwrap();
                    self.delivered.fetch_add(plans, SeqCst);
                    owed.into_iter().for_each(|after| self.settle(after));
                }
                None | Some(Err(_)) => {}
            }
        }
        self.violations.push("it never ends to be owed".into());
    }

    /// What holds at every moment, seen a lease later, without faults and without changing anything.
    fn check(&mut self, secret: &Secret) {
        self.ports.world().armed.store(false, SeqCst);
        let later = at(self.clock + LATER);
        match self.ports.world().sets.load(SeqCst) {
            0 => {
                let entry = pollster::block_on(enter(self.service.clone(), secret.clone(), later));
                if !matches!(entry, Entry::In(_)) {
                    self.violations.push("not set, and the secret does not work".into());
                }
            }
            1 => {
                let owed = pollster::block_on(self.service.owed(later)).unwrap();
                if self.delivered.load(SeqCst) == 0 && owed.is_empty() {
                    self.violations.push("set, and nothing is owed".into());
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
        let entry = pollster::block_on(enter(self.service.clone(), secret.clone(), at(self.clock)));
        wrong(!matches!(entry, Entry::Refused), "the used secret is not refused");
        wrong(world.sets.load(SeqCst) != 1, "the owner did not get through");
        wrong(self.delivered.load(SeqCst) == 0, "the plan was never delivered");
        let notices = core::iter::from_fn(|| world.outbox.take_notice());
        let told = notices.filter(|notice| notice.about() == Subject::PasswordChanged).count();
        wrong(told == 0, "the owner was not told");
        let stored = world.accounts.all()[0].password().cloned().unwrap();
        let old = hasher().verify(&Password::new(OLD).unwrap(), &stored).unwrap();
        wrong(old != Verdict::Mismatch, "the old password still works");
    }
}

async fn enter(service: Faulty, secret: Secret, now: UtcDateTime) -> Entry {
    let admitted = match &secret {
        Secret::Link(token) => service.admit(Proof::Link(token), None, now).await,
        Secret::Code { handle, code } => {
            service.admit(Proof::Code { handle, code }, None, now).await
        }
        Secret::Password => {
            return match service.current(&id(), now).await {
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
        Err(AdmitError::Refused(Refusal::Running)) => Entry::Later,
        Err(AdmitError::Refused(_)) => Entry::Refused,
        Err(_) => Entry::Later,
    }
}

async fn commit(
    driver: Driver,
    service: &Faulty,
    change: Change,
    now: UtcDateTime,
) -> Result<AfterReset, CommitError> {
    let flow = service.flow();
    let begun = match driver {
        Driver::Ours => return service.commit(change, now).await,
        Driver::ConsumeThenSet | Driver::SetThenRecord => flow.begin(&change, now).unwrap(),
    };
    if let (Driver::ConsumeThenSet, Some(seen)) = (driver, begun.seen()) {
        let used = flow.end(&begun).unwrap();
        if !service.store().swap(seen, &used).await.map_err(CommitError::Store)? {
            return Err(CommitError::Taken);
        }
    }
    let set = service.accounts().set_password(change.write()).await;
    if !set.map_err(CommitError::Accounts)? {
        return Err(CommitError::Superseded);
    }
    let seen = begun.seen().cloned();
    let after = flow.after(begun, change).unwrap();
    if let (Driver::SetThenRecord, Some(seen)) = (driver, &seen) {
        let used = flow.settled(&after).unwrap();
        service.store().swap(seen, &used).await.map_err(CommitError::Store)?;
    }
    Ok(after)
}
