use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::draw::{combinations, power};
use crate::policy::pattern::repeat;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The most that one character may occur.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxOccurrences(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The most that a character may occur anywhere in the password: 2 accepts `abab` and refuses
    /// `ababa`. From 1.
    ///
    /// Passay's rule about occurrences of a character.
    pub fn max_occurrences(mut self, of_each: usize) -> Self {
        self.rules.max_occurrences = Some(MaxOccurrences(of_each));
        self
    }
}

impl Ask for MaxOccurrences {
    const KEY: &'static str = "max_occurrences";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "4";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_occurrences") };
        let asked = Requirement::of("password_has_character_too_often", key);
        all.push(asked.number("max_occurrences", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = repeat::position_too_often(question.password, self.0) {
            let key = const { key("password_has_character_too_often") };
            let often = Violation::of(key, &[Advice::NoPatterns]);
            found.push(often.number("max_occurrences", self.0).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_run(Self::KEY, self.0, 1)
    }

    /// Some character stands in one place more than it may, whichever these are.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        let (drawn, places) = (draw.drawn(), self.0.saturating_add(1));
        if draw.places.len().saturating_sub(drawn) > self.0 {
            return 1.0;
        }
        let size = draw.alphabet.size();
        size * combinations(drawn, places) * power(1.0 / size, places)
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
