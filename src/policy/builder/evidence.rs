use super::PolicyBuilder;
use crate::policy::WhenUnknown;

/// What more than the password has to be known for.
impl PolicyBuilder {
    /// The fewest insertions, deletions and replacements of code points between the old password and
    /// the new one, which [`Policy::check_change`](crate::policy::Policy::check_change) compares. From 1
    /// to 64.
    pub fn min_changed(mut self, code_points: usize) -> Self {
        self.rules.min_changed = Some(code_points);
        self
    }

    /// Refuses the old password over again: the same in any letter case, backwards, or begun at another
    /// character. [`Policy::check_change`](crate::policy::Policy::check_change) compares.
    pub fn not_rearranged(mut self) -> Self {
        self.rules.not_rearranged = true;
        self
    }

    /// How many of the last passwords are refused;
    /// [`Policy::check_history`](crate::policy::Policy::check_history) asks. From 1.
    pub fn not_among_last(mut self, passwords: usize) -> Self {
        self.rules.not_among_last = Some(passwords);
        self
    }

    /// The most often that a password may have been seen in breaches: 0 refuses any that was seen.
    /// [`Policy::check_with`](crate::policy::Policy::check_with) asks, and the host finds the number out: see
    /// [`Breach`](crate::policy::Breach).
    ///
    /// `when_unknown` says what happens when the source gives no answer.
    ///
    /// ```
    /// use repass::policy::{Breach, BreachUnknown, Evidence, Personal, Policy, WhenUnknown};
    ///
    /// let policy = Policy::builder().max_breaches(0, WhenUnknown::Refuse).build()?;
    /// for (answer, code) in [
    ///     (Breach::seen(0), None),
    ///     (Breach::seen(3), Some("password_breached")),
    ///     (Breach::Unknown(BreachUnknown::Unreachable), Some("password_breach_unknown")),
    /// ] {
    ///     let evidence = Evidence::of_reset().breach(answer);
    ///     let checked = policy.check_with("plum-kettle-42", &Personal::none(), evidence);
    ///     assert_eq!(checked.err().map(|violations| violations[0].code()), code);
    /// }
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn max_breaches(mut self, count: u64, when_unknown: WhenUnknown) -> Self {
        self.rules.max_breaches = Some((count, when_unknown));
        self
    }
}
