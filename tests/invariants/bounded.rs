//! 11. No panic, no overflow, no unbounded work.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pollster::block_on;
use repass::account::{AccountId, Lookup};
use repass::key::Keyring;
use repass::memory::MemoryStore;
use repass::policy::{Evidence, Personal, Policy, Rule};
use repass::reset::Delivery;
use repass::scope::{Purpose, Scope};
use repass::store::ResetStore;
use repass::throttle::{Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::world::{World, by_email, keyring, seed};

fn key(ring: &Keyring, name: u32) -> ThrottleKey {
    let lookup = Lookup::login(&format!("person {name}")).unwrap();
    ThrottleKey::typed(ring, &Scope::new(Purpose::RESET), "test", &lookup)
}

/// A flood of made-up names must not push out the counters of others, nor pass uncounted.
#[test]
fn a_full_store_counts_unseen_keys_together() {
    let store = MemoryStore::with_max_rows(100);
    let ring = keyring();
    let quota = Quota::new(5, core::time::Duration::from_secs(3600));
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let count = |name| block_on(store.count(&key(&ring, name), quota, now)).unwrap();
    for name in 0..100 {
        assert_eq!(count(name).counted(), 1);
    }
    // No room: these share one counter.
    assert_eq!([100, 101, 102, 100].map(|name| count(name).counted()), [1, 2, 3, 4]);
    // Those that have one go on.
    assert_eq!(count(7).counted(), 2);
}

#[test]
fn a_full_store_takes_no_more_attempts_until_some_have_ended() {
    use repass::memory::{MemoryAccounts, Outbox};
    use repass::reset::Flow;
    use repass::service::Service;

    let flow = Flow::builder(keyring(), crate::world::page()).build().unwrap();
    let store = MemoryStore::with_max_rows(12);
    let service =
        Service::new(flow, MemoryAccounts::new([crate::world::ada()]), store, Outbox::new());
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let run = |name: u32, now| {
        let lookup = Lookup::login(&format!("person {name}")).unwrap();
        let request = service.request(lookup, Delivery::EmailCode, seed(), now);
        block_on(service.run(&block_on(request).ok()?, now)).ok()
    };
    assert!((0..40).filter_map(|name| run(name, now)).count() <= 12);
    assert!(service.store().dump().len() <= 12);
    let later = now + core::time::Duration::from_secs(24 * 60 * 60);
    assert!(run(1, later).is_some());
}

#[test]
fn no_moment_makes_the_flow_panic() {
    for now in [UtcDateTime::MIN, UtcDateTime::UNIX_EPOCH, UtcDateTime::MAX] {
        let mut world = World::new();
        let token = world.link();
        let (handle, code) = world.code();
        let admitted = world.admit_link(&token).unwrap();
        world.now = now;
        let request = world.service.request(by_email(), Delivery::EmailLink, seed(), now);
        if let Ok(request) = block_on(request) {
            let _report = block_on(world.service.run(&request, now)).unwrap();
        }
        // All of them are refused: too far ahead, or long expired.
        assert!(world.admit_link(&token).is_err());
        assert!(world.admit_code(&handle, &code).is_err());
        let _ = world.commit(&admitted, crate::world::NEW);
        assert!(block_on(world.service.owed(now)).is_ok());
    }
}

/// Strangers who fill the counters must not stop signed-in people.
#[test]
fn a_full_store_shares_counters_of_one_kind_only() {
    let store = MemoryStore::with_max_rows(1);
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let quota = Quota::new(5, core::time::Duration::from_secs(3600));
    let scope = Scope::new(Purpose::RESET);
    let count = |kind, id| {
        let key = ThrottleKey::account(&scope, kind, &AccountId::new(id).unwrap());
        block_on(store.count(&key, quota, now)).unwrap().counted()
    };
    assert_eq!(count("requests", "a"), 1);
    assert_eq!([count("requests", "b"), count("requests", "c")], [1, 2]);
    assert_eq!(count("present passwords", "d"), 1);
    assert_eq!(count("requests", "d"), 3);
}

/// What strangers make up fills its own room: for hours after a flood an account gets its letters, its
/// code is compared, and its tries are still counted one by one.
#[test]
fn a_flood_of_made_up_names_leaves_the_counters_of_accounts_alone() {
    use repass::memory::{MemoryAccounts, Outbox};
    use repass::reset::{Flow, Outcome, Proof};
    use repass::service::Service;

    let flow = Flow::builder(keyring(), crate::world::page()).build().unwrap();
    let store = MemoryStore::with_max_rows(60);
    let service =
        Service::new(flow, MemoryAccounts::new([crate::world::ada()]), store, Outbox::new());
    let mut now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let ask = |lookup, now| {
        let request = block_on(service.request(lookup, Delivery::EmailCode, seed(), now)).unwrap();
        let outcome = block_on(service.run(&request, now)).unwrap().disclose();
        (request.handle().expose_secret().to_owned(), outcome)
    };
    let wrong = |handle: &str, now| {
        let proof = Proof::Code { handle, code: "BCDF-GHJK" };
        block_on(service.admit(proof, None, now)).unwrap_err().code()
    };
    // A message that nobody is sent, and a code that is tried, are counted for a day.
    for name in 0..120 {
        let (handle, _) = ask(Lookup::login(&format!("person {name}")).unwrap(), now);
        wrong(&handle, now);
        now += core::time::Duration::from_secs(120);
    }
    let (handle, outcome) = ask(by_email(), now);
    assert_eq!(outcome, Outcome::Sent);
    let codes = [(); 5].map(|()| wrong(&handle, now));
    assert_eq!(codes, ["reset_wrong_code"; 5]);
}

/// Counts how often it is asked.
#[derive(Debug)]
struct Asked(Arc<AtomicUsize>);

impl Rule for Asked {
    fn code(&self) -> &'static str {
        "password_asked"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "asked".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "It was asked.".into()
    }

    fn accepts(&self, _: &str, _: &Personal<'_>) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

#[test]
fn above_a_ceiling_no_rule_of_a_policy_is_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let wishes = Policy::builder().rule(Asked(asked.clone())).build().unwrap();
    let policy = Policy::builder()
        .max_bytes(16)
        .max_personal(2, 8)
        .rule(Asked(asked.clone()))
        .warn(wishes)
        .build()
        .unwrap();
    let about = Personal::none();
    let (long, others) = ("x".repeat(17), [("word", "x"); 3]);
    for (password, about, code) in [
        (long.as_str(), about, "password_too_many_bytes"),
        ("x", about.username(&long[..9]), "personal_information_too_large"),
        ("x", about.others(&others), "personal_information_too_large"),
    ] {
        for refused in [
            policy.check(password, &about),
            policy.check_with(password, &about, Evidence::of_change("old")),
            policy.check_change("old", password, &about),
        ] {
            let violations = refused.unwrap_err();
            assert_eq!(violations.len(), 1);
            assert_eq!(violations[0].code(), code);
        }
        assert!(policy.warnings(password, &about).is_none());
        let _ = policy.checklist(password, &about);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(policy.check(&long[..16], &about.username(&long[..8]).others(&others[..1])).is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
