use zeroize::Zeroizing;

use super::part::{NamePart, Part};
use super::{MOST_WORDS, SHORTEST};

/// Of a hash of 64 bits so many are left out of the place.
const UNUSED: u32 = 52;
const BITS: usize = 1 << (u64::BITS - UNUSED);

/// Which three letters in a row a password has, in all readings and both directions: what is ruled out
/// here needs no search.
///
/// A bit tells of every trigram that hashes to it, so that a yes has to be looked into. Wiped on drop.
pub(super) struct Trigrams {
    bits: Zeroizing<[u64; BITS / 64]>,
    /// The letters of the shortest reading that has a trigram.
    shortest: usize,
}

impl Trigrams {
    /// Empty, so that moving it into place leaves nothing behind.
    pub(super) fn none() -> Self {
        Self { bits: Zeroizing::new([0; BITS / 64]), shortest: usize::MAX }
    }

    pub(super) fn fill(&mut self, password: &str) {
        let mut has_symbols = false;
        self.add(password.chars().filter_map(|character| match Part::of(character) {
            Part::Letter(letter) => Some(letter),
            Part::Symbol(_) => {
                has_symbols = true;
                None
            }
            Part::Nothing => None,
        }));
        if has_symbols {
            self.add(password.chars().filter_map(|character| match Part::of(character) {
                Part::Letter(letter) | Part::Symbol(letter) => Some(letter),
                Part::Nothing => None,
            }));
        }
    }

    fn add(&mut self, reading: impl Iterator<Item = char>) {
        let mut letters = Letters::default();
        for letter in reading {
            if let Some(place) = letters.push(letter)
                && let Some(bits) = self.bits.get_mut(place / 64)
            {
                *bits |= 1 << (place % 64);
            }
        }
        if letters.count >= SHORTEST {
            self.shortest = self.shortest.min(letters.count);
        }
    }

    /// Whether the password may hold a name of `value`, which begins with `name`, or be in it: what
    /// [`may_hold`](Self::may_hold) says of `name` and of its first words, and
    /// [`may_be_in`](Self::may_be_in) of `value`, in one pass.
    pub(super) fn may_be_related(&self, value: &str, name: &str) -> bool {
        let mut row = Row::of(self);
        let (mut words, mut of_word) = (0_usize, 0_usize);
        for part in name.chars().map(NamePart::of) {
            match part {
                NamePart::Letter(letter) => {
                    row.push(letter);
                    if row.is_as_long_as_the_password() {
                        return true;
                    }
                    of_word = of_word.saturating_add(1);
                }
                NamePart::Divider => {
                    if words < MOST_WORDS && row.takes_in_the_last(of_word) {
                        return true;
                    }
                    words = words.saturating_add(usize::from(of_word >= SHORTEST));
                    of_word = 0;
                }
                NamePart::Nothing => {}
            }
        }
        (words < MOST_WORDS && row.takes_in_the_last(of_word))
            || row.takes_in_the_last(row.letters.count)
            || value.get(name.len()..).is_some_and(|rest| row.reaches_the_password_in(rest))
    }

    /// Whether all trigrams of `name` are here, and it has one.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        let mut letters = Letters::default();
        NamePart::letters_of(name)
            .filter_map(|letter| letters.push(letter))
            .all(|place| self.has(place))
            && letters.count >= SHORTEST
    }

    /// Whether `value` has as many trigrams in a row from here as the password has.
    pub(super) fn may_be_in(&self, value: &str) -> bool {
        value.len() >= self.shortest && Row::of(self).reaches_the_password_in(value)
    }

    fn has(&self, place: usize) -> bool {
        self.bits.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }
}

/// The trigrams that ended one after the other, up to the last letter of a name that is walked, and were
/// those of a password.
struct Row<'a> {
    password: &'a Trigrams,
    letters: Letters,
    length: usize,
}

impl<'a> Row<'a> {
    fn of(password: &'a Trigrams) -> Self {
        Self { password, letters: Letters::default(), length: 0 }
    }

    fn push(&mut self, letter: char) {
        let is_here = self.letters.push(letter).is_some_and(|place| self.password.has(place));
        self.length = if is_here { self.length.saturating_add(1) } else { 0 };
    }

    /// Whether the last `count` letters have a trigram and the row has all of theirs.
    fn takes_in_the_last(&self, count: usize) -> bool {
        count >= SHORTEST && self.length.saturating_add(SHORTEST) > count
    }

    fn is_as_long_as_the_password(&self) -> bool {
        self.length.saturating_add(SHORTEST) > self.password.shortest
    }

    fn reaches_the_password_in(&mut self, rest: &str) -> bool {
        NamePart::letters_of(rest).any(|letter| {
            self.push(letter);
            self.is_as_long_as_the_password()
        })
    }
}

/// The last letters of a text that is walked.
#[derive(Default)]
struct Letters {
    count: usize,
    last: [u64; 2],
}

impl Letters {
    /// Where the bit of the trigram is that ends with `letter`; the same for its reverse.
    fn push(&mut self, letter: char) -> Option<usize> {
        let letter = u64::from(letter);
        let [first, middle] = self.last;
        self.last = [middle, letter];
        self.count = self.count.saturating_add(1);
        let trigram = first.min(letter) << 42 | middle << 21 | first.max(letter);
        // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
        let place = trigram.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> UNUSED;
        (self.count >= SHORTEST).then_some(place as usize)
    }
}
