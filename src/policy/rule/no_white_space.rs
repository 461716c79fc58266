use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::ranges::Ranges;
use crate::policy::{Advice, PolicyBuilder, Requirement, Violation, WhiteSpace};

/// Where white space is refused.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NoWhiteSpace(pub(in crate::policy) WhiteSpace);

impl PolicyBuilder {
    /// Refuses white space, anywhere or at the ends; the last call counts.
    ///
    /// NIST SP 800-63B-4 wants spaces to be accepted; this and the rules about single characters
    /// are for systems that cannot.
    pub fn no_white_space(mut self, place: WhiteSpace) -> Self {
        self.rules.no_white_space = Some(NoWhiteSpace(place));
        self
    }
}

impl Ask for NoWhiteSpace {
    const KEY: &'static str = "no_white_space";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "\"at_the_ends\"";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        all.push(match self.0 {
            WhiteSpace::Anywhere => Requirement::of(
                "password_has_white_space",
                const { key("requirement_no_white_space") },
            ),
            WhiteSpace::AtTheEnds => Requirement::of(
                "password_has_white_space_at_the_ends",
                const { key("requirement_no_white_space_at_the_ends") },
            ),
        });
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let Some(position) = self.0.position_in(question.password) else { return };
        let key = match self.0 {
            WhiteSpace::Anywhere => const { key("password_has_white_space") },
            WhiteSpace::AtTheEnds => const { key("password_has_white_space_at_the_ends") },
        };
        found.push(Violation::of(key, &[Advice::PlainCharacters]).at(position));
    }

    fn narrow(&self, permitted: &mut Ranges) {
        if self.0 == WhiteSpace::Anywhere {
            permitted.remove(&WhiteSpace::RANGES);
        }
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        match self.0 {
            WhiteSpace::Anywhere => 0.0,
            WhiteSpace::AtTheEnds => 2.0 * draw.alphabet.share(char::is_whitespace),
        }
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(given.name(&WhiteSpace::ALL, WhiteSpace::name)?)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        self.0.name().into()
    }
}
