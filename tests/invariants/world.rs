//! Two people, the flow over ports in memory that write down each call, and a clock that only a test
//! moves.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, LazyLock, Mutex};

use pollster::block_on;
use repass::account::{
    Account, AccountId, AccountWrite, Contact, Email, Login, Lookup, PastPassword, Written,
};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{
    Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, PortSet, Queue,
};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{
    AdmitError, Admitted, AfterReset, CommitError, Delivery, Flow, FlowBuilder, Housekeeping,
    Outcome, Proof, ResendError, Worked,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

pub(crate) type TracedPorts = PortSet<
    Arc<Traced<MemoryAccounts>>,
    Arc<Traced<MemoryAttempts>>,
    Arc<Traced<MemoryCounters>>,
    Arc<Traced<MemoryQueue>>,
    Arc<Traced<Outbox>>,
>;

pub(crate) const OLD: &str = "the password that is lost";
pub(crate) const NEW: &str = "plum-kettle-42";

/// Built once: most of the work is reading the texts of messages.
static DEFAULT_FLOW: LazyLock<Flow> =
    LazyLock::new(|| Flow::builder(keyring(), page()).build().unwrap());

pub(crate) struct World {
    pub(crate) recovery: Recovery<TracedPorts>,
    pub(crate) trace: Arc<Trace>,
    pub(crate) now: UtcDateTime,
}

impl World {
    /// Ada and Grace, with the defaults.
    pub(crate) fn new() -> Self {
        Self::of([ada(), grace()])
    }

    pub(crate) fn of(people: impl IntoIterator<Item = Account>) -> Self {
        Self::over(DEFAULT_FLOW.clone(), people, 10_000, 10_000, 10_000)
    }

    pub(crate) fn with(
        configure: impl FnOnce(FlowBuilder) -> FlowBuilder,
        people: impl IntoIterator<Item = Account>,
    ) -> Self {
        let flow = configure(Flow::builder(keyring(), page())).build().unwrap();
        Self::over(flow, people, 10_000, 10_000, 10_000)
    }

    /// Stores that hold so many attempts, so many counters in each pool, and so many requests.
    pub(crate) fn bounded(
        people: impl IntoIterator<Item = Account>,
        attempts: usize,
        counters: usize,
        requests: usize,
    ) -> Self {
        Self::over(DEFAULT_FLOW.clone(), people, attempts, counters, requests)
    }

    fn over(
        flow: Flow,
        people: impl IntoIterator<Item = Account>,
        attempts: usize,
        counters: usize,
        requests: usize,
    ) -> Self {
        let trace = Arc::new(Trace::default());
        let ports = PortSet {
            accounts: Traced::new(MemoryAccounts::new(people), &trace),
            attempts: Traced::new(MemoryAttempts::with_max_rows(attempts), &trace),
            counters: Traced::new(MemoryCounters::with_max_rows(counters), &trace),
            queue: Traced::new(MemoryQueue::with_max_requests(requests), &trace),
            notifier: Traced::new(Outbox::default(), &trace),
        };
        let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        Self { recovery: Recovery::new(flow, ports), trace, now }
    }

    /// The flow of a tenant with these accounts; the other ports are the same.
    pub(crate) fn tenant(&self, name: &str, people: impl IntoIterator<Item = Account>) -> Self {
        let accounts = Traced::new(MemoryAccounts::new(people), &self.trace);
        let ports = PortSet { accounts, ..self.shared_ports() };
        let recovery = self.recovery.for_tenant(name, ports).unwrap();
        Self { recovery, trace: Arc::clone(&self.trace), now: self.now }
    }

    /// This flow over the same ports, the user table included.
    pub(crate) fn driven_by(&self, flow: Flow) -> Self {
        let recovery = Recovery::new(flow, self.shared_ports());
        Self { recovery, trace: Arc::clone(&self.trace), now: self.now }
    }

    /// Another flow over the same ports, the user table included.
    pub(crate) fn beside(&self, configure: impl FnOnce(FlowBuilder) -> FlowBuilder) -> Self {
        self.driven_by(configure(Flow::builder(keyring(), page())).build().unwrap())
    }

    /// The flow of a process that has another key, over the same ports.
    pub(crate) fn with_other_key(&self) -> Self {
        let ring = Keyring::new(KeyId::new(8), Key::generate(&mut repass::SysRng).unwrap());
        self.driven_by(Flow::builder(ring, page()).build().unwrap())
    }

    fn shared_ports(&self) -> TracedPorts {
        let ports = self.recovery.ports();
        PortSet {
            accounts: Arc::clone(&ports.accounts),
            attempts: Arc::clone(&ports.attempts),
            counters: Arc::clone(&ports.counters),
            queue: Arc::clone(&ports.queue),
            notifier: Arc::clone(&ports.notifier),
        }
    }

    pub(crate) fn flow(&self) -> &Flow {
        self.recovery.flow()
    }

    pub(crate) fn accounts(&self) -> &MemoryAccounts {
        &self.recovery.ports().accounts.inner
    }

    pub(crate) fn attempts(&self) -> &MemoryAttempts {
        &self.recovery.ports().attempts.inner
    }

    pub(crate) fn queue(&self) -> &MemoryQueue {
        &self.recovery.ports().queue.inner
    }

    /// All rows of the table of attempts.
    pub(crate) fn rows(&self) -> Vec<AttemptRow> {
        let dump = self.attempts().dump();
        dump.iter().map(|bytes| AttemptRow::from_bytes(bytes).unwrap()).collect()
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now += core::time::Duration::from_secs(seconds);
    }

    /// Asks, and gets the handle.
    pub(crate) fn request(&self, lookup: &Lookup, delivery: Delivery) -> String {
        let request = self.recovery.request(lookup.clone(), delivery, None, seed(), self.now);
        block_on(request).unwrap().expose_secret().to_owned()
    }

    /// Has the message of an attempt sent again; when it can be asked for next.
    pub(crate) fn resend(&self, handle: &str) -> Result<UtcDateTime, ResendError> {
        block_on(self.recovery.resend(handle, self.now))
    }

    /// Works on everything in the queue that is due.
    pub(crate) fn work(&self) -> Vec<Worked> {
        let mut worked = Vec::new();
        loop {
            let next = self.work_once(10);
            if next.is_empty() {
                return worked;
            }
            worked.extend(next);
        }
    }

    /// Claims up to `limit` entries and works on them.
    pub(crate) fn work_once(&self, limit: u32) -> Vec<Worked> {
        block_on(self.recovery.work(ClaimToken::new(seed()), limit, self.now)).unwrap()
    }

    /// Asks, does the work behind the answer, and gets the handle.
    pub(crate) fn ask(&self, lookup: &Lookup, delivery: Delivery) -> String {
        let handle = self.request(lookup, delivery);
        let _worked = self.work();
        handle
    }

    /// Asks, does the work, and says what became of the request.
    pub(crate) fn outcome(&self, lookup: &Lookup, delivery: Delivery) -> Outcome {
        self.request(lookup, delivery);
        let outcomes = outcomes(&self.work());
        let [outcome] = outcomes[..] else { panic!("{outcomes:?}") };
        outcome
    }

    /// The oldest message that was delivered and not taken yet.
    pub(crate) fn take(&self) -> Option<Message> {
        self.recovery.ports().notifier.inner.take()
    }

    /// The text of the oldest message that was not read yet.
    pub(crate) fn read(&self) -> Option<String> {
        Some(self.take()?.expose_secret().to_owned())
    }

    /// Asks for a link to Ada and reads it.
    pub(crate) fn link(&self) -> String {
        self.ask(&by_email(), Delivery::LINK);
        token_in(&self.read().expect("a message"))
    }

    /// Asks for a code to Ada and reads it: handle and code.
    pub(crate) fn code(&self) -> (String, String) {
        let handle = self.ask(&by_email(), Delivery::CODE);
        (handle, code_in(&self.read().expect("a message")))
    }

    /// Tries fifteen wrong codes on Ada's account, and lets the window of her messages pass.
    pub(crate) fn spend_the_day(&mut self) {
        for _ in 0..3 {
            let (handle, code) = self.code();
            for _ in 0..5 {
                assert!(self.admit_code(&handle, &other_than(&code)).is_err());
            }
        }
        self.wait(12 * 60 * 60);
    }

    pub(crate) fn admit_link(&self, token: &str) -> Result<Admitted, AdmitError> {
        block_on(self.recovery.admit(Proof::Link(token), None, self.now))
    }

    pub(crate) fn admit_code(&self, handle: &str, code: &str) -> Result<Admitted, AdmitError> {
        block_on(self.recovery.admit(Proof::Code { handle, code }, None, self.now))
    }

    pub(crate) fn admit_ticket(&self, ticket: &str) -> Result<Admitted, AdmitError> {
        block_on(self.recovery.admit(Proof::Ticket(ticket), None, self.now))
    }

    /// Admits Ada as a signed-in person.
    pub(crate) fn admit_owner(&self, password: &str) -> Admitted {
        let id = AccountId::new("1").unwrap();
        let current = block_on(self.recovery.current(id, self.now)).unwrap();
        current.verify(&Password::new(password).unwrap(), &hasher()).unwrap()
    }

    pub(crate) fn commit(&self, admitted: &Admitted, new: &str) -> Result<AfterReset, CommitError> {
        let new = Password::new(new).unwrap();
        let change = admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap();
        block_on(self.recovery.commit(change, self.now))
    }

    pub(crate) fn settle(&self, after: &AfterReset) {
        block_on(self.recovery.settle(after, self.now)).unwrap();
    }

    pub(crate) fn housekeep(&self) -> Housekeeping {
        block_on(self.recovery.housekeep(self.now))
    }

    /// What housekeeping resumes.
    pub(crate) fn resumed(&self) -> Vec<AfterReset> {
        let kept = self.housekeep();
        assert!(kept.failures.is_empty(), "{kept:?}");
        kept.resumed
    }

    pub(crate) fn account(&self, id: &str) -> Account {
        let id = AccountId::new(id).unwrap();
        block_on(self.accounts().load(&id, self.now)).unwrap().expect("an account")
    }

    pub(crate) fn put(&self, account: Account) {
        self.accounts().put(account);
    }

    /// Whether Ada can sign in with this password.
    pub(crate) fn signs_in(&self, password: &str) -> bool {
        let account = self.account("1");
        let password = Password::new(password).unwrap();
        hasher().verify(&password, account.password().unwrap()).unwrap() == Verdict::Match
    }

    /// The calls that were written down since the last time.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.trace.calls.lock().unwrap())
    }
}

