use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::fmt::Write as _;
use core::hash::{Hash, Hasher};
use core::ops::RangeInclusive;

use crate::policy::CharacterClass;
use crate::policy::characters::general_category;

/// A set of characters of one's own: what a policy allows, forbids or asks for.
///
/// `Display` lists letters and digits, three neighbours or more as a range, and then the symbols in the
/// order in which they were written; after 128 of these an ellipsis is written for the others. A set that is
/// a class of characters has its name, such as `digits`, and one of general categories theirs, such as
/// `\p{N}`. Two sets are equal if they have the same characters.
///
/// ```
/// use repass::policy::CharacterSet;
///
/// let set = CharacterSet::of("%$!").and_range('а'..='я');
/// assert!(set.contains('$') && set.contains('ж') && !set.contains('ё'));
/// assert_eq!(set.to_string(), "а-я%$!");
/// assert_eq!(CharacterSet::of("0123456789").to_string(), "digits");
/// ```
#[derive(Clone)]
pub struct CharacterSet {
    ascii: u128,
    /// All characters: sorted, and no two ranges overlap or touch.
    ranges: Arc<[(char, char)]>,
    /// Those that are not among `written`, as `ranges`.
    runs: Arc<[(char, char)]>,
    /// The characters that are neither letters nor numbers, as far as they were written one by one.
    written: Arc<str>,
    /// The general categories that it was made of, if it is these and no others.
    categories: u32,
}

/// What is a range in a text where all of it is there, in the order of the text; of ASCII beside these,
/// each character is listed.
const SPANS: [(char, char); 5] =
    [('a', 'z'), ('A', 'Z'), ('0', '9'), ('\x7F', char::MAX), ('\0', '\x1F')];

/// The symbols of ASCII but for the space.
const SYMBOLS: [(char, char); 4] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')];

impl CharacterSet {
    /// The most ranges and characters that are listed in a text.
    const MOST_SHOWN: usize = 128;

    /// The code points of `characters`; the order matters to texts alone, and how often each is there
    /// does not matter.
    #[must_use]
    pub fn of(characters: &str) -> Self {
        let (runs, written): (Vec<_>, Vec<_>) =
            characters.chars().partition(|character| character.is_alphanumeric());
        Self::new(runs.into_iter().map(|one| (one, one)).collect(), written.into_iter())
    }

    /// Every character of Unicode's general categories of these names: `Nd` is one, `N` is a group of
    /// them. `None` if a name is none.
    ///
    /// It looks all characters up: to be made once, and not for each password.
    ///
    /// ```
    /// use repass::policy::{CharacterSet, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// // As Laravel has it: \p{Z}, \p{S} or \p{P}.
    /// let symbols = CharacterSet::of_categories(["Z", "S", "P"]).ok_or("no such category")?;
    /// let policy = Policy::builder().at_least(1, symbols).build()?;
    /// assert!(policy.check(&Password::new("plum€kettle")?, &Personal::none()).is_ok());
    /// assert!(policy.check(&Password::new("plumékettle")?, &Personal::none()).is_err());
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
        self.or_in(&Self::merged(Vec::from_iter((first <= last).then_some((first, last)))))
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

    /// The characters of either.
    pub(in crate::policy) fn or_in(&self, other: &Self) -> Self {
        let runs = self.runs.iter().chain(other.runs.iter()).copied().collect();
        Self::new(runs, self.written.chars().chain(other.written.chars()))
    }

    /// The class that it is: one of Unicode's, or of ASCII the digits or the symbols.
    pub(in crate::policy) fn class(&self) -> Option<CharacterClass> {
        let of_unicode = CharacterClass::ALL.into_iter().find(|class| {
            let names = class.category_names().iter();
            let bits = names.filter_map(|name| general_category::of_name(name));
            bits.fold(0, |all, bit| all | bit) == self.categories
        });
        let is_of = |ranges: &[(char, char)]| *self.ranges == *Self::merged(ranges.into()).ranges;
        of_unicode
            .or_else(|| is_of(&[('0', '9')]).then_some(CharacterClass::Digit))
            .or_else(|| is_of(&SYMBOLS).then_some(CharacterClass::Symbol))
            .or_else(|| {
                is_of(&[&[(' ', ' ')], &SYMBOLS[..]].concat()).then_some(CharacterClass::Symbol)
            })
    }

