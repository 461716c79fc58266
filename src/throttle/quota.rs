use core::fmt;
use core::time::Duration;

use time::UtcDateTime;

use super::ThrottleKey;
use crate::attempt::AttemptId;
use crate::clock::{CLOCKS, seconds};

/// At most `max` counts within a period that opens with the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    max: u32,
    period: Duration,
}

impl Quota {
    /// The longest period. A counter that ends later than this was opened by a clock that was wrong.
    pub const LONGEST_PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

    /// `max` in each `period`, counted in whole seconds: at least one, and at most
    /// [`Quota::LONGEST_PERIOD`].
    #[must_use]
    pub const fn new(max: u32, period: Duration) -> Self {
        let longest = Self::LONGEST_PERIOD;
        let period = match period.as_secs() {
            0 => Duration::from_secs(1),
            seconds if seconds > longest.as_secs() => longest,
            _ => period,
        };
        Self { max, period }
    }

    /// How many counts are within the quota.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// How long a counter lasts from its first count on.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// The end of a counter that opens at `now`.
    #[must_use]
    pub fn ends_at(&self, now: UtcDateTime) -> UtcDateTime {
        let end = now.unix_timestamp().saturating_add(seconds(self.period));
        crate::clock::moment(end)
    }

    /// Whether a counter with this end still counts at `now`: it has not ended, and was not opened by
    /// a clock that is ahead by more than two clocks of a service may differ (120 s).
    #[must_use]
    pub fn is_open(&self, ends_at: UtcDateTime, now: UtcDateTime) -> bool {
        let latest = now.unix_timestamp().saturating_add(seconds(self.period));
        now < ends_at && ends_at.unix_timestamp() <= latest.saturating_add(CLOCKS)
    }

    /// Whether a store deletes a counter with this end when it purges at `now`: it ended 120 s ago,
    /// the most by which two clocks of a service differ, or a clock that was wrong opened it.
    #[must_use]
    pub fn is_over(ends_at: UtcDateTime, now: UtcDateTime) -> bool {
        let (end, now) = (ends_at.unix_timestamp(), now.unix_timestamp());
        let latest = now.saturating_add(seconds(Self::LONGEST_PERIOD)).saturating_add(CLOCKS);
        end <= now.saturating_sub(CLOCKS) || end > latest
    }
}

/// What a counter says after it was raised by one: an answer about one key and one quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Counted {
    key: ThrottleKey,
    quota: Quota,
    number: u32,
    ends_at: UtcDateTime,
}

impl Counted {
    /// The counter of `key` says `number`, this count included, and ends at `ends_at`.
    #[must_use]
    pub const fn new(key: ThrottleKey, quota: Quota, number: u32, ends_at: UtcDateTime) -> Self {
        Self { key, quota, number, ends_at }
    }

    /// What was counted.
    #[must_use]
    pub const fn key(&self) -> &ThrottleKey {
        &self.key
    }

    /// The quota that it was counted for.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// How often it was counted in this period, this time included.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The moment at which the period ends.
    #[must_use]
    pub const fn ends_at(&self) -> UtcDateTime {
        self.ends_at
    }

    /// How many counts are left after this one; `None` when it went over the quota.
    #[must_use]
    pub const fn left(&self) -> Option<u32> {
        self.quota.max.checked_sub(self.number)
    }
}

/// Marks one count, so that counting it again raises nothing: 24 bytes, an attempt and the number of
/// a message of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Once([u8; 24]);

impl Once {
    pub(crate) fn new(id: &AttemptId, send: u32) -> Self {
        let mut bytes = [0; 24];
        let send = send.to_be_bytes();
        let parts = id.as_bytes().iter().chain(&send);
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// The bytes to store and index by.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 24] {
        &self.0
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once(..)")
    }
}
