use alloc::vec::Vec;
use core::time::Duration;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::{Advice, Policy, PolicyBuilder, PolicyError, Requirement, Violation};

/// None of the passwords that were replaced so many days ago or less.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotUsedWithin(usize);

/// Ten years.
const MOST_DAYS: usize = 3650;

impl Policy {
    /// How many earlier passwords are compared because of their age, at most; of more nobody can wait for
    /// the comparisons.
    pub const MOST_WITHIN: usize = 100;
}

impl PolicyBuilder {
    /// For how many days an earlier password is refused after it was replaced, from 1 to 3,650;
    /// [`Policy::check_history`] asks, about [`Policy::MOST_WITHIN`] passwords at most.
    pub fn not_used_within(mut self, days: usize) -> Self {
        self.rules.not_used_within = Some(NotUsedWithin(days));
        self
    }
}

impl NotUsedWithin {
    /// Whether a password of this age is refused.
    pub(in crate::policy) fn holds(&self, age: Duration) -> bool {
        const DAY: u64 = 24 * 60 * 60;
        let days = u64::try_from(self.0).unwrap_or(u64::MAX);
        age < Duration::from_secs(days.saturating_mul(DAY))
    }
}

impl Ask for NotUsedWithin {
    const KEY: &'static str = "not_used_within";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "365";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_used_within") };
        all.push(Requirement::of("password_used_within", key).number("days", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        match question.evidence.history {
            // Another rule has said so.
            None if question.rules.not_among_last.is_some() => {}
            None => found.push(Violation::history_unknown()),
            Some(history) if history.used().is_some_and(|(_, age)| self.holds(age)) => {
                let key = const { key("password_used_within") };
                found.push(Violation::of(key, &[Advice::BeginAnew]).number("days", self.0));
            }
            Some(_) => {}
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        in_range(Self::KEY, self.0, 1, MOST_DAYS)
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
