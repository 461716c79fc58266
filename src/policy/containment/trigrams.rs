use zeroize::Zeroizing;

use super::super::fold;
use super::SHORTEST;

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

    /// Whether all trigrams of `name` are here, and it has one.
    pub(super) fn may_hold(&self, name: &str) -> bool {
        let mut letters = Letters::default();
        name.chars()
            .filter_map(letter_of_name)
            .filter_map(|letter| letters.push(letter))
            .all(|place| self.has(place))
            && letters.count >= SHORTEST
    }

    /// Whether `value` has as many trigrams in a row from here as the password has.
    pub(super) fn may_be_in(&self, value: &str) -> bool {
        if value.len() < self.shortest {
            return false;
        }
        let (mut letters, mut length) = (Letters::default(), 0_usize);
        value.chars().filter_map(letter_of_name).any(|letter| {
            let is_here = letters.push(letter).is_some_and(|place| self.has(place));
            length = if is_here { length.saturating_add(1) } else { 0 };
            length.saturating_add(SHORTEST) > self.shortest
        })
    }

    fn has(&self, place: usize) -> bool {
        self.bits.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
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

/// What a character of a password is; characters that some reading takes for one another are one letter.
#[derive(Clone, Copy)]
enum Part {
    Letter(char),
    /// A letter where leet is read, and nothing else.
    Symbol(char),
    Nothing,
}

impl Part {
    fn of(character: char) -> Self {
        match ASCII.get(character as usize) {
            Some(part) => *part,
            None => {
                fold::plain(character).map_or(Self::Nothing, |plain| Self::Letter(alike(plain)))
            }
        }
    }

    const fn of_ascii(character: char) -> Self {
        match (fold::plain_ascii(character), fold::leet(character)) {
            (Some(plain), _) => Self::Letter(alike(plain)),
            (None, []) => Self::Nothing,
            (None, _) => Self::Symbol(alike(character)),
        }
    }
}

static ASCII: [Part; 128] = {
    let mut parts = [Part::Nothing; 128];
    let mut slots: &mut [Part] = &mut parts;
    let mut byte = 0_u8;
    while let [slot, rest @ ..] = slots {
        *slot = Part::of_ascii(byte as char);
        byte = byte.saturating_add(1);
        slots = rest;
    }
    parts
};

/// The letter that stands for all that `character` may be read as: a 1 is an I or an L.
const fn alike(character: char) -> char {
    match (character, fold::leet(character)) {
        ('l', _) => 'i',
        (_, [first, ..]) => *first,
        (_, []) => character,
    }
}

/// A symbol of a name is not read, nor is one that is left of it without its marks.
fn letter_of_name(character: char) -> Option<char> {
    match Part::of(character) {
        Part::Letter(letter) if letter.is_ascii() => fold::plain_ascii(letter),
        Part::Letter(letter) => Some(letter),
        Part::Symbol(_) | Part::Nothing => None,
    }
}
