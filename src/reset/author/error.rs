use core::fmt;

use super::AuthorNotice;
use crate::message::{Segments, TemplateError};

/// Why a text of an author cannot be sent. Nothing was counted or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorError {
    /// There is no text, or none that is shown if the reader has no names.
    NoText,
    /// The subject or the text cannot be used.
    Text(TemplateError),
    /// The subject has no letter or digit, has a character that is not shown, or has `=?`, with which an
    /// encoded word begins (RFC 2047).
    Subject,
    /// The configuration does not name this sender.
    Sender,
    /// The name of the sender is longer than 80 characters, has a space at an end, no letter or digit, `=?`, a
    /// character that is not shown, or one that ends a name in a header.
    SenderName,
    /// The configuration does not name the recipient of a copy.
    Copy {
        /// Which one, from 1; those whom the header does not name are behind the others.
        number: usize,
    },
    /// There are more copies than [`AuthorNotice::MAX_COPIES`].
    TooManyCopies,
    /// Text messages are not sent in copies.
    CopiesOfSms,
    /// The flow sends no text messages, or none with a link.
    SmsOff,
}

impl AuthorError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoText => "author_no_text",
            Self::Text(error) => error.code(),
            Self::Subject => "author_subject_invalid",
            Self::Sender => "author_sender_not_allowed",
            Self::SenderName => "author_sender_name_invalid",
            Self::Copy { .. } => "author_copy_not_allowed",
            Self::TooManyCopies => "author_too_many_copies",
            Self::CopiesOfSms => "author_copies_of_sms",
            Self::SmsOff => "author_sms_off",
        }
    }
}

impl fmt::Display for AuthorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoText => f.write_str("the message has no text without the names of its reader"),
            Self::Text(error) => fmt_text(error, f),
            Self::Subject => f.write_str(
                "the subject must have a letter or a digit, characters that are shown, and no =?",
            ),
            Self::Sender => f.write_str("the configuration does not allow this sender"),
            Self::SenderName => f.write_str(
                "the name of the sender must be 1 to 80 characters that are shown, with a letter or a digit, \
                 no space at its ends, no =? and none of \"\\<>(),;:@",
            ),
            Self::Copy { number } => {
                write!(f, "the configuration does not allow a copy to recipient {number} of the list")
            }
            Self::TooManyCopies => {
                write!(f, "there are more than {} copies", AuthorNotice::MAX_COPIES)
            }
            Self::CopiesOfSms => f.write_str("text messages are not sent in copies"),
            Self::SmsOff => f.write_str("text messages of this kind are not configured"),
        }
    }
}

/// With the placeholders as authors write them.
fn fmt_text(error: &TemplateError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match error {
        TemplateError::UnknownPlaceholder { part, name } => {
            write!(f, "the {} cannot have the placeholder [%{name}%]", part.code())
        }
        TemplateError::SecretInSubject { name } => write!(f, "the subject cannot have [%{name}%]"),
        TemplateError::SecretMissing { name, .. } => write!(f, "the text must have [%{name}%]"),
        TemplateError::LinkNotAlone { name, .. } => {
            write!(f, "[%{name}%] must have white space before and behind it, or be <[%{name}%]>")
        }
        TemplateError::TooManySegments { .. } => {
            write!(f, "the text message has more than {} segments", Segments::MAX)
        }
        other => write!(f, "{other}"),
    }
}

impl core::error::Error for AuthorError {}
