use alloc::sync::Arc;
use core::fmt;

use time::UtcDateTime;

use super::AddressLinkError;
use super::pair::Pair;
use crate::account::{Account, AccountId, Contact, ExpectedAccount};
use crate::attempt::Ground;
use crate::clock::{moment, seconds};
use crate::event::Event;
use crate::reset::flow::TICKET_LIFE;
use crate::reset::step::{LoadAccount, Step, operation};
use crate::reset::verified::Attempt;
use crate::reset::{Flow, Refusal, RefusalReason};
use crate::scope::ScopeTag;

/// A person who has shown the link of an address: what [`Flow::commit_address`] takes, and nothing that a
/// password can be set with. It is valid for ten minutes.
///
/// ```compile_fail
/// # use repass::{hash::Hasher, policy::Policy, reset::AdmittedAddress, secret::{Password, Salt}};
/// fn set(a: &AdmittedAddress, new: &Password, policy: &Policy, hasher: &Hasher, salt: Salt) {
///     let _ = a.set_password(new, policy, hasher, salt);
/// }
/// ```
#[must_use]
pub struct AdmittedAddress {
    pub(super) scope: ScopeTag,
    pub(super) account: Arc<Account>,
    pub(super) attempt: Attempt,
    pub(super) address: Contact,
    pub(super) replaces: Option<Contact>,
    pub(super) usable_until: i64,
}

impl fmt::Debug for AdmittedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdmittedAddress").field("account", self.account()).finish_non_exhaustive()
    }
}

impl AdmittedAddress {
    /// The account whose address is going to be verified.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }

    /// The address, as the account has it.
    #[must_use]
    pub const fn address(&self) -> &Contact {
        &self.address
    }

    /// The address that it replaces, if it replaces one.
    #[must_use]
    pub const fn replaces(&self) -> Option<&Contact> {
        self.replaces.as_ref()
    }

    /// The first moment at which it is no longer valid.
    #[must_use]
    pub fn usable_until(&self) -> UtcDateTime {
        moment(self.usable_until)
    }

    /// The event for the log: `address_admitted`, with account and attempt.
    pub fn event(&self) -> Event {
        let event = Event::new("address_admitted").with_account(self.account().clone());
        event.with_attempt(self.attempt.row().id)
    }
}

impl Flow {
    /// Admits the person who shows the link of an address. Nothing changes, so that mail scanners do no
    /// harm: show a page with a button, which [`commit_address`](Self::commit_address) belongs to.
    ///
    /// With `expected`, the account that is signed in has to be the one of the link.
    ///
    /// # Errors
    ///
    /// The step ends with an [`AddressLinkError`]. The link to reset a password is refused here, and that
    /// of an address is refused by [`admit`](Self::admit).
    pub fn admit_address<'a>(
        &'a self,
        token: &'a str,
        expected: Option<&'a ExpectedAccount>,
        now: UtcDateTime,
    ) -> Step<'a, Result<AdmittedAddress, AddressLinkError>> {
        operation(move |ports| async move {
            let shown = self.links.verify(token, now).map_err(Refusal::Token)?;
            let attempt = self.trusted_attempt(&ports, shown.id(), now).await?.filter(|attempt| {
                let row = attempt.row();
                row.key_id == shown.key_id()
                    && row.ground == Ground::Address
                    && row.link_expires_at == shown.expires_at().unix_timestamp()
            });
            let attempt = attempt.ok_or_else(|| RefusalReason::UnknownAttempt.with(None))?;
            let account = ports.ask(LoadAccount { id: attempt.row().account.clone() }).await?;
            let judged = self.judge(&attempt, account, expected, now);
            let (account, is_running) = judged.map_err(|reason| reason.with(None))?;
            if is_running {
                return Err(AddressLinkError::Running);
            }
            let pair = self.pending_pair(attempt.row(), &account);
            let pair = pair.ok_or_else(|| RefusalReason::Superseded.with(None))?;
            let Pair { address, replaces } = pair;
            let (address, replaces) = (address.clone(), replaces.cloned());
            Ok(AdmittedAddress {
                scope: self.scope_tag,
                account: Arc::new(account),
                attempt,
                address,
                replaces,
                usable_until: now.unix_timestamp().saturating_add(seconds(TICKET_LIFE)),
            })
        })
    }
}
