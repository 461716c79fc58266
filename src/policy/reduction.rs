use core::fmt;

use super::catalogue::Value;
use super::common::{LONGEST, strip};
use super::text::ShortText;
use super::{Catalogue, CommonPasswords, fold};

/// What people do to a common password to make it look like another, and what is undone before the
/// list is asked about the whole of what remains.
///
/// ```
/// use repass::policy::{CommonPasswords, Personal, Policy, Reduction};
///
/// let bytes = CommonPasswords::build(["plumkettle"])?;
/// let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes))?;
/// let policy = Policy::builder().not_among(list).not_derived_from_common(Reduction::ALL).build()?;
/// for (password, code) in [
///     ("PlumKettle", "password_too_common"),
///     ("plum-këttle", "password_common_folded"),
///     ("p1umk3ttle", "password_common_leet"),
///     ("elttekmulp", "password_common_reversed"),
///     ("plumkettleplumkettle", "password_common_repeated"),
///     ("plumkettle2026!", "password_common_affixed"),
/// ] {
///     let violations = policy.check(password, &Personal::none()).unwrap_err();
///     assert_eq!(violations[0].code(), code);
/// }
/// assert!(policy.check("my plumkettle is red", &Personal::none()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reduction {
    /// Digits and symbols before and behind it are cut off, if four characters remain. What remains is
    /// a part of what was typed, so NIST SP 800-63B-4 section 3.1.1.2 does not go that far.
    Affixes,
    /// The password several times over.
    Repetition,
    /// Backwards.
    Reversal,
    /// Digits and symbols for letters; what may stand for two letters is read as one of them
    /// throughout, first the one and then the other.
    Leet,
    /// Marks on letters, and separators between them.
    Folding,
}

impl Reduction {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Affixes, Self::Repetition, Self::Reversal, Self::Leet, Self::Folding];

    /// Those that look at every character that was typed.
    pub const OF_THE_WHOLE: [Self; 3] = [Self::Repetition, Self::Reversal, Self::Leet];

    /// The stable name: `affixes`, `repetition`, `reversal`, `leet`, `folding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Affixes => "affixes",
            Self::Repetition => "repetition",
            Self::Reversal => "reversal",
            Self::Leet => "leet",
            Self::Folding => "folding",
        }
    }

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Affixes => "password_common_affixed",
            Self::Repetition => "password_common_repeated",
            Self::Reversal => "password_common_reversed",
            Self::Leet => "password_common_leet",
            Self::Folding => "password_common_folded",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Affixes => 1,
            Self::Repetition => 1 << 1,
            Self::Reversal => 1 << 2,
            Self::Leet => 1 << 3,
            Self::Folding => 1 << 4,
        }
    }
}

/// A set of [`Reduction`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reductions(u8);

impl Reductions {
    pub(super) fn of(reductions: impl IntoIterator<Item = Reduction>) -> Self {
        Self(reductions.into_iter().fold(0, |bits, reduction| bits | reduction.bit()))
    }

