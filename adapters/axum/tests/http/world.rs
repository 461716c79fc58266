//! A service of a few accounts in memory, with a clock that stands still, and a host with sessions.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, MustChange, MustChangeReason};
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, PortError, PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Flow, FlowBuilder};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use repass_axum::{Happened, Host, Mount, NewSession, Origin, Session, router};
use repass_tokio::HashPool;

pub(crate) const OLD: &str = "the lost one";
pub(crate) const NEW: &str = "plum-kettle-42";
pub(crate) const ORIGIN: &str = "https://example.org";

/// Sessions in memory: the cookie `session` holds a number.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    open: Mutex<BTreeMap<u32, (AccountId, String)>>,
    begun: AtomicU32,
    pub(crate) ended: Mutex<Vec<AccountId>>,
    pub(crate) codes: Mutex<Vec<&'static str>>,
    /// Everything that the host was told, as a log would write it.
    pub(crate) log: Mutex<String>,
    pub(crate) fails: Mutex<bool>,
    /// Whether it leaves sessions that it was told to end.
    pub(crate) keeps: Mutex<bool>,
}

impl Sessions {
    fn answer<T>(&self, answer: T) -> Result<T, PortError> {
        match *self.fails.lock().unwrap() {
            true => Err(PortError::new("the table of sessions, at 10.1.2.3, is away")),
            false => Ok(answer),
        }
    }
}

impl repass_tokio::Host for Sessions {
    async fn carry_out(&self, after: &AfterReset) -> Result<(), PortError> {
        self.end_sessions(after.account()).await
    }
}

impl Host for Sessions {
    async fn signed_in(&self, request: &Parts) -> Result<Option<Session>, PortError> {
        let cookie = request.headers.get(header::COOKIE).and_then(|line| line.to_str().ok());
        let mut pairs = cookie.unwrap_or_default().split("; ");
        let number = pairs.find_map(|pair| pair.strip_prefix("session=")?.parse().ok());
        let open = self.open.lock().unwrap();
        let session = number.and_then(|number: u32| open.get(&number));
        self.answer(session.map(|(id, tag)| Session::new(id.clone(), tag)))
    }

    async fn begin_session(
        &self,
        _request: &Parts,
        session: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        let mut open = self.open.lock().unwrap();
        let number = self.begun.fetch_add(1, Ordering::SeqCst);
        self.answer(())?;
        open.insert(number, (session.account().clone(), session.tag().to_owned()));
        let cookie = format!("session={number}; Path=/; Secure; HttpOnly; SameSite=Lax");
        Ok(HeaderMap::from_iter([(header::SET_COOKIE, HeaderValue::from_str(&cookie)?)]))
    }

    async fn end_sessions(&self, account: &AccountId) -> Result<(), PortError> {
        // That of the change begins afterwards.
        let keeps = *self.keeps.lock().unwrap();
        self.open.lock().unwrap().retain(|_, (id, _)| keeps || id != account);
        self.ended.lock().unwrap().push(account.clone());
        self.answer(())
    }

    fn happened(&self, what: &Happened<'_>) {
        self.codes.lock().unwrap().push(what.code());
        let event = what.event().map(ToString::to_string);
        let failure = what.failure().map(ToString::to_string);
        let line = format!("{what:?} {event:?} {failure:?}\n");
        self.log.lock().unwrap().push_str(&line);
    }
}

/// All ports in memory, shared by two purposes.
pub(crate) type Shared = PortSet<
    Arc<MemoryAccounts>,
    Arc<MemoryAttempts>,
    Arc<MemoryCounters>,
    Arc<MemoryQueue>,
    Arc<Outbox>,
>;

pub(crate) struct World {
    pub(crate) recovery: Recovery<Shared>,
    /// Verifies addresses.
    pub(crate) addresses: Recovery<Shared>,
    pub(crate) host: Arc<Sessions>,
    pub(crate) router: Router,
    pub(crate) hasher: Hasher,
    pub(crate) hashing: HashPool,
    clock: Arc<AtomicI64>,
}

