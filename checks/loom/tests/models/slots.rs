//! The slots that hashes are computed in.

use std::sync::Arc;

use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom_check::hash::{HashError, Slots};

use crate::{at_once, in_every_order};

#[test]
fn a_slot_is_in_one_hand_at_a_time_and_is_handed_on_wiped() {
    in_every_order(|| {
        let slots = Arc::new(Slots::new(1));
        let in_use = Arc::new(AtomicUsize::new(0));
        let hashes = [1, 2].map(|number| {
            let (slots, in_use) = (Arc::clone(&slots), Arc::clone(&in_use));
            move || {
                slots.work(|block| {
                    assert_eq!(in_use.fetch_add(1, SeqCst), 0, "two in one slot");
                    assert!(block.as_ref().iter().all(|word| *word == 0), "not wiped");
                    block.as_mut().fill(number);
                    in_use.fetch_sub(1, SeqCst);
                })
            }
        });
        let answers = at_once(hashes);
        assert!(answers.contains(&Ok(())));
        assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(HashError::Busy))));
        assert_eq!(slots.work(|_| ()), Ok(()), "given back");
    });
}

#[test]
fn two_slots_serve_two_at_once() {
    in_every_order(|| {
        let slots = Arc::new(Slots::new(2));
        let hashes = [1, 2].map(|number| {
            let slots = Arc::clone(&slots);
            move || {
                slots.work(|block| {
                    block.as_mut().fill(number);
                    // Nothing else in here lets the other one in.
                    loom::thread::yield_now();
                })
            }
        });
        assert_eq!(at_once(hashes), [Ok(()), Ok(())]);
    });
}
