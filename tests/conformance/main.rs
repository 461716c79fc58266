//! The suites of `repass::conformance`: the ports in memory pass, and each broken port fails exactly
//! the clause that it breaks.

mod accounts;
mod attempts;
mod counters;
mod memory;
mod queue;

use std::future::poll_fn;
use std::task::Poll;

/// Lets the other calls of a race go first, once.
async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        if core::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
