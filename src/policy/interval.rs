use super::Policy;

/// Rules that are asked of passwords of certain lengths only.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interval {
    /// The fewest code points.
    pub(super) min: usize,
    /// The most.
    pub(super) max: usize,
    pub(super) rules: Policy,
}

impl Interval {
    pub(super) const fn contains(&self, length: usize) -> bool {
        self.min <= length && length <= self.max
    }

    pub(super) const fn overlaps(&self, other: &Self) -> bool {
        self.min <= other.max && other.min <= self.max
    }
}
