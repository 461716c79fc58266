use super::Preset;
use super::rules::DJANGO_SIMILARITY;
use super::utf16::Utf16Units;
#[cfg(feature = "common-passwords")]
use crate::policy::CommonPasswords;
use crate::policy::characters::classes::Classes;
use crate::policy::list::common;
use crate::policy::rule::{Ask, AtLeastKinds, Kind, Rules, Visit};
use crate::policy::{Policy, PolicyError};

/// NIST SP 800-63B-4, section 3.1.1.2, and ASVS 5.0, 6.2.9: so many characters have to be accepted.
const LENGTH_TO_ACCEPT: usize = 64;

/// As many characters of four bytes each.
const BYTES_TO_ACCEPT: usize = 256;

/// ASVS 5.0, 6.2.4.
const COMMON_PASSWORDS: usize = 3_000;

impl Preset {
    /// Refuses rules that the standard forbids, and the lack of those that it demands.
    pub(in crate::policy) fn refuse_departures(self, policy: &Policy) -> Result<(), PolicyError> {
        let everywhere = || [policy].into_iter().chain(policy.intervals().map(|one| &one.rules));
        if let Some(field) = everywhere().find_map(|policy| self.forbidden(policy)) {
            return Err(PolicyError::ForbiddenByPreset { preset: self, field });
        }
        if let Some(field) = self.missing(&policy.rules) {
            return Err(PolicyError::DemandedByPreset { preset: self, field });
        }
        self.lengths(policy)?;
        if self.history() > 0 {
            let last = policy.rules.not_among_last.as_ref().map_or(0, |rule| rule.0);
            self.in_range("not_among_last", last, self.history(), usize::MAX)?;
        }
        self.enough_common_passwords(policy)
    }

    /// The method of the builder whose rule the standard forbids.
    fn forbidden(self, policy: &Policy) -> Option<&'static str> {
        let composition = self.is_of_nist() || self.is_of_asvs();
        let mut forbidden = Forbidden { composition, within: self.is_of_nist(), found: None };
        policy.rules.each(&mut forbidden);
        // Nobody can tell what a rule of the host's own is about.
        let own = (composition && policy.own_rules().next().is_some()).then_some("rule");
        forbidden.found.or(own)
    }

    /// The method of the builder whose rule the standard demands.
    fn missing(self, rules: &Rules) -> Option<&'static str> {
        let active_directory = AtLeastKinds::of_active_directory();
        let lacks_kinds = rules.at_least_kinds.as_ref().is_none_or(|rule| {
            rule.count < active_directory.count || rule.of != active_directory.of
        });
        let lacks_similarity =
            rules.max_similarity.as_ref().is_none_or(|rule| rule.0 > DJANGO_SIMILARITY);
        let is_django = self == Self::Django;
        let classes = rules.at_least.as_ref().map_or(Classes::NONE, |rule| rule.classes);
        let missing = [
            ("not_among", self.common_passwords() > 0 && rules.lists().next().is_none()),
            ("at_least", classes.or_more(&self.classes()) != classes),
            ("active_directory_kinds", self == Self::ActiveDirectory && lacks_kinds),
            (
                "no_personal_names",
                self == Self::ActiveDirectory && rules.no_personal_names.is_none(),
            ),
            ("max_similarity", is_django && lacks_similarity),
            ("not_entirely_numeric", is_django && rules.not_entirely_numeric.is_none()),
            ("context_words", self == Self::AsvsL2 && rules.context_words.is_none()),
            ("max_breaches", self == Self::AsvsL2 && rules.max_breaches.is_none()),
        ];
        missing.into_iter().find(|(_, is_missing)| *is_missing).map(|(field, _)| field)
    }

    fn lengths(self, policy: &Policy) -> Result<(), PolicyError> {
        let rules = &policy.rules;
        self.in_range("min_length", rules.shortest(), self.min_length(), usize::MAX)?;
        let max_length = rules.max_length.as_ref().map(|rule| rule.0);
        if self == Self::ActiveDirectory {
            let max_length = max_length.unwrap_or(usize::MAX);
            self.in_range("max_length", max_length, self.min_length(), Utf16Units::MOST)?;
        }
        if !(self.is_of_nist() || self == Self::AsvsL2) {
            return Ok(());
        }
        self.in_range("max_bytes", rules.most_bytes(), BYTES_TO_ACCEPT, usize::MAX)?;
        let of_all = max_length.map(|max_length| (max_length, LENGTH_TO_ACCEPT));
        let of_some = policy.intervals().filter_map(|interval| {
            let rule = interval.rules.rules.max_length.as_ref()?;
            Some((rule.0, interval.max.min(LENGTH_TO_ACCEPT)))
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
            Self::Pci | Self::ActiveDirectory => 0,
            Self::AsvsL1 | Self::AsvsL2 => COMMON_PASSWORDS,
            // A list without any would be none.
            Self::NistSingleFactor | Self::NistMfa | Self::Django => 1,
        }
    }

    fn enough_common_passwords(self, policy: &Policy) -> Result<(), PolicyError> {
        let is_accepted = |length| policy.accepts_length(length);
        #[cfg(feature = "common-passwords")]
        if self == Self::Django && !policy.rules.lists().any(|list| list.is_embedded(false)) {
            let django = CommonPasswords::django();
            let missing = common::missing_entries(&django, policy.rules.lists(), is_accepted);
            if missing > 0 {
                return Err(PolicyError::LacksDjangosList { preset: self, missing });
            }
        }
        // No list has common passwords of any length, and nobody can add to all of the embedded one.
        #[cfg(feature = "common-passwords")]
        if !self.is_of_asvs()
            && policy.rules.lists().any(|list| list.is_embedded(self != Self::Django))
        {
            return Ok(());
        }
        let (needed, min_length) = (self.common_passwords(), policy.rules.shortest());
        let entries = common::distinct_entries(policy.rules.lists(), is_accepted, needed);
        if entries >= needed {
            return Ok(());
        }
        Err(PolicyError::TooFewCommonPasswords { preset: self, entries, needed, min_length })
    }

    const fn is_of_nist(self) -> bool {
        matches!(self, Self::NistSingleFactor | Self::NistMfa)
    }

    const fn is_of_asvs(self) -> bool {
        matches!(self, Self::AsvsL1 | Self::AsvsL2)
    }
}

/// The first rule that a standard forbids.
struct Forbidden {
    /// Whether it forbids rules about the characters.
    composition: bool,
    /// Whether rules that compare a part of the password are.
    within: bool,
    found: Option<&'static str>,
}

impl Visit for Forbidden {
    fn visit<R: Ask>(&mut self, rule: &R) {
        let is_forbidden =
            self.composition && R::KIND == Kind::Composition || self.within && rule.looks_within();
        if is_forbidden {
            self.found = self.found.or(Some(R::KEY));
        }
    }
}
