use core::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A key that signs requests, and is used for nothing else. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// The shortest key, in bytes.
    pub const MIN_BYTES: usize = 32;
    /// The longest key, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// A key of 32 to 64 random bytes.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError`] if there are fewer or more, or all are equal.
    pub fn new(bytes: &[u8]) -> Result<Self, SigningKeyError> {
        let is_long = (Self::MIN_BYTES..=Self::MAX_BYTES).contains(&bytes.len());
        if !is_long || bytes.iter().all(|byte| bytes.first() == Some(byte)) {
            return Err(SigningKeyError);
        }
        Hmac::new_from_slice(bytes).map(Self).map_err(|_| SigningKeyError)
    }

    /// A key as text: `whsec_` and its base64 with padding. White space around it is dropped, so that it can be
    /// the content of a file.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError`].
    pub fn from_text(text: &str) -> Result<Self, SigningKeyError> {
        let base64 = text.trim_ascii().strip_prefix("whsec_").ok_or(SigningKeyError)?;
        let bytes = BASE64.decode(base64.as_bytes()).map_err(|_| SigningKeyError)?;
        Self::new(&Zeroizing::new(bytes))
    }

    /// The signature of a request: `v1,` and the base64 of HMAC-SHA256 over the id, a dot, the timestamp as decimal
    /// digits, a dot, and the body.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let timestamp = timestamp.to_string();
        let mut mac = self.0.clone();
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        ["v1,", &BASE64.encode(&mac.finalize().into_bytes())].concat()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// The text or the bytes are not a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SigningKeyError;

impl SigningKeyError {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "signing_key_invalid"
    }
}

impl fmt::Display for SigningKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signing key is whsec_ and the base64 of 32 to 64 random bytes")
    }
}

impl core::error::Error for SigningKeyError {}
