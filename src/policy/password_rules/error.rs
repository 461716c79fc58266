use alloc::boxed::Box;
use core::fmt;

use crate::policy::Requirement;

/// Why a policy has no value of the attribute `passwordrules`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrintRulesError {
    /// A rule asks for more, or for other characters, than the syntax can ask for.
    RequirementNotSaid {
        /// The rule.
        requirement: Box<Requirement>,
    },
    /// No character of printable ASCII is allowed, or a single one and not as often as it is needed.
    NothingAllowed,
    /// So many classes are required that they may not fit the length.
    NoRoom {
        /// How many are required.
        required: usize,
        /// The most characters.
        max_length: usize,
    },
}

impl PrintRulesError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RequirementNotSaid { .. } => "password_rules_requirement_not_said",
            Self::NothingAllowed => "password_rules_nothing_allowed",
            Self::NoRoom { .. } => "password_rules_no_room",
        }
    }
}

impl fmt::Display for PrintRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RequirementNotSaid { requirement } => {
                write!(f, "password rules cannot say: {requirement}")
            }
            Self::NothingAllowed => {
                f.write_str("password rules need a character of printable ASCII that is allowed")
            }
            Self::NoRoom { required, max_length } => {
                write!(f, "{required} required classes may not fit {max_length} characters")
            }
        }
    }
}

impl core::error::Error for PrintRulesError {}
