//! 9. Looking is free.

use pollster::block_on;

use crate::world::{NEW, World};

/// Mail scanners open links, some of them more than once, before the person does.
#[test]
fn inspecting_changes_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.attempts().dump();
    world.calls();
    for _ in 0..100 {
        let until = block_on(world.recovery.inspect(&token, world.now)).unwrap();
        assert_eq!(until, world.now + core::time::Duration::from_secs(30 * 60));
        assert_eq!(world.calls(), ["attempts.load", "accounts.load"]);
    }
    assert_eq!(world.attempts().dump(), before);
    let admitted = world.admit_link(&token).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert!(block_on(world.recovery.inspect(&token, world.now)).is_err());
}

#[test]
fn admitting_by_a_link_changes_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.attempts().dump();
    world.calls();
    for _ in 0..100 {
        assert!(world.admit_link(&token).is_ok());
        assert_eq!(world.calls(), ["attempts.load", "accounts.load"]);
    }
    assert_eq!(world.attempts().dump(), before);
}

#[test]
fn admitting_by_a_ticket_changes_nothing() {
    let world = World::new();
    let (handle, code) = world.code();
    let admitted = world.admit_code(&handle, &code).unwrap();
    let ticket = admitted.ticket().unwrap().expose_secret();
    let before = world.attempts().dump();
    world.calls();
    for _ in 0..100 {
        assert!(world.admit_ticket(ticket).is_ok());
        assert_eq!(world.calls(), ["attempts.load", "accounts.load"]);
    }
    assert_eq!(world.attempts().dump(), before);
}
