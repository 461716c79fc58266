use alloc::sync::Arc;

use time::UtcDateTime;

use super::step::{MayAdminister, Step, operation};
use super::{Administered, Flow, RequireChangeError, account_of};
use crate::account::{AccountWrite, MustChange, MustChangeReason, WriteKind, Written};
use crate::event::Event;

impl Flow {
    /// Demands that the password of an account is changed before it signs in again. The owner signs in with
    /// the present password once more, and gets only a ticket to choose another one; "forgot" works too.
    ///
    /// No session that carries a tag holds from then on; end all others of the account. If the password has
    /// to be changed already, for whatever reason, that stays as it is: a temporary password keeps its end.
    /// The result is the event for the log: `change_required`, with account and operator.
    ///
    /// # Errors
    ///
    /// The step ends with a [`RequireChangeError`].
    pub fn require_change<'a>(
        &'a self,
        administered: &'a Administered,
        reason: MustChangeReason,
        now: UtcDateTime,
    ) -> Step<'a, Result<Event, RequireChangeError>> {
        operation(move |ports| async move {
            let Administered { account, operator, .. } = administered;
            if !administered.is_usable(self, now) {
                return Err(RequireChangeError::Expired);
            }
            if account.password().is_none() {
                return Err(RequireChangeError::NoPassword);
            }
            let id = account.id().clone();
            if !ports.ask(MayAdminister { operator: operator.clone(), id: id.clone() }).await? {
                return Err(RequireChangeError::OperatorRefused);
            }
            let kind = WriteKind::MustChange { must_change: MustChange::new(reason) };
            let write = AccountWrite::new(Arc::clone(account), kind, now);
            if ports.ask(write.clone()).await? == Written::Stale {
                let current = account_of(&ports, &id)
                    .await?
                    .filter(|current| current.stored_password() == account.stored_password());
                let current = current.ok_or(RequireChangeError::Superseded)?;
                // The account is as it was: what the table lacks is a place for what was demanded.
                if current.must_change().is_none() {
                    return Err(RequireChangeError::Unsupported);
                }
            }
            let event = Event::new("change_required").with_account(id);
            Ok(event.with_operator(operator.clone()))
        })
    }
}
