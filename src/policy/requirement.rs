mod wording;

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::interval::Interval;
use super::{Categories, CharacterSet, Classes, Policy, Reductions, WhiteSpace};

/// One rule of a [`Policy`](super::Policy), for whoever has to tell people beforehand.
///
/// `Display` is a short English phrase, such as `at least 8 characters`; a
/// [`Catalogue`](super::Catalogue) has it in other languages.
///
/// With the feature `serde` it has the shape of a [`Violation`](super::Violation) without a position:
/// `{"code": "password_too_short", "params": {"min_length": 8}}`. A requirement for some lengths has the
/// parameters `min`, `max` and `requirement`.
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
    /// No common password in disguise.
    NotDerivedFromCommon {
        /// What is undone before the list is asked.
        by: Reductions,
    },
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
    /// No character more often, wherever it stands.
    MaxOccurrences {
        /// The most.
        max_occurrences: usize,
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
    /// None of the words that are forbidden.
    NoForbiddenWord,
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
    /// Not seen in breaches, or not more often.
    MaxBreaches {
        /// The most often that is accepted.
        max_breaches: u64,
    },
    /// A rule that is asked of passwords of certain lengths only.
    OfLengths {
        /// From so many code points.
        min: usize,
        /// To so many.
        max: usize,
        /// The rule.
        asks: Arc<Self>,
    },
    /// A rule of the host's own.
    Own {
        /// [`Rule::code`](super::Rule::code).
        code: &'static str,
        /// [`Rule::requirement`](super::Rule::requirement).
        text: Cow<'static, str>,
    },
}

impl Policy {
    /// What is asked of a password below the ceiling of bytes, in the order of the violations.
    pub(super) fn requirements_below_the_ceiling(&self) -> Vec<Requirement> {
        let mut asked = Vec::new();
        asked.extend(self.max_similarity.map(|_| Requirement::NotSimilar));
        if self.min_length > 0 {
            asked.push(Requirement::MinLength { min_length: self.min_length });
        }
        asked.extend(self.max_length.map(|max_length| Requirement::MaxLength { max_length }));
        asked.extend(self.lists().next().map(|_| Requirement::NotCommon));
        asked.extend(self.reductions.map(|by| Requirement::NotDerivedFromCommon { by }));
        asked.extend(self.not_entirely_numeric.then_some(Requirement::NotEntirelyNumeric));
        if !self.classes.asks_nothing() {
            asked.push(Requirement::Classes { at_least: self.classes });
        }
        let sets = self.sets.iter().flat_map(|sets| sets.iter()).cloned();
        asked.extend(sets.map(|(at_least, set)| Requirement::Set { at_least, set }));
        self.requirements_of_characters(&mut asked);
        self.requirements_of_patterns(&mut asked);
        asked.extend(
            self.own_rules()
                .map(|rule| Requirement::Own { code: rule.code(), text: rule.requirement() }),
        );
        for Interval { min, max, rules } in self.intervals() {
            let of_lengths =
                |asks| Requirement::OfLengths { min: *min, max: *max, asks: Arc::new(asks) };
            asked.extend(rules.requirements_below_the_ceiling().into_iter().map(of_lengths));
        }
        asked.extend(self.min_changed.map(|min_changed| Requirement::MinChanged { min_changed }));
        asked.extend(self.not_rearranged.then_some(Requirement::NotRearranged));
        asked.extend(self.not_among_last.map(|last| Requirement::NotAmongLast { last }));
        asked.extend(
            self.max_breaches.map(|(max_breaches, _)| Requirement::MaxBreaches { max_breaches }),
        );
        asked
    }

    fn requirements_of_characters(&self, asked: &mut Vec<Requirement>) {
        asked.extend(
            self.categories.clone().map(|(at_least, of)| Requirement::Categories { at_least, of }),
        );
        asked.extend(self.no_white_space.map(|place| Requirement::NoWhiteSpace { place }));
        asked.extend(self.no_control_characters.then_some(Requirement::NoControlCharacters));
        asked
            .extend(self.allowed.clone().map(|allowed| Requirement::AllowedCharacters { allowed }));
        asked.extend(
            self.illegal.clone().map(|illegal| Requirement::NoIllegalCharacters { illegal }),
        );
        asked.extend(self.max_repeat.map(|max_repeat| Requirement::MaxRepeat { max_repeat }));
        asked.extend(
            self.max_class_repeat
                .map(|max_class_repeat| Requirement::MaxClassRepeat { max_class_repeat }),
        );
        asked.extend(
            self.min_distinct.map(|min_distinct| Requirement::MinDistinct { min_distinct }),
        );
        asked.extend(
            self.max_occurrences
                .map(|max_occurrences| Requirement::MaxOccurrences { max_occurrences }),
        );
    }

    fn requirements_of_patterns(&self, asked: &mut Vec<Requirement>) {
        asked.extend(
            self.max_sequence.map(|(max_sequence, _)| Requirement::MaxSequence { max_sequence }),
        );
        asked.extend(
            self.max_keyboard_walk
                .map(|max_keyboard_walk| Requirement::MaxKeyboardWalk { max_keyboard_walk }),
        );
        asked.extend(self.context_words.as_ref().map(|_| Requirement::NoContextWord));
        asked.extend(self.forbidden.as_ref().map(|_| Requirement::NoForbiddenWord));
        asked.extend(self.no_personal_names.then_some(Requirement::NoPersonalNames));
        asked.extend(self.no_palindrome.then_some(Requirement::NoPalindrome));
    }
}

impl Requirement {
    /// The code of the [`Violation`](super::Violation) that says the rule is not met.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MaxBytes { .. } => "password_too_many_bytes",
            Self::NotSimilar => "password_too_similar",
            Self::MinLength { .. } => "password_too_short",
            Self::MaxLength { .. } => "password_too_long",
            Self::NotCommon => "password_too_common",
            Self::NotDerivedFromCommon { .. } => "password_derived_from_common",
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
            Self::MaxOccurrences { .. } => "password_has_character_too_often",
            Self::MaxSequence { .. } => "password_has_sequence",
            Self::MaxKeyboardWalk { .. } => "password_has_keyboard_walk",
            Self::NoContextWord => "password_is_context_word",
            Self::NoForbiddenWord => "password_has_forbidden_word",
            Self::NoPersonalNames => "password_has_personal_name",
            Self::NoPalindrome => "password_is_palindrome",
            Self::MinChanged { .. } => "password_too_little_changed",
            Self::NotRearranged => "password_rearranged",
            Self::NotAmongLast { .. } => "password_used_before",
            Self::MaxBreaches { .. } => "password_breached",
            Self::OfLengths { asks, .. } => asks.code(),
            Self::Own { code, .. } => code,
        }
    }
}
