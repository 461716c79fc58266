//! What happens when the message of an attempt is to be sent again.

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::queue::ClaimToken;
use repass::reset::{Delivery, Sms, Worked};

use crate::accounts::{alter, by, by_phone, id, phone_only, texting};
use crate::seen::{ASK_AGAIN, Seen, code, known_or_not, message, seen, told, watched};
use crate::world::{NEW, World, ada, by_email, by_login, code_in, hash_of, nobody, seed, token_in};

/// Asks, and lets a worker work.
fn again(world: &World, handle: &str) -> Seen {
    match watched(world, || world.resend(handle)) {
        Ok(_) => worked(world),
        Err(error) => {
            let told = told(world, error.answer());
            seen([&told, &message(world, &[]), error.code()])
        }
    }
}

fn worked(world: &World) -> Seen {
    let worked = world.work();
    if let [Worked::PutOff { failure: None, .. }] = worked[..] {
        return seen([ASK_AGAIN, "none until it is over", ""]);
    }
    seen([ASK_AGAIN, &message(world, &worked), code(&worked)])
}

/// A first message was sent for what somebody asked by, and the pause is over.
fn paused(lookup: &Lookup) -> (World, String, String) {
    let mut world = World::new();
    let handle = world.ask(lookup, Delivery::LINK);
    let text = world.read().unwrap_or_default();
    world.wait(60);
    (world, handle, text)
}

fn after(meanwhile: impl FnOnce(&mut World, &str)) -> Seen {
    let (mut world, handle, text) = paused(&by_email());
    meanwhile(&mut world, &token_in(&text));
    again(&world, &handle)
}

fn after_change(change: impl FnOnce(Account) -> Account) -> Seen {
    after(|world, _| alter(world, change))
}

fn reset(world: &World, token: &str) {
    world.settle(&world.commit(&world.admit_link(token).unwrap(), NEW).unwrap());
    let _notice = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
}

fn use_up_the_messages(world: &World) {
    for lookup in [by_email(), by_login(), by_email(), by_login()] {
        world.ask(&lookup, Delivery::LINK);
        assert!(world.take().is_some());
    }
}

/// Ada, who has nothing but a phone, in a service that goes on with other text messages.
fn by_text_message(before: fn(Sms) -> Sms, after: impl FnOnce(&World) -> World) -> Seen {
    let mut world = texting(before, [phone_only()]);
    let handle = world.ask(&by_phone(), Delivery::CODE);
    assert!(world.take().is_some());
    world.wait(60);
    again(&after(&world), &handle)
}

/// The worker crashes before it acknowledges the resend, and another one comes once the lease is over.
fn crashed(later_one: bool) -> Seen {
    let mut world = World::new();
    let (handle, code) = world.code();
    world.wait(60);
    world.resend(&handle).unwrap();
    world.trace.fail_next("queue.done");
    let crash = world.recovery.work(ClaimToken::new(seed()), 1, world.now);
    assert!(block_on(crash).is_err());
    let _worked = world.work();
    assert_eq!(code_in(&world.read().unwrap()), code);
    if later_one {
        world.wait(120);
        world.resend(&handle).unwrap();
        let _worked = world.work();
        assert_eq!(code_in(&world.read().unwrap()), code);
    }
    world.wait(150);
    let before = world.rows();
    let seen = worked(&world);
    assert!(before == world.rows());
    seen
}

fn too_late() -> Seen {
    let mut world = World::new();
    let (handle, _) = world.code();
    world.wait(599);
    world.resend(&handle).unwrap();
    world.wait(1);
    worked(&world)
}

fn too_early(lookup: &Lookup) -> Seen {
    let (mut world, handle, _) = paused(lookup);
    world.now -= core::time::Duration::from_secs(1);
    again(&world, &handle)
}

fn not_worked_on(lookup: &Lookup) -> Seen {
    let world = World::new();
    let handle = world.request(lookup, Delivery::LINK);
    let refused = watched(&world, || world.resend(&handle)).unwrap_err();
    let told = told(&world, refused.answer());
    seen([&told, &message(&world, &[]), refused.code()])
}

fn full(lookup: &Lookup) -> Seen {
    let mut world = World::bounded([ada()], 100, 100, 1);
    let handle = world.ask(lookup, Delivery::LINK);
    world.take();
    world.wait(60);
    world.request(&by("somebody"), Delivery::LINK);
    let refused = watched(&world, || world.resend(&handle)).unwrap_err();
    let told = told(&world, refused.answer());
    seen([&told, &message(&world, &[]), refused.code()])
}

rows! { "resend":
    live "live, and within the limit" => after(|_, _| ());
    decoy "a decoy" => {
        let (world, handle, _) = paused(&nobody());
        again(&world, &handle)
    };
    used "used" => after(|world, token| reset(world, token));
    ended "ended" => after(|world, _| {
        let _revoked = block_on(world.recovery.revoke(id("1"), world.now)).unwrap();
    });
    changed "the account has changed" =>
        after_change(|account| account.with_password(hash_of(NEW)));
    disabled "the account is disabled" => after_change(Account::disabled);
    other_country "no text messages are sent to the number any more" =>
        by_text_message(|sms| sms, |world| world.beside(|builder| builder.sms(Sms::to(["+1"]))));
    too_many_messages "5 messages within 12 hours already" =>
        after(|world, _| use_up_the_messages(world));
    cap_reached "the cap of text messages to the account was reached" =>
        by_text_message(|sms| sms.daily_caps(1, 9, 9), |world| world.beside(|builder| {
            builder.sms(Sms::to(["+49"]).daily_caps(1, 9, 9))
        }));
    running "a commit runs" => after(|world, token| {
        let _after = world.commit(&world.admit_link(token).unwrap(), NEW).unwrap();
    });
    run_again "run again after a crash" => crashed(false);
    later_one_sent "run again after a later one was sent" => crashed(true);
    run_too_late "run after the handle expired" => too_late();
    pause "within the pause, known or not" =>
        known_or_not(too_early);
    first_not_worked_on "the first message was not worked on yet, known or not" =>
        known_or_not(not_worked_on);
    queue_full "too many requests wait, known or not" =>
        known_or_not(full);
}
