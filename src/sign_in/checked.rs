use alloc::sync::Arc;
use core::fmt;

use super::SignInRefusal;
use crate::account::{Account, AccountId};
use crate::event::Event;
use crate::hash::{Comparison, HashError, Verdict, Verifier};
use crate::scope::ScopeTag;
use crate::secret::{PasswordHash, Salt, TypedPassword};

/// A sign-in that was counted. Whether there is such an account is not known yet.
///
/// `Debug` shows nothing of it.
#[must_use]
pub struct SignIn {
    pub(super) scope: ScopeTag,
    /// Whose password is to be compared, also where its tries are spent: for the log.
    pub(super) account: Option<AccountId>,
    pub(super) found: Result<Arc<Account>, SignInRefusal>,
}

impl SignIn {
    /// Compares the password: tens of milliseconds of one core, no I/O. In a service it belongs on a
    /// thread for blocking work.
    ///
    /// The work is the same whatever was found, see [`Verifier`]. Only after a right password whose hash
    /// is outdated another hash is computed.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] and [`HashError::OutOfMemory`]: nothing was decided, but the sign-in was
    /// counted. A service that waits for its permit before it counts does not meet the first.
    pub fn verify(
        self,
        typed: &TypedPassword,
        verifier: &Verifier,
        salt: Salt,
    ) -> Result<Checked, HashError> {
        let Self { scope, account, found } = self;
        let stored = found.as_ref().ok().and_then(|account| account.password());
        let compared = verifier.compare(typed, stored)?;
        let right = match (found, compared.verdict()) {
            (Err(refusal), _) => Err(refusal),
            (Ok(_), Verdict::Mismatch) => Err(match compared.unreadable() {
                Some(error) => SignInRefusal::Unreadable(error),
                None => SignInRefusal::WrongPassword,
            }),
            (Ok(account), Verdict::Match) => Ok(Right { account, rehash: None }),
            (Ok(account), Verdict::MatchOutdated) => {
                let may_stay = account.must_change().is_none() && !account.requires_recovery();
                // What cannot be hashed anew now is hashed anew at the next sign-in.
                let hash = || verifier.hasher().hash(typed.normalised(), salt).ok();
                let rehash = may_stay.then(hash).flatten();
                Ok(Right { account, rehash })
            }
        };
        Ok(Checked { scope, account, right, compared })
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(..)")
    }
}

/// A sign-in whose password was compared; [`Flow::finish_sign_in`](crate::reset::Flow::finish_sign_in)
/// says what comes of it. `Debug` shows nothing of it.
#[must_use]
pub struct Checked {
    pub(super) scope: ScopeTag,
    /// Whose password was compared, right or wrong.
    account: Option<AccountId>,
    pub(super) right: Result<Right, SignInRefusal>,
    compared: Comparison,
}

/// The password was right.
pub(super) struct Right {
    pub(super) account: Arc<Account>,
    pub(super) rehash: Option<PasswordHash>,
}

impl Checked {
    /// What was compared, for the log: whether the stored hash cannot be read, and whether it took more
    /// work than was declared.
    pub const fn comparison(&self) -> &Comparison {
        &self.compared
    }

    /// The event for the log: `sign_in_password_right`, or the [code](SignInRefusal::code) of a refusal,
    /// with the account whose password was compared, if there is one.
    pub fn event(&self) -> Event {
        let code = match &self.right {
            Ok(_) => "sign_in_password_right",
            Err(refusal) => refusal.code(),
        };
        Event::new(code).with_account(self.account.clone())
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checked(..)")
    }
}
