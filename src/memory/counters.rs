use std::sync::Mutex;

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

use time::UtcDateTime;

use super::{lock, number};
use crate::clock::{CLOCKS, moment};
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
    /// Before this moment a sweep would free nothing.
    swept_until: Option<UtcDateTime>,
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
        if full && pool.swept_until.is_none_or(|until| now >= until) {
            pool.sweep(now);
            pool.swept_until = pool.own.values().map(kept_until).min();
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
        let counted = counter.raise(*key, quota, once.copied(), now);
        let kept_until = kept_until(counter);
        pool.swept_until = pool.swept_until.map(|until| until.min(kept_until));
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

/// Which shared counter a key falls back to.
fn bucket(key: &ThrottleKey) -> (&'static str, [u8; 2]) {
    let [first, second, ..] = *key.as_bytes();
    (key.kind(), [first, second])
}

/// A counter is kept for the difference of two clocks after its end.
fn kept_until(counter: &Counter) -> UtcDateTime {
    moment(counter.ends_at().unix_timestamp().saturating_add(CLOCKS))
}
