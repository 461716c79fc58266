use super::Preset;
use super::utf16::Utf16Units;
use crate::policy::{CharacterClass, Classes, CommonPasswords, Policy, PolicyBuilder, Reduction};

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
                .not_derived_from_common(Reduction::OF_THE_WHOLE),
            Self::AsvsL1 | Self::AsvsL2 => listed(self.shape()),
            Self::Pci => self.shape().not_among_last(self.history()),
            Self::ActiveDirectory => self
                .shape()
                .max_length(Utf16Units::MOST)
                .rule(Utf16Units)
                .active_directory_kinds()
                .no_personal_names()
                .not_among_last(self.history()),
            Self::Django => PolicyBuilder::of(django()),
            Self::System000 => self.shape(),
            Self::System001 => {
                let (attributes, bytes_of_each) = PolicyBuilder::DEFAULT_MAX_PERSONAL;
                let django = PolicyBuilder::of(django())
                    .max_bytes(PolicyBuilder::DEFAULT_MAX_BYTES)
                    .max_personal(attributes, bytes_of_each);
                self.with_classes(django)
            }
        }
    }

    /// The length and the classes.
    fn shape(self) -> PolicyBuilder {
        self.with_classes(PolicyBuilder::new().min_length(self.min_length()))
    }

    fn with_classes(self, builder: PolicyBuilder) -> PolicyBuilder {
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
            Self::NistMfa
            | Self::AsvsL1
            | Self::AsvsL2
            | Self::Django
            | Self::System000
            | Self::System001 => 8,
        }
    }

    /// The fewest characters of each class.
    pub(super) fn classes(self) -> Classes {
        use CharacterClass::{Digit, Letter, Lower, Symbol, Upper};
        let classes: &[_] = match self {
            Self::Pci => &[Letter, Digit],
            Self::System000 => &[Letter, Digit, Symbol],
            Self::System001 => &[Lower, Upper, Digit, Symbol],
            _ => &[],
        };
        classes.iter().fold(Classes::NONE, |all, class| all.with(*class, 1))
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

impl Policy {
    /// Django's four validators, the third with `list`.
    pub(in crate::policy) const fn of_django(list: Option<CommonPasswords<'static>>) -> Self {
        let mut policy = Self::of_one_list(list);
        policy.max_similarity = Some(DJANGO_SIMILARITY);
        policy.min_length = 8;
        policy.not_entirely_numeric = true;
        policy
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
const fn django() -> Policy {
    #[cfg(feature = "common-passwords")]
    return Policy::django();
    #[cfg(not(feature = "common-passwords"))]
    return Policy::of_django(None);
}
