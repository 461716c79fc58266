use alloc::boxed::Box;
use alloc::sync::Arc;

use time::UtcDateTime;

use super::checked::Right;
use super::{Checked, MustChangePassword, SignInError, SignInOutcome, SignInRefusal, SignedIn};
use crate::account::{Account, AccountWrite, MustChange, WriteKind};
use crate::attempt::AttemptId;
use crate::clock::seconds;
use crate::port::PortFailure;
use crate::reset::{Asker, Flow, Step, TICKET_LIFE, account_of, insert_new, operation};
use crate::secret::{PasswordHash, Seed};
use crate::token::TokenError;

impl Flow {
    /// Finishes a sign-in: the last of three stages, see [`sign_in`](crate::sign_in).
    ///
    /// An outdated hash is replaced where it still is the one that was compared. Then the account is
    /// loaded once more, and everything is decided by what is stored now: a reset that was committed
    /// meanwhile is never undone, and the password of before it signs nobody in. A sign-in writes nothing
    /// else, except for the row of a ticket.
    ///
    /// `seed` names this row; it is drawn for every sign-in.
    ///
    /// # Errors
    ///
    /// The step ends with a [`SignInError`]. A replaced hash that could not be stored is none: see
    /// [`SignedIn::rehash_failure`].
    pub fn finish_sign_in(
        &self,
        checked: Checked,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<SignInOutcome, SignInError>> {
        let id = AttemptId::new(seed);
        operation(move |ports| async move {
            let Checked { scope, right, .. } = checked;
            if scope != self.scope_tag {
                return Err(SignInRefusal::OtherScope.into());
            }
            let Right { account: seen, rehash } = right?;
            let mut failure = None;
            if let Some(hash) = &rehash {
                let kind = WriteKind::Rehash { hash: hash.clone() };
                failure = ports.ask(AccountWrite::new(Arc::clone(&seen), kind, now)).await.err();
            }
            self.enter(&ports, Entry { seen, rehash, failure }, id, now).await
        })
    }

    async fn enter(
        &self,
        ports: &Asker,
        entry: Entry,
        id: AttemptId,
        now: UtcDateTime,
    ) -> Result<SignInOutcome, SignInError> {
        let account = account_of(ports, entry.seen.id()).await?;
        let account = account.ok_or(SignInRefusal::AccountGone)?;
        if !entry.was_compared_with(&account) {
            return Err(SignInError::Superseded);
        }
        if !account.is_enabled() {
            return Err(SignInRefusal::AccountDisabled.into());
        }
        if account.requires_recovery() {
            return Err(SignInError::RecoveryRequired);
        }
        if let Some(must_change) = account.must_change() {
            return self.give_ticket(ports, account, must_change, id, now).await;
        }
        let tag = self.session_tag(&account);
        let signed_in = SignedIn::new(account, tag, entry.failure);
        Ok(SignInOutcome::SignedIn(Box::new(signed_in)))
    }

    /// While the password has to be changed, no session holds: the person gets a ticket, which a new
    /// password is set with.
    async fn give_ticket(
        &self,
        ports: &Asker,
        account: Account,
        must_change: MustChange,
        id: AttemptId,
        now: UtcDateTime,
    ) -> Result<SignInOutcome, SignInError> {
        let from = now.unix_timestamp();
        let latest = from.saturating_add(seconds(TICKET_LIFE));
        let until = match must_change.expires_at() {
            Some(expires_at) if now >= expires_at => return Err(SignInError::PasswordExpired),
            Some(expires_at) => latest.min(expires_at.unix_timestamp()),
            None => latest,
        };
        let key_id = self.keyring.signing_id();
        let attempt = self.change_row(id, &account, until, from);
        let attempt = attempt.ok_or(SignInError::Clock(TokenError::UnknownKey { key_id }))?;
        let ticket = self.ticket_of(&attempt, until).map_err(SignInError::Clock)?;
        insert_new(ports, &attempt).await?;
        let must_change = MustChangePassword::new(account, must_change, ticket);
        Ok(SignInOutcome::MustChange(Box::new(must_change)))
    }
}

/// A sign-in with a right password.
struct Entry {
    seen: Arc<Account>,
    rehash: Option<PasswordHash>,
    failure: Option<PortFailure>,
}

impl Entry {
    /// Whether what is stored now is what was compared, or the same password hashed anew.
    fn was_compared_with(&self, account: &Account) -> bool {
        let stored = account.stored_password();
        let is_new = self.rehash.is_some() && stored == self.rehash.as_ref();
        stored == self.seen.stored_password() || is_new
    }
}
