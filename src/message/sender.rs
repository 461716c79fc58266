use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::account::Contact;

/// From whom a message comes whose text an [author](crate::reset::Author) wrote. What is absent is that of
/// the service.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sender {
    pub(crate) from: Option<String>,
    pub(crate) name: Option<String>,
}

impl Sender {
    /// The longest name of the sender of a text message, in characters of the GSM 7-bit default alphabet
    /// (3GPP TS 23.040, section 9.1.2.5).
    pub const MAX_SMS_NAME: usize = 11;

    /// An e-mail address; of a text message, a phone number with its `+`, or a name.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The name beside an e-mail address: one line of at most 80 characters.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
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

/// What a message has in addition whose text an author wrote.
#[derive(Clone)]
pub(crate) struct Authorship {
    pub(crate) sender: Sender,
    pub(crate) copies: Option<Copies>,
}
