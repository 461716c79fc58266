//! The rules: one module each, and the list of them.
//!
//! A further rule is a module here, a line in [`rules!`], and its English texts in `catalogue/english/rules.rs`,
//! which `catalogue/keys.md` lists. What it means to others is decided in two places: a rule about single
//! characters or lengths changes what `password_rules/of_policy.rs` prints, and a rule that a standard demands
//! or forbids changes `preset/demands.rs` and `preset/standards.md`.

mod allowed_characters;
mod at_least;
mod at_least_kinds;
mod at_most;
mod context_words;
mod illegal_characters;
mod limits;
mod max_breaches;
mod max_bytes;
mod max_class_repeat;
mod max_keyboard_walk;
mod max_length;
mod max_occurrences;
mod max_repeat;
mod max_sequence;
mod max_similarity;
mod min_age;
mod min_changed;
mod min_distinct;
mod min_length;
mod no_control_characters;
mod no_palindrome;
mod no_personal_names;
mod no_white_space;
mod not_among_last;
mod not_blank;
mod not_common;
mod not_containing;
mod not_derived_from_common;
mod not_derived_from_names;
mod not_entirely_numeric;
mod not_rearranged;
mod not_used_within;

use alloc::vec::Vec;
use core::fmt;

use super::characters::ranges::Ranges;
use super::draw::Draw;
#[cfg(feature = "serde")]
use super::field::{Field, FieldError, Value};
use super::{
    Categories, Category, Evidence, Personal, PolicyError, Requirement, Violation, const_eq,
};
pub(super) use at_least::AtLeast;
pub(super) use at_least_kinds::AtLeastKinds;
pub(super) use limits::Limits;
use limits::in_range;
#[cfg(feature = "common-passwords")]
pub(super) use not_common::{NotCommon, Part};

/// One rule: what it asks, and everything that depends on that.
pub(super) trait Ask: Clone + fmt::Debug + PartialEq {
    /// The method of the builder, and the field of a configuration.
    const KEY: &'static str;

    /// A value of the field, in TOML.
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str;

    const KIND: Kind;

    /// Whether the owner's names decide.
    const NEEDS_OWNER: bool = false;

    /// The method of the builder that it comes from, where there are several.
    fn method(&self) -> &'static str {
        Self::KEY
    }

    /// Appends what is asked, in the order of the violations.
    fn requirements(&self, all: &mut Vec<Requirement>);

    /// Appends what is wrong. Nothing is allocated for a password that is accepted.
    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>);

    /// Whether it is still asked after others found this.
    fn is_asked_after(&self, _found: &[Violation]) -> bool {
        true
    }

    /// Refuses numbers out of range and what leaves no password.
    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        Ok(())
    }

    /// Whether nobody asked for it, so that it is not asked again within another policy.
    fn is_default(&self) -> bool {
        false
    }

    /// Whether it looks for something within the password, which NIST SP 800-63B-4 section 3.1.1.2
    /// forbids: it compares the entire password.
    fn looks_within(&self) -> bool {
        false
    }

    /// Whether random passwords often break it, and the attribute `passwordrules` has no word for it.
    fn is_unsaid(&self) -> bool {
        false
    }

    /// Takes away the characters that may not be in a password at all.
    fn narrow(&self, _permitted: &mut Ranges) {}

    /// Appends what a generator counts exactly.
    fn needs(&self, _needs: &mut Vec<Need>) {}

    /// The chance, at most, that it refuses a drawn password, which is then drawn again; it may come out
    /// above 1. It is 0 for what is counted exactly, and for what a generator does not ask.
    fn refuses_at_most(&self, draw: &Draw<'_>, all: &Rules) -> f64;

    /// The same for the names of an owner.
    fn refuses_owner_at_most(&self, _draw: &Draw<'_>, _about: &Personal<'_>) -> f64 {
        0.0
    }

    /// Reads the value of the field; `None` switches the rule off.
    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError>;

    /// What `read` reads.
    #[cfg(feature = "serde")]
    fn write(&self) -> Value;

    /// The rule of a configuration upon that of a preset.
    #[cfg(feature = "serde")]
    fn upon(self, _preset: Self) -> Self {
        self
    }
}

/// When a rule is asked, and what standards say of such rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Asked first, and alone if it refuses.
    Ceiling,
    /// How long the password is, what it is, or what it is like.
    Whole,
    /// Of which characters it is made, and in which order: NIST SP 800-63B-4 forbids such rules.
    Composition,
    /// Asked only with what the host found out besides the password.
    Evidence,
}

/// When a rule is asked, and has its lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    First,
    Between,
    Last,
}

impl Kind {
    pub(super) const fn when(self) -> When {
        match self {
            Self::Ceiling => When::First,
            Self::Whole | Self::Composition => When::Between,
            Self::Evidence => When::Last,
        }
    }
}

/// Why a policy has a rule that is asked by default.
#[derive(Clone, Copy, Debug, Eq)]
pub(super) enum Origin {
    /// Nobody switched it off.
    Default,
    /// The host named it.
    Named,
}

