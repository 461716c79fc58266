use alloc::sync::Arc;
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{SignIn, SignInError, SignInRefusal};
use crate::account::{Account, Lookup, prefer};
use crate::reset::{Find, Flow, Step, counting, operation, throttled};
use crate::throttle::{Pool, Source, ThrottleKey};

impl Flow {
    /// Counts a sign-in and looks up who it is: the first of three stages, see
    /// [`sign_in`](crate::sign_in).
    ///
    /// The ports are asked the same, whether or not an account is found: count for the
    /// source if there is one, count for what was typed, find, and count for the account.
    ///
    /// # Errors
    ///
    /// The step ends with [`SignInError::Throttled`] if the source sent too many sign-ins, or if too
    /// many with this identifier came from it, and with [`SignInError::Failed`] if a port failed.
    pub fn sign_in(
        &self,
        lookup: Lookup,
        source: Option<Source>,
        now: UtcDateTime,
    ) -> Step<'_, Result<SignIn, SignInError>> {
        operation(move |ports| async move {
            let (keyring, scope) = (&self.keyring, &self.scope);
            let limits = self.settings.limits;
            let typed = ThrottleKey::typed_at(keyring, scope, "sign-ins", &lookup, source.as_ref());
            let of_source = source.map(|source| {
                let key = ThrottleKey::source(keyring, scope, "sign-ins of a source", &source);
                (key, limits.sign_ins_of_source.quota())
            });
            let of_typed = (typed, limits.sign_ins_of_identifier.quota());
            for (key, quota) in of_source.into_iter().chain([of_typed]) {
                if let Some(until) = throttled(&ports, key, quota, None, now).await? {
                    return Err(SignInError::Throttled { until });
                }
            }
            let accounts = ports.ask(Find { lookup: lookup.clone() }).await?;
            let found = candidate(&lookup, accounts);
            let key = self.account_key(&lookup, &found);
            let counted =
                counting(&ports, key, limits.sign_ins_of_account.quota(), None, now).await?;
            // A spent account is not told: whether names share one would show. It is compared with
            // nothing.
            let account = found.as_ref().ok().map(|account| account.id().clone());
            let found = match counted.left() {
                Some(_) => found,
                None => Err(SignInRefusal::AccountSpent),
            };
            Ok(SignIn { scope: self.scope_tag, account, found })
        })
    }

    /// The counter of an account, or of nobody.
    fn account_key(
        &self,
        lookup: &Lookup,
        found: &Result<Arc<Account>, SignInRefusal>,
    ) -> ThrottleKey {
        let (keyring, scope, kind) = (&self.keyring, &self.scope, "sign-ins of an account");
        match found {
            Ok(account) => {
                let stored = account.stored_password();
                ThrottleKey::password(keyring, scope, kind, account.id(), stored)
            }
            Err(_) => ThrottleKey::typed(keyring, scope, kind, lookup).in_pool(Pool::Nobody),
        }
    }
}

/// The one account whose password is compared, given all that a lookup found.
///
/// An account with a password wins over accounts without, which sign in by other means.
fn candidate(lookup: &Lookup, accounts: Vec<Account>) -> Result<Arc<Account>, SignInRefusal> {
    let mut named = lookup.proved_among(accounts);
    if named.is_empty() {
        return Err(SignInRefusal::Unknown);
    }
    named.retain(Account::is_enabled);
    prefer(&mut named, |account| account.password().is_some());
    let mut enabled = named.into_iter();
    match (enabled.next(), enabled.next()) {
        (None, _) => Err(SignInRefusal::AccountDisabled),
        (Some(_), Some(_)) => Err(SignInRefusal::SeveralAccounts),
        (Some(account), None) if account.password().is_none() => Err(SignInRefusal::NoPassword),
        (Some(account), None) => Ok(Arc::new(account)),
    }
}
