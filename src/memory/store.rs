use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::lock;
use crate::account::AccountId;
use crate::attempt::AttemptId;
use crate::port::PortError;
use crate::reset::{PendingReset, Stage};
use crate::store::{Inserted, ResetStore};
use crate::throttle::{Count, Quota, ThrottleKey};

/// A store in memory, bounded: when it is full, attempts are refused and counters that it has not
/// seen yet share one, so that nobody passes uncounted.
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
    /// The rows of each account.
    by_account: BTreeSet<(AccountId, AttemptId)>,
    counters: BTreeMap<ThrottleKey, Count>,
    /// Shared by all counters that found no room, for each quota.
    overflow: Vec<(Quota, Count)>,
}

impl MemoryStore {
    /// How many attempts, and how many counters, a new store holds at most.
    pub const DEFAULT_MAX_ROWS: usize = 100_000;

    /// An empty store of [`MemoryStore::DEFAULT_MAX_ROWS`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_rows(Self::DEFAULT_MAX_ROWS)
    }

    /// An empty store of at most `max_rows` attempts and `max_rows` counters.
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
        let count = || tables.rows_of(row.account()).filter(live).count();
        if max_live.is_some_and(|max| count() >= max) {
            return Ok(Inserted::Full);
        }
        if tables.rows.len() >= self.max_rows {
            tables.purge_rows(now);
        }
        if tables.rows.len() >= self.max_rows {
            return Err(StoreFull.into());
        }
        tables.by_account.insert((row.account().clone(), *row.id()));
        tables.rows.insert(*row.id(), row.clone());
        Ok(Inserted::Done)
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        Ok(lock(&self.tables).rows.get(id).cloned())
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        match lock(&self.tables).rows.get_mut(seen.id()) {
            Some(row) if row.seal() == seen.seal() => {
                *row = next.clone();
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
        if !tables.counters.contains_key(key) && tables.counters.len() >= self.max_rows {
            tables.counters.retain(|_, count| count.ends_at() > now);
            if tables.counters.len() >= self.max_rows {
                return Ok(tables.count_in_overflow(quota, now));
            }
        }
        let count = raised(tables.counters.get(key).copied(), quota, now);
        tables.counters.insert(*key, count);
        Ok(count)
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let now = now.unix_timestamp();
        let mut tables = lock(&self.tables);
        let before = tables.rows.len();
        tables.purge_rows(now);
        tables.counters.retain(|_, count| count.ends_at() > now);
        tables.overflow.retain(|(_, count)| count.ends_at() > now);
        Ok(u64::try_from(before.saturating_sub(tables.rows.len())).unwrap_or(u64::MAX))
    }
}

impl Tables {
    fn rows_of<'a>(&'a self, account: &AccountId) -> impl Iterator<Item = &'a PendingReset> {
        let first = (account.clone(), AttemptId::from_bytes([0; 20]));
        let last = (account.clone(), AttemptId::from_bytes([0xff; 20]));
        self.by_account.range(first..=last).filter_map(|(_, id)| self.rows.get(id))
    }

    fn purge_rows(&mut self, now: i64) {
        self.rows.retain(|_, row| row.keep_until() > now);
        self.by_account.retain(|(_, id)| self.rows.contains_key(id));
    }

    fn count_in_overflow(&mut self, quota: Quota, now: i64) -> Count {
        match self.overflow.iter_mut().find(|(own, _)| *own == quota) {
            Some((_, count)) => {
                *count = raised(Some(*count), quota, now);
                *count
            }
            None => {
                let count = raised(None, quota, now);
                self.overflow.push((quota, count));
                count
            }
        }
    }
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
