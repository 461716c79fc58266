mod classes;
mod error;
mod of_policy;

pub use error::PrintRulesError;

use alloc::vec::Vec;
use core::fmt;

use classes::RuleClasses;

/// What the attribute `passwordrules` says; `Display` is its value.
struct PasswordRules {
    min_length: Option<usize>,
    max_length: Option<usize>,
    max_consecutive: Option<usize>,
    /// A password must have a character of each of these. No two are the same.
    required: Vec<RuleClasses>,
    allowed: RuleClasses,
}

impl fmt::Display for PasswordRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            ("minlength", self.min_length),
            ("maxlength", self.max_length),
            ("max-consecutive", self.max_consecutive),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                write!(f, "{name}: {number}; ")?;
            }
        }
        for classes in &self.required {
            write!(f, "required: {classes}; ")?;
        }
        write!(f, "allowed: {};", self.allowed)
    }
}
