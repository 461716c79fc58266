//! What 100,000 pending attempts and their counters take in memory, and what it takes to delete them.

use allocation_counter::measure;
use pollster::block_on;
use repass::account::Lookup;
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::port::Ports;
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow};
use repass::secret::Seed;
use repass::time::UtcDateTime;

/// A fifth of it, unless all evidence is asked for.
fn pending() -> u32 {
    let is_full = std::env::var("REPASS_CI").is_ok_and(|tier| tier == "full");
    if is_full { 100_000 } else { 20_000 }
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

fn recovery() -> Recovery<MemoryPorts> {
    let key: Vec<u8> = (0..32).collect();
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Recovery::new(Flow::builder(keyring, page).build().unwrap(), MemoryPorts::default())
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

/// Requests for so many people of whom nobody is known, and all the work that they make.
fn ask(recovery: &Recovery<MemoryPorts>, numbers: core::ops::Range<u32>) {
    for number in numbers {
        let lookup = Lookup::email(&format!("nobody{number}@example.org")).unwrap();
        let asked = recovery.request(lookup, Delivery::CODE, None, seed(), at(0));
        let _handle = block_on(asked).unwrap();
        while !block_on(recovery.work(ClaimToken::new(seed()), 64, at(0))).unwrap().is_empty() {}
    }
}

/// An attempt and its two counters, with the indexes over them, take less than 2,000 bytes, and nothing
/// is left of them once they are over.
#[test]
fn a_hundred_thousand_pending_attempts_take_a_bounded_space_and_give_it_back() {
    let (recovery, pending) = (recovery(), pending());
    let taken = measure(|| ask(&recovery, 0..pending));
    let each = taken.bytes_current / i64::from(pending);
    assert!((300..2_000).contains(&each), "{each} bytes");
    assert_eq!(recovery.ports().attempts().dump().len(), usize::try_from(pending).unwrap());

    // Counters of requests end after 5 minutes, attempts after 22, and counters of messages after 12 hours.
    let given_back = measure(|| {
        for (now, attempts, counters) in [
            (6 * 60, 0, 0),
            (7 * 60, 0, pending),
            (30 * 60, pending, 0),
            (13 * 60 * 60, 0, pending),
        ] {
            let done = block_on(recovery.housekeep(at(now)));
            assert_eq!(done.purged_attempts, u64::from(attempts));
            assert_eq!(done.purged_counters, u64::from(counters));
        }
    });
    assert!(given_back.bytes_current <= -taken.bytes_current * 99 / 100, "{given_back:?}");
}

/// A clean-up that finds nothing to delete allocates nothing that grows with what is kept.
#[test]
fn a_clean_up_looks_at_what_is_over_and_not_at_what_is_kept() {
    let spent = |pending: u32| {
        let recovery = recovery();
        ask(&recovery, 0..pending);
        measure(|| drop(block_on(recovery.housekeep(at(60))))).count_total
    };
    assert_eq!(spent(10), spent(1_000));
}
