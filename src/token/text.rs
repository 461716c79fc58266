use core::fmt;

use zeroize::{DefaultIsZeroes, Zeroize};

use super::wire::{TICKET_CHARACTERS, TOKEN_CHARACTERS};

/// Characters of a signed text, wiped by one write instead of one for each byte.
#[derive(Clone, Copy)]
pub(super) struct Characters<const LENGTH: usize>(pub(super) [u8; LENGTH]);

impl<const LENGTH: usize> Default for Characters<LENGTH> {
    fn default() -> Self {
        Self([0; LENGTH])
    }
}

impl<const LENGTH: usize> DefaultIsZeroes for Characters<LENGTH> {}

impl<const LENGTH: usize> Characters<LENGTH> {
    pub(super) fn as_str(&self) -> &str {
        // base64url is ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The text of a token that may act: wiped on drop, without `Display` and without equality.
pub struct Token(pub(super) Characters<TOKEN_CHARACTERS>);

impl Token {
    /// The length of the text, in characters and bytes.
    pub const CHARACTERS: usize = TOKEN_CHARACTERS;

    /// The text that travels: 80 characters of base64url (RFC 4648, section 5) without padding. The
    /// first and the last are letters or digits.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.as_str()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The text of a ticket, as powerful as the link that it came from for at most ten minutes: wiped on
/// drop, without `Display` and without equality.
///
/// Send it to the browser in a cookie that scripts cannot read (`HttpOnly`) or in a hidden field, and
/// never in a URL.
pub struct Ticket(pub(super) Characters<TICKET_CHARACTERS>);

impl Ticket {
    /// The length of the text, in characters and bytes.
    pub const CHARACTERS: usize = TICKET_CHARACTERS;

    /// The text that travels: 100 characters of base64url (RFC 4648, section 5) without padding. The
    /// first and the last are letters or digits.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.as_str()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}
