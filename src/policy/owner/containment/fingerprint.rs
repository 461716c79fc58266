use zeroize::Zeroizing;

/// A sum of the letters of a text, each of which counts as often as its place says: a pass over
/// another text, which takes the same time whatever the letters, tells whether the text may be in it,
/// forwards or backwards.
///
/// Others may have the same sum, so that a yes has to be looked into (Karp and Rabin, Efficient randomized
/// pattern-matching algorithms, 1987). Wiped on drop.
pub(super) struct Fingerprint {
    forwards_and_backwards: Zeroizing<[u64; 2]>,
    letters: usize,
    /// How often a letter counts that is followed by as many as the text has.
    weight: u64,
}

/// Odd, so that no letter is lost for its place.
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

impl Fingerprint {
    pub(super) fn of(text: impl Iterator<Item = char>) -> Self {
        let sums = Zeroizing::new([0; 2]);
        let mut whole = Self { forwards_and_backwards: sums, letters: 0, weight: 1 };
        for letter in text {
            let [forwards, backwards] = &mut *whole.forwards_and_backwards;
            *forwards = with(*forwards, letter);
            *backwards = backwards.wrapping_add(u64::from(letter).wrapping_mul(whole.weight));
            whole.letters = whole.letters.saturating_add(1);
            whole.weight = whole.weight.wrapping_mul(BASE);
        }
        whole
    }

    /// How many letters the text has.
    pub(super) const fn letters(&self) -> usize {
        self.letters
    }

    pub(super) fn may_be_in(&self, mut other: impl Iterator<Item = char> + Clone) -> bool {
        let [forwards, backwards] = *self.forwards_and_backwards;
        let first = other.clone();
        let mut sum = other.by_ref().take(self.letters).fold(0, with);
        let mut is_here = sum == forwards || sum == backwards;
        for (next, first) in other.zip(first) {
            if is_here {
                break;
            }
            sum = with(sum, next).wrapping_sub(u64::from(first).wrapping_mul(self.weight));
            is_here = sum == forwards || sum == backwards;
        }
        is_here
    }
}

const fn with(sum: u64, letter: char) -> u64 {
    sum.wrapping_mul(BASE).wrapping_add(letter as u64)
}
