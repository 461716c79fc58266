use super::Preset;
use super::utf16::Utf16Units;
use crate::policy::characters::classes::Classes;
use crate::policy::rule::Rules;
#[cfg(feature = "common-passwords")]
use crate::policy::rule::{NotCommon, Part};
use crate::policy::{CharacterClass, PolicyBuilder, Reduction};

/// Of the likeness that Django measures. NIST SP 800-63B-4 names no measure; at 0.9 a password is
/// refused that is an attribute but for a character or two, and none for letters that long texts share.
const NIST_SIMILARITY: f64 = 0.9;

/// Django's default.
pub(super) const DJANGO_SIMILARITY: f64 = 0.7;

impl Preset {
    /// What the preset begins with.
    pub(super) fn rules(self) -> PolicyBuilder {
        match self {
            Self::NistSingleFactor | Self::NistMfa => listed(self.shape())
                .max_similarity(NIST_SIMILARITY)
                .not_derived_from_names()
                .not_derived_from_common(Reduction::OF_THE_WHOLE),
            Self::AsvsL1 | Self::AsvsL2 => listed(self.shape()).not_derived_from_names(),
            Self::Pci => self.shape().not_among_last(self.history()),
            Self::ActiveDirectory => self
                .shape()
                .max_length(Utf16Units::MOST)
                .rule(Utf16Units)
                .active_directory_kinds()
                .no_personal_names()
                .not_among_last(self.history()),
            Self::Django => PolicyBuilder::of(django()),
        }
    }

    /// The length and the classes.
    fn shape(self) -> PolicyBuilder {
        let builder = PolicyBuilder::new().min_length(self.min_length());
        self.classes()
            .iter()
            .fold(builder, |builder, (class, count)| builder.at_least(count, class))
    }

    /// The fewest code points.
    pub(super) const fn min_length(self) -> usize {
        match self {
            Self::NistSingleFactor => 15,
            Self::Pci => 12,
            Self::ActiveDirectory => 7,
            Self::NistMfa | Self::AsvsL1 | Self::AsvsL2 | Self::Django => 8,
        }
    }

    /// The fewest characters of each class.
    pub(super) fn classes(self) -> Classes {
        match self {
            Self::Pci => {
                Classes::NONE.with(CharacterClass::Letter, 1).with(CharacterClass::Digit, 1)
            }
            _ => Classes::NONE,
        }
    }

    /// How many of the last passwords are refused, at least.
    pub(super) const fn history(self) -> usize {
        match self {
            Self::Pci => 4,
            Self::ActiveDirectory => 24,
            _ => 0,
        }
    }
}

/// With the embedded list; without it the host brings its own.
fn listed(builder: PolicyBuilder) -> PolicyBuilder {
    #[cfg(feature = "common-passwords")]
    return builder.not_common();
    #[cfg(not(feature = "common-passwords"))]
    return builder;
}

/// Django's four validators; without the embedded list the host brings its own.
pub(in crate::policy) fn django() -> Rules {
    let builder = PolicyBuilder::of(Rules::NONE)
        .max_similarity(DJANGO_SIMILARITY)
        .min_length(8)
        .not_entirely_numeric();
    #[cfg(feature = "common-passwords")]
    let not_common = Some(NotCommon::embedded(Part::Django));
    #[cfg(not(feature = "common-passwords"))]
    let not_common = None;
    Rules { not_common, ..builder.rules }
}
