use alloc::vec::Vec;

use super::PolicyConfig;
use super::table::table;
use crate::policy::{
    Category, CharacterClass, CharacterSet, PolicyBuilder, SequenceEnds, WhenUnknown,
};

/// [`PolicyBuilder::max_personal`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MaxPersonal {
    pub(super) attributes: usize,
    pub(super) bytes_of_each: usize,
}

table!(required MaxPersonal { attributes, bytes_of_each });

/// [`PolicyBuilder::at_least`] of each class, and of sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AtLeast {
    lower: Option<usize>,
    upper: Option<usize>,
    letter: Option<usize>,
    other_letter: Option<usize>,
    digit: Option<usize>,
    symbol: Option<usize>,
    sets: Option<Vec<AtLeastOfSet>>,
}

table!(optional AtLeast { lower, upper, letter, other_letter, digit, symbol, sets });

impl AtLeast {
    pub(super) fn sets(&self) -> usize {
        self.sets.as_ref().map_or(0, Vec::len)
    }

    pub(super) fn add_to(self, builder: PolicyBuilder) -> PolicyBuilder {
        let classes = [
            (self.lower, CharacterClass::Lower),
            (self.upper, CharacterClass::Upper),
            (self.letter, CharacterClass::Letter),
            (self.other_letter, CharacterClass::OtherLetter),
            (self.digit, CharacterClass::Digit),
            (self.symbol, CharacterClass::Symbol),
        ];
        let builder = classes
            .into_iter()
            .filter_map(|(count, class)| Some((count?, class)))
            .fold(builder, |builder, (count, class)| builder.at_least(count, class));
        self.sets
            .into_iter()
            .flatten()
            .fold(builder, |builder, AtLeastOfSet { count, set }| builder.at_least(count, set))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct AtLeastOfSet {
    count: usize,
    set: CharacterSet,
}

table!(required AtLeastOfSet { count, set });

/// [`PolicyBuilder::at_least_kinds`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AtLeastKinds {
    pub(super) count: usize,
    pub(super) of: Vec<Category>,
}

table!(required AtLeastKinds { count, of });

impl AtLeastKinds {
    pub(super) const fn kinds(&self) -> usize {
        self.of.len()
    }
}

/// [`PolicyBuilder::max_sequence`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MaxSequence {
    pub(super) characters: usize,
    pub(super) ends: SequenceEnds,
}

table!(required MaxSequence { characters, ends });

/// [`PolicyBuilder::max_breaches`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MaxBreaches {
    pub(super) count: u64,
    pub(super) when_unknown: WhenUnknown,
}

table!(required MaxBreaches { count, when_unknown });

/// [`PolicyBuilder::of_lengths`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OfLengths {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) rules: PolicyConfig,
}

table!(required OfLengths { min, max, rules });
