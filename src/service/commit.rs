use alloc::vec::Vec;

use time::UtcDateTime;

use super::{CommitError, Service, WorkError};
use crate::accounts::Accounts;
use crate::attempt::AttemptId;
use crate::notify::Notifier;
use crate::reset::{AfterReset, Change, Overdue, PendingReset};
use crate::store::{Inserted, ResetStore};

/// Rows that are read at once while looking for what is owed.
const PAGE: usize = 64;

/// The three steps that change a password, and what is owed when one of them crashed.
impl<A: Accounts, S: ResetStore, N: Notifier> Service<A, S, N> {
    /// Sets the password: *begin* records the commit, *set* is one conditional statement of the
    /// user table. What is owed then is to be done and [settled](Self::settle).
    ///
    /// # Errors
    ///
    /// [`CommitError`]. After [`CommitError::Store`] and [`CommitError::Accounts`] nobody knows
    /// whether the password was set: either the secret works again within a minute, or
    /// [`owed`](Self::owed) returns what is owed.
    pub async fn commit(
        &self,
        change: Change,
        now: UtcDateTime,
    ) -> Result<AfterReset, CommitError> {
        let begun = self.flow.begin(&change, now).ok_or(CommitError::Expired)?;
        let began = match begun.seen() {
            Some(seen) => self.store().swap(seen, begun.running()).await,
            None => {
                let inserted = self.store().insert(begun.running(), None, now).await;
                inserted.map(|inserted| inserted == Inserted::Done)
            }
        };
        if !began.map_err(CommitError::Store)? {
            return Err(CommitError::Taken);
        }
        let set = self.accounts().set_password(change.write()).await;
        if !set.map_err(CommitError::Accounts)? {
            let account = self.accounts().load(change.account()).await;
            let account = account.map_err(CommitError::Accounts)?;
            if !self.flow.was_set(&begun, account.as_ref()) {
                if let Some(ended) = self.flow.end(&begun) {
                    let swapped = self.store().swap(begun.running(), &ended).await;
                    swapped.map_err(CommitError::Store)?;
                }
                return Err(CommitError::Superseded);
            }
        }
        self.flow.after(begun, change).ok_or(CommitError::Superseded)
    }

    /// Sends the notices and records that everything that was owed is done. After an error it may be
    /// settled again.
    ///
    /// One notice that is taken is enough: an address that the notifier refuses for good does not
    /// keep the plan owed for ever.
    ///
    /// # Errors
    ///
    /// [`WorkError::Notifier`] when no notice was taken, and [`WorkError::Store`].
    pub async fn settle(&self, after: &AfterReset) -> Result<(), WorkError> {
        let (mut taken, mut refused) = (false, None);
        for notice in after.notices() {
            match self.notifier().notice(notice).await {
                Ok(()) => taken = true,
                Err(error) => refused = Some(error),
            }
        }
        if let (false, Some(error)) = (taken, refused) {
            return Err(WorkError::Notifier(error));
        }
        if let Some(settled) = self.flow.settled(after) {
            // A row that has changed was settled before, or was taken over, and is owed again.
            self.store().swap(after.running(), &settled).await.map_err(WorkError::Store)?;
        }
        Ok(())
    }

    /// What is still owed of commits that crashed: to be called at the start and every few minutes.
    ///
    /// An account that cannot be read now does not hold up the others: it comes the next time.
    ///
    /// # Errors
    ///
    /// [`WorkError`] names the port that failed, when nothing else is owed.
    pub async fn owed(&self, now: UtcDateTime) -> Result<Vec<AfterReset>, WorkError> {
        let (mut owed, mut failed) = (Vec::new(), None);
        let mut after: Option<AttemptId> = None;
        loop {
            let page = self.store().owed(after.as_ref(), PAGE, now).await;
            let page = page.map_err(WorkError::Store)?;
            let last = page.last().map(|row| *row.id());
            // A store that does not move on would keep us here for ever.
            if last.is_none() || last <= after {
                break;
            }
            after = last;
            // Rows that were not sealed here cost no query.
            for row in page.into_iter().filter_map(|row| self.flow.trusted(Some(row))) {
                match self.overdue(row, now).await {
                    Ok(plan) => owed.extend(plan),
                    Err(error) => failed = Some(error),
                }
            }
        }
        match failed {
            Some(error) if owed.is_empty() => Err(error),
            _ => Ok(owed),
        }
    }

    /// What is owed of one running row whose lease is over; one that is of no more use ends.
    async fn overdue(
        &self,
        row: PendingReset,
        now: UtcDateTime,
    ) -> Result<Option<AfterReset>, WorkError> {
        let account = self.accounts().load(row.account()).await.map_err(WorkError::Accounts)?;
        match self.flow.overdue(row.clone(), account, now) {
            Some(Overdue::Owed(plan)) => Ok(Some(plan)),
            Some(Overdue::Over(over)) => {
                self.store().swap(&row, &over).await.map_err(WorkError::Store)?;
                Ok(None)
            }
            Some(Overdue::NotSet) | None => Ok(None),
        }
    }
}
