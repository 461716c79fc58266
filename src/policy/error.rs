use core::fmt;

use super::{CharacterClass, Preset};

/// Why a [`PolicyBuilder`](super::PolicyBuilder) does not build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyError {
    /// No byte is allowed at all.
    MaxBytesZero,
    /// No character is allowed at all.
    MaxLengthZero,
    /// More characters are asked for than are allowed.
    MinLengthAboveMaxLength {
        /// The fewest code points.
        min_length: usize,
        /// The most code points.
        max_length: usize,
    },
    /// More characters are asked for than fit the ceiling of bytes.
    MinLengthAboveMaxBytes {
        /// The fewest code points.
        min_length: usize,
        /// The most bytes.
        max_bytes: usize,
    },
    /// The ceiling of bytes is reached first, so that the rule could never refuse.
    MaxLengthAboveMaxBytes {
        /// The most code points.
        max_length: usize,
        /// The most bytes.
        max_bytes: usize,
    },
    /// The character classes together ask for more characters than fit.
    ClassesAboveLength {
        /// The sum of all classes.
        asked: usize,
        /// The most code points that fit.
        longest: usize,
    },
    /// Digits are asked for until no room is left, and digits alone are refused.
    OnlyDigitsFit {
        /// The most code points that fit.
        longest: usize,
    },
    /// The set of allowed characters is empty.
    AllowedSetEmpty,
    /// The set of illegal characters is empty, so that the rule could never refuse.
    IllegalSetEmpty,
    /// The rules about single characters leave none.
    NoCharacterLeft,
    /// Characters of a class are asked for and none of them is allowed.
    ClassNotAllowed {
        /// The class.
        class: CharacterClass,
    },
    /// A number of the builder is out of its range: below it no password could pass or nothing would
    /// be asked, above it the same the other way round.
    ValueOutOfRange {
        /// The method of the builder.
        field: &'static str,
        /// What it was given.
        value: usize,
        /// The least that it takes, with the other rules as they are.
        min: usize,
        /// The most that it takes, with the other rules as they are.
        max: usize,
    },
    /// So many characters of a class are asked for that its runs cannot be kept short.
    ClassRepeatTooSmall {
        /// The class.
        class: CharacterClass,
        /// The longest run of one class.
        max_class_repeat: usize,
    },
    /// Each rule can be met, and no password meets them all.
    NothingPasses {
        /// The method of the builder whose rule takes the most of the room, or has none.
        field: &'static str,
        /// The fewest code points of the lengths that were looked at.
        min: usize,
        /// The most.
        max: usize,
    },
    /// An interval of lengths that no accepted password has.
    LengthsOutOfReach {
        /// The fewest code points.
        min: usize,
        /// The most.
        max: usize,
    },
    /// An interval of lengths that shares one with another.
    LengthsOverlap {
        /// The fewest code points.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A rule that would not be asked there: an interval, wishes or what needs more than the password
    /// within an interval, and wishes within wishes.
    RuleOutOfPlace {
        /// The method of the builder.
        field: &'static str,
    },
    /// Common passwords in disguise are refused, and there is no list of them or no disguise is named.
    NothingToDeriveFrom,
    /// A context word has no letter or number, or there is no word at all, so that nothing could be
    /// refused.
    ContextWordEmpty,
    /// The similarity is not between 0.1 and 1.0.
    MaxSimilarityOutOfRange,
    /// The standard of the preset forbids the rule, or says nothing that would tell it from one that it
    /// forbids.
    ForbiddenByPreset {
        /// The preset that the policy began with.
        preset: Preset,
        /// The method of the builder.
        field: &'static str,
    },
    /// The standard of the preset demands a rule that is not there, or was made weaker.
    DemandedByPreset {
        /// The preset that the policy began with.
        preset: Preset,
        /// The method of the builder that is to be called.
        field: &'static str,
    },
    /// A number is not one that the standard of the preset takes.
    OutOfPresetRange {
        /// The preset that the policy began with.
        preset: Preset,
        /// The method of the builder.
        field: &'static str,
        /// What it was given.
        value: usize,
        /// The least that the standard takes.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The lists of common passwords have too few that could be tried at all.
    TooFewCommonPasswords {
        /// The preset that the policy began with.
        preset: Preset,
        /// How many different ones the lists have of the lengths that are accepted.
        entries: usize,
        /// How many the standard wants.
        needed: usize,
        /// The fewest code points.
        min_length: usize,
    },
    /// The lists of common passwords lack some of Django's, which the preset compares with.
    LacksDjangosList {
        /// The preset that the policy began with.
        preset: Preset,
        /// How many of Django's are on no list, of the lengths that are accepted.
        missing: usize,
    },
}

impl PolicyError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MaxBytesZero => "policy_max_bytes_zero",
            Self::MaxLengthZero => "policy_max_length_zero",
            Self::MinLengthAboveMaxLength { .. } => "policy_min_length_above_max_length",
            Self::MinLengthAboveMaxBytes { .. } => "policy_min_length_above_max_bytes",
            Self::MaxLengthAboveMaxBytes { .. } => "policy_max_length_above_max_bytes",
            Self::ClassesAboveLength { .. } => "policy_classes_above_length",
            Self::OnlyDigitsFit { .. } => "policy_only_digits_fit",
            Self::AllowedSetEmpty => "policy_allowed_set_empty",
            Self::IllegalSetEmpty => "policy_illegal_set_empty",
            Self::NoCharacterLeft => "policy_no_character_left",
            Self::ClassNotAllowed { .. } => "policy_class_not_allowed",
            Self::ValueOutOfRange { .. } => "policy_value_out_of_range",
            Self::ClassRepeatTooSmall { .. } => "policy_class_repeat_too_small",
            Self::NothingPasses { .. } => "policy_nothing_passes",
            Self::LengthsOutOfReach { .. } => "policy_lengths_out_of_reach",
            Self::LengthsOverlap { .. } => "policy_lengths_overlap",
            Self::RuleOutOfPlace { .. } => "policy_rule_out_of_place",
            Self::NothingToDeriveFrom => "policy_nothing_to_derive_from",
            Self::ContextWordEmpty => "policy_context_word_empty",
            Self::MaxSimilarityOutOfRange => "policy_max_similarity_out_of_range",
            Self::ForbiddenByPreset { .. } => "policy_forbidden_by_preset",
            Self::DemandedByPreset { .. } => "policy_demanded_by_preset",
            Self::OutOfPresetRange { .. } => "policy_out_of_preset_range",
            Self::TooFewCommonPasswords { .. } => "policy_too_few_common_passwords",
            Self::LacksDjangosList { .. } => "policy_lacks_djangos_list",
        }
    }

    /// The method of the builder whose value does not fit.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::MaxBytesZero => "max_bytes",
            Self::MaxLengthZero | Self::MaxLengthAboveMaxBytes { .. } => "max_length",
            Self::MinLengthAboveMaxLength { .. } | Self::MinLengthAboveMaxBytes { .. } => {
                "min_length"
            }
            Self::ClassesAboveLength { .. }
            | Self::OnlyDigitsFit { .. }
            | Self::ClassNotAllowed { .. } => "at_least",
            Self::AllowedSetEmpty | Self::NoCharacterLeft => "allowed_characters",
            Self::IllegalSetEmpty => "illegal_characters",
            Self::ValueOutOfRange { field, .. }
            | Self::NothingPasses { field, .. }
            | Self::RuleOutOfPlace { field }
            | Self::ForbiddenByPreset { field, .. }
            | Self::DemandedByPreset { field, .. }
            | Self::OutOfPresetRange { field, .. } => field,
            Self::TooFewCommonPasswords { .. } | Self::LacksDjangosList { .. } => "not_among",
            Self::LengthsOutOfReach { .. } | Self::LengthsOverlap { .. } => "of_lengths",
            Self::NothingToDeriveFrom => "not_derived_from_common",
            Self::ContextWordEmpty => "context_words",
            Self::ClassRepeatTooSmall { .. } => "max_class_repeat",
            Self::MaxSimilarityOutOfRange => "max_similarity",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxBytesZero => {
                f.write_str("max_bytes is 0, so that only the empty password would pass")
            }
            Self::MaxLengthZero => {
                f.write_str("max_length is 0, so that only the empty password would pass")
            }
            Self::MinLengthAboveMaxLength { min_length, max_length } => {
                write!(f, "min_length {min_length} is above max_length {max_length}")
            }
            Self::MinLengthAboveMaxBytes { min_length, max_bytes } => {
                write!(f, "min_length {min_length} is above max_bytes {max_bytes}")
            }
            Self::MaxLengthAboveMaxBytes { max_length, max_bytes } => {
                write!(
                    f,
                    "max_length {max_length} is above max_bytes {max_bytes} and could never refuse"
                )
            }
            Self::ClassesAboveLength { asked, longest } => {
                write!(f, "at_least asks for {asked} characters in all and only {longest} fit")
            }
            Self::OnlyDigitsFit { longest } => {
                write!(
                    f,
                    "at_least asks for digits in all {longest} places and not_entirely_numeric refuses them"
                )
            }
            Self::AllowedSetEmpty => f.write_str("allowed_characters has no character"),
            Self::IllegalSetEmpty => {
                f.write_str("illegal_characters has no character and could never refuse")
            }
            Self::NoCharacterLeft => {
                f.write_str("allowed_characters has none that the other rules leave")
            }
            Self::ClassNotAllowed { class } => {
                write!(
                    f,
                    "at_least asks for the class {} and no such character is allowed",
                    class.name()
                )
            }
            Self::ValueOutOfRange { field, value, min, max } if min > max => {
                write!(f, "{field} {value} fits no password that the other rules let pass")
            }
            Self::ValueOutOfRange { field, value, min, max } => {
                write!(f, "{field} {value} is not between {min} and {max}")
            }
            Self::ClassRepeatTooSmall { class, max_class_repeat } => {
                write!(
                    f,
                    "max_class_repeat {max_class_repeat} leaves no room for what is asked of the class {}",
                    class.name()
                )
            }
            Self::NothingPasses { field, min, max } => {
                write!(
                    f,
                    "{field} and the other rules leave no password of {min} to {max} characters"
                )
            }
            Self::LengthsOutOfReach { min, max } => {
                write!(f, "of_lengths {min} to {max} has no length at which a password could pass")
            }
            Self::LengthsOverlap { min, max } => {
                write!(f, "of_lengths {min} to {max} overlaps another interval")
            }
            Self::RuleOutOfPlace { field } => {
                write!(f, "{field} stands where it would not be asked")
            }
            Self::NothingToDeriveFrom => f.write_str(
                "not_derived_from_common needs a list of common passwords and a reduction",
            ),
            Self::ContextWordEmpty => {
                f.write_str("context_words has no word, or one without letters and numbers")
            }
            Self::MaxSimilarityOutOfRange => {
                f.write_str("max_similarity is not between 0.1 and 1.0")
            }
            Self::ForbiddenByPreset { preset, field } => {
                write!(f, "{field} is no rule that the preset {} allows", preset.name())
            }
            Self::DemandedByPreset { preset, field } => {
                write!(
                    f,
                    "{field} is a rule that the preset {} demands{}",
                    preset.name(),
                    hint(field)
                )
            }
            Self::OutOfPresetRange { preset, field, value, min, .. } if value < min => {
                write!(
                    f,
                    "{field} {value} is below {min}, the least under the preset {}",
                    preset.name()
                )
            }
            Self::OutOfPresetRange { preset, field, value, max, .. } => {
                write!(
                    f,
                    "{field} {value} is above {max}, the most under the preset {}",
                    preset.name()
                )
            }
            Self::TooFewCommonPasswords { preset, entries, needed, min_length } => {
                write!(
                    f,
                    "the preset {} wants {needed} common passwords of a length that is accepted, \
                     from {min_length} characters on, and the lists have {entries}: add a list of longer \
                     ones by not_among",
                    preset.name()
                )
            }
            Self::LacksDjangosList { preset, missing } => {
                write!(
                    f,
                    "the preset {} wants Django's list of common passwords, and {missing} of its entries \
                     are on no list: add CommonPasswords::django by not_among, in a configuration \
                     not_common = \"django\" or true",
                    preset.name()
                )
            }
        }
    }
}

/// What whoever reads that a rule is missing may not know of it.
fn hint(field: &str) -> &'static str {
    match field {
        "not_among" => {
            ": a list of common passwords, of your own or of the feature common-passwords"
        }
        "context_words" => ": words that only the host knows, such as the name of the service",
        "max_breaches" => ": passwords are checked against those known from breaches",
        _ => "",
    }
}

impl core::error::Error for PolicyError {}
