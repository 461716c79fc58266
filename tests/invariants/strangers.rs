//! 6. A stranger cannot hurt the owner.

use pollster::block_on;
use repass::account::{Contact, Email, Lookup};
use repass::reset::{Delivery, Outcome};

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, code_in, hash_of, other_than, seed, token_in,
};

/// A code of one attempt is nothing on the handle of another (ASVS 6.6.2).
#[test]
fn a_code_is_good_with_its_own_handle_only() {
    let world = World::new();
    let (first_handle, first_code) = world.code();
    let (second_handle, second_code) = world.code();
    assert!(world.admit_code(&first_handle, &second_code).is_err());
    assert!(world.admit_code(&second_handle, &first_code).is_err());
    assert!(world.admit_code(&first_handle, &first_code).is_ok());
}

#[test]
fn wrong_codes_on_a_strangers_handle_leave_the_owners_alone() {
    let world = World::new();
    let (handle, code) = world.code();
    let (strangers_handle, _) = world.code();
    for _ in 0..9 {
        assert!(world.admit_code(&strangers_handle, &other_than(&code)).is_err());
    }
    assert!(world.admit_code(&handle, &code).is_ok());
}

/// There is no limit on live attempts: as many are good as there are messages, and those that send
/// nothing take nothing from them.
#[test]
fn a_later_request_does_not_end_an_earlier_one() {
    let world = World::new();
    let tokens = [(); 5].map(|()| world.link());
    for _ in 0..4 {
        assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::TooManySends);
    }
    assert!(world.take().is_none());
    assert!(tokens.iter().all(|token| world.admit_link(token).is_ok()));
}

#[test]
fn success_ends_every_other_attempt() {
    let world = World::new();
    let tokens = [(); 3].map(|()| world.link());
    let admitted = world.admit_link(&tokens[1]).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    for token in &tokens {
        assert!(world.admit_link(token).is_err());
    }
}

/// E9: neither requests nor guesses of a stranger keep the owner from signing in.
#[test]
fn nothing_that_a_stranger_does_locks_the_account() {
    let world = World::new();
    for lookup in [by_email(), by_login()] {
        for _ in 0..10 {
            let handle = world.ask(&lookup, Delivery::CODE);
            for _ in 0..6 {
                assert!(world.admit_code(&handle, "BBBB-BBBB").is_err());
            }
        }
    }
    assert!(world.signs_in(OLD));
    assert!(world.account("1").is_enabled());
}

#[test]
fn a_flood_of_requests_sends_at_most_five_messages_in_twelve_hours() {
    let mut world = World::new();
    let mut messages = 0;
    for _ in 0..(12 * 60 / 3) {
        for lookup in [by_email(), by_login()] {
            // Throttled at some point, and that is fine.
            let request = world.recovery.request(lookup, Delivery::CODE, None, seed(), world.now);
            let _handle = block_on(request);
            let _worked = world.work();
            messages += u32::from(world.take().is_some());
        }
        world.wait(170);
    }
    assert_eq!(messages, 5);
}

/// Messages 4 and 5 carry a link, whatever was asked for, that is good until the window is over and
/// for 30 minutes more; the first three are as they were asked for.
#[test]
fn the_last_two_messages_of_a_window_carry_long_links() {
    for delivery in [Delivery::CODE, Delivery::LINK, Delivery::LINK_AND_CODE] {
        let mut world = World::new();
        let opened = world.now;
        let mut messages = Vec::new();
        for _ in 0..5 {
            let handle = world.ask(&by_email(), delivery);
            messages.push((handle, world.read().unwrap()));
            world.wait(60);
        }
        let good = |world: &World, token: &str| world.admit_link(token).is_ok();
        let (short, long) = messages.split_at(3);
        for (_, text) in short {
            assert_eq!(text.contains("?token="), delivery != Delivery::CODE);
        }
        let long = long.iter().map(|(handle, text)| {
            if delivery != Delivery::LINK {
                assert!(world.admit_code(handle, &code_in(text)).is_ok());
            }
            token_in(text)
        });
        let long: Vec<_> = long.collect();
        world.now = opened + core::time::Duration::from_secs(12 * 3600 + 30 * 60 - 1);
        assert!(long.iter().all(|token| good(&world, token)), "{delivery:?}");
        if delivery != Delivery::CODE {
            assert!(!short.iter().any(|(_, text)| good(&world, &token_in(text))));
        }
        let inspected = block_on(world.recovery.inspect(&long[0], world.now)).unwrap();
        world.wait(1);
        assert_eq!(inspected, world.now);
        assert!(!long.iter().any(|token| good(&world, token)), "{delivery:?}");
    }
}

