use super::Flow;
use super::step::{Asker, EraseEntries, Step, Swap, operation};
use super::verified::Attempt;
use crate::account::AccountId;
use crate::attempt::{AttemptId, Progress, Stage};
use crate::event::Event;
use crate::port::PortFailure;

/// What [`Flow::revoke`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Revoked {
    /// Whose attempts were ended.
    pub account: AccountId,
    /// How many attempts were ended: their links, codes and tickets are invalid.
    pub attempts: u64,
    /// How many messages that waited in the queue were deleted with them.
    pub entries: u64,
    /// How many attempts have begun to set a password and were not touched. Each of them ends by itself,
    /// with a change of the password or without. To end one that crashed, call again.
    pub running: u64,
}

impl Revoked {
    /// The event for the log: `attempts_revoked`, with the account.
    pub fn event(&self) -> Event {
        Event::new("attempts_revoked").with_account(self.account.clone())
    }
}

impl Flow {
    /// Ends every attempt of an account whose secret was not used: for an operator, and for a service
    /// that has a reason of its own, such as a person who signs in and asks for it. Only attempts of
    /// this purpose and tenant are ended; call it once for each purpose.
    ///
    /// The password, the sessions and the limits stay as they are. A message that waits in the queue is
    /// deleted. A message that a worker sends at the same moment arrives, and its link or code is
    /// invalid.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed. Calling it again ends what is left.
    pub fn revoke(&self, id: AccountId) -> Step<'_, Result<Revoked, PortFailure>> {
        operation(move |ports| async move { self.end_all(&ports, id, None).await })
    }

    /// Ends the attempts of the account that are live, and uses up the notices of all changes but that of
    /// `stopped`, if a person said of one that it was somebody else.
    pub(super) async fn end_all(
        &self,
        ports: &Asker,
        account: AccountId,
        stopped: Option<AttemptId>,
    ) -> Result<Revoked, PortFailure> {
        let attempts = self.sealed_attempts(ports, &account).await?;
        let mut revoked = Revoked { account, attempts: 0, entries: 0, running: 0 };
        for attempt in attempts {
            match attempt.row().stage() {
                Stage::Live => match self.end_one(ports, &attempt).await? {
                    Some(entries) => {
                        revoked.attempts = revoked.attempts.saturating_add(1);
                        revoked.entries = revoked.entries.saturating_add(entries);
                    }
                    None => revoked.running = revoked.running.saturating_add(1),
                },
                Stage::Running => revoked.running = revoked.running.saturating_add(1),
                Stage::Settled if stopped.is_some_and(|stopped| stopped != attempt.row().id) => {
                    self.use_up(ports, &attempt).await?;
                }
                Stage::Settled | Stage::Ended => {}
            }
        }
        Ok(revoked)
    }

    /// Ends a settled attempt, whose notice then stops nothing any more.
    pub(super) async fn use_up(&self, ports: &Asker, settled: &Attempt) -> Result<(), PortFailure> {
        if let Some(ended) = self.advance(settled, Progress::Ended) {
            ports.ask(Swap { seen: settled.shared(), next: ended.shared() }).await?;
        }
        Ok(())
    }

    /// Ends a live attempt and deletes what waits for it in the queue: how many entries. `None` when the
    /// row is another one by now.
    pub(super) async fn end_one(
        &self,
        ports: &Asker,
        live: &Attempt,
    ) -> Result<Option<u64>, PortFailure> {
        let Some(ended) = self.advance(live, Progress::Ended) else { return Ok(None) };
        let swap = Swap { seen: live.shared(), next: ended.shared() };
        if !ports.ask(swap).await? {
            return Ok(None);
        }
        ports.ask(EraseEntries { id: live.row().id }).await.map(Some)
    }
}
