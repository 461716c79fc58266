//! The queue: bounded for everybody alike, no entry blocks others, and a lease that is lost does no
//! harm.

use alloc::sync::Arc;

use pollster::block_on;
use repass::account::Lookup;
use repass::answer::Answer;
use repass::memory::MemoryQueue;
use repass::port::Queue;
use repass::queue::{QueueEntry, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Outcome, Proof, RequestError, SealedError, Worked};

use crate::recovering::{
    Shared, lookup, messages, obtain, outcomes, over, request, seed, shared, token, work,
};
use crate::steps::{Event, at_each, drive, reset};
use crate::world::{Dice, ada, at, flow};

#[test]
fn queue_that_is_full_refuses_known_and_unknown_alike() {
    for (full_of, asked) in [
        ("nobody@example.org", "ada@example.org"),
        ("ada@example.org", "nobody@example.org"),
        ("ada@example.org", "ada@example.org"),
    ] {
        let mut dice = Dice(33);
        let queue = Arc::new(MemoryQueue::with_max_requests(3));
        let ports = Shared { queue, ..shared([ada(&mut dice)]) };
        let recovery = Recovery::new(flow().build().unwrap(), ports);
        let ask = |address: &str, dice: &mut Dice| {
            let lookup = Lookup::email(address).unwrap();
            block_on(recovery.request(lookup, Delivery::LINK, None, seed(dice), at(0)))
        };
        for _ in 0..3 {
            assert!(ask(full_of, &mut dice).is_ok());
        }
        let refused = ask(asked, &mut dice).unwrap_err();
        assert!(matches!(refused, RequestError::Full));
        assert_eq!(refused.answer(), Answer::Unavailable);
        // Messages are not bounded by it: what was taken is finished, and then there is a place again.
        assert_eq!(outcomes(&work(&recovery, &mut dice, at(1))).len(), 3);
        assert!(ask(asked, &mut dice).is_ok());
    }
}

#[test]
fn queue_entries_that_cannot_be_used_block_no_others() {
    let mut dice = Dice(34);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    // More of them than are claimed at once, of each kind, and all due before the real one.
    request(&recovery, Delivery::LINK, &mut dice, at(0));
    let claimed = block_on(recovery.claim(token(&mut dice), 1, at(0))).unwrap().remove(0);
    let real = claimed.entry();
    let scope = real.scope();
    for number in 0..100_u8 {
        for kind in 1..=3 {
            let mut key = real.key().to_bytes();
            (key[0], key[1]) = (kind, number);
            let key = repass::queue::QueueKey::from_bytes(&key).unwrap();
            // Cut, altered, and of an unknown key.
            let bytes = match number % 3 {
                0 => vec![number; usize::from(number)],
                1 => real.as_bytes().iter().map(|byte| byte ^ number).collect(),
                _ => {
                    let mut bytes = real.as_bytes().to_vec();
                    (bytes[1], bytes[3]) = (kind, 99);
                    bytes
                }
            };
            let poison = QueueEntry::from_stored(key, scope, bytes);
            block_on(recovery.ports().queue.push(&poison, at(0))).unwrap();
        }
    }
    let worked = work(&recovery, &mut dice, at(200));
    let count = |wanted: fn(&Worked) -> bool| worked.iter().filter(|one| wanted(one)).count();
    assert_eq!(count(|one| matches!(one, Worked::Ran(_))), 1);
    assert_eq!(count(|one| matches!(one, Worked::Delivered)), 1);
    assert!(count(|one| matches!(one, Worked::Dropped(_))) >= 200);
    assert_eq!(messages(&recovery).len(), 1);
    // An unknown key may become known. Requests and messages are dropped when no secret of them can be
    // valid any more; notices are kept longer.
    for round in 1..=100 {
        let _ = work(&recovery, &mut dice, at(200 + 601 * round));
    }
    let waiting = recovery.ports().queue.dump();
    assert!(waiting.iter().all(|bytes| bytes.get(1) == Some(&1)), "only notices wait");
    assert_eq!(waiting.len(), (0..100).filter(|number| number % 3 == 2).count());
}

#[test]
fn queue_retries_one_message_without_holding_up_another() {
    let mut dice = Dice(35);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    for _ in 0..2 {
        request(&recovery, Delivery::LINK, &mut dice, at(0));
    }
    let token = token(&mut dice);
    for claimed in block_on(recovery.claim(token, 2, at(0))).unwrap() {
        let ran = block_on(recovery.work_on(claimed, token, at(0))).unwrap();
        assert!(matches!(ran, Worked::Ran(_)));
    }
    let [first, second] = <[_; 2]>::try_from(block_on(recovery.claim(token, 2, at(0))).unwrap())
        .unwrap_or_else(|claimed| panic!("{claimed:?}"));
    let step = recovery.flow().work_on(first, token, at(0));
    let fails = at_each("deliver", Event::FailsBefore);
    let put_off = drive(step, recovery.ports(), at(0), fails).unwrap().unwrap();
    let Worked::PutOff { due, failure: Some(_) } = put_off else { panic!("{put_off:?}") };
    let delivered = block_on(recovery.work_on(second, token, at(0))).unwrap();
    assert!(matches!(delivered, Worked::Delivered));
    assert!(work(&recovery, &mut dice, at(0)).is_empty());
    let worked = work(&recovery, &mut dice, due);
    assert!(matches!(&worked[..], [Worked::Delivered]));
    assert_eq!(messages(&recovery).len(), 2);
}

