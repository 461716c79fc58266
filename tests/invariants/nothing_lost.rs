//! 4. Nothing is spent by a mistake, nothing that follows from a change is lost.

use pollster::block_on;
use repass::account::{Contact, Email, Lookup};
use repass::message::MessageKind;
use repass::port::{Attempts, Port};
use repass::queue::{Claimed, QueueKind};
use repass::reset::{CommitError, Delivery, Outcome, SetError, Worked};
use repass::secret::{Password, PasswordError};

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, hash_of, hasher, other_than, outcomes, policy, salt,
    token_in,
};

/// Lemmy and torii spend the token first and look at the password afterwards (weakness 38).
#[test]
fn a_refused_password_spends_nothing() {
    let world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    let before = world.attempts().dump();
    assert_eq!(
        Password::confirmed(NEW, "something else").unwrap_err(),
        PasswordError::ConfirmationMismatch
    );
    let weak = Password::new("short").unwrap();
    let refused = admitted.set_password(&weak, &policy(), &hasher(), salt()).unwrap_err();
    assert!(matches!(refused, SetError::Policy(_)));
    assert_eq!(world.attempts().dump(), before);
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

/// The usual form submits code and password together: after each refused password it shows the ticket
/// instead of the code, however often.
#[test]
fn a02_a_right_code_is_not_spent_by_weak_passwords() {
    let world = World::new();
    let (handle, code) = world.code();
    let mut admitted = world.admit_code(&handle, &code).unwrap();
    for _ in 0..20 {
        let weak = Password::new("short").unwrap();
        assert!(admitted.set_password(&weak, &policy(), &hasher(), salt()).is_err());
        let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
        world.calls();
        admitted = world.admit_ticket(&ticket).unwrap();
        assert_eq!(world.calls(), ["attempts.load", "accounts.load"]);
    }
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert!(world.signs_in(NEW));
}

#[test]
fn a02_a_port_that_fails_after_the_comparison_still_yields_a_ticket() {
    let world = World::new();
    let (handle, code) = world.code();
    world.trace.fail_next("accounts.load");
    let mut ticket: Option<String> = None;
    for _ in 0..20 {
        let failed = match &ticket {
            None => world.admit_code(&handle, &code).unwrap_err(),
            Some(ticket) => world.admit_ticket(ticket).unwrap_err(),
        };
        assert_eq!(failed.code(), "accounts_failed");
        ticket = Some(failed.ticket().unwrap().expose_secret().to_owned());
        world.trace.fail_next("accounts.load");
    }
    let ticket = ticket.unwrap();
    assert!(world.admit_ticket(&ticket).is_err());
    let admitted = world.admit_ticket(&ticket).unwrap();
    let _after = world.commit(&admitted, NEW).unwrap();
    // A wrong code is not told apart by a failure: nothing is loaded for it.
    let (handle, code) = World::new().code();
    assert!(world.admit_code(&handle, &other_than(&code)).unwrap_err().ticket().is_none());
}

#[test]
fn a02_a_code_outlives_the_lease_of_a_crashed_commit() {
    let mut world = World::new();
    let (handle, code) = world.code();
    let admitted = world.admit_code(&handle, &code).unwrap();
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&admitted, NEW).is_err());
    let mut running = world.admit_code(&handle, &code).unwrap_err();
    for _ in 0..20 {
        assert_eq!(running.code(), "reset_running");
        let ticket = running.ticket().unwrap().expose_secret().to_owned();
        running = world.admit_ticket(&ticket).unwrap_err();
    }
    world.wait(60);
    let admitted = world.admit_ticket(running.ticket().unwrap().expose_secret()).unwrap();
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

#[test]
fn a_crash_before_the_write_leaves_a_secret_that_works_once_the_lease_ends() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.trace.fail_next("accounts.write");
    let failed = world.commit(&admitted, NEW).unwrap_err();
    assert!(matches!(&failed, CommitError::Failed(failure) if failure.port() == Port::Accounts));
    // While the lease runs, the commit may still be on its way.
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_running");
    world.wait(60);
    assert!(world.resumed().is_empty(), "nothing was set");
    let again = world.admit_link(&token).unwrap();
    let after = world.commit(&again, NEW).unwrap();
    world.settle(&after);
    assert!(world.signs_in(NEW));
    world.wait(60);
    assert!(world.resumed().is_empty());
}

