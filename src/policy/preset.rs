mod demands;
mod rules;
mod utf16;

#[cfg(feature = "common-passwords")]
pub(super) use rules::django;
pub(super) use utf16::Utf16Units;

use super::{Policy, PolicyBuilder};

/// A standard or a system whose rules a policy takes over; [`Policy::preset`] begins one.
///
#[doc = include_str!("preset/standards.md")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// NIST SP 800-63B-4, section 3.1.1.2: the password is the only factor.
    NistSingleFactor,
    /// NIST SP 800-63B-4, section 3.1.1.2: the password is one factor of several.
    NistMfa,
    /// OWASP ASVS 5.0, section 6.2, level 1.
    AsvsL1,
    /// OWASP ASVS 5.0, section 6.2, levels 1 and 2. The host adds its context words and a rule about
    /// breaches.
    AsvsL2,
    /// PCI DSS 4.0.1, requirements 8.3.6 and 8.3.7.
    Pci,
    /// Active Directory: "Password must meet complexity requirements", and the length and history of
    /// the default domain policy.
    ActiveDirectory,
    /// The four validators of Django's project template, as `Policy::django`.
    Django,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 7] = [
        Self::NistSingleFactor,
        Self::NistMfa,
        Self::AsvsL1,
        Self::AsvsL2,
        Self::Pci,
        Self::ActiveDirectory,
        Self::Django,
    ];

    /// The stable name: `nist_single_factor`, `nist_mfa`, `asvs_l1`, `asvs_l2`, `pci`,
    /// `active_directory`, `django`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NistSingleFactor => "nist_single_factor",
            Self::NistMfa => "nist_mfa",
            Self::AsvsL1 => "asvs_l1",
            Self::AsvsL2 => "asvs_l2",
            Self::Pci => "pci",
            Self::ActiveDirectory => "active_directory",
            Self::Django => "django",
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

impl Policy {
    /// Begins a policy with the rules of `preset`.
    ///
    /// Rules may be added and made stricter. What the standard forbids does not build, nor does a
    /// policy below what it demands, or without what only the host can give: [`Preset`] says what.
    ///
    /// ```
    /// use repass::policy::{CommonPasswords, Personal, Policy, PolicyError, Preset};
    /// use repass::secret::Password;
    ///
    /// # let bytes = CommonPasswords::build(["passwordpassword"])?;
    /// # let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes))?;
    /// # let nist = || Policy::preset(Preset::NistSingleFactor).not_among(list.clone());
    /// # let _ = || {
    /// let nist = || Policy::preset(Preset::NistSingleFactor);
    /// # };
    /// let policy = nist().build()?;
    /// assert!(policy.check(&Password::new("plum kettle orbit")?, &Personal::none()).is_ok());
    ///
    /// let preset = Preset::NistSingleFactor;
    /// let error = nist().not_entirely_numeric().build().unwrap_err();
    /// assert_eq!(error, PolicyError::ForbiddenByPreset { preset, field: "not_entirely_numeric" });
    ///
    /// let error = nist().min_length(14).build().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "min_length 14 is below 15, the least under the preset nist_single_factor"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn preset(preset: Preset) -> PolicyBuilder {
        preset.rules().under(preset)
    }
}
