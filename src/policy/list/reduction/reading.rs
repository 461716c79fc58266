use super::part::is_affix;
use super::{Reduction, Reductions};
use crate::policy::characters::fold;
use crate::policy::list::common::LONGEST;
use crate::policy::text::ShortText;

/// One way to read a password.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    leet: Leet,
    is_folded: bool,
}

/// The bytes between which characters that may stand for letters are read as them, and as which.
#[derive(Clone, Copy)]
struct Leet {
    start: usize,
    end: usize,
    is_last: bool,
}

impl Reading {
    /// The ways to read `base` that may tell it from the one before, first that in which only letter
    /// case is undone.
    pub(super) fn all(base: &str, by: Reductions) -> impl Iterator<Item = Self> {
        let is_folded = by.has(Reduction::Folding)
            && base.chars().any(|character| fold::plain(character) != Some(fold::lower(character)));
        let leet = if by.has(Reduction::Leet) { Leet::all(base) } else { [None; 6] };
        // Seven, each once as it is and once folded.
        (0..14_usize).filter_map(move |number| {
            let leet = match (number / 2).checked_sub(1) {
                Some(place) => *leet.get(place)?,
                None => Some(Leet::NONE),
            };
            let reading = Self { leet: leet?, is_folded: number % 2 == 1 };
            (!reading.is_folded || is_folded && reading.leet.is_even(base)).then_some(reading)
        })
    }

    /// Writes `base` as it is read; `false` where that is longer than any entry.
    pub(super) fn spell(self, base: &str, spelled: &mut ShortText<LONGEST>) -> bool {
        if base.is_ascii() && !self.is_folded {
            let lowered = spelled.fill_ascii_lowercased(base.as_bytes());
            let leet = lowered.and_then(|all| all.get_mut(self.leet.start..self.leet.end));
            return leet
                .map(|bytes| bytes.iter_mut().for_each(|byte| self.leet.replace(byte)))
                .is_some();
        }
        spelled.fill(base.char_indices().filter_map(|(at, character)| self.read(at, character)))
    }

    pub(super) const fn is_folded(self) -> bool {
        self.is_folded
    }

    #[inline]
    fn read(self, at: usize, character: char) -> Option<char> {
        self.leet.read(at, character).or_else(|| {
            if self.is_folded { fold::plain(character) } else { Some(fold::lower(character)) }
        })
    }

    /// What is undone by it, of several the first.
    pub(super) const fn reduction(self) -> Option<Reduction> {
        if self.leet.end > 0 {
            Some(Reduction::Leet)
        } else if self.is_folded {
            Some(Reduction::Folding)
        } else {
            None
        }
    }
}

impl Leet {
    const NONE: Self = Self { start: 0, end: 0, is_last: false };

    /// Everywhere, and without what may be an affix: behind, and at both ends.
    fn all(base: &str) -> [Option<Self>; 6] {
        let most = |text: &str| {
            let letters = |character: char| {
                if character.is_ascii_alphabetic() { 0 } else { fold::leet(character).len() }
            };
            text.chars().map(letters).max().unwrap_or(0)
        };
        let of_all = most(base);
        if of_all == 0 {
            return [None; 6];
        }
        let (end, behind) = (base.len(), base.trim_end_matches(is_affix));
        let between = behind.trim_start_matches(is_affix);
        let start = behind.len().saturating_sub(between.len());
        let has_leet = |affix: Option<&str>| affix.is_some_and(|affix| most(affix) > 0);
        let spans = [
            (0, end, of_all),
            (0, behind.len(), if has_leet(base.get(behind.len()..)) { most(behind) } else { 0 }),
            (start, behind.len(), if has_leet(base.get(..start)) { most(between) } else { 0 }),
        ];
        let [first, last] = [false, true].map(|is_last| {
            spans.map(|(start, end, most)| {
                (most > usize::from(is_last)).then_some(Self { start, end, is_last })
            })
        });
        let ([one, two, three], [four, five, six]) = (first, last);
        [one, two, three, four, five, six]
    }

    /// Whether it is everywhere or nowhere.
    const fn is_even(self, base: &str) -> bool {
        self.start == 0 && (self.end == 0 || self.end == base.len())
    }

    #[inline]
    fn read(self, at: usize, character: char) -> Option<char> {
        if at < self.start || at >= self.end {
            return None;
        }
        self.letter(character)
    }

    fn replace(self, lowered: &mut u8) {
        if !lowered.is_ascii_lowercase()
            && let Some(letter) = self.letter(char::from(*lowered))
        {
            *lowered = u8::try_from(letter).unwrap_or(*lowered);
        }
    }

    fn letter(self, character: char) -> Option<char> {
        let letters = fold::leet(character);
        if self.is_last { letters.last() } else { letters.first() }.copied()
    }
}
