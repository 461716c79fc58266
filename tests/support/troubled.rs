//! Ports around other ports, which ask a test before and after each call what becomes of it.

use core::fmt;

use repass::account::{Account, AccountId, AccountWrite, Lookup, PastPassword, Written};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::message::Message;
use repass::port::{Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

/// What happens to the calls of ports.
pub(crate) trait Trouble: Send + Sync {
    /// Carries the call of this name out, or does not.
    fn carry_out<T: Send>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, PortError>> + Send,
    ) -> impl Future<Output = Result<T, PortError>> + Send;
}

/// A port whose calls can have trouble.
pub(crate) struct Troubled<P, T> {
    pub(crate) port: P,
    pub(crate) trouble: T,
}

/// The error of a call that was made to fail.
#[derive(Debug)]
pub(crate) struct Injected;

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("injected")
    }
}

impl core::error::Error for Injected {}

impl<P: Accounts, T: Trouble> Accounts for Troubled<P, T> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.trouble.carry_out("find", self.port.find(lookup, now)).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.trouble.carry_out("load account", self.port.load(id, now)).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        self.trouble.carry_out("write", self.port.write(write, now)).await
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        self.trouble.carry_out("past", self.port.past(id, limit, now)).await
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let asked = self.port.may_administer(operator, id, now);
        self.trouble.carry_out("may administer", asked).await
    }
}

impl<P: Attempts, T: Trouble> Attempts for Troubled<P, T> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        self.trouble.carry_out("insert", self.port.insert(row, now)).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        self.trouble.carry_out("load attempt", self.port.load(id, now)).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.trouble.carry_out("swap", self.port.swap(seen, next, now)).await
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.trouble.carry_out("list", self.port.list(subject, now)).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.trouble.carry_out("unfinished", self.port.unfinished(after, limit, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.trouble.carry_out("purge attempts", self.port.purge(now)).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        self.trouble.carry_out("erase attempts", self.port.erase(subject, now)).await
    }
}

impl<P: Counters, T: Trouble> Counters for Troubled<P, T> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        self.trouble.carry_out("count", self.port.count(key, quota, once, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.trouble.carry_out("purge counters", self.port.purge(now)).await
    }
}

impl<P: Queue, T: Trouble> Queue for Troubled<P, T> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        self.trouble.carry_out("push", self.port.push(entry, now)).await
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        self.trouble.carry_out("claim", self.port.claim(claim, now)).await
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.trouble.carry_out("done", self.port.done(key, token, now)).await
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.trouble.carry_out("retry", self.port.retry(key, token, due, now)).await
    }

    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Result<u64, PortError> {
        self.trouble.carry_out("erase entries", self.port.erase(id, now)).await
    }
}

impl<P: Notifier, T: Trouble> Notifier for Troubled<P, T> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        self.trouble.carry_out("deliver", self.port.deliver(message, now)).await
    }
}
