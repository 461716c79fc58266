//! Upper bounds on the chance that a rule refuses a password whose characters are drawn one by one,
//! each uniformly from the alphabet, with the separators standing where they do.
//!
//! Among the passwords that are counted, which are the part `accepted` of all of these, the chance is
//! at most the bound divided by `accepted`: refused ones are no more than before, and all are fewer.
//! Chances of several rules add up.

mod walk;

use alloc::vec;
use alloc::vec::Vec;

use super::super::common::strip;
use super::super::{
    CharacterClass, CommonPasswords, Reduction, Reductions, fold, keyboard, sequence,
};
use super::alphabet::Alphabet;
use super::rules::Rejected;

/// How passwords of one length are drawn.
#[derive(Clone, Copy)]
pub(super) struct Draw<'a> {
    pub(super) alphabet: &'a Alphabet,
    /// Whether the separator stands in a place.
    pub(super) places: &'a [bool],
}

impl Rejected {
    /// The chance that the rule refuses; it may come out above 1.
    pub(super) fn chance(&self, draw: Draw<'_>) -> f64 {
        match self {
            Self::WhiteSpaceAtTheEnds => 2.0 * draw.alphabet.share(char::is_whitespace),
            Self::Palindrome => draw.palindrome(),
            Self::Listed(list, _) => draw.listed(list),
            Self::DerivedFrom(list, by) => draw.derived_from(list, *by),
            Self::ContextWord(word) => draw.context_word(word),
            Self::ForbiddenWord(letters) => draw.spelled(letters.iter().copied()),
            Self::Occurrences(most) => draw.occurrences(*most),
            Self::FewDistinct(fewest) => draw.few_distinct(*fewest),
            Self::Repeat(longest) => {
                let each = Kinds { share: 1.0 / draw.alphabet.size(), many: draw.alphabet.size() };
                draw.run(*longest, vec![each])
            }
            Self::ClassRepeat(longest) => {
                let classes = [
                    CharacterClass::Lower,
                    CharacterClass::Upper,
                    CharacterClass::OtherLetter,
                    CharacterClass::Digit,
                    CharacterClass::Symbol,
                ];
                let kinds = classes.into_iter().map(|class| Kinds {
                    share: draw.alphabet.share(|character| class.contains(character)),
                    many: 1.0,
                });
                draw.run(*longest, kinds.collect())
            }
            Self::Sequence(longest, ends) => draw.walk(*longest, |text, longest| {
                sequence::position_in(text, longest, *ends).is_some()
            }),
            Self::KeyboardWalk(longest) => {
                draw.walk(*longest, |text, longest| keyboard::position_in(text, longest).is_some())
            }
        }
    }
}

/// So many kinds of characters, each with the same share of the alphabet and none in common.
struct Kinds {
    share: f64,
    many: f64,
}