/// Policies that ask the same are equal.
impl PartialEq for Origin {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// What a rule is asked about.
pub(super) struct Question<'a> {
    pub(super) password: &'a str,
    /// In code points.
    pub(super) length: usize,
    pub(super) about: &'a Personal<'a>,
    /// All that is asked with it.
    pub(super) rules: &'a Rules,
    pub(super) evidence: Evidence<'a>,
}

/// What a generator counts: so many of something.
#[derive(Clone, Debug)]
pub(super) enum Need {
    Of(usize, Category),
    Kinds(usize, Categories),
    /// One character that is such.
    One(fn(char) -> bool),
}

/// Something that is done for each rule.
pub(super) trait Visit {
    fn visit<R: Ask>(&mut self, rule: &R);
}

/// Each rule by its key, in the order in which violations are reported.
macro_rules! rules {
    ($($key:ident: $module:ident::$Rule:ident,)+) => {
        /// The rules of a policy.
        #[derive(Clone, Debug, PartialEq)]
        pub(super) struct Rules {
            $(pub(super) $key: Option<$module::$Rule>,)+
        }

        impl Rules {
            pub(super) const NONE: Self = Self { $($key: None,)+ };

            /// The fields of a configuration, each with an example.
            #[cfg(feature = "serde")]
            pub(super) const FIELDS: &'static [(&'static str, &'static str)] =
                &[$((stringify!($key), <$module::$Rule as Ask>::EXAMPLE)),+];

            /// Visits each rule that is asked.
            pub(super) fn each(&self, visitor: &mut impl Visit) {
                $(if let Some(rule) = &self.$key {
                    visitor.visit(rule);
                })+
            }

            /// Reads the rule of this key; if it is switched off, its key.
            #[cfg(feature = "serde")]
            pub(super) fn read(
                &mut self,
                key: &str,
                given: Field<'_>,
            ) -> Result<Option<&'static str>, FieldError> {
                $(if key == stringify!($key) {
                    self.$key = <$module::$Rule as Ask>::read(given)
                        .map_err(|error| error.such_as(<$module::$Rule as Ask>::EXAMPLE))?;
                    return Ok(self.$key.is_none().then_some(stringify!($key)));
                })+
                Ok(None)
            }

            /// Whether the rule of this key is asked.
            #[cfg(feature = "serde")]
            pub(super) fn has(&self, key: &str) -> bool {
                $((key == stringify!($key) && self.$key.is_some()) ||)+ false
            }

            /// Switches the rule of this key off.
            #[cfg(feature = "serde")]
            pub(super) fn switch_off(&mut self, key: &str) {
                $(if key == stringify!($key) {
                    self.$key = None;
                })+
            }

            /// Without the rules that nobody asked for.
            pub(super) fn without_defaults(mut self) -> Self {
                $(self.$key = self.$key.filter(|rule| !rule.is_default());)+
                self
            }

            /// Adds the rules of a configuration, each upon what a preset has of it.
            #[cfg(feature = "serde")]
            pub(super) fn add(&mut self, others: Self) {
                $(if let Some(rule) = others.$key {
                    self.$key = Some(match self.$key.take() {
                        Some(preset) => rule.upon(preset),
                        None => rule,
                    });
                })+
            }
        }

        /// The names of all fields of a table of rules.
        #[cfg(feature = "serde")]
        pub(super) const TABLE: &[&str] =
            &["preset", $(stringify!($key),)+ "of_lengths", "warn"];

        $(const _: () = assert!(const_eq::is_same(<$module::$Rule as Ask>::KEY, stringify!($key)));)+
    };
}

rules! {
    max_bytes: max_bytes::MaxBytes,
    max_similarity: max_similarity::MaxSimilarity,
    min_length: min_length::MinLength,
    max_length: max_length::MaxLength,
    not_common: not_common::NotCommon,
    not_derived_from_common: not_derived_from_common::NotDerivedFromCommon,
    not_entirely_numeric: not_entirely_numeric::NotEntirelyNumeric,
    at_least: at_least::AtLeast,
    at_least_kinds: at_least_kinds::AtLeastKinds,
    at_most: at_most::AtMost,
    no_white_space: no_white_space::NoWhiteSpace,
    no_control_characters: no_control_characters::NoControlCharacters,
    not_blank: not_blank::NotBlank,
    allowed_characters: allowed_characters::AllowedCharacters,
    illegal_characters: illegal_characters::IllegalCharacters,
    max_repeat: max_repeat::MaxRepeat,
    max_class_repeat: max_class_repeat::MaxClassRepeat,
    min_distinct: min_distinct::MinDistinct,
    max_occurrences: max_occurrences::MaxOccurrences,
    max_sequence: max_sequence::MaxSequence,
    max_keyboard_walk: max_keyboard_walk::MaxKeyboardWalk,
    context_words: context_words::ContextWords,
    not_containing: not_containing::NotContaining,
    no_personal_names: no_personal_names::NoPersonalNames,
    not_derived_from_names: not_derived_from_names::NotDerivedFromNames,
    no_palindrome: no_palindrome::NoPalindrome,
    min_changed: min_changed::MinChanged,
    not_rearranged: not_rearranged::NotRearranged,
    not_among_last: not_among_last::NotAmongLast,
    not_used_within: not_used_within::NotUsedWithin,
    min_age: min_age::MinAge,
    max_breaches: max_breaches::MaxBreaches,
}
