use core::fmt;

use super::AuthorNotice;
use crate::message::TemplateError;

/// Why a text of an author cannot be sent. Nothing was counted or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorError {
    /// There is no text.
    NoText,
    /// The subject or the text cannot be used.
    Text(TemplateError),
    /// The configuration does not name this sender.
    Sender,
    /// The name of the sender is longer than 80 characters, has a space at an end or a character that is not
    /// shown.
    SenderName,
    /// The configuration does not name the recipient of a copy.
    Copy {
        /// Which one, from 1.
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
            Self::NoText => f.write_str("the message has no text"),
            Self::Text(error) => error.fmt(f),
            Self::Sender => f.write_str("this author may not send from there"),
            Self::SenderName => f.write_str(
                "the name of the sender must be 1 to 80 characters that are shown, with no space at its ends",
            ),
            Self::Copy { number } => write!(f, "this author may not send a copy to number {number}"),
            Self::TooManyCopies => {
                write!(f, "there are more than {} copies", AuthorNotice::MAX_COPIES)
            }
            Self::CopiesOfSms => f.write_str("text messages are not sent in copies"),
            Self::SmsOff => f.write_str("text messages of this kind are not configured"),
        }
    }
}

impl core::error::Error for AuthorError {}
