//! 1. Nothing secret at rest: the queue.

use pollster::block_on;
use repass::port::Queue;
use repass::queue::{ClaimToken, QueueEntry, QueueKey, QueueKind};
use repass::reset::{Delivery, SealedError, Worked};

use crate::world::{
    NEW, World, ada, by_email, code_in, grace, holds_piece_of, nobody, seed, tag_of, token_in,
};

/// What waits, taken out of the queue.
fn waiting(world: &World) -> Vec<QueueEntry> {
    let token = ClaimToken::new(seed());
    let claimed = block_on(world.recovery.claim(token, 9, world.now)).unwrap();
    claimed.iter().map(|claimed| claimed.entry().clone()).collect()
}

/// A request, a message and a notice.
fn one_of_each() -> Vec<QueueEntry> {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.request(&by_email(), Delivery::LINK);
    let _worked = world.work_once(1);
    world.request(&by_email(), Delivery::LINK);
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let entries = waiting(&world);
    let kinds: Vec<_> = entries.iter().map(|entry| entry.key().kind()).collect();
    assert_eq!(kinds, QueueKind::ALL);
    entries
}

/// What becomes of an entry in a queue of its own, and whether anybody was looked up or got a message.
fn become_of(entry: &QueueEntry) -> (Vec<Worked>, bool) {
    let world = World::of([ada(), grace()]);
    block_on(world.queue().push(entry, world.now)).unwrap();
    world.calls();
    let worked = world.work();
    let looked_up = world.calls().contains(&"accounts.find");
    (worked, looked_up || world.take().is_some())
}

fn with_bytes(entry: &QueueEntry, bytes: Vec<u8>) -> QueueEntry {
    QueueEntry::from_stored(*entry.key(), entry.scope(), bytes)
}

#[test]
fn the_queue_holds_no_secret() {
    let world = World::new();
    world.request(&by_email(), Delivery::LINK_AND_CODE);
    let mut dump = world.queue().dump().concat();
    let _worked = world.work_once(1);
    dump.extend(world.queue().dump().concat());
    assert!(holds_piece_of(&dump, b"example.org", 11), "the message waits there");
    let _worked = world.work();
    let text = world.read().unwrap();
    let (token, code) = (token_in(&text), code_in(&text).replace('-', ""));
    let (tag, bytes) = tag_of(&token);
    assert!(!holds_piece_of(&dump, tag.as_bytes(), 8));
    assert!(!holds_piece_of(&dump, &bytes, 8));
    assert!(!holds_piece_of(&dump, code.as_bytes(), 5));
    world.settle(&world.commit(&world.admit_link(&token).unwrap(), NEW).unwrap());
    let notice = world.queue().dump().concat();
    let hash = world.account("1").password().unwrap().clone();
    for secret in [NEW, hash.expose_secret().rsplit('$').next().unwrap()] {
        assert!(!holds_piece_of(&notice, secret.as_bytes(), 8));
    }
}

/// An altered message must not send a secret elsewhere, an altered request must not ask for another
/// account.
#[test]
fn a03_an_altered_entry_is_not_carried_out() {
    for entry in one_of_each() {
        let bytes = entry.as_bytes();
        for position in 0..bytes.len() {
            let mut altered = bytes.to_vec();
            altered[position] ^= 1;
            let (worked, did) = become_of(&with_bytes(&entry, altered));
            assert!(!did, "{:?}, byte {position}: {worked:?}", entry.key().kind());
        }
        let cut = bytes[..bytes.len() - 1].to_vec();
        let longer = [bytes, &[0][..]].concat();
        let doubled = [bytes, bytes].concat();
        for altered in [Vec::new(), cut, longer, doubled] {
            let (worked, did) = become_of(&with_bytes(&entry, altered));
            assert!(matches!(worked[..], [Worked::Dropped(_)]), "{worked:?}");
            assert!(!did);
        }
        // Unaltered, it is carried out.
        assert!(become_of(&entry).1);
    }
}

#[test]
fn an_entry_of_one_kind_is_none_of_another() {
    for entry in one_of_each() {
        for kind in QueueKind::ALL {
            if kind == entry.key().kind() {
                continue;
            }
            let mut key = entry.key().to_bytes();
            key[0] = kind as u8;
            let key = QueueKey::from_bytes(&key).unwrap();
            let mut bytes = entry.as_bytes().to_vec();
            for kind_too in [false, true] {
                bytes[1] = if kind_too { kind as u8 } else { bytes[1] };
                let moved = QueueEntry::from_stored(key, entry.scope(), bytes.clone());
                let (worked, did) = become_of(&moved);
                assert!(matches!(worked[..], [Worked::Dropped(_)]), "{worked:?}");
                assert!(!did);
            }
        }
    }
}