#[test]
fn a_crash_after_the_write_is_resumed_until_it_is_settled() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    assert!(world.resumed().is_empty(), "the lease still runs");
    world.wait(60);
    for _ in 0..2 {
        let resumed = world.resumed();
        assert_eq!(resumed.len(), 1);
        assert_eq!(resumed[0].account().as_str(), "1");
    }
    // It outlives the secret, and what cleans up after it.
    world.wait(60 * 60);
    let resumed = world.resumed();
    assert_eq!(resumed.len(), 1);
    world.settle(&resumed[0]);
    assert!(world.resumed().is_empty());
}

/// The answer to the statement is lost, and so is the process: what follows is found all the same.
#[test]
fn a_write_whose_answer_is_lost_is_resumed() {
    for signed_in in [false, true] {
        let mut world = World::new();
        let admitted = if signed_in {
            world.admit_owner(OLD)
        } else {
            world.admit_link(&world.link()).unwrap()
        };
        world.trace.lose_answer("accounts.write");
        assert_eq!(world.commit(&admitted, NEW).unwrap_err().code(), "accounts_failed");
        assert!(world.signs_in(NEW));
        world.wait(60);
        let resumed = world.resumed();
        assert_eq!(resumed.len(), 1);
        world.settle(&resumed[0]);
        let _worked = world.work();
        assert_eq!(world.take().unwrap().kind(), MessageKind::PasswordChanged);
        assert!(world.resumed().is_empty());
    }
}

#[test]
fn what_follows_is_resumed_when_the_password_changes_once_more() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    world.put(world.account("1").with_password(hash_of("changed once more")));
    world.wait(60);
    assert_eq!(world.resumed().len(), 1);
}

/// The first commit stalls beyond its lease, the owner's retry takes the row over, then the first
/// one sets the password after all: what follows is resumed although the retry was told that it lost.
#[test]
fn what_follows_is_resumed_when_a_commit_was_taken_over_and_set_after_all() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&admitted, NEW).is_err());
    world.wait(60);
    let retry = world.admit_link(&token).unwrap();
    world.put(world.account("1").with_password(hash_of(NEW)));
    assert!(matches!(world.commit(&retry, "another-kettle"), Err(CommitError::Superseded)));
    world.wait(60);
    assert_eq!(world.resumed().len(), 1);
}

#[test]
fn settling_sends_the_notice_and_settles_once_the_queue_works() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    world.trace.fail_next("queue.push");
    assert!(block_on(world.recovery.settle(&after, world.now)).is_err());
    world.wait(60);
    let resumed = world.resumed();
    assert_eq!(resumed.len(), 1);
    world.settle(&resumed[0]);
    let _worked = world.work();
    let notice = world.take().unwrap();
    assert_eq!(notice.kind(), MessageKind::PasswordChanged);
    assert_eq!(notice.to().as_str(), "Ada@Example.org");
    assert!(world.resumed().is_empty());
}

fn ada_with_three_mailboxes() -> repass::account::Account {
    ada()
        .with_email(Email::verified(Contact::email("ada@home.example").unwrap()))
        .with_replaced_email(Contact::email("before@example.org").unwrap())
}

/// Each recipient has an entry of its own, so none hides another, and settling again doubles none.
#[test]
fn settling_pushes_one_notice_for_each_recipient() {
    let world = World::of([ada_with_three_mailboxes()]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    for call in ["queue.push", "attempts.swap"] {
        world.trace.lose_answer(call);
        assert!(block_on(world.recovery.settle(&after, world.now)).is_err(), "{call}");
    }
    world.settle(&after);
    assert_eq!(world.queue().dump().len(), 3);
    let _worked = world.work();
    let mut to: Vec<_> =
        std::iter::from_fn(|| world.take()).map(|notice| notice.to().to_string()).collect();
    to.sort_unstable();
    assert_eq!(to, ["Ada@Example.org", "ada@home.example", "before@example.org"]);
}

/// A notice whose delivery fails waits and is delivered later; the other recipients get theirs at once.
#[test]
fn a06_every_notice_is_delivered_although_one_delivery_fails() {
    let mut world = World::of([ada_with_three_mailboxes()]);
    let admitted = world.admit_link(&world.link()).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    world.trace.fail_next("notifier.deliver");
    let worked = world.work();
    let put_off = worked.iter().filter(|worked| matches!(worked, Worked::PutOff { .. })).count();
    assert_eq!((put_off, worked.len()), (1, 3));
    assert_eq!(std::iter::from_fn(|| world.take()).count(), 2);
    world.wait(5);
    assert!(matches!(world.work()[..], [Worked::Delivered]));
    assert!(world.take().is_some());
}

/// A revocation before *begin* wins: here, the owner changed the password.
#[test]
fn what_ends_a_reset_before_begin_wins() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let _after = world.commit(&world.admit_owner(OLD), "changed by the owner").unwrap();
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in("changed by the owner"));
}

