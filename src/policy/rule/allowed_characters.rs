use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::ranges::Ranges;
use crate::policy::statement::Fact;
use crate::policy::{Advice, CharacterSet, PolicyBuilder, PolicyError, Requirement, Violation};

/// No characters but these.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct AllowedCharacters(pub(in crate::policy) CharacterSet);

impl PolicyBuilder {
    /// Refuses every character that is not in `allowed`; the last call counts.
    pub fn allowed_characters(mut self, allowed: CharacterSet) -> Self {
        self.rules.allowed_characters = Some(AllowedCharacters(allowed));
        self
    }
}

impl Ask for AllowedCharacters {
    const KEY: &'static str = "allowed_characters";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "{ ranges = [\"a-z\", \"0-9\"], characters = \"!$%\" }";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_allowed_characters") };
        let asked = Requirement::of("password_character_not_allowed", key);
        all.push(asked.with("set", Fact::set(&self.0)));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let mut characters = question.password.chars();
        if let Some(position) = characters.position(|character| !self.0.contains(character)) {
            let key = const { key("password_character_not_allowed") };
            found.push(Violation::of(key, &[Advice::PlainCharacters]).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_no_character(Self::KEY, &self.0)
    }

    fn narrow(&self, permitted: &mut Ranges) {
        permitted.keep(self.0.ranges());
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
