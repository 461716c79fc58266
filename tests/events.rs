//! Events: what they name, and what they never show.

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::event::{Event, TypedDigest};
use repass::hash::{Cost, Hasher, Verifier};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::Ports;
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Proof, Worked};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, Salt, Seed, TypedPassword};
use repass::time::UtcDateTime;

const ADDRESS: &str = "ada@example.org";

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

fn now() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn keyring() -> Keyring {
    let key: Vec<u8> = (0..32).collect();
    Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap())
}

fn id() -> AccountId {
    AccountId::new("42").unwrap()
}

struct World {
    recovery: Recovery<MemoryPorts>,
    hasher: Hasher,
}

impl World {
    fn new() -> Self {
        let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
        let old = hasher.hash(&Password::new("the lost one").unwrap(), salt()).unwrap();
        let other = AccountId::new("43").unwrap();
        let account = |id, address| {
            let email = Email::verified(Contact::email(address).unwrap());
            Account::new(id).with_email(email).with_password(old.clone())
        };
        let accounts = [account(id(), ADDRESS), account(other, "zoe@example.org")];
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let flow = Flow::builder(keyring(), page).build().unwrap();
        Self { recovery: Recovery::new(flow, MemoryPorts::new(accounts)), hasher }
    }

    fn ask(&self, lookup: Lookup) {
        let asked = self.recovery.request(lookup, Delivery::LINK, None, seed(), now());
        block_on(asked).unwrap();
    }

    fn work(&self) -> Worked {
        block_on(self.recovery.work(ClaimToken::new(seed()), 1, now())).unwrap().pop().unwrap()
    }

    fn run(&self, address: &str) -> Event {
        self.run_for(Lookup::email(address).unwrap())
    }

    fn run_for(&self, lookup: Lookup) -> Event {
        self.ask(lookup);
        match self.work() {
            Worked::Ran(report) => report.event(self.recovery.flow()),
            other => panic!("{other:?}"),
        }
    }

    fn link(&self) -> String {
        assert!(matches!(self.work(), Worked::Delivered));
        let message = self.recovery.ports().outbox().take().unwrap();
        let text = message.expose_secret();
        text.lines().find_map(|line| line.split_once("?token=")).unwrap().1.to_owned()
    }
}

#[test]
fn a_request_is_logged_with_its_account_and_a_digest_of_what_was_typed() {
    let world = World::new();
    let known = world.run(ADDRESS);
    assert_eq!((known.code(), known.account()), ("request_sent", Some(&id())));
    assert!(known.attempt().is_some());
    let scope = Scope::new(Purpose::RESET);
    let digest = |typed| TypedDigest::new(&keyring(), &scope, &Lookup::email(typed).unwrap());
    // All spellings of one address have one digest.
    assert_eq!(known.typed(), Some(&digest("ADA@example.ORG")));
    let _delivered = world.link();
    let unknown = world.run("nobody@example.org");
    assert_eq!((unknown.code(), unknown.account()), ("request_unknown", None));
    assert_eq!(unknown.typed(), Some(&digest("nobody@example.org")));
    assert!(!format!("{unknown} {unknown:?}").contains("nobody"));
}

#[test]
fn an_account_whose_address_cannot_be_read_is_named_in_the_log() {
    let world = World::new();
    let stored = world.recovery.ports().accounts().all();
    let ada = stored.iter().find(|account| *account.id() == id()).unwrap();
    let login = Login::new("ada").unwrap();
    let unreadable = Account::new(id()).with_login(login).with_unreadable_email();
    let password = ada.password().unwrap().clone();
    world.recovery.ports().accounts().put(unreadable.with_password(password));
    let event = world.run_for(Lookup::login("ada").unwrap());
    assert_eq!((event.code(), event.account()), ("request_unreadable_address", Some(&id())));
}

/// E22: an event names the attempt and never its link.
#[test]
fn a_reset_is_logged_at_each_step() {
    let world = World::new();
    let attempt = *world.run(ADDRESS).attempt().unwrap();
    let link = world.link();
    let admitted = block_on(world.recovery.admit(Proof::Link(&link), None, now())).unwrap();
    let expected = Event::new("reset_admitted").with_account(id()).with_attempt(attempt);
    assert_eq!(admitted.event(), expected);
    let policy = Policy::builder().min_length(8).build().unwrap();
    let new = Password::new("plum-kettle-42").unwrap();
    let change = admitted.set_password(&new, &policy, &world.hasher, salt()).unwrap();
    let after = block_on(world.recovery.commit(change, now())).unwrap();
    let expected = Event::new("password_reset").with_account(id()).with_attempt(attempt);
    assert_eq!(after.event(), expected);
    assert_eq!(after.event().to_string(), format!("password_reset account=42 attempt={attempt}"));
}

