use core::fmt;

use super::{CharacterClass, Preset};

/// Why a [`PolicyBuilder`](super::PolicyBuilder) does not build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyError {
    /// A number of the builder is out of its range: no password could pass, or the rule could never
    /// refuse one.
    OutOfRange {
        /// The method of the builder.
        field: &'static str,
        /// What it was given.
        value: usize,
        /// The least that it takes, with the other rules as they are.
        min: usize,
        /// The most that it takes, with the other rules as they are.
        max: usize,
    },
    /// The similarity is not between 0.1 and 1.0.
    MaxSimilarityOutOfRange,
    /// More characters are required than another rule allows.
    AsksForTooMuch {
        /// The method of the builder.
        field: &'static str,
        /// How many characters it requires.
        asked: usize,
        /// The method that allows fewer.
        other: &'static str,
        /// The most characters that fit.
        most: usize,
    },
    /// No password satisfies both of two rules.
    Contradiction {
        /// The method of the one.
        field: &'static str,
        /// The method of the other.
        other: &'static str,
    },
    /// No character satisfies all rules about single characters.
    NoCharacterLeft {
        /// The method of the builder.
        field: &'static str,
    },
    /// Characters of a class are asked for and none of them is allowed.
    ClassNotAllowed {
        /// The class.
        class: CharacterClass,
    },
    /// A set has no character, or there is no word, or a word has no letter and no number.
    Empty {
        /// The method of the builder.
        field: &'static str,
    },
    /// There are more words than can be compared with each password.
    TooManyWords {
        /// The method of the builder.
        field: &'static str,
        /// How many different ones there are.
        words: usize,
        /// The most.
        most: usize,
    },
    /// A word has too many letters and numbers.
    WordTooLong {
        /// The method of the builder.
        field: &'static str,
        /// How many the longest word has.
        letters: usize,
        /// The most.
        most: usize,
    },
    /// Common passwords in disguise are refused, and there is no list of them or no disguise is named.
    NothingToDeriveFrom,
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
            Self::OutOfRange { .. } => "policy_value_out_of_range",
            Self::MaxSimilarityOutOfRange => "policy_max_similarity_out_of_range",
            Self::AsksForTooMuch { .. } => "policy_asks_for_too_much",
            Self::Contradiction { .. } => "policy_contradiction",
            Self::NoCharacterLeft { .. } => "policy_no_character_left",
            Self::ClassNotAllowed { .. } => "policy_class_not_allowed",
            Self::Empty { .. } => "policy_empty",
            Self::TooManyWords { .. } => "policy_too_many_words",
            Self::WordTooLong { .. } => "policy_word_too_long",
            Self::NothingToDeriveFrom => "policy_nothing_to_derive_from",
            Self::LengthsOutOfReach { .. } => "policy_lengths_out_of_reach",
            Self::LengthsOverlap { .. } => "policy_lengths_overlap",
            Self::RuleOutOfPlace { .. } => "policy_rule_out_of_place",
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
            Self::OutOfRange { field, .. }
            | Self::AsksForTooMuch { field, .. }
            | Self::Contradiction { field, .. }
            | Self::NoCharacterLeft { field }
            | Self::Empty { field }
            | Self::TooManyWords { field, .. }
            | Self::WordTooLong { field, .. }
            | Self::RuleOutOfPlace { field }
            | Self::ForbiddenByPreset { field, .. }
            | Self::DemandedByPreset { field, .. }
            | Self::OutOfPresetRange { field, .. } => field,
            Self::MaxSimilarityOutOfRange => "max_similarity",
            Self::ClassNotAllowed { .. } => "at_least",
            Self::NothingToDeriveFrom => "not_derived_from_common",
            Self::TooFewCommonPasswords { .. } | Self::LacksDjangosList { .. } => "not_among",
            Self::LengthsOutOfReach { .. } | Self::LengthsOverlap { .. } => "of_lengths",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { field, value, min, max } if min > max => {
                write!(f, "{field} is {value}, but the other rules allow no such password")
            }
            // As far as a machine counts: no other rule limits it.
            Self::OutOfRange { field, value, min, max } if *max >= usize::MAX - 1 => {
                write!(f, "{field} is {value} and must be at least {min}")
            }
            Self::OutOfRange { field, value, min, max } => {
                write!(f, "{field} is {value} and must be from {min} to {max}")
            }
            Self::MaxSimilarityOutOfRange => f.write_str("max_similarity must be from 0.1 to 1.0"),
            Self::AsksForTooMuch { field, asked, other, most } => {
                write!(f, "{field} requires {asked} characters, but {other} allows at most {most}")
            }
            Self::Contradiction { field, other } => {
                write!(f, "{field} contradicts {other}: no password satisfies both")
            }
            Self::NoCharacterLeft { field } => {
                write!(f, "{field} contradicts the other rules: no character satisfies all of them")
            }
            Self::ClassNotAllowed { class } => {
                let name = class.name();
                write!(
                    f,
                    "at_least requires the class {name}, but none of its characters is allowed"
                )
            }
            Self::Empty { field } if field.ends_with("_characters") => {
                write!(f, "{field} must contain at least one character")
            }
            Self::Empty { field } => {
                write!(
                    f,
                    "{field} must contain at least one word, and each word a letter or a number"
                )
            }
            Self::TooManyWords { field, words, most } => {
                write!(f, "{field} has {words} different words, and at most {most} are allowed")
            }
            Self::WordTooLong { field, letters, most } => {
                write!(
                    f,
                    "{field} has a word of {letters} letters and numbers, and at most {most} are allowed"
                )
            }
            Self::NothingToDeriveFrom => f.write_str(
                "not_derived_from_common needs a list of common passwords and a reduction",
            ),
            Self::LengthsOutOfReach { min, max } => {
                write!(f, "of_lengths {min} to {max}: no password of these lengths can pass")
            }
            Self::LengthsOverlap { min, max } => {
                write!(f, "of_lengths {min} to {max} overlaps another interval")
            }
            Self::RuleOutOfPlace { field } => {
                write!(f, "{field} has no effect here")
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

/// What to know of a rule that is missing.
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
