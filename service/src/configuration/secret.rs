use core::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret of the configuration. `Debug` does not show it.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The shortest secret of another program.
    pub const SHORTEST: usize = 16;
    /// How many different characters it has at least.
    pub const LEAST_DIFFERENT: usize = 8;

    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares it with what was sent, in a time that depends on neither.
    #[must_use]
    pub fn is(&self, sent: &str) -> bool {
        digest(self.expose()).ct_eq(&digest(sent)).into()
    }
}

/// Texts of any length as values of one length.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
