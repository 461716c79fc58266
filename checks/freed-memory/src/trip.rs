//! Ports in memory that stumble at one of their calls.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use repass::account::{Account, AccountId, AccountWrite, Lookup, PastPassword, Written};
use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::message::Message;
use repass::port::{Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
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

/// A port whose calls may stumble.
macro_rules! stumbling {
    ($port:ident: $(fn $call:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl<P: $port> $port for Trip<P> {
            $(async fn $call(
                &self,
                $($name: $type,)*
                now: UtcDateTime,
            ) -> Result<$answer, PortError> {
                step().await;
                self.0.$call($($name,)* now).await
            })*
        }
    };
}

stumbling! {
    Accounts:
    fn find(lookup: &Lookup) -> Vec<Account>;
    fn load(id: &AccountId) -> Option<Account>;
    fn write(write: &AccountWrite) -> Written;
    fn past(id: &AccountId, limit: u32) -> Vec<PastPassword>;
    fn may_administer(operator: &AccountId, id: &AccountId) -> bool;
}

stumbling! {
    Attempts:
    fn insert(row: &AttemptRow) -> Inserted;
    fn load(id: &AttemptId) -> Option<AttemptRow>;
    fn swap(seen: &AttemptRow, next: &AttemptRow) -> bool;
    fn list(subject: &SubjectId) -> Vec<AttemptRow>;
    fn unfinished(after: Option<&AttemptId>, limit: u32) -> Vec<AttemptRow>;
    fn purge() -> u64;
    fn erase(subject: &SubjectId) -> u64;
}

stumbling! {
    Counters:
    fn count(key: &ThrottleKey, quota: Quota, once: Option<&Once>) -> Counted;
    fn purge() -> u64;
}

stumbling! {
    Queue:
    fn push(entry: &QueueEntry) -> Pushed;
    fn claim(claim: &Claim) -> Vec<Claimed>;
    fn done(key: &QueueKey, token: &ClaimToken) -> bool;
    fn retry(key: &QueueKey, token: &ClaimToken, due: UtcDateTime) -> bool;
    fn erase(id: &AttemptId) -> u64;
}

stumbling! {
    Notifier:
    fn deliver(message: &Message) -> Delivered;
}
