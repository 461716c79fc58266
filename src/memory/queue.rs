use std::sync::Mutex;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{lock, number};
use crate::attempt::AttemptId;
use crate::port::{PortError, Queue};
use crate::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey, QueueKind, Waiting};

/// A queue in memory, with a bound on the requests that wait.
#[derive(Debug)]
pub struct MemoryQueue {
    entries: Mutex<BTreeMap<QueueKey, Waiting>>,
    max_requests: usize,
}

impl MemoryQueue {
    /// How many requests wait in a new queue at most.
    pub const DEFAULT_MAX_REQUESTS: usize = 10_000;

    /// An empty queue in which at most `max_requests` requests wait.
    #[must_use]
    pub fn with_max_requests(max_requests: usize) -> Self {
        Self { entries: Mutex::default(), max_requests }
    }

    /// All entries, as a database would keep them.
    #[must_use]
    pub fn dump(&self) -> Vec<Vec<u8>> {
        lock(&self.entries).values().map(|waiting| waiting.entry().as_bytes().to_vec()).collect()
    }
}

/// An empty queue of [`MemoryQueue::DEFAULT_MAX_REQUESTS`].
impl Default for MemoryQueue {
    fn default() -> Self {
        Self::with_max_requests(Self::DEFAULT_MAX_REQUESTS)
    }
}

impl Queue for MemoryQueue {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        let mut entries = lock(&self.entries);
        if entries.contains_key(entry.key()) {
            return Ok(Pushed::Exists);
        }
        let is_request = |key: &QueueKey| key.kind() == QueueKind::Request;
        let waiting = || entries.keys().filter(|key| is_request(key)).count();
        if is_request(entry.key()) && waiting() >= self.max_requests {
            return Ok(Pushed::Full);
        }
        entries.insert(*entry.key(), Waiting::new(entry.clone(), now));
        Ok(Pushed::Done)
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        Ok(claim.take(lock(&self.entries).values_mut(), now))
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut entries = lock(&self.entries);
        let held = entries.get(key).is_some_and(|waiting| waiting.is_held_by(token));
        if held {
            entries.remove(key);
        }
        Ok(held)
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut entries = lock(&self.entries);
        Ok(entries.get_mut(key).is_some_and(|waiting| waiting.put_off(token, due)))
    }

    async fn erase(&self, id: &AttemptId, _now: UtcDateTime) -> Result<u64, PortError> {
        let mut entries = lock(&self.entries);
        let before = entries.len();
        entries.retain(|key, _| key.id() != id);
        Ok(number(before.saturating_sub(entries.len())))
    }
}
