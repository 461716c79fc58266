use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::base64url::{self, mask};
use super::text::Characters;
use super::wire::{TOKEN_BYTES, TOKEN_CHARACTERS};
use super::{Token, TokenError};

const HEX_CHARACTERS: usize = TOKEN_BYTES * 2;

/// A token as hexadecimal digits, for clients that take letters and digits only: as powerful as the token,
/// wiped on drop, without `Display` and without equality.
///
/// Only [`Token::from_hex`] reads it. Nothing else takes a token in this form: each signed text has one
/// spelling, and a host has to say where it takes another.
///
/// ```
/// # use core::time::Duration;
/// # use repass::attempt::AttemptId;
/// # use repass::key::{Key, KeyId, Keyring};
/// # use repass::scope::{Purpose, Scope};
/// # use repass::secret::Seed;
/// # use repass::time::UtcDateTime;
/// use repass::token::{Signer, Token};
///
/// # let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// # let links = Signer::links(ring, Scope::new(Purpose::RESET), Duration::from_secs(1800));
/// # let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// # let id = AttemptId::new(Seed::generate(&mut repass::SysRng)?);
/// let token = links.sign(id, now + Duration::from_secs(1800))?;
/// let hex = token.to_hex();
/// assert_eq!(hex.expose_secret().len(), 120);
///
/// // What a client sends back, in either case.
/// let token = Token::from_hex(&hex.expose_secret().to_uppercase())?;
/// assert_eq!(links.verify(token.expose_secret(), now)?.id(), id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HexToken(Characters<HEX_CHARACTERS>);

impl HexToken {
    /// The length of the text, in characters and bytes.
    pub const CHARACTERS: usize = HEX_CHARACTERS;

    /// The text: 120 lowercase hexadecimal digits.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.as_str()
    }
}

impl Drop for HexToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for HexToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HexToken(..)")
    }
}

impl Token {
    /// The bytes of the token as hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> HexToken {
        let mut text = Zeroizing::new(self.0.0);
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        // Every token is base64url.
        let _known = base64url::decode(&mut *text, &mut *bytes);
        let mut hex = HexToken(Characters([0; HEX_CHARACTERS]));
        for (byte, digits) in bytes.iter().zip(hex.0.0.as_chunks_mut::<2>().0) {
            *digits = [digit_of(byte >> 4), digit_of(byte & 0xf)];
        }
        hex
    }

    /// Takes exactly 120 hexadecimal digits, in either case and with nothing around them. Nothing is
    /// verified yet: use the text of the result in place of that of a token.
    ///
    /// # Errors
    ///
    /// [`TokenError::Malformed`].
    pub fn from_hex(text: &str) -> Result<Self, TokenError> {
        let text: &[u8; HEX_CHARACTERS] =
            text.as_bytes().try_into().map_err(|_| TokenError::Malformed)?;
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        let mut foreign = 0;
        for ([high, low], byte) in text.as_chunks::<2>().0.iter().zip(bytes.iter_mut()) {
            let ((high, is_high), (low, is_low)) = (value_of(*high), value_of(*low));
            *byte = high << 4 | low;
            foreign |= !(is_high & is_low);
        }
        if foreign != 0 {
            return Err(TokenError::Malformed);
        }
        let mut token = Self(Characters([0; TOKEN_CHARACTERS]));
        base64url::encode(&*bytes, &mut token.0.0);
        Ok(token)
    }
}

/// The digit of a value below 16; without a table that a secret would index, and without a branch.
fn digit_of(value: u8) -> u8 {
    let letter = mask(value > 9) & (b'a' - b'0' - 10);
    value.wrapping_add(b'0').wrapping_add(letter)
}

/// The value of a digit, and ones if it is one.
fn value_of(digit: u8) -> (u8, u8) {
    let decimal = digit.wrapping_sub(b'0');
    let letter = (digit | 0x20).wrapping_sub(b'a');
    let (is_decimal, is_letter) = (mask(decimal < 10), mask(letter < 6));
    (is_decimal & decimal | is_letter & letter.wrapping_add(10), is_decimal | is_letter)
}
