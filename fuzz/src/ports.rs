//! The ports in memory, shared by several services, each call of which can be made to fail.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};

use repass::account::{Account, AccountId, AccountWrite, Lookup, Written};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::message::Message;
use repass::port::{Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happened.
    Before,
    /// Everything happened, and the answer was lost.
    After,
}

/// Which of the next calls fails, and how.
#[derive(Clone, Debug, Default)]
pub struct Plan(Arc<Mutex<Option<(u8, Fault)>>>);

impl Plan {
    /// After `calls` calls that work, the next one fails.
    pub fn arm(&self, calls: u8, fault: Fault) {
        *self.0.lock().unwrap() = Some((calls, fault));
    }

    /// No call fails any more.
    pub fn disarm(&self) {
        *self.0.lock().unwrap() = None;
    }

    /// Whether a call is still to fail.
    pub fn is_armed(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }

    fn next(&self) -> Option<Fault> {
        let mut plan = self.0.lock().unwrap();
        let (calls, fault) = (*plan)?;
        *plan = calls.checked_sub(1).map(|left| (left, fault));
        (calls == 0).then_some(fault)
    }
}

/// A port that fails as planned.
#[derive(Debug)]
pub struct Faulty<P> {
    pub port: Arc<P>,
    pub plan: Plan,
}

impl<P> Faulty<P> {
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, PortError>> + Send,
    ) -> Result<T, PortError> {
        match self.plan.next() {
            None => call.await,
            Some(Fault::Before) => Err(Planned.into()),
            Some(Fault::After) => {
                call.await?;
                Err(Planned.into())
            }
        }
    }
}

impl<P: Accounts> Accounts for Faulty<P> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.call(self.port.find(lookup, now)).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.call(self.port.load(id, now)).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        self.call(self.port.write(write, now)).await
    }
}

impl<P: Attempts> Attempts for Faulty<P> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        self.call(self.port.insert(row, now)).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        let Some(row) = self.call(self.port.load(id, now)).await? else { return Ok(None) };
        // As a database would keep it.
        Ok(Some(AttemptRow::from_bytes(&row.to_bytes())?))
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call(self.port.swap(seen, next, now)).await
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.call(self.port.list(subject, now)).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.call(self.port.unfinished(after, limit, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.port.purge(now)).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.port.erase(subject, now)).await
    }
}

impl<P: Counters> Counters for Faulty<P> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        self.call(self.port.count(key, quota, once, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.port.purge(now)).await
    }
}

impl<P: Queue> Queue for Faulty<P> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        self.call(self.port.push(entry, now)).await
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        self.call(self.port.claim(claim, now)).await
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call(self.port.done(key, token, now)).await
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.call(self.port.retry(key, token, due, now)).await
    }

    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.port.erase(id, now)).await
    }
}

impl<P: Notifier> Notifier for Faulty<P> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        self.call(self.port.deliver(message, now)).await
    }
}

/// The error of a planned fault.
#[derive(Debug)]
struct Planned;

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("planned")
    }
}

impl std::error::Error for Planned {}
