mod calibrate;

use core::fmt;

/// What one hash costs: memory, passes and lanes of Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// The default: [`Cost::OWASP_19_MIB`].
    pub const OWASP: Self = Self::OWASP_19_MIB;
    /// 46 MiB, 1 pass, 1 lane (OWASP Password Storage Cheat Sheet).
    pub const OWASP_46_MIB: Self = Self { memory_kib: 47_104, passes: 1, lanes: 1 };
    /// 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).
    pub const OWASP_19_MIB: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// 12 MiB, 3 passes, 1 lane (OWASP Password Storage Cheat Sheet).
    pub const OWASP_12_MIB: Self = Self { memory_kib: 12_288, passes: 3, lanes: 1 };
    /// 9 MiB, 4 passes, 1 lane (OWASP Password Storage Cheat Sheet).
    pub const OWASP_9_MIB: Self = Self { memory_kib: 9216, passes: 4, lanes: 1 };
    /// 7 MiB, 5 passes, 1 lane (OWASP Password Storage Cheat Sheet).
    pub const OWASP_7_MIB: Self = Self { memory_kib: 7168, passes: 5, lanes: 1 };
    /// OWASP's five sets, the most memory first: equal in defence, and the least that it recommends.
    pub const OWASP_SETS: [Self; 5] = [
        Self::OWASP_46_MIB,
        Self::OWASP_19_MIB,
        Self::OWASP_12_MIB,
        Self::OWASP_9_MIB,
        Self::OWASP_7_MIB,
    ];
    /// The second choice of RFC 9106, section 4, where memory is short: 64 MiB, 3 passes, 4 lanes.
    pub const RFC_9106_LOW_MEMORY: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };

    /// The most memory of one hash, in KiB: 4 GiB.
    pub const MAX_MEMORY_KIB: u32 = 4 << 20;
    /// The most passes.
    pub const MAX_PASSES: u32 = 64;
    /// The most lanes.
    pub const MAX_LANES: u32 = 16;

    /// A cost of one's own: memory in KiB, passes over it, lanes.
    ///
    /// # Errors
    ///
    /// [`CostError`] when a number is 0 or above its maximum, or the memory is below the 8 KiB for
    /// each lane that Argon2 needs (RFC 9106, section 3.1).
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        if lanes == 0 || lanes > Self::MAX_LANES {
            return Err(CostError::Lanes { max: Self::MAX_LANES });
        }
        let min = lanes.saturating_mul(8);
        if memory_kib < min || memory_kib > Self::MAX_MEMORY_KIB {
            return Err(CostError::Memory { min_kib: min, max_kib: Self::MAX_MEMORY_KIB });
        }
        if passes == 0 || passes > Self::MAX_PASSES {
            return Err(CostError::Passes { max: Self::MAX_PASSES });
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Memory of one hash, in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Whether a guess at `other` costs less than one at this cost: fewer KiB are filled in all,
    /// whichever way they are split, or there is less memory than OWASP's sets have at least, since
    /// passes over little memory are cheap for whoever has many small ones. Its sets differ in what
    /// they fill, and are equal by its word.
    pub(super) fn is_above(&self, other: &Self) -> bool {
        let both_of_owasp = [self, other].iter().all(|cost| Self::OWASP_SETS.contains(cost));
        let little = |cost: &Self| cost.memory_kib < Self::OWASP_7_MIB.memory_kib;
        let filled_less = !both_of_owasp && other.filled_kib() < self.filled_kib();
        filled_less || (little(other) && !little(self))
    }

    /// The costs of hashes that do what is left of the work of one of this cost after one of `done`.
    ///
    /// The first pass over memory only writes, and later ones read what was there: under load they
    /// take longer. So there are as many KiB of each kind, where that is possible. Where the memory is
    /// the same, so that only later passes are left, they go over an eighth of it, which takes a first
    /// pass more.
    pub(super) fn rest_after(&self, done: &Self) -> [Option<Self>; 2] {
        let later = |cost: &Self| cost.filled_kib().saturating_sub(cost.memory_kib.into());
        let first = u64::from(self.memory_kib).checked_sub(done.memory_kib.into());
        let (Some(first), Some(later)) = (first, later(self).checked_sub(later(done))) else {
            return [self.filling(self.filled_kib().saturating_sub(done.filled_kib())), None];
        };
        let eighth = u64::from(self.memory_kib / 8).max(8);
        let first = if first < eighth && later > 0 { eighth } else { first };
        let (Some(each), Some(rest)) = (later.checked_div(first), later.checked_rem(first)) else {
            return [None, None];
        };
        // Over one part of the memory there is one pass more than over the other.
        let rest = rest & !3;
        let one = first.saturating_sub(rest);
        let passes = each.saturating_add(1);
        let more = passes.saturating_add(1);
        // Argon2 takes at least 8 KiB: a part that is smaller goes with the other one.
        match (one < 8, rest < 8) {
            (_, true) => [Self::over(first, passes), None],
            (true, false) => [Self::over(first, more), None],
            (false, false) => [Self::over(one, passes), Self::over(rest, more)],
        }
    }

    /// One lane, so many passes over so much memory; `None` for less than Argon2 takes. More passes are
    /// possible than of a hash that is stored.
    fn over(memory_kib: u64, passes: u64) -> Option<Self> {
        let memory_kib = u32::try_from(memory_kib).ok().filter(|memory| *memory >= 8)?;
        Some(Self { memory_kib, passes: u32::try_from(passes).ok()?, lanes: 1 })
    }

    /// The cost of a hash that fills so many KiB in all, as nearly as Argon2 can, with as many passes as
    /// this one: it takes memory in steps of 4 KiB, and at least 8. `None` for less than that.
    pub(super) fn filling(&self, kib: u64) -> Option<Self> {
        if kib == self.filled_kib() {
            return Some(*self);
        }
        let passes = u64::from(self.passes).min(kib.checked_div(8)?);
        Self::over(kib.checked_div(passes)?, passes)
    }

    /// How many KiB a hash fills in all: memory times passes.
    pub(super) fn filled_kib(&self) -> u64 {
        u64::from(self.memory_kib).saturating_mul(u64::from(self.passes))
    }

    /// The name of a number of `other` that is above this one's, if there is one.
    pub(super) const fn exceeded_by(&self, other: &Self) -> Option<&'static str> {
        if other.memory_kib > self.memory_kib {
            Some("m")
        } else if other.passes > self.passes {
            Some("t")
        } else if other.lanes > self.lanes {
            Some("p")
        } else {
            None
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }
}

/// Why a cost was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CostError {
    /// Too little or too much memory.
    Memory {
        /// The least, in KiB, for this number of lanes.
        min_kib: u32,
        /// The most, in KiB.
        max_kib: u32,
    },
    /// No pass, or too many.
    Passes {
        /// The most.
        max: u32,
    },
    /// No lane, or too many.
    Lanes {
        /// The most.
        max: u32,
    },
}

impl CostError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Memory { .. } => "hash_memory_invalid",
            Self::Passes { .. } => "hash_passes_invalid",
            Self::Lanes { .. } => "hash_lanes_invalid",
        }
    }
}

impl fmt::Display for CostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { min_kib, max_kib } => {
                write!(f, "the memory has to be {min_kib} to {max_kib} KiB")
            }
            Self::Passes { max } => write!(f, "the passes have to be 1 to {max}"),
            Self::Lanes { max } => write!(f, "the lanes have to be 1 to {max}"),
        }
    }
}

impl core::error::Error for CostError {}