#[test]
fn queue_worker_whose_lease_is_over_acknowledges_nothing() {
    // One entry, whose lease is 30 s and 120 s by which clocks may differ.
    const LEASE: i64 = 150;
    for fails in [false, true] {
        let mut dice = Dice(36);
        let account = ada(&mut dice);
        let recovery = over(flow().build().unwrap(), account);
        request(&recovery, Delivery::LINK, &mut dice, at(0));
        let _ = block_on(recovery.work(token(&mut dice), 1, at(0))).unwrap();
        let (slow, fast) = (token(&mut dice), token(&mut dice));
        let of_slow = block_on(recovery.claim(slow, 1, at(0))).unwrap().remove(0);
        assert_eq!(of_slow.tries(), 1);
        assert!(block_on(recovery.claim(fast, 1, at(LEASE - 1))).unwrap().is_empty());
        let of_fast = block_on(recovery.claim(fast, 1, at(LEASE))).unwrap().remove(0);
        assert_eq!(of_fast.tries(), 2);
        // The slow one goes on, delivers or fails, and changes nothing about the entry.
        let event = if fails { Event::FailsBefore } else { Event::Works };
        let step = recovery.flow().work_on(of_slow, slow, at(LEASE + 1));
        let worked = drive(step, recovery.ports(), at(LEASE + 1), at_each("deliver", event));
        assert!(matches!(worked, Some(Ok(Worked::LeaseLost))), "{worked:?}");
        assert_eq!(recovery.ports().queue.dump().len(), 1);
        let worked = block_on(recovery.work_on(of_fast, fast, at(LEASE + 2))).unwrap();
        assert!(matches!(worked, Worked::Delivered));
        assert!(recovery.ports().queue.dump().is_empty());
        // At worst it came twice, with the same secret.
        let arrived = messages(&recovery);
        assert_eq!(arrived.len(), if fails { 1 } else { 2 });
        assert!(arrived.iter().all(|one| one.expose_secret() == arrived[0].expose_secret()));
    }
}

#[test]
fn queue_works_on_notices_and_messages_before_requests() {
    let mut dice = Dice(37);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    for _ in 0..3 {
        request(&recovery, Delivery::LINK, &mut dice, at(0));
    }
    let _ = block_on(recovery.work(token(&mut dice), 1, at(0))).unwrap();
    reset(&recovery, Proof::Link(&link), &mut dice, at(1));
    let claimed = block_on(recovery.claim(token(&mut dice), 10, at(1))).unwrap();
    let kinds: Vec<QueueKind> =
        claimed.iter().map(|claimed| claimed.entry().key().kind()).collect();
    let requests = [QueueKind::Request; 2];
    assert_eq!(kinds, [&[QueueKind::Notice, QueueKind::Message], &requests[..]].concat());
}

/// A request for nobody leaves a decoy, which looks the same in the queue and is dropped.
#[test]
fn queue_takes_a_decoy_for_nobody() {
    let mut dice = Dice(38);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let nobody = Lookup::email("nobody@example.org").unwrap();
    let asked = recovery.request(nobody, Delivery::LINK, None, seed(&mut dice), at(0));
    let _handle = block_on(asked).unwrap();
    let worked = work(&recovery, &mut dice, at(0));
    assert!(matches!(&worked[..], [Worked::Ran(_), Worked::Decoy]), "{worked:?}");
    assert_eq!(outcomes(&worked), [Outcome::Unknown]);
    assert!(messages(&recovery).is_empty());
}

/// A message that waited until its secret expired is dropped, not sent.
#[test]
fn queue_drops_what_is_too_late() {
    let mut dice = Dice(39);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let asked = recovery.request(lookup(), Delivery::LINK, None, seed(&mut dice), at(0));
    let _handle = block_on(asked).unwrap();
    let _ = block_on(recovery.work(token(&mut dice), 1, at(0))).unwrap();
    let worked = work(&recovery, &mut dice, at(30 * 60));
    assert!(matches!(&worked[..], [Worked::Dropped(SealedError::Expired)]), "{worked:?}");
    assert!(messages(&recovery).is_empty());
}
