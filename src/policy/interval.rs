use super::Policy;
use super::rule::{Ask, Kind, Rules, Visit};

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

impl Rules {
    /// The first rule that is not asked within an interval.
    pub(super) fn out_of_interval(&self) -> Option<&'static str> {
        struct Unasked(Option<&'static str>);

        impl Visit for Unasked {
            fn visit<R: Ask>(&mut self, _rule: &R) {
                if matches!(R::KIND, Kind::Ceiling | Kind::Evidence) {
                    self.0 = self.0.or(Some(R::KEY));
                }
            }
        }

        let mut unasked = Unasked(None);
        self.each(&mut unasked);
        unasked.0
    }
}
