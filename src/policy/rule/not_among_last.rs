use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// None of the last passwords.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotAmongLast(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// How many of the last passwords are refused;
    /// [`Policy::check_history`](crate::policy::Policy::check_history) asks. From 1.
    pub fn not_among_last(mut self, passwords: usize) -> Self {
        self.rules.not_among_last = Some(NotAmongLast(passwords));
        self
    }
}

impl Violation {
    /// The new password is one of so many that are refused.
    pub(crate) fn used_before(last: usize) -> Self {
        let key = const { key("password_used_before") };
        Self::of(key, &[Advice::BeginAnew]).number("last", last)
    }

    /// Nobody compared the new password with earlier ones.
    pub(super) fn history_unknown() -> Self {
        Self::of(const { key("password_history_unknown") }, &[])
    }
}

impl Ask for NotAmongLast {
    const KEY: &'static str = "not_among_last";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "4";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_among_last") };
        all.push(Requirement::of("password_used_before", key).number("last", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        match question.evidence.history {
            None => found.push(Violation::history_unknown()),
            Some(history) if history.used().is_some_and(|(number, _)| number <= self.0) => {
                found.push(Violation::used_before(self.0));
            }
            Some(_) => {}
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        in_range(Self::KEY, self.0, 1, usize::MAX)
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
