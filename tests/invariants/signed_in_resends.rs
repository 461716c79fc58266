//! The link once more for a person who is signed in: 6 and 8.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, ExpectedAccount, Lookup};
use repass::answer::Answer;
use repass::reset::{Delivery, Outcome, ResendToError};
use repass::time::UtcDateTime;

use crate::world::{
    NEW, World, ada, by_email, by_login, grace, hash_of, nobody, outcomes, seed, token_in,
};

/// Ada's access token says that she is account 1, and her address.
fn resend(world: &World, body: &Lookup) -> Result<UtcDateTime, ResendToError> {
    resend_as(world, "1", body, &[ExpectedAccount::Lookup(by_email())])
}

fn resend_as(
    world: &World,
    id: &str,
    body: &Lookup,
    expected: &[ExpectedAccount],
) -> Result<UtcDateTime, ResendToError> {
    let id = AccountId::new(id).unwrap();
    block_on(world.recovery.resend_to(id, body.clone(), expected, seed(), world.now))
}

fn read(world: &World) -> String {
    let _worked = world.work();
    let text = world.read().expect("a message");
    assert!(world.take().is_none());
    text
}

#[test]
fn the_live_link_is_sent_again_and_ends_when_it_was_to_end() {
    let mut world = World::new();
    let first = world.link();
    world.wait(60);
    assert_eq!(resend(&world, &by_email()).unwrap(), world.now + Duration::from_secs(120));
    assert_eq!(token_in(&read(&world)), first);
    assert_eq!(world.rows().len(), 1);
    world.wait(29 * 60 - 1);
    assert!(world.admit_link(&first).is_ok());
    world.wait(1);
    assert!(world.admit_link(&first).is_err());
}

#[test]
fn where_no_link_is_live_a_new_one_is_sent() {
    let mut world = World::new();
    // Nothing yet; used; expired; of another state of the account.
    let next = resend(&world, &by_email()).unwrap();
    assert_eq!(next, world.now + Duration::from_secs(60));
    let first = token_in(&read(&world));
    let admitted = world.admit_link(&first).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
    resend(&world, &by_email()).unwrap();
    let second = token_in(&read(&world));
    assert_ne!(first, second);
    world.wait(30 * 60);
    resend(&world, &by_email()).unwrap();
    let third = token_in(&read(&world));
    world.put(world.account("1").with_password(hash_of("another")));
    resend(&world, &by_email()).unwrap();
    let fourth = token_in(&read(&world));
    assert!(world.admit_link(&third).is_err());
    assert!(world.admit_link(&fourth).is_ok());
}

/// The body, the access token and the account agree, or nothing is sent. It is one refusal.
#[test]
fn a_resend_that_names_another_account_sends_nothing() {
    let world = World::of([ada(), grace()]);
    let (ada, grace) = (by_email(), Lookup::login("grace").unwrap());
    let expects = |lookup: &Lookup| ExpectedAccount::Lookup(lookup.clone());
    for (id, body, expected) in [
        ("1", &grace, expects(&ada)),
        ("1", &ada, expects(&grace)),
        ("2", &ada, expects(&ada)),
        ("3", &ada, expects(&ada)),
        ("1", &nobody(), expects(&ada)),
        ("1", &ada, ExpectedAccount::Id(AccountId::new("2").unwrap())),
    ] {
        let refused = resend_as(&world, id, body, &[expects(body), expected]).unwrap_err();
        assert!(matches!(refused, ResendToError::OtherAccount), "{id}, {body:?}: {refused:?}");
        assert_eq!(refused.answer(), Answer::Refused { tries_left: None });
    }
    assert!(world.rows().is_empty() && world.work().is_empty());
    assert!(resend_as(&world, "1", &by_login(), &[]).is_ok());
}

