use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::CodeShape;
use crate::key::KeyId;

/// A code, derived or typed in: wiped on drop, without `Display`; compared in constant time.
pub struct CheckCode {
    shape: CodeShape,
    /// Symbol values; those beyond the length are [`NONE`].
    symbols: [u8; CodeShape::MAX_LENGTH],
}

/// What stands beyond the last symbol.
pub(super) const NONE: u8 = 0xff;

/// The longest text that is read as a code, in bytes.
const MAX_BYTES: usize = 64;

impl CheckCode {
    /// Reads what a person typed: upper or lower case, with white space and dashes anywhere.
    ///
    /// ```
    /// use repass::code::{CheckCode, CodeShape};
    ///
    /// let shape = CodeShape::letters(8)?;
    /// assert!(CheckCode::parse(shape, " bcdf-ghjk ").is_ok());
    /// assert!(CheckCode::parse(shape, "bcdf-ghj").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`CodeError::Malformed`] for a text that no code of this shape can be: other characters,
    /// another length, or more than 64 bytes.
    pub fn parse(shape: CodeShape, text: &str) -> Result<Self, CodeError> {
        let malformed = CodeError::Malformed { length: shape.length() };
        if text.len() > MAX_BYTES {
            return Err(malformed);
        }
        let mut code = Self { shape, symbols: [NONE; CodeShape::MAX_LENGTH] };
        let mut free = code.symbols.iter_mut().take(shape.length());
        for character in text.chars().filter(|character| !is_separator(*character)) {
            let symbol = symbol_of(shape, character).ok_or(malformed)?;
            *free.next().ok_or(malformed)? = symbol;
        }
        if free.next().is_some() {
            return Err(malformed);
        }
        Ok(code)
    }

    /// The code as a message shows it: letters in groups of four with a dash between, digits in one
    /// piece.
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<String> {
        // Room for every character and a dash before each: the text never moves.
        let mut text = Zeroizing::new(String::with_capacity(2 * CodeShape::MAX_LENGTH));
        let used = self.symbols.iter().take(self.shape.length());
        for (position, symbol) in used.enumerate() {
            if position > 0 && position.is_multiple_of(self.shape.group()) {
                text.push('-');
            }
            let characters = self.shape.characters();
            text.extend(characters.get(usize::from(*symbol)).map(|byte| char::from(*byte)));
        }
        text
    }

    /// Whether both are the same code of the same shape, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.shape == other.shape && self.symbols.ct_eq(&other.symbols).into()
    }

    pub(super) const fn new(shape: CodeShape, symbols: [u8; CodeShape::MAX_LENGTH]) -> Self {
        Self { shape, symbols }
    }
}

impl Drop for CheckCode {
    fn drop(&mut self) {
        self.symbols.zeroize();
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

/// White space and the dashes that people and keyboards put between groups.
const fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn symbol_of(shape: CodeShape, character: char) -> Option<u8> {
    let byte = u8::try_from(character.to_ascii_uppercase()).ok()?;
    let position = shape.characters().iter().position(|own| *own == byte)?;
    u8::try_from(position).ok()
}
