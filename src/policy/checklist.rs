use alloc::vec::Vec;

use super::{Personal, Policy, Requirement, Violation};

/// One requirement of a [`Policy::checklist`] and how a password stands to it.
///
/// With the feature `serde` it is `{"requirement": {"code": …, "params": {…}}, "state": "unmet"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Checked {
    /// What is asked.
    pub requirement: Requirement,
    /// How the password stands to it.
    pub state: CheckState,
}

/// How a password stands to a requirement.
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

    const fn met(is_met: bool) -> Self {
        if is_met { Self::Met } else { Self::Unmet }
    }
}

impl Policy {
    /// The [`requirements`](Policy::requirements), each with whether `password` meets it: a form may ask
    /// at every keystroke. Every rule is asked once.
    ///
    /// Something is unmet exactly if [`Policy::check`] refuses, and each of its violations is behind one
    /// requirement that is unmet. Only [`Violation::TooMuchPersonal`] is behind none, since whoever types
    /// cannot help it: then nothing but the ceiling of bytes is asked.
    ///
    /// Not asked are those that need more than the password ([`Policy::check_with`] asks them), those
    /// for passwords of another length, all but the ceiling above it, and for a common password whether
    /// it is one in disguise.
    ///
    /// ```
    /// use repass::policy::{CheckState, Personal, Policy};
    ///
    /// let policy = Policy::builder().min_length(8).not_entirely_numeric().min_changed(4).build()?;
    /// let lines: Vec<_> = policy
    ///     .checklist("plum", &Personal::none())
    ///     .into_iter()
    ///     .map(|line| (line.requirement.to_string(), line.state.name()))
    ///     .collect();
    /// assert_eq!(
    ///     lines,
    ///     [
    ///         ("at most 1024 bytes".into(), "met"),
    ///         ("at least 8 characters".into(), "unmet"),
    ///         ("not only digits".into(), "met"),
    ///         ("different from the old one by 4 characters or more".into(), "not_asked"),
    ///     ]
    /// );
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn checklist(&self, password: &str, about: &Personal<'_>) -> Vec<Checked> {
        let ceiling = self.ceilings(password, about);
        let below = match &ceiling {
            Some(_) => self.not_asked(),
            None => self.checked_below_the_ceiling(password, about),
        };
        let too_long = matches!(ceiling, Some(Violation::TooManyBytes { .. }));
        let max_bytes = self.max_bytes.map(|max_bytes| Checked {
            requirement: Requirement::MaxBytes { max_bytes },
            state: CheckState::met(!too_long),
        });
        max_bytes.into_iter().chain(below).collect()
    }

    fn not_asked(&self) -> Vec<Checked> {
        let asked = self.requirements_below_the_ceiling().into_iter();
        asked.map(|requirement| Checked { requirement, state: CheckState::NotAsked }).collect()
    }

    /// In the order of the requirements below the ceiling. Rules of the host's own and those of an
    /// interval may have the code of another, so they are asked apart.
    fn checked_below_the_ceiling(&self, password: &str, about: &Personal<'_>) -> Vec<Checked> {
        let shared = Self { own: None, intervals: None, ..self.clone() };
        let found = shared.ask_every_rule(password, about);
        let is_common = found.contains(&Violation::TooCommon);
        let mut own = self.own_rules().map(|rule| CheckState::met(rule.accepts(password, about)));
        let length = password.chars().count();
        let interval = self.intervals().find(|interval| interval.contains(length));
        let mut of_lengths = interval
            .map(|interval| interval.rules.checked_below_the_ceiling(password, about))
            .into_iter()
            .flatten();

        let mut state = |requirement: &Requirement| match requirement {
            Requirement::Own { .. } => own.next().unwrap_or(CheckState::NotAsked),
            Requirement::OfLengths { min, max, .. } if (*min..=*max).contains(&length) => {
                of_lengths.next().map_or(CheckState::NotAsked, |checked| checked.state)
            }
            Requirement::OfLengths { .. } => CheckState::NotAsked,
            Requirement::NotDerivedFromCommon { .. } if is_common => CheckState::NotAsked,
            needy if needy.needs_evidence() => CheckState::NotAsked,
            _ => {
                CheckState::met(!found.iter().any(|violation| requirement.is_broken_by(violation)))
            }
        };
        self.requirements_below_the_ceiling()
            .into_iter()
            .map(|requirement| Checked { state: state(&requirement), requirement })
            .collect()
    }
}

impl Requirement {
    /// Whether a password alone does not tell.
    const fn needs_evidence(&self) -> bool {
        match self {
            Self::MinChanged { .. }
            | Self::NotRearranged
            | Self::NotAmongLast { .. }
            | Self::MaxBreaches { .. } => true,
            Self::MaxBytes { .. }
            | Self::NotSimilar
            | Self::MinLength { .. }
            | Self::MaxLength { .. }
            | Self::NotCommon
            | Self::NotDerivedFromCommon { .. }
            | Self::NotEntirelyNumeric
            | Self::Classes { .. }
            | Self::Set { .. }
            | Self::Categories { .. }
            | Self::NoWhiteSpace { .. }
            | Self::NoControlCharacters
            | Self::AllowedCharacters { .. }
            | Self::NoIllegalCharacters { .. }
            | Self::MaxRepeat { .. }
            | Self::MaxClassRepeat { .. }
            | Self::MinDistinct { .. }
            | Self::MaxOccurrences { .. }
            | Self::MaxSequence { .. }
            | Self::MaxKeyboardWalk { .. }
            | Self::NoContextWord
            | Self::NoForbiddenWord
            | Self::NoPersonalNames
            | Self::NoPalindrome
            | Self::OfLengths { .. }
            | Self::Own { .. } => false,
        }
    }

    /// Whether `violation` is of this rule, among the violations of one policy and none of a host's own.
    fn is_broken_by(&self, violation: &Violation) -> bool {
        match (self, violation) {
            (Self::NotDerivedFromCommon { .. }, Violation::DerivedFromCommon { .. }) => true,
            // A policy may have several sets, each once.
            (Self::Set { set, .. }, Violation::MissingFromSet { set: missing, .. }) => {
                set == missing
            }
            _ => self.code() == violation.code(),
        }
    }
}
