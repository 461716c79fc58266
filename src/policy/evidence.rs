use core::fmt;
use core::time::Duration;

use super::{Breach, BreachAnswer, BreachUnknown, History};
use crate::secret::Password;

/// What the host found out about a new password besides the password itself, for
/// [`Policy::check_with`](super::Policy::check_with).
///
/// Whether there is an old password to compare with has to be said; what else is missing is refused by the
/// rules that need it. An answer about another password counts as missing.
#[derive(Clone, Copy)]
#[must_use]
pub struct Evidence<'a> {
    pub(super) old: Option<&'a Password>,
    pub(super) age: Age,
    pub(super) history: Option<&'a History>,
    breach: Option<&'a BreachAnswer>,
}

/// How long the account has had its present password.
#[derive(Clone, Copy, Debug)]
pub(super) enum Age {
    /// It does not matter, because the password was forgotten or has to be changed.
    Any,
    Unknown,
    Known(Duration),
}

impl<'a> Evidence<'a> {
    /// The old password is not known: a first password, or one that replaces a forgotten one. Rules about
    /// the change from the old one are not asked.
    pub const fn of_reset() -> Self {
        Self { old: None, age: Age::Any, history: None, breach: None }
    }

    /// The owner typed the old password, and the host has just verified it.
    pub const fn of_change(old: &'a Password) -> Self {
        Self { old: Some(old), age: Age::Unknown, history: None, breach: None }
    }

    /// How long the account has had its old password.
    pub const fn age(mut self, age: Duration) -> Self {
        self.age = Age::Known(age);
        self
    }

    /// The old password has to be changed, however new it is.
    pub const fn must_change(mut self) -> Self {
        self.age = Age::Any;
        self
    }

    /// What [`Policy::check_history`](super::Policy::check_history) answered.
    pub const fn history(mut self, answer: &'a History) -> Self {
        self.history = Some(answer);
        self
    }

    /// What a source of breached passwords answered.
    pub const fn breach(mut self, answer: &'a BreachAnswer) -> Self {
        self.breach = Some(answer);
        self
    }

    /// Without the answers about other passwords.
    pub(super) fn about(mut self, password: &Password) -> Self {
        self.history = self.history.filter(|answer| answer.is_about(password));
        self.breach = self.breach.filter(|answer| answer.is_about(password));
        self
    }

    /// What a source of breached passwords said.
    pub(super) fn breached(&self) -> Breach {
        self.breach.map_or(Breach::Unknown(BreachUnknown::NotAsked), BreachAnswer::breach)
    }
}

/// Without the old password.
impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("age", &self.age)
            .field("history", &self.history)
            .field("breach", &self.breach)
            .finish_non_exhaustive()
    }
}
