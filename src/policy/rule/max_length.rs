use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The most code points.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxLength(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The most code points; without it only the ceiling of bytes limits the length.
    pub fn max_length(mut self, code_points: usize) -> Self {
        self.rules.max_length = Some(MaxLength(code_points));
        self
    }
}

impl Ask for MaxLength {
    const KEY: &'static str = "max_length";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "128";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_length") };
        all.push(Requirement::of("password_too_long", key).number("max_length", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if question.length > self.0 {
            let key = const { key("password_too_long") };
            found.push(Violation::of(key, &[Advice::Shorten]).number("max_length", self.0));
        }
    }

    /// Above the ceiling of bytes it could never refuse.
    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        limits.refuse_idle(Self::KEY, self.0, 1, limits.most_bytes)
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
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
