//! The bounds of the rules about the owner, by the names that are known of one.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Draw, combinations, power};
use crate::policy::characters::fold;
use crate::policy::characters::lowercase::Lowercase;
use crate::policy::characters::syllables::Syllables;
use crate::policy::owner::{containment, own_names, similarity};

impl Draw<'_> {
    /// A name is in the password, forwards or backwards, or the whole password in the attribute.
    pub(in crate::policy) fn named(&self, value: &str) -> f64 {
        let name = containment::name_of(value);
        let divides = |character| fold::plain(character).is_none() && !fold::is_mark(character);
        let words: f64 = name.split(divides).map(|word| self.contains(word)).sum();
        2.0 * (words + self.contains(name) + self.is_within(value))
    }

    /// A name is first, or backwards last with or without regard to digits, but for what is skipped.
    pub(in crate::policy) fn derived(&self, value: &str) -> f64 {
        let read = 1.0 - self.skipped();
        let ends = self.alphabet.share(own_names::is_letter);
        let first_of = |name: &str, of: f64| {
            let mut shares = letters_of(name).map(|letter| self.alphabet.share_read_as(letter));
            // Of characters that are skipped alone nothing is made.
            let first = if of > 0.0 { shares.next().unwrap_or(0.0) / of } else { 0.0 };
            shares.fold(first, |chance, share| chance * (share / read)).min(1.0)
        };
        if read <= 0.0 {
            return 0.0;
        }
        own_names::names_of(value)
            .map(|name| 2.0 * first_of(name, read) + first_of(name, ends))
            .sum()
    }

    fn contains(&self, name: &str) -> f64 {
        let letters = letters_of(name);
        if letters.clone().count() < containment::SHORTEST {
            return 0.0;
        }
        self.spelled(letters)
    }

    /// From some place on, the letters follow one another with nothing but skipped characters between.
    /// The first stands in that place, and each other is the first of those behind that is not skipped.
    pub(in crate::policy) fn spelled(&self, letters: impl Iterator<Item = char>) -> f64 {
        let mut shares = letters.map(|character| self.alphabet.share_read_as(character));
        let first = shares.next().unwrap_or(0.0);
        let read = 1.0 - self.skipped();
        if read <= 0.0 {
            return if first > 0.0 { 1.0 } else { 0.0 };
        }
        self.drawn() as f64 * first * shares.fold(1.0, |chance, share| chance * (share / read))
    }

    /// Every character is skipped or is the next letter of the attribute, from one of its letters on.
    fn is_within(&self, value: &str) -> f64 {
        let letters = letters_of(value);
        let next = letters
            .clone()
            .map(|character| self.alphabet.share_read_as(character))
            .fold(0.0, f64::max);
        letters.count() as f64 * power((self.skipped() + next).min(1.0), self.drawn())
    }

    fn skipped(&self) -> f64 {
        self.alphabet.share(|character| fold::plain(character).is_none())
    }

    /// The attribute as a whole and word by word, as Django takes it.
    pub(in crate::policy) fn similar(&self, value: &str, max_similarity: f64) -> f64 {
        if !self.alphabet.lowers_singly {
            return 1.0;
        }
        let value: Vec<char> = Lowercase::of(value).collect();
        let words = value.split(|character| !similarity::is_word(*character));
        let words: f64 = words.map(|word| self.shares_with(word, max_similarity)).sum();
        words + self.shares_with(&value, max_similarity)
    }

    /// The chance to share so many characters with `part` that the rule refuses.
    fn shares_with(&self, part: &[char], max_similarity: f64) -> f64 {
        let length = self.places.len();
        let sum = length.saturating_add(part.len()) as f64;
        let most = length.min(part.len());
        if 2.0 * most as f64 / sum < max_similarity {
            return 0.0;
        }
        let refused = (0..=most).find(|shared| 2.0 * *shared as f64 / sum >= max_similarity);
        let separators = length.saturating_sub(self.drawn());
        let in_part =
            part.iter().filter(|character| self.alphabet.separator == Some(**character)).count();
        let least = refused.unwrap_or(most).saturating_sub(separators.min(in_part));
        self.meets(part, least).min(self.matches(part, least))
    }

    /// Characters of the part stand in `least` of the places or more.
    fn meets(&self, part: &[char], least: usize) -> f64 {
        let lowered: BTreeSet<char> = part.iter().copied().map(fold::lower).collect();
        let share = self.alphabet.share(|character| lowered.contains(&fold::lower(character)));
        self.at_least(least, share)
    }

    /// In some `least` places stand different characters of the part, in some order.
    fn matches(&self, part: &[char], least: usize) -> f64 {
        let hit = self.alphabet.of_one_case as f64 / self.alphabet.size();
        let orders =
            (0..least).fold(1.0, |orders, taken| orders * part.len().saturating_sub(taken) as f64);
        combinations(self.drawn(), least) * orders * power(hit, least)
    }
}

/// The letters and numbers of a name in the form of a `Password`, as the rules about names read it.
fn letters_of(name: &str) -> impl Iterator<Item = char> + Clone {
    Syllables::of(name.chars()).filter(|character| fold::plain(*character).is_some())
}
