use core::time::Duration;

use super::Policy;
use super::fingerprint::Fingerprint;
use crate::secret::Password;

/// Whether a new password is an earlier one: what [`Policy::check_history`] found out about it.
///
/// It holds for this password alone: with any other, [`Policy::check_with`] takes it for no answer.
#[derive(Clone, Debug)]
#[must_use]
pub struct History {
    about: Fingerprint,
    used: Option<Used>,
}

/// The most recent earlier password that is the same.
#[derive(Clone, Copy, Debug)]
struct Used {
    /// 1 for the newest.
    number: usize,
    age: Duration,
}

impl Policy {
    /// Compares a new password with earlier ones: `is_used` verifies it against one of `earlier`, which
    /// are the hashes that the host keeps, the newest first, each with the time since it was replaced.
    /// [`Duration::ZERO`] is for a time that is not known.
    ///
    /// As many are compared as [`not_among_last`](super::PolicyBuilder::not_among_last) and
    /// [`not_used_within`](super::PolicyBuilder::not_used_within) ask for, and all of these, so that the
    /// time does not tell which one it was. The earlier passwords themselves are needed nowhere.
    pub fn check_history<T>(
        &self,
        new: &Password,
        earlier: impl IntoIterator<Item = (T, Duration)>,
        mut is_used: impl FnMut(T) -> bool,
    ) -> History {
        let mut used = None;
        for (number, (hash, age)) in (1_usize..).zip(earlier) {
            if !self.is_refused_again(number, age) {
                break;
            }
            if is_used(hash) && used.is_none() {
                used = Some(Used { number, age });
            }
        }
        History { about: Fingerprint::of(new), used }
    }

    /// Whether a rule asks for earlier passwords.
    pub(crate) const fn asks_history(&self) -> bool {
        self.rules.not_among_last.is_some() || self.rules.not_used_within.is_some()
    }

    /// How many earlier passwords are compared at most.
    pub(crate) fn most_earlier(&self) -> usize {
        let last = self.rules.not_among_last.as_ref().map_or(0, |rule| rule.0);
        let within = self.rules.not_used_within.as_ref().map_or(0, |_| Self::MOST_WITHIN);
        last.max(within)
    }

    /// Whether the earlier password of this number and age must not be used again.
    fn is_refused_again(&self, number: usize, age: Duration) -> bool {
        let by_number = self.rules.not_among_last.as_ref().is_some_and(|rule| number <= rule.0);
        let by_age = self.rules.not_used_within.as_ref().is_some_and(|rule| rule.holds(age));
        by_number || by_age && number <= Self::MOST_WITHIN
    }
}

impl History {
    /// That no earlier password is this one.
    pub(crate) fn unused(password: &Password) -> Self {
        Self { about: Fingerprint::of(password), used: None }
    }

    /// Whether it is about this password.
    pub(super) fn is_about(&self, password: &Password) -> bool {
        self.about.is_of(password)
    }

    /// The number, from 1, and the age of the most recent earlier password that is the same.
    pub(super) fn used(&self) -> Option<(usize, Duration)> {
        self.used.map(|used| (used.number, used.age))
    }
}
