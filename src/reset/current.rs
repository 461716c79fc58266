use core::fmt;

use time::UtcDateTime;

use super::flow::{ADMITTED, OLD_PASSWORDS};
use super::{Admitted, Flow, Outward};
use crate::account::{Account, AccountId};
use crate::hash::{HashError, Hasher, Verdict};
use crate::secret::Password;
use crate::throttle::{Count, Quota, ThrottleKey};

/// A signed-in person who may try the present password once: the try was counted.
#[derive(Debug)]
#[must_use]
pub struct Current {
    account: Account,
    usable_until: i64,
}

impl Current {
    /// Compares the present password: tens of milliseconds of one core, no I/O.
    ///
    /// A right one admits to set another as often as it takes; for the next try of a wrong one ask
    /// [`Service::current`](crate::service::Service::current) again.
    ///
    /// # Errors
    ///
    /// [`CurrentError`] says why not. A try that found the hasher busy was counted too: a service
    /// that waits for its permit before it asks for the try never meets that.
    pub fn verify(self, password: &Password, hasher: &Hasher) -> Result<Admitted, CurrentError> {
        let Self { account, usable_until } = self;
        let stored = account.password().ok_or(CurrentError::NoPassword)?;
        match hasher.verify(password, stored).map_err(CurrentError::Hash)? {
            Verdict::Match | Verdict::MatchOutdated => {
                Ok(Admitted { account, row: None, usable_until })
            }
            Verdict::Mismatch => Err(CurrentError::WrongPassword),
        }
    }
}

impl Flow {
    /// The counter of present passwords that a signed-in person tries.
    #[must_use]
    pub fn current_quota(&self, account: &AccountId) -> (ThrottleKey, Quota) {
        (ThrottleKey::account(&self.scope, "present passwords", account), OLD_PASSWORDS)
    }

    /// Lets a signed-in person try the present password, once `count` says that the try was counted.
    ///
    /// # Errors
    ///
    /// [`CurrentError::Throttled`], [`CurrentError::AccountGone`] and
    /// [`CurrentError::AccountDisabled`].
    pub fn current(
        &self,
        id: &AccountId,
        count: Count,
        account: Option<Account>,
        now: UtcDateTime,
    ) -> Result<Current, CurrentError> {
        if OLD_PASSWORDS.left(count).is_none() {
            return Err(CurrentError::Throttled { ends_at: count.ends_at() });
        }
        let account =
            account.filter(|account| account.id() == id).ok_or(CurrentError::AccountGone)?;
        if !account.is_enabled() {
            return Err(CurrentError::AccountDisabled);
        }
        Ok(Current { account, usable_until: now.unix_timestamp().saturating_add(ADMITTED) })
    }
}

/// Why a signed-in person may not change the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CurrentError {
    /// Too many present passwords were tried.
    Throttled {
        /// The unix second from which on the next may be tried.
        ends_at: i64,
    },
    /// The present password is wrong.
    WrongPassword,
    /// The account has no password.
    NoPassword,
    /// The account does not exist any more.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The stored hash could not be read.
    Hash(HashError),
}

impl CurrentError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "current_throttled",
            Self::WrongPassword => "current_wrong_password",
            Self::NoPassword => "current_no_password",
            Self::AccountGone => "current_account_gone",
            Self::AccountDisabled => "current_account_disabled",
            Self::Hash(error) => error.code(),
        }
    }

    /// The form field that the error belongs to.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        "old_password"
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        match self {
            Self::Throttled { .. } => Outward::RetryLater,
            Self::Hash(error) if error.is_transient() => Outward::RetryLater,
            _ => Outward::Refused { tries_left: None },
        }
    }
}

impl fmt::Display for CurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { ends_at } => {
                write!(f, "too many present passwords were tried until unix time {ends_at}")
            }
            Self::WrongPassword => f.write_str("the present password is wrong"),
            Self::NoPassword => f.write_str("the account has no password"),
            Self::AccountGone => f.write_str("there is no such account"),
            Self::AccountDisabled => f.write_str("the account may not sign in"),
            Self::Hash(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CurrentError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Hash(error) => Some(error),
            _ => None,
        }
    }
}
