use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;
use core::ops::Deref;

use super::quantity::Quantity;
use super::{
    Attribute, BreachUnknown, Categories, CharacterSet, Classes, Rearrangement, Reduction,
    WhiteSpace,
};

/// One thing that is wrong with a password.
///
/// `Display` is an English sentence that never repeats a part of the password and depends on the rule
/// alone; a `position` counts code points from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Violation {
    /// Above the ceiling of bytes; always alone, because no other rule was asked.
    TooManyBytes {
        /// The most bytes of UTF-8.
        max_bytes: usize,
    },
    /// More personal information than the policy compares a password with; always alone, because no
    /// other rule was asked. The host's mistake, and not that of whoever typed.
    TooMuchPersonal {
        /// The most attributes.
        max_attributes: usize,
        /// The most bytes of UTF-8 of each.
        max_bytes: usize,
    },
    /// Like the owner's personal information.
    TooSimilar {
        /// The first attribute that is too similar.
        attribute: Attribute,
    },
    /// Too few characters.
    TooShort {
        /// The fewest code points.
        min_length: usize,
    },
    /// Too many characters.
    TooLong {
        /// The most code points.
        max_length: usize,
    },
    /// On the list of common passwords.
    TooCommon,
    /// A common password in disguise.
    DerivedFromCommon {
        /// What has to be undone to find it on the list; of several the first in the order of
        /// [`Reduction`].
        by: Reduction,
    },
    /// Digits and nothing else.
    EntirelyNumeric,
    /// Too few characters of one or more classes.
    MissingClasses {
        /// The classes that fall short, each with the number that the rule asks of it.
        missing: Classes,
    },
    /// Too few characters of a set.
    MissingFromSet {
        /// The fewest.
        at_least: usize,
        /// The set.
        set: CharacterSet,
    },
    /// Too few kinds of characters.
    TooFewCategories {
        /// How many kinds are asked for.
        at_least: usize,
        /// The kinds to choose from.
        of: Categories,
    },
    /// White space where it is refused.
    WhiteSpace {
        /// Where it is refused.
        place: WhiteSpace,
        /// Where the first stands.
        position: usize,
    },
    /// A control character.
    ControlCharacter {
        /// Where the first stands.
        position: usize,
    },
    /// A character that is not among those allowed.
    CharacterNotAllowed {
        /// Where the first stands.
        position: usize,
    },
    /// A character that is refused.
    IllegalCharacter {
        /// Where the first stands.
        position: usize,
    },
    /// One character too often in a row.
    Repeated {
        /// The longest run.
        max_repeat: usize,
        /// Where the first run that is longer begins.
        position: usize,
    },
    /// Too many characters of one class in a row.
    ClassRepeated {
        /// The longest run.
        max_class_repeat: usize,
        /// Where the first run that is longer begins.
        position: usize,
    },
    /// Too few different characters.
    TooFewDistinct {
        /// The fewest code points.
        min_distinct: usize,
    },
    /// Too many neighbours of an alphabet in a row.
    Sequence {
        /// The longest run.
        max_sequence: usize,
        /// Where the first run that is longer begins.
        position: usize,
    },
    /// Too many neighbouring keys in a row.
    KeyboardWalk {
        /// The longest walk.
        max_keyboard_walk: usize,
        /// Where the first walk that is longer begins.
        position: usize,
    },
    /// A word of the service's own, or derived from one.
    ContextWord,
    /// Has a name of the owner in it, or is part of one.
    PersonalName {
        /// The first attribute of which that is so.
        attribute: Attribute,
    },
    /// Reads the same backwards.
    Palindrome,
    /// Too much like the old password.
    TooLittleChanged {
        /// The fewest changes.
        min_changed: usize,
    },
    /// The old password over again.
    Rearranged {
        /// In which way.
        how: Rearrangement,
    },
    /// One of the last passwords.
    UsedBefore {
        /// How many of the last are refused.
        last: usize,
    },
    /// Nobody asked whether it is one of the last passwords.
    HistoryUnknown {
        /// How many of the last are refused.
        last: usize,
    },
    /// Seen in breaches.
    Breached {
        /// The most often that is accepted.
        max_breaches: u64,
        /// How often.
        count: NonZeroU64,
    },
    /// Nobody can tell whether it was seen in breaches.
    BreachUnknown {
        /// Why.
        reason: BreachUnknown,
    },
    /// Refused by a rule of the host's own.
    Own {
        /// [`Rule::code`](super::Rule::code).
        code: &'static str,
        /// [`Rule::message`](super::Rule::message).
        message: Cow<'static, str>,
    },
}

