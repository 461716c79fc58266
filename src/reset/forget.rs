use super::Flow;
use super::step::{EraseAttempts, EraseEntries, ListAttempts, Step, operation};
use crate::account::AccountId;
use crate::attempt::SubjectId;
use crate::port::PortFailure;

/// What [`Flow::forget`] deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// How many attempts.
    pub attempts: u64,
    /// How many messages and notices that waited in the queue.
    pub entries: u64,
}

impl Flow {
    /// Deletes the attempts of an account, and what waits for it in the queue. Delete the account
    /// first, and then call this once for each purpose: a flow deletes only what belongs to its own
    /// purpose and tenant.
    ///
    /// Links, codes and tickets of the account are invalid afterwards. A commit that crashed is not
    /// returned by [`housekeep`](Self::housekeep) any more. Requests that a worker has not run yet
    /// do not name an account. A worker runs them within minutes, and then does not find the
    /// account. Counters contain no personal data and expire by themselves.
    ///
    /// Three kinds of entries are not found, because no attempt of the account names them: a notice
    /// in place of a message, which says that the account has no password or that several accounts
    /// share the address; a notice whose attempt was deleted since, because it could not be delivered
    /// for so long; and what a worker puts into the queue at the same moment. They contain the address
    /// and the name, and stay in the queue until they are delivered or refused.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed. Calling it again deletes what is left,
    /// because the attempts are deleted last.
    pub fn forget(&self, id: &AccountId) -> Step<'_, Result<Forgotten, PortFailure>> {
        let subject = SubjectId::new(self.scope_tag, id);
        operation(move |ports| async move {
            let mut forgotten = Forgotten::default();
            for row in ports.ask(ListAttempts { subject }).await? {
                let entries = ports.ask(EraseEntries { id: row.id }).await?;
                forgotten.entries = forgotten.entries.saturating_add(entries);
            }
            forgotten.attempts = ports.ask(EraseAttempts { subject }).await?;
            Ok(forgotten)
        })
    }
}
