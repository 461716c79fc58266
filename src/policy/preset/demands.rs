use super::Preset;
use super::rules::DJANGO_SIMILARITY;
use super::utf16::Utf16Units;
#[cfg(feature = "common-passwords")]
use crate::policy::CommonPasswords;
use crate::policy::common;
use crate::policy::{Categories, Policy, PolicyError, Reduction};

/// NIST SP 800-63B-4, section 3.1.1.2, and ASVS 5.0, 6.2.9: so many characters have to be accepted.
const LENGTH_TO_ACCEPT: usize = 64;

/// As many characters of four bytes each.
const BYTES_TO_ACCEPT: usize = 256;

/// ASVS 5.0, 6.2.4.
const COMMON_PASSWORDS: usize = 3_000;

impl Preset {
    /// Refuses rules that the standard forbids, and the lack of those that it demands.
    pub(in crate::policy) fn refuse_departures(self, rules: &Policy) -> Result<(), PolicyError> {
        let everywhere = || [rules].into_iter().chain(rules.intervals().map(|one| &one.rules));
        if let Some(field) = everywhere().find_map(|rules| self.forbidden(rules)) {
            return Err(PolicyError::ForbiddenByPreset { preset: self, field });
        }
        if let Some(field) = self.missing(rules) {
            return Err(PolicyError::DemandedByPreset { preset: self, field });
        }
        self.lengths(rules)?;
        if self.history() > 0 {
            let last = rules.not_among_last.unwrap_or(0);
            self.in_range("not_among_last", last, self.history(), usize::MAX)?;
        }
        self.enough_common_passwords(rules)
    }

    /// The method of the builder whose rule the standard forbids.
    fn forbidden(self, rules: &Policy) -> Option<&'static str> {
        let whole_only = self.is_of_nist().then(|| inside_the_password(rules)).flatten();
        let any_composition = self.is_of_nist() || self.is_of_asvs();
        any_composition.then(|| composition(rules)).flatten().or(whole_only)
    }

    /// The method of the builder whose rule the standard demands.
    fn missing(self, rules: &Policy) -> Option<&'static str> {
        let lacks_kinds = rules.categories.as_ref().is_none_or(|(at_least, of)| {
            *at_least < Categories::FEWEST_OF_ACTIVE_DIRECTORY
                || *of != Categories::of_active_directory()
        });
        let lacks_similarity = rules.max_similarity.is_none_or(|ratio| ratio > DJANGO_SIMILARITY);
        let is_of_django = self.is_of_django();
        let missing = [
            ("not_among", self.common_passwords() > 0 && rules.lists().next().is_none()),
            ("at_least", rules.classes.or_more(&self.classes()) != rules.classes),
            ("active_directory_kinds", self == Self::ActiveDirectory && lacks_kinds),
            ("no_personal_names", self == Self::ActiveDirectory && !rules.no_personal_names),
            ("max_similarity", is_of_django && lacks_similarity),
            ("not_entirely_numeric", is_of_django && !rules.not_entirely_numeric),
            ("context_words", self == Self::AsvsL2 && rules.context_words.is_none()),
            ("max_breaches", self == Self::AsvsL2 && rules.max_breaches.is_none()),
        ];
        missing.into_iter().find(|(_, is_missing)| *is_missing).map(|(field, _)| field)
    }

    fn lengths(self, rules: &Policy) -> Result<(), PolicyError> {
        self.in_range("min_length", rules.min_length, self.min_length(), usize::MAX)?;
        if self == Self::ActiveDirectory {
            let max_length = rules.max_length.unwrap_or(usize::MAX);
            self.in_range("max_length", max_length, self.min_length(), Utf16Units::MOST)?;
        }
        if !(self.is_of_nist() || self == Self::AsvsL2) {
            return Ok(());
        }
        if let Some(max_bytes) = rules.max_bytes {
            self.in_range("max_bytes", max_bytes, BYTES_TO_ACCEPT, usize::MAX)?;
        }
        let of_all = rules.max_length.map(|max_length| (max_length, LENGTH_TO_ACCEPT));
        let of_some = rules.intervals().filter_map(|interval| {
            Some((interval.rules.max_length?, interval.max.min(LENGTH_TO_ACCEPT)))
        });
        of_all.into_iter().chain(of_some).try_for_each(|(max_length, least)| {
            self.in_range("max_length", max_length, least, usize::MAX)
        })
    }

    fn in_range(
        self,
        field: &'static str,
        value: usize,
        min: usize,
        max: usize,
    ) -> Result<(), PolicyError> {
        if (min..=max).contains(&value) {
            return Ok(());
        }
        Err(PolicyError::OutOfPresetRange { preset: self, field, value, min, max })
    }

    /// How many common passwords of the lengths that are accepted are compared with, at least.
    const fn common_passwords(self) -> usize {
        match self {
            Self::Pci | Self::ActiveDirectory | Self::System000 => 0,
            Self::AsvsL1 | Self::AsvsL2 => COMMON_PASSWORDS,
            // A list without any would be none.
            Self::NistSingleFactor | Self::NistMfa | Self::Django | Self::System001 => 1,
        }
    }

    fn enough_common_passwords(self, rules: &Policy) -> Result<(), PolicyError> {
        let is_accepted = |length| rules.accepts_length(length);
        #[cfg(feature = "common-passwords")]
        if self.is_of_django() && !rules.lists().any(|list| list.is_embedded(false)) {
            let django = CommonPasswords::django();
            let missing = common::missing_entries(&django, rules.lists(), is_accepted);
            if missing > 0 {
                return Err(PolicyError::LacksDjangosList { preset: self, missing });
            }
        }
        // No list has common passwords of any length, and nobody can add to all of the embedded one.
        #[cfg(feature = "common-passwords")]
        if !self.is_of_asvs() && rules.lists().any(|list| list.is_embedded(!self.is_of_django())) {
            return Ok(());
        }
        let (needed, min_length) = (self.common_passwords(), rules.min_length);
        let entries = common::distinct_entries(rules.lists(), is_accepted, needed);
        if entries >= needed {
            return Ok(());
        }
        Err(PolicyError::TooFewCommonPasswords { preset: self, entries, needed, min_length })
    }

    const fn is_of_django(self) -> bool {
        matches!(self, Self::Django | Self::System001)
    }

    const fn is_of_nist(self) -> bool {
        matches!(self, Self::NistSingleFactor | Self::NistMfa)
    }

    const fn is_of_asvs(self) -> bool {
        matches!(self, Self::AsvsL1 | Self::AsvsL2)
    }
}

