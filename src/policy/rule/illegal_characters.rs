use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::ranges::Ranges;
use crate::policy::statement::Fact;
use crate::policy::{Advice, CharacterSet, PolicyBuilder, PolicyError, Requirement, Violation};

/// None of these characters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct IllegalCharacters(pub(in crate::policy) CharacterSet);

impl PolicyBuilder {
    /// Refuses every character in `illegal`; the last call counts.
    pub fn illegal_characters(mut self, illegal: CharacterSet) -> Self {
        self.rules.illegal_characters = Some(IllegalCharacters(illegal));
        self
    }
}

impl Ask for IllegalCharacters {
    const KEY: &'static str = "illegal_characters";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "\"<>&\"";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_illegal_characters") };
        let asked = Requirement::of("password_has_illegal_character", key);
        all.push(asked.with("set", Fact::set(&self.0)));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let mut characters = question.password.chars();
        if let Some(position) = characters.position(|character| self.0.contains(character)) {
            let key = const { key("password_has_illegal_character") };
            found.push(Violation::of(key, &[Advice::PlainCharacters]).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_no_character(Self::KEY, &self.0)
    }

    fn narrow(&self, permitted: &mut Ranges) {
        permitted.remove(self.0.ranges());
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(CharacterSet::read(&given)?)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        self.0.write()
    }
}
