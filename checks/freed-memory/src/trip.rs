//! Ports in memory that stumble at one of their calls.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use repass::account::{Account, AccountId, Lookup};
use repass::accounts::Accounts;
use repass::attempt::AttemptId;
use repass::notify::Notifier;
use repass::port::PortError;
use repass::reset::{Letter, Notice, PasswordWrite, PendingReset};
use repass::store::{Inserted, ResetStore};
use repass::throttle::{Count, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::report::unwind;

/// What a call does at which it stumbles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fall {
    Panic,
    /// It does not answer, so that whoever waits for it is dropped.
    Never,
}

static LEFT: AtomicUsize = AtomicUsize::new(usize::MAX);
static PANICS: AtomicBool = AtomicBool::new(false);

/// A port that stumbles when its time has come.
pub struct Trip<P>(pub P);

impl Trip<()> {
    /// Lets so many calls pass; tells the number.
    pub fn after(calls: usize, fall: Fall) -> usize {
        PANICS.store(fall == Fall::Panic, Relaxed);
        LEFT.store(calls, Relaxed);
        calls
    }

    /// How many calls were let pass since that many were left.
    pub fn calls_since(calls: usize) -> usize {
        calls - LEFT.load(Relaxed)
    }
}

async fn step() {
    match LEFT.load(Relaxed).checked_sub(1) {
        Some(left) => LEFT.store(left, Relaxed),
        None if PANICS.load(Relaxed) => unwind(),
        None => pending().await,
    }
}

impl<P: Accounts> Accounts for Trip<P> {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        step().await;
        self.0.find(lookup).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        step().await;
        self.0.load(id).await
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        step().await;
        self.0.set_password(write).await
    }
}

impl<P: ResetStore> ResetStore for Trip<P> {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        step().await;
        self.0.insert(row, max_live, now).await
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        step().await;
        self.0.load(id).await
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        step().await;
        self.0.swap(seen, next).await
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        step().await;
        self.0.owed(after, limit, now).await
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        step().await;
        self.0.count(key, quota, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        step().await;
        self.0.purge(now).await
    }
}

impl<P: Notifier> Notifier for Trip<P> {
    async fn letter(&self, letter: Letter) -> Result<(), PortError> {
        step().await;
        self.0.letter(letter).await
    }

    async fn notice(&self, notice: Notice) -> Result<(), PortError> {
        step().await;
        self.0.notice(notice).await
    }
}
