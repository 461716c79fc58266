use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::ops::RangeInclusive;

/// A set of characters of one's own: what a policy allows, forbids or asks for.
///
/// `Display` lists the characters in the order of their code points, three neighbours or more as a
/// range.
///
/// ```
/// use repass::policy::CharacterSet;
///
/// let set = CharacterSet::of("!$%").and_range('а'..='я');
/// assert!(set.contains('$') && set.contains('ж') && !set.contains('ё'));
/// assert_eq!(set.to_string(), "!$%а-я");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CharacterSet {
    ascii: u128,
    /// Sorted, and no two overlap or touch.
    ranges: Arc<[(char, char)]>,
}

impl CharacterSet {
    /// The code points of `characters`; how often and in which order they stand does not matter.
    #[must_use]
    pub fn of(characters: &str) -> Self {
        Self::merged(characters.chars().map(|character| (character, character)).collect())
    }

    /// The same set and every code point of `range`.
    #[must_use]
    pub fn and_range(self, range: RangeInclusive<char>) -> Self {
        let (first, last) = range.into_inner();
        let mut ranges = self.ranges.to_vec();
        if first <= last {
            ranges.push((first, last));
        }
        Self::merged(ranges)
    }

    /// Whether `character` is in the set.
    #[must_use]
    pub fn contains(&self, character: char) -> bool {
        if character.is_ascii() {
            return self.ascii & bit(character) != 0;
        }
        is_in(&self.ranges, character)
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The characters of both.
    pub(super) fn and_in(&self, other: &Self) -> Self {
        let pairs = self.ranges.iter().flat_map(|these| {
            other.ranges.iter().map(|those| (these.0.max(those.0), these.1.min(those.1)))
        });
        Self::merged(pairs.filter(|(first, last)| first <= last).collect())
    }

    /// The characters of either.
    pub(super) fn or_in(&self, other: &Self) -> Self {
        Self::merged(self.ranges.iter().chain(other.ranges.iter()).copied().collect())
    }

    pub(super) fn ranges(&self) -> &[(char, char)] {
        &self.ranges
    }

    pub(super) fn merged(mut ranges: Vec<(char, char)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(char, char)> = Vec::new();
        for (first, last) in ranges {
            match merged.last_mut() {
                Some((_, end)) if (*end..=first).nth(1).is_none_or(|next| next == first) => {
                    *end = last.max(*end);
                }
                _ => merged.push((first, last)),
            }
        }
        let ascii = ('\0'..='\x7F')
            .filter(|character| {
                merged.iter().any(|(first, last)| (first..=last).contains(&character))
            })
            .fold(0, |ascii, character| ascii | bit(character));
        Self { ascii, ranges: merged.into() }
    }
}

/// Whether `character` is in one of `ranges`, from first to last, which are sorted and do not overlap.
pub(super) fn is_in(ranges: &[(char, char)], character: char) -> bool {
    ranges
        .binary_search_by(|(first, last)| {
            if *last < character {
                Ordering::Less
            } else if *first > character {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        })
        .is_ok()
}

/// The bit of an ASCII character.
fn bit(character: char) -> u128 {
    1_u128.checked_shl(u32::from(character)).unwrap_or(0)
}

impl fmt::Display for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (first, last) in self.ranges.iter() {
            write!(f, "{}", first.escape_debug())?;
            match (*first..=*last).count() {
                1 => {}
                2 => write!(f, "{}", last.escape_debug())?,
                _ => write!(f, "-{}", last.escape_debug())?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.ranges.iter().map(|(first, last)| *first..=*last)).finish()
    }
}
