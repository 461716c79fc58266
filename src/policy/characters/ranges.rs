//! Characters as ranges, so that what is asked of a set costs no walk over its characters.

use alloc::vec::Vec;
use core::iter;

use crate::policy::CharacterClass;
use crate::policy::characters::character_set::is_in;
use crate::policy::characters::general_category;

/// Ranges from first to last, in rising order; no two overlap.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Ranges(Vec<(char, char)>);

impl Ranges {
    pub(in crate::policy) fn all() -> Self {
        Self(Vec::from([('\0', char::MAX)]))
    }

    /// Leaves only what is in `others` as well, which are as these.
    pub(in crate::policy) fn keep(&mut self, others: &[(char, char)]) {
        self.0 = common(&self.0, others).collect();
    }

    /// Takes away what is in `others`, which are as these.
    pub(in crate::policy) fn remove(&mut self, others: &[(char, char)]) {
        self.keep(&gaps(others));
    }

    pub(in crate::policy) fn contains(&self, character: char) -> bool {
        is_in(&self.0, character)
    }

    pub(in crate::policy) fn first(&self) -> Option<char> {
        self.0.first().map(|(first, _)| *first)
    }

    /// The first that is in `others` as well.
    pub(in crate::policy) fn first_in(&self, others: &[(char, char)]) -> Option<char> {
        common(&self.0, others).next().map(|(first, _)| first)
    }

    /// Every character, in rising order.
    pub(in crate::policy) fn characters(&self) -> impl Iterator<Item = char> + Clone {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    pub(in crate::policy) fn count(&self) -> usize {
        let counts = self.0.iter().map(|(first, last)| (*first..=*last).count());
        counts.fold(0, usize::saturating_add)
    }

    /// Those of a class.
    pub(in crate::policy) fn of_class(&self, class: CharacterClass) -> Vec<(char, char)> {
        let is_of = |of: Option<CharacterClass>| of.is_some_and(|of| class.includes(of));
        self.blocks().filter(|(_, of)| is_of(*of)).map(|(block, _)| block).collect()
    }

    /// Parts of one class, or of none, which is looked up for the first character of each.
    pub(in crate::policy) fn blocks(
        &self,
    ) -> impl Iterator<Item = ((char, char), Option<CharacterClass>)> {
        self.0.iter().flat_map(|(first, last)| {
            let mut next = Some(*first);
            iter::from_fn(move || {
                let first = next?;
                let end = general_category::end_of_block(first).min(*last);
                next = (end..=*last).nth(1);
                Some(((first, end), CharacterClass::of(first)))
            })
        })
    }
}

/// What is in both.
fn common(one: &[(char, char)], other: &[(char, char)]) -> impl Iterator<Item = (char, char)> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    iter::from_fn(move || {
        loop {
            let (first, second) = (*one.peek()?, *other.peek()?);
            if first.1 < second.1 {
                one.next()
            } else {
                other.next()
            };
            let both = (first.0.max(second.0), first.1.min(second.1));
            if both.0 <= both.1 {
                return Some(both);
            }
        }
    })
}

/// All that is in none of the ranges.
fn gaps(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut gaps = Vec::new();
    let mut from = Some('\0');
    for (first, last) in ranges {
        let end = ('\0'..=*first).nth_back(1);
        gaps.extend(from.zip(end).filter(|(from, end)| from <= end));
        from = (*last..=char::MAX).nth(1);
    }
    gaps.extend(from.map(|from| (from, char::MAX)));
    gaps
}
