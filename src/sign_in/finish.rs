use alloc::boxed::Box;
use alloc::sync::Arc;

use time::UtcDateTime;

use super::checked::Right;
use super::{Checked, MustChangePassword, SignInError, SignInOutcome, SignInRefusal, SignedIn};
use crate::account::{Account, AccountWrite, MustChange, WriteKind};
use crate::attempt::AttemptId;
use crate::clock::{moment, seconds};
use crate::port::{Port, PortFailure};
use crate::reset::{Flow, LoadAccount, Step, TICKET_LIFE, WrongAnswer, ask, insert_own};
use crate::secret::{PasswordHash, Seed};
use crate::token::TokenError;

type Finished<'a> = Step<'a, Result<SignInOutcome, SignInError>>;

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
    pub fn finish_sign_in(&self, checked: Checked, seed: Seed, now: UtcDateTime) -> Finished<'_> {
        let Checked { scope, right, .. } = checked;
        if scope != self.scope_tag {
            return refused(SignInRefusal::OtherScope);
        }
        let id = AttemptId::new(seed);
        match right {
            Err(refusal) => refused(refusal),
            Ok(Right { account, rehash: None }) => {
                let entry = Entry { seen: account, rehash: None, failure: None };
                self.enter(entry, id, now)
            }
            Ok(Right { account, rehash: Some(hash) }) => {
                let kind = WriteKind::Rehash { hash: hash.clone() };
                let write = AccountWrite::new(Arc::clone(&account), kind, now);
                ask(write).then(move |written| {
                    let failure = written.err();
                    let entry = Entry { seen: account, rehash: Some(hash), failure };
                    self.enter(entry, id, now)
                })
            }
        }
    }

    fn enter(&self, entry: Entry, id: AttemptId, now: UtcDateTime) -> Finished<'_> {
        let load = ask(LoadAccount { id: entry.seen.id().clone() }).map_err(SignInError::Failed);
        load.and_then(move |account| {
            let account = account.filter(|account| account.id() == entry.seen.id());
            let Some(account) = account else { return refused(SignInRefusal::AccountGone) };
            if !entry.was_compared_with(&account) {
                return Step::Done(Err(SignInError::Superseded));
            }
            if !account.is_enabled() {
                return refused(SignInRefusal::AccountDisabled);
            }
            if account.requires_recovery() {
                return Step::Done(Err(SignInError::RecoveryRequired));
            }
            if let Some(must_change) = account.must_change() {
                return self.give_ticket(account, must_change, id, now);
            }
            let tag = self.session_tag(&account);
            let signed_in = SignedIn::new(account, tag, entry.failure);
            Step::Done(Ok(SignInOutcome::SignedIn(Box::new(signed_in))))
        })
    }

    /// While the password has to be changed, no session holds: the way in is the ticket, which a
    /// new password is set with.
    fn give_ticket(
        &self,
        account: Account,
        must_change: MustChange,
        id: AttemptId,
        now: UtcDateTime,
    ) -> Finished<'_> {
        let from = now.unix_timestamp();
        let latest = from.saturating_add(seconds(TICKET_LIFE));
        let until = match must_change.expires_at() {
            Some(expires_at) if now >= expires_at => {
                return Step::Done(Err(SignInError::PasswordExpired));
            }
            Some(expires_at) => latest.min(expires_at.unix_timestamp()),
            None => latest,
        };
        let Some(attempt) = self.change_row(id, &account, until, from) else {
            let key_id = self.keyring.signing_id();
            return Step::Done(Err(SignInError::Clock(TokenError::UnknownKey { key_id })));
        };
        let row = attempt.row();
        let ticket = match self.tickets.sign(row.id, &row.fixed_digest(), moment(until)) {
            Ok(ticket) => Box::new(ticket),
            Err(error) => return Step::Done(Err(SignInError::Clock(error))),
        };
        insert_own(attempt.shared()).map_err(SignInError::Failed).and_then(move |inserted| {
            Step::Done(if inserted {
                let must_change = MustChangePassword::new(account, must_change, ticket);
                Ok(SignInOutcome::MustChange(Box::new(must_change)))
            } else {
                // The seed was used before.
                Err(SignInError::Failed(PortFailure::new(Port::Attempts, WrongAnswer.into())))
            })
        })
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

fn refused<'a>(refusal: SignInRefusal) -> Finished<'a> {
    Step::Done(Err(SignInError::Refused(refusal)))
}
