use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::draw::Kinds;
use crate::policy::pattern::repeat;
use crate::policy::{Advice, CharacterClass, PolicyBuilder, PolicyError, Requirement, Violation};

/// The longest run of one class of characters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxClassRepeat(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The longest run of one class of characters that is accepted; `Letter` is no class here, and a
    /// character of no class ends a run. From 1.
    pub fn max_class_repeat(mut self, characters: usize) -> Self {
        self.rules.max_class_repeat = Some(MaxClassRepeat(characters));
        self
    }
}

impl Ask for MaxClassRepeat {
    const KEY: &'static str = "max_class_repeat";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "6";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_class_repeat") };
        let asked = Requirement::of("password_repeats_class", key);
        all.push(asked.number("max_class_repeat", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = repeat::of_class(question.password, self.0) {
            let key = const { key("password_repeats_class") };
            let repeated = Violation::of(key, &[Advice::NoPatterns]);
            found.push(repeated.number("max_class_repeat", self.0).at(position));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let is_alone = limits.is_one_class();
        limits.refuse_run(Self::KEY, self.0, if is_alone { limits.fewest().max(1) } else { 1 })
    }

    fn is_unsaid(&self) -> bool {
        true
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        let share = |class: CharacterClass| draw.alphabet.share(|one| class.contains(one));
        let kinds = CharacterClass::DISJOINT.map(|class| Kinds { share: share(class), many: 1.0 });
        draw.run(self.0, &kinds)
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
