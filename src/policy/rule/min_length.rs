use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The fewest code points.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MinLength(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The fewest code points; 0, the default, asks nothing and accepts even the empty password.
    pub fn min_length(mut self, code_points: usize) -> Self {
        self.rules.min_length = Some(MinLength(code_points)).filter(|rule| rule.0 > 0);
        self
    }
}

impl Ask for MinLength {
    const KEY: &'static str = "min_length";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "15";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_min_length") };
        all.push(Requirement::of("password_too_short", key).number("min_length", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if question.length < self.0 {
            let key = const { key("password_too_short") };
            found.push(Violation::of(key, &[Advice::SeveralWords]).number("min_length", self.0));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let (asked, other, most) = (self.0, limits.longest_by, limits.longest);
        if asked > most {
            return Err(PolicyError::AsksForTooMuch { field: Self::KEY, asked, other, most });
        }
        Ok(())
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(given.number()?)).filter(|rule| rule.0 > 0))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        self.0.into()
    }
}
