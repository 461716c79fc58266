use core::fmt;

use crate::secret::RandomError;

/// Why a [`GeneratorBuilder`](super::GeneratorBuilder) does not build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GeneratorError {
    /// The policy accepts no password of such a length, or none that is short enough to be counted.
    NoLength {
        /// The longest that is counted, in code points.
        longest: usize,
    },
    /// The policy allows none of the characters.
    NoCharacter,
    /// There are too many characters to choose from.
    TooManyCharacters {
        /// The most.
        most: usize,
    },
    /// No password of these lengths and characters has all that the policy requires.
    Unsatisfiable,
    /// The policy has too many requirements at once to count its passwords.
    TooLarge,
    /// So many passwords may be refused by a rule, together with the ones before it, that no bound on
    /// draws can be proved. Longer passwords or more characters help.
    NotProvable {
        /// The method of the [`PolicyBuilder`](crate::policy::PolicyBuilder) that the rule is from.
        rule: &'static str,
    },
    /// No length that the policy accepts has the entropy that is required.
    TooLittleEntropy {
        /// The most that is possible.
        bits: u32,
        /// What is required.
        asked: u32,
    },
}

impl GeneratorError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLength { .. } => "generator_no_length",
            Self::NoCharacter => "generator_no_character",
            Self::TooManyCharacters { .. } => "generator_too_many_characters",
            Self::Unsatisfiable => "generator_unsatisfiable",
            Self::TooLarge => "generator_too_large",
            Self::NotProvable { .. } => "generator_not_provable",
            Self::TooLittleEntropy { .. } => "generator_too_little_entropy",
        }
    }
}

impl fmt::Display for GeneratorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLength { longest } => {
                write!(
                    f,
                    "the policy accepts no password of these lengths, or none of up to {longest} characters"
                )
            }
            Self::NoCharacter => f.write_str("the policy allows none of these characters"),
            Self::TooManyCharacters { most } => {
                write!(f, "an alphabet must not have more than {most} different characters")
            }
            Self::Unsatisfiable => {
                f.write_str("no password of these lengths and characters satisfies the policy")
            }
            Self::TooLarge => {
                f.write_str("the policy has too many requirements at once to count its passwords")
            }
            Self::NotProvable { rule } => {
                write!(f, "cannot bound the number of draws: {rule} may refuse too many passwords")
            }
            Self::TooLittleEntropy { bits, asked } => {
                write!(f, "the policy allows {bits} bits of entropy, but {asked} are required")
            }
        }
    }
}

impl core::error::Error for GeneratorError {}

/// Why [`Generator::generate`](super::Generator::generate) gives no password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// There is no randomness.
    Random(RandomError),
    /// The owner has so many or so short names that the bound on draws cannot be proved for them.
    OwnerNotProvable,
    /// Every draw was refused, which has a chance below 2⁻¹²⁸: the random generator is broken.
    Exhausted {
        /// How many draws there were.
        draws: u32,
    },
}

impl GenerateError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Random(error) => error.code(),
            Self::OwnerNotProvable => "generate_owner_not_provable",
            Self::Exhausted { .. } => "generate_exhausted",
        }
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random(error) => error.fmt(f),
            Self::OwnerNotProvable => f.write_str(
                "cannot bound the number of draws: too many passwords may contain a name of the owner",
            ),
            Self::Exhausted { draws } => {
                write!(f, "all {draws} passwords were refused, so the random generator is broken")
            }
        }
    }
}

impl core::error::Error for GenerateError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Random(error) => error.source(),
            _ => None,
        }
    }
}

impl From<RandomError> for GenerateError {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}
