use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::ops::RangeInclusive;

use super::general_category;

/// A set of characters of one's own: what a policy allows, forbids or asks for.
///
/// `Display` lists the characters in the order of their code points, three neighbours or more as a
/// range; whole general categories and nothing else by their names, such as `\p{N}`.
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
    /// The general categories that it was made of, if it is these and no others.
    categories: u32,
}

impl CharacterSet {
    /// The code points of `characters`; how often and in which order they stand does not matter.
    #[must_use]
    pub fn of(characters: &str) -> Self {
        Self::merged(characters.chars().map(|character| (character, character)).collect())
    }

    /// Every character of Unicode's general categories of these names: `Nd` is one, `N` is a group of
    /// them. `None` if a name is none.
    ///
    /// It looks all characters up: to be made once, and not for each password.
    ///
    /// ```
    /// use repass::policy::{CharacterSet, Personal, Policy};
    ///
    /// // As Laravel has it: \p{Z}, \p{S} or \p{P}.
    /// let symbols = CharacterSet::of_categories(["Z", "S", "P"]).ok_or("no such category")?;
    /// let policy = Policy::builder().at_least(1, symbols).build()?;
    /// assert!(policy.check("plum€kettle", &Personal::none()).is_ok());
    /// assert!(policy.check("plumékettle", &Personal::none()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_categories<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut categories = 0;
        for name in names {
            categories |= general_category::of_name(name)?;
        }
        Some(Self { categories, ..Self::merged(general_category::ranges(categories)) })
    }

    /// The characters of either set.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        self.or_in(other)
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

    /// The names of the general categories that it is of.
    pub(super) fn category_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        general_category::names(self.categories)
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
        Self { ascii, ranges: merged.into(), categories: 0 }
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
        if self.categories != 0 {
            return self.category_names().try_for_each(|name| write!(f, "\\p{{{name}}}"));
        }
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
