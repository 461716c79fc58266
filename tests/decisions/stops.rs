//! What the link of "this was not me" does.

use pollster::block_on;
use repass::account::{Account, Contact, Email};
use repass::attempt::AttemptRow;
use repass::message::{LinkForm, ResetLink};
use repass::port::Attempts;
use repass::reset::{Delivery, FlowBuilder};

use crate::accounts::id;
use crate::seen::{Seen, seen, told, watched};
use crate::world::{NEW, World, ada, by_email, seed, token_in};

fn stopping(builder: FlowBuilder) -> FlowBuilder {
    let page = ResetLink::new("https://example.org/not-me", LinkForm::Query).unwrap();
    builder.stop_page(page)
}

fn stopped(world: &World, token: &str) -> Seen {
    match watched(world, || block_on(world.recovery.stop(token, world.now))) {
        Ok(stopped) => seen([&told(world, stopped.answer()), stopped.event().code()]),
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn stop_in(text: &str) -> String {
    let link = text.lines().find_map(|line| line.split_once("/not-me?token="));
    link.expect("a link to stop it").1.to_owned()
}

/// The link in a message with a secret, after something happened: to the world or with the secret.
fn after(meanwhile: impl FnOnce(&mut World, &str, &str)) -> Seen {
    let (mut world, link, stop) = asked();
    meanwhile(&mut world, &link, &stop);
    stopped(&world, &stop)
}

/// A world in which Ada has a link to reset her password, and one to stop it.
fn asked() -> (World, String, String) {
    let world = World::with(stopping, [ada()]);
    world.ask(&by_email(), Delivery::LINK);
    let text = world.read().unwrap();
    (world, token_in(&text), stop_in(&text))
}

/// Ada's password was changed, and the notice has a link.
fn changed() -> (World, String) {
    let (world, link, _) = asked();
    reset(&world, &link);
    let _worked = world.work();
    let stop = stop_in(&world.read().expect("a notice"));
    (world, stop)
}

fn reset(world: &World, link: &str) {
    world.settle(&world.commit(&world.admit_link(link).unwrap(), NEW).unwrap());
}

fn begin(world: &mut World, link: &str, _: &str) {
    world.trace.fail_next("accounts.write");
    assert!(world.commit(&world.admit_link(link).unwrap(), NEW).is_err());
}

/// The row is not in the table, or another one is in its place.
fn with_row(alter: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> Seen {
    let (world, _, stop) = asked();
    let other = World::with(stopping, [ada()]);
    if let Some(bytes) = alter(world.attempts().dump().remove(0)) {
        let row = AttemptRow::from_bytes(&bytes).unwrap();
        let _inserted = block_on(other.attempts().insert(&row, other.now)).unwrap();
    }
    stopped(&other, &stop)
}

fn of_a_verified_address() -> Seen {
    let new = Contact::email("new@example.org").unwrap();
    let account: Account = ada().with_email(Email::unverified(new.clone()));
    let world = World::with(stopping, [account]);
    let asked = world.recovery.verify_address(id("1"), new, None, seed(), world.now);
    let _asked = block_on(asked).unwrap();
    let _worked = world.work();
    let text = world.read().unwrap();
    let admitted = block_on(world.recovery.admit_address(&token_in(&text), None, world.now));
    let _done = block_on(world.recovery.commit_address(admitted.unwrap(), world.now)).unwrap();
    stopped(&world, &stop_in(&text))
}

/// A call fails, and the link is used again.
fn failing(call: &'static str) -> Seen {
    let (world, stop) = changed();
    world.trace.fail_next(call);
    let first = stopped(&world, &stop);
    let again = stopped(&world, &stop);
    assert_eq!(again, ["done", "stop_recovery_required"]);
    seen([&format!("{}; the next use does it", first[0]), &first[1]])
}

rows! { "\"this was not me\"":
    off "the flow has no page for it" => {
        let (world, _, stop) = asked();
        stopped(&world.beside(|builder| builder), &stop)
    };
    no_row "no row" => with_row(|_| None);
    altered_row "an altered row" => with_row(|mut bytes| {
        *bytes.last_mut().unwrap() ^= 1;
        Some(bytes)
    });
    live "the attempt is live" => after(|_, _, _| ());
    changed_by_it "the password was changed by it" => after(|world, link, _| reset(world, link));
    notice "the link in the notice of a change" => {
        let (world, stop) = changed();
        stopped(&world, &stop)
    };
    running "a commit is running" => after(begin);
    used_before "used before" => {
        let (world, stop) = changed();
        stopped(&world, &stop);
        stopped(&world, &stop)
    };
    ended "the attempt has ended" => after(|world, _, _| {
        let _revoked = block_on(world.recovery.revoke(id("1"), world.now)).unwrap();
    });
    verified_address "the attempt has verified an address" => of_a_verified_address();
    gone "the password was changed, and the account is gone" => {
        let (world, stop) = changed();
        assert!(world.accounts().remove(&id("1")));
        stopped(&world, &stop)
    };
    unsupported "the user table cannot store that recovery is required" => {
        let (world, stop) = changed();
        world.trace.answer_stale();
        stopped(&world, &stop)
    };
    accounts_failed "the user table failed" => failing("accounts.load");
    attempts_failed "the table of attempts failed" => failing("attempts.list");
}
