use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{lock, number};
use crate::attempt::AttemptId;
use crate::clock::{CLOCKS, moment, seconds};
use crate::port::{PortError, Queue};
use crate::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey, QueueKind, Waiting};
use crate::scope::ScopeTag;

/// A queue in memory, with a bound on the requests that wait.
///
/// The work of a call depends on how many entries it returns or deletes, and on the number of entries
/// only logarithmically.
#[derive(Debug)]
pub struct MemoryQueue {
    table: Mutex<Table>,
    max_requests: usize,
}

#[derive(Debug, Default)]
struct Table {
    entries: BTreeMap<QueueKey, Waiting>,
    /// By the moment from which on they can be claimed.
    by_due: BTreeSet<Place>,
    /// How many of them are requests.
    requests: usize,
}

impl MemoryQueue {
    /// How many requests wait in a new queue at most.
    pub const DEFAULT_MAX_REQUESTS: usize = 10_000;

    /// An empty queue in which at most `max_requests` requests wait.
    #[must_use]
    pub fn with_max_requests(max_requests: usize) -> Self {
        Self { table: Mutex::default(), max_requests }
    }

    /// All entries, as a database would keep them.
    #[must_use]
    pub fn dump(&self) -> Vec<Vec<u8>> {
        lock(&self.table)
            .entries
            .values()
            .map(|waiting| waiting.entry().as_bytes().to_vec())
            .collect()
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
        let mut table = lock(&self.table);
        if table.entries.contains_key(entry.key()) {
            return Ok(Pushed::Exists);
        }
        let is_request = entry.key().kind() == QueueKind::Request;
        if is_request && table.requests >= self.max_requests {
            return Ok(Pushed::Full);
        }
        table.put(Waiting::new(entry.clone(), now));
        Ok(Pushed::Done)
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        let mut table = lock(&self.table);
        let mut next = table.next(claim, now);
        let claimed = claim.take(&mut next, now);
        next.retain(|waiting| waiting.is_held_by(claim.token()));
        next.into_iter().for_each(|waiting| table.put(waiting));
        Ok(claimed)
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut table = lock(&self.table);
        let held = table.entries.get(key).is_some_and(|waiting| waiting.is_held_by(token));
        if held {
            table.remove(key);
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
        let mut table = lock(&self.table);
        let Some(mut waiting) = table.remove(key) else { return Ok(false) };
        let held = waiting.put_off(token, due);
        table.put(waiting);
        Ok(held)
    }

    async fn erase(&self, id: &AttemptId, _now: UtcDateTime) -> Result<u64, PortError> {
        let mut table = lock(&self.table);
        let keys: Vec<QueueKey> = table.keys_of(id).collect();
        keys.iter().for_each(|key| drop(table.remove(key)));
        Ok(number(keys.len()))
    }
}

impl Table {
    /// Adds an entry, or puts it in the place of the one that has its key.
    fn put(&mut self, waiting: Waiting) {
        let (key, place_now) = (*waiting.entry().key(), place(&waiting));
        match self.entries.insert(key, waiting) {
            Some(former) => {
                self.by_due.remove(&place(&former));
            }
            None if key.kind() == QueueKind::Request => {
                self.requests = self.requests.saturating_add(1);
            }
            None => {}
        }
        self.by_due.insert(place_now);
    }

    fn remove(&mut self, key: &QueueKey) -> Option<Waiting> {
        let waiting = self.entries.remove(key)?;
        if key.kind() == QueueKind::Request {
            self.requests = self.requests.saturating_sub(1);
        }
        self.by_due.remove(&place(&waiting));
        Some(waiting)
    }

    /// As many entries of each kind as are claimed at most: those that have been due longest, and those
    /// that a wrong clock has put off.
    fn next(&self, claim: &Claim, now: UtcDateTime) -> Vec<Waiting> {
        let limit = usize::try_from(claim.limit()).unwrap_or(usize::MAX);
        let wait = seconds(QueueEntry::LONGEST_WAIT).saturating_add(CLOCKS);
        let latest = moment(now.unix_timestamp().saturating_add(wait));
        let between = |kind, from, to| {
            let ends = ends(kind, None);
            let places = ends.map(|(first, last)| {
                (claim.scope(), kind, from, first)..=(claim.scope(), kind, to, last)
            });
            let places = places.into_iter().flat_map(|places| self.by_due.range(places));
            places.map(|(.., key)| key).take(limit)
        };
        let of_kind = |kind| {
            let due = between(kind, UtcDateTime::MIN, now);
            due.chain(between(kind, latest, UtcDateTime::MAX))
        };
        let next = QueueKind::ALL.into_iter().flat_map(of_kind);
        next.filter_map(|key| self.entries.get(key)).cloned().collect()
    }

    fn keys_of(&self, id: &AttemptId) -> impl Iterator<Item = QueueKey> {
        QueueKind::ALL.into_iter().flat_map(move |kind| {
            let ends = ends(kind, Some(id));
            let entries =
                ends.into_iter().flat_map(|(first, last)| self.entries.range(first..=last));
            entries.map(|(key, _)| *key)
        })
    }
}

type Place = (ScopeTag, QueueKind, UtcDateTime, QueueKey);

fn place(waiting: &Waiting) -> Place {
    let key = *waiting.entry().key();
    (waiting.entry().scope(), key.kind(), waiting.due(), key)
}

/// The first and the last key that there can be of this kind: of one attempt, or of all.
fn ends(kind: QueueKind, id: Option<&AttemptId>) -> Option<(QueueKey, QueueKey)> {
    let end = |byte: u8| {
        let mut bytes = [byte; QueueKey::BYTES];
        let id = id.into_iter().flat_map(AttemptId::as_bytes).copied();
        let known = core::iter::once(kind as u8).chain(id);
        bytes.iter_mut().zip(known).for_each(|(to, from)| *to = from);
        QueueKey::from_bytes(&bytes)
    };
    end(0).zip(end(u8::MAX))
}
