use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::draw::Kinds;
use crate::policy::pattern::repeat;
use crate::policy::statement::Fact;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The longest run of one character.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxRepeat(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The longest run of one character that is accepted: 2 accepts `aa` and refuses `aaa`. From 1.
    pub fn max_repeat(mut self, characters: usize) -> Self {
        self.rules.max_repeat = Some(MaxRepeat(characters));
        self
    }
}

impl MaxRepeat {
    /// What is refused.
    fn example(&self) -> Fact {
        Fact::example("a", self.0.saturating_add(1))
    }
}

impl Ask for MaxRepeat {
    const KEY: &'static str = "max_repeat";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "3";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_repeat") };
        let asked = Requirement::of("password_repeats_character", key);
        all.push(asked.number("max_repeat", self.0).with("example", self.example()));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = repeat::of_character(question.password, self.0) {
            let key = const { key("password_repeats_character") };
            let repeated = Violation::of(key, &[Advice::NoPatterns]).number("max_repeat", self.0);
            let repeated = repeated.with("example", self.example());
            found.push(repeated.at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let is_alone = limits.permitted.count() <= 1;
        limits.refuse_run(Self::KEY, self.0, if is_alone { limits.fewest().max(1) } else { 1 })
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        let size = draw.alphabet.size();
        draw.run(self.0, &[Kinds { share: 1.0 / size, many: size }])
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
