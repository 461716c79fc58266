use super::{Accounts, Attempts, Counters, Notifier, Queue};

/// The five ports of a service.
pub trait Ports: Send + Sync {
    /// The user table.
    type Accounts: Accounts;
    /// The table of attempts.
    type Attempts: Attempts;
    /// The counters.
    type Counters: Counters;
    /// The queue.
    type Queue: Queue;
    /// What delivers messages.
    type Notifier: Notifier;

    /// The user table.
    fn accounts(&self) -> &Self::Accounts;
    /// The table of attempts.
    fn attempts(&self) -> &Self::Attempts;
    /// The counters.
    fn counters(&self) -> &Self::Counters;
    /// The queue.
    fn queue(&self) -> &Self::Queue;
    /// What delivers messages.
    fn notifier(&self) -> &Self::Notifier;
}

/// Ports made of five values. A value that several services share is put into an
/// [`Arc`](alloc::sync::Arc), which is a port like its content.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it is built field by field")]
pub struct PortSet<A, T, C, Q, N> {
    /// The user table.
    pub accounts: A,
    /// The table of attempts.
    pub attempts: T,
    /// The counters.
    pub counters: C,
    /// The queue.
    pub queue: Q,
    /// What delivers messages.
    pub notifier: N,
}

impl<A: Accounts, T: Attempts, C: Counters, Q: Queue, N: Notifier> Ports
    for PortSet<A, T, C, Q, N>
{
    type Accounts = A;
    type Attempts = T;
    type Counters = C;
    type Queue = Q;
    type Notifier = N;

    fn accounts(&self) -> &A {
        &self.accounts
    }

    fn attempts(&self) -> &T {
        &self.attempts
    }

    fn counters(&self) -> &C {
        &self.counters
    }

    fn queue(&self) -> &Q {
        &self.queue
    }

    fn notifier(&self) -> &N {
        &self.notifier
    }
}
