use alloc::vec::IntoIter;

use super::notice::Notice;
use super::step::{Step, Swap, ask};
use super::{AfterReset, Flow, WrongAnswer, pushing};
use crate::attempt::Progress;
use crate::port::{Port, PortFailure};

type Settled<'a> = Step<'a, Result<(), PortFailure>>;

impl Flow {
    /// Puts the notices into the queue, one for each recipient, and records that everything that
    /// followed from the change is done. After an error it can be settled again: no notice is left
    /// out, and one that still waits is not doubled.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed, and for the change of another purpose or
    /// tenant, which a flow of that scope has to settle.
    pub fn settle<'a>(&'a self, after: &'a AfterReset) -> Settled<'a> {
        if after.attempt().row().scope != self.scope_tag {
            return Step::Done(Err(PortFailure::new(Port::Attempts, WrongAnswer.into())));
        }
        self.notify(after.notices().into_iter(), after)
    }

    fn notify<'a>(&'a self, mut notices: IntoIter<Notice>, after: &'a AfterReset) -> Settled<'a> {
        let entry = notices.next().and_then(|notice| self.queue_notice(&notice));
        match entry {
            Some(entry) => pushing(entry).and_then(move |()| self.notify(notices, after)),
            None => self.record(after),
        }
    }

    fn record<'a>(&'a self, after: &'a AfterReset) -> Settled<'a> {
        let running = after.attempt();
        match self.advance(running, Progress::Settled) {
            // A row that has changed was settled before, or was taken over and comes again.
            Some(settled) => ask(Swap { seen: running.shared(), next: settled.shared() })
                .and_then(|_| Step::Done(Ok(()))),
            // Its key is gone, and the row goes when it need no longer be kept.
            None => Step::Done(Ok(())),
        }
    }
}
