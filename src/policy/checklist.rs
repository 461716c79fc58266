use alloc::vec::Vec;

use super::rule::{Ask, Question, Visit, When};
use super::{Evidence, Personal, Policy, Requirement, Violation};
use crate::secret::Password;

/// One requirement of a [`Policy::checklist`] and whether a password meets it.
///
/// With the feature `serde` it is `{"requirement": {"code": …, "params": {…}}, "state": "unmet"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Checked {
    /// What is asked.
    pub requirement: Requirement,
    /// Whether the password meets it.
    pub state: CheckState,
}

/// Whether a password meets a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckState {
    /// It is met.
    Met,
    /// It is not met.
    Unmet,
    /// The rule was not asked.
    NotAsked,
}

impl CheckState {
    /// The stable name: `met`, `unmet`, `not_asked`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::NotAsked => "not_asked",
        }
    }

    /// `None` if nobody asked.
    const fn of(is_met: Option<bool>) -> Self {
        match is_met {
            Some(true) => Self::Met,
            Some(false) => Self::Unmet,
            None => Self::NotAsked,
        }
    }
}

impl Policy {
    /// The [`requirements`](Policy::requirements), each with whether `password` meets it: a form may ask
    /// at every keystroke. Every rule is asked once.
    ///
    /// Something is unmet exactly if [`Policy::check`] refuses, and each of its violations belongs to one
    /// requirement that is unmet.
    ///
    /// Not asked are those that need more than the password ([`Policy::check_with`] asks them), those
    /// for passwords of another length, all but the ceiling above it, and for a common password whether
    /// it is one in disguise.
    ///
    /// ```
    /// use repass::policy::{CheckState, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().min_length(8).not_entirely_numeric().min_changed(4).build()?;
    /// let lines: Vec<_> = policy
    ///     .checklist(&Password::new("plum")?, &Personal::none())
    ///     .into_iter()
    ///     .map(|line| (line.requirement.to_string(), line.state.name()))
    ///     .collect();
    /// assert_eq!(
    ///     lines,
    ///     [
    ///         ("at most 1024 bytes".into(), "met"),
    ///         ("at least 8 characters".into(), "unmet"),
    ///         ("not only digits".into(), "met"),
    ///         ("no control characters, such as tabs or line breaks".into(), "met"),
    ///         ("not only spaces or invisible characters".into(), "met"),
    ///         ("at least 4 characters different from your old password".into(), "not_asked"),
    ///     ]
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn checklist(&self, password: &Password, about: &Personal<'_>) -> Vec<Checked> {
        self.lines(password.expose_secret(), about, true)
    }

    /// What the policy asks, in the order of the violations.
    pub(super) fn every_requirement(&self) -> Vec<Requirement> {
        let lines = self.lines("", &Personal::none(), false);
        lines.into_iter().map(|line| line.requirement).collect()
    }

    /// A line for each requirement; `is_asked`, whether what needs the text alone is asked about it.
    fn lines(&self, text: &str, about: &Personal<'_>, is_asked: bool) -> Vec<Checked> {
        let question = self.question(text, about, Evidence::of_reset());
        let is_below = is_asked && text.len() <= self.rules.most_bytes();
        let mut lines = Vec::new();
        self.rules.each(&mut Lines::new(&question, When::First, is_asked, &mut lines));
        self.lines_about_text(&question, is_below, &mut lines);
        self.rules.each(&mut Lines::new(&question, When::Last, false, &mut lines));
        lines
    }

    /// The lines of the rules that are asked about the text alone.
    fn lines_about_text(&self, question: &Question<'_>, is_asked: bool, lines: &mut Vec<Checked>) {
        self.rules.each(&mut Lines::new(question, When::Between, is_asked, lines));
        let Question { password, about, length, .. } = *question;
        lines.extend(self.own_rules().map(|rule| Checked {
            requirement: Requirement::own(rule.code(), rule.requirement()),
            state: CheckState::of(is_asked.then(|| rule.accepts(password, about))),
        }));
        for interval in self.intervals() {
            let mut within = Vec::new();
            let question = Question { rules: &interval.rules.rules, ..*question };
            let is_asked = is_asked && interval.contains(length);
            interval.rules.lines_about_text(&question, is_asked, &mut within);
            lines.extend(within.into_iter().map(|line| Checked {
                requirement: line.requirement.of_lengths(interval.min, interval.max),
                ..line
            }));
        }
    }
}

/// Adds a line for each requirement of the rules of this time.
struct Lines<'a, 'q> {
    question: &'a Question<'q>,
    when: When,
    is_asked: bool,
    /// What the rules found.
    found: Vec<Violation>,
    lines: &'a mut Vec<Checked>,
}

impl<'a, 'q> Lines<'a, 'q> {
    const fn new(
        question: &'a Question<'q>,
        when: When,
        is_asked: bool,
        lines: &'a mut Vec<Checked>,
    ) -> Self {
        Self { question, when, is_asked, found: Vec::new(), lines }
    }
}

impl Visit for Lines<'_, '_> {
    fn visit<R: Ask>(&mut self, rule: &R) {
        if R::KIND.when() != self.when {
            return;
        }
        let mut requirements = Vec::new();
        rule.requirements(&mut requirements);
        let is_asked = self.is_asked && rule.is_asked_after(&self.found);
        let before = self.found.len();
        if is_asked {
            rule.check(self.question, &mut self.found);
        }
        let found = self.found.get(before..).unwrap_or_default();
        let is_alone = requirements.len() == 1;
        self.lines.extend(requirements.into_iter().map(|requirement| {
            let is_broken = || found.iter().any(|one| is_alone || requirement.is_broken_by(one));
            Checked { state: CheckState::of(is_asked.then(|| !is_broken())), requirement }
        }));
    }
}

impl Requirement {
    /// Whether `violation` is of this one of several requirements of a rule: it has the same code and,
    /// where it is about a set, the same set.
    fn is_broken_by(&self, violation: &Violation) -> bool {
        self.code() == violation.code() && self.param("set") == violation.param("set")
    }
}
