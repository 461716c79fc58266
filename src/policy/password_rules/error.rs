use core::fmt;

use crate::policy::Requirement;

/// Why a text is no `passwordrules`. Positions are bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PasswordRulesError {
    /// Longer than any text that is parsed.
    TooLong {
        /// The longest, in bytes.
        max_bytes: usize,
    },
    /// Neither `minlength`, `maxlength`, `max-consecutive`, `required` nor `allowed`.
    UnknownProperty {
        /// Where the name begins.
        position: usize,
    },
    /// A name that no class of characters has.
    UnknownClass {
        /// Where the name begins.
        position: usize,
    },
    /// Nothing after a colon or a comma.
    MissingValue {
        /// Where it should begin.
        position: usize,
    },
    /// Something else than digits where a number belongs.
    NotANumber {
        /// Where it begins.
        position: usize,
    },
    /// Zero, which asks nothing or allows nothing, or more than any length can be.
    NumberOutOfRange {
        /// Where it begins.
        position: usize,
    },
    /// A custom class without its last bracket.
    ClassNotClosed {
        /// Where it begins.
        position: usize,
    },
    /// A custom class without a character of printable ASCII.
    ClassEmpty {
        /// Where it begins.
        position: usize,
    },
    /// A dash that is not the first character of its custom class: there are no ranges, and browsers
    /// pass it over.
    DashNotFirst {
        /// Where it stands.
        position: usize,
    },
    /// Something that cannot stand there.
    UnexpectedCharacter {
        /// Where it stands; behind the text if that ends too early.
        position: usize,
    },
}

impl PasswordRulesError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "password_rules_too_long",
            Self::UnknownProperty { .. } => "password_rules_unknown_property",
            Self::UnknownClass { .. } => "password_rules_unknown_class",
            Self::MissingValue { .. } => "password_rules_missing_value",
            Self::NotANumber { .. } => "password_rules_not_a_number",
            Self::NumberOutOfRange { .. } => "password_rules_number_out_of_range",
            Self::ClassNotClosed { .. } => "password_rules_class_not_closed",
            Self::ClassEmpty { .. } => "password_rules_class_empty",
            Self::DashNotFirst { .. } => "password_rules_dash_not_first",
            Self::UnexpectedCharacter { .. } => "password_rules_unexpected_character",
        }
    }

    /// The byte at which the text stops making sense.
    #[must_use]
    pub const fn position(&self) -> usize {
        match *self {
            Self::TooLong { max_bytes } => max_bytes,
            Self::UnknownProperty { position }
            | Self::UnknownClass { position }
            | Self::MissingValue { position }
            | Self::NotANumber { position }
            | Self::NumberOutOfRange { position }
            | Self::ClassNotClosed { position }
            | Self::ClassEmpty { position }
            | Self::DashNotFirst { position }
            | Self::UnexpectedCharacter { position } => position,
        }
    }
}

impl fmt::Display for PasswordRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::TooLong { max_bytes } => {
                return write!(f, "password rules take {max_bytes} bytes at most");
            }
            Self::UnknownProperty { .. } => "an unknown property",
            Self::UnknownClass { .. } => "an unknown class of characters",
            Self::MissingValue { .. } => "no value",
            Self::NotANumber { .. } => "something else than a number",
            Self::NumberOutOfRange { .. } => "a number that is zero or too large",
            Self::ClassNotClosed { .. } => "a custom class that does not end",
            Self::ClassEmpty { .. } => "a custom class without printable ASCII",
            Self::DashNotFirst { .. } => "a dash that is not the first of its custom class",
            Self::UnexpectedCharacter { .. } => "something unexpected",
        };
        write!(f, "the password rules have {what} at byte {}", self.position())
    }
}

impl core::error::Error for PasswordRulesError {}

/// Why a policy cannot be said as `passwordrules`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrintRulesError {
    /// A rule asks for more, or for other characters, than the syntax can ask for.
    RequirementNotSaid {
        /// The rule.
        requirement: Requirement,
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