    /// The names of the general categories that it is of.
    pub(in crate::policy) fn category_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        general_category::names(self.categories)
    }

    pub(in crate::policy) fn ranges(&self) -> &[(char, char)] {
        &self.ranges
    }

    /// All but those that were written one by one and are neither letters nor numbers.
    #[cfg(feature = "serde")]
    pub(in crate::policy) fn runs(&self) -> &[(char, char)] {
        &self.runs
    }

    /// The others, in the order in which they were written.
    #[cfg(feature = "serde")]
    pub(in crate::policy) fn written(&self) -> &str {
        &self.written
    }

    pub(in crate::policy) fn merged(ranges: Vec<(char, char)>) -> Self {
        Self::new(ranges, [].into_iter())
    }

    fn new(runs: Vec<(char, char)>, written: impl Iterator<Item = char>) -> Self {
        let runs = merge(runs);
        let mut once = BTreeSet::new();
        let written: String = written
            .filter(|character| !is_in(&runs, *character) && once.insert(*character))
            .collect();
        let singles = written.chars().map(|one| (one, one));
        let ranges = merge(runs.iter().copied().chain(singles).collect());
        let ascii = ('\0'..='\x7F')
            .filter(|character| is_in(&ranges, *character))
            .fold(0, |ascii, character| ascii | bit(character));
        Self {
            ascii,
            ranges: ranges.into(),
            runs: runs.into(),
            written: written.into(),
            categories: 0,
        }
    }
}

impl PartialEq for CharacterSet {
    fn eq(&self, other: &Self) -> bool {
        self.ranges == other.ranges
    }
}

impl Eq for CharacterSet {}

impl Hash for CharacterSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ranges.hash(state);
    }
}

/// Sorts ranges and joins those that overlap or touch.
fn merge(mut ranges: Vec<(char, char)>) -> Vec<(char, char)> {
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
    merged
}

/// Whether `character` is in one of `ranges`, from first to last, which are sorted and do not overlap.
pub(in crate::policy) fn is_in(ranges: &[(char, char)], character: char) -> bool {
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

impl CharacterSet {
    /// Lists the characters, or the names of general categories.
    pub(in crate::policy) fn list(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.categories != 0 {
            return self.category_names().try_for_each(|name| write!(f, "\\p{{{name}}}"));
        }
        let spans = SPANS.into_iter().flat_map(|span| common(&self.runs, span));
        let is_listed =
            |one: &char| !SPANS.iter().any(|(first, last)| (first..=last).contains(&one));
        let others = (' '..='~').filter(is_listed).filter(|one| is_in(&self.runs, *one));
        let others = others.chain(self.written.chars());
        let mut all = spans.chain(others.map(|one| (one, one)));
        all.by_ref().take(Self::MOST_SHOWN).try_for_each(|range| show_range(range, f))?;
        if all.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// The parts of `ranges` that are in `span`.
fn common(ranges: &[(char, char)], span: (char, char)) -> impl Iterator<Item = (char, char)> {
    let within =
        ranges.iter().map(move |(first, last)| ((*first).max(span.0), (*last).min(span.1)));
    within.filter(|(first, last)| first <= last)
}

/// Writes three characters or more as a range.
fn show_range((first, last): (char, char), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    show(first, f)?;
    match (first..=last).nth(1) {
        None => Ok(()),
        Some(next) if next == last => show(last, f),
        Some(_) => {
            f.write_char('-')?;
            show(last, f)
        }
    }
}

/// Writes what can be seen as it is.
fn show(character: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match character {
        '"' | '\'' | '\\' => f.write_char(character),
        _ => write!(f, "{}", character.escape_debug()),
    }
}

/// Its ranges, as many as are listed in a text.
impl fmt::Debug for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        let ranges = self.ranges.iter().map(|(first, last)| *first..=*last);
        set.entries(ranges.take(Self::MOST_SHOWN));
        if self.ranges.len() > Self::MOST_SHOWN {
            set.finish_non_exhaustive()
        } else {
            set.finish()
        }
    }
}
