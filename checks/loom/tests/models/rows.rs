//! The rows of the store.

use std::sync::Arc;

use loom_check::memory::MemoryStore;
use pollster::block_on;
use repass::reset::{Delivery, PendingReset};
use repass::store::{Inserted, ResetStore};

use crate::fixture::Fixture;
use crate::world::at;
use crate::{at_once, in_every_order};

#[test]
fn of_three_swaps_of_one_row_one_wins() {
    let seen = Fixture::new().attempt(Delivery::EmailLink).row;
    in_every_order(move || {
        let store = Arc::new(MemoryStore::new());
        block_on(store.insert(&seen, None, at(0))).unwrap();
        let nexts = [1, 2, 3].map(|number| resealed(&seen, number));
        let swaps = nexts.clone().map(|next| {
            let (store, seen) = (Arc::clone(&store), seen.clone());
            move || block_on(store.swap(&seen, &next)).unwrap()
        });
        let won = at_once(swaps);
        let winners: Vec<_> = won.iter().zip(nexts).filter(|(won, _)| **won).collect();
        let [(_, winner)] = &winners[..] else { panic!("{won:?}") };
        assert_eq!(block_on(store.load(seen.id())).unwrap().as_ref(), Some(winner));
    });
}

#[test]
fn of_three_inserts_as_many_are_done_as_may_live() {
    let mut fixture = Fixture::new();
    let rows = [(); 3].map(|()| fixture.attempt(Delivery::EmailLink).row);
    in_every_order(move || {
        let store = Arc::new(MemoryStore::new());
        let inserts = rows.clone().map(|row| {
            let store = Arc::clone(&store);
            move || block_on(store.insert(&row, Some(2), at(0))).unwrap()
        });
        let answers = at_once(inserts);
        let count = |answer| answers.iter().filter(|other| **other == answer).count();
        assert_eq!((count(Inserted::Done), count(Inserted::Full)), (2, 1));
        assert_eq!(store.dump().len(), 2);
    });
}

#[test]
fn of_three_inserts_of_one_row_one_is_done() {
    let row = Fixture::new().attempt(Delivery::EmailLink).row;
    in_every_order(move || {
        let store = Arc::new(MemoryStore::new());
        let inserts = [(); 3].map(|()| {
            let (store, row) = (Arc::clone(&store), row.clone());
            move || block_on(store.insert(&row, Some(1), at(0))).unwrap()
        });
        let answers = at_once(inserts);
        let count = |answer| answers.iter().filter(|other| **other == answer).count();
        assert_eq!((count(Inserted::Done), count(Inserted::Exists)), (1, 2));
    });
}

/// The row with another seal, which a store does not judge.
fn resealed(row: &PendingReset, number: u8) -> PendingReset {
    let mut bytes = row.to_bytes();
    *bytes.last_mut().unwrap() ^= number;
    PendingReset::from_bytes(&bytes).unwrap()
}