/// A store that hands out the entry of another tenant: it is neither carried out nor lost.
#[test]
fn a05_an_entry_of_another_tenant_waits_for_its_own_flow() {
    for entry in one_of_each() {
        let world = World::new();
        let acme = world.tenant("acme", [ada()]);
        block_on(world.queue().push(&entry, world.now)).unwrap();
        let token = ClaimToken::new(seed());
        let claimed = block_on(world.recovery.claim(token, 1, world.now)).unwrap().remove(0);
        world.calls();
        let worked = block_on(acme.recovery.work_on(claimed, token, world.now)).unwrap();
        assert!(matches!(worked, Worked::PutOff { failure: None, .. }), "{worked:?}");
        assert_eq!(world.calls(), ["queue.retry"]);
        assert!(world.take().is_none());
        assert_eq!(world.queue().dump(), [entry.as_bytes()]);
    }
}

/// An entry that was moved to another tenant's column was tampered with.
#[test]
fn a05_an_entry_that_was_moved_to_another_tenant_is_dropped() {
    for entry in one_of_each() {
        let world = World::new();
        let acme = world.tenant("acme", [ada()]);
        let moved = QueueEntry::from_stored(
            *entry.key(),
            acme.flow().scope().tag(),
            entry.as_bytes().to_vec(),
        );
        block_on(world.queue().push(&moved, world.now)).unwrap();
        world.calls();
        let worked = acme.work_once(1);
        let [Worked::Dropped(SealedError::OtherScope { scope })] = worked[..] else {
            panic!("{worked:?}")
        };
        assert_eq!(scope, world.flow().scope().tag());
        assert_eq!(world.calls(), ["queue.claim", "queue.done"]);
        assert!(world.take().is_none());
        assert!(world.queue().dump().is_empty());
    }
}

/// Otherwise whoever can write to the queue could have one entry carried out any number of times.
#[test]
fn an_entry_under_another_key_is_not_carried_out() {
    for entry in one_of_each() {
        let bytes = entry.key().to_bytes();
        // The first byte is the kind; then attempt, number and recipient.
        for position in 1..bytes.len() {
            let mut key = bytes;
            key[position] ^= 1;
            let key = QueueKey::from_bytes(&key).unwrap();
            let copy = QueueEntry::from_stored(key, entry.scope(), entry.as_bytes().to_vec());
            let (worked, did) = become_of(&copy);
            assert!(matches!(worked[..], [Worked::Dropped(SealedError::Forged)]), "{worked:?}");
            assert!(!did);
        }
    }
}

/// Tenants share a queue, and each works on its own entries.
#[test]
fn a_tenant_claims_its_own_entries() {
    let world = World::new();
    let acme = world.tenant("acme", [ada()]);
    world.request(&by_email(), Delivery::LINK);
    assert!(acme.work().is_empty());
    acme.request(&by_email(), Delivery::LINK);
    assert_eq!(acme.work().len(), 2);
    let token = token_in(&acme.read().unwrap());
    assert!(acme.admit_link(&token).is_ok());
    assert!(world.admit_link(&token).is_err());
    assert_eq!(world.work().len(), 2);
}

/// A secret is put in when the message is delivered: one that waited for longer is not sent.
#[test]
fn a_message_that_waited_too_long_is_dropped() {
    let mut world = World::new();
    world.request(&by_email(), Delivery::CODE);
    let _worked = world.work_once(1);
    world.wait(600);
    let worked = world.work();
    assert!(matches!(worked[..], [Worked::Dropped(SealedError::Expired)]), "{worked:?}");
    assert!(world.take().is_none());
}

/// A decoy waits like a message and is dropped.
#[test]
fn a_request_for_nobody_leaves_a_decoy() {
    let world = World::new();
    world.request(&nobody(), Delivery::LINK);
    let _worked = world.work_once(1);
    assert_eq!(world.queue().dump().len(), 1);
    let worked = world.work();
    assert!(matches!(worked[..], [Worked::Decoy]), "{worked:?}");
    assert!(world.take().is_none());
}
