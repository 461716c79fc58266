use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::needs::Automaton;
use super::{GeneratorError, number};
use crate::policy::draw::Alphabet;
use crate::policy::rule::Need;

/// The passwords of one length that have what is owed, counted and numbered.
pub(super) struct Counted {
    automaton: Automaton,
    /// Whether the separator stands in a place.
    places: Vec<bool>,
    /// The number of ways to go on, for each number of places that are left and each state.
    table: Vec<u64>,
    limbs: usize,
}

impl Counted {
    /// The most limbs of a table: 2 MiB.
    const MOST_LIMBS: usize = 1 << 18;

    /// Counts in numbers of so many limbs.
    pub(super) fn new(
        needs: &[Need],
        alphabet: &Alphabet,
        places: &[bool],
        limbs: usize,
    ) -> Result<Self, GeneratorError> {
        let automaton = Automaton::new(needs, alphabet)?;
        let row = automaton.states().saturating_mul(limbs);
        let size = places.len().saturating_add(1).saturating_mul(row);
        if size > Self::MOST_LIMBS {
            return Err(GeneratorError::TooLarge);
        }
        let mut table = vec![0; size];
        for (count, owes_nothing) in table.chunks_mut(limbs).zip(automaton.owes_nothing()) {
            count.iter_mut().take(1).for_each(|limb| *limb = u64::from(owes_nothing));
        }
        let mut rest = table.as_mut_slice();
        for is_separator in places.iter().rev() {
            let Some((before, after)) = rest.split_at_mut_checked(row) else { break };
            for (state, count) in after.chunks_mut(limbs).take(automaton.states()).enumerate() {
                for (group, next) in automaton.steps(state, *is_separator) {
                    let ways = before.chunks(limbs).nth(next).unwrap_or_default();
                    number::add_product(count, ways, group.characters.len() as u64);
                }
            }
            rest = after;
        }
        Ok(Self { automaton, places: places.to_vec(), table, limbs })
    }

    /// How many there are.
    pub(super) fn count(&self) -> &[u64] {
        self.ways(self.places.len(), 0)
    }

    /// Whether the separator stands in a place.
    pub(super) fn places(&self) -> &[bool] {
        &self.places
    }

    /// Appends the one with the number `rank`, from 0, and uses that up. Each number below the count
    /// has a password of its own.
    pub(super) fn append(&self, rank: &mut [u64], password: &mut String) {
        let mut state = 0;
        for (left, is_separator) in (0..self.places.len()).rev().zip(&self.places) {
            let mut steps = self.automaton.steps(state, *is_separator).flat_map(|(group, next)| {
                group.characters.iter().map(move |character| (*character, next))
            });
            let chosen = steps.find(|(_, next)| {
                let ways = self.ways(left, *next);
                let is_here = number::is_below(rank, ways);
                if !is_here {
                    number::subtract(rank, ways);
                }
                is_here
            });
            let Some((character, next)) = chosen else { return };
            password.push(character);
            state = next;
        }
    }

    fn ways(&self, left: usize, state: usize) -> &[u64] {
        let place = left.saturating_mul(self.automaton.states()).saturating_add(state);
        let start = place.saturating_mul(self.limbs);
        self.table.get(start..start.saturating_add(self.limbs)).unwrap_or_default()
    }
}
