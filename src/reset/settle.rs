use super::step::{Asker, Step, Swap, operation};
use super::{AfterReset, Flow, WrongAnswer, pushing};
use crate::attempt::Progress;
use crate::port::{Port, PortFailure};

impl Flow {
    /// Puts the notices into the queue, one for each recipient, and records that everything that
    /// followed from the change is done. After an error it can be settled again: no notice is left
    /// out, and one that still waits is not doubled.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed, and for the change of another purpose or
    /// tenant, which a flow of that scope has to settle.
    pub fn settle<'a>(&'a self, after: &'a AfterReset) -> Step<'a, Result<(), PortFailure>> {
        operation(|ports| async move { self.settled(&ports, after).await })
    }

    async fn settled(&self, ports: &Asker, after: &AfterReset) -> Result<(), PortFailure> {
        let running = after.attempt();
        if running.row().scope != self.scope_tag {
            return Err(PortFailure::new(Port::Attempts, WrongAnswer.into()));
        }
        let stop_until = self.stop_until(running);
        for notice in after.notices() {
            if let Some(entry) = self.queue_notice(&notice.with_stop(stop_until)) {
                pushing(ports, entry).await?;
            }
        }
        // A row whose key is gone goes when it need no longer be kept.
        if let Some(settled) = self.advance(running, Progress::Settled) {
            // A row that has changed was settled before, or was taken over and comes again.
            ports.ask(Swap { seen: running.shared(), next: settled.shared() }).await?;
        }
        Ok(())
    }
}
