//! Port: our own table of attempts, and the counters.

use alloc::vec::Vec;
use core::future::Future;

use time::UtcDateTime;

use crate::attempt::AttemptId;
use crate::port::PortError;
use crate::reset::PendingReset;
use crate::throttle::{Count, Quota, ThrottleKey};

/// Our table of attempts, and the counters. Implementers write `async fn`.
///
/// A row is kept as [`PendingReset::to_bytes`] beside the columns that a statement asks for: id,
/// seal, subject, stage, expiry, lease and the second until which to keep it. What each clause
/// means, and what a wrong answer does:
///
/// 1. `insert` is one guarded statement. A limit that is checked before the insert is overrun by
///    two requests at once, and one more message leaves. `Exists` goes before `Full`: else a request
///    that is run again loses its letter.
/// 2. `load` returns the row as it was last written. An altered one does no harm: its seal does not
///    hold.
/// 3. `swap` is one guarded statement (`… where id = ? and seal = ?`). Two that swap the same row
///    and both win begin two commits; still only one sets the password, the other is told so.
/// 4. `owed` returns every running row whose lease is over, in the order of ids. One left out
///    leaves sessions alive after a crash.
/// 5. `count` raises the counter in one statement that is durable before it answers, also when the
///    future is dropped or the caller's transaction is rolled back. A lost count is one guess more.
/// 6. A counter opens with its first count and ends a period later; until then nothing lowers it.
/// 7. The `now` of a call is the time, and a store has no other: neither a clock of its own nor one of
///    its database (`now()`, `EXPIRE`) ends a counter, a lease or a row. One that is ahead opens
///    counters anew before they end, and lets more guesses through.
/// 8. `purge` deletes nothing whose [`keep_until`](PendingReset::keep_until) lies ahead. A running row
///    that is deleted takes with it what is owed.
pub trait ResetStore: Send + Sync {
    /// Adds a row, unless its id is taken or, with a limit, its
    /// [subject](PendingReset::subject) already has as many rows that are
    /// [live](crate::reset::Stage::Live) and not expired.
    ///
    /// # Errors
    ///
    /// Any error of the store, whether or not the row was added.
    fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Inserted, PortError>> + Send;

    /// The row of this id.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn load(
        &self,
        id: &AttemptId,
    ) -> impl Future<Output = Result<Option<PendingReset>, PortError>> + Send;

    /// Replaces `seen` by `next`, which has the same id, where the row still has the seal of `seen`;
    /// whether it did.
    ///
    /// # Errors
    ///
    /// Any error of the store, whether or not the row was replaced.
    fn swap(
        &self,
        seen: &PendingReset,
        next: &PendingReset,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// At most `limit` running rows whose lease ended at or before `now`, in the order of their ids,
    /// from the first id after `after` on.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<PendingReset>, PortError>> + Send;

    /// Raises a counter by one and tells what it says then.
    ///
    /// # Errors
    ///
    /// Any error of the store; nothing is compared or sent then.
    fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Count, PortError>> + Send;

    /// Deletes rows that need no longer be kept and counters that have ended; how many rows.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn purge(&self, now: UtcDateTime) -> impl Future<Output = Result<u64, PortError>> + Send;
}

/// What became of a row that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Inserted {
    /// It was added.
    Done,
    /// There is a row of its id already.
    Exists,
    /// The account has as many live rows as it may.
    Full,
}
