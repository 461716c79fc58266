use core::time::Duration;

use super::Cost;

impl Cost {
    /// The highest cost that takes no longer than `target` on this machine, and never less than the
    /// least that OWASP recommends.
    ///
    /// Memory first, then passes (RFC 9106, section 4): one lane, `memory_kib` if it can be had
    /// in time, less of it if not, and the most passes that fit. When even [`Cost::OWASP_7_MIB`]
    /// takes longer, it is the answer. `memory_kib` is of one hash: a hasher keeps as much for each
    /// of its slots.
    ///
    /// `measure` tells how long a hash of a cost takes; the slowest of a few, under the load that the
    /// service has, is a careful answer. It is asked few times, about a second in all for a target of
    /// a quarter of one.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use repass::hash::{Cost, Hasher};
    /// use repass::secret::{Password, Salt};
    ///
    /// let password = Password::new("correct horse battery staple")?;
    /// let measure = |cost| {
    ///     let hasher = Hasher::new(cost);
    ///     let timed = |_| {
    ///         let salt = Salt::generate(&mut repass::SysRng).ok()?;
    ///         let from = Instant::now();
    ///         hasher.hash(&password, salt).ok()?;
    ///         Some(from.elapsed())
    ///     };
    ///     // The first hash has the memory to get; a cost that there is no memory for is too high.
    ///     (0..3).map(timed).skip(1).max().flatten().unwrap_or(Duration::MAX)
    /// };
    /// let cost = Cost::calibrate(Duration::from_millis(50), 47_104, measure);
    /// assert!((7168..=47_104).contains(&cost.memory_kib()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn calibrate(
        target: Duration,
        memory_kib: u32,
        mut measure: impl FnMut(Self) -> Duration,
    ) -> Self {
        let mut cost = Self::least_with(memory_kib.min(Self::MAX_MEMORY_KIB));
        let mut took = measure(cost);
        while took > target {
            let Some(cheaper) = cost.with_less_memory() else { return cost };
            cost = cheaper;
            took = measure(cost);
        }
        let mut too_many = Self::MAX_PASSES.saturating_add(1);
        loop {
            // Passes take equally long, so the time of some tells nearly how many fit; one more is
            // always asked for, as a hash takes some time beside them.
            let passes = projected(cost.passes, took, target)
                .max(cost.passes.saturating_add(1))
                .min(too_many.saturating_sub(1));
            if passes <= cost.passes {
                return cost;
            }
            let next = Self { passes, ..cost };
            let next_took = measure(next);
            if next_took > target {
                too_many = passes;
            } else {
                (cost, took) = (next, next_took);
            }
        }
    }

    /// As many passes over `memory_kib` as OWASP wants over that much or less.
    fn least_with(memory_kib: u32) -> Self {
        Self::OWASP_SETS
            .into_iter()
            .find(|set| set.memory_kib <= memory_kib)
            .map_or(Self::OWASP_7_MIB, |set| Self { memory_kib, ..set })
    }

    /// Half the memory, down to OWASP's most, and then its next set.
    fn with_less_memory(&self) -> Option<Self> {
        let half = self.memory_kib / 2;
        if half >= Self::OWASP_46_MIB.memory_kib {
            return Some(Self::least_with(half));
        }
        Self::OWASP_SETS.into_iter().find(|set| set.memory_kib < self.memory_kib)
    }
}

/// How many passes fit into `target` when `passes` take `took`.
fn projected(passes: u32, took: Duration, target: Duration) -> u32 {
    let fitting = u128::from(passes).saturating_mul(target.as_nanos());
    let fitting = fitting.checked_div(took.as_nanos()).unwrap_or(u128::MAX);
    u32::try_from(fitting).unwrap_or(u32::MAX)
}
