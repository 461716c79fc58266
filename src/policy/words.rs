//! Words of the host that a password is compared with.

pub(super) mod context;
pub(super) mod forbidden;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::PolicyError;
use super::characters::fold;
use super::characters::syllables::Syllables;

/// The words of a rule; cheap to clone. Of those that are read alike there is the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// As they were given.
    given: Arc<[String]>,
    /// The letters and numbers of each, in lower case and without marks.
    letters: Arc<[Box<[char]>]>,
}

impl Words {
    /// The most words, since each is compared with each password.
    const MOST: usize = 1_000;

    /// The most letters and numbers of a word, so that a place in it is a bit.
    const LONGEST: usize = 64;

    pub(super) fn new(words: impl Iterator<Item = String>) -> Self {
        let mut before = BTreeSet::new();
        let (mut given, mut all) = (Vec::new(), Vec::new());
        for word in words {
            let letters: Box<[char]> =
                Syllables::of(word.chars()).filter_map(fold::plain).collect();
            if before.insert(letters.clone()) {
                given.push(word);
                all.push(letters);
            }
        }
        Self { given: given.into(), letters: all.into() }
    }

    /// The words as they were given.
    pub(super) fn given(&self) -> &[String] {
        &self.given
    }

    /// The letters and numbers of each word.
    pub(super) fn letters(&self) -> &[Box<[char]>] {
        &self.letters
    }

    /// Refuses what has nothing to compare with, and more than can be compared in a bounded time.
    pub(super) fn refuse(&self, field: &'static str) -> Result<(), PolicyError> {
        let letters = || self.letters.iter().map(|letters| letters.len());
        if letters().min().unwrap_or(0) == 0 {
            return Err(PolicyError::Empty { field });
        }
        let (words, most) = (self.letters.len(), Self::MOST);
        if words > most {
            return Err(PolicyError::TooManyWords { field, words, most });
        }
        match (letters().max().unwrap_or(0), Self::LONGEST) {
            (letters, most) if letters > most => {
                Err(PolicyError::WordTooLong { field, letters, most })
            }
            _ => Ok(()),
        }
    }
}
