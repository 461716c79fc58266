use core::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::Password;

/// Tells which password an answer is about, without keeping the password: its SHA-256, which is as
/// secret as the password, is wiped on drop and compared in constant time.
#[derive(Clone)]
pub(super) struct Fingerprint(Zeroizing<[u8; 32]>);

impl Fingerprint {
    pub(super) fn of(password: &Password) -> Self {
        let mut digest = Zeroizing::new([0; 32]);
        let text = password.expose_secret();
        Sha256::new_with_prefix(text).finalize_into((&mut *digest).into());
        Self(digest)
    }

    pub(super) fn is_of(&self, password: &Password) -> bool {
        self.0.ct_eq(&*Self::of(password).0).into()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}
