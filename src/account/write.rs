use alloc::sync::Arc;

use time::UtcDateTime;

use super::{Account, AccountId, Contact, MustChange};
use crate::secret::PasswordHash;

/// One conditional change of an account. Only this crate makes such values, and
/// [`Accounts::write`](crate::port::Accounts::write) carries them out.
///
/// The change takes effect only where the account still is as it was seen. [`AccountWrite::apply`]
/// says both in code: whether the condition holds for a row that was read under a lock, and what the
/// row is afterwards. A store that changes rows by a statement says the same in SQL:
///
/// | change | condition on the row | new values |
/// |---|---|---|
/// | [`Password`](AccountChange::Password) | enabled; stored text, verified contacts, version and whether recovery is required as seen | the hash; the old one goes into the history with the time, if it is usable; version and epoch + 1; time of the change; must-change as given; recovery is no longer required |
/// | [`Rehash`](AccountChange::Rehash) | stored text as seen | the hash, nothing else |
/// | [`EndSessions`](AccountChange::EndSessions) | there is an epoch | epoch + 1 |
/// | [`RequireRecovery`](AccountChange::RequireRecovery) | none | recovery is required; epoch + 1 |
///
/// The stored text is compared as it was read, also when it is absent or a marker that no password
/// matches. The moment, the version, the epoch and the history that accompany another change are left
/// out where a host has no column for them.
///
/// What a change is about must be stored. A host without a session epoch answers
/// [`Written::Stale`] to [`EndSessions`](AccountChange::EndSessions), one that cannot store that recovery
/// is required answers it to [`RequireRecovery`](AccountChange::RequireRecovery), and one without columns
/// for `must_change` to a [`Password`](AccountChange::Password) that has to be changed. With
/// [`Written::Done`] the caller would believe that all sessions ended, that a stolen password no longer
/// signs in, or that a temporary password is one. These columns are needed for security: have them.
#[derive(Clone, Debug)]
pub struct AccountWrite {
    pub(crate) seen: Arc<Account>,
    pub(crate) kind: Kind,
    pub(crate) at: UtcDateTime,
}

#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "conformance"), expect(dead_code, reason = "operators make them"))]
pub(crate) enum Kind {
    Password { hash: PasswordHash, must_change: Option<MustChange> },
    Rehash { hash: PasswordHash },
    EndSessions,
    RequireRecovery,
}

/// What an [`AccountWrite`] changes; the list is complete, so that a store that leaves one out does
/// not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store has to carry out every change")]
pub enum AccountChange<'a> {
    /// A new password.
    Password {
        /// The hash to store.
        hash: &'a PasswordHash,
        /// That the new password has to be changed in turn, if it has.
        must_change: Option<MustChange>,
    },
    /// The same password, hashed anew.
    Rehash {
        /// The hash to store.
        hash: &'a PasswordHash,
    },
    /// All sessions end.
    EndSessions,
    /// All sessions end, and the password no longer signs in until it was reset.
    RequireRecovery,
}

/// What became of an [`AccountWrite`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a store has to tell one from the other")]
pub enum Written {
    /// The account was changed, durably.
    Done {
        /// The version as it is stored now, where the host has one.
        version: Option<u64>,
        /// The session epoch as it is stored now, where the host has one.
        epoch: Option<u64>,
    },
    /// The condition did not hold: this write certainly did not happen.
    Stale,
}

/// An earlier password of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastPassword {
    hash: PasswordHash,
    replaced_at: UtcDateTime,
}

impl PastPassword {
    /// A hash and the moment at which another replaced it.
    #[must_use]
    pub const fn new(hash: PasswordHash, replaced_at: UtcDateTime) -> Self {
        Self { hash, replaced_at }
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> &PasswordHash {
        &self.hash
    }

    /// The moment at which another replaced it.
    #[must_use]
    pub const fn replaced_at(&self) -> UtcDateTime {
        self.replaced_at
    }
}

impl AccountWrite {
    pub(crate) const fn new(seen: Arc<Account>, kind: Kind, at: UtcDateTime) -> Self {
        Self { seen, kind, at }
    }