/// What a test changes of the settings.
pub(crate) type Change = fn(Mount<Shared>) -> Mount<Shared>;

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|flow| flow, |mount| mount)
    }

    pub(crate) fn mounted(change: Change) -> Self {
        Self::with(|flow| flow, change)
    }

    pub(crate) fn with(flow: fn(FlowBuilder) -> FlowBuilder, change: Change) -> Self {
        let hasher = Hasher::new(Cost::new(64, 1, 1).unwrap());
        let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng).unwrap());
        let page =
            |path: &str| ResetLink::new(&format!("{ORIGIN}{path}"), LinkForm::Query).unwrap();
        let purpose = Scope::new(Purpose::VERIFICATION);
        let addresses = Flow::builder(keyring.clone(), page("/verify")).scope(purpose);
        let builder = Flow::builder(keyring, page("/reset")).stop_page(page("/not-me"));
        let flow = flow(builder).build().unwrap();
        let ports = Shared {
            accounts: Arc::new(MemoryAccounts::new(accounts(&hasher))),
            ..Shared::default()
        };
        let recovery = Recovery::new(flow, ports.clone());
        let addresses = Recovery::new(addresses.build().unwrap(), ports);
        let host = Arc::new(Sessions::default());
        let hashing = HashPool::new(hasher.clone(), Duration::from_millis(200));
        let clock = Arc::new(AtomicI64::new(1_700_000_000));
        let policy = Policy::builder().min_length(12).max_similarity(0.7).build().unwrap();
        let read = Arc::clone(&clock);
        let now = move || moment(&read);
        let origin = Origin::new(ORIGIN).unwrap();
        let mount = Mount::new(recovery.clone(), hashing.clone(), policy, origin, now);
        let mount = change(mount.verifies_addresses(addresses.clone()));
        let router = router(mount, Arc::clone(&host));
        Self { recovery, addresses, host, router, hasher, hashing, clock }
    }

    pub(crate) fn now(&self) -> UtcDateTime {
        moment(&self.clock)
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Works on the queue until nothing is due; the messages.
    pub(crate) async fn messages(&self) -> Vec<Received> {
        let token = ClaimToken::new(Seed::generate(&mut SysRng).unwrap());
        for recovery in [&self.recovery, &self.addresses] {
            while !recovery.work(token, 10, self.now()).await.unwrap().is_empty() {}
        }
        let outbox = self.recovery.ports().notifier();
        let mut received = Vec::new();
        while let Some(message) = outbox.take() {
            let text = message.expose_secret().to_owned();
            received.push(Received { to: message.to().as_str().to_owned(), text });
        }
        received
    }

    /// The only message.
    pub(crate) async fn message(&self) -> Received {
        let mut messages = self.messages().await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        messages.remove(0)
    }

    pub(crate) async fn account(&self, id: &str) -> Account {
        let id = AccountId::new(id).unwrap();
        self.recovery.ports().accounts().load(&id, self.now()).await.unwrap().unwrap()
    }

    /// Whether the account has this password.
    pub(crate) async fn has_password(&self, id: &str, password: &str) -> bool {
        let account = self.account(id).await;
        let Some(stored) = account.password() else { return false };
        let password = Password::new(password).unwrap();
        self.hasher.verify(&password, stored).unwrap() != Verdict::Mismatch
    }
}

#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Received {
    /// The path and query of the link to this page.
    pub(crate) fn link(&self, page: &str) -> String {
        let start = format!("{ORIGIN}{page}?");
        let line = self.text.split_whitespace().find(|word| word.starts_with(&start));
        line.and_then(|line| line.strip_prefix(ORIGIN)).expect(&self.text).to_owned()
    }

    pub(crate) fn token(&self, page: &str) -> String {
        self.link(page).split_once("token=").unwrap().1.to_owned()
    }

    pub(crate) fn code(&self) -> String {
        let mut lines = self.text.lines().map(str::trim);
        let code = lines.find(|line| line.len() == 9 && line.as_bytes()[4] == b'-');
        code.expect(&self.text).to_owned()
    }
}

fn moment(clock: &AtomicI64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(clock.load(Ordering::SeqCst)).unwrap()
}

fn accounts(hasher: &Hasher) -> Vec<Account> {
    let hash = |password| {
        let salt = Salt::generate(&mut SysRng).unwrap();
        hasher.hash(&Password::new(password).unwrap(), salt).unwrap()
    };
    let named = |id: &str| {
        let email = Contact::email(&format!("{id}@example.org")).unwrap();
        Account::new(AccountId::new(id).unwrap())
            .with_login(Login::new(id).unwrap())
            .with_email(Email::verified(email))
    };
    let temporary = MustChange::new(MustChangeReason::Temporary);
    vec![
        named("ada").with_names("Ada", "<b>Lovelace</b>").with_password(hash(OLD)),
        named("eve").with_password(hash(OLD)),
        named("dan").with_password(hash(OLD)).disabled(),
        named("pat"),
        named("tim").with_password(hash(OLD)).with_must_change(Some(temporary)),
        named("rex").with_password(hash(OLD)).with_required_recovery(true),
    ]
}
