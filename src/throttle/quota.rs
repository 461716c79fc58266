use core::time::Duration;

/// At most `max` counts within a period that opens with the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    max: u32,
    period: Duration,
}

impl Quota {
    /// `max` in each `period`, of which whole seconds count.
    #[must_use]
    pub const fn new(max: u32, period: Duration) -> Self {
        Self { max, period }
    }

    /// How many counts are within the quota.
    #[must_use]
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// How long a counter stands from its first count on.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// How many counts are left after `count`; `None` when it went over.
    #[must_use]
    pub const fn left(&self, count: Count) -> Option<u32> {
        self.max.checked_sub(count.counted)
    }
}

/// What a counter says after it was raised by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Count {
    counted: u32,
    ends_at: i64,
}

impl Count {
    /// `counted` in the period that ends at `ends_at`, in unix seconds; this count is in it.
    #[must_use]
    pub const fn new(counted: u32, ends_at: i64) -> Self {
        Self { counted, ends_at }
    }

    /// How often it was counted in this period, this time included.
    #[must_use]
    pub const fn counted(&self) -> u32 {
        self.counted
    }

    /// The unix second at which the period ends.
    #[must_use]
    pub const fn ends_at(&self) -> i64 {
        self.ends_at
    }
}
