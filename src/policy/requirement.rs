use core::fmt;

use super::quantity::Quantity;
use super::{CharacterSet, Classes, WhiteSpace};

/// One rule of a [`Policy`](super::Policy), for whoever has to tell people beforehand.
///
/// `Display` is a short English phrase, such as `at least 8 characters`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// The ceiling of bytes.
    MaxBytes {
        /// The most bytes of UTF-8.
        max_bytes: usize,
    },
    /// Not like the personal information.
    NotSimilar,
    /// The fewest characters.
    MinLength {
        /// The fewest code points.
        min_length: usize,
    },
    /// The most characters.
    MaxLength {
        /// The most code points.
        max_length: usize,
    },
    /// Not on the list of common passwords.
    NotCommon,
    /// Not only digits.
    NotEntirelyNumeric,
    /// Characters of certain classes.
    Classes {
        /// The number asked of each class.
        at_least: Classes,
    },
    /// No white space.
    NoWhiteSpace {
        /// Where it is refused.
        place: WhiteSpace,
    },
    /// No control characters.
    NoControlCharacters,
    /// No characters but these.
    AllowedCharacters {
        /// All that are allowed.
        allowed: CharacterSet,
    },
    /// None of these characters.
    NoIllegalCharacters {
        /// All that are refused.
        illegal: CharacterSet,
    },
}

impl Requirement {
    /// The code of the [`Violation`](super::Violation) that says the rule is not met.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MaxBytes { .. } => "password_too_many_bytes",
            Self::NotSimilar => "password_too_similar",
            Self::MinLength { .. } => "password_too_short",
            Self::MaxLength { .. } => "password_too_long",
            Self::NotCommon => "password_too_common",
            Self::NotEntirelyNumeric => "password_entirely_numeric",
            Self::Classes { .. } => "password_missing_classes",
            Self::NoWhiteSpace { .. } => "password_has_white_space",
            Self::NoControlCharacters => "password_has_control_character",
            Self::AllowedCharacters { .. } => "password_character_not_allowed",
            Self::NoIllegalCharacters { .. } => "password_has_illegal_character",
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxBytes { max_bytes } => write!(f, "at most {}", Quantity::bytes(*max_bytes)),
            Self::NotSimilar => f.write_str("not close to your personal information"),
            Self::MinLength { min_length } => {
                write!(f, "at least {}", Quantity::characters(*min_length))
            }
            Self::MaxLength { max_length } => {
                write!(f, "at most {}", Quantity::characters(*max_length))
            }
            Self::NotCommon => f.write_str("not a password that many people use"),
            Self::NotEntirelyNumeric => f.write_str("not only digits"),
            Self::Classes { at_least } => write!(f, "at least {at_least}"),
            Self::NoWhiteSpace { place: WhiteSpace::Anywhere } => f.write_str("no white space"),
            Self::NoWhiteSpace { place: WhiteSpace::AtTheEnds } => {
                f.write_str("no white space at the beginning or the end")
            }
            Self::NoControlCharacters => f.write_str("no control characters"),
            Self::AllowedCharacters { allowed } => write!(f, "only the characters {allowed}"),
            Self::NoIllegalCharacters { illegal } => write!(f, "none of the characters {illegal}"),
        }
    }
}
