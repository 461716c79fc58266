//! Callers that write the texts of messages by themselves.

mod config_error;
mod error;
mod notice;
mod request;
mod text;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Flow;
use crate::account::Contact;
use crate::message::is_sms_name;
use crate::throttle::Source;

pub use self::config_error::AuthorConfigError;
pub use self::error::AuthorError;
pub use self::notice::{AuthorNotice, NoticeSent};
pub use self::request::AuthorRequest;
pub use self::text::AuthorText;

pub(super) use self::notice::WrittenNotice;
pub(super) use self::request::SecretText;

/// A caller that may write the texts of messages: another system that the host authenticates under this name.
/// [`TrustedAuthor`] has the methods with which it does so.
///
/// An author gets no secret in an answer, unless it is a [`TrustedCaller`](super::TrustedCaller), too. But
/// the service sends in its own name what an author writes, and people believe it, including links to pages
/// that ask for what they have received. Name only systems that are your own.
///
/// ```
/// use repass::reset::Author;
///
/// let author = Author::new("mapi")
///     .sender("support@example.org")
///     .sms_sender("YVN")
///     .copies_to("archive@example.org")
///     .hex();
/// # let _ = author;
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Author {
    name: String,
    senders: Vec<String>,
    sms_senders: Vec<String>,
    copies_to: Vec<String>,
    hex: bool,
}

impl Author {
    /// The author of this name, 1 to 255 bytes without control characters. Its messages come from the
    /// service, and no copy is sent.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            senders: Vec::new(),
            sms_senders: Vec::new(),
            copies_to: Vec::new(),
            hex: false,
        }
    }

    /// An e-mail address that its mails may come from.
    pub fn sender(mut self, address: &str) -> Self {
        self.senders.push(address.into());
        self
    }

    /// A phone number with its `+`, or a name with a letter and at most [`Sender::MAX_SMS_SEPTETS`](crate::message::Sender::MAX_SMS_SEPTETS) septets of
    /// the GSM 7-bit default alphabet, that its text messages may come from.
    pub fn sms_sender(mut self, sender: &str) -> Self {
        self.sms_senders.push(sender.into());
        self
    }

    /// An e-mail address to which copies of its notices may be sent.
    pub fn copies_to(mut self, address: &str) -> Self {
        self.copies_to.push(address.into());
        self
    }

    /// Writes secrets as 120 hexadecimal digits, for clients that take letters and digits only: see
    /// [`Token::from_hex`](crate::token::Token::from_hex).
    pub fn hex(mut self) -> Self {
        self.hex = true;
        self
    }

    pub(super) fn check(&self) -> Result<(), AuthorConfigError> {
        Source::caller(&self.name).map_err(AuthorConfigError::Name)?;
        for address in self.senders.iter().chain(&self.copies_to) {
            Contact::email(address).map_err(AuthorConfigError::Address)?;
        }
        let is_sender = |one: &String| is_sms_name(one) || Contact::phone(one).is_ok();
        match self.sms_senders.iter().all(is_sender) {
            true => Ok(()),
            false => Err(AuthorConfigError::SmsSender),
        }
    }
}

impl fmt::Debug for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Author").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The authors as a configuration has them.
pub(super) fn check_authors(authors: &[Author]) -> Result<(), AuthorConfigError> {
    authors.iter().try_for_each(Author::check)?;
    let is_twice = |author: &&Author| {
        let same = authors.iter().filter(|other| other.name == author.name);
        same.count() > 1
    };
    let twice = authors.iter().find(is_twice);
    twice.map_or(Ok(()), |author| Err(AuthorConfigError::Twice { name: author.name.clone() }))
}

/// An author whom the host has authenticated: what may write texts.
///
/// [`Flow::author`] alone makes one, for a name that the configuration has:
///
/// ```compile_fail
/// fn trusted<'a>(flow: &'a repass::reset::Flow, author: &'a repass::reset::Author) {
///     let author = repass::reset::TrustedAuthor { flow, author };
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedAuthor<'a> {
    flow: &'a Flow,
    author: &'a Author,
}

impl Flow {
    /// The author of this name, if the configuration has one. The host must have authenticated the caller
    /// under this name.
    #[must_use]
    pub fn author(&self, name: &str) -> Option<TrustedAuthor<'_>> {
        let author = self.settings.authors.iter().find(|known| known.name == name)?;
        Some(TrustedAuthor { flow: self, author })
    }

    /// What an author is counted as; `None` if this flow has no author of the name.
    fn source_of(&self, author: &str) -> Option<Source> {
        Source::caller(&self.author(author)?.author.name).ok()
    }
}