impl Draw<'_> {
    /// How many characters are drawn.
    pub(super) fn drawn(&self) -> usize {
        self.places.iter().filter(|is_separator| !**is_separator).count()
    }

    /// Of two places that mirror one another, one takes the lower case of the other. Separators mirror
    /// one another, or else nothing is a palindrome.
    fn palindrome(&self) -> f64 {
        power(self.alphabet.of_one_case as f64 / self.alphabet.size(), self.drawn() / 2)
    }

    /// An entry is met in every place, by one of the characters of the same lower case.
    fn listed(&self, list: &CommonPasswords<'static>) -> f64 {
        if !self.alphabet.lowers_singly {
            return 1.0;
        }
        let length = self.places.len();
        let hit = self.alphabet.of_one_case as f64 / self.alphabet.size();
        let blank = self.alphabet.share(|character| {
            character.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&character)
        });
        if blank == 0.0 {
            return entries_of(list, length) * power(hit, self.drawn());
        }
        // White space around an entry is stripped, with the entry beginning in any place.
        let beginnings = length.saturating_add(1);
        list.entries() as f64 * beginnings as f64 * power(hit.max(blank), self.drawn())
    }

    /// In either direction some of the places are met by an entry, or by one several times over, and the
    /// others are cut off at the ends. Where folding skips, it skips anywhere. However many readings
    /// there are, a letter of an entry is met by a character that may be read as it.
    fn derived_from(&self, list: &CommonPasswords<'static>, by: Reductions) -> f64 {
        const DIRECTIONS: f64 = 2.0;
        let size = self.alphabet.size();
        let met = |read| power(self.alphabet.of_one_reading as f64 / size, read);
        let is_cut = |character: char| {
            by.has(Reduction::Affixes) && !character.is_alphabetic()
                || strip(character.encode_utf8(&mut [0; 4])).is_empty()
        };
        let cut = self.alphabet.share(is_cut);
        let skipped =
            self.alphabet.share(|character| is_cut(character) || fold::plain(character).is_none());
        let drawn = self.drawn();
        let separators = self.places.len().saturating_sub(drawn);
        // With the separators that an entry may have itself.
        let entries = |read: usize, separators: usize| {
            let longest = read.saturating_add(separators);
            let fits = |length: usize| {
                let times = longest.checked_div(length).unwrap_or(0);
                length >= read
                    || by.has(Reduction::Repetition) && times.saturating_mul(length) >= read
            };
            (1..=longest)
                .filter(|length| fits(*length))
                .map(|length| entries_of(list, length))
                .sum()
        };
        let (mut chance, mut choices): (f64, f64) = (0.0, 1.0);
        for read in (0..=drawn).rev() {
            let left = drawn.saturating_sub(read);
            let ends = left.saturating_add(1) as f64;
            let at_the_ends: f64 = entries(read, separators);
            chance += met(read) * at_the_ends * ends * power(cut, left);
            if by.has(Reduction::Folding) {
                let anywhere: f64 = entries(read, 0);
                chance += met(read) * anywhere * choices * power(skipped, left);
            }
            choices *= read as f64 / ends;
        }
        chance * DIRECTIONS
    }

    /// Up to some character everything is skipped or is the next letter, and behind it nothing is
    /// alphabetic.
    fn context_word(&self, word: &str) -> f64 {
        let letters = || word.chars().filter_map(fold::plain);
        let shares = letters().map(|letter| self.alphabet.share_read_as(letter));
        let next = shares.fold(0.0, f64::max);
        let inside = self.alphabet.share(|character| fold::plain(character).is_none()) + next;
        let behind = self.alphabet.share(|character| !character.is_alphabetic());
        let drawn = self.drawn();
        (letters().count()..=drawn)
            .map(|end| power(inside.min(1.0), end) * power(behind, drawn.saturating_sub(end)))
            .sum()
    }

    /// Exact: the number of different characters as a Markov chain.
    fn few_distinct(&self, fewest: usize) -> f64 {
        let size = self.alphabet.size();
        let mut chances = vec![0.0; fewest];
        chances.iter_mut().take(1).for_each(|chance| *chance = 1.0);
        for _ in 0..self.drawn() {
            let mut from_below = 0.0;
            for (distinct, chance) in chances.iter_mut().enumerate() {
                let known = (distinct as f64 / size).min(1.0);
                let here = *chance;
                *chance = here * known + from_below;
                from_below = here * (1.0 - known);
            }
        }
        chances.into_iter().sum()
    }

    /// Some character stands in one place more than it may, whichever these are.
    fn occurrences(&self, most: usize) -> f64 {
        let (drawn, places) = (self.drawn(), most.saturating_add(1));
        if self.places.len().saturating_sub(drawn) > most {
            return 1.0;
        }
        let size = self.alphabet.size();
        size * combinations(drawn, places) * power(1.0 / size, places)
    }

    /// Exact: the length of the last run as a Markov chain. A separator is of no kind of the others and
    /// stands alone, so it ends a run.
    fn run(&self, longest: usize, all: Vec<Kinds>) -> f64 {
        if longest >= self.places.len() {
            return 0.0;
        }
        // For each kind the chances of a run of 1, 2, ... of its characters.
        let mut runs = vec![vec![0.0; longest]; all.len()];
        let (mut alive, mut refused) = (1.0, 0.0);
        for is_separator in self.places {
            let before = alive;
            for (kinds, runs) in all.iter().zip(&mut runs) {
                let running: f64 = runs.iter().sum();
                let mut arriving = if *is_separator { 0.0 } else { kinds.many * before - running };
                let share = if *is_separator { 0.0 } else { kinds.share };
                for run in runs.iter_mut() {
                    let here = *run;
                    *run = share * arriving;
                    arriving = here;
                }
                refused += share * arriving;
                alive -= share * arriving;
            }
        }
        refused
    }
}

fn entries_of(list: &CommonPasswords<'static>, length: usize) -> f64 {
    let longer = list.entries_at_least(length.saturating_add(1));
    list.entries_at_least(length).saturating_sub(longer) as f64
}

pub(super) fn combinations(of: usize, some: usize) -> f64 {
    (0..some).fold(1.0, |ways, taken| {
        ways * of.saturating_sub(taken) as f64 / taken.saturating_add(1) as f64
    })
}

/// `f64::powi` is not in `core`.
pub(super) fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * base)
}
