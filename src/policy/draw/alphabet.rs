use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::policy::CharacterSet;
use crate::policy::characters::fold;
use crate::policy::characters::ranges::Ranges;

/// What is drawn from, and what the bounds have to know of it.
#[derive(Clone)]
pub(in crate::policy) struct Alphabet {
    /// In rising order.
    pub(in crate::policy) characters: Vec<char>,
    /// What stands between groups, and is not drawn.
    pub(in crate::policy) separator: Option<char>,
    /// How many characters may be read as a letter, in leet too.
    readings: BTreeMap<char, usize>,
    /// How many may be read as the same, at most.
    pub(in crate::policy) of_one_reading: usize,
    /// How many have the same lower case, at most.
    pub(in crate::policy) of_one_case: usize,
    /// Whether each has one character in lower case.
    pub(in crate::policy) lowers_singly: bool,
}

/// Why characters make no alphabet.
pub(in crate::policy) enum NoAlphabet {
    NoCharacter,
    /// More than [`Alphabet::MOST`].
    TooManyCharacters,
}

impl Alphabet {
    /// The most characters, so that the walks over pairs of them stay few.
    pub(in crate::policy) const MOST: usize = 256;

    pub(in crate::policy) fn new(
        set: &CharacterSet,
        separator: Option<char>,
        permitted: &Ranges,
    ) -> Result<Self, NoAlphabet> {
        let mut drawn = permitted.clone();
        drawn.keep(set.ranges());
        let characters: Vec<char> = drawn.characters().take(Self::MOST.saturating_add(1)).collect();
        if characters.is_empty() {
            return Err(NoAlphabet::NoCharacter);
        }
        if characters.len() > Self::MOST {
            return Err(NoAlphabet::TooManyCharacters);
        }
        let (mut readings, mut lowered) = (BTreeMap::new(), BTreeMap::new());
        for character in &characters {
            for letter in letters(*character) {
                add_one(&mut readings, letter);
            }
            add_one(&mut lowered, fold::lower(*character));
        }
        Ok(Self {
            separator: separator.filter(|separator| permitted.contains(*separator)),
            of_one_reading: readings.values().chain(lowered.values()).max().copied().unwrap_or(1),
            readings,
            of_one_case: lowered.into_values().max().unwrap_or(1),
            lowers_singly: characters.iter().all(|character| character.to_lowercase().count() == 1),
            characters,
        })
    }

    /// The number of characters.
    pub(in crate::policy) fn size(&self) -> f64 {
        self.characters.len() as f64
    }

    /// Which part of the characters is such.
    pub(in crate::policy) fn share(&self, is_such: impl Fn(char) -> bool) -> f64 {
        let such = self.characters.iter().filter(|character| is_such(**character));
        such.count() as f64 / self.size()
    }

    /// Which part of the characters may be read as `character` of a name is, at most.
    pub(in crate::policy) fn share_read_as(&self, character: char) -> f64 {
        let read = fold::plain(character).into_iter().flat_map(letters);
        let counts = read.filter_map(|letter| self.readings.get(&letter));
        counts.fold(0.0, |sum, count| sum + *count as f64) / self.size()
    }
}

/// What a character may be read as: its letter, and those that it is written for.
fn letters(character: char) -> impl Iterator<Item = char> {
    fold::plain(character).into_iter().chain(fold::leet(character).iter().copied())
}

fn add_one(counts: &mut BTreeMap<char, usize>, key: char) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}
