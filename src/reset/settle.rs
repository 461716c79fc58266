use time::UtcDateTime;

use super::step::{Asker, Step, Swap, operation};
use super::{AfterReset, Flow, WrongAnswer};
use crate::attempt::Progress;
use crate::port::{Port, PortFailure};

impl Flow {
    /// Puts the notices into the queue, one for each recipient, and records that everything that
    /// followed from the change is done. A text message is left out when as many of these notices as are
    /// allowed in a day were sent by SMS. After an error it can be settled again: no notice is left
    /// out, and one that still waits is not doubled.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed, and for the change of another purpose or
    /// tenant, which a flow of that scope has to settle.
    pub fn settle<'a>(
        &'a self,
        after: &'a AfterReset,
        now: UtcDateTime,
    ) -> Step<'a, Result<(), PortFailure>> {
        operation(move |ports| async move { self.settled(&ports, after, now).await })
    }

    async fn settled(
        &self,
        ports: &Asker,
        after: &AfterReset,
        now: UtcDateTime,
    ) -> Result<(), PortFailure> {
        let running = after.attempt();
        if running.row().scope != self.scope_tag {
            return Err(PortFailure::new(Port::Attempts, WrongAnswer.into()));
        }
        let stop_until = self.stop_until(running);
        let notices = after.notices(|contact| self.sends_to(contact));
        let notices = notices.into_iter().map(|notice| notice.with_stop(stop_until)).collect();
        self.push_notices(ports, after.account(), notices, now).await?;
        // A row whose key is gone goes when it need no longer be kept.
        if let Some(settled) = self.advance(running, Progress::Settled) {
            // A row that has changed was settled before, or was taken over and comes again.
            ports.ask(Swap { seen: running.shared(), next: settled.shared() }).await?;
        }
        Ok(())
    }
}
