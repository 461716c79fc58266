use core::fmt;

/// A number with its noun, in English.
pub(super) struct Quantity {
    pub(super) count: usize,
    pub(super) one: &'static str,
    pub(super) many: &'static str,
}

impl Quantity {
    pub(super) const fn characters(count: usize) -> Self {
        Self { count, one: "character", many: "characters" }
    }

    pub(super) const fn different(count: usize) -> Self {
        Self { count, one: "different character", many: "different characters" }
    }

    pub(super) const fn keys(count: usize) -> Self {
        Self { count, one: "key", many: "keys" }
    }

    pub(super) const fn times(count: usize) -> Self {
        Self { count, one: "time", many: "times" }
    }

    pub(super) const fn bytes(count: usize) -> Self {
        Self { count, one: "byte", many: "bytes" }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.count == 1 { self.one } else { self.many };
        write!(f, "{} {noun}", self.count)
    }
}
