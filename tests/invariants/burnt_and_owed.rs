//! 4. Nothing is burnt by a mistake, nothing owed is lost.

use pollster::block_on;
use repass::account::{Contact, Lookup};
use repass::reset::{Delivery, SetError, Subject};
use repass::secret::{Password, PasswordError};
use repass::service::CommitError;
use repass::store::ResetStore;

use crate::world::{NEW, OLD, World, ada, by_email, hash_of, hasher, policy, salt};

/// Lemmy and torii spend the token first and look at the password afterwards.
#[test]
fn a_refused_password_spends_nothing() {
    let world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    let before = world.service.store().inner.dump();
    assert_eq!(
        Password::confirmed(NEW, "something else").unwrap_err(),
        PasswordError::ConfirmationMismatch
    );
    let weak = Password::new("short").unwrap();
    let refused = admitted.set_password(&weak, &policy(), &hasher(), salt()).unwrap_err();
    assert!(matches!(refused, SetError::Policy(_)));
    assert_eq!(world.service.store().inner.dump(), before);
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

#[test]
fn a_crash_before_set_leaves_a_reset_that_works_once_the_lease_ends() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.trace.fail_next("accounts.set_password");
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Accounts(_))));
    // While the lease runs, the commit may still be on its way.
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_running");
    world.wait(60);
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty(), "nothing was set");
    let again = world.admit_link(&token).unwrap();
    let after = world.commit(&again, NEW).unwrap();
    world.settle(&after);
    assert!(world.signs_in(NEW));
    world.wait(60);
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty());
}

#[test]
fn a_crash_after_set_leaves_the_plan_owed_until_it_is_settled() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty(), "the lease still runs");
    world.wait(60);
    for _ in 0..2 {
        let owed = block_on(world.service.owed(world.now)).unwrap();
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].account().as_str(), "1");
    }
    // It outlives the secret, and what cleans up after it.
    world.wait(60 * 60);
    block_on(world.service.store().inner.purge(world.now)).unwrap();
    let owed = block_on(world.service.owed(world.now)).unwrap();
    assert_eq!(owed.len(), 1);
    world.settle(&owed[0]);
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty());
}

#[test]
fn a_plan_stays_owed_when_the_password_changes_once_more() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    world.put(world.account("1").with_password(hash_of("changed once more")));
    world.wait(60);
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 1);
}

/// The first commit stalls beyond its lease, the owner's retry takes the row over, then the first
/// one sets after all: its plan is owed although the retry was told that it lost.
#[test]
fn a_plan_stays_owed_when_a_commit_was_taken_over_and_set_after_all() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.trace.fail_next("accounts.set_password");
    assert!(world.commit(&admitted, NEW).is_err());
    world.wait(60);
    let retry = world.admit_link(&token).unwrap();
    world.put(world.account("1").with_password(hash_of(NEW)));
    assert!(matches!(world.commit(&retry, "another-kettle"), Err(CommitError::Superseded)));
    world.wait(60);
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 1);
}

#[test]
fn settling_sends_the_notice_and_settles_once_the_notifier_works() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    world.trace.fail_next("notifier.notice");
    assert!(block_on(world.service.settle(&after)).is_err());
    world.wait(60);
    let owed = block_on(world.service.owed(world.now)).unwrap();
    assert_eq!(owed.len(), 1);
    world.settle(&owed[0]);
    let notice = world.service.notifier().inner.take_notice().unwrap();
    assert_eq!(notice.about(), Subject::PasswordChanged);
    assert_eq!(notice.to().as_str(), "Ada@Example.org");
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty());
}

/// A revoke before *begin* wins: here, the owner changed the password.
#[test]
fn what_ends_a_reset_before_begin_wins() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let current = block_on(world.service.current(world.account("1").id(), world.now)).unwrap();
    let owner = current.verify(&Password::new(OLD).unwrap(), &hasher()).unwrap();
    let _after = world.commit(&owner, "changed by the owner").unwrap();
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in("changed by the owner"));
}

#[test]
fn an_admission_ends_after_ten_minutes_and_with_its_secret() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.wait(600);
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Expired)));
    world.wait(1199);
    let admitted = world.admit_link(&token).unwrap();
    world.wait(1);
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Expired)));
    assert!(world.admit_link(&token).is_err());
    assert!(world.signs_in(OLD));
}

/// Fails at each port call of a run in turn: run again, the letter is delivered.
#[test]
fn a_request_may_be_run_again_after_any_port_failed() {
    for call in ["accounts.find", "store.count", "store.insert", "notifier.letter"] {
        let world = World::new();
        let request = world.request(&by_email(), Delivery::EmailLink);
        world.trace.fail_next(call);
        assert!(block_on(world.service.run(&request, world.now)).is_err(), "{call}");
        let report = block_on(world.service.run(&request, world.now)).unwrap();
        assert_eq!(report.disclose().code(), "request_sent", "{call}");
        let token = crate::world::token_in(&world.read_letter().unwrap());
        assert!(world.admit_link(&token).is_ok());
    }
}

/// A pool that loses its connection after COMMIT runs the statement again, which then finds nothing
/// to change.
#[test]
fn a_set_that_was_carried_out_twice_is_owed() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.service.accounts().set_twice();
    let after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
    assert_eq!(after.account().as_str(), "1");
}

#[test]
fn a_plan_outlives_any_outage() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    world.wait(7 * 24 * 60 * 60);
    block_on(world.service.store().inner.purge(world.now)).unwrap();
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 1);
}

#[test]
fn a_commit_that_set_nothing_ends_a_day_after_its_expiry() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.trace.fail_next("accounts.set_password");
    assert!(world.commit(&admitted, NEW).is_err());
    let purged = |world: &World| {
        assert!(block_on(world.service.owed(world.now)).unwrap().is_empty());
        block_on(world.service.store().inner.purge(world.now)).unwrap()
    };
    world.wait(24 * 60 * 60);
    assert_eq!(purged(&world), 0);
    world.wait(30 * 60);
    assert_eq!(purged(&world), 1);
}

#[test]
fn one_account_that_cannot_be_read_does_not_hold_up_the_plans_of_others() {
    let mut world = World::new();
    for lookup in [by_email(), Lookup::login("grace").unwrap()] {
        world.ask(&lookup, Delivery::EmailLink);
        let token = crate::world::token_in(&world.read_letter().unwrap());
        drop(world.commit(&world.admit_link(&token).unwrap(), NEW).unwrap());
    }
    world.wait(60);
    world.trace.fail_next("accounts.load");
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 1);
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 2);
}

#[test]
fn a_request_that_is_run_again_and_again_counts_as_one_message() {
    let world = World::new();
    let request = world.request(&by_email(), Delivery::EmailLink);
    for _ in 0..12 {
        world.trace.fail_next("notifier.letter");
        assert!(block_on(world.service.run(&request, world.now)).is_err());
    }
    let report = block_on(world.service.run(&request, world.now)).unwrap();
    assert_eq!(report.disclose().code(), "request_sent");
}

/// An address on the mailer's list of refused ones would else end the owner's sessions for ever.
#[test]
fn one_notice_that_is_taken_settles() {
    let ada = ada().with_replaced_email(Contact::email("before@example.org").unwrap());
    let mut world = World::with(|builder| builder, [ada]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    world.trace.fail_next("notifier.notice");
    world.settle(&after);
    world.wait(60);
    assert!(block_on(world.service.owed(world.now)).unwrap().is_empty());
}
