use alloc::vec::Vec;
use core::time::Duration;

use time::UtcDateTime;

use super::step::{Past, Step, operation};
use super::{Admitted, Flow};
use crate::account::{AccountId, PastPassword};
use crate::policy::{BreachAnswer, Policy};
use crate::port::PortFailure;

/// What was found out about a new password besides the password itself, for
/// [`Admitted::set_password_with`]. What a policy asks for and nobody found out is refused.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Findings {
    pub(super) earlier: Option<EarlierPasswords>,
    pub(super) breach: Option<BreachAnswer>,
}

impl Findings {
    /// Nothing was found out.
    pub const NONE: Self = Self { earlier: None, breach: None };

    /// The earlier passwords of the account, which [`Flow::earlier_passwords`] reads.
    pub fn earlier(self, earlier: EarlierPasswords) -> Self {
        Self { earlier: Some(earlier), ..self }
    }

    /// What a source of breached passwords said about the new password. An answer about another one
    /// counts as none.
    pub fn breach(self, answer: BreachAnswer) -> Self {
        Self { breach: Some(answer), ..self }
    }
}

/// The earlier passwords of one account, as far as a policy asks for them.
#[derive(Clone, Debug)]
#[must_use]
pub struct EarlierPasswords {
    account: AccountId,
    passwords: Vec<PastPassword>,
    read_at: UtcDateTime,
}

impl EarlierPasswords {
    /// The passwords, the newest first, each with the time since it was replaced; `None` for another
    /// account.
    pub(super) fn of(
        &self,
        account: &AccountId,
    ) -> Option<impl Iterator<Item = (&PastPassword, Duration)>> {
        let aged = |past| (past, self.age(past));
        (self.account == *account).then(|| self.passwords.iter().map(aged))
    }

    /// In whole seconds. A password that was replaced in the future is as new as can be.
    fn age(&self, past: &PastPassword) -> Duration {
        let (read_at, replaced_at) = (self.read_at, past.replaced_at());
        let age = read_at.unix_timestamp().saturating_sub(replaced_at.unix_timestamp());
        Duration::from_secs(u64::try_from(age).unwrap_or(0))
    }
}

impl Flow {
    /// Reads the earlier passwords of the account that `policy` asks for, so that
    /// [`set_password_with`](Admitted::set_password_with) compares the new password with them. Each
    /// comparison takes as long as computing a hash. A policy that asks for none costs nothing.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if the user table failed.
    pub fn earlier_passwords(
        &self,
        admitted: &Admitted,
        policy: &Policy,
        now: UtcDateTime,
    ) -> Step<'_, Result<EarlierPasswords, PortFailure>> {
        let account = admitted.account().id().clone();
        let limit = u32::try_from(policy.most_earlier()).unwrap_or(u32::MAX);
        operation(move |ports| async move {
            let passwords = match limit {
                0 => Vec::new(),
                _ => ports.ask(Past { id: account.clone(), limit }).await?,
            };
            Ok(EarlierPasswords { account, passwords, read_at: now })
        })
    }
}
