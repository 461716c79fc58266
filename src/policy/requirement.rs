use core::fmt;

use super::quantity::Quantity;
use super::{Categories, CharacterSet, Classes, WhiteSpace};

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
    /// Characters of a set.
    Set {
        /// The fewest.
        at_least: usize,
        /// The set.
        set: CharacterSet,
    },
    /// Some of several kinds of characters.
    Categories {
        /// How many kinds.
        at_least: usize,
        /// The kinds to choose from.
        of: Categories,
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
    /// No longer run of one character.
    MaxRepeat {
        /// The longest run.
        max_repeat: usize,
    },
    /// No longer run of one class of characters.
    MaxClassRepeat {
        /// The longest run.
        max_class_repeat: usize,
    },
    /// Different characters.
    MinDistinct {
        /// The fewest code points.
        min_distinct: usize,
    },
    /// No longer run of an alphabet.
    MaxSequence {
        /// The longest run.
        max_sequence: usize,
    },
    /// No longer walk over neighbouring keys.
    MaxKeyboardWalk {
        /// The longest walk.
        max_keyboard_walk: usize,
    },
    /// Not a word of the service's own.
    NoContextWord,
    /// No name of the owner in it.
    NoPersonalNames,
    /// Not the same backwards.
    NoPalindrome,
    /// Changes from the old password.
    MinChanged {
        /// The fewest changes.
        min_changed: usize,
    },
    /// Not the old password over again.
    NotRearranged,
    /// None of the last passwords.
    NotAmongLast {
        /// How many of the last are refused.
        last: usize,
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
            Self::Set { .. } => "password_missing_from_set",
            Self::Categories { .. } => "password_too_few_kinds",
            Self::NoWhiteSpace { .. } => "password_has_white_space",
            Self::NoControlCharacters => "password_has_control_character",
            Self::AllowedCharacters { .. } => "password_character_not_allowed",
            Self::NoIllegalCharacters { .. } => "password_has_illegal_character",
            Self::MaxRepeat { .. } => "password_repeats_character",
            Self::MaxClassRepeat { .. } => "password_repeats_class",
            Self::MinDistinct { .. } => "password_too_few_distinct",
            Self::MaxSequence { .. } => "password_has_sequence",
            Self::MaxKeyboardWalk { .. } => "password_has_keyboard_walk",
            Self::NoContextWord => "password_is_context_word",
            Self::NoPersonalNames => "password_has_personal_name",
            Self::NoPalindrome => "password_is_palindrome",
            Self::MinChanged { .. } => "password_too_little_changed",
            Self::NotRearranged => "password_rearranged",
            Self::NotAmongLast { .. } => "password_used_before",
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
            Self::Set { at_least, set } => write!(f, "at least {at_least} of the characters {set}"),
            Self::Categories { at_least, of } => write!(f, "at least {at_least} of {of}"),
            Self::NoWhiteSpace { place: WhiteSpace::Anywhere } => f.write_str("no white space"),
            Self::NoWhiteSpace { place: WhiteSpace::AtTheEnds } => {
                f.write_str("no white space at the beginning or the end")
            }
            Self::NoControlCharacters => f.write_str("no control characters"),
            Self::AllowedCharacters { allowed } => write!(f, "only the characters {allowed}"),
            Self::NoIllegalCharacters { illegal } => write!(f, "none of the characters {illegal}"),
            Self::MaxRepeat { max_repeat } => {
                write!(f, "no character more than {} in a row", Quantity::times(*max_repeat))
            }
            Self::MaxClassRepeat { max_class_repeat } => {
                write!(
                    f,
                    "no more than {} of one kind in a row",
                    Quantity::characters(*max_class_repeat)
                )
            }
            Self::MinDistinct { min_distinct } => {
                write!(f, "at least {}", Quantity::different(*min_distinct))
            }
            Self::MaxSequence { max_sequence } => {
                write!(
                    f,
                    "no more than {} in alphabetical or numerical order",
                    Quantity::characters(*max_sequence)
                )
            }
            Self::MaxKeyboardWalk { max_keyboard_walk } => {
                write!(f, "no more than {} side by side", Quantity::keys(*max_keyboard_walk))
            }
            Self::NoContextWord => f.write_str("not the name of this service or one like it"),
            Self::NoPersonalNames => f.write_str("without your name or address"),
            Self::NoPalindrome => f.write_str("not the same backwards"),
            Self::MinChanged { min_changed } => {
                write!(
                    f,
                    "different from the old one by {} or more",
                    Quantity::characters(*min_changed)
                )
            }
            Self::NotRearranged => f.write_str("not the old one, turned around or in other case"),
            Self::NotAmongLast { last } => write!(f, "not one of your last {last}"),
        }
    }
}
