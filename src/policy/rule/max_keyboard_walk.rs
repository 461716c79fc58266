use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::pattern::keyboard;
use crate::policy::statement::Fact;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The longest walk over neighbouring keys.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxKeyboardWalk(usize);

impl PolicyBuilder {
    /// The longest straight walk over neighbouring keys that is accepted: 3 accepts `qwe` and refuses
    /// `qwer`, `1qaz` and `/.,m`. From 2.
    ///
    /// Along a row or a diagonal of QWERTY, QWERTZ, AZERTY, Dvorak, ЙЦУКЕН and the key pads of
    /// computer and telephone; a key counts with and without shift and AltGr. A walk that turns is a new one.
    pub fn max_keyboard_walk(mut self, keys: usize) -> Self {
        self.rules.max_keyboard_walk = Some(MaxKeyboardWalk(keys));
        self
    }
}

impl MaxKeyboardWalk {
    /// What is refused.
    fn example(&self) -> Fact {
        Fact::example("qwertyuiop", self.0.saturating_add(1))
    }
}

impl Ask for MaxKeyboardWalk {
    const KEY: &'static str = "max_keyboard_walk";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "3";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_keyboard_walk") };
        let asked = Requirement::of("password_has_keyboard_walk", key);
        all.push(asked.number("max_keyboard_walk", self.0).with("example", self.example()));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = keyboard::position_in(question.password, self.0) {
            let key = const { key("password_has_keyboard_walk") };
            let walk =
                Violation::of(key, &[Advice::NoPatterns]).number("max_keyboard_walk", self.0);
            found.push(walk.with("example", self.example()).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_run(Self::KEY, self.0, 2)
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        draw.walk(self.0, |text, longest| keyboard::position_in(text, longest).is_some())
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
