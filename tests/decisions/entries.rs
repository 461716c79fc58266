//! What a worker does with an entry of the queue.

use pollster::block_on;
use repass::key::{Key, KeyId};
use repass::port::Queue;
use repass::queue::{ClaimToken, Claimed, QueueEntry, QueueKey, QueueKind};
use repass::reset::{Delivery, Flow, Worked};

use crate::accounts::{by_phone, phone_only, texting};
use crate::seen::{Seen, alike, seen};
use crate::world::{NEW, World, ada, by_email, keyring, nobody, page, seed};

/// A request, a message and a notice that wait, and where they wait.
fn waiting() -> (World, [QueueEntry; 3]) {
    let world = World::of([ada()]);
    let admitted = world.admit_link(&world.link()).unwrap();
    world.request(&by_email(), Delivery::LINK);
    let _worked = world.work_once(1);
    world.request(&by_email(), Delivery::LINK);
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let entry =
        |kind| entries(&world).into_iter().find(|entry| entry.key().kind() == kind).unwrap();
    let entries = [QueueKind::Request, QueueKind::Message, QueueKind::Notice].map(entry);
    (world, entries)
}

/// All that wait.
fn entries(world: &World) -> Vec<QueueEntry> {
    let token = ClaimToken::new(seed());
    let claimed = block_on(world.recovery.claim(token, 9, world.now)).unwrap();
    let entries = claimed.iter().map(|claimed| claimed.entry().clone()).collect();
    for claimed in claimed {
        let put_off = world.queue().retry(claimed.entry().key(), &token, world.now, world.now);
        assert!(block_on(put_off).unwrap());
    }
    entries
}

/// What a worker of this flow does with an entry that was tried so often.
fn worked(flow: &Flow, entry: &QueueEntry, tries: u32) -> Seen {
    worked_after(flow, entry, tries, |_| ())
}

fn worked_after(
    flow: &Flow,
    entry: &QueueEntry,
    tries: u32,
    then: impl FnOnce(&mut World),
) -> Seen {
    let mut world = World::of([ada()]).driven_by(flow.clone());
    block_on(world.queue().push(entry, world.now)).unwrap();
    let token = ClaimToken::new(seed());
    // A store may hand out what belongs to another scope.
    let owner = if entry.scope() == acme().scope().tag() { acme() } else { self::flow() };
    let claimed = world.driven_by(owner);
    let claimed = block_on(claimed.recovery.claim(token, 1, world.now)).unwrap();
    assert_eq!(claimed.len(), 1);
    then(&mut world);
    let claimed = Claimed::new(entry.clone(), tries);
    match block_on(world.recovery.work_on(claimed, token, world.now)).unwrap() {
        Worked::Ran(report) => seen(["acknowledged", report.disclose().code()]),
        Worked::Delivered => seen(["acknowledged", ""]),
        Worked::Decoy => seen(["dropped", ""]),
        Worked::Dropped(error) => seen(["dropped and reported", error.code()]),
        Worked::PutOff { failure: None, .. } => seen(["put off", ""]),
        Worked::PutOff { due, failure: Some(failure) } => {
            seen([&(due - world.now).whole_seconds().to_string(), failure.code()])
        }
        Worked::LeaseLost => seen(["left to the worker that has it now", ""]),
        other => panic!("{other:?}"),
    }
}

fn flow() -> Flow {
    World::new().flow().clone()
}

/// Each in a queue of its own, after something was done to it.
fn each(alter: fn(&QueueEntry) -> QueueEntry) -> Seen {
    alike(waiting().1.map(|entry| worked(&flow(), &alter(&entry), 1)))
}

fn with_bytes(entry: &QueueEntry, alter: impl FnOnce(&mut Vec<u8>)) -> QueueEntry {
    let mut bytes = entry.as_bytes().to_vec();
    alter(&mut bytes);
    QueueEntry::from_stored(*entry.key(), entry.scope(), bytes)
}

fn under_another_key(entry: &QueueEntry) -> QueueEntry {
    let mut key = entry.key().to_bytes();
    key[1] ^= 1;
    let key = QueueKey::from_bytes(&key).unwrap();
    QueueEntry::from_stored(key, entry.scope(), entry.as_bytes().to_vec())
}

fn acme() -> Flow {
    flow().for_tenant("acme").unwrap().build().unwrap()
}

fn moved(entry: &QueueEntry) -> Seen {
    let flow = acme();
    let bytes = entry.as_bytes().to_vec();
    worked(&flow, &QueueEntry::from_stored(*entry.key(), flow.scope().tag(), bytes), 1)
}