impl Violation {
    /// The stable name of the violation; where Django has the rule, it is Django's.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyBytes { .. } => "password_too_many_bytes",
            Self::TooMuchPersonal { .. } => "personal_information_too_large",
            Self::TooSimilar { .. } => "password_too_similar",
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong { .. } => "password_too_long",
            Self::TooCommon => "password_too_common",
            Self::DerivedFromCommon { by } => by.code(),
            Self::EntirelyNumeric => "password_entirely_numeric",
            Self::MissingClasses { .. } => "password_missing_classes",
            Self::MissingFromSet { .. } => "password_missing_from_set",
            Self::TooFewCategories { .. } => "password_too_few_kinds",
            Self::WhiteSpace { .. } => "password_has_white_space",
            Self::ControlCharacter { .. } => "password_has_control_character",
            Self::CharacterNotAllowed { .. } => "password_character_not_allowed",
            Self::IllegalCharacter { .. } => "password_has_illegal_character",
            Self::Repeated { .. } => "password_repeats_character",
            Self::ClassRepeated { .. } => "password_repeats_class",
            Self::TooFewDistinct { .. } => "password_too_few_distinct",
            Self::Sequence { .. } => "password_has_sequence",
            Self::KeyboardWalk { .. } => "password_has_keyboard_walk",
            Self::ContextWord => "password_is_context_word",
            Self::PersonalName { .. } => "password_has_personal_name",
            Self::Palindrome => "password_is_palindrome",
            Self::TooLittleChanged { .. } => "password_too_little_changed",
            Self::Rearranged { .. } => "password_rearranged",
            Self::UsedBefore { .. } => "password_used_before",
            Self::HistoryUnknown { .. } => "password_history_unknown",
            Self::Breached { .. } => "password_breached",
            Self::BreachUnknown { .. } => "password_breach_unknown",
            Self::Own { code, .. } => code,
        }
    }

    /// The field of a form that the violation belongs to: `password`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        "password"
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyBytes { max_bytes } => {
                write!(f, "Your new password may take {} at most.", Quantity::bytes(*max_bytes))
            }
            Self::TooMuchPersonal { .. } => f.write_str(
                "More is known about you than a password can be compared with. Ask for help.",
            ),
            Self::TooSimilar { attribute } => {
                write!(f, "Your new password resembles your {} too closely.", attribute.name())
            }
            Self::TooShort { min_length } => {
                write!(f, "Your new password needs {} or more.", Quantity::characters(*min_length))
            }
            Self::TooLong { max_length } => {
                write!(
                    f,
                    "Your new password may have {} at most.",
                    Quantity::characters(*max_length)
                )
            }
            Self::TooCommon => {
                f.write_str("Many people use that password, so it is easily guessed.")
            }
            Self::DerivedFromCommon { by } => {
                write!(f, "Your new password is one that many people use, {}.", by.phrase())
            }
            Self::EntirelyNumeric => {
                f.write_str("Your new password needs something other than digits.")
            }
            Self::MissingClasses { missing } => {
                write!(f, "Your new password needs at least {missing}.")
            }
            Self::MissingFromSet { at_least, set } => {
                write!(f, "Your new password needs at least {at_least} of these: {set}")
            }
            Self::TooFewCategories { at_least, of } => {
                write!(f, "Your new password needs at least {at_least} of these kinds: {of}.")
            }
            Self::WhiteSpace { place: WhiteSpace::Anywhere, .. } => {
                f.write_str("Your new password may not have white space.")
            }
            Self::WhiteSpace { place: WhiteSpace::AtTheEnds, .. } => {
                f.write_str("Your new password may not begin or end with white space.")
            }
            Self::ControlCharacter { .. } => {
                f.write_str("Your new password may not have control characters.")
            }
            Self::CharacterNotAllowed { .. } => {
                f.write_str("Your new password has a character that is not allowed here.")
            }
            Self::IllegalCharacter { .. } => {
                f.write_str("Your new password has a character that may not be used.")
            }
            Self::Repeated { max_repeat, .. } => {
                let times = Quantity::times(*max_repeat);
                write!(f, "Your new password may have a character {times} in a row at most.")
            }
            Self::ClassRepeated { max_class_repeat, .. } => {
                let characters = Quantity::characters(*max_class_repeat);
                write!(f, "Your new password may have {characters} of one kind in a row at most.")
            }
            Self::TooFewDistinct { min_distinct } => {
                let different = Quantity::different(*min_distinct);
                write!(f, "Your new password needs {different} or more.")
            }
            Self::Sequence { max_sequence, .. } => {
                let characters = Quantity::characters(*max_sequence);
                write!(
                    f,
                    "Your new password may have {characters} in alphabetical or numerical order at most."
                )
            }
            Self::KeyboardWalk { max_keyboard_walk, .. } => {
                let keys = Quantity::keys(*max_keyboard_walk);
                write!(f, "Your new password may walk over {keys} side by side at most.")
            }
            Self::ContextWord => {
                f.write_str("Your new password is the name of this service, or too much like it.")
            }
            Self::PersonalName { attribute } => {
                write!(f, "Your new password may not have your {} in it.", attribute.name())
            }
            Self::Palindrome => f.write_str("Your new password may not be the same backwards."),
            Self::TooLittleChanged { min_changed } => {
                let characters = Quantity::characters(*min_changed);
                write!(
                    f,
                    "Your new password needs to differ from the old one by {characters} or more."
                )
            }
            Self::Rearranged { how: Rearrangement::Case } => {
                f.write_str("Your new password is the old one.")
            }
            Self::Rearranged { how: Rearrangement::Reversed } => {
                f.write_str("Your new password is the old one backwards.")
            }
            Self::Rearranged { how: Rearrangement::Rotated } => {
                f.write_str("Your new password is the old one, begun at another place.")
            }
            Self::UsedBefore { last } => {
                write!(f, "Your new password may not be one of your last {last}.")
            }
            Self::HistoryUnknown { .. } => f.write_str(
                "Your new password could not be compared with your last ones. Try again later.",
            ),
            Self::Breached { .. } => f.write_str(
                "Your new password is in a list of stolen passwords, so it is easily guessed.",
            ),
            Self::BreachUnknown { .. } => f.write_str(
                "Your new password could not be compared with stolen ones. Try again later.",
            ),
            Self::Own { message, .. } => f.write_str(message),
        }
    }
}

/// Everything that is wrong with a password: one violation or more, in the order of the rules.
///
/// Reads as a slice; `Display` is all the sentences, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violations {
    found: Vec<Violation>,
}

impl Violations {
    pub(super) fn one(violation: Violation) -> Self {
        Self { found: vec![violation] }
    }

    pub(super) fn unless_empty(found: Vec<Violation>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self { found }) }
    }
}

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.found
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = core::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl core::error::Error for Violations {}
