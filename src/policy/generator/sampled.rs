use alloc::sync::Arc;
use alloc::vec::Vec;

use super::GeneratorError;
use crate::policy::characters::ranges::Ranges;
use crate::policy::draw::Draw;
use crate::policy::interval::Interval;
use crate::policy::rule::{Ask, Kind, Need, Rules, Visit};
use crate::policy::{Personal, Policy};

/// What a generator takes of a policy: every rule that the password alone decides, or its owner's
/// names. Rules that need evidence and rules of the host's own are not asked.
#[derive(Clone)]
pub(super) struct SampledRules {
    /// Of the policy, and of its interval for one length.
    all: Vec<Rules>,
    /// Whether the owner matters to passwords of some length.
    pub(super) asks_owner: bool,
}

impl SampledRules {
    /// The rules that are asked of passwords of every length.
    pub(super) fn of(policy: &Policy) -> Self {
        let within = policy.intervals().map(|interval| &interval.rules.rules);
        let asks_owner = [&policy.rules].into_iter().chain(within).any(asks_owner);
        Self { all: Vec::from([policy.rules.clone()]), asks_owner }
    }

    /// The rules that are asked of passwords of this length.
    pub(super) fn at(policy: &Policy, length: usize) -> Self {
        let mut rules = Self::of(policy);
        let interval = policy.intervals().find(|interval| interval.contains(length));
        rules.all.extend(interval.map(|interval| interval.rules.rules.clone()));
        rules
    }

    /// The fewest code points.
    pub(super) fn shortest(&self) -> usize {
        self.all.iter().map(Rules::shortest).max().unwrap_or(0)
    }

    /// The most code points.
    pub(super) fn longest(&self) -> usize {
        self.all.iter().map(Rules::longest).min().unwrap_or(usize::MAX)
    }

    pub(super) fn take(&self, length: usize) -> bool {
        self.all.iter().all(|rules| rules.take_length(length))
    }

    pub(super) fn permitted(&self) -> Ranges {
        let mut permitted = Ranges::all();
        self.all.iter().for_each(|rules| rules.narrow(&mut permitted));
        permitted
    }

    /// What is counted.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs = Needs(Vec::new());
        self.all.iter().for_each(|rules| rules.each(&mut needs));
        needs.0
    }

    /// The chance, at most, that a drawn password that is counted is refused for something else, for any
    /// owner. Those that are counted are the part `accepted` of what is drawn.
    ///
    /// # Errors
    ///
    /// The rule with which it reaches `most`.
    pub(super) fn refuse_at_most(
        &self,
        draw: Draw<'_>,
        accepted: f64,
        most: f64,
    ) -> Result<f64, GeneratorError> {
        let mut chance = Chance { all: None, draw, accepted, most, sum: Ok(0.0) };
        for rules in &self.all {
            chance.all = Some(rules);
            rules.each(&mut chance);
        }
        chance.sum
    }

    /// The chance, at most, that it is refused for the names of this owner.
    pub(super) fn refuse_owner_at_most(&self, draw: Draw<'_>, about: &Personal<'_>) -> f64 {
        let mut chance = OwnerChance { draw, about, sum: 0.0 };
        self.all.iter().for_each(|rules| rules.each(&mut chance));
        chance.sum
    }
}

impl Policy {
    /// The policy that a password is asked after it was drawn.
    pub(super) fn for_sampling(&self) -> Self {
        let without_own =
            |interval: &Interval| Interval { rules: interval.rules.for_sampling(), ..*interval };
        let intervals = self.intervals.as_ref();
        Self {
            rules: self.rules.clone(),
            own: None,
            intervals: intervals.map(|all| all.iter().map(without_own).collect::<Arc<_>>()),
            wishes: None,
        }
    }
}

fn asks_owner(rules: &Rules) -> bool {
    struct AsksOwner(bool);

    impl Visit for AsksOwner {
        fn visit<R: Ask>(&mut self, _rule: &R) {
            self.0 |= R::NEEDS_OWNER;
        }
    }

    let mut asks = AsksOwner(false);
    rules.each(&mut asks);
    asks.0
}

struct Needs(Vec<Need>);

impl Visit for Needs {
    fn visit<R: Ask>(&mut self, rule: &R) {
        rule.needs(&mut self.0);
    }
}

struct Chance<'a> {
    all: Option<&'a Rules>,
    draw: Draw<'a>,
    accepted: f64,
    most: f64,
    sum: Result<f64, GeneratorError>,
}

impl Visit for Chance<'_> {
    fn visit<R: Ask>(&mut self, rule: &R) {
        let (Ok(sum), Some(all)) = (&self.sum, self.all) else { return };
        if R::KIND == Kind::Evidence {
            return;
        }
        let sum = sum + rule.refuses_at_most(&self.draw, all) / self.accepted;
        let is_provable = sum < self.most;
        let error = GeneratorError::NotProvable { rule: rule.method() };
        self.sum = if is_provable { Ok(sum) } else { Err(error) };
    }
}

struct OwnerChance<'a> {
    draw: Draw<'a>,
    about: &'a Personal<'a>,
    sum: f64,
}

impl Visit for OwnerChance<'_> {
    fn visit<R: Ask>(&mut self, rule: &R) {
        self.sum += rule.refuses_owner_at_most(&self.draw, self.about);
    }
}
