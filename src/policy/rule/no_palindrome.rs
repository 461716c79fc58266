use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::change;
use crate::policy::draw::power;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// Not the same backwards.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NoPalindrome;

impl PolicyBuilder {
    /// Refuses a password that reads the same backwards, in any letter case.
    pub fn no_palindrome(mut self) -> Self {
        self.rules.no_palindrome = Some(NoPalindrome);
        self
    }
}

impl Ask for NoPalindrome {
    const KEY: &'static str = "no_palindrome";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_palindrome") };
        all.push(Requirement::of("password_is_palindrome", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if change::is_palindrome(question.password) {
            let key = const { key("password_is_palindrome") };
            found.push(Violation::of(key, &[Advice::NoPatterns]));
        }
    }

    /// Every password of one character is one.
    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        if limits.longest > 1 {
            return Ok(());
        }
        Err(PolicyError::Contradiction { field: Self::KEY, other: limits.longest_by })
    }

    /// Of two places that mirror one another, one takes the lower case of the other. Separators mirror
    /// one another, or else nothing is a palindrome.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        power(draw.alphabet.of_one_case as f64 / draw.alphabet.size(), draw.drawn() / 2)
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
