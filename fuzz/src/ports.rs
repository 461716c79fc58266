//! The ports in memory, shared by several services, each call of which can be made to fail.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};

use repass::account::{Account, AccountId, Lookup};
use repass::accounts::Accounts;
use repass::attempt::AttemptId;
use repass::notify::Notifier;
use repass::port::PortError;
use repass::reset::{Letter, Notice, PasswordWrite, PendingReset};
use repass::store::{Inserted, ResetStore};
use repass::throttle::{Count, Quota, ThrottleKey};
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
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        self.call(self.port.find(lookup)).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        self.call(self.port.load(id)).await
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        self.call(self.port.set_password(write)).await
    }
}

impl<P: ResetStore> ResetStore for Faulty<P> {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        self.call(self.port.insert(row, max_live, now)).await
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        let Some(row) = self.call(self.port.load(id)).await? else { return Ok(None) };
        // As a database would keep it.
        Ok(Some(PendingReset::from_bytes(&row.to_bytes())?))
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        self.call(self.port.swap(seen, next)).await
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        self.call(self.port.owed(after, limit, now)).await
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        self.call(self.port.count(key, quota, now)).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.call(self.port.purge(now)).await
    }
}

impl<P: Notifier> Notifier for Faulty<P> {
    async fn letter(&self, letter: Letter) -> Result<(), PortError> {
        self.call(self.port.letter(letter)).await
    }

    async fn notice(&self, notice: Notice) -> Result<(), PortError> {
        self.call(self.port.notice(notice)).await
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