/// What became of the requests among some entries.
pub(crate) fn outcomes(worked: &[Worked]) -> Vec<Outcome> {
    let outcome = |worked: &Worked| match worked {
        Worked::Ran(report) => Some(report.disclose()),
        _ => None,
    };
    worked.iter().filter_map(outcome).collect()
}

pub(crate) fn keyring() -> Keyring {
    let material: Vec<u8> = (0..32).collect();
    Keyring::new(KeyId::new(7), Key::from_bytes(&material).unwrap())
}

pub(crate) fn page() -> ResetLink {
    ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap()
}

pub(crate) fn ada() -> Account {
    Account::new(AccountId::new("1").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("Ada@Example.org").unwrap()))
        .with_password(hash_of(OLD))
}

pub(crate) fn grace() -> Account {
    Account::new(AccountId::new("2").unwrap())
        .with_login(Login::new("grace").unwrap())
        .with_names("Grace", "Hopper")
        .with_email(Email::verified(Contact::email("grace@example.org").unwrap()))
        .with_password(hash_of(OLD))
}

pub(crate) fn by_email() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

pub(crate) fn by_login() -> Lookup {
    Lookup::login("ada").unwrap()
}

pub(crate) fn nobody() -> Lookup {
    Lookup::email("nobody@example.org").unwrap()
}

