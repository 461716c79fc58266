//! What threads that race may bring about, in every order in which they can take the locks.

mod commits;
mod counters;
mod fixture;
mod queue;
mod rows;
mod slots;
#[path = "../../../../tests/support/world.rs"]
mod world;

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;

/// Tries a model in every order, and tells how many there are.
fn in_every_order(model: impl Fn() + Send + Sync + 'static) {
    let orders = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&orders);
    loom::model(move || {
        tried.fetch_add(1, Relaxed);
        model();
    });
    let name = std::thread::current().name().unwrap_or("a model").to_owned();
    println!("{name}: {} orders", orders.load(Relaxed));
}

/// What tasks answer that run at once, each on a thread of its own.
fn at_once<T: 'static, F: FnOnce() -> T + 'static>(tasks: impl IntoIterator<Item = F>) -> Vec<T> {
    let threads: Vec<_> = tasks.into_iter().map(loom::thread::spawn).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}
