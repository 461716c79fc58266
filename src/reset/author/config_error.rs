use alloc::string::String;
use core::fmt;

use crate::account::ContactError;
use crate::message::Sender;
use crate::throttle::SourceError;

/// Why an [`Author`](super::Author) was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorConfigError {
    /// The name cannot be that of a caller.
    Name(SourceError),
    /// Two authors have this name.
    Twice {
        /// The name.
        name: String,
    },
    /// A sender or the recipient of copies is not an e-mail address.
    Address(ContactError),
    /// The sender of text messages is neither a phone number nor a short name.
    SmsSender,
}

impl AuthorConfigError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::Twice { .. } => "author_twice",
            Self::Address(error) => error.code(),
            Self::SmsSender => "author_sms_sender_invalid",
        }
    }
}

impl fmt::Display for AuthorConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => error.fmt(f),
            Self::Twice { name } => write!(f, "two authors have the name {name:?}"),
            Self::Address(error) => {
                write!(f, "a sender or a recipient of copies is not an e-mail address: {error}")
            }
            Self::SmsSender => write!(
                f,
                "the sender of text messages must be a phone number with its +, or a name with a letter and \
                 at most {} septets of the GSM 7-bit default alphabet",
                Sender::MAX_SMS_SEPTETS
            ),
        }
    }
}

impl core::error::Error for AuthorConfigError {}
