//! The rows of the store.

use std::sync::Arc;

use loom_check::memory::MemoryAttempts;
use pollster::block_on;
use repass::attempt::AttemptRow;
use repass::port::{Attempts, Inserted};
use repass::reset::Delivery;

use crate::fixture::Fixture;
use crate::world::at;
use crate::{at_once, in_every_order};

#[test]
fn of_three_swaps_of_one_row_one_wins() {
    let seen = Fixture::new().attempt(Delivery::LINK).row;
    in_every_order(move || {
        let store = Arc::new(MemoryAttempts::default());
        block_on(store.insert(&seen, at(0))).unwrap();
        let nexts = [1, 2, 3].map(|number| resealed(&seen, number));
        let swaps = nexts.clone().map(|next| {
            let (store, seen) = (Arc::clone(&store), seen.clone());
            move || block_on(store.swap(&seen, &next, at(0))).unwrap()
        });
        let won = at_once(swaps);
        let winners: Vec<_> = won.iter().zip(nexts).filter(|(won, _)| **won).collect();
        let [(_, winner)] = &winners[..] else { panic!("{won:?}") };
        assert_eq!(block_on(store.load(seen.id(), at(0))).unwrap().as_ref(), Some(winner));
    });
}

#[test]
fn of_three_inserts_of_one_row_one_is_done() {
    let row = Fixture::new().attempt(Delivery::LINK).row;
    in_every_order(move || {
        let store = Arc::new(MemoryAttempts::default());
        let inserts = [(); 3].map(|()| {
            let (store, row) = (Arc::clone(&store), row.clone());
            move || block_on(store.insert(&row, at(0))).unwrap()
        });
        let answers = at_once(inserts);
        let count = |answer| answers.iter().filter(|other| **other == answer).count();
        assert_eq!((count(Inserted::Done), count(Inserted::Exists)), (1, 2));
    });
}

/// The row with another seal, which a store does not judge.
fn resealed(row: &AttemptRow, number: u8) -> AttemptRow {
    let mut bytes = row.to_bytes();
    *bytes.last_mut().unwrap() ^= number;
    AttemptRow::from_bytes(&bytes).unwrap()
}
