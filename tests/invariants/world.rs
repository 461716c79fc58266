//! Two people, a service over ports in memory that write down each call, and a clock that stands.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::accounts::Accounts;
use repass::attempt::AttemptId;
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::notify::Notifier;
use repass::policy::Policy;
use repass::port::PortError;
use repass::reset::{
    Admitted, AfterReset, Delivery, Flow, FlowBuilder, Letter, Notice, PasswordWrite, PendingReset,
    Proof, Request,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::{AdmitError, CommitError, Service};
use repass::store::{Inserted, ResetStore};
use repass::throttle::{Count, Quota, ThrottleKey};
use repass::time::UtcDateTime;

pub(crate) type Road = Service<TracedAccounts, TracedStore, TracedOutbox>;

pub(crate) const OLD: &str = "the password that is lost";
pub(crate) const NEW: &str = "plum-kettle-42";

pub(crate) struct World {
    pub(crate) service: Road,
    pub(crate) trace: Arc<Trace>,
    pub(crate) now: UtcDateTime,
}

impl World {
    /// Ada and Grace, with the defaults.
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder, [ada(), grace()])
    }

    pub(crate) fn with(
        configure: impl FnOnce(FlowBuilder) -> FlowBuilder,
        people: impl IntoIterator<Item = Account>,
    ) -> Self {
        let flow = configure(Flow::builder(keyring(), page())).build().unwrap();
        let trace = Arc::new(Trace::default());
        let service = Service::new(
            flow,
            TracedAccounts {
                inner: MemoryAccounts::new(people),
                trace: Arc::clone(&trace),
                twice: AtomicBool::new(false),
            },
            TracedStore { inner: MemoryStore::new(), trace: Arc::clone(&trace) },
            TracedOutbox { inner: Outbox::new(), trace: Arc::clone(&trace) },
        );
        Self { service, trace, now: UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap() }
    }

    /// Another user table, written down in the same trace.
    pub(crate) fn accounts(&self, people: impl IntoIterator<Item = Account>) -> TracedAccounts {
        TracedAccounts {
            inner: MemoryAccounts::new(people),
            trace: Arc::clone(&self.trace),
            twice: AtomicBool::new(false),
        }
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now += core::time::Duration::from_secs(seconds);
    }

    /// Asks and does the work behind the answer.
    pub(crate) fn ask(&self, lookup: &Lookup, delivery: Delivery) -> Request {
        let request = self.request(lookup, delivery);
        let _report = block_on(self.service.run(&request, self.now)).unwrap();
        request
    }

    pub(crate) fn request(&self, lookup: &Lookup, delivery: Delivery) -> Request {
        block_on(self.service.request(lookup.clone(), delivery, seed(), self.now)).unwrap()
    }

    /// The text of the oldest letter that was not read yet.
    pub(crate) fn read_letter(&self) -> Option<String> {
        let letter = self.service.notifier().inner.take_letter()?;
        let message = self.service.flow().render(&letter, self.now).unwrap();
        Some(message.expose_secret().to_owned())
    }

    /// Asks for a link to Ada and reads it.
    pub(crate) fn link(&self) -> String {
        self.ask(&by_email(), Delivery::EmailLink);
        token_in(&self.read_letter().expect("a letter"))
    }

    /// Asks for a code to Ada and reads it: handle and code.
    pub(crate) fn code(&self) -> (String, String) {
        let request = self.ask(&by_email(), Delivery::EmailCode);
        let code = code_in(&self.read_letter().expect("a letter"));
        (request.handle().expose_secret().to_owned(), code)
    }

    /// Tries fifteen wrong codes on Ada's account, and lets the hour of her messages pass.
    pub(crate) fn spend_the_day(&mut self) {
        for _ in 0..3 {
            let (handle, code) = self.code();
            for _ in 0..5 {
                assert!(self.admit_code(&handle, &other_than(&code)).is_err());
            }
            self.wait(600);
        }
        self.wait(60 * 60);
    }

    pub(crate) fn admit_link(&self, token: &str) -> Result<Admitted, AdmitError> {
        block_on(self.service.admit(Proof::Link(token), None, self.now))
    }

    pub(crate) fn admit_code(&self, handle: &str, code: &str) -> Result<Admitted, AdmitError> {
        block_on(self.service.admit(Proof::Code { handle, code }, None, self.now))
    }

    pub(crate) fn commit(&self, admitted: &Admitted, new: &str) -> Result<AfterReset, CommitError> {
        let new = Password::new(new).unwrap();
        let change = admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap();
        block_on(self.service.commit(change, self.now))
    }

    pub(crate) fn settle(&self, after: &AfterReset) {
        block_on(self.service.settle(after)).unwrap();
    }

    pub(crate) fn account(&self, id: &str) -> Account {
        let id = AccountId::new(id).unwrap();
        block_on(self.service.accounts().inner.load(&id)).unwrap().expect("an account")
    }

    pub(crate) fn put(&self, account: Account) {
        self.service.accounts().inner.put(account);
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

/// What the ports were asked, and which call is to fail.
#[derive(Default)]
pub(crate) struct Trace {
    calls: Mutex<Vec<&'static str>>,
    fail: Mutex<Option<&'static str>>,
}

impl Trace {
    /// Lets the next call of this name fail before it takes effect.
    pub(crate) fn fail_next(&self, call: &'static str) {
        *self.fail.lock().unwrap() = Some(call);
    }

    fn enter(&self, call: &'static str) -> Result<(), PortError> {
        self.calls.lock().unwrap().push(call);
        let mut fail = self.fail.lock().unwrap();
        if *fail == Some(call) {
            *fail = None;
            return Err(std::io::Error::other("the port is down").into());
        }
        Ok(())
    }
}

pub(crate) struct TracedAccounts {
    pub(crate) inner: MemoryAccounts,
    trace: Arc<Trace>,
    twice: AtomicBool,
}

impl TracedAccounts {
    /// Lets every statement that sets a password be carried out twice, the second time in vain.
    pub(crate) fn set_twice(&self) {
        self.twice.store(true, SeqCst);
    }
}

impl Accounts for TracedAccounts {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        self.trace.enter("accounts.find")?;
        self.inner.find(lookup).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        self.trace.enter("accounts.load")?;
        self.inner.load(id).await
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        self.trace.enter("accounts.set_password")?;
        if self.twice.load(SeqCst) {
            self.inner.set_password(write).await?;
        }
        self.inner.set_password(write).await
    }
}

pub(crate) struct TracedStore {
    pub(crate) inner: MemoryStore,
    trace: Arc<Trace>,
}

impl ResetStore for TracedStore {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        self.trace.enter("store.insert")?;
        self.inner.insert(row, max_live, now).await
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        self.trace.enter("store.load")?;
        self.inner.load(id).await
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        self.trace.enter("store.swap")?;
        self.inner.swap(seen, next).await
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        self.trace.enter("store.owed")?;
        self.inner.owed(after, limit, now).await
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        self.trace.enter("store.count")?;
        self.inner.count(key, quota, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.trace.enter("store.purge")?;
        self.inner.purge(now).await
    }
}

pub(crate) struct TracedOutbox {
    pub(crate) inner: Outbox,
    trace: Arc<Trace>,
}

impl Notifier for TracedOutbox {
    async fn letter(&self, letter: Letter) -> Result<(), PortError> {
        self.trace.enter("notifier.letter")?;
        self.inner.letter(letter).await
    }

    async fn notice(&self, notice: Notice) -> Result<(), PortError> {
        self.trace.enter("notifier.notice")?;
        self.inner.notice(notice).await
    }
}
