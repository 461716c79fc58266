use core::fmt;

use crate::policy::catalogue::{OwnGroup, Value, Wording, key};
use crate::policy::{Catalogue, Requirement, WhiteSpace};

impl Requirement {
    /// Which text says it, and with which facts.
    pub(in crate::policy) fn wording(&self) -> Wording<'_> {
        let of = Wording::of;
        match self {
            Self::MaxBytes { max_bytes } => {
                of(const { key("requirement_max_bytes") }).number("max_bytes", *max_bytes)
            }
            Self::NotSimilar => of(const { key("requirement_not_similar") }),
            Self::MinLength { min_length } => {
                of(const { key("requirement_min_length") }).number("min_length", *min_length)
            }
            Self::MaxLength { max_length } => {
                of(const { key("requirement_max_length") }).number("max_length", *max_length)
            }
            Self::NotCommon => of(const { key("requirement_not_common") }),
            Self::NotDerivedFromCommon { by } => {
                of(const { key("requirement_not_derived_from_common") })
                    .with("by", Value::Reductions(*by))
            }
            Self::NotEntirelyNumeric => of(const { key("requirement_not_entirely_numeric") }),
            Self::Classes { at_least } => {
                of(const { key("requirement_classes") }).with("classes", Value::Classes(at_least))
            }
            Self::Set { at_least, set } => of(const { key("requirement_set") })
                .number("at_least", *at_least)
                .with("set", Value::Set(set)),
            Self::Categories { at_least, of: kinds } => of(const { key("requirement_categories") })
                .number("at_least", *at_least)
                .with("kinds", Value::Categories(kinds)),
            Self::NoWhiteSpace { place: WhiteSpace::Anywhere } => {
                of(const { key("requirement_no_white_space") })
            }
            Self::NoWhiteSpace { place: WhiteSpace::AtTheEnds } => {
                of(const { key("requirement_no_white_space_at_the_ends") })
            }
            Self::NoControlCharacters => of(const { key("requirement_no_control_characters") }),
            Self::AllowedCharacters { allowed } => {
                of(const { key("requirement_allowed_characters") }).with("set", Value::Set(allowed))
            }
            Self::NoIllegalCharacters { illegal } => {
                of(const { key("requirement_no_illegal_characters") })
                    .with("set", Value::Set(illegal))
            }
            Self::MaxRepeat { max_repeat } => {
                of(const { key("requirement_max_repeat") }).number("max_repeat", *max_repeat)
            }
            Self::MaxClassRepeat { max_class_repeat } => {
                of(const { key("requirement_max_class_repeat") })
                    .number("max_class_repeat", *max_class_repeat)
            }
            Self::MinDistinct { min_distinct } => {
                of(const { key("requirement_min_distinct") }).number("min_distinct", *min_distinct)
            }
            Self::MaxOccurrences { max_occurrences } => {
                of(const { key("requirement_max_occurrences") })
                    .number("max_occurrences", *max_occurrences)
            }
            Self::MaxSequence { max_sequence } => {
                of(const { key("requirement_max_sequence") }).number("max_sequence", *max_sequence)
            }
            Self::MaxKeyboardWalk { max_keyboard_walk } => {
                of(const { key("requirement_max_keyboard_walk") })
                    .number("max_keyboard_walk", *max_keyboard_walk)
            }
            Self::NoContextWord => of(const { key("requirement_no_context_word") }),
            Self::NoForbiddenWord => of(const { key("requirement_no_forbidden_word") }),
            Self::NoPersonalNames => of(const { key("requirement_no_personal_names") }),
            Self::NoPalindrome => of(const { key("requirement_no_palindrome") }),
            Self::MinChanged { min_changed } => {
                of(const { key("requirement_min_changed") }).number("min_changed", *min_changed)
            }
            Self::NotRearranged => of(const { key("requirement_not_rearranged") }),
            Self::MaxBreaches { max_breaches } => {
                of(const { key("requirement_max_breaches") }).times("max_breaches", *max_breaches)
            }
            Self::NotAmongLast { last } => {
                of(const { key("requirement_not_among_last") }).number("last", *last)
            }
            Self::OfLengths { min, max, asks } => of(const { key("requirement_of_lengths") })
                .number("min", *min)
                .number("max", *max)
                .with("requirement", Value::Requirement(asks)),
            Self::Own { code, text } => Wording::own(OwnGroup::Requirement, code, text),
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::in_english(self.wording()).fmt(f)
    }
}
