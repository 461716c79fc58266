//! Who carries out the calls of ports: a careful host, or one that is wrong.

use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use repass::account::{Account, AccountChange, AccountId, AccountWrite, Lookup, Written};
use repass::attempt::{AttemptId, AttemptRow, Stage, SubjectId};
use repass::memory::{MemoryAccounts, MemoryAttempts};
use repass::port::{Accounts, Attempts, Inserted, PortError};
use repass::time::UtcDateTime;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Host {
    Careful,
    /// Deletes the row when a commit begins.
    ConsumesFirst,
    /// Says that a commit began, and writes the row only when it is settled.
    RecordsAfterwards,
    /// Sets the password whatever the account is by now.
    SetsWithoutCondition,
    /// Loses a count whose caller saw an error.
    ForgetsCounts,
}

/// The user table of a host.
pub(crate) struct HostAccounts {
    pub(crate) table: MemoryAccounts,
    pub(crate) host: Host,
    /// How often anything was written.
    pub(crate) writes: AtomicU32,
}

/// The table of attempts of a host.
pub(crate) struct HostAttempts {
    pub(crate) table: MemoryAttempts,
    pub(crate) host: Host,
}

impl Accounts for HostAccounts {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.table.find(lookup, now).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.table.load(id, now).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        let written = match (self.host, write.change()) {
            (Host::SetsWithoutCondition, AccountChange::Password { hash, .. }) => {
                let row = self.table.load(write.id(), now).await?.unwrap();
                self.table.put(row.with_password(hash.clone()));
                Written::Done { version: None, epoch: None }
            }
            _ => self.table.write(write, now).await?,
        };
        self.writes.fetch_add(u32::from(written != Written::Stale), SeqCst);
        Ok(written)
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        self.table.may_administer(operator, id, now).await
    }
}

impl Attempts for HostAttempts {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        if self.host == Host::RecordsAfterwards && row.stage() == Stage::Running {
            return Ok(Inserted::Done);
        }
        self.table.insert(row, now).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        self.table.load(id, now).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let begins = next.stage() == Stage::Running;
        if begins && self.host == Host::RecordsAfterwards {
            return Ok(true);
        }
        let swapped = self.table.swap(seen, next, now).await?;
        if begins && swapped && self.host == Host::ConsumesFirst {
            self.table.erase(&next.subject(), now).await?;
        }
        Ok(swapped)
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.table.list(subject, now).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.table.unfinished(after, limit, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.table.purge(now).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        self.table.erase(subject, now).await
    }
}
