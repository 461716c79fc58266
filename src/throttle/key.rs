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
pub struct ThrottleKey {
    pool: Pool,
    kind: &'static str,
    bytes: [u8; 32],
}

/// Where room is bounded, counters take it from those of the same pool only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Pool {
    /// What strangers typed: there is no end of it.
    Typed,
    /// What stands in for accounts that are not there: as many as strangers make up.
    Nobody,
    /// As many as there are accounts.
    Accounts,
    /// As many as a store takes attempts, for whomever.
    Attempts,
}

impl ThrottleKey {
    /// The counter `kind` of what a stranger typed to be found by.
    #[must_use]
    pub fn typed(keyring: &Keyring, scope: &Scope, kind: &'static str, lookup: &Lookup) -> Self {
        let mac = keyring.signing().throttle.clone().part(b"counter").part(kind.as_bytes());
        let mac = mac.raw(scope.encoded()).part(lookup.kind());
        let bytes = *mac.part(lookup.canonical().as_bytes()).finish().bytes();
        Self { pool: Pool::Typed, kind, bytes }
    }

    /// The counter `kind` of an account.
    #[must_use]
    pub fn account(scope: &Scope, kind: &'static str, account: &AccountId) -> Self {
        let key = Self::plain(b"account", scope, kind, account.as_str().as_bytes());
        key.in_pool(Pool::Accounts)
    }

    /// The counter `kind` of one attempt.
    #[must_use]
    pub fn attempt(scope: &Scope, kind: &'static str, id: &AttemptId) -> Self {
        Self::plain(b"attempt", scope, kind, id.as_bytes()).in_pool(Pool::Attempts)
    }

    /// What is counted. It is part of the bytes too.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it takes room from in a store that is bounded: `typed`, which strangers can fill, `nobody`,
    /// which they can fill too, `accounts` or `attempts`.
    #[must_use]
    pub const fn pool(&self) -> &'static str {
        match self.pool {
            Pool::Typed => "typed",
            Pool::Nobody => "nobody",
            Pool::Accounts => "accounts",
            Pool::Attempts => "attempts",
        }
    }

    /// The bytes, to store and index by.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    pub(crate) const fn in_pool(self, pool: Pool) -> Self {
        Self { pool, ..self }
    }

    fn plain(subject: &[u8], scope: &Scope, kind: &'static str, id: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [b"repass/1 counter", subject, kind.as_bytes(), id] {
            hash.update(length_of(part));
            hash.update(part);
        }
        hash.update(scope.encoded());
        Self { pool: Pool::Typed, kind, bytes: hash.finalize().into() }
    }
}

impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThrottleKey({:?}, ..)", self.kind)
    }
}
