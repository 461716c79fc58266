//! A service with two accounts, a model of what has to hold, and operations out of bytes.
//!
//! What is checked, after every operation and whatever failed in it:
//!
//! - each secret sets at most one password, and only that of the account that it was sent to;
//! - a password changes by a commit that said so or that failed at a port, or by the service
//!   itself; never by anything else, and never to another hash than the one of the change;
//! - a text that was not delivered admits nobody, and more than five codes of a handle neither;
//! - a secret that was delivered admits until it expires, as long as the account stays as it was
//!   and no commit runs;
//! - what was set is recorded as owed until it is settled, and `owed` returns it after the lease;
//! - a session ends with its password.

use std::sync::{Arc, LazyLock};

use pollster::block_on;
use repass::account::{Account, AccountId, Claim, Contact, Email, Login, Lookup};
use repass::attempt::AttemptId;
use repass::code::CheckCode;
use repass::hash::{Cost, Hasher};
use repass::key::{KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::reset::{
    Admitted, AfterReset, Change, Delivery, Flow, PendingReset, Proof, Refusal, RefusalReason,
    Request, Stage,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::{AdmitError, CommitError, Service};
use repass::store::ResetStore;
use repass::time::UtcDateTime;

use crate::input::{Draw, Input, key};
use crate::ports::{Fault, Faulty, Plan};

/// Long runs find nothing that short ones do not.
const MAX_OPERATIONS: usize = 96;
const MAX_KEYS: u8 = 6;
const LEASE: i64 = 60;
const LINK_LIFE: i64 = 30 * 60;
const CODE_LIFE: i64 = 10 * 60;
const DAY: i64 = 24 * 60 * 60;
const TRIES: u32 = 5;
const STEPS: [i64; 8] = [1, 29, LEASE, 240, CODE_LIFE, LINK_LIFE, 3_600, DAY];
const IDS: [&str; 2] = ["1", "2"];
const LOOKUPS: [&str; 6] =
    ["ada@example.org", "ada", "bob@example.org", "BOB", "carol@example.org", "ada@work.example"];

static HASHER: LazyLock<Hasher> = LazyLock::new(|| {
    let cheap = Cost::new(8, 1, 1).unwrap();
    Hasher::new(cheap).with_ceiling(cheap)
});
static POLICY: LazyLock<Policy> =
    LazyLock::new(|| Policy::builder().min_length(12).not_entirely_numeric().build().unwrap());
static FIRST: LazyLock<[PasswordHash; 2]> = LazyLock::new(|| [hash("first", 1), hash("first", 2)]);
static RING: LazyLock<Keyring> = LazyLock::new(|| Keyring::new(KeyId::new(1), key(1)));

type FuzzService = Service<Faulty<MemoryAccounts>, Faulty<MemoryStore>, Faulty<Outbox>>;

pub struct World {
    now: i64,
    draw: Draw,
    plan: Plan,
    ring: Keyring,
    keys: u8,
    passwords: u32,
    accounts: Arc<MemoryAccounts>,
    store: Arc<MemoryStore>,
    outbox: Arc<Outbox>,
    service: FuzzService,
    owners: [Owner; 2],
    requests: Vec<Asked>,
    secrets: Vec<Secret>,
    admissions: Vec<(Admitted, By)>,
    changes: Vec<(Change, By)>,
    afters: Vec<AfterReset>,
    owed: Vec<Owed>,
    code_calls: u32,
}

/// What the model knows of an account.
struct Owner {
    hash: PasswordHash,
    /// Rises with every change of password or addresses.
    version: u32,
}

struct Asked {
    request: Request,
    at: i64,
    delivery: Delivery,
    /// Codes that were compared on the handle.
    compared: u32,
}

/// What was delivered.
struct Secret {
    id: AttemptId,
    asked: usize,
    owner: usize,
    version: u32,
    text: String,
    expires_at: i64,
    /// Passwords that were set with it.
    sets: u32,
    /// Until when a commit that began may run.
    runs_until: i64,
}

/// Who was admitted: account, its version, and the secret unless somebody was signed in.
#[derive(Clone, Copy)]
struct By {
    owner: usize,
    version: u32,
    secret: Option<usize>,
}

/// A password that was set, until it is settled.
struct Owed {
    id: AttemptId,
    owner: usize,
    set_at: i64,
}

impl World {
    pub fn run(bytes: &[u8]) {
        let mut world = Self::new();
        let mut input = Input::new(bytes);
        for _ in 0..MAX_OPERATIONS {
            if input.is_empty() {
                break;
            }
            world.step(&mut input);
            world.check();
        }
        world.finish();
    }

    fn new() -> Self {
        let accounts = Arc::new(MemoryAccounts::new([
            account(0, "Ada", "ada@example.org").with_email(verified("ada@work.example")),
            account(1, "Bob", "bob@example.org"),
        ]));
        let (store, outbox) = (Arc::new(MemoryStore::new()), Arc::new(Outbox::new()));
        let (plan, ring) = (Plan::default(), RING.clone());
        let service = service(&ring, &accounts, &store, &outbox, &plan);
        let owners = FIRST.clone().map(|hash| Owner { hash, version: 0 });
        Self {
            now: 1_700_000_000,
            draw: Draw(0),
            plan,
            ring,
            keys: 1,
            passwords: 0,
            accounts,
            store,
            outbox,
            service,
            owners,
            requests: Vec::new(),
            secrets: Vec::new(),
            admissions: Vec::new(),
            changes: Vec::new(),
            afters: Vec::new(),
            owed: Vec::new(),
            code_calls: 0,
        }
    }

    /// One operation: a byte names it, the next ones say with what; `dict/flow` has them by name.
    fn step(&mut self, input: &mut Input<'_>) {
        match input.byte() % 16 {
            0 => self.request(input),
            1 => self.work(input),
            2 => self.admit_link(input),
            3 => self.admit_code(input),
            4 => self.set_password(input),
            5 => self.commit(input),
            6 => self.settle(input),
            7 => drop(self.ask_owed()),
            8 => self.now += STEPS[usize::from(input.byte()) % STEPS.len()],
            9 => self.rotate(),
            10 => self.purge(),
            11 => self.change_behind(input),
            12 => self.change_own(input),
            13 => self.inspect(input),
            14 => {
                let fault = if input.odd() { Fault::After } else { Fault::Before };
                self.plan.arm(input.byte() % 8, fault);
            }
            _ => self.any_text(input.piece()),
        }
    }

    fn request(&mut self, input: &mut Input<'_>) {
        let lookup = LOOKUPS[usize::from(input.byte()) % LOOKUPS.len()];
        let delivery = if input.odd() { Delivery::EmailCode } else { Delivery::EmailLink };
        self.ask(Lookup::email_or_login(lookup).unwrap(), delivery);
    }

    fn ask(&mut self, lookup: Lookup, delivery: Delivery) {
        let seed = Seed::generate(&mut self.draw).unwrap();
        let request = block_on(self.service.request(lookup, delivery, seed, self.now()));
        if let Ok(request) = request {
            self.requests.push(Asked { request, at: self.now, delivery, compared: 0 });
        }
    }

    fn work(&mut self, input: &mut Input<'_>) {
        let Some(asked) = input.index(self.requests.len()) else { return };
        // The letter arrives even if the answer of the notifier was lost.
        let _ = block_on(self.service.run(&self.requests[asked].request, self.now()));
        while let Some(letter) = self.outbox.take_letter() {
            let owner = usize::from(letter.to().as_str().starts_with("bob"));
            let message = self.service.flow().render(&letter, self.now()).unwrap();
            assert_eq!(message.to(), letter.to());
            let delivery = self.requests[asked].delivery;
            let text = self.secret_in(message.expose_secret(), delivery);
            match self.secrets.iter().find(|secret| secret.id == letter.id()) {
                Some(secret) => assert_eq!(secret.text, text, "a letter changed"),
                None => self.secrets.push(Secret {
                    id: letter.id(),
                    asked,
                    owner,
                    version: self.owners[owner].version,
                    text,
                    expires_at: self.requests[asked].at + life(delivery),
                    sets: 0,
                    runs_until: 0,
                }),
            }
        }
    }

    fn secret_in(&self, message: &str, delivery: Delivery) -> String {
        let shape = self.service.flow().code_shape();
        let mut lines = message.lines();
        let found = match delivery {
            Delivery::EmailLink => lines.find_map(|line| line.split("?token=").nth(1)),
            _ => lines.find(|line| CheckCode::parse(shape, line).is_ok()),
        };
        found.expect("the letter has no secret").to_owned()
    }

    fn admit_link(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let (token, claim) = (self.altered(number, input), self.claim(input));
        let secret = &self.secrets[number];
        let right = self.is_link(number)
            && token == secret.text
            && claim.as_ref().is_none_or(|(_, claimed)| *claimed == secret.owner);
        let claim = claim.map(|(claim, _)| claim);
        let answer = block_on(self.service.admit(Proof::Link(&token), claim.as_ref(), self.now()));
        self.admitted(number, right, true, answer);
    }

    fn admit_code(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let Some(asked) = input.index(self.requests.len()) else { return };
        let (code, claim) = (self.altered(number, input), self.claim(input));
        let shape = self.service.flow().code_shape();
        let secret = &self.secrets[number];
        let same_code =
            match (CheckCode::parse(shape, &code), CheckCode::parse(shape, &secret.text)) {
                (Ok(typed), Ok(sent)) => typed.matches(&sent),
                _ => false,
            };
        let right = !self.is_link(number)
            && same_code
            && asked == secret.asked
            && claim.as_ref().is_none_or(|(_, claimed)| *claimed == secret.owner);
        let claim = claim.map(|(claim, _)| claim);
        self.code_calls += 1;
        let handle = self.requests[asked].request.handle().expose_secret();
        let proof = Proof::Code { handle, code: &code };
        let answer = block_on(self.service.admit(proof, claim.as_ref(), self.now()));
        if compared(&answer) {
            self.requests[asked].compared += 1;
            assert!(self.requests[asked].compared <= TRIES, "codes compared beyond the quota");
        }
        self.admitted(number, right, self.code_calls <= TRIES, answer);
    }

    /// Judges an answer: `right` is what was delivered, and `free` when no quota can be spent.
    fn admitted(
        &mut self,
        number: usize,
        right: bool,
        free: bool,
        answer: Result<Admitted, AdmitError>,
    ) {
        let secret = &self.secrets[number];
        let stands = self.now < secret.expires_at
            && self.owners[secret.owner].version == secret.version
            && secret.sets == 0;
        match answer {
            Ok(admitted) => {
                assert!(right, "admitted by what was not delivered");
                assert!(stands, "admitted by what is no longer good");
                assert_eq!(admitted.account().id().as_str(), IDS[secret.owner]);
                let by = By { owner: secret.owner, version: secret.version, secret: Some(number) };
                self.admissions.push((admitted, by));
            }
            Err(AdmitError::Refused(Refusal::Running)) => {
                assert!(right && self.now < secret.runs_until, "nothing runs");
            }
            Err(AdmitError::Refused(refusal)) => {
                assert!(!(right && free && stands), "refused what was delivered: {refusal:?}");
            }
            Err(_) => {}
        }
    }

    fn set_password(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.admissions.len()) else { return };
        self.passwords += 1;
        let weak = input.byte() % 4 == 3;
        let text = if weak { "123".into() } else { format!("plum-kettle-{}", self.passwords) };
        let password = Password::new(text).unwrap();
        let (admitted, by) = &self.admissions[number];
        let salt = Salt::generate(&mut self.draw).unwrap();
        let change = admitted.set_password(&password, &POLICY, &HASHER, salt);
        assert_eq!(change.is_err(), weak);
        self.changes.extend(change.map(|change| (change, *by)));
    }

    fn commit(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.changes.len()) else { return };
        let (change, by) = self.changes.swap_remove(number);
        let new = change.write().new_hash().clone();
        let before = self.rows();
        let session = self.service.flow().session_tag(&self.account(by.owner));
        let answer = block_on(self.service.commit(change, self.now()));
        if let Some(secret) = by.secret.map(|number| &mut self.secrets[number]) {
            secret.runs_until = self.now + LEASE;
        }
        let account = self.account(by.owner);
        let set = account.password() == Some(&new);
        assert_eq!(!set, self.service.flow().session_holds(&account, session.as_str()));
        match &answer {
            Ok(after) => assert!(set && after.account() == account.id(), "said that it set"),
            Err(CommitError::Accounts(_) | CommitError::Store(_)) => {}
            Err(error) => assert!(!set, "set, and said {error}"),
        }
        let changed = self.owners[by.owner].version != by.version;
        if let Err(CommitError::Superseded) = answer {
            assert!(changed, "the account is as it was");
            // The control: a commit has to meet a change behind its back.
            if cfg!(feature = "control") {
                panic!("planted");
            }
        }
        if set {
            assert!(!changed, "set what had changed");
            self.set(by, new, &before);
        }
        self.afters.extend(answer);
    }

    fn set(&mut self, by: By, new: PasswordHash, before: &[PendingReset]) {
        self.owners[by.owner].hash = new;
        self.owners[by.owner].version += 1;
        let id = match by.secret.map(|number| &mut self.secrets[number]) {
            Some(secret) => {
                secret.sets += 1;
                assert_eq!(secret.sets, 1, "a secret set two passwords");
                secret.id
            }
            None => {
                let known = |row: &PendingReset| before.iter().any(|other| other.id() == row.id());
                let new: Vec<_> = self.rows().into_iter().filter(|row| !known(row)).collect();
                assert_eq!(new.len(), 1, "a change without its row");
                *new[0].id()
            }
        };
        self.owed.push(Owed { id, owner: by.owner, set_at: self.now });
    }

    fn settle(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.afters.len()) else { return };
        let settled = block_on(self.service.settle(&self.afters[number]));
        let open = self.owed.len();
        let rows = self.rows();
        self.owed.retain(|owed| stage(&rows, owed) != Some(Stage::Settled));
        assert!(open - self.owed.len() <= 1, "settled more than one");
        if settled.is_ok() {
            drop(self.afters.swap_remove(number));
        }
    }

    /// Asks what is owed, and compares it with what has to be.
    fn ask_owed(&mut self) -> Vec<AfterReset> {
        let armed = self.plan.is_armed();
        let Ok(answer) = block_on(self.service.owed(self.now())) else { return Vec::new() };
        // An account that could not be read comes the next time.
        let unread = usize::from(armed && !self.plan.is_armed());
        for (owner, id) in IDS.iter().enumerate() {
            let found = answer.iter().filter(|after| after.account().as_str() == *id).count();
            let over = |owed: &&Owed| owed.owner == owner && self.now >= owed.set_at + LEASE;
            let owed = self.owed.iter().filter(over).count();
            assert!(found + unread >= owed, "owed, and not returned");
        }
        self.afters.extend(answer.iter().cloned());
        self.afters.truncate(64);
        answer
    }

    fn rotate(&mut self) {
        if self.keys == MAX_KEYS {
            return;
        }
        self.keys += 1;
        let number = u16::from(self.keys);
        self.ring = self.ring.clone().rotate(KeyId::new(number), key(self.keys)).unwrap();
        let (accounts, store) = (&self.accounts, &self.store);
        self.service = service(&self.ring, accounts, store, &self.outbox, &self.plan);
    }

    fn purge(&mut self) {
        // A row is kept for a day beyond its expiry while its commit is not settled.
        let _ = block_on(self.store.purge(self.now()));
        let rows = self.rows();
        let now = self.now;
        self.owed.retain(|owed| now < owed.set_at + DAY || stage(&rows, owed).is_some());
    }

    /// The service changes password or addresses without us.
    fn change_behind(&mut self, input: &mut Input<'_>) {
        let number = usize::from(input.byte() % 2);
        let account = self.account(number);
        let owner = &mut self.owners[number];
        owner.version += 1;
        let account = if input.odd() {
            let name = ["ada", "bob"][number];
            account.with_email(verified(&format!("{name}{}@example.org", owner.version)))
        } else {
            owner.hash = hash("another", u64::from(owner.version));
            account.with_password(owner.hash.clone())
        };
        self.accounts.put(account);
    }

    /// A signed-in person changes the password; the service knows only the first one.
    fn change_own(&mut self, input: &mut Input<'_>) {
        let owner = usize::from(input.byte() % 2);
        let version = self.owners[owner].version;
        let id = AccountId::new(IDS[owner]).unwrap();
        let Ok(current) = block_on(self.service.current(&id, self.now())) else { return };
        let right = self.owners[owner].hash == FIRST[owner];
        let answer = current.verify(&Password::new("first").unwrap(), &HASHER);
        assert_eq!(answer.is_ok(), right);
        let by = By { owner, version, secret: None };
        self.admissions.extend(answer.map(|admitted| (admitted, by)));
    }

    fn inspect(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let before = self.store.dump();
        let _ = block_on(self.service.inspect(&self.secrets[number].text, self.now()));
        assert!(before == self.store.dump(), "looking changed a row");
    }

    /// A text from outside, wherever one comes in.
    fn any_text(&mut self, bytes: &[u8]) {
        if let Ok(row) = PendingReset::from_bytes(bytes) {
            assert_eq!(row.to_bytes(), bytes);
            assert_eq!(self.service.flow().trusted(Some(row)), None, "a made-up row is trusted");
        }
        let text = String::from_utf8_lossy(bytes);
        let code = Proof::Code { handle: &text, code: &text };
        for proof in [Proof::Link(&text), code] {
            assert!(block_on(self.service.admit(proof, None, self.now())).is_err());
        }
        if let (Ok(stored), Ok(password)) =
            (PasswordHash::from_stored(&text), Password::new(&*text))
        {
            let _ = HASHER.verify(&password, &stored);
        }
        assert!(!self.service.flow().session_holds(&self.account(0), &text));
        // An unknown person, or one of ours by another spelling.
        if let Ok(lookup) = Lookup::email_or_login(&text) {
            self.ask(lookup, Delivery::EmailLink);
        }
    }

    fn check(&self) {
        for (number, owner) in self.owners.iter().enumerate() {
            let account = self.account(number);
            assert!(account.password() == Some(&owner.hash), "a password changed");
        }
        let rows = self.rows();
        for owed in &self.owed {
            assert_eq!(stage(&rows, owed), Some(Stage::Running), "what is owed is not recorded");
        }
    }

    /// Everything that is owed is returned after the lease, and no longer once it is settled.
    fn finish(&mut self) {
        self.plan.disarm();
        self.now += LEASE;
        for after in self.ask_owed() {
            block_on(self.service.settle(&after)).unwrap();
        }
        let rows = self.rows();
        self.owed.retain(|owed| stage(&rows, owed) != Some(Stage::Settled));
        assert!(self.owed.is_empty(), "owed, and not settled");
        assert!(self.ask_owed().is_empty(), "settled, and still owed");
    }

    /// The text of a secret, with a byte altered where the input says so.
    fn altered(&self, number: usize, input: &mut Input<'_>) -> String {
        let mut bytes = self.secrets[number].text.clone().into_bytes();
        match input.byte() {
            0..=127 => {}
            128..=191 => {
                if let Some(offset) = input.index(bytes.len()) {
                    bytes[offset] = input.byte();
                }
            }
            192..=223 => bytes.push(input.byte()),
            _ => bytes = input.piece().to_vec(),
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn claim(&self, input: &mut Input<'_>) -> Option<(Claim, usize)> {
        let byte = usize::from(input.byte() % 4);
        let id = AccountId::new(IDS.get(byte)?).unwrap();
        Some((Claim::Id(id), byte))
    }

    fn is_link(&self, number: usize) -> bool {
        self.requests[self.secrets[number].asked].delivery == Delivery::EmailLink
    }

    fn account(&self, number: usize) -> Account {
        self.accounts.all().swap_remove(number)
    }

    fn rows(&self) -> Vec<PendingReset> {
        let rows = self.store.dump();
        rows.iter().map(|row| PendingReset::from_bytes(row).unwrap()).collect()
    }

    fn now(&self) -> UtcDateTime {
        UtcDateTime::from_unix_timestamp(self.now).unwrap()
    }
}

fn service(
    ring: &Keyring,
    accounts: &Arc<MemoryAccounts>,
    store: &Arc<MemoryStore>,
    outbox: &Arc<Outbox>,
    plan: &Plan,
) -> FuzzService {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let flow = Flow::builder(ring.clone(), page).build().unwrap();
    Service::new(
        flow,
        Faulty { port: Arc::clone(accounts), plan: plan.clone() },
        Faulty { port: Arc::clone(store), plan: plan.clone() },
        Faulty { port: Arc::clone(outbox), plan: plan.clone() },
    )
}

fn account(number: usize, name: &str, email: &str) -> Account {
    Account::new(AccountId::new(IDS[number]).unwrap())
        .with_names(name, "Example")
        .with_login(Login::new(&name.to_lowercase()).unwrap())
        .with_email(verified(email))
        .with_password(FIRST[number].clone())
}

fn verified(email: &str) -> Email {
    Email::verified(Contact::email(email).unwrap())
}

fn hash(password: &str, salt: u64) -> PasswordHash {
    let salt = Salt::generate(&mut Draw(!salt)).unwrap();
    HASHER.hash(&Password::new(password).unwrap(), salt).unwrap()
}

fn stage(rows: &[PendingReset], owed: &Owed) -> Option<Stage> {
    rows.iter().find(|row| *row.id() == owed.id).map(PendingReset::stage)
}

/// Whether a code was compared: it was right, or it was the wrong one.
fn compared(answer: &Result<Admitted, AdmitError>) -> bool {
    matches!(
        answer,
        Ok(_)
            | Err(AdmitError::Refused(
                Refusal::Running | Refusal::Refused { reason: RefusalReason::WrongCode, .. }
            ))
    )
}

fn life(delivery: Delivery) -> i64 {
    if delivery == Delivery::EmailLink { LINK_LIFE } else { CODE_LIFE }
}
