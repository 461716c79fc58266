use core::fmt;

use super::Source;
use crate::account::{AccountId, Lookup};
use crate::attempt::{AttemptId, AttemptRow};
use crate::key::{Keyring, Mac, PartsDigest};
use crate::scope::Scope;
use crate::secret::PasswordHash;

/// Names one counter: 32 bytes that tell nobody what was typed.
///
/// What was typed is hashed under the throttle subkey. Accounts and attempts, whose ids are in
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
    /// As many as there are states of accounts: each change of a password opens another one.
    Messages,
    /// As many as a store takes attempts, for whomever.
    Attempts,
}

/// Whose text messages are counted.
#[derive(Clone, Copy)]
pub(crate) enum SmsCounter<'a> {
    Account(&'a AccountId),
    Tenant,
    Service,
}

impl ThrottleKey {
    /// The counter `kind` of what a stranger typed to be found by.
    #[must_use]
    pub fn typed(keyring: &Keyring, scope: &Scope, kind: &'static str, lookup: &Lookup) -> Self {
        Self::typed_at(keyring, scope, kind, lookup, None)
    }

    /// The counter `kind` of what was typed at one source, where the host knows the source: strangers
    /// elsewhere do not raise it.
    #[must_use]
    pub fn typed_at(
        keyring: &Keyring,
        scope: &Scope,
        kind: &'static str,
        lookup: &Lookup,
        source: Option<&Source>,
    ) -> Self {
        let canonical = lookup.canonical();
        let typed = [lookup.kind().as_bytes(), canonical.as_bytes()];
        let source = source.map(Source::parts);
        let parts = typed.iter().chain(source.iter().flatten());
        let mut mac = keyed(keyring, kind, scope.encoded());
        parts.for_each(|part| mac.add_part(part));
        Self { pool: Pool::Typed, kind, bytes: *mac.finish().bytes() }
    }

    /// The counter `kind` of all that comes from one source.
    #[must_use]
    pub fn source(keyring: &Keyring, scope: &Scope, kind: &'static str, source: &Source) -> Self {
        let mut mac = keyed(keyring, kind, scope.encoded());
        source.parts().iter().for_each(|part| mac.add_part(part));
        Self { pool: Pool::Typed, kind, bytes: *mac.finish().bytes() }
    }

    /// The counter `kind` of one password of an account within its tenant, which all purposes share:
    /// a new password, or the same one hashed anew, opens another one.
    pub(crate) fn password(
        keyring: &Keyring,
        scope: &Scope,
        kind: &'static str,
        account: &AccountId,
        stored: Option<&PasswordHash>,
    ) -> Self {
        let mac = keyed(keyring, kind, scope.encoded_tenant()).part(account.as_str().as_bytes());
        let stored = stored.map(|stored| stored.expose_secret().as_bytes());
        let bytes = *mac.part_or_absent(stored).finish().bytes();
        Self { pool: Pool::Accounts, kind, bytes }
    }

    /// The counter `kind` of an account within its tenant, which all purposes share.
    #[must_use]
    pub fn account(scope: &Scope, kind: &'static str, account: &AccountId) -> Self {
        let parts = [account.as_str().as_bytes()];
        let bytes = plain(b"account", kind, &parts, scope.encoded_tenant());
        Self { pool: Pool::Accounts, kind, bytes }
    }

    /// The counter `kind` of one attempt.
    #[must_use]
    pub fn attempt(scope: &Scope, kind: &'static str, id: &AttemptId) -> Self {
        let bytes = plain(b"attempt", kind, &[id.as_bytes()], scope.encoded());
        Self { pool: Pool::Attempts, kind, bytes }
    }

    /// The counter `kind` of the text messages of an account, a tenant or the service, for all purposes.
    pub(crate) fn sms(scope: &Scope, kind: &'static str, of: SmsCounter<'_>) -> Self {
        let tenant = scope.encoded_tenant();
        let bytes = match of {
            SmsCounter::Account(id) => plain(b"account", kind, &[id.as_str().as_bytes()], tenant),
            SmsCounter::Tenant => plain(b"tenant", kind, &[], tenant),
            SmsCounter::Service => plain(b"service", kind, &[], &[]),
        };
        Self { pool: Pool::Accounts, kind, bytes }
    }

    /// The counter of messages to one mailbox of an account in one state: a change of the password or
    /// of a contact opens another one.
    pub(crate) fn messages(scope: &Scope, row: &AttemptRow) -> Self {
        Self::of_state(scope, "messages", row)
    }

    /// The counter of messages that operators send to one mailbox of an account in one state. Strangers do
    /// not raise it.
    pub(crate) fn operator_messages(scope: &Scope, row: &AttemptRow) -> Self {
        Self::of_state(scope, "operator messages", row)
    }

    /// The counter of invitations to one mailbox of an account in one state.
    pub(crate) fn invitations(scope: &Scope, row: &AttemptRow) -> Self {
        Self::of_state(scope, "invitations", row)
    }

    /// The counter of what trusted callers get in place of messages, for an account in one state.
    pub(crate) fn secrets_of_callers(scope: &Scope, row: &AttemptRow) -> Self {
        Self::of_state(scope, "secrets of callers", row)
    }

    fn of_state(scope: &Scope, kind: &'static str, row: &AttemptRow) -> Self {
        let parts = [row.account.as_str().as_bytes(), &row.stamp, &row.contact];
        let bytes = plain(b"state", kind, &parts, scope.encoded());
        Self { pool: Pool::Messages, kind, bytes }
    }

    /// What is counted. It is part of the bytes too.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it takes room from in a store that is bounded: `typed`, which strangers can fill, `nobody`,
    /// which they can fill too, `accounts`, `messages` or `attempts`.
    #[must_use]
    pub const fn pool(&self) -> &'static str {
        match self.pool {
            Pool::Typed => "typed",
            Pool::Nobody => "nobody",
            Pool::Accounts => "accounts",
            Pool::Messages => "messages",
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
}

/// The beginning of a name with a key.
fn keyed(keyring: &Keyring, kind: &'static str, scope: &[u8]) -> Mac {
    let mut mac = keyring.signing().throttle.clone();
    mac.add_part(b"counter");
    mac.add_part(kind.as_bytes());
    mac.add(scope);
    mac
}

/// A name without a key.
fn plain(subject: &[u8], kind: &'static str, parts: &[&[u8]], scope: &[u8]) -> [u8; 32] {
    let digest = PartsDigest::new(b"repass/1 counter").part(subject).part(kind.as_bytes());
    parts.iter().fold(digest.raw(scope), |digest, part| digest.part(part)).finish()
}

impl fmt::Debug for ThrottleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThrottleKey({:?}, ..)", self.kind)
    }
}
