use std::sync::Mutex;

use alloc::collections::btree_map::Entry;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{lock, number};
use crate::port::{Counters, PortError};
use crate::throttle::{Counted, Counter, Once, Quota, ThrottleKey};

/// Counters in memory, bounded: a key that finds no room shares one of 65,536 counters of its kind, so
/// that nobody passes uncounted. What strangers type, the placeholders of accounts that do not exist,
/// accounts, messages, and attempts have room of their own each, so that none takes it from another.
///
/// A stranger who fills a pool makes others share counters. Where that matters, use a database.
#[derive(Debug)]
pub struct MemoryCounters {
    pools: Mutex<BTreeMap<&'static str, Pool>>,
    max_rows: usize,
}

#[derive(Debug, Default)]
struct Pool {
    own: BTreeMap<ThrottleKey, Counter>,
    /// Shared by keys of a kind that found no room and have the same two first bytes.
    shared: BTreeMap<(&'static str, [u8; 2]), Counter>,
    /// By the moment at which they end.
    by_end: BTreeSet<(UtcDateTime, ThrottleKey)>,
}

impl MemoryCounters {
    /// How many counters new ones hold at most in each of the five pools.
    pub const DEFAULT_MAX_ROWS: usize = 100_000;

    /// At most `max_rows` counters of what was typed, of nobody's accounts, of accounts, of
    /// messages, and of attempts.
    #[must_use]
    pub fn with_max_rows(max_rows: usize) -> Self {
        Self { pools: Mutex::default(), max_rows }
    }
}

/// Counters with [`MemoryCounters::DEFAULT_MAX_ROWS`].
impl Default for MemoryCounters {
    fn default() -> Self {
        Self::with_max_rows(Self::DEFAULT_MAX_ROWS)
    }
}

impl Counters for MemoryCounters {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let mut pools = lock(&self.pools);
        let pool = pools.entry(key.pool()).or_default();
        let full = !pool.own.contains_key(key) && pool.own.len() >= self.max_rows;
        if full {
            pool.sweep(now);
        }
        let has_room = pool.own.len() < self.max_rows;
        let shared = pool.shared.get(&bucket(key));
        // A key without a counter of its own goes on from the one that it would share, also once there
        // is room again.
        let counter = match pool.own.entry(*key) {
            Entry::Occupied(own) => own.into_mut(),
            Entry::Vacant(own) if has_room => own.insert(shared.cloned().unwrap_or_default()),
            Entry::Vacant(_) => {
                let shared = pool.shared.entry(bucket(key)).or_default();
                // Many keys share it, so no answer of it is kept for one of them.
                return Ok(shared.raise(*key, quota, None, now));
            }
        };
        let ended_at = counter.ends_at();
        let counted = counter.raise(*key, quota, once.copied(), now);
        if counted.ends_at() != ended_at {
            pool.by_end.remove(&(ended_at, *key));
        }
        pool.by_end.insert((counted.ends_at(), *key));
        Ok(counted)
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let mut pools = lock(&self.pools);
        let size = |pool: &Pool| pool.own.len().saturating_add(pool.shared.len());
        let purged = pools.values_mut().map(|pool| {
            let before = size(pool);
            pool.sweep(now);
            pool.shared.retain(|_, counter| !counter.is_over(now));
            number(before.saturating_sub(size(pool)))
        });
        Ok(purged.fold(0, u64::saturating_add))
    }
}

impl Pool {
    /// Deletes the counters that are over, which are at both ends of the order.
    fn sweep(&mut self, now: UtcDateTime) {
        let is_over = |(ends_at, _): &&(UtcDateTime, ThrottleKey)| Quota::is_over(*ends_at, now);
        let ended = self.by_end.iter().take_while(is_over);
        let too_late = self.by_end.iter().rev().take_while(is_over);
        let over: Vec<_> = ended.chain(too_late).copied().collect();
        for (ends_at, key) in over {
            self.own.remove(&key);
            self.by_end.remove(&(ends_at, key));
        }
    }
}

/// Which shared counter a key falls back to.
fn bucket(key: &ThrottleKey) -> (&'static str, [u8; 2]) {
    let [first, second, ..] = *key.as_bytes();
    (key.kind(), [first, second])
}