#[test]
fn a_sign_in_is_logged_with_the_account_also_when_the_password_is_wrong() {
    let world = World::new();
    let verifier = Verifier::new(world.hasher.clone());
    let sign_in = |address: &str, typed: &str| {
        let lookup = Lookup::email(address).unwrap();
        let counted = block_on(world.recovery.sign_in(lookup, None, now())).unwrap();
        counted.verify(&TypedPassword::new(typed).unwrap(), &verifier, salt()).unwrap()
    };
    let wrong = sign_in(ADDRESS, "plum-kettle-43").event();
    assert_eq!(wrong, Event::new("sign_in_wrong_password").with_account(id()));
    let nobody = sign_in("nobody@example.org", "plum-kettle-43").event();
    assert_eq!(nobody, Event::new("sign_in_unknown"));
    let right = sign_in(ADDRESS, "the lost one");
    assert_eq!(right.event(), Event::new("sign_in_password_right").with_account(id()));
    let signed_in = block_on(world.recovery.finish_sign_in(right, seed(), now())).unwrap();
    assert_eq!(signed_in.event(), Event::new("signed_in").with_account(id()));
}

/// An id must not forge a field or a line of the log, nor turn a line around (CWE-117).
#[test]
fn an_account_id_cannot_forge_a_field_of_the_log() {
    for id in ["42 attempt=0", "42\u{a0}x", "\u{202e}24", "a\u{200b}", "a\\u{20}"] {
        let Ok(id) = AccountId::new(id) else { continue };
        let line = Event::new("password_reset").with_account(id.clone()).to_string();
        let fields: Vec<_> = line.split(' ').collect();
        assert_eq!(fields.len(), 2, "{line}");
        let shown = fields[1].strip_prefix("account=").unwrap();
        assert!(shown.is_ascii() && shown != id.as_str(), "{line}");
    }
}

/// An attack on one account shows in the log also when its tries are spent.
#[test]
fn a_spent_account_is_named_in_the_log() {
    let world = World::new();
    let verifier = Verifier::new(world.hasher.clone());
    let mut last = None;
    for number in 0..101 {
        let source = repass::throttle::Source::from_text(&number.to_string()).unwrap();
        let lookup = Lookup::email(ADDRESS).unwrap();
        let counted = block_on(world.recovery.sign_in(lookup, Some(source), now())).unwrap();
        let typed = TypedPassword::new("plum-kettle-43").unwrap();
        last = Some(counted.verify(&typed, &verifier, salt()).unwrap().event());
    }
    assert_eq!(last.unwrap(), Event::new("sign_in_account_spent").with_account(id()));
}

#[cfg(feature = "serde")]
#[test]
fn an_event_is_serialized_by_code_and_parameters() {
    let event = Event::new("password_reset").with_account(id());
    let json = serde_json::to_string(&event).unwrap();
    assert_eq!(json, r#"{"code":"password_reset","params":{"account":"42"}}"#);
}

#[test]
fn a_forgotten_account_leaves_nothing_and_others_stay() {
    let world = World::new();
    let _sent = world.run(ADDRESS);
    let link = world.link();
    let _sent = world.run("zoe@example.org");
    let other = world.link();
    let forgotten = block_on(world.recovery.forget(&id(), now())).unwrap();
    assert_eq!((forgotten.attempts, forgotten.entries), (1, 0));
    assert!(block_on(world.recovery.admit(Proof::Link(&link), None, now())).is_err());
    assert!(block_on(world.recovery.admit(Proof::Link(&other), None, now())).is_ok());
    let again = block_on(world.recovery.forget(&id(), now())).unwrap();
    assert_eq!((again.attempts, again.entries), (0, 0));
}

#[test]
fn what_waits_for_a_forgotten_account_is_never_delivered() {
    let world = World::new();
    let _sent = world.run(ADDRESS);
    let forgotten = block_on(world.recovery.forget(&id(), now())).unwrap();
    assert_eq!((forgotten.attempts, forgotten.entries), (1, 1));
    assert!(block_on(world.recovery.work(ClaimToken::new(seed()), 8, now())).unwrap().is_empty());
    assert!(world.recovery.ports().outbox().take().is_none());
}
