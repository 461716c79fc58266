//! The queue, and the workers that claim from it.

use std::sync::Arc;

use loom_check::memory::MemoryQueue;
use pollster::block_on;
use repass::port::{Ports, Queue};
use repass::queue::Pushed;
use repass::reset::{Delivery, Worked};

use crate::fixture::{Fixture, token};
use crate::world::at;
use crate::{at_once, in_every_order};

/// The end of a lease on one entry that was claimed at the beginning.
const LEASE_OVER: i64 = 150;

#[test]
fn of_three_pushes_of_one_entry_one_is_done() {
    let entry = Fixture::new().attempt(Delivery::LINK).message;
    in_every_order(move || {
        let queue = Arc::new(MemoryQueue::default());
        let pushes = [(); 3].map(|()| {
            let (queue, entry) = (Arc::clone(&queue), entry.clone());
            move || block_on(queue.push(&entry, at(0))).unwrap()
        });
        let answers = at_once(pushes);
        let count = |answer| answers.iter().filter(|other| **other == answer).count();
        assert_eq!((count(Pushed::Done), count(Pushed::Exists)), (1, 2));
        assert_eq!(queue.dump().len(), 1);
    });
}

#[test]
fn of_three_requests_for_two_places_two_wait() {
    let mut fixture = Fixture::new();
    let requests = [(); 3].map(|()| fixture.attempt(Delivery::LINK).request);
    in_every_order(move || {
        let queue = Arc::new(MemoryQueue::with_max_requests(2));
        let pushes = requests.clone().map(|entry| {
            let queue = Arc::clone(&queue);
            move || block_on(queue.push(&entry, at(0))).unwrap()
        });
        let answers = at_once(pushes);
        let count = |answer| answers.iter().filter(|other| **other == answer).count();
        assert_eq!((count(Pushed::Done), count(Pushed::Full)), (2, 1));
        assert_eq!(queue.dump().len(), 2);
    });
}

#[test]
fn of_three_workers_one_gets_an_entry() {
    let mut fixture = Fixture::new();
    let entry = fixture.attempt(Delivery::LINK).message;
    let claims = [1, 2, 3].map(|number| fixture.claim(number, 0));
    in_every_order(move || {
        let queue = Arc::new(MemoryQueue::default());
        block_on(queue.push(&entry, at(0))).unwrap();
        let workers = claims.map(|claim| {
            let queue = Arc::clone(&queue);
            move || block_on(queue.claim(&claim, at(0))).unwrap().len()
        });
        let mut claimed = at_once(workers);
        claimed.sort_unstable();
        assert_eq!(claimed, [0, 0, 1]);
    });
}

/// A worker acknowledges at the moment at which its lease is over.
#[test]
fn a_worker_whose_lease_is_over_keeps_its_entry_or_loses_it() {
    let mut fixture = Fixture::new();
    let entry = fixture.attempt(Delivery::LINK).message;
    let (first, second) = (fixture.claim(1, 0), fixture.claim(2, LEASE_OVER));
    in_every_order(move || {
        let queue = Arc::new(MemoryQueue::default());
        block_on(queue.push(&entry, at(0))).unwrap();
        assert_eq!(block_on(queue.claim(&first, at(0))).unwrap().len(), 1);
        let slow = Arc::clone(&queue);
        let key = *entry.key();
        let slow = loom::thread::spawn(move || {
            block_on(slow.done(&key, first.token(), at(LEASE_OVER))).unwrap()
        });
        let claimed = block_on(queue.claim(&second, at(LEASE_OVER))).unwrap();
        assert_ne!(slow.join().unwrap(), claimed.len() == 1);
        assert_eq!(queue.dump().len(), claimed.len());
    });
}

/// Each claims and does what it got.
#[test]
fn of_two_workers_one_delivers_a_message() {
    let mut fixture = Fixture::new();
    let message = fixture.attempt(Delivery::LINK).message;
    in_every_order(move || {
        let service = fixture.service(&[]);
        block_on(service.ports().queue().push(&message, at(0))).unwrap();
        let workers = [1, 2].map(|number| {
            let service = service.clone();
            move || block_on(service.work(token(number), 1, at(0))).unwrap()
        });
        let worked: Vec<_> = at_once(workers).into_iter().flatten().collect();
        assert!(matches!(worked[..], [Worked::Delivered]), "{worked:?}");
        assert!(service.ports().outbox().take().is_some());
        assert!(service.ports().outbox().take().is_none());
        assert!(service.ports().queue().dump().is_empty());
    });
}