/// Where links are good for longer than the window, the long link is no shorter than the others.
#[test]
fn a_long_link_is_no_shorter_than_others() {
    const HOUR: u64 = 60 * 60;
    let day = core::time::Duration::from_secs(24 * HOUR);
    let mut world = World::with(|builder| builder.link_life(day), [ada()]);
    for _ in 0..3 {
        world.link();
    }
    // The window is over in an hour, and its links end 30 minutes later.
    world.wait(11 * HOUR);
    let links = [world.link(), world.link()];
    world.wait(24 * HOUR - 1);
    assert!(links.iter().all(|link| world.admit_link(link).is_ok()));
    world.wait(1);
    assert!(!links.iter().any(|link| world.admit_link(link).is_ok()));
}

/// A long link changes nothing about the code beside it, which ends when it was to end.
#[test]
fn a_long_link_makes_no_code_live_longer() {
    let mut world = World::new();
    for _ in 0..3 {
        world.code();
    }
    let (handle, code) = world.code();
    world.wait(600);
    assert!(world.admit_code(&handle, &code).is_err());
}

/// Somebody asks by both identifiers every five minutes for thirty hours; the owner looks each time,
/// and either a link of the mailbox works or asking brings one.
#[test]
fn a01_a_flood_leaves_the_owner_a_link_that_works() {
    let mut world = World::new();
    let mut mailbox: Vec<String> = Vec::new();
    let ask = |world: &World, lookup: Lookup, delivery| {
        let request = world.recovery.request(lookup, delivery, None, seed(), world.now);
        let _handle = block_on(request);
        let _worked = world.work();
        let text = world.read()?;
        text.contains("?token=").then(|| token_in(&text))
    };
    for round in 0..30 * 12 {
        for lookup in [by_email(), by_login()] {
            mailbox.extend(ask(&world, lookup, Delivery::CODE));
        }
        mailbox.retain(|token| world.admit_link(token).is_ok());
        if mailbox.is_empty() {
            let token = ask(&world, by_email(), Delivery::LINK);
            mailbox.push(token.unwrap_or_else(|| panic!("nothing in round {round}")));
        }
        world.wait(5 * 60);
    }
}

/// A new password and a new address open a window of their own: what was sent before is nothing then.
#[test]
fn a_change_of_the_account_opens_a_new_window() {
    let world = World::new();
    let spend = || {
        for _ in 0..5 {
            assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::Sent);
        }
    };
    spend();
    world.put(world.account("1").with_password(hash_of("changed by the owner")));
    spend();
    let address = Email::verified(Contact::email("new@example.org").unwrap());
    world.put(world.account("1").with_email(address));
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
}

/// Each tenant numbers its accounts from 1.
#[test]
fn accounts_of_two_tenants_with_one_id_take_no_message_from_each_other() {
    let world = World::new();
    let acme = world.tenant("acme", [ada()]);
    for _ in 0..5 {
        assert_eq!(acme.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
    }
    assert_eq!(acme.outcome(&by_email(), Delivery::LINK), Outcome::TooManySends);
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
}

#[test]
fn tries_on_an_account_of_one_tenant_take_none_from_another() {
    let mut world = World::new();
    let mut acme = world.tenant("acme", [ada()]);
    acme.spend_the_day();
    world.now = acme.now;
    let (handle, code) = world.code();
    assert!(world.admit_code(&handle, &code).is_ok());
}
