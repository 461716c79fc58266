use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::change;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The fewest changes from the old password.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MinChanged(usize);

impl PolicyBuilder {
    /// The fewest insertions, deletions and replacements of code points between the old password and
    /// the new one, where [`Evidence`](crate::policy::Evidence) has the old one. From 1 to 64.
    pub fn min_changed(mut self, code_points: usize) -> Self {
        self.rules.min_changed = Some(MinChanged(code_points));
        self
    }
}

impl Ask for MinChanged {
    const KEY: &'static str = "min_changed";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "4";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_min_changed") };
        let asked = Requirement::of("password_too_little_changed", key);
        all.push(asked.number("min_changed", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let Some(old) = question.evidence.old else { return };
        if change::changes_fewer(old.expose_secret(), question.password, self.0) {
            let key = const { key("password_too_little_changed") };
            found.push(Violation::of(key, &[Advice::BeginAnew]).number("min_changed", self.0));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        in_range(Self::KEY, self.0, 1, limits.longest.min(change::MOST_CHANGES))
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(given.number()?)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        self.0.into()
    }
}
