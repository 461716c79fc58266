use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::account::Contact;

/// A message ready to be sent: one recipient, a subject without secrets, and a plain text that may
/// hold one. Wiped on drop; `Debug` shows the recipient only.
#[derive(Clone)]
pub struct Message {
    to: Contact,
    subject: String,
    text: Zeroizing<String>,
}

impl Message {
    pub(crate) const fn new(to: Contact, subject: String, text: Zeroizing<String>) -> Self {
        Self { to, subject, text }
    }

    /// The one recipient.
    #[must_use]
    pub const fn to(&self) -> &Contact {
        &self.to
    }

    /// The subject: one line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The body, plain text.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("to", &self.to).finish_non_exhaustive()
    }
}
