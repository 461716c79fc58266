use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::host_rule::HostRule;
use super::interval::Interval;
use super::rule::{Ask, Limits, Rules, Visit};
use super::{Policy, PolicyError, Preset, Rule};

/// Collects the rules of a [`Policy`]. Two rules are asked by default, until they are switched off:
/// [`no_control_characters`](Self::no_control_characters) and [`not_blank`](Self::not_blank). Each other
/// rule is asked only after its method was called.
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
/// assert_eq!(
///     error,
///     PolicyError::AsksForTooMuch { field: "min_length", asked: 8, other: "max_length", most: 7 }
/// );
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PolicyBuilder {
    pub(super) rules: Rules,
    own: Vec<HostRule>,
    intervals: Vec<Interval>,
    wishes: Option<Arc<Policy>>,
    preset: Option<Preset>,
}

impl PolicyBuilder {
    /// The ceiling of a policy whose builder was not told another: 1,024 bytes, sixteen times the
    /// 64 characters that NIST SP 800-63B-4 wants to be allowed.
    pub const DEFAULT_MAX_BYTES: usize = 1_024;

    pub(super) fn new() -> Self {
        Self::of(Rules::with_defaults()).max_bytes(Self::DEFAULT_MAX_BYTES)
    }

    /// For a policy within another, whose ceiling and default rules hold.
    #[cfg(feature = "serde")]
    pub(super) fn within_another() -> Self {
        Self::of(Rules::NONE)
    }

    pub(super) const fn of(rules: Rules) -> Self {
        Self { rules, own: Vec::new(), intervals: Vec::new(), wishes: None, preset: None }
    }

    /// Asks `rules` of the passwords that have so many code points, besides what is asked of all; each
    /// call adds an interval, and no two may overlap.
    ///
    /// For policies that want fewer kinds of characters of a longer password. `rules` may have any rule
    /// that looks at the password alone; its ceiling and its default rules are those of the whole.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let short = Policy::builder().at_least(1, CharacterClass::Digit).build()?;
    /// let policy = Policy::builder().min_length(8).of_lengths(8..=15, short).build()?;
    /// let none = Personal::none();
    /// assert!(policy.check(&Password::new("plum-kettle")?, &none).is_err());
    /// assert!(policy.check(&Password::new("plum-kettle-4")?, &none).is_ok());
    /// assert!(policy.check(&Password::new("plum-kettle-orbit")?, &none).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_lengths(mut self, code_points: RangeInclusive<usize>, rules: Policy) -> Self {
        let (min, max) = code_points.into_inner();
        let rules = rules.within_another();
        self.intervals.push(Interval { min, max, rules });
        self
    }

    /// Asks a rule of the host's own as well; each call adds one.
    pub fn rule(mut self, rule: impl Rule + 'static) -> Self {
        self.own.push(HostRule::new(rule));
        self
    }

    /// Rules that warn and do not refuse: [`Policy::warnings`] asks them, and
    /// [`Policy::warnings_with`] those that need more than the password; [`Policy::check`] does not. The last
    /// call counts.
    ///
    /// The ceiling is that of the whole policy. The default one of `wishes`, and their default rules, ask
    /// nothing.
    pub fn warn(mut self, wishes: Policy) -> Self {
        self.wishes = Some(Arc::new(wishes.within_another()));
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
    /// [`PolicyError`] when a number is out of range, when a rule contradicts another about lengths
    /// or classes of characters, also those of an interval, or when the rules depart from the [`Preset`]
    /// that they began with. Other combinations that no password satisfies are not found.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let policy = Policy {
            rules: self.rules,
            own: Some(self.own).filter(|own| !own.is_empty()).map(Arc::from),
            intervals: Some(self.intervals).filter(|all| !all.is_empty()).map(Arc::from),
            wishes: self.wishes,
        };
        // First, as its errors say more: a standard may be why two rules contradict each other.
        if let Some(preset) = self.preset {
            preset.refuse_departures(&policy)?;
        }
        refuse(&Limits::of(&policy.rules), &[&policy.rules])?;
        refuse_intervals(&policy)?;
        if policy.wishes().is_some_and(|wishes| wishes.wishes.is_some()) {
            return Err(PolicyError::RuleOutOfPlace { field: "warn" });
        }
        Ok(policy)
    }
}

/// Asks each rule whether it goes with the others.
fn refuse(limits: &Limits, all: &[&Rules]) -> Result<(), PolicyError> {
    struct Refuse<'a>(&'a Limits, Result<(), PolicyError>);

    impl Visit for Refuse<'_> {
        fn visit<R: Ask>(&mut self, rule: &R) {
            if self.1.is_ok() && self.0.bind(R::KIND) {
                self.1 = rule.refuse(self.0);
            }
        }
    }

    let mut refuse = Refuse(limits, Ok(()));
    all.iter().for_each(|rules| rules.each(&mut refuse));
    refuse.1
}

impl Policy {
    /// Without the ceiling and the rules that nobody asked for.
    fn within_another(mut self) -> Self {
        let is_asked = self.rules.most_bytes() != PolicyBuilder::DEFAULT_MAX_BYTES;
        self.rules.max_bytes = self.rules.max_bytes.filter(|_| is_asked);
        self.rules = self.rules.without_defaults();
        self
    }
}

/// Refuses intervals that no password reaches, or that have what would not be asked.
fn refuse_intervals(policy: &Policy) -> Result<(), PolicyError> {
    for (number, interval) in policy.intervals().enumerate() {
        let Interval { min, max, ref rules } = *interval;
        if let Some(field) = out_of_place(rules) {
            return Err(PolicyError::RuleOutOfPlace { field });
        }
        let limits = Limits::within(&policy.rules, &rules.rules, min..=max);
        if limits.shortest > limits.longest {
            return Err(PolicyError::LengthsOutOfReach { min, max });
        }
        let mut others = policy.intervals().skip(number).skip(1);
        if others.any(|other| interval.overlaps(other)) {
            return Err(PolicyError::LengthsOverlap { min, max });
        }
        refuse(&limits, &[&policy.rules, &rules.rules])?;
    }
    Ok(())
}

/// The first rule or table that is not asked within an interval.
fn out_of_place(policy: &Policy) -> Option<&'static str> {
    if policy.intervals.is_some() || policy.wishes.is_some() {
        return Some("of_lengths");
    }
    policy.rules.out_of_interval()
}
