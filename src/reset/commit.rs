use time::UtcDateTime;

use super::flow::{LEASE, RUNNING_KEPT};
use super::pending::{Kind, Lease, PendingReset, Progress};
use super::{AfterReset, Change, Flow, Stage};
use crate::account::Account;
use crate::attempt::AttemptId;
use crate::key::Tag;
use crate::secret::PasswordHash;

/// The first step of a commit: the row to replace and the one to put there.
#[derive(Clone, Debug)]
pub struct Begun {
    seen: Option<PendingReset>,
    running: PendingReset,
}

impl Begun {
    /// The row that must still stand in the store; `None` when the running row is a new one.
    #[must_use]
    pub const fn seen(&self) -> Option<&PendingReset> {
        self.seen.as_ref()
    }

    /// The row that records the commit: its lease, and the hash to come.
    #[must_use]
    pub const fn running(&self) -> &PendingReset {
        &self.running
    }
}

/// What a commit whose lease is over turned out to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Overdue {
    /// The password was set: this is owed.
    Owed(AfterReset),
    /// Nothing was set and nothing will be: the row to put in its place.
    Over(PendingReset),
    /// The password was not set, and the secret may still be used.
    NotSet,
}

impl Flow {
    /// Begins a commit; `None` when the admission is over, or its row was not sealed here.
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
            hash_seen: *self.hash_tag(key_id, account.id(), account.password())?.bytes(),
            hash_to_come: *self.hash_tag(key_id, account.id(), Some(&change.hash))?.bytes(),
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
                    subject: self.subject(account.id()),
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

    /// What is owed once the password was set; `None` for a change that was not begun by `begun`.
    #[must_use]
    pub fn after(&self, begun: Begun, change: Change) -> Option<AfterReset> {
        let Begun { running, .. } = begun;
        self.has_come(&running, &change.hash, &change.account)
            .then(|| AfterReset::new(change.account, running))
    }

    /// Whether the account, read after *set* answered that it changed nothing, has the new password
    /// all the same: the statement was carried out twice, and the first time was for good.
    #[must_use]
    pub fn was_set(&self, begun: &Begun, account: Option<&Account>) -> bool {
        account.is_some_and(|account| {
            let hash = account.password();
            hash.is_some_and(|hash| self.has_come(&begun.running, hash, account))
        })
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

    /// The row after everything that was owed is done; `None` when it was not sealed here.
    #[must_use]
    pub fn settled(&self, after: &AfterReset) -> Option<PendingReset> {
        self.advance(after.running(), Progress::Settled)
    }

    /// Tells what became of a commit whose lease is over, by the present row of its account; `None`
    /// for a row that is no such commit of ours.
    #[must_use]
    pub fn overdue(
        &self,
        row: PendingReset,
        account: Option<Account>,
        now: UtcDateTime,
    ) -> Option<Overdue> {
        let row = self.trusted(Some(row))?;
        let Progress::Running(lease) = row.progress else { return None };
        if now.unix_timestamp() < lease.until {
            return None;
        }
        let Some(account) = account.filter(|account| *account.id() == row.account) else {
            return self.advance(&row, Progress::Ended).map(Overdue::Over);
        };
        let tag = self.hash_tag(row.key_id, account.id(), account.password())?;
        // A hash that is neither the one seen nor the one to come: the password was set and changed
        // again, or changed by somebody else. What is owed is better done twice than never.
        if !tag.matches(&lease.hash_seen) {
            return Some(Overdue::Owed(AfterReset::new(account, row)));
        }
        // Whatever began the commit is gone for certain.
        let over = now.unix_timestamp() >= row.expires_at.saturating_add(RUNNING_KEPT);
        if over {
            return self.advance(&row, Progress::Ended).map(Overdue::Over);
        }
        Some(Overdue::NotSet)
    }

    /// Whether `hash` is the one that the commit of `running` was to set.
    fn has_come(&self, running: &PendingReset, hash: &PasswordHash, account: &Account) -> bool {
        let Progress::Running(lease) = running.progress else { return false };
        let tag = self.hash_tag(running.key_id, account.id(), Some(hash));
        let fits = |tag: Tag| tag.matches(&lease.hash_to_come);
        *account.id() == running.account && tag.is_some_and(fits)
    }
}
