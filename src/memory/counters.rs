use std::sync::Mutex;

use alloc::collections::BTreeMap;

use time::UtcDateTime;

use super::{lock, number};
use crate::clock::{CLOCKS, moment, seconds};
use crate::port::{Counters, PortError};
use crate::throttle::{Counted, Once, Quota, ThrottleKey};

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

#[derive(Clone, Debug)]
struct Counter {
    number: u32,
    ends_at: UtcDateTime,
    /// What each of these was answered.
    once: BTreeMap<Once, u32>,
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
            pool.swept_until = pool.own.values().map(|counter| counter.ends_at).min();
        }
        // A key without a counter of its own goes on from the shared counter of its kind, also once
        // there is room again.
        let seen = pool.own.get(key).or(pool.shared.get(key.kind()));
        let open = seen.filter(|counter| quota.is_open(counter.ends_at, now));
        let fresh = || Counter { number: 0, ends_at: quota.ends_at(now), once: BTreeMap::new() };
        let mut counter = open.cloned().unwrap_or_else(fresh);
        let number = counter.raise(once);
        let counted = Counted::new(*key, quota, number, counter.ends_at);
        if pool.own.contains_key(key) || pool.own.len() < self.max_rows {
            pool.swept_until = pool.swept_until.map(|until| until.min(counter.ends_at));
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

impl Counter {
    fn raise(&mut self, once: Option<&Once>) -> u32 {
        if let Some(answered) = once.and_then(|once| self.once.get(once)) {
            return *answered;
        }
        self.number = self.number.saturating_add(1);
        if let Some(once) = once {
            self.once.insert(*once, self.number);
        }
        self.number
    }
}

impl Pool {
    fn sweep(&mut self, now: UtcDateTime) {
        let now = now.unix_timestamp();
        let ended = moment(now.saturating_sub(CLOCKS));
        let longest = seconds(Quota::LONGEST_PERIOD).saturating_add(CLOCKS);
        let latest = moment(now.saturating_add(longest));
        let keep = |counter: &Counter| counter.ends_at > ended && counter.ends_at <= latest;
        self.own.retain(|_, counter| keep(counter));
        self.shared.retain(|_, counter| keep(counter));
    }
}
