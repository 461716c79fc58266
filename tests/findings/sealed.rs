//! A3: requests, messages and notices leave the process as sealed bytes.

use alloc::sync::Arc;

use pollster::block_on;
use repass::memory::MemoryQueue;
use repass::message::MessageKind;
use repass::port::Queue;
use repass::queue::{QueueEntry, QueueKey, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Outcome, Proof, Worked};
use repass::scope::ScopeTag;

use crate::recovering::{Shared, messages, outcomes, over, request, token, work};
use crate::steps::reset;
use crate::world::{Dice, ada, at, flow, secret_in};

/// One row of a table: what a host keeps of an entry.
#[derive(Clone)]
struct Stored {
    key: [u8; QueueKey::BYTES],
    scope: [u8; 16],
    bytes: Vec<u8>,
}

impl Stored {
    fn entry(&self) -> QueueEntry {
        let key = QueueKey::from_bytes(&self.key).unwrap();
        QueueEntry::from_stored(key, ScopeTag::from_bytes(self.scope), self.bytes.clone())
    }
}

/// The entries that wait, as a host stores them.
fn stored(recovery: &Recovery<Shared>, dice: &mut Dice) -> Vec<Stored> {
    let claimed = block_on(recovery.claim(token(dice), 64, at(4))).unwrap();
    let stored = claimed.iter().map(|claimed| {
        let entry = claimed.entry();
        assert!(entry.as_bytes().len() <= QueueEntry::MAX_BYTES);
        let (key, scope) = (entry.key().to_bytes(), *entry.scope().as_bytes());
        Stored { key, scope, bytes: entry.as_bytes().to_vec() }
    });
    stored.collect()
}

/// Another process of the same service, which knows the key, the tables, and these entries.
fn process(of: &Recovery<Shared>, entries: &[Stored]) -> Recovery<Shared> {
    let ports = Shared { queue: Arc::new(MemoryQueue::default()), ..of.ports().clone() };
    for stored in entries {
        block_on(ports.queue.push(&stored.entry(), at(0))).unwrap();
    }
    Recovery::new(flow().build().unwrap(), ports)
}

/// Entries of each kind, of one reset.
fn one_of_each(dice: &mut Dice) -> (Recovery<Shared>, [Stored; 3]) {
    let account = ada(dice);
    let first = over(flow().build().unwrap(), account);
    request(&first, Delivery::LINK_AND_CODE, dice, at(0));
    let [of_request] = <[_; 1]>::try_from(stored(&first, dice)).ok().unwrap();

    let second = process(&first, core::slice::from_ref(&of_request));
    let worked = block_on(second.work(token(dice), 1, at(1))).unwrap();
    assert_eq!(outcomes(&worked), [Outcome::Sent]);
    let [of_message] = <[_; 1]>::try_from(stored(&second, dice)).ok().unwrap();

    let third = process(&first, core::slice::from_ref(&of_message));
    assert!(matches!(&work(&third, dice, at(2))[..], [Worked::Delivered]));
    let link = secret_in(messages(&third)[0].expose_secret());
    reset(&third, Proof::Link(&link), dice, at(3));
    let [of_notice] = <[_; 1]>::try_from(stored(&third, dice)).ok().unwrap();
    (first, [of_request, of_message, of_notice])
}

#[test]
fn a03_other_processes_work_on_requests_messages_and_notices() {
    let mut dice = Dice(3);
    let (first, [_, _, of_notice]) = one_of_each(&mut dice);
    let fourth = process(&first, &[of_notice]);
    assert!(matches!(&work(&fourth, &mut dice, at(5))[..], [Worked::Delivered]));
    let told = messages(&fourth);
    assert_eq!(told[0].kind(), MessageKind::PasswordChanged);
    assert_eq!(told[0].to().as_str(), "ada@example.org");
}

/// A message at rest holds no secret: only the keys of the service make one of it.
#[test]
fn a03_entries_at_rest_hold_no_secret() {
    let mut dice = Dice(4);
    let (first, entries) = one_of_each(&mut dice);
    let third = process(&first, &entries[1..2]);
    let _ = work(&third, &mut dice, at(2));
    let message = messages(&third).remove(0);
    let link = message.expose_secret().split("?token=").nth(1).unwrap().lines().next().unwrap();
    let code = message.expose_secret().lines().find(|line| line.as_bytes().get(4) == Some(&b'-'));
    for entry in &entries {
        let text = String::from_utf8_lossy(&entry.bytes).into_owned();
        assert!(!text.contains(link) && !text.contains(code.unwrap()));
    }
}

/// Altered, cut, doubled and foreign bytes: an error, nothing is sent, and nobody is asked.
#[test]
fn a03_altered_entries_are_dropped_and_nothing_is_sent() {
    let mut dice = Dice(5);
    let (first, entries) = one_of_each(&mut dice);
    let mut cases: Vec<Stored> = Vec::new();
    for entry in &entries {
        let length = entry.bytes.len();
        for at in 0..length {
            for bit in [0x01, 0x80] {
                let mut altered = entry.clone();
                altered.bytes[at] ^= bit;
                cases.push(altered);
            }
            cases.push(Stored { bytes: entry.bytes[..at].to_vec(), ..entry.clone() });
        }
        cases.push(Stored { bytes: entry.bytes.repeat(2), ..entry.clone() });
        cases.push(Stored { bytes: [&entry.bytes[..], &[0]].concat(), ..entry.clone() });
        cases.push(Stored { bytes: vec![0; length], ..entry.clone() });
        // The bytes of one kind under the key of another.
        for other in &entries {
            if other.key != entry.key {
                cases.push(Stored { key: other.key, ..entry.clone() });
            }
        }
    }
    let rows = first.ports().attempts.dump();
    for case in &cases {
        let process = process(&first, core::slice::from_ref(case));
        let worked = work(&process, &mut dice, at(2));
        assert!(
            matches!(&worked[..], [Worked::Dropped(_) | Worked::PutOff { failure: None, .. }]),
            "{worked:?}"
        );
        assert!(process.ports().notifier.take().is_none());
    }
    assert_eq!(first.ports().attempts.dump(), rows);
}

/// A key of an entry that is read back is the same, and other bytes are none.
#[test]
fn a03_the_key_of_an_entry_is_read_back() {
    let mut dice = Dice(6);
    let (_, entries) = one_of_each(&mut dice);
    let kinds = entries.map(|entry| {
        let key = QueueKey::from_bytes(&entry.key).unwrap();
        assert_eq!(key.to_bytes(), entry.key);
        for kind in [0, 4, 255] {
            let mut other = entry.key;
            other[0] = kind;
            assert!(QueueKey::from_bytes(&other).is_none());
        }
        key.kind()
    });
    assert_eq!(kinds, [QueueKind::Request, QueueKind::Message, QueueKind::Notice]);
}
