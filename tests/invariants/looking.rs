//! 9. Looking is free.

use pollster::block_on;

use crate::world::{NEW, World};

/// Mail scanners open links, some of them more than once, before the person does.
#[test]
fn inspecting_changes_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.service.store().inner.dump();
    world.calls();
    for _ in 0..100 {
        let until = block_on(world.service.inspect(&token, world.now)).unwrap();
        assert_eq!(until.unix_timestamp(), world.now.unix_timestamp() + 30 * 60);
        assert_eq!(world.calls(), ["store.load", "accounts.load"]);
    }
    assert_eq!(world.service.store().inner.dump(), before);
    let admitted = world.admit_link(&token).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert!(block_on(world.service.inspect(&token, world.now)).is_err());
}

#[test]
fn admitting_by_a_link_changes_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.service.store().inner.dump();
    world.calls();
    for _ in 0..100 {
        assert!(world.admit_link(&token).is_ok());
        assert_eq!(world.calls(), ["store.load", "accounts.load"]);
    }
    assert_eq!(world.service.store().inner.dump(), before);
}
