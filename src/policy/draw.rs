//! Texts whose characters are drawn one by one, each uniformly from an alphabet, with separators in
//! fixed places, and upper bounds on the chance that a rule refuses one.
//!
//! Among the passwords that are counted, which are the part `accepted` of all of these, the chance is
//! at most the bound divided by `accepted`: refused ones are no more than before, and all are fewer.
//! Chances of several rules add up.

mod alphabet;
mod owner;
mod walk;

use alloc::vec;

pub(super) use alphabet::{Alphabet, NoAlphabet};

/// How passwords of one length are drawn.
#[derive(Clone, Copy)]
pub(super) struct Draw<'a> {
    pub(super) alphabet: &'a Alphabet,
    /// Whether the separator is in a place.
    pub(super) places: &'a [bool],
}

/// So many kinds of characters, each with the same share of the alphabet and none in common.
#[derive(Clone, Copy)]
pub(super) struct Kinds {
    pub(super) share: f64,
    pub(super) many: f64,
}

impl Draw<'_> {
    /// How many characters are drawn.
    pub(super) fn drawn(&self) -> usize {
        self.places.iter().filter(|is_separator| !**is_separator).count()
    }

    /// The most bytes that the whole may take.
    pub(super) fn most_bytes(&self) -> usize {
        let widths = self.alphabet.characters.iter().map(|character| character.len_utf8());
        self.places.len().saturating_mul(widths.max().unwrap_or(1))
    }

    /// How many separators there are, if they are such.
    pub(super) fn separators_that(&self, is_such: impl Fn(char) -> bool) -> usize {
        let are_such = self.alphabet.separator.is_some_and(is_such);
        if are_such { self.places.len().saturating_sub(self.drawn()) } else { 0 }
    }

    /// Exact: that `least` of the characters that are drawn, or more, are of such a share.
    pub(super) fn at_least(&self, least: usize, share: f64) -> f64 {
        let drawn = self.drawn();
        let exactly = |times: usize| {
            let others = drawn.saturating_sub(times);
            combinations(drawn, times) * power(share, times) * power(1.0 - share, others)
        };
        (least..=drawn).map(exactly).sum()
    }

    /// Exact: the length of the last run as a Markov chain. A separator is of no kind of the others and
    /// stands alone, so it ends a run.
    pub(super) fn run(&self, longest: usize, all: &[Kinds]) -> f64 {
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

pub(super) fn combinations(of: usize, some: usize) -> f64 {
    (0..some).fold(1.0, |ways, taken| {
        ways * of.saturating_sub(taken) as f64 / taken.saturating_add(1) as f64
    })
}

/// `f64::powi` is not in `core`.
pub(super) fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * base)
}
