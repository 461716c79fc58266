//! What happens when a person who is signed in asks for the link again.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, ExpectedAccount, Lookup};
use repass::reset::{Delivery, FirstPasswords, FlowBuilder};

use crate::accounts::{by, id, unverified, without_password};
use crate::seen::{ASK_AGAIN, Seen, delivered, message, seen, told, watched};
use crate::world::{NEW, World, ada, by_email, by_login, grace, seed, token_in};

/// Ada in a session of hers, by her address; she got `first` before.
fn asked(world: &World, first: &str) -> Seen {
    asked_as(world, first, id("1"), &by_email(), &[])
}

fn asked_as(
    world: &World,
    first: &str,
    id: AccountId,
    by: &Lookup,
    expected: &[ExpectedAccount],
) -> Seen {
    let asked = world.recovery.resend_to(id, by.clone(), expected, seed(), world.now);
    let asked = watched(world, || block_on(asked));
    let told = asked.as_ref().map_or_else(|e| told(world, e.answer()), |_| ASK_AGAIN.to_owned());
    let code = asked.as_ref().map_or_else(|error| error.code(), |_| "");
    let worked = world.work();
    let sent = match delivered(world) {
        Some(message) if token_in(message.expose_secret()) == first => "the same link".to_owned(),
        Some(_) => "a new link".to_owned(),
        None => message(world, &worked),
    };
    seen([&told, &sent, code])
}

/// Nothing was sent to this account yet.
fn of(account: Account) -> Seen {
    asked(&World::of([account]), "")
}

/// Ada has a link, and asks when the pause is over.
fn with_a_link(meanwhile: impl FnOnce(&World, &str)) -> Seen {
    let mut world = World::new();
    let first = world.link();
    world.wait(60);
    meanwhile(&world, &first);
    asked(&world, &first)
}

/// A commit has begun whose write is still to come.
fn begin(world: &World, token: &str) {
    let admitted = world.admit_link(token).unwrap();
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&admitted, NEW).is_err());
}

/// It begins after the row was read and before it is written.
fn begin_meanwhile(world: &World, token: &str) {
    let (other, token) = (world.beside(|builder| builder), token.to_owned());
    world.trace.before_next("attempts.swap", move || begin(&other, &token));
}

fn within_the_pause() -> Seen {
    let mut world = World::new();
    let first = world.link();
    world.wait(59);
    asked(&world, &first)
}

fn beyond_the_limit() -> Seen {
    let mut world = World::new();
    for lookup in [by_email(), by_login(), by_email(), by_login(), by_email()] {
        world.ask(&lookup, Delivery::CODE);
        assert!(world.take().is_some());
    }
    world.wait(11 * 60);
    asked(&world, "")
}

fn too_many_calls() -> Seen {
    let world = World::new();
    let first = world.link();
    for _ in 0..10 {
        asked(&world, &first);
    }
    // The pause is over.
    let later = World { now: world.now + Duration::from_secs(60), ..world };
    asked(&later, &first)
}

rows! { "link to a signed-in person (resend_to)":
    live "a link to the address that was asked by is live" => with_a_link(|_, _| ());
    none_live "none is live" => of(ada());
    first_password "none is live, no password, and the account may choose a first one" => {
        let where_absent = FirstPasswords::WhereAbsent;
        let choosing = |builder: FlowBuilder| builder.first_passwords(where_absent);
        asked(&World::with(choosing, [without_password()]), "")
    };
    running "none is live, because a commit with it runs" => with_a_link(begin);
    begins_meanwhile "a commit begins at the same moment" => with_a_link(begin_meanwhile);
    typed_another "what was typed names another account" =>
        asked_as(&World::of([ada(), grace()]), "", id("1"), &by("grace"), &[]);
    expected_another "what the host expects names another account" => {
        let expected = [ExpectedAccount::Lookup(by("grace"))];
        asked_as(&World::of([ada(), grace()]), "", id("1"), &by_email(), &expected)
    };
    gone "there is no such account" =>
        asked_as(&World::new(), "", id("3"), &by_email(), &[]);
    disabled "the account is disabled" => of(ada().disabled());
    no_password "the account has no password" => of(without_password());
    not_verified "the address is not verified" => of(unverified());
    pause "within the pause" => within_the_pause();
    limit "5 messages within 12 hours already" => beyond_the_limit();
    calls "more than 10 calls in 5 minutes" => too_many_calls();
}