/// Ten minutes from the proof, also if the link ends sooner: a person who fills in a form is not sent
/// back.
#[test]
fn an_admission_ends_after_ten_minutes() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.wait(600);
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Expired)));
    world.wait(1199);
    let admitted = world.admit_link(&token).unwrap();
    world.wait(1);
    assert!(world.admit_link(&token).is_err());
    world.wait(598);
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

/// Otherwise a ticket that is shown again and again would be good for ever.
#[test]
fn a_ticket_prolongs_no_ticket() {
    let mut world = World::new();
    let (handle, code) = world.code();
    let first = world.admit_code(&handle, &code).unwrap();
    let end = world.now + core::time::Duration::from_secs(600);
    assert_eq!(first.usable_until(), end);
    let mut ticket = first.ticket().unwrap().expose_secret().to_owned();
    for _ in 0..599 {
        world.wait(1);
        let admitted = world.admit_ticket(&ticket).unwrap();
        assert_eq!(admitted.usable_until(), end);
        ticket = admitted.ticket().unwrap().expose_secret().to_owned();
    }
    world.wait(1);
    assert_eq!(world.admit_ticket(&ticket).unwrap_err().code(), "token_expired");
}

#[test]
fn a_ticket_ends_with_its_attempt() {
    let world = World::new();
    let (handle, code) = world.code();
    let [first, second] = [(); 2].map(|()| world.admit_code(&handle, &code).unwrap());
    let after = world.commit(&first, NEW).unwrap();
    let ticket = second.ticket().unwrap().expose_secret();
    assert!(world.admit_ticket(ticket).is_err());
    world.settle(&after);
    assert_eq!(world.admit_ticket(ticket).unwrap_err().code(), "reset_used");
}

/// Lets each call of a run fail in turn, before it takes effect and after: one message arrives, and it
/// is counted once.
#[test]
fn a_request_is_run_again_after_any_port_failed() {
    let calls = [
        "accounts.find",
        "attempts.load",
        "counters.count",
        "attempts.insert",
        "queue.push",
        "notifier.deliver",
    ];
    for call in calls {
        let mut world = World::new();
        world.request(&by_email(), Delivery::LINK);
        world.trace.fail_next(call);
        let worked = world.work();
        let put_off = worked.iter().any(|worked| matches!(worked, Worked::PutOff { .. }));
        assert!(put_off, "{call}");
        world.wait(5);
        let _worked = world.work();
        let token = token_in(&world.read().unwrap());
        assert!(world.take().is_none(), "{call}: a second message");
        assert!(world.admit_link(&token).is_ok(), "{call}");
        assert!(world.queue().dump().is_empty(), "{call}");
        assert_eq!(messages_left(&world), 4, "{call}");
    }
}

/// A statement takes effect, and its answer is lost, again and again.
#[test]
fn a08_a_repeated_run_neither_sends_nor_counts_twice() {
    for call in ["counters.count", "attempts.insert"] {
        let mut world = World::new();
        world.request(&by_email(), Delivery::LINK);
        for _ in 0..6 {
            world.trace.lose_answer(call);
            let _worked = world.work();
            world.wait(100);
        }
        world.trace.heal();
        world.wait(400);
        let _worked = world.work();
        assert!(world.take().is_some(), "{call}");
        assert!(world.take().is_none(), "{call}: a second message");
        assert_eq!(messages_left(&world), 4, "{call}");
    }
}

/// Between the push of a message and the end of its request, the message may be delivered and the worker
/// may crash. When the request is run again, the same message comes once more, and it is counted once.
#[test]
fn a_message_that_is_pushed_again_is_the_same_message() {
    for call in ["queue.push", "queue.done"] {
        let mut world = World::new();
        world.request(&by_email(), Delivery::LINK);
        for _ in 0..3 {
            world.trace.lose_answer(call);
            let _worked = block_on(world.recovery.work(claim_token(), 1, world.now));
            world.trace.heal();
            let _worked = world.work();
            // The lease of one entry: 30 s of work, and 120 s by which clocks may differ.
            world.wait(150);
        }
        let _worked = world.work();
        let texts = std::iter::from_fn(|| world.read());
        let tokens: Vec<_> = texts.map(|text| token_in(&text)).collect();
        assert!(!tokens.is_empty(), "{call}");
        assert!(tokens.iter().all(|token| *token == tokens[0]), "{call}");
        assert_eq!(world.rows().len(), 1, "{call}");
        assert_eq!(messages_left(&world), 4, "{call}");
    }
}

