use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use time::UtcDateTime;

use super::PortError;
use crate::attempt::AttemptId;
use crate::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};

/// The queue of requests, messages and notices. Implementers write `async fn`.
///
/// What each clause means, what a wrong answer does, and the conformance test that shows it:
///
/// 1. `push` adds the entry unless its key exists, durably, in one statement, and `claim` returns it
///    as it was pushed. A second entry of one key is a second message. (`push_never_doubles`,
///    `claim_returns_what_was_pushed`)
/// 2. The number of requests that wait is bounded; beyond it `push` answers [`Pushed::Full`] to every
///    request. Messages and notices are always added: each follows from a request or a change that is
///    done. (`push_bounds_the_requests_that_wait`)
/// 3. `claim` takes only entries of the claimed scope that are due and that no running lease holds. It
///    takes notices before messages, and messages before requests; among entries of one kind, it takes
///    the one that has been due longest. The order of the entries in the answer does not matter. Two
///    workers never hold the same entry: it would be delivered twice. If an entry is due later than
///    [`QueueEntry::LONGEST_WAIT`] and 120 s from now, a wrong clock put it off, and `claim` treats it as
///    due. (`claim_gives_an_entry_to_one_worker`, `claim_takes_requests_last`, `claim_takes_only_its_scope`,
///    `claim_takes_what_a_wrong_clock_put_off`)
/// 4. When a lease is over, the entry can be claimed again, and its number of tries is one higher.
///    Otherwise the entries of a worker that crashed are lost. (`claim_takes_over_when_the_lease_is_over`)
/// 5. `done` deletes an entry, and `retry` puts it off, only if the entry still carries the token of the
///    worker; the answer says whether it did. A worker that lost its lease must not acknowledge an entry
///    that another worker holds. (`done_needs_the_token`, `retry_needs_the_token`)
/// 6. An entry that fails is put off, and the others are still claimed: an entry that always fails never
///    delays the rest. (`a_failing_entry_does_not_block_others`)
/// 7. `erase` deletes the entries of one attempt. (`erase_deletes_the_entries_of_one_attempt`)
pub trait Queue: Send + Sync {
    /// Adds an entry, which is due at once, unless its key exists.
    ///
    /// # Errors
    ///
    /// Any error of the queue, whether or not the entry was added.
    fn push(
        &self,
        entry: &QueueEntry,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Pushed, PortError>> + Send;

    /// Claims entries that are due.
    ///
    /// # Errors
    ///
    /// Any error of the queue; what was claimed comes back when the lease is over.
    fn claim(
        &self,
        claim: &Claim,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<Claimed>, PortError>> + Send;

    /// Deletes an entry that is done; whether the token still held it.
    ///
    /// # Errors
    ///
    /// Any error of the queue.
    fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Gives an entry back, to be claimed again from `due` on; whether the token still held it.
    ///
    /// # Errors
    ///
    /// Any error of the queue.
    fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Deletes all entries of an attempt; how many.
    ///
    /// # Errors
    ///
    /// Any error of the queue.
    fn erase(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<u64, PortError>> + Send;
}

impl<Q: Queue> Queue for Arc<Q> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        (**self).push(entry, now).await
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        (**self).claim(claim, now).await
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        (**self).done(key, token, now).await
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        (**self).retry(key, token, due, now).await
    }

    async fn erase(&self, id: &AttemptId, now: UtcDateTime) -> Result<u64, PortError> {
        (**self).erase(id, now).await
    }
}
