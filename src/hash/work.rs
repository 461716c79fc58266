use core::fmt;

use super::Cost;

/// How much work a comparison takes: an amount in a unit that its scheme names, such as rounds or
/// bytes of memory filled.
///
/// Amounts of one unit can be added. Those of different units cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Work {
    unit: &'static str,
    amount: u64,
}

impl Work {
    /// The unit of this crate's own hashes: KiB that Argon2 fills, memory times passes.
    pub const ARGON2_KIB: &'static str = "argon2_kib";

    /// So much in this unit.
    #[must_use]
    pub const fn new(unit: &'static str, amount: u64) -> Self {
        Self { unit, amount }
    }

    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        self.unit
    }

    /// The amount.
    #[must_use]
    pub const fn amount(&self) -> u64 {
        self.amount
    }

    /// That of a hash of Argon2 at this cost.
    #[must_use]
    pub fn of_argon2(cost: &Cost) -> Self {
        Self::new(Self::ARGON2_KIB, cost.filled_kib())
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

/// A stored hash takes more work than the host said that any does: a sign-in with it takes longer
/// than all others, so that it can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AboveCeiling {
    /// What the stored hash takes.
    pub found: Work,
    /// The most that was declared in this unit.
    pub ceiling: u64,
}

impl AboveCeiling {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "hash_above_ceiling"
    }
}

impl fmt::Display for AboveCeiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a stored hash takes {}, and {} is declared", self.found, self.ceiling)
    }
}

impl core::error::Error for AboveCeiling {}
