use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::pattern::sequence;
use crate::policy::statement::Fact;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, SequenceEnds, Violation};

/// The longest run of neighbours in an alphabet.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxSequence(usize, SequenceEnds);

impl PolicyBuilder {
    /// The longest run of neighbours in an alphabet or of digits that is accepted: 3 accepts `abc` and
    /// `321` and refuses `abcd` and `4321`. From 2.
    ///
    /// Alphabets of several scripts, up and down, in any letter case.
    pub fn max_sequence(mut self, characters: usize, ends: SequenceEnds) -> Self {
        self.rules.max_sequence = Some(MaxSequence(characters, ends));
        self
    }
}

impl MaxSequence {
    /// What is refused.
    fn example(&self) -> Fact {
        Fact::example("abcdefghijklmnopqrstuvwxyz", self.0.saturating_add(1))
    }
}

impl Ask for MaxSequence {
    const KEY: &'static str = "max_sequence";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "{ characters = 3, ends = \"joined\" }";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_sequence") };
        let asked = Requirement::of("password_has_sequence", key);
        all.push(asked.number("max_sequence", self.0).with("example", self.example()));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = sequence::position_in(question.password, self.0, self.1) {
            let key = const { key("password_has_sequence") };
            let sequence = Violation::of(key, &[Advice::NoPatterns]).number("max_sequence", self.0);
            found.push(sequence.with("example", self.example()).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_run(Self::KEY, self.0, 2)
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        draw.walk(self.0, |text, longest| sequence::position_in(text, longest, self.1).is_some())
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        let table = given.table(&["characters", "ends"])?;
        let characters = table.required("characters")?.number()?;
        let ends = table.required("ends")?.name(&SequenceEnds::ALL, SequenceEnds::name)?;
        Ok(Some(Self(characters, ends)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::table([("characters", self.0.into()), ("ends", self.1.name().into())])
    }
}
