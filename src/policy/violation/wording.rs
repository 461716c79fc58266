use core::fmt;

use crate::policy::catalogue::{OwnGroup, Value, Wording, key};
use crate::policy::{Catalogue, Rearrangement, Reduction, Violation, WhiteSpace};

impl Violation {
    /// Which text says it, and with which facts.
    pub(in crate::policy) fn wording(&self) -> Wording<'_> {
        let of = Wording::of;
        match self {
            Self::TooManyBytes { max_bytes } => {
                of(const { key("password_too_many_bytes") }).number("max_bytes", *max_bytes)
            }
            Self::TooMuchPersonal { max_attributes, max_bytes } => {
                of(const { key("personal_information_too_large") })
                    .number("max_attributes", *max_attributes)
                    .number("max_bytes", *max_bytes)
            }
            Self::TooSimilar { attribute } => of(const { key("password_too_similar") })
                .with("attribute", Value::Attribute(*attribute)),
            Self::TooShort { min_length } => {
                of(const { key("password_too_short") }).number("min_length", *min_length)
            }
            Self::TooLong { max_length } => {
                of(const { key("password_too_long") }).number("max_length", *max_length)
            }
            Self::TooCommon => of(const { key("password_too_common") }),
            Self::DerivedFromCommon { by: Reduction::Affixes } => {
                of(const { key("password_common_affixed") })
            }
            Self::DerivedFromCommon { by: Reduction::Repetition } => {
                of(const { key("password_common_repeated") })
            }
            Self::DerivedFromCommon { by: Reduction::Reversal } => {
                of(const { key("password_common_reversed") })
            }
            Self::DerivedFromCommon { by: Reduction::Leet } => {
                of(const { key("password_common_leet") })
            }
            Self::DerivedFromCommon { by: Reduction::Folding } => {
                of(const { key("password_common_folded") })
            }
            Self::EntirelyNumeric => of(const { key("password_entirely_numeric") }),
            Self::MissingClasses { missing } => of(const { key("password_missing_classes") })
                .with("classes", Value::Classes(missing)),
            Self::MissingFromSet { at_least, set } => {
                of(const { key("password_missing_from_set") })
                    .number("at_least", *at_least)
                    .with("set", Value::Set(set))
            }
            Self::TooFewCategories { at_least, of: kinds } => {
                of(const { key("password_too_few_kinds") })
                    .number("at_least", *at_least)
                    .with("kinds", Value::Categories(kinds))
            }
            Self::WhiteSpace { place: WhiteSpace::Anywhere, position } => {
                of(const { key("password_has_white_space") }).position(*position)
            }
            Self::WhiteSpace { place: WhiteSpace::AtTheEnds, position } => {
                of(const { key("password_has_white_space_at_the_ends") }).position(*position)
            }
            Self::ControlCharacter { position } => {
                of(const { key("password_has_control_character") }).position(*position)
            }
            Self::CharacterNotAllowed { position } => {
                of(const { key("password_character_not_allowed") }).position(*position)
            }
            Self::IllegalCharacter { position } => {
                of(const { key("password_has_illegal_character") }).position(*position)
            }
            Self::Repeated { max_repeat, position } => {
                of(const { key("password_repeats_character") })
                    .number("max_repeat", *max_repeat)
                    .position(*position)
            }
            Self::ClassRepeated { max_class_repeat, position } => {
                of(const { key("password_repeats_class") })
                    .number("max_class_repeat", *max_class_repeat)
                    .position(*position)
            }
            Self::TooFewDistinct { min_distinct } => {
                of(const { key("password_too_few_distinct") }).number("min_distinct", *min_distinct)
            }
            Self::TooManyOccurrences { max_occurrences, position } => {
                of(const { key("password_has_character_too_often") })
                    .number("max_occurrences", *max_occurrences)
                    .position(*position)
            }
            Self::Sequence { max_sequence, position } => of(const { key("password_has_sequence") })
                .number("max_sequence", *max_sequence)
                .position(*position),
            Self::KeyboardWalk { max_keyboard_walk, position } => {
                of(const { key("password_has_keyboard_walk") })
                    .number("max_keyboard_walk", *max_keyboard_walk)
                    .position(*position)
            }
            Self::ContextWord => of(const { key("password_is_context_word") }),
            Self::ForbiddenWord => of(const { key("password_has_forbidden_word") }),
            Self::PersonalName { attribute } => of(const { key("password_has_personal_name") })
                .with("attribute", Value::Attribute(*attribute)),
            Self::Palindrome => of(const { key("password_is_palindrome") }),
            Self::TooLittleChanged { min_changed } => {
                of(const { key("password_too_little_changed") }).number("min_changed", *min_changed)
            }
            Self::Rearranged { how: Rearrangement::Case } => {
                of(const { key("password_rearranged_case") })
            }
            Self::Rearranged { how: Rearrangement::Reversed } => {
                of(const { key("password_rearranged_reversed") })
            }
            Self::Rearranged { how: Rearrangement::Rotated } => {
                of(const { key("password_rearranged_rotated") })
            }
            Self::UsedBefore { last } => {
                of(const { key("password_used_before") }).number("last", *last)
            }
            Self::HistoryUnknown { last } => {
                of(const { key("password_history_unknown") }).number("last", *last)
            }
            Self::Breached { max_breaches, count } => of(const { key("password_breached") })
                .times("count", count.get())
                .times("max_breaches", *max_breaches),
            Self::BreachUnknown { .. } => of(const { key("password_breach_unknown") }),
            Self::Own { code, message } => Wording::own(OwnGroup::Violation, code, message),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::in_english(self.wording()).fmt(f)
    }
}
