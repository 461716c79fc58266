use time::UtcDateTime;

use super::flow::LEASE;
use super::pending::{Kind, Lease, PendingReset, Progress};
use super::{AfterReset, Change, Flow, Stage};
use crate::account::Account;
use crate::attempt::AttemptId;

/// The first step of a commit: the row to replace and the one to put there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Begun {
    /// The row that must still stand in the store; `None` when the running row is a new one.
    pub seen: Option<PendingReset>,
    /// The row that records the commit: its lease, and the hash to come.
    pub running: PendingReset,
}

impl Flow {
    /// Begins a commit; `None` when the admission is over or the key of its row is gone.
    #[must_use]
    pub fn begin(&self, change: &Change, now: UtcDateTime) -> Option<Begun> {
        let seconds = now.unix_timestamp();
        if seconds >= change.usable_until {
            return None;
        }
        let key_id = change.row.as_ref().map_or(self.keyring.signing_id(), |row| row.key_id);
        let account = &change.account;
        let lease = Lease {
            until: seconds.saturating_add(LEASE),
            hash_seen: self.hash_tag(key_id, account.id(), account.password())?,
            hash_to_come: self.hash_tag(key_id, account.id(), Some(&change.hash))?,
        };
        let progress = Progress::Running(lease);
        let running = match &change.row {
            Some(row) => self.advance(row, progress)?,
            None => {
                // The new hash is salted, so its digest names this change and no other.
                let (id, _) = lease.hash_to_come.split_first_chunk()?;
                self.sealed(PendingReset {
                    id: AttemptId::from_bytes(*id),
                    key_id,
                    kind: Kind::Change,
                    account: account.id().clone(),
                    contact: [0; 32],
                    stamp: *self.stamp(key_id, account)?.bytes(),
                    created_at: seconds,
                    expires_at: change.usable_until,
                    progress,
                    seal: [0; 32],
                })?
            }
        };
        Some(Begun { seen: change.row.clone(), running })
    }

    /// What is owed once the password was set.
    pub fn after(&self, begun: Begun, change: Change) -> AfterReset {
        AfterReset::new(change.account, begun.running)
    }

    /// The row after a commit that found the password or the addresses changed: the attempt ends.
    ///
    /// `None` when an earlier commit of the same attempt crashed: it may have set the password, so
    /// the row stays, and what is owed stays with it.
    #[must_use]
    pub fn end(&self, begun: &Begun) -> Option<PendingReset> {
        let taken_over = begun.seen.as_ref().is_some_and(|seen| seen.stage() == Stage::Running);
        if taken_over { None } else { self.advance(&begun.running, Progress::Ended) }
    }

    /// The row after everything that was owed is done; `None` when its key is gone.
    #[must_use]
    pub fn settled(&self, after: &AfterReset) -> Option<PendingReset> {
        self.advance(after.running(), Progress::Settled)
    }

    /// What is owed of a commit whose lease is over, told by the present row of its account.
    ///
    /// `None` when the password was not set, so that the secret still works; when the account is
    /// gone; and for a row that is no such commit of ours.
    #[must_use]
    pub fn overdue(
        &self,
        row: PendingReset,
        account: Option<Account>,
        now: UtcDateTime,
    ) -> Option<AfterReset> {
        let row = self.trusted(Some(row))?;
        let Progress::Running(lease) = row.progress else { return None };
        if now.unix_timestamp() < lease.until {
            return None;
        }
        let account = account.filter(|account| *account.id() == row.account)?;
        let tag = self.hash_tag(row.key_id, account.id(), account.password())?;
        // A hash that is neither the one seen nor the one to come: the password was set and changed
        // again, or changed by somebody else. What is owed is better done twice than never.
        (tag != lease.hash_seen).then(|| AfterReset::new(account, row))
    }
}
