//! The ports in memory: for examples, tests, and services of one process.

mod accounts;
mod attempts;
mod counters;
mod outbox;
mod queue;

use std::sync::{Mutex, MutexGuard, PoisonError};

use core::fmt;

pub use self::accounts::MemoryAccounts;
pub use self::attempts::MemoryAttempts;
pub use self::counters::MemoryCounters;
pub use self::outbox::Outbox;
pub use self::queue::MemoryQueue;

use crate::account::Account;
use crate::port::Ports;

/// All five ports in memory. What they hold is lost with the process.
#[derive(Debug, Default)]
pub struct MemoryPorts {
    accounts: MemoryAccounts,
    attempts: MemoryAttempts,
    counters: MemoryCounters,
    queue: MemoryQueue,
    outbox: Outbox,
}

impl MemoryPorts {
    /// The ports, with these accounts and nothing else.
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        Self { accounts: MemoryAccounts::new(accounts), ..Self::default() }
    }

    /// The messages that were delivered.
    #[must_use]
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }
}

impl Ports for MemoryPorts {
    type Accounts = MemoryAccounts;
    type Attempts = MemoryAttempts;
    type Counters = MemoryCounters;
    type Queue = MemoryQueue;
    type Notifier = Outbox;

    fn accounts(&self) -> &MemoryAccounts {
        &self.accounts
    }

    fn attempts(&self) -> &MemoryAttempts {
        &self.attempts
    }

    fn counters(&self) -> &MemoryCounters {
        &self.counters
    }

    fn queue(&self) -> &MemoryQueue {
        &self.queue
    }

    fn notifier(&self) -> &Outbox {
        &self.outbox
    }
}

/// The value behind a lock. A thread that panicked left it whole, as every change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of something that was counted in memory.
fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A port in memory holds as much as it may.
#[derive(Debug)]
struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store in memory is full")
    }
}

impl core::error::Error for Full {}
