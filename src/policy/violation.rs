mod wording;

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;
use core::ops::Deref;

use super::{
    Attribute, BreachUnknown, Categories, CharacterSet, Classes, Rearrangement, Reduction,
    WhiteSpace,
};
use crate::answer::Answer;

/// One thing that is wrong with a password.
///
/// `Display` is an English sentence that never repeats a part of the password and depends on the rule
/// alone; a [`Catalogue`](super::Catalogue) has it in other languages. A `position` counts code points
/// from 0.
///
/// With the feature `serde` it is `{"code": "password_too_short", "params": {"min_length": 8}}`, with a
/// third field `position` where there is one. The parameters have the names of the placeholders of a
/// catalogue, and besides these `place` (`anywhere`, `at_the_ends`) of white space, `how` of a password
/// that is the old one ([`Rearrangement::name`]) and `reason` of one that could not be compared with
/// breaches ([`BreachUnknown::code`]). Classes are a map of names to numbers, and sets as in a
/// configuration. The words of a rule of the host's own are not serialized, only its code.
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
    /// One character too often, wherever it stands.
    TooManyOccurrences {
        /// The most.
        max_occurrences: usize,
        /// Where the first stands that is one too many.
        position: usize,
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
    /// Has a word in it that is forbidden.
    ForbiddenWord,
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
            Self::TooManyOccurrences { .. } => "password_has_character_too_often",
            Self::Sequence { .. } => "password_has_sequence",
            Self::KeyboardWalk { .. } => "password_has_keyboard_walk",
            Self::ContextWord => "password_is_context_word",
            Self::ForbiddenWord => "password_has_forbidden_word",
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

    /// Where in the password something is wrong, in code points from 0, if it is at one place.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        match self {
            Self::WhiteSpace { position, .. }
            | Self::ControlCharacter { position }
            | Self::CharacterNotAllowed { position }
            | Self::IllegalCharacter { position }
            | Self::Repeated { position, .. }
            | Self::ClassRepeated { position, .. }
            | Self::TooManyOccurrences { position, .. }
            | Self::Sequence { position, .. }
            | Self::KeyboardWalk { position, .. } => Some(*position),
            _ => None,
        }
    }

    /// The field of a form that the violation belongs to: `password`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        "password"
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
    pub(crate) fn one(violation: Violation) -> Self {
        Self { found: vec![violation] }
    }

    /// What the person who chose the password may be told: [`Answer::Invalid`], or
    /// [`Answer::Unavailable`] where no other password would help, because the service could not judge it.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let helps = |violation: &Violation| !violation.advice().is_empty();
        if self.iter().any(helps) { Answer::Invalid } else { Answer::Unavailable }
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
