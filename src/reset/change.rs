use core::fmt;

use super::Admitted;
use super::pending::PendingReset;
use crate::account::{Account, AccountId, Contact};
use crate::hash::{HashError, Hasher};
use crate::policy::{Evidence, Personal, Policy, Violations};
use crate::secret::{Password, PasswordHash, Salt};

impl Admitted {
    /// Checks a new password and hashes it: tens of milliseconds of one core, no I/O. In a service
    /// it belongs on a thread for blocking work.
    ///
    /// Nothing is spent when it refuses: the same admission takes the next password. A policy with rules
    /// about earlier passwords or breaches refuses here: it takes
    /// [`set_password_with`](Self::set_password_with).
    ///
    /// # Errors
    ///
    /// [`SetError::Policy`] with everything that is wrong, and [`SetError::Hash`].
    pub fn set_password(
        &self,
        new: &Password,
        policy: &Policy,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        self.set_password_with(new, policy, Evidence::of_reset(), hasher, salt)
    }

    /// [`set_password`](Self::set_password) with what the host found out about the new password:
    /// whether it is an earlier one, whether it was seen in breaches, and which one it replaces.
    ///
    /// # Errors
    ///
    /// Those of [`set_password`](Self::set_password).
    pub fn set_password_with(
        &self,
        new: &Password,
        policy: &Policy,
        evidence: Evidence<'_>,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        policy
            .check_with(new.expose_secret(), &personal(&self.account), evidence)
            .map_err(SetError::Policy)?;
        let hash = hasher.hash(new, salt).map_err(SetError::Hash)?;
        Ok(Change {
            account: self.account.clone(),
            row: self.row.clone(),
            usable_until: self.usable_until,
            hash,
        })
    }
}

/// What the policy may compare a password with.
fn personal(account: &Account) -> Personal<'_> {
    Personal::none()
        .username(account.login().map(|login| login.as_str()))
        .first_name(account.first_name())
        .last_name(account.last_name())
        .email(account.emails().first().map(|email| email.address().as_str()))
}

/// A new password, accepted and hashed, that only [`commit`](crate::service::Service::commit) can
/// bring about.
#[derive(Debug)]
#[must_use]
pub struct Change {
    pub(super) account: Account,
    pub(super) row: Option<PendingReset>,
    pub(super) usable_until: i64,
    pub(super) hash: PasswordHash,
}

impl Change {
    /// Whose password.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }

    /// The one statement that sets the password.
    #[must_use]
    pub const fn write(&self) -> PasswordWrite<'_> {
        PasswordWrite { account: &self.account, new: &self.hash }
    }
}

/// The one statement that sets a password: made here only, carried out by
/// [`Accounts::set_password`](crate::accounts::Accounts::set_password).
#[derive(Clone, Copy, Debug)]
pub struct PasswordWrite<'a> {
    account: &'a Account,
    new: &'a PasswordHash,
}

impl<'a> PasswordWrite<'a> {
    /// Whose password.
    #[must_use]
    pub fn id(&self) -> &'a AccountId {
        self.account.id()
    }

    /// The hash to set.
    #[must_use]
    pub const fn new_hash(&self) -> &'a PasswordHash {
        self.new
    }

    /// The hash that the row must still have, or none.
    #[must_use]
    pub fn seen_hash(&self) -> Option<&'a PasswordHash> {
        self.account.password()
    }

    /// The verified addresses that the account must still have, and no others.
    pub fn seen_addresses(&self) -> impl Iterator<Item = &'a Contact> {
        let emails = self.account.emails().iter();
        emails.filter(|email| email.is_verified()).map(|email| email.address())
    }

    /// Whether `current`, read under the same lock or in the same statement, is the row to change:
    /// the same account, enabled, with the hash and the verified addresses that were seen.
    #[must_use]
    pub fn fits(&self, current: &Account) -> bool {
        let mut seen: alloc::vec::Vec<_> = self.seen_addresses().map(Contact::canonical).collect();
        let now = PasswordWrite { account: current, new: self.new };
        let mut found: alloc::vec::Vec<_> = now.seen_addresses().map(Contact::canonical).collect();
        seen.sort_unstable();
        found.sort_unstable();
        current.id() == self.id()
            && current.is_enabled()
            && current.password() == self.seen_hash()
            && seen == found
    }
}

/// Why a new password was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The policy refuses it.
    Policy(Violations),
    /// It could not be hashed.
    Hash(HashError),
}

impl SetError {
    /// A stable name for programs, logs and message catalogues; the violations have their own.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "password_refused",
            Self::Hash(error) => error.code(),
        }
    }
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(violations) => violations.fmt(f),
            Self::Hash(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Policy(violations) => Some(violations),
            Self::Hash(error) => Some(error),
        }
    }
}
