//! What a sign-in counts, and the row and the ticket that it makes, against an implementation in Python
//! that shares no code with the crate (`tests/vectors/sign_in_v1.py`).

#[path = "support/vectors.rs"]
mod vectors;

use core::time::Duration;

use pollster::block_on;
use repass::account::{
    Account, AccountId, Contact, Email, Login, Lookup, MustChange, MustChangeReason,
};
use repass::hash::{Cost, Hasher, Verifier};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::port::{Accounts, Attempts, Counters, Ports};
use repass::reset::{Flow, Step};
use repass::scope::{Purpose, Scope};
use repass::secret::{PasswordHash, Salt, Seed, TypedPassword};
use repass::sign_in::SignInOutcome;
use repass::throttle::Source;
use repass::time::UtcDateTime;
use serde_json::{Value, json};

use crate::vectors::{Fixed, bytes, hex, text};

#[test]
fn every_sign_in_counts_and_writes_what_the_vector_says() {
    let mut seen = 0;
    for line in include_str!("vectors/sign-in-v1.jsonl").lines() {
        compare(&serde_json::from_str(line).unwrap());
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}

fn compare(case: &Value) {
    let name = text(&case["name"]);
    let now = UtcDateTime::from_unix_timestamp(case["now"].as_i64().unwrap()).unwrap();
    let flow = flow(case);
    let accounts = (case["found"] == true).then(|| account(case, now));
    let mut walk = Walk { ports: MemoryPorts::new(accounts), now, counts: vec![], row: None };
    let lookup = match (text(&case["lookup"][0]), text(&case["lookup"][1])) {
        ("email", typed) => Lookup::email(typed).unwrap(),
        (_, typed) => Lookup::login(typed).unwrap(),
    };
    let source = case["source"].as_array().map(|source| match text(&source[0]) {
        "ip" => Source::from_ip(text(&source[1]).parse().unwrap()),
        _ => Source::from_text(text(&source[1])).unwrap(),
    });
    let begun = walk.drive(flow.sign_in(lookup, source, now)).unwrap();
    let typed = TypedPassword::new("tidal+Engine=1843").unwrap();
    let verifier = Verifier::new(Hasher::new(Cost::new(8, 1, 1).unwrap()));
    let salt = Salt::generate(&mut Fixed(&(1..=16).collect::<Vec<_>>())).unwrap();
    let checked = begun.verify(&typed, &verifier, salt).unwrap();
    let seed = Seed::generate(&mut Fixed(&bytes(&case["seed"]))).unwrap();
    let finished = walk.drive(flow.finish_sign_in(checked, seed, now));
    let ticket = match &finished {
        Ok(SignInOutcome::MustChange(must)) => Some(must.ticket().expose_secret().to_owned()),
        Ok(SignInOutcome::SignedIn(_)) => None,
        _ => {
            assert_eq!(case["found"], false, "{name}: {finished:?}");
            None
        }
    };
    assert_eq!(case["counts"], json!(walk.counts), "{name}");
    assert_eq!(case["row"], json!(walk.row), "{name}");
    assert_eq!(case["ticket"], json!(ticket), "{name}");
}

struct Walk {
    ports: MemoryPorts,
    now: UtcDateTime,
    counts: Vec<Value>,
    row: Option<String>,
}

impl Walk {
    fn drive<T>(&mut self, mut step: Step<'_, T>) -> T {
        let (ports, now) = (&self.ports, self.now);
        loop {
            step = match step {
                Step::Done(value) => return value,
                Step::Find(call) => {
                    let found = block_on(ports.accounts().find(&call.question().lookup, now));
                    call.reply(found)
                }
                Step::LoadAccount(call) => {
                    let account = block_on(ports.accounts().load(&call.question().id, now));
                    call.reply(account)
                }
                Step::Count(call) => {
                    let count = call.question().clone();
                    let (name, quota) = (hex(count.key.as_bytes()), count.quota);
                    self.counts.push(json!([name, quota.max(), quota.period().as_secs()]));
                    assert!(count.once.is_none());
                    call.reply(block_on(ports.counters().count(&count.key, quota, None, now)))
                }
                Step::Insert(call) => {
                    let row = &call.question().row;
                    assert!(self.row.replace(hex(&row.to_bytes())).is_none());
                    let inserted = block_on(ports.attempts().insert(row, now));
                    call.reply(inserted)
                }
                other => panic!("{other:?}"),
            };
        }
    }
}

fn flow(case: &Value) -> Flow {
    let key_id = KeyId::new(case["key_id"].as_u64().unwrap().try_into().unwrap());
    let keyring = Keyring::new(key_id, Key::from_bytes(&bytes(&case["key"])).unwrap());
    let mut scope = Scope::new(Purpose::new(text(&case["purpose"])).unwrap());
    if let Some(tenant) = case["tenant"].as_str() {
        scope = scope.for_tenant(tenant).unwrap();
    }
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(keyring, page).scope(scope).build().unwrap()
}

fn account(case: &Value, now: UtcDateTime) -> Account {
    let account = Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_email(Email::verified(Contact::email("Ada@Example.org").unwrap()))
        .with_password(PasswordHash::from_stored(text(&case["password"])).unwrap());
    let must_change = MustChange::new(MustChangeReason::Temporary);
    let must_change = match case["expires_after"].as_u64() {
        Some(seconds) => must_change.until(now + Duration::from_secs(seconds)),
        None => must_change,
    };
    let account = match case["version"].as_u64() {
        Some(version) => account.with_version(version),
        None => account,
    };
    account.with_must_change((case["must_change"] == true).then_some(must_change))
}
