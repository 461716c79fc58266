use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use repass::account::{Account, AccountId, AccountWrite, Lookup, PastPassword, Written};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::message::Message;
use repass::port::{
    Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, PortSet, Queue,
};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use super::FilePorts;
use super::crash::say;

/// A port that stops after a number of calls, which it shares with others, and never goes on.
#[derive(Debug)]
pub(super) struct Stopping<T> {
    port: T,
    left: Arc<AtomicU32>,
}

pub(super) type StoppingPorts<A, T, C, Q, N> =
    PortSet<Stopping<A>, Stopping<T>, Stopping<C>, Stopping<Q>, Stopping<N>>;

pub(super) fn stopping(
    ports: FilePorts,
    calls: u32,
) -> impl repass::port::Ports<Notifier = impl Notifier> {
    let left = Arc::new(AtomicU32::new(calls));
    fn wrap<T>(port: T, left: &Arc<AtomicU32>) -> Stopping<T> {
        Stopping { port, left: Arc::clone(left) }
    }
    StoppingPorts {
        accounts: wrap(ports.accounts, &left),
        attempts: wrap(ports.attempts, &left),
        counters: wrap(ports.counters, &left),
        queue: wrap(ports.queue, &left),
        notifier: wrap(ports.notifier, &left),
    }
}

impl<T> Stopping<T> {
    /// Hands the answer on, unless this was the last call.
    async fn then<A>(&self, answer: A) -> A {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            say("stopped");
            core::future::pending::<()>().await;
        }
        answer
    }
}

type Answer<T> = Result<T, PortError>;

impl<T: Accounts> Accounts for Stopping<T> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Answer<Vec<Account>> {
        self.then(self.port.find(lookup, now).await).await
    }
    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Answer<Option<Account>> {
        self.then(self.port.load(id, now).await).await
    }
    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Answer<Written> {
        self.then(self.port.write(write, now).await).await
    }
    async fn past(&self, id: &AccountId, n: u32, now: UtcDateTime) -> Answer<Vec<PastPassword>> {
        self.then(self.port.past(id, n, now).await).await
    }
}

impl<T: Attempts> Attempts for Stopping<T> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Answer<Inserted> {
        self.then(self.port.insert(row, now).await).await
    }
    async fn load(&self, id: &AttemptId, now: UtcDateTime) -> Answer<Option<AttemptRow>> {
        self.then(self.port.load(id, now).await).await
    }
    async fn swap(&self, seen: &AttemptRow, next: &AttemptRow, now: UtcDateTime) -> Answer<bool> {
        self.then(self.port.swap(seen, next, now).await).await
    }
    async fn list(&self, subject: &SubjectId, now: UtcDateTime) -> Answer<Vec<AttemptRow>> {
        self.then(self.port.list(subject, now).await).await
    }
    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Answer<Vec<AttemptRow>> {
        self.then(self.port.unfinished(after, limit, now).await).await
    }
    async fn purge(&self, now: UtcDateTime) -> Answer<u64> {
        self.then(self.port.purge(now).await).await
    }
    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Answer<u64> {
        self.then(self.port.erase(subject, now).await).await
    }
}

impl<T: Counters> Counters for Stopping<T> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Answer<Counted> {
        self.then(self.port.count(key, quota, once, now).await).await
    }
    async fn purge(&self, now: UtcDateTime) -> Answer<u64> {
        self.then(self.port.purge(now).await).await
    }
}

impl<T: Queue> Queue for Stopping<T> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Answer<Pushed> {
        self.then(self.port.push(entry, now).await).await
    }
    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Answer<Vec<Claimed>> {
        self.then(self.port.claim(claim, now).await).await
    }
    async fn done(&self, key: &QueueKey, token: &ClaimToken, now: UtcDateTime) -> Answer<bool> {
        self.then(self.port.done(key, token, now).await).await
    }
    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Answer<bool> {
        self.then(self.port.retry(key, token, due, now).await).await
    }
    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Answer<u64> {
        self.then(self.port.erase(id, now).await).await
    }
}

impl<T: Notifier> Notifier for Stopping<T> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Answer<Delivered> {
        self.then(self.port.deliver(message, now).await).await
    }
}
