use core::fmt;

/// How a code looks: its alphabet and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodeShape {
    alphabet: Alphabet,
    length: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Alphabet {
    Letters,
    Digits,
}

/// Consonants that spell no words and do not look alike (RFC 8628, section 6.1).
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const DIGITS: &[u8] = b"0123456789";

impl CodeShape {
    /// The longest code, in characters.
    pub const MAX_LENGTH: usize = 12;

    /// Eight letters: 34.6 bits.
    pub const DEFAULT: Self = Self { alphabet: Alphabet::Letters, length: 8 };

    /// Letters of the 20-letter alphabet of RFC 8628, section 6.1: 6 to 12 of them. Eight have
    /// 34.6 bits.
    ///
    /// # Errors
    ///
    /// [`ShapeError`] for another length.
    pub const fn letters(length: u8) -> Result<Self, ShapeError> {
        Self::new(Alphabet::Letters, length, 6, 12)
    }

    /// Decimal digits: 6 to 10 of them. Six have 19.9 bits.
    ///
    /// # Errors
    ///
    /// [`ShapeError`] for another length.
    pub const fn digits(length: u8) -> Result<Self, ShapeError> {
        Self::new(Alphabet::Digits, length, 6, 10)
    }

    const fn new(alphabet: Alphabet, length: u8, min: u8, max: u8) -> Result<Self, ShapeError> {
        if length < min || length > max {
            return Err(ShapeError { min, max });
        }
        Ok(Self { alphabet, length })
    }

    /// The length of a code, in characters, without separators.
    #[must_use]
    pub fn length(&self) -> usize {
        usize::from(self.length)
    }

    /// How many codes of this shape there are.
    #[must_use]
    pub fn codes(&self) -> u64 {
        // At most 20^12, which is below 2^52.
        (0..self.length).fold(1, |codes: u64, _| codes.saturating_mul(self.radix()))
    }

    /// The chance that somebody guesses a code of one account within a day, in the worst 24 hours.
    ///
    /// Codes are uniform, so a guess hits with 1 in [`codes`](Self::codes), whichever live code it
    /// is tried on. A counter of `tries_per_day` opens with the first guess and ends a day later;
    /// the worst 24 hours hold the last tries of one counter and the first of the next, so at most
    /// `2 × tries_per_day` guesses, and the chance is at most their sum.
    #[must_use]
    pub fn guess_chance(&self, tries_per_day: u32) -> f64 {
        (2.0 * f64::from(tries_per_day) / self.codes() as f64).min(1.0)
    }

    pub(super) fn radix(&self) -> u64 {
        match self.alphabet {
            Alphabet::Letters => 20,
            Alphabet::Digits => 10,
        }
    }

    /// The alphabet, a character for each symbol value.
    pub(super) const fn characters(&self) -> &'static [u8] {
        match self.alphabet {
            Alphabet::Letters => LETTERS,
            Alphabet::Digits => DIGITS,
        }
    }

    /// After how many characters a dash makes a code easier to read; digits stay in one piece, for
    /// fields that fill themselves in.
    pub(super) const fn group(&self) -> usize {
        match self.alphabet {
            Alphabet::Letters => 4,
            Alphabet::Digits => Self::MAX_LENGTH,
        }
    }

    /// How the shape stands in the derivation: radix and length.
    pub(super) const fn encoded(&self) -> [u8; 2] {
        match self.alphabet {
            Alphabet::Letters => [20, self.length],
            Alphabet::Digits => [10, self.length],
        }
    }
}

/// A code of this length would be too easy to guess or too hard to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ShapeError {
    /// The shortest length of this alphabet.
    pub min: u8,
    /// The longest.
    pub max: u8,
}

impl ShapeError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "code_shape_invalid"
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a code of this alphabet has {} to {} characters", self.min, self.max)
    }
}

impl core::error::Error for ShapeError {}
