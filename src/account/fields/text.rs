use alloc::sync::Arc;
use core::fmt;

use super::super::spelling;
use crate::answer::Answer;

/// A text in a declared field, such as the number of a customer. Cheap to clone.
///
/// White space and format characters (general category Cf) at the ends are dropped, and the rest is taken
/// in Normalization Form C. Two texts are the same if they then agree byte by byte: letter case counts.
///
/// `Debug` does not show it: it is personal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldText(Arc<str>);

impl FieldText {
    /// The longest text, in bytes of UTF-8, once it was trimmed and normalized.
    pub const MAX_BYTES: usize = 254;

    /// Takes a text.
    ///
    /// # Errors
    ///
    /// [`FieldTextError`] for a text that is empty, longer than [`FieldText::MAX_BYTES`], or has a control
    /// character.
    pub fn new(text: &str) -> Result<Self, FieldTextError> {
        let error = FieldTextError { max_bytes: Self::MAX_BYTES };
        let text = spelling::trimmed(text);
        // Normalization makes no text shorter than a third of it.
        if text.len() > Self::MAX_BYTES.saturating_mul(4) || text.chars().any(char::is_control) {
            return Err(error);
        }
        let text = spelling::nfc(text);
        if !(1..=Self::MAX_BYTES).contains(&text.len()) {
            return Err(error);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FieldText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldText(..)")
    }
}

/// The text is empty, too long, or has a control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FieldTextError {
    /// The longest text, in bytes.
    pub max_bytes: usize,
}

impl FieldTextError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "field_text_invalid"
    }

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for FieldTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value has 1 to {} bytes and no control characters", self.max_bytes)
    }
}

impl core::error::Error for FieldTextError {}
