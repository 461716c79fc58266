//! 6. A stranger cannot hurt the owner.

use repass::account::Lookup;
use repass::reset::Delivery;

use crate::world::{NEW, OLD, World, ada, by_email, other_than, seed};

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

#[test]
fn a_later_request_does_not_end_an_earlier_one() {
    let world = World::new();
    let tokens = [(); 3].map(|()| world.link());
    for token in &tokens {
        assert!(world.admit_link(token).is_ok());
    }
    // The fourth sends nothing, and takes nothing from the three.
    world.ask(&by_email(), Delivery::EmailLink);
    assert!(world.read_letter().is_none());
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

#[test]
fn nothing_that_a_stranger_does_locks_the_account() {
    let world = World::new();
    for lookup in [by_email(), Lookup::login("ada").unwrap()] {
        for _ in 0..10 {
            let request = world.ask(&lookup, Delivery::EmailCode);
            for _ in 0..6 {
                let handle = request.handle().expose_secret();
                assert!(world.admit_code(handle, "BBBB-BBBB").is_err());
            }
        }
    }
    assert!(world.signs_in(OLD));
    assert!(world.account("1").is_enabled());
}

#[test]
fn a_flood_of_requests_sends_at_most_five_messages_an_hour() {
    let mut world = World::new();
    let mut letters = 0;
    for _ in 0..20 {
        for lookup in [by_email(), Lookup::login("ada").unwrap()] {
            // Throttled at some point, and that is fine.
            let request = world.service.request(lookup, Delivery::EmailCode, seed(), world.now);
            if let Ok(request) = pollster::block_on(request) {
                let _report = pollster::block_on(world.service.run(&request, world.now)).unwrap();
                letters += u32::from(world.read_letter().is_some());
            }
        }
        world.wait(170);
    }
    assert_eq!(letters, 5);
}

#[test]
fn an_attempt_whose_message_was_not_sent_takes_no_place() {
    let mut world = World::new();
    for _ in 0..5 {
        world.code();
        world.wait(601);
    }
    // The hour's messages are spent; what is asked for now must not fill the places of later.
    for _ in 0..3 {
        world.ask(&by_email(), Delivery::EmailCode);
        assert!(world.read_letter().is_none());
    }
    world.wait(596);
    world.code();
}

/// Each tenant numbers its accounts from 1.
#[test]
fn accounts_of_two_tenants_with_one_id_take_no_place_from_each_other() {
    let world = World::new();
    let acme = world.service.for_tenant("acme", world.accounts([ada()])).unwrap();
    for _ in 0..3 {
        let request = acme.request(by_email(), Delivery::EmailLink, seed(), world.now);
        let request = pollster::block_on(request).unwrap();
        let _report = pollster::block_on(acme.run(&request, world.now)).unwrap();
        assert!(world.service.notifier().inner.take_letter().is_some());
    }
    world.link();
}
