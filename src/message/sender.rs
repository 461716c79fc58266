use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::plain::{is_shown, plain};
use super::segments::septets;
use crate::account::Contact;

/// From whom a message comes, if an [author](crate::reset::Author) wrote its text. Where something is absent,
/// that of the service is used.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sender {
    pub(crate) address: Option<String>,
    pub(crate) name: Option<String>,
}

impl Sender {
    /// The longest name of the sender of a text message, in septets of the GSM 7-bit default alphabet
    /// (3GPP TS 23.040, section 9.1.2.5).
    pub const MAX_SMS_SEPTETS: usize = 11;

    /// An e-mail address; of a text message, a phone number with its `+`, or a name.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The name beside an e-mail address: one line of at most 80 characters, without the characters that end
    /// a name in a header. A mail library has to quote or encode it (RFC 5322, section 3.2.5; RFC 2047).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// Whether a text can be the sender of a text message in place of a number. Digits alone would be read as a
/// number.
pub(crate) fn is_sms_name(text: &str) -> bool {
    let septets = text.chars().try_fold(0_usize, |sum, one| sum.checked_add(septets(one)?));
    let is_short = septets.is_some_and(|septets| septets <= Sender::MAX_SMS_SEPTETS);
    let is_plain = !text.contains(char::is_control) && text.trim() == text;
    is_short && is_plain && text.contains(char::is_alphabetic)
}

/// Whether a text can be the name of the sender of a mail, however carelessly it is put into a header.
pub(crate) fn is_name(text: &str) -> bool {
    let is_special =
        |one| matches!(one, '"' | '\\' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '@');
    let is_sound = plain(text) == text && text.contains(char::is_alphanumeric);
    is_sound && !text.contains(is_special) && !text.contains("=?")
}

/// Whether a text can be a subject: one line that is shown as it is.
pub(crate) fn is_subject(text: &str) -> bool {
    text.chars().all(is_shown) && text.contains(char::is_alphanumeric) && !text.contains("=?")
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender(..)")
    }
}

/// What a mail has of which copies are sent. Only a notice that an author wrote is sent in copies, and a
/// notice carries no secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Copies {
    /// The person whom it is for.
    pub(crate) addressed_to: Contact,
    /// Those whom the header names.
    pub(crate) cc: Vec<Contact>,
}

/// What a message has in addition if an author wrote its text.
#[derive(Clone)]
pub(crate) struct Authorship {
    pub(crate) sender: Sender,
    pub(crate) copies: Option<Copies>,
}
