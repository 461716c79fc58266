use super::Breach;
use crate::policy::fingerprint::Fingerprint;
use crate::secret::Password;

/// What a source of breached passwords said about one password.
///
/// It holds for this password alone: with any other, [`Policy::check_with`](crate::policy::Policy::check_with)
/// takes it for no answer. So an answer about what was typed first cannot be used for what was typed
/// afterwards.
///
/// ```
/// use repass::policy::{Breach, BreachAnswer, Evidence, Personal, Policy, WhenUnknown};
/// use repass::secret::Password;
///
/// let policy = Policy::builder().max_breaches(0, WhenUnknown::Accept).build()?;
/// let (asked, other) = (Password::new("plum-kettle-42")?, Password::new("letmein")?);
/// let answer = BreachAnswer::new(&asked, Breach::seen(0));
/// let evidence = Evidence::of_reset().breach(&answer);
/// assert!(policy.check_with(&asked, &Personal::none(), evidence).is_ok());
/// assert!(policy.check_with(&other, &Personal::none(), evidence).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct BreachAnswer {
    about: Fingerprint,
    breach: Breach,
}

impl BreachAnswer {
    /// What a source of the host's own says about `password`; [`BreachQuery`](crate::policy::BreachQuery)
    /// asks Pwned Passwords.
    pub fn new(password: &Password, breach: Breach) -> Self {
        Self { about: Fingerprint::of(password), breach }
    }

    /// What was said.
    #[must_use]
    pub const fn breach(&self) -> Breach {
        self.breach
    }

    #[cfg(feature = "breach")]
    pub(super) const fn of(about: Fingerprint, breach: Breach) -> Self {
        Self { about, breach }
    }

    /// Whether it is about this password.
    pub(in crate::policy) fn is_about(&self, password: &Password) -> bool {
        self.about.is_of(password)
    }
}