/// The first rule about what characters a password has and in which order, or of which nobody can tell
/// whether it is one.
fn composition(rules: &Policy) -> Option<&'static str> {
    let has_sets = rules.sets.as_ref().is_some_and(|sets| !sets.is_empty());
    let found = [
        ("at_least", !rules.classes.asks_nothing() || has_sets),
        ("at_least_kinds", rules.categories.is_some()),
        ("not_entirely_numeric", rules.not_entirely_numeric),
        ("no_white_space", rules.no_white_space.is_some()),
        ("no_control_characters", rules.no_control_characters),
        ("allowed_characters", rules.allowed.is_some()),
        ("illegal_characters", rules.illegal.is_some()),
        ("max_repeat", rules.max_repeat.is_some()),
        ("max_class_repeat", rules.max_class_repeat.is_some()),
        ("min_distinct", rules.min_distinct.is_some()),
        ("max_occurrences", rules.max_occurrences.is_some()),
        ("max_sequence", rules.max_sequence.is_some()),
        ("max_keyboard_walk", rules.max_keyboard_walk.is_some()),
        ("no_palindrome", rules.no_palindrome),
        ("rule", rules.own_rules().next().is_some()),
    ];
    found.into_iter().find(|(_, is_there)| *is_there).map(|(field, _)| field)
}

/// The first rule that compares a part of the password.
fn inside_the_password(rules: &Policy) -> Option<&'static str> {
    let is_of_the_whole = |reduction| Reduction::OF_THE_WHOLE.contains(&reduction);
    let found = [
        ("no_personal_names", rules.no_personal_names),
        ("not_containing", rules.forbidden.is_some()),
        (
            "not_derived_from_common",
            rules.reductions.is_some_and(|reductions| !reductions.iter().all(is_of_the_whole)),
        ),
    ];
    found.into_iter().find(|(_, is_there)| *is_there).map(|(field, _)| field)
}
