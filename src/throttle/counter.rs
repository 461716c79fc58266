use alloc::collections::BTreeMap;

use time::UtcDateTime;

use super::{Counted, Once, Quota, ThrottleKey};

/// One counter, for stores that keep values: what [`Counters::count`](crate::port::Counters::count)
/// does to it, in code. A new one opens with its first count.
#[derive(Clone, Debug)]
pub struct Counter {
    number: u32,
    ends_at: UtcDateTime,
    /// What each of these was answered.
    once: BTreeMap<Once, u32>,
}

impl Default for Counter {
    fn default() -> Self {
        Self { number: 0, ends_at: UtcDateTime::UNIX_EPOCH, once: BTreeMap::new() }
    }
}

impl Counter {
    /// Raises the counter by one, unless `once` was counted already, and opens it anew if it ended.
    pub fn raise(
        &mut self,
        key: ThrottleKey,
        quota: Quota,
        once: Option<Once>,
        now: UtcDateTime,
    ) -> Counted {
        if !quota.is_open(self.ends_at, now) {
            *self = Self { ends_at: quota.ends_at(now), ..Self::default() };
        }
        let answered = once.and_then(|once| self.once.get(&once));
        let number = answered.copied().unwrap_or_else(|| {
            self.number = self.number.saturating_add(1);
            self.number
        });
        // What went over the quota goes over it again.
        let kept = once.filter(|_| number <= quota.max());
        self.once.extend(kept.map(|once| (once, number)));
        Counted::new(key, quota, number, self.ends_at)
    }

    /// The moment at which it ends.
    #[must_use]
    pub const fn ends_at(&self) -> UtcDateTime {
        self.ends_at
    }

    /// Whether a store deletes it when it purges at `now`.
    #[must_use]
    pub fn is_over(&self, now: UtcDateTime) -> bool {
        Quota::is_over(self.ends_at, now)
    }
}