    /// The reductions of the set, in the order of [`Reduction::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Reduction> {
        Reduction::ALL.into_iter().filter(move |reduction| self.has(*reduction))
    }

    pub(super) const fn has(self, reduction: Reduction) -> bool {
        self.0 & reduction.bit() != 0
    }

    /// The first reduction that has to be undone to find the whole of `password` on one of `lists`.
    /// That it is not there as it was typed is for the caller to know.
    pub(super) fn find<'a>(
        self,
        password: &str,
        lists: impl Iterator<Item = &'a CommonPasswords<'static>> + Clone,
    ) -> Option<Reduction> {
        let password = strip(password);
        let cut = without_affixes(password).filter(|_| self.has(Reduction::Affixes));
        let unit = |base| repeated_unit(base).filter(|_| self.has(Reduction::Repetition));
        let bases = [
            (Some(password), None),
            (unit(password), Some(Reduction::Repetition)),
            (cut, Some(Reduction::Affixes)),
            (cut.and_then(unit), Some(Reduction::Affixes)),
        ];
        let longest = lists.clone().map(CommonPasswords::longest).max().unwrap_or(0);
        let is_listed = |text: &[u8]| lists.clone().any(|list| list.holds(text));
        bases.into_iter().find_map(|(base, by)| {
            let base = base.filter(|base| !has_more_letters(base, longest))?;
            let mut spelled = ShortText::<LONGEST>::new();
            self.readings(base).find_map(|reading| {
                let letters = base.chars().filter_map(|character| reading.read(character));
                if !spelled.fill(letters) {
                    return None;
                }
                if let Some(by) = by.or_else(|| reading.reduction())
                    && is_listed(spelled.as_bytes())
                {
                    return Some(by);
                }
                if !self.has(Reduction::Reversal) {
                    return None;
                }
                spelled.reverse();
                is_listed(spelled.as_bytes()).then_some(by.unwrap_or(Reduction::Reversal))
            })
        })
    }

    /// The ways to read `base` that may tell it from the one before, first that in which only letter
    /// case is undone.
    fn readings(self, base: &str) -> impl Iterator<Item = Reading> {
        let most = base.chars().map(|character| fold::leet(character).len()).max().unwrap_or(0);
        let folded = self.has(Reduction::Folding)
            && base.chars().any(|character| fold::plain(character) != Some(fold::lower(character)));
        let letters = [(Letters::AsTyped, 0), (Letters::FirstLeet, 1), (Letters::LastLeet, 2)];
        letters
            .into_iter()
            .filter(move |(letters, least)| {
                *least <= most && (*letters == Letters::AsTyped || self.has(Reduction::Leet))
            })
            .flat_map(|(letters, _)| [false, true].map(|is_folded| Reading { letters, is_folded }))
            .filter(move |reading| folded || !reading.is_folded)
    }
}

/// `backwards or with digits or symbols for letters`, in English.
impl fmt::Display for Reductions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::part_in_english(Value::Reductions(*self)).fmt(f)
    }
}

/// Whether `base` has more letters than `longest`, which is in bytes: then every reading of it is
/// longer, as none leaves out a letter.
fn has_more_letters(base: &str, longest: usize) -> bool {
    base.len() > longest && base.chars().filter_map(fold::plain).nth(longest).is_some()
}

/// What is between the first and the last letter, if that is less than the whole and long enough for
/// nobody to have it by chance.
fn without_affixes(password: &str) -> Option<&str> {
    const SHORTEST: usize = 4;
    let cut = password.trim_matches(|character| !fold::is_alphabetic(character));
    let is_long = cut.chars().nth(SHORTEST.saturating_sub(1)).is_some();
    (is_long && cut.len() < password.len()).then_some(cut)
}

/// The shortest text of which `password` is several, in any letter case, and which a list may have.
fn repeated_unit(password: &str) -> Option<&str> {
    // As it was typed it may have more bytes than in lower case.
    let longest = LONGEST.saturating_mul(2).min(password.len() / 2);

    let ends = password.char_indices().skip(1).map(|(end, _)| end);
    ends.take_while(|end| *end <= longest).find_map(|end| {
        let (unit, rest) = password.split_at_checked(end)?;
        let is_repeated = || {
            rest.chars()
                .zip(password.chars())
                .all(|(this, other)| fold::lower(this) == fold::lower(other))
        };
        (password.len().is_multiple_of(end) && is_repeated()).then_some(unit)
    })
}

/// One way to read a password.
#[derive(Clone, Copy)]
struct Reading {
    letters: Letters,
    is_folded: bool,
}

/// What characters that may stand for letters are read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    AsTyped,
    FirstLeet,
    LastLeet,
}

impl Reading {
    #[inline]
    fn read(self, character: char) -> Option<char> {
        let letters = fold::leet(character);
        let letter = match self.letters {
            Letters::AsTyped => None,
            Letters::FirstLeet => letters.first(),
            Letters::LastLeet => letters.last(),
        };
        letter.copied().or_else(|| {
            if self.is_folded { fold::plain(character) } else { Some(fold::lower(character)) }
        })
    }

    /// What is undone by it, of several the first.
    const fn reduction(self) -> Option<Reduction> {
        match self {
            Self { letters: Letters::FirstLeet | Letters::LastLeet, .. } => Some(Reduction::Leet),
            Self { is_folded: true, .. } => Some(Reduction::Folding),
            _ => None,
        }
    }
}