/// A queue that a host has bounded itself: the request, or the change, is not done before there is room.
#[test]
fn what_a_full_queue_refused_is_pushed_again() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::LINK);
    world.trace.refuse_next(QueueKind::Message);
    let worked = world.work();
    let [Worked::PutOff { failure: Some(failure), .. }] = &worked[..] else { panic!("{worked:?}") };
    assert_eq!(failure.port(), Port::Queue);
    world.wait(5);
    let _worked = world.work();
    let token = token_in(&world.read().unwrap());
    assert_eq!(messages_left(&world), 4);
    let after = world.commit(&world.admit_link(&token).unwrap(), NEW).unwrap();
    world.trace.refuse_next(QueueKind::Notice);
    let failed = block_on(world.recovery.settle(&after, world.now)).unwrap_err();
    assert_eq!(failed.port(), Port::Queue);
    world.wait(60);
    assert_eq!(world.resumed().len(), 1);
    world.settle(&after);
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind(), MessageKind::PasswordChanged);
}

/// A worker crashed after its request had pushed a message; the link was used, and its row is deleted.
#[test]
fn a_request_that_is_run_again_after_its_row_was_deleted_sends_nothing() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::LINK);
    world.trace.fail_next("queue.done");
    assert!(block_on(world.recovery.work(claim_token(), 1, world.now)).is_err());
    let _worked = world.work();
    let admitted = world.admit_link(&token_in(&world.read().unwrap())).unwrap();
    world.wait(1);
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind(), MessageKind::PasswordChanged);
    // By a clock that is a day ahead.
    let ahead = world.now + core::time::Duration::from_secs(24 * 60 * 60);
    assert_eq!(block_on(world.attempts().purge(ahead)).unwrap(), 1);
    world.wait(150);
    let worked = world.work();
    assert_eq!(outcomes(&worked), [Outcome::Expired]);
    assert_eq!(worked.len(), 1);
    assert!(world.take().is_none());
}

/// A queue that stood still: a request whose link would have expired makes none.
#[test]
fn a_request_that_waited_too_long_is_not_run() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::LINK);
    world.wait(30 * 60 - 1);
    world.request(&by_login(), Delivery::LINK);
    world.wait(1);
    let worked = world.work();
    assert_eq!(outcomes(&worked), [Outcome::Expired, Outcome::Sent]);
    assert_eq!(world.rows().len(), 1);
}

/// Twice as long after each try, and never longer than ten minutes, however often it was tried.
#[test]
fn what_fails_again_and_again_is_tried_every_ten_minutes() {
    let waits = [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (9, 600), (60, 600), (62, 600)];
    let long = [63, 64, 65, 66, 1000, u32::MAX].map(|tries| (tries, 600));
    for (tries, wait) in waits.into_iter().chain(long) {
        let world = World::new();
        world.request(&by_email(), Delivery::LINK);
        let token = claim_token();
        let claimed = block_on(world.recovery.claim(token, 1, world.now)).unwrap().remove(0);
        let claimed = Claimed::new(claimed.entry().clone(), tries);
        world.trace.fail_next("accounts.find");
        let worked = block_on(world.recovery.work_on(claimed, token, world.now)).unwrap();
        let Worked::PutOff { due, .. } = worked else { panic!("{tries}: {worked:?}") };
        assert_eq!(due, world.now + core::time::Duration::from_secs(wait), "{tries}");
    }
}

/// A new key reaches one process later than another: messages wait for as long as their secret may be
/// good, and a notice, which has none, for 30 days.
#[test]
fn what_another_key_sealed_waits_for_that_key() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.request(&by_email(), Delivery::LINK);
    let _worked = world.work_once(1);
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let other = world.with_other_key();
    let token = claim_token();
    for waiting in block_on(world.recovery.claim(token, 9, world.now)).unwrap() {
        let is_notice = waiting.entry().key().kind() == QueueKind::Notice;
        // One in ten minutes.
        let most = if is_notice { 30 * 24 * 6 } else { 100 };
        for tries in [1, 99, 100, 30 * 24 * 6 - 1, 30 * 24 * 6, u32::MAX] {
            let claimed = Claimed::new(waiting.entry().clone(), tries);
            // It is held no longer once it was put off, so nothing is known of it but whether it was.
            world.calls();
            let _worked = block_on(other.recovery.work_on(claimed, token, world.now)).unwrap();
            let expected = if tries < most { "queue.retry" } else { "queue.done" };
            assert_eq!(world.calls(), [expected], "{tries}");
        }
    }
}