pub(crate) fn policy() -> Policy {
    Policy::builder().min_length(8).build().unwrap()
}

/// Far too cheap, so that the tests are fast.
pub(crate) fn hasher() -> Hasher {
    Hasher::new(Cost::new(8, 1, 1).unwrap())
}

pub(crate) fn hash_of(password: &str) -> PasswordHash {
    hasher().hash(&Password::new(password).unwrap(), salt()).unwrap()
}

pub(crate) fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

pub(crate) fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

pub(crate) fn token_in(text: &str) -> String {
    text.lines().find_map(|line| line.split_once("?token=")).expect("a link").1.to_owned()
}

pub(crate) fn code_in(text: &str) -> String {
    let code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b'-';
    text.lines().find(code).expect("a code").to_owned()
}

/// A code of the right shape that is not `code`.
pub(crate) fn other_than(code: &str) -> String {
    let first = if code.starts_with('B') { "C" } else { "B" };
    format!("{first}{}", &code[1..])
}

/// The tag of a token, which alone is secret, as text and as bytes.
pub(crate) fn tag_of(token: &str) -> (&str, Vec<u8>) {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
    (&token[36..78], bytes[27..59].to_vec())
}

/// Whether a piece of `needle` that is long enough to be of use is in `haystack`.
pub(crate) fn holds_piece_of(haystack: &[u8], needle: &[u8], length: usize) -> bool {
    needle
        .windows(length)
        .any(|piece| haystack.windows(length).any(|window| window.eq_ignore_ascii_case(piece)))
}