fn with_retired_key() -> Flow {
    let next = Key::generate(&mut repass::SysRng).unwrap();
    let keyring = keyring().rotate(KeyId::new(8), next).unwrap();
    let keyring = keyring.retire(KeyId::new(7), World::new().now).unwrap();
    Flow::builder(keyring, page()).build().unwrap()
}

fn with_other_key() -> Flow {
    World::new().with_other_key().flow().clone()
}

fn decoy() -> Seen {
    let world = World::new();
    world.request(&nobody(), Delivery::LINK);
    let _ran = world.work_once(1);
    worked(&flow(), &entries(&world)[0], 1)
}

/// A text message, in a flow that sends none.
fn text_message(tries: u32) -> Seen {
    let world = texting(|sms| sms, [phone_only()]);
    world.request(&by_phone(), Delivery::CODE);
    let _ran = world.work_once(1);
    worked(&flow(), &entries(&world)[0], tries)
}

/// The seconds for which it is put off from one try to the next.
fn failing() -> Seen {
    let (_, [request, ..]) = waiting();
    let tried = (1..=10).map(|tries| {
        worked_after(&flow(), &request, tries, |world| world.trace.fail_next("accounts.find"))
    });
    let tried: Vec<_> = tried.collect();
    let mut waits: Vec<_> = tried.iter().map(|seen| seen[0].as_str()).collect();
    waits.dedup();
    seen([&format!("put off, each time for longer: {} s", waits.join(", ")), &tried[0][1]])
}

/// The lease was over, and another worker has claimed it.
fn claimed_by_another(world: &mut World) {
    world.wait(150);
    assert_eq!(
        block_on(world.recovery.claim(ClaimToken::new(seed()), 1, world.now)).unwrap().len(),
        1
    );
}

fn request_or_message(flow: &Flow, tries: u32) -> Seen {
    let (_, [request, message, _]) = waiting();
    alike([request, message].map(|entry| worked(flow, &entry, tries)))
}

fn notice(flow: &Flow, tries: u32) -> Seen {
    let (_, [.., notice]) = waiting();
    worked(flow, &notice, tries)
}

/// When the secret of the request or message was over.
fn late(which: usize) -> Seen {
    worked_after(&flow(), &waiting().1[which], 1, |world| world.wait(30 * 60))
}

rows! { "entry of the queue":
    a_request "a request" => worked(&flow(), &waiting().1[0], 1);
    a_message "a message" => worked(&flow(), &waiting().1[1], 1);
    a_notice "a notice" => notice(&flow(), 1);
    a_decoy "a decoy" => decoy();
    altered "altered" => each(|entry| with_bytes(entry, |bytes| *bytes.last_mut().unwrap() ^= 1));
    malformed "malformed" => each(|entry| with_bytes(entry, |bytes| bytes[0] ^= 1));
    other_key_of_entry "under the key of another entry" => each(under_another_key);
    moved_to_another_scope "of another scope, and moved to this one" =>
        alike(waiting().1.each_ref().map(moved));
    other_scope "of another scope" =>
        alike(waiting().1.map(|entry| worked(&acme(), &entry, u32::MAX)));
    retired_key "a request or message of a retired key" =>
        request_or_message(&with_retired_key(), 1);
    notice_of_a_retired_key "a notice of a retired key" => notice(&with_retired_key(), 1);
    late_request "a request whose secret would have expired" => late(0);
    late_message "a message whose secret has expired" => late(1);
    unknown_key "a request or message of a key that is not in the ring, up to the 99th try" =>
        alike([1, 99].map(|tries| request_or_message(&with_other_key(), tries)));
    unknown_key_at_last "a request or message of a key that is not in the ring, at the 100th try" =>
        request_or_message(&with_other_key(), 100);
    notice_of_an_unknown_key "a notice of a key that is not in the ring, up to the 4,319th try" =>
        alike([1, 4_319].map(|tries| notice(&with_other_key(), tries)));
    notice_of_an_unknown_key_last "a notice of a key that is not in the ring, at the 4,320th try" =>
        notice(&with_other_key(), 4_320);
    text_message_waits "a text message where none are configured, up to the 99th try" =>
        alike([1, 99].map(text_message));
    text_message_at_last "a text message where none are configured, at the 100th try" =>
        text_message(100);
    port_failed "the user table failed" => failing();
    lease_lost "its lease was over, and another worker has claimed it" =>
        worked_after(&flow(), &waiting().1[1], 1, claimed_by_another);
}
