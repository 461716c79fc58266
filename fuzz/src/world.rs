//! A service with two accounts, a model of what has to hold, and operations out of bytes.
//!
//! What is checked, after every operation and whatever failed in it:
//!
//! - each attempt sets at most one password, and only that of the account that it was made for;
//! - a password changes by a commit that said so or that failed at a port, or by the service
//!   itself; never by anything else, and never to another one than that of the change;
//! - a text that was not delivered admits nobody, and more than five codes of a handle neither;
//! - a secret that was delivered admits until it expires, and its ticket for ten minutes, as long as
//!   the account stays as it was and no commit runs;
//! - what was set is unfinished until it is settled, and `housekeep` returns it after the lease;
//! - a session ends with its password.

use std::sync::{Arc, LazyLock};

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, ExpectedAccount, Login, Lookup};
use repass::attempt::{AttemptId, AttemptRow, Stage};
use repass::code::CheckCode;
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Attempts, Counters, PortSet};
use repass::queue::{ClaimToken, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{
    AdmitError, Admitted, AfterReset, Change, CommitError, Delivery, Flow, Handle, Proof, Refusal,
    RefusalReason, SealedError, Worked,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::time::UtcDateTime;
use repass::token::Unverified;

use crate::input::{Draw, Input, key};
use crate::ports::{Fault, Faulty, Plan};

/// Long runs find nothing that short ones do not.
const MAX_OPERATIONS: usize = 96;
const MAX_KEYS: u8 = 6;
const LEASE: i64 = 60;
const LINK_LIFE: i64 = 30 * 60;
const CODE_LIFE: i64 = 10 * 60;
const TICKET_LIFE: i64 = 10 * 60;
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

type FuzzPorts = PortSet<
    Faulty<MemoryAccounts>,
    Faulty<MemoryAttempts>,
    Faulty<MemoryCounters>,
    Faulty<MemoryQueue>,
    Faulty<Outbox>,
>;

/// What the services before and after a rotation share.
#[derive(Default)]
struct Shared {
    plan: Plan,
    accounts: Arc<MemoryAccounts>,
    attempts: Arc<MemoryAttempts>,
    counters: Arc<MemoryCounters>,
    queue: Arc<MemoryQueue>,
    outbox: Arc<Outbox>,
}

impl Shared {
    fn recovery(&self, ring: &Keyring) -> Recovery<FuzzPorts> {
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let flow = Flow::builder(ring.clone(), page).build().unwrap();
        let ports = PortSet {
            accounts: self.faulty(&self.accounts),
            attempts: self.faulty(&self.attempts),
            counters: self.faulty(&self.counters),
            queue: self.faulty(&self.queue),
            notifier: self.faulty(&self.outbox),
        };
        Recovery::new(flow, ports)
    }

    fn faulty<P>(&self, port: &Arc<P>) -> Faulty<P> {
        Faulty { port: Arc::clone(port), plan: self.plan.clone() }
    }
}

pub struct World {
    now: i64,
    draw: Draw,
    ring: Keyring,
    keys: u8,
    passwords: u32,
    shared: Shared,
    recovery: Recovery<FuzzPorts>,
    owners: [Owner; 2],
    requests: Vec<Asked>,
    secrets: Vec<Secret>,
    admissions: Vec<(Admitted, By)>,
    tickets: Vec<Ticket>,
    changes: Vec<(Change, By, Password)>,
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
    id: AttemptId,
    handle: Handle,
    at: i64,
    /// Codes that were compared on the handle.
    compared: u32,
    /// Passwords that were set with its secrets.
    sets: u32,
    /// Until when a commit that began may run.
    runs_until: i64,
    /// The versions of the owners when it was asked.
    versions: Vec<u32>,
}

/// What was delivered.
struct Secret {
    asked: usize,
    owner: usize,
    version: u32,
    text: String,
    is_link: bool,
    expires_at: i64,
}

/// What an admission by a secret can be repeated with.
struct Ticket {
    text: String,
    secret: usize,
    until: i64,
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
        let (shared, ring) = (Shared { accounts, ..Shared::default() }, RING.clone());
        let recovery = shared.recovery(&ring);
        let owners = FIRST.clone().map(|hash| Owner { hash, version: 0 });
        Self {
            now: 1_700_000_000,
            draw: Draw(0),
            ring,
            keys: 1,
            passwords: 0,
            shared,
            recovery,
            owners,
            requests: Vec::new(),
            secrets: Vec::new(),
            admissions: Vec::new(),
            tickets: Vec::new(),
            changes: Vec::new(),
            afters: Vec::new(),
            owed: Vec::new(),
            code_calls: 0,
        }
    }

    /// One operation: a byte names it, the next ones say with what; `dict/flow` has them by name.
    fn step(&mut self, input: &mut Input<'_>) {
        match input.byte() % 17 {
            0 => self.request(input),
            1 => self.work(input),
            2 => self.admit_link(input),
            3 => self.admit_code(input),
            4 => self.set_password(input),
            5 => self.commit(input),
            6 => self.settle(input),
            7 => self.housekeep(),
            8 => self.now += STEPS[usize::from(input.byte()) % STEPS.len()],
            9 => self.rotate(),
            10 => self.purge(),
            11 => self.change_behind(input),
            12 => self.change_own(input),
            13 => self.inspect(input),
            14 => {
                let fault = if input.odd() { Fault::After } else { Fault::Before };
                self.shared.plan.arm(input.byte() % 8, fault);
            }
            16 => self.admit_ticket(input),
            _ => self.any_text(input.piece()),
        }
    }

    fn request(&mut self, input: &mut Input<'_>) {
        let lookup = LOOKUPS[usize::from(input.byte()) % LOOKUPS.len()];
        let delivery = match input.byte() % 3 {
            0 => Delivery::LINK,
            1 => Delivery::CODE,
            _ => Delivery::LINK_AND_CODE,
        };
        self.ask(Lookup::email_or_login(lookup).unwrap(), delivery);
    }

    fn ask(&mut self, lookup: Lookup, delivery: Delivery) {
        let seed = Seed::generate(&mut self.draw).unwrap();
        let handle = block_on(self.recovery.request(lookup, delivery, None, seed, self.now()));
        if let Ok(handle) = handle {
            let bits = *Unverified::parse(handle.expose_secret()).unwrap().bits();
            let id = AttemptId::from_bytes(bits);
            let versions = self.owners.iter().map(|owner| owner.version).collect();
            let asked =
                Asked { id, handle, at: self.now, versions, compared: 0, sets: 0, runs_until: 0 };
            self.requests.push(asked);
        }
    }

    /// Works on as many entries of the queue as the input says, one at a time.
    fn work(&mut self, input: &mut Input<'_>) {
        let entries = match input.byte() % 8 {
            0 => 8,
            entries => entries,
        };
        for _ in 0..entries {
            let token = ClaimToken::new(Seed::generate(&mut self.draw).unwrap());
            let Ok(mut claimed) = block_on(self.recovery.claim(token, 1, self.now())) else {
                return;
            };
            let Some(claimed) = claimed.pop() else { return };
            let key = *claimed.entry().key();
            // The message arrives even if the answer of the notifier was lost.
            if let Ok(worked) = block_on(self.recovery.work_on(claimed, token, self.now())) {
                let dropped =
                    matches!(worked, Worked::Dropped(error) if error != SealedError::Expired);
                assert!(!dropped, "an entry of ours was dropped: {worked:?}");
            }
            while let Some(message) = self.shared.outbox.take() {
                match key.kind() {
                    QueueKind::Message => self.receive(*key.id(), &message),
                    kind => assert_eq!(kind, QueueKind::Notice, "delivered for a request"),
                }
            }
        }
    }

    /// Takes the secrets out of a message.
    fn receive(&mut self, id: AttemptId, message: &Message) {
        let owner = usize::from(message.to().as_str().starts_with("bob"));
        let asked = self.requests.iter().position(|asked| asked.id == id);
        // The request was taken, and its answer was lost.
        let Some(asked) = asked else { return };
        // The secret is bound to the account as it was when the request was run: before or after a
        // change in between, which nobody here can tell.
        if self.requests[asked].versions[owner] != self.owners[owner].version {
            return;
        }
        let text = message.expose_secret();
        let shape = self.recovery.flow().code_shape();
        let link = text.lines().find_map(|line| line.split("?token=").nth(1));
        let code = text.lines().find(|line| CheckCode::parse(shape, line).is_ok());
        assert!(link.is_some() || code.is_some(), "the message has no secret");
        for (is_link, text) in [(true, link), (false, code)] {
            let Some(text) = text else { continue };
            let known = |secret: &&Secret| secret.asked == asked && secret.is_link == is_link;
            if let Some(secret) = self.secrets.iter().find(known) {
                assert_eq!(secret.text, text, "a message changed");
                continue;
            }
            let mut expires_at = self.requests[asked].at + CODE_LIFE;
            if is_link {
                expires_at = Unverified::parse(text).unwrap().expires_at().unix_timestamp();
                let life = expires_at - self.requests[asked].at;
                assert!((LINK_LIFE..=13 * 60 * 60).contains(&life), "a link of {life} s");
            }
            self.secrets.push(Secret {
                asked,
                owner,
                version: self.owners[owner].version,
                text: text.to_owned(),
                is_link,
                expires_at,
            });
        }
    }

    fn admit_link(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let (token, claim) = (self.altered(number, input), self.claim(input));
        let secret = &self.secrets[number];
        let right = self.secrets[number].is_link
            && token == secret.text
            && claim.as_ref().is_none_or(|(_, claimed)| *claimed == secret.owner);
        let claim = claim.map(|(claim, _)| claim);
        let answer = block_on(self.recovery.admit(Proof::Link(&token), claim.as_ref(), self.now()));
        self.admitted(number, right, true, answer);
    }

    fn admit_code(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let Some(asked) = input.index(self.requests.len()) else { return };
        let (code, claim) = (self.altered(number, input), self.claim(input));
        let shape = self.recovery.flow().code_shape();
        let secret = &self.secrets[number];
        let same_code =
            match (CheckCode::parse(shape, &code), CheckCode::parse(shape, &secret.text)) {
                (Ok(typed), Ok(sent)) => typed.matches(&sent),
                _ => false,
            };
        let right = !self.secrets[number].is_link
            && same_code
            && asked == secret.asked
            && claim.as_ref().is_none_or(|(_, claimed)| *claimed == secret.owner);
        let claim = claim.map(|(claim, _)| claim);
        self.code_calls += 1;
        let handle = self.requests[asked].handle.expose_secret();
        let proof = Proof::Code { handle, code: &code };
        let answer = block_on(self.recovery.admit(proof, claim.as_ref(), self.now()));
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
        let asked = &self.requests[secret.asked];
        let good = self.now < secret.expires_at && self.is_unused(number);
        match answer {
            Ok(admitted) => {
                assert!(right, "admitted by what was not delivered");
                assert!(good, "admitted by what is no longer good");
                assert_eq!(admitted.account().id().as_str(), IDS[secret.owner]);
                let until = admitted.usable_until().unix_timestamp();
                assert_eq!(until, self.now + TICKET_LIFE);
                let text = admitted.ticket().unwrap().expose_secret().to_owned();
                let by = By { owner: secret.owner, version: secret.version, secret: Some(number) };
                self.tickets.push(Ticket { text, secret: number, until });
                self.admissions.push((admitted, by));
            }
            Err(AdmitError::Running { .. }) => {
                assert!(right && self.now < asked.runs_until, "nothing runs");
            }
            Err(AdmitError::Refused(refusal)) => {
                assert!(!(right && free && good), "refused what was delivered: {refusal:?}");
            }
            Err(error) => {
                let ticket = error.ticket().map(|ticket| ticket.expose_secret().to_owned());
                let until = self.now + TICKET_LIFE;
                let ticket = ticket.map(|text| Ticket { text, secret: number, until });
                // Where the account could not be loaded, nobody has compared it with the expected one.
                self.tickets.extend(ticket.filter(|_| right));
            }
        }
    }

    /// Whether nothing was set with the attempt of a secret, and its account is as it was.
    fn is_unused(&self, number: usize) -> bool {
        let secret = &self.secrets[number];
        self.owners[secret.owner].version == secret.version && self.requests[secret.asked].sets == 0
    }

    /// A ticket admits like its secret, counts nothing, and is not prolonged.
    fn admit_ticket(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.tickets.len()) else { return };
        let Ticket { text, secret, until } = &self.tickets[number];
        let (secret, until) = (*secret, *until);
        let altered = alter(text, input);
        let right = altered == *text;
        let good = right && self.now < until && self.is_unused(secret);
        match block_on(self.recovery.admit(Proof::Ticket(&altered), None, self.now())) {
            Ok(admitted) => {
                assert!(good, "admitted by a ticket that is no longer good");
                assert_eq!(admitted.usable_until().unix_timestamp(), until);
                let Secret { owner, version, asked, .. } = &self.secrets[secret];
                assert_eq!(*admitted.account().id(), AccountId::new(IDS[*owner]).unwrap());
                let _ = asked;
                let by = By { owner: *owner, version: *version, secret: Some(secret) };
                self.admissions.push((admitted, by));
            }
            Err(AdmitError::Running { .. }) => {
                let asked = &self.requests[self.secrets[secret].asked];
                assert!(right && self.now < asked.runs_until, "nothing runs");
            }
            Err(AdmitError::Refused(refusal)) => assert!(!good, "refused a ticket: {refusal:?}"),
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
        self.changes.extend(change.map(|change| (change, *by, password)));
    }

    fn commit(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.changes.len()) else { return };
        let (change, by, new) = self.changes.swap_remove(number);
        let before = self.rows();
        let session = self.recovery.flow().session_tag(&self.account(by.owner));
        let answer = block_on(self.recovery.commit(change, self.now()));
        if let Some(number) = by.secret {
            self.requests[self.secrets[number].asked].runs_until = self.now + LEASE;
        }
        let account = self.account(by.owner);
        let set = account.password() != Some(&self.owners[by.owner].hash);
        assert_eq!(!set, self.recovery.flow().session_holds(&account, session.as_str()));
        match &answer {
            Ok(after) => assert!(set && after.account() == account.id(), "said that it set"),
            Err(CommitError::Failed(_)) => {}
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
            let stored = account.password().unwrap();
            assert_eq!(HASHER.verify(&new, stored).unwrap(), Verdict::Match, "another password");
            self.set(by, stored.clone(), &before);
        }
        self.afters.extend(answer);
    }

    fn set(&mut self, by: By, new: PasswordHash, before: &[AttemptRow]) {
        self.owners[by.owner].hash = new;
        self.owners[by.owner].version += 1;
        let id = match by.secret.map(|number| &mut self.requests[self.secrets[number].asked]) {
            Some(asked) => {
                asked.sets += 1;
                assert_eq!(asked.sets, 1, "an attempt set two passwords");
                asked.id
            }
            None => {
                let known = |row: &AttemptRow| before.iter().any(|other| other.id() == row.id());
                let new: Vec<_> = self.rows().into_iter().filter(|row| !known(row)).collect();
                assert_eq!(new.len(), 1, "a change without its row");
                *new[0].id()
            }
        };
        self.owed.push(Owed { id, owner: by.owner, set_at: self.now });
    }

    fn settle(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.afters.len()) else { return };
        let settled = block_on(self.recovery.settle(&self.afters[number], self.now()));
        let open = self.owed.len();
        let rows = self.rows();
        self.owed.retain(|owed| stage(&rows, owed) != Some(Stage::Settled));
        assert!(open - self.owed.len() <= 1, "settled more than one");
        if settled.is_ok() {
            drop(self.afters.swap_remove(number));
        }
    }

    /// Compares what is resumed with what has to be.
    fn housekeep(&mut self) {
        let kept = block_on(self.recovery.housekeep(self.now()));
        assert_eq!((kept.other_scopes, kept.unknown_keys, kept.altered), (0, 0, 0));
        // An account that could not be read, or a page, comes the next time.
        let whole = kept.failures.is_empty();
        for (owner, id) in IDS.iter().enumerate() {
            let found = kept.resumed.iter().filter(|after| after.account().as_str() == *id).count();
            let over = |owed: &&Owed| owed.owner == owner && self.now >= owed.set_at + LEASE;
            let owed = self.owed.iter().filter(over).count();
            assert!(!whole || found >= owed, "unfinished, and not returned");
        }
        self.afters.extend(kept.resumed);
        self.afters.truncate(64);
        self.forget_purged();
    }

    fn rotate(&mut self) {
        if self.keys == MAX_KEYS {
            return;
        }
        self.keys += 1;
        let number = u16::from(self.keys);
        self.ring = self.ring.clone().rotate(KeyId::new(number), key(self.keys)).unwrap();
        self.recovery = self.shared.recovery(&self.ring);
    }

    fn purge(&mut self) {
        let _ = block_on(self.shared.attempts.purge(self.now()));
        let _ = block_on(self.shared.counters.purge(self.now()));
        self.forget_purged();
    }

    /// A row is kept for 30 days beyond its lease while its commit is not settled.
    fn forget_purged(&mut self) {
        let (rows, now) = (self.rows(), self.now);
        self.owed
            .retain(|owed| now < owed.set_at + LEASE + 30 * DAY || stage(&rows, owed).is_some());
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
        self.shared.accounts.put(account);
    }

    /// A signed-in person changes the password; the service knows only the first one.
    fn change_own(&mut self, input: &mut Input<'_>) {
        let owner = usize::from(input.byte() % 2);
        let version = self.owners[owner].version;
        let id = AccountId::new(IDS[owner]).unwrap();
        let Ok(current) = block_on(self.recovery.current(id, self.now())) else { return };
        let right = self.owners[owner].hash == FIRST[owner];
        let answer = current.verify(&Password::new("first").unwrap(), &HASHER);
        assert_eq!(answer.is_ok(), right);
        let by = By { owner, version, secret: None };
        self.admissions.extend(answer.map(|admitted| (admitted, by)));
    }

    fn inspect(&mut self, input: &mut Input<'_>) {
        let Some(number) = input.index(self.secrets.len()) else { return };
        let before = self.shared.attempts.dump();
        let _ = block_on(self.recovery.inspect(&self.secrets[number].text, self.now()));
        assert!(before == self.shared.attempts.dump(), "looking changed a row");
    }

    /// A text from outside, wherever one comes in.
    fn any_text(&mut self, bytes: &[u8]) {
        if let Ok(row) = AttemptRow::from_bytes(bytes) {
            assert_eq!(row.to_bytes(), bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        let code = Proof::Code { handle: &text, code: &text };
        for proof in [Proof::Link(&text), Proof::Ticket(&text), code] {
            assert!(block_on(self.recovery.admit(proof, None, self.now())).is_err());
        }
        if let (Ok(stored), Ok(password)) =
            (PasswordHash::from_stored(&text), Password::new(&*text))
        {
            let _ = HASHER.verify(&password, &stored);
        }
        assert!(!self.recovery.flow().session_holds(&self.account(0), &text));
        // An unknown person, or one of ours by another spelling.
        if let Ok(lookup) = Lookup::email_or_login(&text) {
            self.ask(lookup, Delivery::LINK);
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
        self.shared.plan.disarm();
        self.now += LEASE;
        self.afters.clear();
        self.housekeep();
        for after in self.afters.drain(..) {
            block_on(self.recovery.settle(&after, at(self.now))).unwrap();
        }
        let rows = self.rows();
        self.owed.retain(|owed| stage(&rows, owed) != Some(Stage::Settled));
        assert!(self.owed.is_empty(), "unfinished, and not settled");
        let kept = block_on(self.recovery.housekeep(self.now()));
        assert!(kept.resumed.is_empty() && kept.failures.is_empty(), "settled, and resumed");
    }

    /// The text of a secret, with a byte altered where the input says so.
    fn altered(&self, number: usize, input: &mut Input<'_>) -> String {
        alter(&self.secrets[number].text, input)
    }

    fn claim(&self, input: &mut Input<'_>) -> Option<(ExpectedAccount, usize)> {
        let byte = usize::from(input.byte() % 4);
        let id = AccountId::new(IDS.get(byte)?).unwrap();
        Some((ExpectedAccount::Id(id), byte))
    }

    fn account(&self, number: usize) -> Account {
        self.shared.accounts.all().swap_remove(number)
    }

    fn rows(&self) -> Vec<AttemptRow> {
        let rows = self.shared.attempts.dump();
        rows.iter().map(|row| AttemptRow::from_bytes(row).unwrap()).collect()
    }

    fn now(&self) -> UtcDateTime {
        at(self.now)
    }
}

fn alter(text: &str, input: &mut Input<'_>) -> String {
    let mut bytes = text.as_bytes().to_vec();
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

fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
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

fn stage(rows: &[AttemptRow], owed: &Owed) -> Option<Stage> {
    rows.iter().find(|row| *row.id() == owed.id).map(AttemptRow::stage)
}

/// Whether a code was compared: it was right, or it was the wrong one.
fn compared(answer: &Result<Admitted, AdmitError>) -> bool {
    matches!(
        answer,
        Ok(_)
            | Err(AdmitError::Running { .. } | AdmitError::Failed { ticket: Some(_), .. })
            | Err(AdmitError::Refused(Refusal::Refused { reason: RefusalReason::WrongCode, .. }))
    )
}
