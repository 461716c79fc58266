use alloc::sync::Arc;
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{SignIn, SignInError, SignInRefusal};
use crate::account::{Account, Lookup};
use crate::reset::{Asker, Find, Flow, Step, counting, operation};
use crate::throttle::{Pool, Quota, Source, ThrottleKey};

impl Flow {
    /// Counts a sign-in and looks up who it is: the first of three stages, see
    /// [`sign_in`](crate::sign_in).
    ///
    /// The ports are asked the same, whoever is found and whether or not anybody is: count for the
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
            if let Some(source) = source {
                let key = ThrottleKey::source(keyring, scope, "sign-ins of a source", &source);
                within(&ports, key, limits.sign_ins_of_source, now).await?;
            }
            within(&ports, typed, limits.sign_ins_of_identifier, now).await?;
            let accounts = ports.ask(Find { lookup: lookup.clone() }).await?;
            let found = candidate(&lookup, accounts);
            let key = self.account_key(&lookup, &found);
            let counted = counting(&ports, key, limits.sign_ins_of_account, None, now).await?;
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

/// Counts what is told when it is too much.
async fn within(
    ports: &Asker,
    key: ThrottleKey,
    quota: Quota,
    now: UtcDateTime,
) -> Result<(), SignInError> {
    let counted = counting(ports, key, quota, None, now).await?;
    let until = counted.ends_at();
    counted.left().map(|_| ()).ok_or(SignInError::Throttled { until })
}

/// The one account whose password is compared, given all that a lookup found.
///
/// An address that its owner has proved wins over the same address in other accounts: otherwise
/// a stranger who enters it there would shut the owner out. An account with a password wins over
/// accounts without, which sign in by other means.
fn candidate(lookup: &Lookup, accounts: Vec<Account>) -> Result<Arc<Account>, SignInRefusal> {
    let mut named = lookup.among(accounts);
    if let Lookup::Email(asked) = lookup {
        let has_proved = |account: &Account| {
            let mut verified = account.emails().iter().filter(|email| email.is_verified());
            verified.any(|email| email.address().same_mailbox(asked))
        };
        if named.iter().any(has_proved) {
            named.retain(has_proved);
        }
    }
    if named.is_empty() {
        return Err(SignInRefusal::Unknown);
    }
    named.retain(Account::is_enabled);
    let has_password = |account: &Account| account.password().is_some();
    if named.iter().any(has_password) {
        named.retain(has_password);
    }
    let mut enabled = named.into_iter();
    match (enabled.next(), enabled.next()) {
        (None, _) => Err(SignInRefusal::AccountDisabled),
        (Some(_), Some(_)) => Err(SignInRefusal::SeveralAccounts),
        (Some(account), None) if account.password().is_none() => Err(SignInRefusal::NoPassword),
        (Some(account), None) => Ok(Arc::new(account)),
    }
}
