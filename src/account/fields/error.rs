use core::fmt;

use super::super::{FieldName, FieldNameError, LookupError};
use super::FieldTextError;
use crate::answer::Answer;

/// Why a field cannot be declared, looked up by, or sent to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldError {
    /// The name of a field is not valid.
    Name(FieldNameError),
    /// A field is declared twice.
    Twice {
        /// The name of the field.
        name: FieldName,
    },
    /// No field of this name is declared.
    Unknown,
    /// The field has neither e-mail addresses nor phone numbers, so nothing can be sent to it.
    NotARecipient,
    /// The value is no address, number or user name, as the field has them.
    Value(LookupError),
    /// The value is no text that a field can have.
    Text(FieldTextError),
}

impl FieldError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::Twice { .. } => "field_twice",
            Self::Unknown => "field_unknown",
            Self::NotARecipient => "field_not_a_recipient",
            Self::Value(error) => error.code(),
            Self::Text(error) => error.code(),
        }
    }

    /// What the person who asked may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Twice { name } => write!(f, "the field {name} is declared twice"),
            Self::Unknown => f.write_str("no field of this name is declared"),
            Self::NotARecipient => {
                f.write_str("the field has neither e-mail addresses nor phone numbers")
            }
            Self::Value(error) => error.fmt(f),
            Self::Text(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FieldError {}