/// What a count answers in place of what was counted.
type AlteredCount = fn(Counted) -> Counted;

/// Something that happens at the same moment as a call.
type Meanwhile = Box<dyn FnOnce() + Send>;

/// What the ports were asked, and which call is to fail.
#[derive(Default)]
pub(crate) struct Trace {
    calls: Mutex<Vec<&'static str>>,
    faults: Mutex<BTreeMap<&'static str, Fault>>,
    counts: Mutex<Option<AlteredCount>>,
    full: Mutex<Option<QueueKind>>,
    pools: Mutex<Vec<&'static str>>,
    stale: Mutex<bool>,
    meanwhile: Mutex<Option<(&'static str, Meanwhile)>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// The next call fails before it takes effect.
    Fails,
    /// The next call takes effect, and its answer is lost.
    LosesAnswer,
    /// The next call is carried out twice, and answered the second time.
    Repeats,
}

impl Trace {
    /// Lets the next call of this name fail before it takes effect.
    pub(crate) fn fail_next(&self, call: &'static str) {
        self.faults.lock().unwrap().insert(call, Fault::Fails);
    }

    /// Lets the next call of this name take effect and then fail.
    pub(crate) fn lose_answer(&self, call: &'static str) {
        self.faults.lock().unwrap().insert(call, Fault::LosesAnswer);
    }

    /// Lets the next call of this name be carried out twice, as a pool does that lost its connection
    /// after the first time.
    pub(crate) fn repeat_next(&self, call: &'static str) {
        self.faults.lock().unwrap().insert(call, Fault::Repeats);
    }

    /// Takes back what was to happen and has not happened yet.
    pub(crate) fn heal(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// Alters every answer of the counters.
    pub(crate) fn alter_counts(&self, alter: fn(Counted) -> Counted) {
        *self.counts.lock().unwrap() = Some(alter);
    }

    /// The pools of what was counted since the last time.
    pub(crate) fn pools(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.pools.lock().unwrap())
    }

    /// Lets the queue have no room for the next entry of this kind.
    pub(crate) fn refuse_next(&self, kind: QueueKind) {
        *self.full.lock().unwrap() = Some(kind);
    }

