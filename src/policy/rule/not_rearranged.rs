use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::change::Rearrangement;
use crate::policy::{Advice, PolicyBuilder, Requirement, Violation};

/// Not the old password over again.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotRearranged;

impl PolicyBuilder {
    /// Refuses the old password over again, in any letter case: the same, backwards, begun at another
    /// character, or a part of it. [`Evidence`](crate::policy::Evidence) has the old one.
    ///
    /// Someone who knows the old password finds each of these in a few tries, however many characters
    /// [`min_changed`](Self::min_changed) counts. What is added to the old password is for `min_changed`.
    pub fn not_rearranged(mut self) -> Self {
        self.rules.not_rearranged = Some(NotRearranged);
        self
    }
}

impl Ask for NotRearranged {
    const KEY: &'static str = "not_rearranged";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Evidence;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_rearranged") };
        all.push(Requirement::of("password_rearranged", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let Some(old) = question.evidence.old else { return };
        let how = Rearrangement::between(old.expose_secret(), question.password);
        let key = match how {
            Some(Rearrangement::Case) => const { key("password_rearranged_case") },
            Some(Rearrangement::Reversed) => const { key("password_rearranged_reversed") },
            Some(Rearrangement::Rotated) => const { key("password_rearranged_rotated") },
            Some(Rearrangement::Shortened) => const { key("password_rearranged_shortened") },
            None => return,
        };
        found.push(Violation::of(key, &[Advice::BeginAnew]));
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(given.flag()?.then_some(Self))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::Flag(true)
    }
}
