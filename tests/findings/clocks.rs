//! A7, A13 and A14: keys that are gone, and clocks that are ahead.

use alloc::sync::Arc;

use pollster::block_on;
use repass::attempt::AttemptRow;
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryQueue;
use repass::message::{LinkForm, ResetLink};
use repass::port::Queue;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Outcome, Proof, RefusalReason};

use crate::recovering::{Shared, messages, obtain, outcomes, over, request, token, work};
use crate::steps::{Event, at_each, crash_commit, reset};
use crate::world::{Dice, ada, at, flow, key_bytes, secret_in};

const DAY: i64 = 24 * 60 * 60;
const YEAR: i64 = 365 * DAY;
const LINK_LIFE: i64 = 30 * 60;
/// How far the clocks of one service may differ.
const CLOCKS: i64 = 120;

#[test]
fn a07_a_row_whose_key_is_gone_is_reported_and_deleted_30_days_after_its_lease() {
    let mut dice = Dice(12);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    let crash = at_each("write", Event::CrashesAfter);
    crash_commit(&recovery, Proof::Link(&link), &mut dice, at(0), crash);

    let (old, new) = (KeyId::new(1), KeyId::new(2));
    let ring = Keyring::new(old, Key::from_bytes(&key_bytes()).unwrap());
    let other = Key::from_bytes(&key_bytes().map(|byte| byte ^ 0x5a)).unwrap();
    let without = ring.rotate(new, other).unwrap().remove(old).unwrap();
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let flow = Flow::builder(without, page).build().unwrap();
    let after = Recovery::new(flow, recovery.ports().clone());

    let lease_over = 60;
    for second in [lease_over, lease_over + DAY, lease_over + 30 * DAY - 1] {
        let done = block_on(after.housekeep(at(second)));
        assert_eq!((done.unknown_keys, done.resumed.len(), done.purged_attempts), (1, 0, 0));
        // Where the key still is, nothing is lost until then.
        assert_eq!(block_on(recovery.housekeep(at(second))).resumed.len(), 1);
    }
    let done = block_on(after.housekeep(at(lease_over + 30 * DAY)));
    assert_eq!(done.purged_attempts, 1);
    assert_eq!(block_on(after.housekeep(at(lease_over + 30 * DAY))).unknown_keys, 0);
}

/// Whatever a clock that is ahead by no more than clocks may differ has purged: the same request,
/// delivered again, does not revive a used link.
#[test]
fn a13_a_used_link_does_not_admit_after_a_purge_and_a_repeat() {
    for now in [2, LINK_LIFE / 2, LINK_LIFE - CLOCKS, LINK_LIFE - 1, LINK_LIFE, LINK_LIFE + 700] {
        let mut dice = Dice(13);
        let account = ada(&mut dice);
        let recovery = over(flow().build().unwrap(), account);
        request(&recovery, Delivery::LINK, &mut dice, at(0));
        let claimed = block_on(recovery.claim(token(&mut dice), 1, at(0))).unwrap().remove(0);
        let repeated = |recovery: &Recovery<Shared>| {
            let ports =
                Shared { queue: Arc::new(MemoryQueue::default()), ..recovery.ports().clone() };
            block_on(ports.queue.push(claimed.entry(), at(0))).unwrap();
            Recovery::new(flow().build().unwrap(), ports)
        };
        let first = repeated(&recovery);
        let _sent = work(&first, &mut dice, at(0));
        let link = secret_in(messages(&first)[0].expose_secret());
        reset(&first, Proof::Link(&link), &mut dice, at(1));

        let ahead = block_on(first.housekeep(at(now + CLOCKS)));
        assert!(ahead.failures.is_empty());
        let second = repeated(&first);
        let ran = outcomes(&work(&second, &mut dice, at(now)));
        let over = now >= LINK_LIFE;
        // While the row is there, it tells that the request was run; later, its own time does.
        let kept = now + CLOCKS < LINK_LIFE + 600 + CLOCKS;
        let expected = if kept { Outcome::AlreadyRun } else { Outcome::Expired };
        assert_eq!(ran, [expected], "{now}");
        let refused = block_on(second.admit(Proof::Link(&link), None, at(now))).unwrap_err();
        let code = if over { "token_expired" } else { RefusalReason::Used.code() };
        assert_eq!(refused.code(), code, "{now}");
    }
}

