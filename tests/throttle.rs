//! Quotas, and the names of their counters.

use core::time::Duration;

use repass::account::{AccountId, Lookup};
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::throttle::{Counted, Quota, ThrottleKey};
use repass::time::UtcDateTime;

#[test]
fn a_quota_counts_down_to_none() {
    let key = ThrottleKey::account(&reset(), "tries", &AccountId::new("42").unwrap());
    for (max, counted, left) in [
        (5, 0, Some(5)),
        (5, 1, Some(4)),
        (5, 5, Some(0)),
        (5, 6, None),
        (5, u32::MAX, None),
        (0, 0, Some(0)),
        (0, 1, None),
        (u32::MAX, 1, Some(u32::MAX - 1)),
        (u32::MAX, u32::MAX, Some(0)),
    ] {
        let quota = Quota::new(max, Duration::from_secs(60));
        let answer = Counted::new(key, quota, counted, at(7));
        assert_eq!(answer.left(), left, "{counted} of {max}");
        assert_eq!((answer.key(), answer.quota()), (&key, quota));
        assert_eq!((answer.number(), answer.ends_at()), (counted, at(7)));
        assert_eq!((quota.max(), quota.period()), (max, Duration::from_secs(60)));
    }
}

/// A counter ends a period after it opened. One that would end later was opened by a clock that was
/// ahead by more than the 120 s that two clocks of a service may differ.
#[test]
fn a_counter_is_open_until_its_end_unless_a_wrong_clock_opened_it() {
    let quota = Quota::new(5, Duration::from_secs(60));
    assert_eq!(quota.ends_at(at(1)), at(61));
    for (ends_at, open) in [(0, false), (1, true), (60, true), (180, true), (181, false)] {
        assert_eq!(quota.is_open(at(ends_at), at(0)), open, "{ends_at}");
    }
    let longest = Quota::new(5, Duration::from_secs(365 * 24 * 60 * 60));
    assert_eq!(longest.period(), Quota::LONGEST_PERIOD);
}

#[test]
fn every_spelling_of_what_was_typed_is_one_counter() {
    let typed = |lookup: Lookup| ThrottleKey::typed(&ring(1), &reset(), "request", &lookup);
    let email = typed(Lookup::email("ada@example.org").unwrap());
    for same in ["Ada@Example.org", "ADA@EXAMPLE.ORG"] {
        assert_eq!(typed(Lookup::email(same).unwrap()), email, "{same}");
        assert_eq!(typed(Lookup::email_or_login(&format!("  {same}\n")).unwrap()), email, "{same}");
    }
    let login = typed(Lookup::login("ada").unwrap());
    assert_eq!(typed(Lookup::login("ADA").unwrap()), login);
}

#[test]
fn counters_of_different_things_differ() {
    let (tenant, invitation) =
        (reset().for_tenant("acme").unwrap(), Scope::new(Purpose::new("invitation").unwrap()));
    let email = |text| Lookup::email(text).unwrap();
    let login = |text| Lookup::login(text).unwrap();
    let account = |text| AccountId::new(text).unwrap();
    let attempt = |byte| AttemptId::from_bytes([byte; 20]);
    let keys = [
        ThrottleKey::typed(&ring(1), &reset(), "request", &email("ada@example.org")),
        ThrottleKey::typed(&ring(2), &reset(), "request", &email("ada@example.org")),
        ThrottleKey::typed(&ring(1), &tenant, "request", &email("ada@example.org")),
        ThrottleKey::typed(&ring(1), &invitation, "request", &email("ada@example.org")),
        ThrottleKey::typed(&ring(1), &reset(), "requests", &email("ada@example.org")),
        ThrottleKey::typed(&ring(1), &reset(), "request", &email("ada@example.or")),
        ThrottleKey::typed(&ring(1), &reset(), "request", &email("ad\u{e0}@example.org")),
        // The same text as a user name.
        ThrottleKey::typed(&ring(1), &reset(), "request", &login("ada@example.org")),
        ThrottleKey::account(&reset(), "tries", &account("42")),
        ThrottleKey::account(&reset(), "sends", &account("42")),
        ThrottleKey::account(&tenant, "tries", &account("42")),
        ThrottleKey::account(&reset(), "tries", &account("4")),
        // A letter that moves from one part to the next.
        ThrottleKey::account(&reset(), "tries4", &account("2")),
        ThrottleKey::account(&reset(), "tries", &account(&"a".repeat(20))),
        ThrottleKey::attempt(&reset(), "tries", &attempt(b'a')),
        ThrottleKey::attempt(&reset(), "tries", &attempt(b'b')),
        ThrottleKey::attempt(&reset(), "sends", &attempt(b'a')),
        ThrottleKey::attempt(&tenant, "tries", &attempt(b'a')),
    ];
    for (index, key) in keys.iter().enumerate() {
        for (other_index, other) in keys.iter().enumerate() {
            assert_eq!(key == other, index == other_index, "{index} and {other_index}");
            assert_eq!(key.as_bytes() == other.as_bytes(), index == other_index);
        }
    }
}

/// Guesses on an account have one budget for all purposes; those of tenants differ.
#[test]
fn a18_the_counter_of_an_account_is_one_for_all_purposes() {
    let account = AccountId::new("42").unwrap();
    let of = |scope: &Scope| ThrottleKey::account(scope, "codes a day", &account);
    let tenant = reset().for_tenant("acme").unwrap();
    for purpose in [Purpose::INVITATION, Purpose::VERIFICATION, Purpose::new("other").unwrap()] {
        let scope = Scope::new(purpose);
        assert_eq!(of(&scope), of(&reset()));
        assert_eq!(of(&scope.for_tenant("acme").unwrap()), of(&tenant));
        assert_ne!(of(&scope), of(&tenant));
    }
}

/// Where a store is bounded, what strangers can make up takes no place from accounts.
#[test]
fn a_counter_tells_which_others_it_shares_a_bound_with() {
    let typed = ThrottleKey::typed(&ring(1), &reset(), "request", &Lookup::login("ada").unwrap());
    let of_account = ThrottleKey::account(&reset(), "tries", &AccountId::new("42").unwrap());
    let of_attempt = ThrottleKey::attempt(&reset(), "tries", &AttemptId::from_bytes([7; 20]));
    assert_eq!(
        [typed, of_account, of_attempt].map(|key| key.pool()),
        ["typed", "accounts", "attempts"]
    );
}

/// What was typed is in no table: without the key nobody finds out by trying addresses.
#[test]
fn a_counter_of_what_was_typed_needs_the_signing_key() {
    let lookup = Lookup::email("ada@example.org").unwrap();
    let key = ThrottleKey::typed(&ring(1), &reset(), "request", &lookup);
    let rotated = ring(1).rotate(KeyId::new(9), Key::from_bytes(&material(9)).unwrap()).unwrap();
    assert_ne!(ThrottleKey::typed(&rotated, &reset(), "request", &lookup), key);
}

fn reset() -> Scope {
    Scope::new(Purpose::RESET)
}

fn ring(first: u8) -> Keyring {
    Keyring::new(KeyId::new(1), Key::from_bytes(&material(first)).unwrap())
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

fn material(first: u8) -> Vec<u8> {
    (first..first + 32).collect()
}
