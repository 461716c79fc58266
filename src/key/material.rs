use alloc::vec;
use core::fmt;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER_PERMISSIVE};
use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::KeyError;
use super::derive::{SALT, Subkeys, extract};
use crate::secret::{RandomError, draw};

/// Secret key material of at least 256 bits; wiped on drop, never shown.
///
/// Every use gets a subkey of its own by HKDF-SHA256 (RFC 5869). The same bytes make the same key,
/// whichever way they are written.
///
/// ```
/// use repass::key::{Key, KeyError};
///
/// // What `echo "hex:$(openssl rand -hex 32)"` wrote into a file.
/// let file = "hex:8a1c0e5bd1f2764a9e03c7b85d2f6e910b4d83a6f7c25e19d034ab6c7f98e215\n";
/// let key = Key::from_text(file)?;
/// assert_eq!(Key::from_hex("c0ffee").err(), Some(KeyError::TooShort { bytes: 3 }));
/// # Ok::<(), KeyError>(())
/// ```
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The least length of key material, in bytes.
    pub const MIN_BYTES: usize = 32;
    /// The greatest length of key material, in bytes: more is no key but another file.
    pub const MAX_BYTES: usize = 1024;

    /// Takes key material from a secret store.
    ///
    /// # Errors
    ///
    /// [`KeyError::TooShort`] and [`KeyError::TooLong`] outside of [`Key::MIN_BYTES`] to
    /// [`Key::MAX_BYTES`]; [`KeyError::Predictable`] for bytes of fewer than eight different values,
    /// or that repeat a unit of at most half their length: no random key is like that.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() < Self::MIN_BYTES {
            return Err(KeyError::TooShort { bytes: bytes.len() });
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(KeyError::TooLong { bytes: bytes.len() });
        }
        if distinct(bytes) < 8 || is_repeated(bytes) {
            return Err(KeyError::Predictable);
        }
        Ok(Self(extract(&SALT, bytes)))
    }

    /// Takes key material in hexadecimal (RFC 4648, section 8), in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] for any other character or half a byte, and the errors of
    /// [`Key::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        Self::decode(&HEXLOWER_PERMISSIVE, text)
    }

    /// Takes key material in base64, of the standard or the URL-safe alphabet (RFC 4648, sections 4
    /// and 5), with its padding or without.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] for any other character, for both alphabets in one text, and for
    /// bits or padding that no encoder leaves; and the errors of [`Key::from_bytes`].
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bare = text.trim_end_matches('=');
        if bare.len() != text.len() && bare.len().next_multiple_of(4) != text.len() {
            return Err(KeyError::Malformed);
        }
        if bare.contains(['-', '_']) {
            return Self::decode(&BASE64URL_NOPAD, bare);
        }
        Self::decode(&BASE64_NOPAD, bare)
    }

    /// Takes the text of a file or an environment variable: `hex:` or `base64:`, then what
    /// [`Key::from_hex`] or [`Key::from_base64`] takes; ASCII white space around it is dropped.
    ///
    /// A text without its prefix is refused: most hexadecimal texts are base64 of another key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] without a prefix, and the errors of the two.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        match text.trim_ascii().split_once(':') {
            Some(("hex", hex)) => Self::from_hex(hex),
            Some(("base64", base64)) => Self::from_base64(base64),
            _ => Err(KeyError::Malformed),
        }
    }

    /// Draws a new key, for tests and for services whose tokens need not outlive the process.
    ///
    /// Nothing gives such a key away again, to a file either. One that outlives the process, or is
    /// shared with another, is drawn where secrets are kept and read by
    /// [`from_text`](Self::from_text), [`from_hex`](Self::from_hex),
    /// [`from_base64`](Self::from_base64) or [`from_bytes`](Self::from_bytes).
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the generator fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RandomError> {
        draw(rng).map(Self)
    }

    pub(super) fn subkeys(&self) -> Subkeys {
        Subkeys::expand(&self.0)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }

    fn decode(encoding: &Encoding, text: &str) -> Result<Self, KeyError> {
        // Measured first: a buffer that grows would leave copies of the key behind.
        let length = encoding.decode_len(text.len()).map_err(|_| KeyError::Malformed)?;
        if length > Self::MAX_BYTES {
            return Err(KeyError::TooLong { bytes: length });
        }
        let mut bytes = Zeroizing::new(vec![0; length]);
        encoding.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| KeyError::Malformed)?;
        Self::from_bytes(&bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// How many different values the bytes have.
fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    seen.zeroize();
    distinct
}

/// Whether the bytes are one unit over and over, the last time perhaps in part.
fn is_repeated(bytes: &[u8]) -> bool {
    let mut units = 1..=bytes.len() / 2;
    units.any(|unit| bytes.get(unit..).is_some_and(|rest| bytes.starts_with(rest)))
}
