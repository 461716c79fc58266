use alloc::vec::Vec;

use crate::policy::CharacterSet;

/// What generated passwords look like.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Any characters of a set, in one piece.
    Free(CharacterSet),
    Temporary,
}

/// Between groups, where the policy takes it.
const SEPARATOR: char = '-';
/// Characters of a group.
const GROUP: usize = 4;

/// No two look alike, and none looks like one that is left out: 0 o, 1 i j l, 2 z, 5 s, 6 b, 9 g q, u v.
const LOWER_AND_DIGITS: &str = "acdefhkmnprtuwxy23456789";
/// Of those too that are another shape than their lower case and than any digit.
const UPPER: &str = "AEFHLNRT";

impl Shape {
    /// Printable ASCII without the space.
    pub(super) fn printable() -> Self {
        Self::Free(CharacterSet::of("").and_range('!'..='~'))
    }

    /// The sets to draw from, the next when the one before cannot have what the policy asks for.
    pub(super) fn sets(&self) -> Vec<CharacterSet> {
        match self {
            Self::Free(set) => Vec::from([set.clone()]),
            Self::Temporary => Vec::from([
                CharacterSet::of(LOWER_AND_DIGITS),
                LOWER_AND_DIGITS
                    .chars()
                    .chain(UPPER.chars())
                    .fold(CharacterSet::of(""), |set, character| {
                        set.and_range(character..=character)
                    }),
            ]),
        }
    }

    pub(super) const fn separator(&self) -> Option<char> {
        match self {
            Self::Free(_) => None,
            Self::Temporary => Some(SEPARATOR),
        }
    }

    /// The bits that are aimed at when no other number is asked for: those of a look-up secret that is
    /// never guessed (NIST SP 800-63B-4, section 3.1.2.2), and enough for a few days.
    pub(super) const fn bits(&self) -> u32 {
        match self {
            Self::Free(_) => 112,
            Self::Temporary => 48,
        }
    }

    /// Whether a password of this length has whole groups.
    pub(super) const fn is_whole(&self, length: usize) -> bool {
        match self {
            Self::Free(_) => true,
            Self::Temporary => is_separator(length),
        }
    }

    /// For each place whether the separator stands there.
    pub(super) fn places(length: usize, separator: Option<char>) -> Vec<bool> {
        let last = length.saturating_sub(1);
        // Never at the end, where it would separate nothing.
        (0..length)
            .map(|place| separator.is_some() && place < last && is_separator(place))
            .collect()
    }
}

/// Whether the place, counted from 0, is the one behind a group.
const fn is_separator(place: usize) -> bool {
    place % (GROUP + 1) == GROUP
}