    /// The account to change.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        self.seen.id()
    }

    /// What to change.
    #[must_use]
    pub const fn change(&self) -> AccountChange<'_> {
        match &self.kind {
            Kind::Password { hash, must_change } => {
                AccountChange::Password { hash, must_change: *must_change }
            }
            Kind::Rehash { hash } => AccountChange::Rehash { hash },
            Kind::EndSessions => AccountChange::EndSessions,
            Kind::RequireRecovery => AccountChange::RequireRecovery,
        }
    }

    /// The moment of the change, for the history and the time of the last change.
    #[must_use]
    pub const fn at(&self) -> UtcDateTime {
        self.at
    }

    /// The stored text that the row must still have, or none.
    #[must_use]
    pub fn seen_password(&self) -> Option<&PasswordHash> {
        self.seen.stored_password()
    }

    /// The verified contacts that the account must still have, and no others, in the spelling that was
    /// read. Compare their [canonical](Contact::canonical) texts, without order and repetition.
    ///
    /// A statement that compares contacts in a second table is easy to get wrong. Prefer a version in the
    /// row that every change of a contact raises, or lock the row, read the account in the same
    /// transaction, and let [`apply_to`](Self::apply_to) compare.
    pub fn seen_contacts(&self) -> impl Iterator<Item = &Contact> {
        self.seen.verified()
    }

    /// The version that the row must still have, where the host has one.
    #[must_use]
    pub fn seen_version(&self) -> Option<u64> {
        self.seen.version()
    }

    /// Changes the account as it is under a lock, and returns what [`write`] must answer. Store the
    /// changed account before the lock is released; `None` is an account that does not exist.
    ///
    /// This is the easiest correct implementation of [`write`]: it compares everything that the table
    /// above lists. Two things are left to you. Add the old hash to the history. And answer
    /// [`Written::Stale`] before you call this if your table cannot store what the change is about: an
    /// [`Account`] can hold it, so this does not know.
    ///
    /// [`write`]: crate::port::Accounts::write
    pub fn apply_to(&self, row: Option<&mut Account>) -> Written {
        let changed = row.and_then(|row| self.apply(row).map(|next| (row, next)));
        let Some((row, next)) = changed else { return Written::Stale };
        *row = next;
        Written::Done { version: row.version(), epoch: row.epoch() }
    }

    /// Whether recovery must still be required of the account, or must not.
    #[must_use]
    pub fn seen_requires_recovery(&self) -> bool {
        self.seen.requires_recovery()
    }

    /// The account after the change, given the row as it is under a lock; `None` where the condition
    /// does not hold.
    #[must_use]
    pub fn apply(&self, current: &Account) -> Option<Account> {
        if current.id() != self.id() {
            return None;
        }
        let same_text = current.stored_password() == self.seen_password();
        let raised = |number: Option<u64>| number.map(|number| number.saturating_add(1));
        let next = current.clone();
        let next_epoch = |account: Account| match raised(current.epoch()) {
            Some(epoch) => account.with_epoch(epoch),
            None => account,
        };
        match self.change() {
            AccountChange::Password { hash, must_change } => {
                let fits = same_text
                    && current.is_enabled()
                    && current.version() == self.seen_version()
                    && current.requires_recovery() == self.seen_requires_recovery()
                    && current.has_contacts_of(&self.seen);
                let next = next
                    .with_password(hash.clone())
                    .with_must_change(must_change)
                    .with_required_recovery(false)
                    .with_changed_at(self.at);
                let next = match raised(current.version()) {
                    Some(version) => next.with_version(version),
                    None => next,
                };
                fits.then(|| next_epoch(next))
            }
            AccountChange::Rehash { hash } => same_text.then(|| next.with_password(hash.clone())),
            // Without an epoch the sessions would go on, and the caller would believe that they ended.
            AccountChange::EndSessions => {
                raised(current.epoch()).map(|epoch| next.with_epoch(epoch))
            }
            AccountChange::RequireRecovery => Some(next_epoch(next.with_required_recovery(true))),
        }
    }
}