#[test]
fn a14_rows_of_a_clock_a_year_ahead_are_refused_and_purged() {
    let mut dice = Dice(14);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(YEAR));
    let (handle, code) = obtain(&recovery, Delivery::CODE, &mut dice, at(YEAR));
    let refused = block_on(recovery.admit(Proof::Link(&link), None, at(0))).unwrap_err();
    assert_eq!(refused.code(), "token_too_far_ahead");
    let proof = Proof::Code { handle: &handle, code: &code };
    assert!(block_on(recovery.admit(proof, None, at(0))).is_err());
    let done = block_on(recovery.housekeep(at(0)));
    assert_eq!(done.purged_attempts, 2);
    // One counter of requests, and one of messages.
    assert_eq!(done.purged_counters, 2);
    assert!(recovery.ports().attempts.dump().is_empty());
}

/// A link of the last messages of a window may be valid for longer than twelve hours, so that its
/// token alone does not show that the clock was wrong.
#[test]
fn a14_rows_of_a_clock_an_hour_ahead_are_refused() {
    let mut dice = Dice(15);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(3_600));
    for (now, refused) in [(0, true), (3_600 - CLOCKS - 1, true), (3_600 - CLOCKS, false)] {
        let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(now)));
        let code = admitted.err().map(|error| error.code());
        assert_eq!(code, refused.then_some(RefusalReason::UnknownAttempt.code()), "{now}");
    }
}

#[test]
fn a14_counters_of_a_clock_a_year_ahead_hold_nobody_back() {
    let mut dice = Dice(16);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    // As many requests, messages and guesses as there may be.
    let mut handles = Vec::new();
    for _ in 0..10 {
        handles.push(request(&recovery, Delivery::CODE, &mut dice, at(YEAR)));
    }
    let worked = work(&recovery, &mut dice, at(YEAR));
    let sent = outcomes(&worked).iter().filter(|outcome| **outcome == Outcome::Sent).count();
    assert_eq!(sent, 5);
    for handle in &handles {
        for _ in 0..5 {
            let proof = Proof::Code { handle, code: "BBBB-BBBB" };
            assert!(block_on(recovery.admit(proof, None, at(YEAR))).is_err());
        }
    }
    let _ = messages(&recovery);
    // The clock is right again.
    let (handle, code) = obtain(&recovery, Delivery::CODE, &mut dice, at(0));
    let proof = Proof::Code { handle: &handle, code: &code };
    assert!(block_on(recovery.admit(proof, None, at(1))).is_ok());
}

/// A commit that a wrong clock began holds nothing back for a year, and what follows from it is found.
#[test]
fn a14_a_lease_of_a_clock_a_year_ahead_is_over_at_once() {
    let mut dice = Dice(17);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(YEAR));
    let crash = at_each("write", Event::CrashesAfter);
    crash_commit(&recovery, Proof::Link(&link), &mut dice, at(YEAR), crash);
    let done = block_on(recovery.housekeep(at(0)));
    assert_eq!(done.resumed.len(), 1);
    block_on(recovery.settle(&done.resumed[0], at(0))).unwrap();
    let _ = block_on(recovery.housekeep(at(0)));
    assert!(recovery.ports().attempts.dump().is_empty());
}

/// No row is kept for longer than `LONGEST_KEPT`, so that one that would be shows a wrong clock.
#[test]
fn a14_no_row_is_kept_longer_than_the_documentation_says() {
    let mut dice = Dice(18);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    for _ in 0..5 {
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1)));
        assert!(admitted.is_ok());
    }
    let (_, link) = {
        let recovery = over(flow().build().unwrap(), ada(&mut dice));
        let obtained = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let crash = at_each("write", Event::CrashesAfter);
        crash_commit(&recovery, Proof::Link(&obtained.1), &mut dice, at(0), crash);
        let rows = recovery.ports().attempts.dump();
        check_kept(&rows);
        obtained
    };
    assert!(!link.is_empty());
    check_kept(&recovery.ports().attempts.dump());
}

fn check_kept(rows: &[Vec<u8>]) {
    for row in rows {
        let row = AttemptRow::from_bytes(row).unwrap();
        assert!(row.keep_until() <= at(0) + AttemptRow::LONGEST_KEPT, "{row:?}");
        assert!(!row.is_over(at(0)), "{row:?}");
    }
}
