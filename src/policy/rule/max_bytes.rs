use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// The most bytes of UTF-8.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct MaxBytes(pub(in crate::policy) usize);

impl PolicyBuilder {
    /// The most bytes of UTF-8. A longer password is refused for that alone, before any other rule is
    /// asked. Without it, [`DEFAULT_MAX_BYTES`](Self::DEFAULT_MAX_BYTES).
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.rules.max_bytes = Some(MaxBytes(bytes));
        self
    }
}

impl Ask for MaxBytes {
    const KEY: &'static str = "max_bytes";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "1024";
    const KIND: Kind = Kind::Ceiling;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_max_bytes") };
        all.push(Requirement::of("password_too_many_bytes", key).number("max_bytes", self.0));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if question.password.len() > self.0 {
            let key = const { key("password_too_many_bytes") };
            found.push(Violation::of(key, &[Advice::Shorten]).number("max_bytes", self.0));
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        in_range(Self::KEY, self.0, 1, usize::MAX)
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        if draw.most_bytes() > self.0 { f64::INFINITY } else { 0.0 }
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
