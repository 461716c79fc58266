use alloc::sync::Arc;
use core::future::{Future, pending, poll_fn};
use core::panic::AssertUnwindSafe;
use core::pin::pin;
use core::task::Poll;
use std::panic::{catch_unwind, resume_unwind};

use repass::port::{PortError, PortFailure, Ports};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Change, CommitError, Housekeeping, Worked};
use repass::secret::RandomError;
use repass::time::UtcDateTime;
use tokio::task::JoinError;

/// What the service itself has to do when a password was set, and where it wants to be told what
/// happened. Implementers write `async fn`.
pub trait Host: Send + Sync + 'static {
    /// Does what [`AfterReset::duties`] says: ends sessions, forgets browsers, revokes tokens. It may
    /// be called again for the same change; the second time does no harm.
    ///
    /// # Errors
    ///
    /// Any error: the change is not settled, and comes again with the housekeeping. A panic counts as
    /// an error.
    fn carry_out(&self, after: &AfterReset) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Is told what happened, for logs and metrics; does nothing by default.
    fn report(&self, event: Event<'_>) {
        let _ = event;
    }
}

/// Something that a [`Worker`](crate::Worker) or [`finish`] did or met.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An entry of the queue was worked on.
    Worked(&'a Worked),
    /// The housekeeping was done.
    Housekept(&'a Housekeeping),
    /// A port failed; what it had to do is done later.
    Failed(&'a PortFailure),
    /// The host could not carry out its duties; they come again.
    DutiesFailed(&'a PortError),
    /// Work on one entry panicked or took longer than its lease allows; it comes again.
    EntryLost,
    /// The operating system gave no randomness; nothing was claimed.
    Random(&'a RandomError),
}

/// Sets a password, lets the host carry out its duties, and settles the change, which sends the notices.
///
/// The work is done by a task of its own. A web framework drops the future of a request when the client
/// hangs up; the task goes on all the same, so that an attacker who has a stolen link cannot delay the
/// duties and the notice by closing the connection. Only a runtime that shuts down stops it, and then
/// the housekeeping finishes the work. The future must be polled once to begin.
///
/// When the password is set, the result is `Ok`: duties that fail, or panic, are reported to the host
/// and come again with the housekeeping.
///
/// # Errors
///
/// [`CommitError`] says why the password was not set, or that it is not known.
///
/// # Panics
///
/// Panics outside a tokio runtime, and if a port panics.
pub async fn finish<P: Ports + 'static, H: Host>(
    recovery: &Recovery<P>,
    host: &Arc<H>,
    change: Change,
    now: UtcDateTime,
) -> Result<AfterReset, CommitError> {
    let (recovery, host) = (recovery.clone(), Arc::clone(host));
    let task = tokio::spawn(async move {
        let after = recovery.commit(change, now).await?;
        settle(&recovery, &*host, &after, now).await;
        Ok(after)
    });
    match task.await.map_err(JoinError::try_into_panic) {
        Ok(finished) => finished,
        Err(Ok(panic)) => resume_unwind(panic),
        // The runtime is shutting down, and drops this future as it dropped the task.
        Err(Err(_)) => pending().await,
    }
}

pub(crate) async fn settle<P: Ports, H: Host>(
    recovery: &Recovery<P>,
    host: &H,
    after: &AfterReset,
    now: UtcDateTime,
) {
    let done = match unwound(host.carry_out(after)).await {
        Some(done) => done,
        None => Err(PortError::new("the host panicked")),
    };
    if let Err(error) = done {
        host.report(Event::DutiesFailed(&error));
    } else if let Err(failure) = recovery.settle(after, now).await {
        host.report(Event::Failed(&failure));
    }
}

/// The output of a future; `None` if it panics.
async fn unwound<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // After a panic it is not polled again.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}
