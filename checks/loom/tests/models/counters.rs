//! Counters, and the quotas that they guard.

use core::slice;
use std::collections::BTreeMap;
use std::sync::Arc;

use loom_check::memory::MemoryCounters;
use pollster::block_on;
use repass::account::AccountId;
use repass::port::{Counters, Ports};
use repass::reset::{AdmitError, Delivery, Proof, Refusal, RefusalReason, RequestError};
use repass::secret::Seed;
use repass::throttle::ThrottleKey;

use crate::fixture::{Attempt, Fixture, Memory, lookup};
use crate::world::{Dice, at};
use crate::{at_once, in_every_order};

#[test]
fn three_counts_are_three() {
    let count = Fixture::new().request_count();
    in_every_order(move || {
        let counters = Arc::new(MemoryCounters::default());
        let counts = [(); 3].map(|()| {
            let (counters, count) = (Arc::clone(&counters), count.clone());
            move || block_on(counters.count(&count.key, count.quota, None, at(0))).unwrap().number()
        });
        let mut counted = at_once(counts);
        counted.sort_unstable();
        assert_eq!(counted, [1, 2, 3]);
    });
}

/// A message that is counted by three processes at once.
#[test]
fn three_counts_of_one_message_are_one() {
    let count = Fixture::new().message_count();
    assert!(count.once.is_some());
    in_every_order(move || {
        let counters = Arc::new(MemoryCounters::default());
        let counts = [(); 3].map(|()| {
            let (counters, count) = (Arc::clone(&counters), count.clone());
            move || {
                let once = count.once.as_ref();
                block_on(counters.count(&count.key, count.quota, once, at(0))).unwrap().number()
            }
        });
        assert_eq!(at_once(counts), [1, 1, 1]);
        let next = block_on(counters.count(&count.key, count.quota, None, at(0))).unwrap();
        assert_eq!(next.number(), 2);
    });
}

/// Of keys that find no room, and share a counter because their first two bytes are the same.
#[test]
fn three_counts_of_a_full_store_are_three() {
    let fixture = Fixture::new();
    let (flow, quota) = (fixture.flow.clone(), fixture.request_count().quota);
    let mut alike: BTreeMap<[u8; 2], Vec<ThrottleKey>> = BTreeMap::new();
    let keys: [ThrottleKey; 3] = (0..)
        .find_map(|number: u64| {
            let id = AccountId::new(&number.to_string()).unwrap();
            let key = ThrottleKey::account(flow.scope(), "codes", &id);
            let keys = alike.entry([key.as_bytes()[0], key.as_bytes()[1]]).or_default();
            keys.push(key);
            keys.as_slice().try_into().ok()
        })
        .unwrap();
    in_every_order(move || {
        let counters = Arc::new(MemoryCounters::with_max_rows(0));
        let counts = keys.map(|key| {
            let counters = Arc::clone(&counters);
            move || block_on(counters.count(&key, quota, None, at(0))).unwrap().number()
        });
        let mut counted = at_once(counts);
        counted.sort_unstable();
        assert_eq!(counted, [1, 2, 3]);
    });
}

/// Ten in five minutes, of which eight were taken.
#[test]
fn of_three_requests_for_two_places_two_are_taken() {
    let fixture = Fixture::new();
    let count = fixture.request_count();
    in_every_order(move || {
        let service = fixture.service(&[]);
        for _ in 2..count.quota.max() {
            let counters = service.ports().counters();
            block_on(counters.count(&count.key, count.quota, None, at(0))).unwrap();
        }
        let requests = [1, 2, 3].map(|number| {
            let service = service.clone();
            move || {
                let seed = Seed::generate(&mut Dice(number)).unwrap();
                block_on(service.request(lookup(), Delivery::LINK, None, seed, at(0)))
            }
        });
        let answers = at_once(requests);
        let throttled =
            |answer: &&Result<_, _>| matches!(answer, Err(RequestError::Throttled { .. }));
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
        assert_eq!(answers.iter().filter(throttled).count(), 1);
    });
}

#[test]
fn of_two_wrong_codes_for_the_last_try_of_a_handle_one_is_compared() {
    let mut fixture = Fixture::with_tries(2, 15);
    let code = fixture.attempt(Delivery::CODE);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&code));
        assert_eq!(wrong_guess(&service, &code)(), (RefusalReason::WrongCode, 1));
        let answers = at_once([(); 2].map(|()| wrong_guess(&service, &code)));
        assert!(answers.contains(&(RefusalReason::WrongCode, 0)));
        assert!(answers.contains(&(RefusalReason::HandleSpent, 0)));
    });
}

#[test]
fn of_two_wrong_codes_for_the_last_try_of_an_account_one_is_compared() {
    let mut fixture = Fixture::with_tries(2, 2);
    let codes = [(); 2].map(|()| fixture.attempt(Delivery::CODE));
    in_every_order(move || {
        let service = fixture.service(&codes);
        assert_eq!(wrong_guess(&service, &codes[0])(), (RefusalReason::WrongCode, 1));
        let answers = at_once(codes.each_ref().map(|code| wrong_guess(&service, code)));
        let count = |reason| answers.iter().filter(|(other, _)| *other == reason).count();
        assert_eq!(count(RefusalReason::WrongCode), 1);
        assert_eq!(count(RefusalReason::AccountSpent), 1);
    });
}

#[test]
fn a_right_code_admits_only_while_there_are_tries() {
    let mut fixture = Fixture::with_tries(1, 15);
    let code = fixture.attempt(Delivery::CODE);
    in_every_order(move || {
        let service = fixture.service(slice::from_ref(&code));
        let wrong = loom::thread::spawn(wrong_guess(&service, &code));
        let handle = code.handle.expose_secret();
        let proof = Proof::Code { handle, code: &code.secret };
        let admitted = block_on(service.admit(proof, None, at(1))).is_ok();
        let (reason, _) = wrong.join().unwrap();
        // Whichever of them was counted first is compared.
        let spent = [RefusalReason::WrongCode, RefusalReason::HandleSpent][usize::from(admitted)];
        assert_eq!(reason, spent);
    });
}

/// Why a wrong code is refused, and how many tries are left.
fn wrong_guess(
    service: &Memory,
    attempt: &Attempt,
) -> impl FnOnce() -> (RefusalReason, u32) + use<> {
    let (service, attempt) = (service.clone(), attempt.clone());
    move || {
        let first = if attempt.secret.starts_with('B') { 'C' } else { 'B' };
        let wrong = format!("{first}{}", &attempt.secret[1..]);
        let handle = attempt.handle.expose_secret();
        let proof = Proof::Code { handle, code: &wrong };
        match block_on(service.admit(proof, None, at(1))) {
            Err(AdmitError::Refused(Refusal::Refused {
                reason, tries_left: Some(left), ..
            })) => (reason, left),
            other => panic!("{other:?}"),
        }
    }
}
