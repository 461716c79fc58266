use std::sync::Mutex;

use alloc::collections::BTreeMap;

use time::UtcDateTime;

use super::{lock, number};
use crate::port::{Counters, PortError};
use crate::throttle::{Counted, Counter, Once, Quota, ThrottleKey};

/// Counters in memory, bounded: a key that finds no room shares one counter of its kind, so that
/// nobody passes uncounted. What strangers type, the placeholders of accounts that do not exist,
/// accounts, and attempts have room of their own each, so that none takes it from another.
#[derive(Debug)]
pub struct MemoryCounters {
    pools: Mutex<BTreeMap<&'static str, Pool>>,
    max_rows: usize,
}

#[derive(Debug, Default)]
struct Pool {
    own: BTreeMap<ThrottleKey, Counter>,
    /// Shared by all keys of a kind that found no room.
    shared: BTreeMap<&'static str, Counter>,
    /// Before this moment a sweep would free nothing.
    swept_until: Option<UtcDateTime>,
}

impl MemoryCounters {
    /// How many counters new ones hold at most in each of the four pools.
    pub const DEFAULT_MAX_ROWS: usize = 100_000;

    /// At most `max_rows` counters of what was typed, of nobody's accounts, of accounts, and of
    /// attempts.
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
        if full && pool.swept_until.is_none_or(|until| now >= until) {
            pool.sweep(now);
            pool.swept_until = pool.own.values().map(Counter::ends_at).min();
        }
        // A key without a counter of its own goes on from the shared counter of its kind, also once
        // there is room again.
        let seen = pool.own.get(key).or(pool.shared.get(key.kind()));
        let mut counter = seen.cloned().unwrap_or_default();
        let counted = counter.raise(*key, quota, once.copied(), now);
        if pool.own.contains_key(key) || pool.own.len() < self.max_rows {
            pool.swept_until = pool.swept_until.map(|until| until.min(counter.ends_at()));
            pool.own.insert(*key, counter);
        } else {
            pool.shared.insert(key.kind(), counter);
        }
        Ok(counted)
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let mut pools = lock(&self.pools);
        let size = |pool: &Pool| pool.own.len().saturating_add(pool.shared.len());
        let purged = pools.values_mut().map(|pool| {
            let before = size(pool);
            pool.sweep(now);
            number(before.saturating_sub(size(pool)))
        });
        Ok(purged.fold(0, u64::saturating_add))
    }
}

impl Pool {
    fn sweep(&mut self, now: UtcDateTime) {
        self.own.retain(|_, counter| !counter.is_over(now));
        self.shared.retain(|_, counter| !counter.is_over(now));
    }
}
