use alloc::sync::Arc;
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{SignIn, SignInError, SignInRefusal};
use crate::account::{Account, Lookup};
use crate::reset::{
    Find, Flow, SIGN_INS_OF_ACCOUNT, SIGN_INS_OF_SOURCE, SIGN_INS_OF_TYPED, Step, ask, counting,
};
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
        let typed =
            ThrottleKey::typed_at(&self.keyring, &self.scope, "sign-ins", &lookup, source.as_ref());
        let counted = match source {
            Some(source) => {
                let (keyring, scope) = (&self.keyring, &self.scope);
                let key = ThrottleKey::source(keyring, scope, "sign-ins of a source", &source);
                within(key, SIGN_INS_OF_SOURCE, now)
            }
            None => Step::Done(Ok(())),
        };
        counted.and_then(move |()| within(typed, SIGN_INS_OF_TYPED, now)).and_then(move |()| {
            let find = ask(Find { lookup: lookup.clone() }).map_err(SignInError::Failed);
            find.and_then(move |accounts| self.count_account(lookup, accounts, now))
        })
    }

    /// A spent account is not told: whether names share one would show. It is compared with nothing.
    fn count_account(
        &self,
        lookup: Lookup,
        accounts: Vec<Account>,
        now: UtcDateTime,
    ) -> Step<'_, Result<SignIn, SignInError>> {
        let found = candidate(&lookup, accounts);
        let (keyring, scope, kind) = (&self.keyring, &self.scope, "sign-ins of an account");
        let key = match &found {
            Ok(account) => {
                let stored = account.stored_password();
                ThrottleKey::password(keyring, scope, kind, account.id(), stored)
            }
            Err(_) => ThrottleKey::typed(keyring, scope, kind, &lookup).in_pool(Pool::Nobody),
        };
        let counted = counting(key, SIGN_INS_OF_ACCOUNT, None, now).map_err(SignInError::Failed);
        counted.and_then(move |counted| {
            let found = match counted.left() {
                Some(_) => found,
                None => Err(SignInRefusal::AccountSpent),
            };
            Step::Done(Ok(SignIn { scope: self.scope_tag, found }))
        })
    }
}

/// Counts what is told when it is too much.
fn within<'a>(
    key: ThrottleKey,
    quota: Quota,
    now: UtcDateTime,
) -> Step<'a, Result<(), SignInError>> {
    let counted = counting(key, quota, None, now).map_err(SignInError::Failed);
    counted.and_then(|counted| {
        let until = counted.ends_at();
        Step::Done(counted.left().map(|_| ()).ok_or(SignInError::Throttled { until }))
    })
}

/// The one account whose password is compared, given all that a lookup found.
///
/// An address that its owner has proved wins over the same address in other accounts: otherwise
/// a stranger who enters it there would shut the owner out.
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
    let mut enabled = named.into_iter();
    match (enabled.next(), enabled.next()) {
        (None, _) => Err(SignInRefusal::AccountDisabled),
        (Some(_), Some(_)) => Err(SignInRefusal::SeveralAccounts),
        (Some(account), None) if account.password().is_none() => Err(SignInRefusal::NoPassword),
        (Some(account), None) => Ok(Arc::new(account)),
    }
}
