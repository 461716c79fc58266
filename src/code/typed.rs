use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{CodeShape, entry};
use crate::answer::Answer;
use crate::key::KeyId;

/// A code, derived or typed in: wiped on drop, without `Display`; compared in constant time.
pub struct CheckCode {
    shape: CodeShape,
    symbols: Symbols,
}

/// Symbol values; those beyond the length are [`NONE`].
pub(super) type Symbols = Zeroizing<[u8; CodeShape::MAX_LENGTH]>;

/// What stands beyond the last symbol.
pub(super) const NONE: u8 = 0xff;

impl CheckCode {
    /// Reads what a person typed, in at most 64 bytes of UTF-8.
    ///
    /// | typed | read as |
    /// |---|---|
    /// | letters in either case | the letter of the alphabet |
    /// | O; I and L, where the alphabet has no such letter | 0; 1 |
    /// | full-width letters (U+FF21 to U+FF3A, U+FF41 to U+FF5A) | the same of ASCII |
    /// | decimal digits of every script (general category Nd) | 0 to 9 |
    /// | white space (Unicode's `White_Space`), anywhere | nothing |
    /// | dashes, anywhere: `-`, U+2010 to U+2015, U+2212, U+FE58, U+FE63, U+FF0D | nothing |
    /// | format characters (general category Cf), anywhere: soft hyphens, marks of direction, spaces without width, byte order marks | nothing |
    /// | punctuation (general category P), before and behind the code | nothing |
    /// | anything else | an error |
    ///
    /// ```
    /// use repass::code::{CheckCode, CodeShape};
    ///
    /// let shape = CodeShape::letters(8)?;
    /// assert!(CheckCode::parse(shape, " bcdf-ghjk ").is_ok());
    /// assert!(CheckCode::parse(shape, "bcdf-ghj").is_err());
    ///
    /// let (shown, typed) = ("10V-7QK", "lov 7qk");
    /// let shape = CodeShape::base32(6)?;
    /// assert!(CheckCode::parse(shape, shown)?.matches(&CheckCode::parse(shape, typed)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CodeError::Malformed`] for a text that no code of this shape can be: another character,
    /// another number of them, or more than 64 bytes. It is no guess: it costs no try and changes
    /// no counter.
    pub fn parse(shape: CodeShape, text: &str) -> Result<Self, CodeError> {
        let malformed = CodeError::Malformed { length: shape.length() };
        Ok(Self { symbols: entry::read(&shape, text).ok_or(malformed)?, shape })
    }

    /// Whether both are the same code of the same shape, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        // What differs is gathered over all words, and only whether anything does is asked.
        let (ours, _) = self.symbols.as_chunks::<4>();
        let (theirs, _) = other.symbols.as_chunks::<4>();
        let differing = ours.iter().zip(theirs).fold(0, |differing, (our, their)| {
            differing | (u32::from_ne_bytes(*our) ^ u32::from_ne_bytes(*their))
        });
        self.shape == other.shape && differing.ct_eq(&0).into()
    }

    pub(super) const fn new(shape: CodeShape, symbols: Symbols) -> Self {
        Self { shape, symbols }
    }

    pub(super) const fn shape(&self) -> &CodeShape {
        &self.shape
    }

    /// The characters of the code, in upper or lower case as the alphabet has them.
    pub(super) fn characters(&self) -> impl Iterator<Item = u8> {
        let alphabet = self.shape.alphabet().characters();
        let used = self.symbols.iter().take(self.shape.length());
        used.filter_map(|symbol| alphabet.get(usize::from(*symbol)).copied())
    }
}

impl fmt::Debug for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckCode(..)")
    }
}

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeError {
    /// The text cannot be a code of the shape that is asked for.
    Malformed {
        /// The length of such a code, in characters.
        length: usize,
    },
    /// The key that derived the code is not in the ring (any more).
    UnknownKey {
        /// The number of the key.
        key_id: KeyId,
    },
}

impl CodeError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "code_malformed",
            Self::UnknownKey { .. } => "code_unknown_key",
        }
    }

    /// What the person who typed the code may be told: [`Answer::Invalid`] for a text that is no code,
    /// which cost no try, and [`Answer::Refused`] otherwise.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Malformed { .. } => Answer::Invalid,
            Self::UnknownKey { .. } => Answer::Refused { tries_left: None },
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { length } => write!(f, "a code has {length} characters"),
            Self::UnknownKey { key_id } => write!(f, "the code is of the unknown key {key_id}"),
        }
    }
}

impl core::error::Error for CodeError {}