#[test]
fn the_pause_and_the_limit_of_messages_are_told() {
    let mut world = World::new();
    let opened = world.now;
    for (wait, pause) in [(0, 60), (60, 120), (120, 240), (240, 480), (480, 900)] {
        world.wait(wait);
        let next = world.now + Duration::from_secs(pause);
        assert_eq!(resend(&world, &by_email()).unwrap(), next);
        read(&world);
        world.wait(1);
        let Err(ResendToError::Throttled { until }) = resend(&world, &by_email()) else { panic!() };
        assert_eq!(until, next);
        world.now -= Duration::from_secs(1);
    }
    world.wait(30 * 60);
    let Err(ResendToError::Throttled { until }) = resend(&world, &by_email()) else { panic!() };
    assert_eq!(until, opened + Duration::from_secs(12 * 60 * 60));
    assert!(world.take().is_none());
}

/// A thief of the session neither fills the table of attempts nor takes a request from the owner.
#[test]
fn calls_without_end_are_throttled() {
    let mut world = World::new();
    for _ in 0..5 {
        world.ask(&by_login(), Delivery::CODE);
        world.take();
    }
    // No link of an attempt whose handle has expired is sent again.
    world.wait(10 * 60);
    let rows = world.rows().len();
    for _ in 0..40 {
        assert!(matches!(resend(&world, &by_email()), Err(ResendToError::Throttled { .. })));
    }
    assert!(world.rows().len() <= rows + 10);
    let _worked = world.work();
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::TooManySends);
}

/// A code is nothing to send again as a link, and neither is what went to another address.
#[test]
fn another_attempt_than_that_of_the_address_is_left_alone() {
    let second = Email::verified(Contact::email("lovelace@example.org").unwrap());
    let mut world = World::of([ada().with_email(second)]);
    world.code();
    world.ask(&Lookup::email("lovelace@example.org").unwrap(), Delivery::LINK);
    let other = token_in(&world.read().unwrap());
    world.wait(60);
    resend(&world, &by_email()).unwrap();
    let _worked = world.work();
    let message = world.take().unwrap();
    assert_eq!(message.to().as_str(), "Ada@Example.org");
    assert_ne!(token_in(message.expose_secret()), other);
}

#[test]
fn an_account_that_cannot_be_reset_gets_nothing() {
    let bare = Account::new(ada().id().clone()).with_email(ada().emails()[0].clone());
    let unverified = Email::unverified(ada().emails()[0].address().clone());
    let unproved =
        Account::new(ada().id().clone()).with_email(unverified).with_password(hash_of("whatever"));
    for (account, right) in [
        (ada().disabled(), Outcome::Disabled),
        (bare, Outcome::NoPassword),
        (unproved, Outcome::Unverified),
    ] {
        let world = World::of([account]);
        match resend(&world, &by_email()) {
            Err(ResendToError::NotSent(outcome)) => assert_eq!(outcome, right),
            other => panic!("{other:?}"),
        }
        assert!(world.work().is_empty());
    }
}

/// While a commit runs, its row is left as it is; a new link is of no use once it is done.
#[test]
fn a_link_that_is_being_used_is_not_sent_again() {
    let mut world = World::new();
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    world.wait(60);
    let after = world.commit(&admitted, NEW).unwrap();
    // The state has changed with the commit, so this is a new link.
    resend(&world, &by_email()).unwrap();
    assert_ne!(token_in(&read(&world)), token);
    world.settle(&after);
    assert_eq!(outcomes(&world.work()), []);
}

/// The same, where the commit begins after the attempt was read: nothing is sent, and nothing is lost.
#[test]
fn a_link_whose_use_begins_at_the_same_moment_is_not_sent_again() {
    let mut world = World::new();
    let token = world.link();
    world.wait(60);
    let other = world.beside(|builder| builder);
    world.trace.before_next("attempts.swap", move || {
        let after = other.commit(&other.admit_link(&token).unwrap(), NEW).unwrap();
        other.settle(&after);
    });
    let throttled = resend(&world, &by_email()).unwrap_err();
    assert_eq!(throttled.code(), "resend_throttled");
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
    assert!(world.take().is_none());
    assert!(world.signs_in(NEW));
}
