use core::fmt;

use super::{Breach, BreachUnknown, Violations};
use crate::secret::Password;

/// What the host found out about a new password besides the password itself, for
/// [`Policy::check_with`](super::Policy::check_with).
///
/// Whether there is an old password to compare with has to be said; what else is missing is refused by the
/// rules that need it.
#[derive(Clone, Copy)]
#[must_use]
pub struct Evidence<'a> {
    pub(super) old: Option<&'a Password>,
    pub(super) is_new: Option<bool>,
    pub(super) breach: Breach,
}

impl<'a> Evidence<'a> {
    /// The old password is not known: a first password, or one that replaces a forgotten one. Rules about
    /// the change from the old one are not asked.
    pub const fn of_reset() -> Self {
        Self { old: None, is_new: None, breach: NOT_ASKED }
    }

    /// The owner typed the old password, and the host has just verified it.
    pub const fn of_change(old: &'a Password) -> Self {
        Self { old: Some(old), is_new: None, breach: NOT_ASKED }
    }

    /// What [`Policy::check_history`](super::Policy::check_history) answered.
    pub const fn history(mut self, answer: &Result<(), Violations>) -> Self {
        self.is_new = Some(answer.is_ok());
        self
    }

    /// What a source of breached passwords answered.
    pub const fn breach(mut self, answer: Breach) -> Self {
        self.breach = answer;
        self
    }
}

const NOT_ASKED: Breach = Breach::Unknown(BreachUnknown::NotAsked);

/// Without the old password.
impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("is_new", &self.is_new)
            .field("breach", &self.breach)
            .finish_non_exhaustive()
    }
}
