//! The ports in memory: for examples, tests, and services of one process.

mod accounts;
mod outbox;
mod store;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use self::accounts::MemoryAccounts;
pub use self::outbox::Outbox;
pub use self::store::MemoryStore;

/// The value behind a lock; a thread that panicked left it whole, as every change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
