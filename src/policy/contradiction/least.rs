use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::fit::Need;
use super::groups::{Group, Groups};
use crate::policy::Categories;

/// The least that a password takes to have all that it needs, where one character may serve several
/// needs.
pub(super) struct Least<'a> {
    needs: &'a [Need],
    /// How many of the kinds, for each choice of them.
    enough: Vec<usize>,
    groups: &'a Groups,
}

/// What is still owed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    owed: Vec<usize>,
    /// A bit for each kind that occurred; all bits when there are enough.
    seen: Vec<u64>,
}

struct Step<'a> {
    group: &'a Group,
    cost: usize,
}

impl<'a> Least<'a> {
    /// So many states are looked at; where there are more, less is known of the least.
    const MOST_STATES: usize = 1_024;

    pub(super) fn new(
        needs: &'a [Need],
        kinds: &[(usize, &Categories)],
        groups: &'a Groups,
    ) -> Self {
        // What a bit cannot stand for is not asked.
        let enough =
            kinds.iter().map(|(count, of)| if of.iter().count() < 64 { *count } else { 0 });
        Self { needs, enough: enough.collect(), groups }
    }

    /// No more than what the cheapest password with all of it costs, by the cost of a character of so
    /// many bytes; none if there is no such password.
    pub(super) fn cost(&self, of_bytes: impl Fn(usize) -> usize) -> Option<usize> {
        let steps = self.steps(of_bytes);
        let mut sum = 0_usize;
        for part in self.parts(&steps) {
            sum = sum.saturating_add(self.cost_of(&part, &steps)?);
        }
        Some(sum)
    }

    /// The method of the builder whose need no character serves, or no number of them.
    pub(super) fn unserved(&self) -> Option<&'static str> {
        let is_served = |place| self.groups.serving(place) > 0;
        let unserved = self.needs.iter().enumerate().find(|(place, _)| !is_served(*place));
        unserved.map(|(_, need)| need.field).or(Some("at_least_kinds"))
    }

    /// The method of the builder that takes the most.
    pub(super) fn largest(&self) -> Option<&'static str> {
        let most = self.needs.iter().rev().max_by_key(|need| need.count);
        most.map(|need| need.field).or(Some("at_least_kinds"))
    }

    /// A step for each group, without those than which another does no less for no more.
    fn steps(&self, of_bytes: impl Fn(usize) -> usize) -> Vec<Step<'a>> {
        let mut steps: Vec<Step<'a>> = Vec::new();
        for group in self.groups.iter() {
            let step = Step { group, cost: of_bytes(group.bytes) };
            if !steps.iter().any(|other| other.does_no_less_than(&step)) {
                steps.retain(|other| !step.does_no_less_than(other));
                steps.push(step);
            }
        }
        steps
    }

    /// What is owed, in parts that no step serves two of.
    fn parts(&self, steps: &[Step<'_>]) -> Vec<State> {
        let counts = self.needs.len();
        let mut part_of: Vec<usize> = (0..counts.saturating_add(self.enough.len())).collect();
        for step in steps {
            let served = || step.served();
            let parts: Vec<usize> =
                part_of.iter().zip(served()).filter(|(_, is)| *is).map(|(part, _)| *part).collect();
            let Some(first) = parts.iter().min() else { continue };
            part_of.iter_mut().filter(|part| parts.contains(part)).for_each(|part| *part = *first);
        }
        let parts: BTreeSet<usize> = part_of.iter().copied().collect();
        let of_part = |part| {
            let is_here = part_of.iter().map(move |other| *other == part);
            let (owed, seen) = (is_here.clone().zip(self.needs), is_here.skip(counts));
            State {
                owed: owed.map(|(is, need)| if is { need.count } else { 0 }).collect(),
                seen: seen
                    .zip(&self.enough)
                    .map(|(is, enough)| if is && *enough > 0 { 0 } else { u64::MAX })
                    .collect(),
            }
        };
        parts.into_iter().map(of_part).collect()
    }

    fn cost_of(&self, part: &State, steps: &[Step<'_>]) -> Option<usize> {
        let mut alone = 0;
        for (place, owed) in part.owed.iter().enumerate().filter(|(_, owed)| **owed > 0) {
            let serving = steps.iter().filter(|one| one.group.serves.get(place) == Some(&true));
            let cost = serving.map(|step| step.cost).min()?.saturating_mul(*owed);
            alone = cost.max(alone);
        }
        let is_one = part.owed.iter().filter(|owed| **owed > 0).count() == 1
            && part.seen.iter().all(|seen| *seen == u64::MAX);
        if is_one { Some(alone) } else { self.cheapest_way(part, steps, alone) }
    }

    /// The cheapest way to owe nothing any more, or `at_least` if it is not found.
    fn cheapest_way(&self, begin: &State, steps: &[Step<'_>], at_least: usize) -> Option<usize> {
        let mut open = BTreeSet::from([(0_usize, begin.clone())]);
        let mut closed = BTreeSet::new();
        while let Some((cost, state)) = open.pop_first() {
            if state.owes_nothing() {
                return Some(cost);
            }
            if closed.len() >= Self::MOST_STATES {
                return Some(at_least);
            }
            for step in steps {
                let after = self.after(&state, step.group);
                if after != state && !closed.contains(&after) {
                    open.insert((cost.saturating_add(step.cost), after));
                }
            }
            closed.insert(state);
        }
        None
    }

    fn after(&self, state: &State, group: &Group) -> State {
        let owed = state.owed.iter().zip(&group.serves);
        let seen = state.seen.iter().zip(&group.kinds).zip(&self.enough);
        State {
            owed: owed.map(|(owed, serves)| owed.saturating_sub(usize::from(*serves))).collect(),
            seen: seen
                .map(|((seen, kind), enough)| {
                    let bit = kind.and_then(|kind| 1_u64.checked_shl(u32::try_from(kind).ok()?));
                    let seen = seen | bit.unwrap_or(0);
                    // Which ones they were no longer matters.
                    if seen.count_ones() as usize >= *enough { u64::MAX } else { seen }
                })
                .collect(),
        }
    }
}

impl State {
    fn owes_nothing(&self) -> bool {
        self.owed.iter().all(|owed| *owed == 0) && self.seen.iter().all(|seen| *seen == u64::MAX)
    }
}

impl Step<'_> {
    /// For each need, and for each choice of kinds, whether it is a step ahead.
    fn served(&self) -> impl Iterator<Item = bool> {
        let kinds = self.group.kinds.iter().map(Option::is_some);
        self.group.serves.iter().copied().chain(kinds)
    }

    fn does_no_less_than(&self, other: &Self) -> bool {
        let kinds = self.group.kinds.iter().zip(&other.group.kinds);
        self.cost <= other.cost
            && self.group.serves.iter().zip(&other.group.serves).all(|(own, other)| *own || !other)
            && kinds.into_iter().all(|(own, other)| other.is_none() || own == other)
    }
}
