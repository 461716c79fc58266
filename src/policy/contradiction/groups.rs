use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::fit::{Asked, Known, Need};
use crate::policy::{Categories, Category, CharacterClass, CharacterSet, Policy, WhiteSpace};

/// The characters that are permitted, by what they count for.
pub(super) struct Groups(BTreeMap<Group, usize>);

/// What a character counts for: those with the same are one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) bytes: usize,
    class: Option<&'static str>,
    /// Whether it is what a need asks for.
    pub(super) serves: Vec<bool>,
    /// Which kind it is, for each choice of kinds.
    pub(super) kinds: Vec<Option<usize>>,
}

/// So many neighbours that no set tells apart are looked at; of more, whichever may be among them is
/// taken to be there. All of ASCII is below it.
const LOOKED_AT: usize = 128;

impl Groups {
    pub(super) fn of(asked: &Asked<'_>, needs: &[Need], kinds: &[(usize, &Categories)]) -> Self {
        let mut groups = Self(BTreeMap::new());
        let ends = ends(asked.policies);
        for (first, end) in ends.iter().zip(ends.iter().skip(1)) {
            // No set has some of these and not the others.
            let mut all = (*first..*end).filter_map(char::from_u32);
            let Some(character) = all.clone().next() else { continue };
            if !asked.policies.iter().all(|policy| is_in_sets(policy, character)) {
                continue;
            }
            let looked_at = all.by_ref().take(LOOKED_AT).filter(|one| is_permitted(asked, *one));
            looked_at.for_each(|one| groups.add(Known::of(one), 1, needs, kinds));
            if all.next().is_some() {
                let many = end.saturating_sub(*first) as usize;
                let others = Known { lowered: None, is_white: false, ..Known::of(character) };
                for (class, is_numeric) in [
                    (Some(CharacterClass::Lower), false),
                    (Some(CharacterClass::Upper), false),
                    (Some(CharacterClass::OtherLetter), false),
                    (Some(CharacterClass::Digit), true),
                    (Some(CharacterClass::Symbol), false),
                    (None, false),
                ] {
                    groups.add(Known { class, is_numeric, ..others }, many, needs, kinds);
                }
            }
        }
        groups
    }

    fn add(&mut self, known: Known, many: usize, needs: &[Need], kinds: &[(usize, &Categories)]) {
        let group = Group {
            bytes: known.character.len_utf8(),
            class: known.class.map(CharacterClass::name),
            serves: needs.iter().map(|need| need.is_served_by(&known)).collect(),
            kinds: kinds
                .iter()
                // The first one only, as the rule has it.
                .map(|(_, of)| of.iter().position(|category| known.is_of(category)))
                .collect(),
        };
        let count = self.0.entry(group).or_default();
        *count = count.saturating_add(many);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.0.keys()
    }

    /// How many there are.
    pub(super) fn characters(&self) -> usize {
        self.0.values().copied().fold(0, usize::saturating_add)
    }

    /// How many serve the need of that number.
    pub(super) fn serving(&self, need: usize) -> usize {
        let serving = self.0.iter().filter(|(group, _)| group.serves.get(need) == Some(&true));
        serving.map(|(_, count)| *count).fold(0, usize::saturating_add)
    }

    /// Whether a character serves both needs.
    pub(super) fn has_of_both(&self, need: usize, other: usize) -> bool {
        let serves = |group: &Group, need| group.serves.get(need) == Some(&true);
        self.iter().any(|group| serves(group, need) && serves(group, other))
    }

    /// Whether those of which `is_such` holds are of one class, and of one at all.
    pub(super) fn is_of_one_class(&self, is_such: impl Fn(&[bool]) -> bool) -> bool {
        let mut classes = self.iter().filter(|one| is_such(&one.serves)).map(|one| one.class);
        let Some(first @ Some(_)) = classes.next() else { return false };
        classes.all(|class| class == first)
    }

    /// The bytes of the shortest character.
    pub(super) fn cheapest(&self) -> Option<usize> {
        self.iter().map(|group| group.bytes).min()
    }

    /// The bytes that `fewest` different characters take at least, or a password of `length` with them;
    /// none if there are not so many.
    pub(super) fn bytes_of_distinct(&self, fewest: usize, length: usize) -> Option<usize> {
        let (mut left, mut sum) = (fewest, 0_usize);
        // In the order of their bytes.
        for (group, count) in &self.0 {
            let taken = left.min(*count);
            sum = sum.saturating_add(taken.saturating_mul(group.bytes));
            left = left.saturating_sub(taken);
        }
        let again = length.saturating_sub(fewest).saturating_mul(self.cheapest()?);
        (left == 0).then(|| sum.saturating_add(again))
    }
}

/// Where sets begin and end, and the lengths of characters in UTF-8.
fn ends(policies: &[&Policy]) -> Vec<u32> {
    let mut ends = BTreeSet::from([0, 0x80, 0x800, 0x1_0000, 0x11_0000]);
    for policy in policies {
        let kinds = policy.categories.iter().flat_map(|(_, of)| of.iter());
        let of_kinds = kinds.filter_map(|kind| match kind {
            Category::Set(set) => Some(set),
            Category::Class(_) => None,
        });
        let counted = policy.sets.iter().flat_map(|sets| sets.iter()).map(|(_, set)| set);
        let sets: [&Option<CharacterSet>; 2] = [&policy.allowed, &policy.illegal];
        for set in sets.into_iter().flatten().chain(counted).chain(of_kinds) {
            for (first, last) in set.ranges() {
                ends.extend([u32::from(*first), u32::from(*last).saturating_add(1)]);
            }
        }
    }
    ends.into_iter().collect()
}

fn is_in_sets(policy: &Policy, character: char) -> bool {
    policy.allowed.as_ref().is_none_or(|allowed| allowed.contains(character))
        && policy.illegal.as_ref().is_none_or(|illegal| !illegal.contains(character))
}

fn is_permitted(asked: &Asked<'_>, character: char) -> bool {
    let is_white = character.is_whitespace();
    !asked.policies.iter().any(|policy| {
        policy.no_control_characters && character.is_control()
            || is_white && policy.no_white_space == Some(WhiteSpace::Anywhere)
    })
}
