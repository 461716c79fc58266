use super::{SequenceEnds, Step};
use crate::policy::pattern::keyboard::split_first;

/// Characters in an order, with what rules out nearly every pair of others without a search.
pub(super) struct Alphabet {
    characters: &'static str,
    first: u32,
    last: u32,
    least: u32,
    greatest: u32,
    /// The most by which the code points of two neighbours differ.
    widest: u32,
}

impl Alphabet {
    pub(super) const fn of(characters: &'static str) -> Self {
        let mut alphabet =
            Self { characters, first: 0, last: 0, least: u32::MAX, greatest: 0, widest: 0 };
        let mut rest = characters.as_bytes();
        while let Some((character, after)) = split_first(rest) {
            if rest.len() == characters.len() {
                alphabet.first = character;
            } else if character.abs_diff(alphabet.last) > alphabet.widest {
                alphabet.widest = character.abs_diff(alphabet.last);
            }
            if character < alphabet.least {
                alphabet.least = character;
            }
            if character > alphabet.greatest {
                alphabet.greatest = character;
            }
            alphabet.last = character;
            rest = after;
        }
        alphabet
    }

    pub(super) const fn are_in_order(mut alphabets: &[Self]) -> bool {
        while let [one, others @ ..] = alphabets {
            if let [next, ..] = others
                && one.least > next.least
            {
                return false;
            }
            alphabets = others;
        }
        true
    }

    /// Whether `character` is not below all of its characters.
    pub(super) const fn begins_by(&self, character: char) -> bool {
        self.least <= character as u32
    }

    /// Which way it is from `one` to `next`, if they are neighbours.
    pub(super) fn step(&self, one: char, next: char, ends: SequenceEnds) -> Option<Step> {
        let (from, to) = (u32::from(one), u32::from(next));
        if !self.may_have(from) || !self.may_have(to) {
            return None;
        }
        if ends == SequenceEnds::Joined {
            if (from, to) == (self.last, self.first) {
                return Some(Step::Up);
            }
            if (from, to) == (self.first, self.last) {
                return Some(Step::Down);
            }
        }
        if from.abs_diff(to) > self.widest {
            return None;
        }
        let (before, after) = self.characters.split_once(one)?;
        if after.starts_with(next) {
            Some(Step::Up)
        } else if before.ends_with(next) {
            Some(Step::Down)
        } else {
            None
        }
    }

    const fn may_have(&self, character: u32) -> bool {
        self.least <= character && character <= self.greatest
    }
}