/// How many more messages the account gets in this window.
fn messages_left(world: &World) -> usize {
    let sent = [(); 6].map(|()| world.outcome(&by_login(), Delivery::LINK) == Outcome::Sent);
    while world.take().is_some() {}
    sent.iter().filter(|sent| **sent).count()
}

fn claim_token() -> repass::queue::ClaimToken {
    repass::queue::ClaimToken::new(crate::world::seed())
}

/// Two workers run one request, because the lease of the first was over: one message.
#[test]
fn a_request_that_two_workers_run_sends_one_message() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::LINK);
    let (first, second) = (claim_token(), claim_token());
    let claim = |world: &World, token| block_on(world.recovery.claim(token, 1, world.now)).unwrap();
    let slow = claim(&world, first).remove(0);
    world.wait(150);
    let [taken_over] = &claim(&world, second)[..] else { panic!("nothing to take over") };
    let work =
        |claimed, token| block_on(world.recovery.work_on(claimed, token, world.now)).unwrap();
    assert!(matches!(work(slow, first), Worked::LeaseLost));
    assert!(matches!(work(taken_over.clone(), second), Worked::Ran(_)));
    let _worked = world.work();
    assert!(world.take().is_some());
    assert!(world.take().is_none());
    assert_eq!(messages_left(&world), 4);
}

/// What follows from a change is told before new requests are served, and secrets are sent before.
#[test]
fn notices_and_messages_go_before_requests() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.request(&by_email(), Delivery::LINK);
    let _worked = world.work_once(1);
    for _ in 0..3 {
        world.request(&by_login(), Delivery::LINK);
    }
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let claimed = block_on(world.recovery.claim(claim_token(), 9, world.now)).unwrap();
    let kinds: Vec<_> = claimed.iter().map(|claimed| claimed.entry().key().kind()).collect();
    let requests = [QueueKind::Request; 3];
    assert_eq!(kinds[..2], [QueueKind::Notice, QueueKind::Message]);
    assert_eq!(kinds[2..], requests);
}

/// A pool that loses its connection after COMMIT runs the statement again, which then finds nothing
/// to change.
#[test]
fn a_write_that_was_carried_out_twice_has_set_the_password() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.trace.repeat_next("accounts.write");
    let after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
    assert_eq!(after.account().as_str(), "1");
}

#[test]
fn a15_a_begin_that_was_carried_out_twice_has_begun() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.trace.repeat_next("attempts.swap");
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
    // The row of a signed-in person's change is a new one.
    world.trace.repeat_next("attempts.insert");
    let _after = world.commit(&world.admit_owner(NEW), OLD).unwrap();
    assert!(world.signs_in(OLD));
}

/// A clock that is ahead by as much as clocks may differ deletes the row of a used link, and the
/// request is delivered once more: the row is kept for longer than that.
#[test]
fn a13_a_used_secret_stays_used_when_rows_are_purged_by_a_fast_clock() {
    let mut world = World::new();
    let requested = world.now;
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let purge_at = |seconds: u64| {
        let at = requested + core::time::Duration::from_secs(seconds);
        block_on(world.attempts().purge(at)).unwrap()
    };
    // The life of the link, that of an admission, and 120 s by which clocks differ.
    let kept = 30 * 60 + 10 * 60 + 120;
    assert_eq!(purge_at(kept - 1), 0);
    let life = 30 * 60;
    world.now = requested + core::time::Duration::from_secs(life - 1);
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_used");
    let purge_at = |seconds: u64| {
        let at = requested + core::time::Duration::from_secs(seconds);
        block_on(world.attempts().purge(at)).unwrap()
    };
    assert_eq!(purge_at(kept), 1);
}

#[test]
fn what_follows_outlives_an_outage_of_weeks() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    world.wait(30 * 24 * 60 * 60);
    let kept = world.housekeep();
    assert_eq!((kept.resumed.len(), kept.purged_attempts), (1, 0));
    assert_eq!(world.resumed().len(), 1);
}

