use core::fmt;

use sha2::{Digest, Sha256};

use crate::account::{AccountId, Lookup};
use crate::attempt::AttemptId;
use crate::key::{Keyring, length_of};
use crate::scope::Scope;

/// Names one counter: 32 bytes that tell nobody what was typed.
///
/// What was typed is hashed under the throttle subkey. Accounts and attempts, whose ids stand in
/// the tables anyway, are hashed without a key, so that their counters outlive a rotation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThrottleKey([u8; 32]);

impl ThrottleKey {
    /// The counter `kind` of what a stranger typed to be found by.
    #[must_use]
    pub fn typed(keyring: &Keyring, scope: &Scope, kind: &str, lookup: &Lookup) -> Self {
        let mac = keyring.signing().throttle.clone().part(kind.as_bytes()).raw(scope.encoded());
        let tag = mac.part(lookup.kind()).part(lookup.canonical().as_bytes()).finish();
        Self(*tag.bytes())
    }

    /// The counter `kind` of an account.
    #[must_use]
    pub fn account(scope: &Scope, kind: &str, account: &AccountId) -> Self {
        Self::plain(b"account", scope, kind, account.as_str().as_bytes())
    }

    /// The counter `kind` of one attempt.
    #[must_use]
    pub fn attempt(scope: &Scope, kind: &str, id: &AttemptId) -> Self {
        Self::plain(b"attempt", scope, kind, id.as_bytes())
    }

    /// The bytes, to store and index by.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn plain(subject: &[u8], scope: &Scope, kind: &str, id: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [b"repass/1 counter", subject, kind.as_bytes(), id] {
            hash.update(length_of(part));
            hash.update(part);
        }
        hash.update(scope.encoded());
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThrottleKey(..)")
    }
}
