use core::fmt;

use zeroize::Zeroize;

use super::wire::CHARACTERS;

/// The text of a token that may act: wiped on drop, without `Display` and without equality.
pub struct Token(pub(super) [u8; CHARACTERS]);

impl Token {
    /// The length of the text, in characters and bytes.
    pub const CHARACTERS: usize = CHARACTERS;

    /// The text that travels: 80 characters of base64url (RFC 4648, section 5) without padding.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        // base64url is ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
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
