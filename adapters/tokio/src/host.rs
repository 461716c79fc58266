use core::future::Future;

use repass::port::{PortError, PortFailure, Ports};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Change, CommitError, Housekeeping, Worked};
use repass::secret::RandomError;
use repass::time::UtcDateTime;

/// What the service itself has to do when a password was set, and where it wants to be told what
/// happened. Implementers write `async fn`.
pub trait Host: Send + Sync + 'static {
    /// Does what [`AfterReset::duties`] says: ends sessions, forgets browsers, revokes tokens. It may
    /// be called again for the same change; the second time does no harm.
    ///
    /// # Errors
    ///
    /// Any error: the change is not settled, and comes again with the housekeeping.
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

/// Sets a password, lets the host carry out its duties, and settles the change.
///
/// When the password is set, the result is `Ok`: duties that fail are reported to the host and come
/// again with the housekeeping.
///
/// # Errors
///
/// [`CommitError`] says why the password was not set, or that it is not known.
pub async fn finish<P: Ports, H: Host>(
    recovery: &Recovery<P>,
    host: &H,
    change: Change,
    now: UtcDateTime,
) -> Result<AfterReset, CommitError> {
    let after = recovery.commit(change, now).await?;
    settle(recovery, host, &after, now).await;
    Ok(after)
}

pub(crate) async fn settle<P: Ports, H: Host>(
    recovery: &Recovery<P>,
    host: &H,
    after: &AfterReset,
    now: UtcDateTime,
) {
    if let Err(error) = host.carry_out(after).await {
        host.report(Event::DutiesFailed(&error));
    } else if let Err(failure) = recovery.settle(after, now).await {
        host.report(Event::Failed(&failure));
    }
}