#[test]
fn a_commit_that_set_nothing_ends_a_day_after_its_lease() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&admitted, NEW).is_err());
    world.wait(60 + 24 * 60 * 60 - 1);
    let kept = world.housekeep();
    assert_eq!((kept.resumed.len(), kept.ended, kept.purged_attempts), (0, 0, 0));
    world.wait(1);
    let kept = world.housekeep();
    assert_eq!((kept.resumed.len(), kept.ended, kept.purged_attempts), (0, 1, 1));
    assert!(world.rows().is_empty());
}

#[test]
fn one_account_that_cannot_be_read_does_not_hold_up_what_follows_for_others() {
    let mut world = World::new();
    for lookup in [by_email(), Lookup::login("grace").unwrap()] {
        world.ask(&lookup, Delivery::LINK);
        let token = token_in(&world.read().unwrap());
        drop(world.commit(&world.admit_link(&token).unwrap(), NEW).unwrap());
    }
    world.wait(60);
    world.trace.fail_next("accounts.load");
    let kept = world.housekeep();
    assert_eq!((kept.resumed.len(), kept.failures.len()), (1, 1));
    assert_eq!(kept.failures[0].port(), Port::Accounts);
    assert_eq!(world.resumed().len(), 2);
}

/// What one port fails to do does not stop the others.
#[test]
fn housekeeping_goes_on_after_a_failure() {
    for (call, resumed) in
        [("attempts.unfinished", 0), ("attempts.purge", 1), ("counters.purge", 1)]
    {
        let mut world = World::new();
        let admitted = world.admit_link(&world.link()).unwrap();
        drop(world.commit(&admitted, NEW).unwrap());
        world.wait(60);
        world.trace.fail_next(call);
        world.calls();
        let kept = world.housekeep();
        assert_eq!((kept.resumed.len(), kept.failures.len()), (resumed, 1), "{call}");
        let calls = world.calls();
        assert_eq!(calls[calls.len() - 2..], ["attempts.purge", "counters.purge"], "{call}");
    }
}

/// The flow of the main service finds crashed commits of its tenants and says that it cannot judge
/// them; a flow of the tenant resumes them.
#[test]
fn a04_housekeeping_says_what_other_scopes_have_to_judge() {
    let mut world = World::new();
    let mut acme = world.tenant("acme", [ada()]);
    drop(acme.commit(&acme.admit_link(&acme.link()).unwrap(), NEW).unwrap());
    drop(world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap());
    world.wait(60);
    acme.wait(60);
    for one in [&world, &acme] {
        let kept = one.housekeep();
        assert_eq!((kept.resumed.len(), kept.other_scopes), (1, 1));
    }
}

/// A notice of one tenant is worded and sealed by that tenant.
#[test]
fn a_change_is_settled_by_its_own_scope_alone() {
    let world = World::new();
    let mut acme = world.tenant("acme", [ada()]);
    let after = acme.commit(&acme.admit_link(&acme.link()).unwrap(), NEW).unwrap();
    world.calls();
    let failed = block_on(world.recovery.settle(&after, world.now)).unwrap_err();
    assert_eq!(failed.port(), Port::Attempts);
    assert!(world.calls().is_empty());
    acme.wait(60);
    assert_eq!(acme.resumed().len(), 1);
}

/// An address that the other side refuses for good neither comes back for ever nor stops anything.
#[test]
fn a_change_is_settled_whatever_becomes_of_its_notices() {
    let mut world = World::of([ada_with_three_mailboxes()]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    world.settle(&after);
    world.wait(60);
    assert!(world.resumed().is_empty());
}

/// Three deliveries fail, and the message comes all the same; nothing else is spent by it.
#[test]
fn a09_a_failed_delivery_is_tried_again_and_takes_no_other_message() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::LINK);
    for wait in [5, 10, 20] {
        world.trace.fail_next("notifier.deliver");
        let worked = world.work();
        let Some(Worked::PutOff { due, failure: Some(failure) }) = worked.last() else {
            panic!("{worked:?}")
        };
        assert_eq!(failure.port(), Port::Notifier);
        assert_eq!(*due, world.now + core::time::Duration::from_secs(wait));
        world.wait(wait);
    }
    let _worked = world.work();
    assert!(world.admit_link(&token_in(&world.read().unwrap())).is_ok());
    assert_eq!(messages_left(&world), 4);
}
