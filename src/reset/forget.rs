use super::Flow;
use super::step::{EraseAttempts, EraseEntries, ListAttempts, Step, operation};
use crate::account::AccountId;
use crate::attempt::SubjectId;
use crate::port::PortFailure;

/// What [`Flow::forget`] deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// Attempts.
    pub attempts: u64,
    /// Messages and notices that waited in the queue.
    pub entries: u64,
}

impl Flow {
    /// Deletes the attempts of an account, and what waits for it in the queue: to be called when the
    /// account is deleted, and after that, for each purpose.
    ///
    /// Its links, codes and tickets end with the attempts. A commit that has begun and crashed is not
    /// resumed. Requests that have not been run name nobody yet: they are run within minutes, and then
    /// find no such account. Counters have no personal data and end by themselves.
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
