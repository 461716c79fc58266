use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use time::UtcDateTime;

use super::flow::RUNNING_UNSET;
use super::step::{
    Asker, Failed, LoadAccount, PurgeAttempts, PurgeCounters, Step, Swap, Unfinished, operation,
};
use super::verified::{Attempt, Untrusted};
use super::{AfterReset, Flow, WrongAnswer};
use crate::account::Account;
use crate::attempt::{AttemptId, AttemptRow, Ground, Progress};
use crate::port::{Port, PortFailure};

/// Rows that are read at once while looking for crashed commits.
const PAGE: u32 = 64;

/// What [`Flow::housekeep`] did and found.
#[derive(Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct Housekeeping {
    /// What follows from commits that crashed after the password was set: carry out the duties of
    /// each, and settle it.
    pub resumed: Vec<AfterReset>,
    /// Crashed commits that had set nothing and were ended.
    pub ended: u64,
    /// Verified addresses whose commit crashed, and whose notices were put into the queue now.
    pub addresses: u64,
    /// Attempts that were deleted, because they need no longer be kept.
    pub purged_attempts: u64,
    /// Counters that were deleted, because they had ended.
    pub purged_counters: u64,
    /// Crashed commits of other purposes or tenants, which a flow of theirs has to judge.
    pub other_scopes: u64,
    /// Crashed commits whose key is not in the ring. They cannot be judged without it, and are
    /// deleted 30 days after their lease.
    pub unknown_keys: u64,
    /// Rows whose seal does not fit: something else than this service has written them.
    pub altered: u64,
    /// Ports that failed; what they had to do is done the next time.
    pub failures: Vec<PortFailure>,
}

/// What became of a commit that crashed.
enum Overdue {
    /// The password was set: this follows.
    Set(AfterReset),
    /// An address was verified, and this is its account now.
    Verified(Box<Account>),
    /// Nothing was set and nothing will be: the row to put in its place.
    Over(Attempt),
    /// The password was not set, and the secret can still be used.
    NotSet,
}

impl Failed for Housekeeping {
    fn failed(failure: PortFailure) -> Self {
        Self { failures: vec![failure], ..Self::default() }
    }
}

impl Flow {
    /// Finds commits that crashed and what follows from them, and deletes what need no longer be
    /// kept: to be called when a service starts, and every few minutes for each purpose and tenant.
    ///
    /// What fails does not hold up the rest, and is reported.
    pub fn housekeep(&self, now: UtcDateTime) -> Step<'_, Housekeeping> {
        operation(move |ports| async move {
            let mut done = Housekeeping::default();
            if let Err(failure) = self.resume_all(&ports, &mut done, now).await {
                done.failures.push(failure);
            }
            match ports.ask(PurgeAttempts).await {
                Ok(purged) => done.purged_attempts = purged,
                Err(failure) => done.failures.push(failure),
            }
            match ports.ask(PurgeCounters).await {
                Ok(purged) => done.purged_counters = purged,
                Err(failure) => done.failures.push(failure),
            }
            done
        })
    }

    /// Page after page, until one is empty.
    async fn resume_all(
        &self,
        ports: &Asker,
        done: &mut Housekeeping,
        now: UtcDateTime,
    ) -> Result<(), PortFailure> {
        let mut after: Option<AttemptId> = None;
        loop {
            let page = ports.ask(Unfinished { after, limit: PAGE }).await?;
            let Some(last) = page.last().map(|row| row.id) else { return Ok(()) };
            // A store that does not move on would keep us here for ever.
            if Some(last) <= after {
                return Err(PortFailure::new(Port::Attempts, WrongAnswer.into()));
            }
            for row in page {
                self.resume_row(ports, row, done, now).await;
            }
            after = Some(last);
        }
    }

    async fn resume_row(
        &self,
        ports: &Asker,
        row: AttemptRow,
        done: &mut Housekeeping,
        now: UtcDateTime,
    ) {
        // Rows that this flow did not seal cost no query.
        let count = match self.verify_row(row) {
            Ok(attempt) => match self.resume(ports, attempt, now).await {
                Ok(Resumed::Set(after)) => return done.resumed.push(after),
                Ok(Resumed::Ended) => &mut done.ended,
                Ok(Resumed::Verified) => &mut done.addresses,
                Ok(Resumed::Nothing) => return,
                Err(failure) => return done.failures.push(failure),
            },
            Err(Untrusted::OtherScope) => &mut done.other_scopes,
            Err(Untrusted::UnknownKey) => &mut done.unknown_keys,
            Err(Untrusted::Altered) => &mut done.altered,
        };
        *count = count.saturating_add(1);
    }

    async fn resume(
        &self,
        ports: &Asker,
        attempt: Attempt,
        now: UtcDateTime,
    ) -> Result<Resumed, PortFailure> {
        let account = ports.ask(LoadAccount { id: attempt.row().account.clone() }).await?;
        match self.overdue(&attempt, account, now) {
            Overdue::Set(after) => Ok(Resumed::Set(after)),
            Overdue::Verified(account) => {
                self.finish_address(ports, &attempt, &account, now).await?;
                Ok(Resumed::Verified)
            }
            Overdue::NotSet => Ok(Resumed::Nothing),
            Overdue::Over(over) => {
                let swap = Swap { seen: attempt.shared(), next: over.shared() };
                let swapped = ports.ask(swap).await?;
                Ok(if swapped { Resumed::Ended } else { Resumed::Nothing })
            }
        }
    }

    /// Tells what became of a crashed commit by the present row of its account.
    fn overdue(&self, attempt: &Attempt, account: Option<Account>, now: UtcDateTime) -> Overdue {
        let row = attempt.row();
        let Progress::Running(lease) = row.progress else { return Overdue::NotSet };
        // A row that need no longer be kept was put back by somebody: it goes.
        if !row.is_unfinished(now) || row.is_over(now) {
            return Overdue::NotSet;
        }
        let over = || match self.advance(attempt, Progress::Ended) {
            Some(over) => Overdue::Over(over),
            None => Overdue::NotSet,
        };
        let Some(account) = account.filter(|account| *account.id() == row.account) else {
            return over();
        };
        let is_address = row.ground == Ground::Address;
        let tag = if is_address {
            self.contacts_tag(row.key_id, &account)
        } else {
            self.hash_tag(row.key_id, account.id(), account.stored_password())
        };
        // A hash that is neither the one seen nor the one to come: the password was set and changed
        // again, or changed by somebody else. The duties are better done twice than never.
        if !tag.is_some_and(|tag| tag.matches(&lease.hash_seen)) {
            if is_address {
                return Overdue::Verified(Box::new(account));
            }
            return Overdue::Set(AfterReset::new(Arc::new(account), attempt.clone(), None));
        }
        // The process that began the commit is gone for certain.
        let latest = lease.until.saturating_add(RUNNING_UNSET);
        if now.unix_timestamp() >= latest { over() } else { Overdue::NotSet }
    }
}

enum Resumed {
    Set(AfterReset),
    Verified,
    Ended,
    Nothing,
}
