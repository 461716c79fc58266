use alloc::vec::Vec;

use super::{Evidence, Personal, Policy, Rearrangement, Violation, Violations, change};

impl Policy {
    /// Asks every rule about `password`, taken as given, and about what is known of its owner.
    ///
    /// Those about the change from the old password, about earlier ones and about breaches need more than
    /// the password: [`Policy::check_with`] asks them too.
    ///
    /// A password above the ceiling of bytes is refused for that alone, before any other rule looks
    /// at it, and so is more personal information than
    /// [`PolicyBuilder::max_personal`](super::PolicyBuilder::max_personal) takes. An accepted password
    /// of up to 64 characters costs no allocation, nor does a longer one of ASCII of which no attribute
    /// has a trigram.
    ///
    /// # Errors
    ///
    /// [`Violations`]: everything that is wrong, in the order of [`Policy::requirements`].
    pub fn check(&self, password: &str, about: &Personal<'_>) -> Result<(), Violations> {
        if let Some(ceiling) = self.ceilings(password, about) {
            return Err(Violations::one(ceiling));
        }
        Violations::unless_empty(self.ask_every_rule(password, about))
    }

    /// What of [`PolicyBuilder::warn`](super::PolicyBuilder::warn) the password does not meet; `None` too
    /// when [`Policy::check`] refuses it for a ceiling. [`Policy::warnings_with`] asks the wishes that need
    /// more than the password.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let wishes = Policy::builder().min_length(15).build()?;
    /// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    /// let none = Personal::none();
    /// assert!(policy.check("plum-kettle", &none).is_ok());
    /// assert_eq!(policy.warnings("plum-kettle", &none).unwrap()[0].code(), "password_too_short");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self, password: &str, about: &Personal<'_>) -> Option<Violations> {
        if self.ceilings(password, about).is_some() {
            return None;
        }
        self.wishes()?.check(password, about).err()
    }

    /// As [`Policy::warnings`], with the wishes that need `evidence`; what is not known is a warning too.
    ///
    /// Of the earlier passwords it is the answer to the wishes that counts: that of
    /// [`Policy::check_history`] of [`Policy::wishes`].
    ///
    /// ```
    /// use repass::policy::{Breach, Evidence, Personal, Policy, WhenUnknown};
    ///
    /// let wishes = Policy::builder().max_breaches(0, WhenUnknown::Refuse).build()?;
    /// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    /// let (password, none) = ("plum-kettle", Personal::none());
    /// for (evidence, code) in [
    ///     (Evidence::of_reset().breach(Breach::seen(0)), None),
    ///     (Evidence::of_reset().breach(Breach::seen(3)), Some("password_breached")),
    ///     (Evidence::of_reset(), Some("password_breach_unknown")),
    /// ] {
    ///     assert!(policy.check_with(password, &none, evidence).is_ok());
    ///     let warnings = policy.warnings_with(password, &none, evidence);
    ///     assert_eq!(warnings.map(|warnings| warnings[0].code()), code);
    /// }
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn warnings_with(
        &self,
        password: &str,
        about: &Personal<'_>,
        evidence: Evidence<'_>,
    ) -> Option<Violations> {
        if self.ceilings(password, about).is_some() {
            return None;
        }
        self.wishes()?.check_with(password, about, evidence).err()
    }

    /// The rules that warn and do not refuse, as a policy of their own.
    #[must_use]
    pub fn wishes(&self) -> Option<&Self> {
        self.wishes.as_deref()
    }

    /// Asks every rule about `new`, and those about the change from `old`, the password until now, which
    /// the host has just verified and keeps no longer than this.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().min_changed(4).not_rearranged().build()?;
    /// let none = Personal::none();
    /// assert!(policy.check_change("plum-kettle-42", "orbit-kettle-42", &none).is_ok());
    ///
    /// let violations = policy.check_change("plum-kettle-42", "plum-kettle-43", &none).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_too_little_changed");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`]; above the ceiling of bytes nothing is compared.
    pub fn check_change(
        &self,
        old: &str,
        new: &str,
        about: &Personal<'_>,
    ) -> Result<(), Violations> {
        let found = self.ask_about(new, about)?;
        Violations::unless_empty(self.and_of_the_change(old, new, found))
    }

    /// Asks every rule about `password`, those that need `evidence` too.
    ///
    /// ```
    /// use repass::policy::{Evidence, Personal, Policy};
    ///
    /// let policy = Policy::builder().min_changed(4).not_among_last(3).build()?;
    /// let (old, new, none) = ("plum-kettle-42", "orbit-kettle-42", Personal::none());
    /// # let hashes = ["hash of plum-kettle-42", "hash of another"];
    /// # let is_hash_of = |new: &str, hash: &str| hash.strip_prefix("hash of ") == Some(new);
    /// let history = policy.check_history(hashes, |hash| is_hash_of(new, hash));
    /// assert!(policy.check_with(new, &none, Evidence::of_change(old).history(&history)).is_ok());
    ///
    /// // What nobody asked is not taken for granted.
    /// let violations = policy.check_with(new, &none, Evidence::of_reset()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_history_unknown");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`]; above a ceiling nothing is compared.
    pub fn check_with(
        &self,
        password: &str,
        about: &Personal<'_>,
        evidence: Evidence<'_>,
    ) -> Result<(), Violations> {
        let mut found = self.ask_about(password, about)?;
        if let Some(old) = evidence.old {
            found = self.and_of_the_change(old, password, found);
        }
        if let Some(last) = self.not_among_last {
            found.extend(match evidence.is_new {
                Some(true) => None,
                Some(false) => Some(Violation::UsedBefore { last }),
                None => Some(Violation::HistoryUnknown { last }),
            });
        }
        found.extend(self.breaches(evidence.breach));
        Violations::unless_empty(found)
    }

    /// Whether the new password is none of the last ones: `is_used` verifies it against one of
    /// `earlier`, the hashes that the host keeps, newest first.
    ///
    /// As many are asked as [`PolicyBuilder::not_among_last`](super::PolicyBuilder::not_among_last) says,
    /// and all of them, so that the time does not tell which it was. Old passwords themselves are
    /// nowhere needed.
    ///
    /// # Errors
    ///
    /// [`Violation::UsedBefore`] alone.
    pub fn check_history<T>(
        &self,
        earlier: impl IntoIterator<Item = T>,
        mut is_used: impl FnMut(T) -> bool,
    ) -> Result<(), Violations> {
        let Some(last) = self.not_among_last else { return Ok(()) };
        let used = earlier.into_iter().take(last).fold(false, |used, hash| is_used(hash) | used);
        if used { Err(Violations::one(Violation::UsedBefore { last })) } else { Ok(()) }
    }

    /// What is wrong with the password itself.
    ///
    /// # Errors
    ///
    /// [`Violations`] of a ceiling, above which nothing else is asked.
    fn ask_about(
        &self,
        password: &str,
        about: &Personal<'_>,
    ) -> Result<Vec<Violation>, Violations> {
        self.ceilings(password, about).map_or_else(
            || Ok(self.ask_every_rule(password, about)),
            |ceiling| Err(Violations::one(ceiling)),
        )
    }

    fn and_of_the_change(&self, old: &str, new: &str, mut found: Vec<Violation>) -> Vec<Violation> {
        if let Some(min_changed) = self.min_changed
            && change::changes_fewer(old, new, min_changed)
        {
            found.push(Violation::TooLittleChanged { min_changed });
        }
        if self.not_rearranged
            && let Some(how) = Rearrangement::between(old, new)
        {
            found.push(Violation::Rearranged { how });
        }
        found
    }
}
