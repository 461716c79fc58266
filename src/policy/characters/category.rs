use alloc::sync::Arc;

use crate::policy::characters::ranges::Ranges;
use crate::policy::{CharacterClass, CharacterSet};

/// A kind of characters that a policy may ask for: a class of Unicode's or a set of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// By general category.
    Class(CharacterClass),
    /// By a list of characters.
    Set(CharacterSet),
}

impl Category {
    /// Whether `character` is of this kind.
    #[must_use]
    pub fn contains(&self, character: char) -> bool {
        match self {
            Self::Class(class) => class.contains(character),
            Self::Set(set) => set.contains(character),
        }
    }
}

impl From<CharacterClass> for Category {
    fn from(class: CharacterClass) -> Self {
        Self::Class(class)
    }
}

impl From<CharacterSet> for Category {
    fn from(set: CharacterSet) -> Self {
        Self::Set(set)
    }
}

/// Kinds of characters of which a policy asks for some; a character counts for the first that it is
/// of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) struct Categories(Arc<[Category]>);

impl Categories {
    /// How many of the five Active Directory asks for.
    pub(in crate::policy) const FEWEST_OF_ACTIVE_DIRECTORY: usize = 3;

    pub(in crate::policy) fn new(categories: impl Iterator<Item = Category>) -> Self {
        Self(categories.collect())
    }

    /// The five of Active Directory.
    pub(in crate::policy) fn of_active_directory() -> Self {
        const DIGITS: &str = "0123456789";
        const SPECIAL: &str = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";
        Self::new(
            [
                CharacterClass::Upper.into(),
                CharacterClass::Lower.into(),
                CharacterSet::of(DIGITS).into(),
                CharacterSet::of(SPECIAL).into(),
                CharacterClass::OtherLetter.into(),
            ]
            .into_iter(),
        )
    }

    /// The kinds, in the order in which they were given.
    pub(in crate::policy) fn iter(&self) -> impl Iterator<Item = &Category> {
        self.0.iter()
    }

    /// How many of the kinds occur, counted no further than `enough`.
    pub(in crate::policy) fn count_in(
        &self,
        characters: impl Iterator<Item = char> + Clone,
        enough: usize,
    ) -> usize {
        // A bit for each kind, so that there is one pass for every 64 of them.
        let passes = (0..self.0.len()).step_by(64).map(|first| {
            let (mut found, mut count) = (0_u64, 0);
            for character in characters.clone() {
                let place = self.place_of(character).and_then(|place| place.checked_sub(first));
                let bit = place.and_then(|place| 1_u64.checked_shl(u32::try_from(place).ok()?));
                found |= bit.unwrap_or(0);
                count = found.count_ones() as usize;
                if count >= enough {
                    break;
                }
            }
            count
        });
        passes.fold(0, usize::saturating_add).min(enough)
    }

    /// How many of the kinds a permitted character may count for.
    pub(in crate::policy) fn count_permitted(&self, permitted: &Ranges) -> usize {
        // Nearly every policy permits some of each among the first characters.
        const FIRST: usize = 512;
        let all = self.0.len();
        if self.count_in(permitted.characters().take(FIRST), all) == all {
            return all;
        }
        let mut left = permitted.clone();
        let is_left = |category: &&Category| {
            let before = left.clone();
            match category {
                Category::Class(class) => left.remove(&before.of_class(*class)),
                Category::Set(set) => left.remove(set.ranges()),
            }
            left.count() < before.count()
        };
        self.0.iter().filter(is_left).count()
    }

    /// The first of the kinds that `character` is of.
    fn place_of(&self, character: char) -> Option<usize> {
        let class = CharacterClass::of(character);
        self.iter().position(|category| match category {
            Category::Class(wanted) => class.is_some_and(|class| wanted.includes(class)),
            Category::Set(set) => set.contains(character),
        })
    }
}