    /// Lets the next write of an account answer that nothing was changed, as a table does that has no
    /// column for it.
    pub(crate) fn answer_stale(&self) {
        *self.stale.lock().unwrap() = true;
    }

    /// Lets something happen right before the next call of this name.
    pub(crate) fn before_next(&self, call: &'static str, what: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some((call, Box::new(what)));
    }

    fn enter(&self, call: &'static str) -> Option<Fault> {
        let due = self.meanwhile.lock().unwrap().take_if(|(next, _)| *next == call);
        if let Some((_, happens)) = due {
            happens();
        }
        self.calls.lock().unwrap().push(call);
        self.faults.lock().unwrap().remove(call)
    }
}

/// A port that writes down each call.
pub(crate) struct Traced<P> {
    pub(crate) inner: P,
    trace: Arc<Trace>,
}

impl<P: Sync> Traced<P> {
    fn new(inner: P, trace: &Arc<Trace>) -> Arc<Self> {
        Arc::new(Self { inner, trace: Arc::clone(trace) })
    }

    async fn call<T, F>(
        &self,
        name: &'static str,
        each: impl Fn() -> F + Send,
    ) -> Result<T, PortError>
    where
        T: Send,
        F: Future<Output = Result<T, PortError>> + Send,
    {
        let down = || PortError::from(std::io::Error::other("the port is down"));
        match self.trace.enter(name) {
            None => each().await,
            Some(Fault::Fails) => Err(down()),
            Some(Fault::LosesAnswer) => {
                each().await?;
                Err(down())
            }
            Some(Fault::Repeats) => {
                each().await?;
                each().await
            }
        }
    }
}

impl Accounts for Traced<MemoryAccounts> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.call("accounts.find", || self.inner.find(lookup, now)).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.call("accounts.load", || self.inner.load(id, now)).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        if core::mem::take(&mut *self.trace.stale.lock().unwrap()) {
            return Ok(Written::Stale);
        }
        self.call("accounts.write", || self.inner.write(write, now)).await
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        self.call("accounts.past", || self.inner.past(id, limit, now)).await
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let asked = || self.inner.may_administer(operator, id, now);
        self.call("accounts.may_administer", asked).await
    }
}

impl Attempts for Traced<MemoryAttempts> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        self.call("attempts.insert", || self.inner.insert(row, now)).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        self.call("attempts.load", || self.inner.load(id, now)).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call("attempts.swap", || self.inner.swap(seen, next, now)).await
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.call("attempts.list", || self.inner.list(subject, now)).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.call("attempts.unfinished", || self.inner.unfinished(after, limit, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call("attempts.purge", || self.inner.purge(now)).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        self.call("attempts.erase", || self.inner.erase(subject, now)).await
    }
}

impl Counters for Traced<MemoryCounters> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        self.trace.pools.lock().unwrap().push(key.pool());
        let count = || self.inner.count(key, quota, once, now);
        let counted = self.call("counters.count", count).await?;
        let alter = *self.trace.counts.lock().unwrap();
        Ok(alter.map_or(counted, |alter| alter(counted)))
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call("counters.purge", || self.inner.purge(now)).await
    }
}

impl Queue for Traced<MemoryQueue> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        let kind = entry.key().kind();
        if self.trace.full.lock().unwrap().take_if(|full| *full == kind).is_some() {
            return Ok(Pushed::Full);
        }
        self.call("queue.push", || self.inner.push(entry, now)).await
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        self.call("queue.claim", || self.inner.claim(claim, now)).await
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call("queue.done", || self.inner.done(key, token, now)).await
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call("queue.retry", || self.inner.retry(key, token, due, now)).await
    }

    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Result<u64, PortError> {
        self.call("queue.erase", || self.inner.erase(id, now)).await
    }
}

impl Notifier for Traced<Outbox> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        self.call("notifier.deliver", || self.inner.deliver(message, now)).await
    }
}
