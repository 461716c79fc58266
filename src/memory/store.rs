use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::lock;
use crate::attempt::AttemptId;
use crate::port::PortError;
use crate::reset::{PendingReset, Stage};
use crate::store::{Inserted, ResetStore};
use crate::throttle::{Count, Quota, ThrottleKey};

/// A store in memory, bounded: when it is full, attempts are refused, and what it has no counter for
/// shares one of its kind, so that nobody passes uncounted. What strangers type, those whom they make
/// up, accounts, and attempts have room for their counters each, so that none takes it from another.
///
/// Attempts are lost with the process; so are counters, which then begin anew.
#[derive(Debug)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    max_rows: usize,
}

#[derive(Debug, Default)]
struct Tables {
    rows: BTreeMap<AttemptId, PendingReset>,
    /// The rows of each subject.
    by_subject: BTreeSet<([u8; 32], AttemptId)>,
    /// Before this second a sweep of the rows would free nothing.
    rows_end_at: i64,
    counters: BTreeMap<&'static str, Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    own: BTreeMap<ThrottleKey, Count>,
    /// Shared by all keys of a kind that found no room.
    shared: BTreeMap<&'static str, Count>,
    /// Before this second a sweep would free nothing.
    end_at: i64,
}

impl MemoryStore {
    /// How many attempts, and how many counters in each of four rooms, a new store holds at most.
    pub const DEFAULT_MAX_ROWS: usize = 100_000;

    /// An empty store of [`MemoryStore::DEFAULT_MAX_ROWS`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_rows(Self::DEFAULT_MAX_ROWS)
    }

    /// An empty store of at most `max_rows` attempts, and as many counters of what was typed, of
    /// nobody's accounts, of accounts, and of attempts. An account has four of these at most, and each
    /// of its addresses two.
    #[must_use]
    pub fn with_max_rows(max_rows: usize) -> Self {
        Self { tables: Mutex::default(), max_rows }
    }

    /// Everything that the store keeps of attempts, as a database would keep it.
    #[must_use]
    pub fn dump(&self) -> Vec<Vec<u8>> {
        lock(&self.tables).rows.values().map(PendingReset::to_bytes).collect()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl ResetStore for MemoryStore {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        let now = now.unix_timestamp();
        let mut tables = lock(&self.tables);
        if tables.rows.contains_key(row.id()) {
            return Ok(Inserted::Exists);
        }
        let live = |other: &&PendingReset| other.stage() == Stage::Live && other.expires_at() > now;
        let max_live = max_live.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        let count = || tables.rows_of(row.subject()).filter(live).count();
        if max_live.is_some_and(|max| count() >= max) {
            return Ok(Inserted::Full);
        }
        if tables.rows.len() >= self.max_rows {
            tables.sweep_rows(now);
        }
        if tables.rows.len() >= self.max_rows {
            return Err(StoreFull.into());
        }
        tables.rows_end_at = tables.rows_end_at.min(row.keep_until());
        tables.by_subject.insert((*row.subject(), *row.id()));
        tables.rows.insert(*row.id(), row.clone());
        Ok(Inserted::Done)
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        Ok(lock(&self.tables).rows.get(id).cloned())
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        let mut tables = lock(&self.tables);
        match tables.rows.get_mut(seen.id()) {
            Some(row) if row.seal() == seen.seal() => {
                *row = next.clone();
                tables.rows_end_at = tables.rows_end_at.min(next.keep_until());
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        let over = |until: i64| until <= now.unix_timestamp();
        let tables = lock(&self.tables);
        let rows = tables.rows.values().filter(|row| after.is_none_or(|after| row.id() > after));
        Ok(rows.filter(|row| row.lease_until().is_some_and(over)).take(limit).cloned().collect())
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        let now = now.unix_timestamp();
        let mut tables = lock(&self.tables);
        let counters = tables.counters.entry(key.pool()).or_default();
        let seen = counters.own.get(key).copied();
        if seen.is_none() && counters.own.len() >= self.max_rows {
            counters.sweep(now);
        }
        // A key without a counter of its own goes on where its kind's shared counter stands, also
        // once there is room again.
        let count = raised(seen.or(counters.shared.get(key.kind()).copied()), quota, now);
        if seen.is_some() || counters.own.len() < self.max_rows {
            counters.end_at = counters.end_at.min(count.ends_at());
            counters.own.insert(*key, count);
        } else {
            counters.shared.insert(key.kind(), count);
        }
        Ok(count)
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let now = now.unix_timestamp();
        let mut tables = lock(&self.tables);
        let before = tables.rows.len();
        tables.sweep_rows(now);
        tables.counters.values_mut().for_each(|counters| counters.sweep(now));
        Ok(u64::try_from(before.saturating_sub(tables.rows.len())).unwrap_or(u64::MAX))
    }
}

impl Tables {
    fn rows_of(&self, subject: &[u8; 32]) -> impl Iterator<Item = &PendingReset> {
        let first = (*subject, AttemptId::from_bytes([0; 20]));
        let last = (*subject, AttemptId::from_bytes([0xff; 20]));
        self.by_subject.range(first..=last).filter_map(|(_, id)| self.rows.get(id))
    }

    /// Drops rows that need no longer be kept, unless none can have become one since the last time.
    fn sweep_rows(&mut self, now: i64) {
        if now < self.rows_end_at {
            return;
        }
        self.rows.retain(|_, row| row.keep_until() > now);
        self.by_subject.retain(|(_, id)| self.rows.contains_key(id));
        self.rows_end_at = earliest(self.rows.values().map(PendingReset::keep_until));
    }
}

impl Counters {
    fn sweep(&mut self, now: i64) {
        if now < self.end_at {
            return;
        }
        self.own.retain(|_, count| count.ends_at() > now);
        self.shared.retain(|_, count| count.ends_at() > now);
        self.end_at = earliest(self.own.values().map(Count::ends_at));
    }
}

/// The earliest of some moments; for none of them, never.
fn earliest(moments: impl Iterator<Item = i64>) -> i64 {
    moments.min().unwrap_or(i64::MAX)
}

/// A counter after one more count; one that has ended opens anew.
fn raised(count: Option<Count>, quota: Quota, now: i64) -> Count {
    match count.filter(|count| count.ends_at() > now) {
        Some(count) => Count::new(count.counted().saturating_add(1), count.ends_at()),
        None => {
            let period = i64::try_from(quota.period().as_secs()).unwrap_or(i64::MAX);
            Count::new(1, now.saturating_add(period))
        }
    }
}

/// The store holds as many attempts as it may.
#[derive(Debug)]
struct StoreFull;

impl fmt::Display for StoreFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store is full")
    }
}

impl core::error::Error for StoreFull {}
