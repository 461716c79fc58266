use alloc::sync::Arc;
use core::fmt;

use time::UtcDateTime;

use super::admit::By;
use super::change::verify_forms;
use super::flow::TICKET_LIFE;
use super::step::{Step, operation};
use super::{Admitted, CurrentPasswordError, Flow, account_of, throttled};
use crate::account::{Account, AccountId};
use crate::answer::Answer;
use crate::clock::seconds;
use crate::hash::{HashError, Hasher, Verdict};
use crate::scope::ScopeTag;
use crate::secret::Password;
use crate::throttle::ThrottleKey;

/// A signed-in person who may try the present password once: the try was counted.
#[derive(Debug)]
#[must_use]
pub struct Current {
    scope: ScopeTag,
    account: Account,
    counted_at: i64,
    usable_until: i64,
}

impl Current {
    /// Compares the present password: tens of milliseconds of one core, no I/O.
    ///
    /// A right one admits to set another as often as needed, and is kept until then for rules about the
    /// change from it. For the next try after a wrong one, ask
    /// [`Flow::current`] again.
    ///
    /// # Errors
    ///
    /// [`CurrentError`] says why not. A try that found the hasher busy was counted, too: a service
    /// that waits for its permit before it asks for the try never meets that.
    pub fn verify(self, password: &Password, hasher: &Hasher) -> Result<Admitted, CurrentError> {
        let Self { scope, account, counted_at: admitted_at, usable_until } = self;
        let stored = account.password().ok_or(CurrentError::NoPassword)?;
        match verify_forms(hasher, password, stored)? {
            Verdict::Match | Verdict::MatchOutdated => {
                let (account, by) =
                    (Arc::new(account), By::PresentPassword { old: password.copied() });
                Ok(Admitted { scope, account, by, admitted_at, usable_until })
            }
            Verdict::Mismatch => Err(CurrentError::WrongPassword),
        }
    }
}

impl Flow {
    /// Lets a signed-in person try the present password once; the try is counted here.
    ///
    /// # Errors
    ///
    /// The step ends with a [`CurrentPasswordError`].
    pub fn current(
        &self,
        id: AccountId,
        now: UtcDateTime,
    ) -> Step<'_, Result<Current, CurrentPasswordError>> {
        operation(move |ports| async move {
            let key = ThrottleKey::account(&self.scope, "present passwords", &id);
            let quota = self.settings.limits.present_passwords.quota();
            if let Some(until) = throttled(&ports, key, quota, None, now).await? {
                return Err(CurrentError::Throttled { until }.into());
            }
            let account = account_of(&ports, &id).await?.ok_or(CurrentError::AccountGone)?;
            if !account.is_enabled() {
                return Err(CurrentError::AccountDisabled.into());
            }
            if account.requires_recovery() {
                return Err(CurrentError::RecoveryRequired.into());
            }
            let expires_at = account.must_change().and_then(|must| must.expires_at());
            if expires_at.is_some_and(|expires_at| now >= expires_at) {
                return Err(CurrentError::PasswordExpired.into());
            }
            let counted_at = now.unix_timestamp();
            let usable_until = counted_at.saturating_add(seconds(TICKET_LIFE));
            // No longer than the password itself.
            let usable_until =
                expires_at.map_or(usable_until, |end| usable_until.min(end.unix_timestamp()));
            Ok(Current { scope: self.scope_tag, account, counted_at, usable_until })
        })
    }
}

/// Why a signed-in person may not change the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CurrentError {
    /// Too many present passwords were tried.
    Throttled {
        /// The moment from which on the next can be tried.
        until: UtcDateTime,
    },
    /// The present password is wrong.
    WrongPassword,
    /// The account has no password.
    NoPassword,
    /// The account does not exist any more.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The password no longer signs in: it has to be reset by a link or a code.
    RecoveryRequired,
    /// The temporary password has expired.
    PasswordExpired,
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
            Self::RecoveryRequired => "current_recovery_required",
            Self::PasswordExpired => "current_password_expired",
            Self::Hash(error) => error.code(),
        }
    }

    /// The form field that the error belongs to.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        "old_password"
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Throttled { until } => Answer::Throttled { until: *until },
            // Nothing was compared, and nothing that the person types would change that.
            Self::Hash(_) => Answer::Unavailable,
            Self::WrongPassword
            | Self::NoPassword
            | Self::AccountGone
            | Self::AccountDisabled
            | Self::RecoveryRequired
            | Self::PasswordExpired => Answer::Refused { tries_left: None },
        }
    }
}

impl From<HashError> for CurrentError {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl fmt::Display for CurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throttled { until } => {
                write!(f, "too many present passwords were tried until {until}")
            }
            Self::WrongPassword => f.write_str("the present password is wrong"),
            Self::NoPassword => f.write_str("the account has no password"),
            Self::AccountGone => f.write_str("there is no such account"),
            Self::AccountDisabled => f.write_str("the account may not sign in"),
            Self::RecoveryRequired => f.write_str("the password has to be reset first"),
            Self::PasswordExpired => f.write_str("the temporary password has expired"),
            Self::Hash(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CurrentError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Hash(error) => error.source(),
            _ => None,
        }
    }
}
