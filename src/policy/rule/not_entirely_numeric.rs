use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Need, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::numeric;
use crate::policy::{Advice, CharacterClass, PolicyBuilder, PolicyError, Requirement, Violation};

/// Not only digits.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotEntirelyNumeric;

impl PolicyBuilder {
    /// Refuses passwords of digits alone: code points with Numeric_Type Decimal or Digit, the set
    /// of Python's `str.isdigit` that Django uses, so superscripts and circled digits are among
    /// them.
    pub fn not_entirely_numeric(mut self) -> Self {
        self.rules.not_entirely_numeric = Some(NotEntirelyNumeric);
        self
    }
}

impl Ask for NotEntirelyNumeric {
    const KEY: &'static str = "not_entirely_numeric";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_entirely_numeric") };
        all.push(Requirement::of("password_entirely_numeric", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if numeric::is_entirely_numeric(question.password) {
            let key = const { key("password_entirely_numeric") };
            found.push(Violation::of(key, &[Advice::SeveralWords]));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let digits = limits.at_least.classes.count(CharacterClass::Digit);
        let other = if digits > 0 && digits == limits.longest {
            "at_least"
        } else if limits.leaves_only(numeric::is_digit) {
            "allowed_characters"
        } else {
            return Ok(());
        };
        Err(PolicyError::Contradiction { field: Self::KEY, other })
    }

    fn needs(&self, needs: &mut Vec<Need>) {
        needs.push(Need::One(|character| !numeric::is_digit(character)));
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(given.flag()?.then_some(Self))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::Flag(true)
    }
}
