use alloc::vec::Vec;

use time::UtcDateTime;

use super::AdmittedAddress;
use super::pair::Pair;
use crate::account::{Account, AccountId, AccountWrite, Contact, WriteKind, Written};
use crate::attempt::{AttemptId, Lease, Progress};
use crate::event::Event;
use crate::port::PortFailure;
use crate::reset::flow::LEASE;
use crate::reset::notice::{Notice, NoticeKind};
use crate::reset::step::{Asker, LoadAccount, Step, Swap, operation};
use crate::reset::verified::Attempt;
use crate::reset::{CommitError, Flow};

/// An address that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct AddressVerified {
    account: AccountId,
    attempt: AttemptId,
    address: Contact,
    replaced: Option<Contact>,
}

impl AddressVerified {
    /// Whose address it is.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> &Contact {
        &self.address
    }

    /// The address that it replaced, if it replaced one.
    #[must_use]
    pub const fn replaced(&self) -> Option<&Contact> {
        self.replaced.as_ref()
    }

    /// The event for the log: `address_verified` or `address_replaced`, with account and attempt.
    pub fn event(&self) -> Event {
        let code = match self.replaced {
            Some(_) => "address_replaced",
            None => "address_verified",
        };
        Event::new(code).with_account(self.account.clone()).with_attempt(self.attempt)
    }
}

impl Flow {
    /// Verifies the address: one conditional change of the account, and a notice to the other verified
    /// contacts that the flow sends to, addresses first and at most five, and to the address that was
    /// replaced. Sessions and the password stay as they are. Text messages among the notices are counted
    /// against the daily caps of notices.
    ///
    /// Call this for a POST request only. The host has nothing else to do:
    /// [`housekeep`](Self::housekeep) finishes what a crash left, notices included. Two submits of one
    /// link at the same moment can both be told that the address is verified.
    ///
    /// # Errors
    ///
    /// The step ends with a [`CommitError`]; [`CommitError::Superseded`] also if another account has
    /// verified the address and the user table allows that once.
    pub fn commit_address(
        &self,
        admitted: AdmittedAddress,
        now: UtcDateTime,
    ) -> Step<'_, Result<AddressVerified, CommitError>> {
        operation(move |ports| async move {
            if admitted.scope != self.scope_tag || now.unix_timestamp() >= admitted.usable_until {
                return Err(CommitError::Expired);
            }
            let AdmittedAddress { account, attempt: seen, address, replaces, .. } = admitted;
            let next = account.with_verified(&address, replaces.as_ref());
            let next = next.ok_or(CommitError::Superseded)?;
            let running = self.running_address(&account, &next, &seen, now);
            let running = running.ok_or(CommitError::Expired)?;
            let swap = Swap { seen: seen.shared(), next: running.shared() };
            if !ports.ask(swap).await? {
                return Err(CommitError::Taken);
            }
            let verified = AddressVerified {
                account: account.id().clone(),
                attempt: seen.row().id,
                address: address.clone(),
                replaced: replaces.clone(),
            };
            let kind = WriteKind::Contact { verified: address, replaces };
            let next = match ports.ask(AccountWrite::new(account, kind, now)).await? {
                Written::Done { .. } => next,
                Written::Stale => self.address_not_set(&ports, &seen, &running).await?,
            };
            // What fails here, housekeeping does: the address is verified.
            let _ = self.finish_address(&ports, &running, &next, now).await;
            Ok(verified)
        })
    }

    /// The row that records the commit; `None` when its key is gone.
    fn running_address(
        &self,
        account: &Account,
        next: &Account,
        seen: &Attempt,
        now: UtcDateTime,
    ) -> Option<Attempt> {
        let key_id = seen.row().key_id;
        let lease = Lease {
            until: now.unix_timestamp().saturating_add(LEASE),
            hash_seen: *self.contacts_tag(key_id, account)?.bytes(),
            hash_to_come: *self.contacts_tag(key_id, next)?.bytes(),
        };
        self.advance(seen, Progress::Running(lease))
    }

    /// What a change of nothing comes to: a statement that a pool carried out twice has changed the
    /// account the first time.
    async fn address_not_set(
        &self,
        ports: &Asker,
        seen: &Attempt,
        running: &Attempt,
    ) -> Result<Account, CommitError> {
        let row = running.row();
        let account = ports.ask(LoadAccount { id: row.account.clone() }).await?;
        let has_come = |account: &Account| {
            let Progress::Running(lease) = row.progress else { return false };
            let tag = self.contacts_tag(row.key_id, account);
            *account.id() == row.account && tag.is_some_and(|tag| tag.matches(&lease.hash_to_come))
        };
        if let Some(account) = account.filter(has_come) {
            return Ok(account);
        }
        // A commit that crashed may have verified the address: its row stays for housekeeping.
        if let Progress::Live = seen.row().progress
            && let Some(ended) = self.advance(running, Progress::Ended)
        {
            ports.ask(Swap { seen: running.shared(), next: ended.shared() }).await?;
        }
        Err(CommitError::Superseded)
    }

    /// Puts the notices into the queue and settles the attempt.
    pub(in crate::reset) async fn finish_address(
        &self,
        ports: &Asker,
        running: &Attempt,
        account: &Account,
        now: UtcDateTime,
    ) -> Result<(), PortFailure> {
        let notices = self.address_notices(running, account);
        self.push_notices(ports, account.id(), notices, now).await?;
        if let Some(settled) = self.advance(running, Progress::Settled) {
            ports.ask(Swap { seen: running.shared(), next: settled.shared() }).await?;
        }
        Ok(())
    }

    /// One for each verified contact that the flow sends to but the new address, addresses first and at
    /// most five, and one for the address that was replaced.
    fn address_notices(&self, running: &Attempt, account: &Account) -> Vec<Notice> {
        let row = running.row();
        let new = self.verified_pair(row, account).map(|Pair { address, .. }| address);
        let is_new = |one: &Contact| new.is_some_and(|new| new.same_mailbox(one));
        let others = account.verified().filter(|one| !is_new(one) && self.sends_to(one)).take(5);
        let mut to: Vec<&Contact> = others.collect();
        let replaced = account.replaced_email().filter(|old| !is_new(old));
        to.extend(replaced.filter(|old| !to.iter().any(|one| one.same_mailbox(old))));
        let notice =
            |to: &&Contact| Notice::new(NoticeKind::AddressChanged, row.id, to, Some(account));
        to.iter().map(notice).collect()
    }
}
