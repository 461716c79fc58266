use alloc::vec::IntoIter;

use super::notice::Notice;
use super::step::{Step, Swap, ask};
use super::{AfterReset, Flow};
use crate::attempt::Progress;
use crate::port::PortFailure;

type Settled<'a> = Step<'a, Result<(), PortFailure>>;

impl Flow {
    /// Puts the notices into the queue, one for each recipient, and records that everything that
    /// followed from the change is done. After an error it can be settled again: no notice is
    /// doubled, and none is left out.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if a port failed.
    pub fn settle<'a>(&'a self, after: &'a AfterReset) -> Settled<'a> {
        self.notify(after.notices().into_iter(), after)
    }

    fn notify<'a>(&'a self, mut notices: IntoIter<Notice>, after: &'a AfterReset) -> Settled<'a> {
        let entry = notices.next().and_then(|notice| self.queue_notice(&notice));
        match entry {
            Some(entry) => ask(entry).and_then(move |_| self.notify(notices, after)),
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
