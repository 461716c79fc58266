mod content;
mod evidence;
mod shape;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::contradiction::refuse_contradictions;
use super::interval::Interval;
use super::rule::OwnRule;
use super::{Policy, PolicyError, Preset, Rule};

/// Collects the rules of a [`Policy`]; a rule that is not named is not asked.
///
/// ```
/// use repass::policy::{CharacterClass, Policy, PolicyError};
///
/// let builder = Policy::builder()
///     .min_length(8)
///     .at_least(1, CharacterClass::Upper)
///     .at_least(1, CharacterClass::Digit);
/// assert!(builder.clone().build().is_ok());
///
/// let error = builder.max_length(7).build().unwrap_err();
/// assert_eq!(error, PolicyError::MinLengthAboveMaxLength { min_length: 8, max_length: 7 });
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PolicyBuilder {
    pub(super) rules: Policy,
    preset: Option<Preset>,
}

impl PolicyBuilder {
    /// The ceiling of a policy whose builder was not told another: 1,024 bytes, sixteen times the
    /// 64 characters that NIST SP 800-63B-4 wants to be allowed.
    pub const DEFAULT_MAX_BYTES: usize = 1_024;

    /// The ceiling on personal information of a policy whose builder was not told another: 64 attributes
    /// of 256 bytes, enough for any e-mail address (RFC 5321, section 4.5.3.1.3).
    pub const DEFAULT_MAX_PERSONAL: (usize, usize) = (64, 256);

    pub(super) fn new() -> Self {
        let mut rules = Policy::of_one_list(None);
        rules.max_bytes = Some(Self::DEFAULT_MAX_BYTES);
        rules.max_personal = Some(Self::DEFAULT_MAX_PERSONAL);
        Self::of(rules)
    }

    pub(super) const fn of(rules: Policy) -> Self {
        Self { rules, preset: None }
    }

    /// The most bytes of UTF-8; a longer password is refused for that alone, before any other rule
    /// runs.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.rules.max_bytes = Some(bytes);
        self
    }

    /// The most attributes of [`Personal`](super::Personal), and the most bytes of UTF-8 of each; more
    /// are refused for that alone. Without it, [`DEFAULT_MAX_PERSONAL`](Self::DEFAULT_MAX_PERSONAL).
    ///
    /// It bounds the work of a check. A service that lets people write more about themselves hands on
    /// what names them, or raises the ceiling: the work grows no faster than the text.
    pub fn max_personal(mut self, attributes: usize, bytes_of_each: usize) -> Self {
        self.rules.max_personal = Some((attributes, bytes_of_each));
        self
    }

    /// The fewest code points; 0, the default, asks nothing and lets even the empty password pass.
    pub fn min_length(mut self, code_points: usize) -> Self {
        self.rules.min_length = code_points;
        self
    }

    /// The most code points; without it the ceiling of bytes alone limits the length.
    pub fn max_length(mut self, code_points: usize) -> Self {
        self.rules.max_length = Some(code_points);
        self
    }

    /// Asks `rules` of the passwords that have so many code points, besides what is asked of all; each
    /// call adds an interval, and no two may overlap.
    ///
    /// For policies that want fewer kinds of characters of a longer password. `rules` may have any rule
    /// that looks at the password alone; its ceilings are those of the whole.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    ///
    /// let short = Policy::builder().at_least(1, CharacterClass::Digit).build()?;
    /// let policy = Policy::builder().min_length(8).of_lengths(8..=15, short).build()?;
    /// let none = Personal::none();
    /// assert!(policy.check("plum-kettle", &none).is_err());
    /// assert!(policy.check("plum-kettle-4", &none).is_ok());
    /// assert!(policy.check("plum-kettle-orbit", &none).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn of_lengths(mut self, code_points: RangeInclusive<usize>, rules: Policy) -> Self {
        let mut intervals =
            self.rules.intervals.map_or_else(Vec::new, |intervals| intervals.to_vec());
        let (min, max) = code_points.into_inner();
        intervals.push(Interval { min, max, rules });
        self.rules.intervals = Some(intervals.into());
        self
    }

    /// Asks a rule of the host's own as well; each call adds one.
    pub fn rule(mut self, rule: impl Rule + 'static) -> Self {
        let mut own = self.rules.own.map_or_else(Vec::new, |own| own.to_vec());
        own.push(OwnRule::new(rule));
        self.rules.own = Some(own.into());
        self
    }

    /// Rules that warn and do not refuse: [`Policy::warnings`] asks them, and
    /// [`Policy::warnings_with`] those that need more than the password; [`Policy::check`] does not. The last
    /// call counts.
    ///
    /// The ceilings are those of the whole policy, and the default ones of `wishes` ask nothing.
    pub fn warn(mut self, mut wishes: Policy) -> Self {
        wishes.max_bytes = wishes.max_bytes.filter(|most| *most != Self::DEFAULT_MAX_BYTES);
        wishes.max_personal =
            wishes.max_personal.filter(|most| *most != Self::DEFAULT_MAX_PERSONAL);
        self.rules.wishes = Some(Arc::new(wishes));
        self
    }

    pub(super) const fn under(mut self, preset: Preset) -> Self {
        self.preset = Some(preset);
        self
    }

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] when no password could pass, when a rule could never refuse, when a number is
    /// out of range, or when the rules depart from the [`Preset`] that they began with.
    pub fn build(self) -> Result<Policy, PolicyError> {
        // First, as its errors say more: a standard may be why two rules contradict each other.
        if let Some(preset) = self.preset {
            preset.refuse_departures(&self.rules)?;
        }
        refuse_contradictions(&self.rules)?;
        Ok(self.rules)
    }
}
