use alloc::vec::Vec;

use super::rule::{Ask, Question, Visit, When};
use super::{Evidence, Personal, Policy, Violation, Violations};
use crate::secret::Password;

impl Policy {
    /// Asks every rule about `password`, in the form in which it is hashed, and about what is known of its
    /// owner.
    ///
    /// Rules about the change from the old password, about earlier ones and about breaches need more than
    /// the password: [`Policy::check_with`] asks them too.
    ///
    /// A password above the ceiling of bytes is refused for that alone, before any other rule looks
    /// at it. An accepted password of up to 64 characters costs no allocation, nor does a longer one of
    /// ASCII that has no three letters in a row in common with an attribute.
    ///
    /// # Errors
    ///
    /// [`Violations`]: everything that is wrong, in the order of [`Policy::requirements`].
    pub fn check(&self, password: &Password, about: &Personal<'_>) -> Result<(), Violations> {
        self.check_as_typed(password.expose_secret(), about)
    }

    /// [`Policy::check`] of a text that is not normalised, as Django checks.
    ///
    /// A [`Password`] is in Unicode Normalization Form C, in which it may have fewer characters than were
    /// typed: what this accepts may be shorter than the policy wants once it is hashed.
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`].
    pub fn check_as_typed(&self, text: &str, about: &Personal<'_>) -> Result<(), Violations> {
        Violations::unless_empty(self.ask(text, about, None))
    }

    /// Asks every rule about `password`, those that need `evidence` too.
    ///
    /// ```
    /// use repass::policy::{Evidence, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().min_changed(4).not_among_last(3).build()?;
    /// let old = Password::new("plum-kettle-42")?;
    /// let (new, none) = (Password::new("orbit-kettle-42")?, Personal::none());
    /// # let day = core::time::Duration::from_secs(24 * 60 * 60);
    /// # let hashes = [("hash of plum-kettle-42", 3 * day), ("hash of another", 90 * day)];
    /// # let is_hash_of = |new: &Password, hash: &str| hash.strip_prefix("hash of ") == Some(new.expose_secret());
    /// let history = policy.check_history(&new, hashes, |hash| is_hash_of(&new, hash));
    /// assert!(policy.check_with(&new, &none, Evidence::of_change(&old).history(&history)).is_ok());
    ///
    /// // What nobody asked is refused.
    /// let violations = policy.check_with(&new, &none, Evidence::of_reset()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_history_unknown");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`]; above the ceiling nothing is compared.
    pub fn check_with(
        &self,
        password: &Password,
        about: &Personal<'_>,
        evidence: Evidence<'_>,
    ) -> Result<(), Violations> {
        let (text, evidence) = (password.expose_secret(), evidence.about(password));
        Violations::unless_empty(self.ask(text, about, Some(evidence)))
    }

    /// What of [`PolicyBuilder::warn`](super::PolicyBuilder::warn) the password does not meet; also `None`
    /// when [`Policy::check`] refuses it for its bytes. [`Policy::warnings_with`] asks the wishes that need
    /// more than the password.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let wishes = Policy::builder().min_length(15).build()?;
    /// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    /// let (password, none) = (Password::new("plum-kettle")?, Personal::none());
    /// assert!(policy.check(&password, &none).is_ok());
    /// assert_eq!(policy.warnings(&password, &none).unwrap()[0].code(), "password_too_short");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn warnings(&self, password: &Password, about: &Personal<'_>) -> Option<Violations> {
        self.wishes_for(password)?.check(password, about).err()
    }

    /// As [`Policy::warnings`], with the wishes that need `evidence`; what is not known is a warning too.
    ///
    /// Of the earlier passwords it is the answer to the wishes that counts: that of
    /// [`Policy::check_history`] of [`Policy::wishes`].
    ///
    /// ```
    /// use repass::policy::{Breach, BreachAnswer, Evidence, Personal, Policy, WhenUnknown};
    /// use repass::secret::Password;
    ///
    /// let wishes = Policy::builder().max_breaches(0, WhenUnknown::Refuse).build()?;
    /// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    /// let (password, none) = (Password::new("plum-kettle")?, Personal::none());
    /// let [unseen, seen] = [0, 3].map(|times| BreachAnswer::new(&password, Breach::seen(times)));
    /// for (evidence, code) in [
    ///     (Evidence::of_reset().breach(&unseen), None),
    ///     (Evidence::of_reset().breach(&seen), Some("password_breached")),
    ///     (Evidence::of_reset(), Some("password_breach_unknown")),
    /// ] {
    ///     assert!(policy.check_with(&password, &none, evidence).is_ok());
    ///     let warnings = policy.warnings_with(&password, &none, evidence);
    ///     assert_eq!(warnings.map(|warnings| warnings[0].code()), code);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn warnings_with(
        &self,
        password: &Password,
        about: &Personal<'_>,
        evidence: Evidence<'_>,
    ) -> Option<Violations> {
        self.wishes_for(password)?.check_with(password, about, evidence).err()
    }

    /// The rules that warn and do not refuse, as a policy of their own.
    #[must_use]
    pub fn wishes(&self) -> Option<&Self> {
        self.wishes.as_deref()
    }

    /// The wishes, if the password is short enough to be looked at.
    fn wishes_for(&self, password: &Password) -> Option<&Self> {
        let is_short = password.expose_secret().len() <= self.rules.most_bytes();
        self.wishes().filter(|_| is_short)
    }

    /// What is wrong with the text; without evidence, the rules that need it are not asked.
    fn ask(
        &self,
        text: &str,
        about: &Personal<'_>,
        evidence: Option<Evidence<'_>>,
    ) -> Vec<Violation> {
        let question = self.question(text, about, evidence.unwrap_or(Evidence::of_reset()));
        let mut found = Vec::new();
        if let Some(ceiling) = &self.rules.max_bytes {
            ceiling.check(&question, &mut found);
            if !found.is_empty() {
                return found;
            }
        }
        self.ask_about_text(&question, &mut found);
        if evidence.is_some() {
            self.rules.each(&mut Asking {
                begun: found.len(),
                when: When::Last,
                found: &mut found,
                question: &question,
            });
        }
        found
    }

    /// What is wrong with the text alone, below the ceiling and in the order of the requirements.
    fn ask_about_text(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        self.rules.each(&mut Asking { begun: found.len(), when: When::Between, found, question });
        let Question { password, about, length, .. } = *question;
        for rule in self.own_rules().filter(|rule| !rule.accepts(password, about)) {
            found.push(Violation::own(rule.code(), rule.message()));
        }
        if let Some(interval) = self.intervals().find(|interval| interval.contains(length)) {
            let question = Question { rules: &interval.rules.rules, ..*question };
            interval.rules.ask_about_text(&question, found);
        }
    }

    /// The question about a text to the rules of this policy.
    pub(super) fn question<'a>(
        &'a self,
        password: &'a str,
        about: &'a Personal<'a>,
        evidence: Evidence<'a>,
    ) -> Question<'a> {
        let length = password.chars().count();
        Question { password, length, about, rules: &self.rules, evidence }
    }
}

/// Asks the rules of this time.
struct Asking<'a, 'q> {
    question: &'a Question<'q>,
    found: &'a mut Vec<Violation>,
    /// How much other rules had found.
    begun: usize,
    when: When,
}

impl Visit for Asking<'_, '_> {
    fn visit<R: Ask>(&mut self, rule: &R) {
        if R::KIND.when() == self.when
            && rule.is_asked_after(self.found.get(self.begun..).unwrap_or_default())
        {
            rule.check(self.question, self.found);
        }
    }
}
