use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use time::UtcDateTime;

use super::PortError;
use crate::attempt::{AttemptId, AttemptRow, SubjectId};

/// The table of attempts. Implementers write `async fn`.
///
/// A row is kept as [`AttemptRow::to_bytes`] beside the columns that a statement asks for: id, seal,
/// subject, stage, expiry, lease and the moment until which it is kept.
///
/// What each clause means, what a wrong answer does, and the conformance test that shows it:
///
/// 1. `insert` adds the row unless its id exists, in one statement. One that overwrites lets a
///    repeated request revive a used secret. (`insert_never_overwrites`)
/// 2. `load` returns the row as it was last written, to every handle of the store. An altered row
///    does no harm: its seal does not hold. (`load_returns_what_was_written_last`)
/// 3. `swap` is one guarded statement (`… where id = ? and seal in (seen, next)`). If two that swap
///    the same row both succeed, two commits begin; still only one sets the password.
///    (`swap_lets_one_of_two_succeed`)
/// 4. `swap` answers `true` where the row already is `next`: a pool or a client may carry a statement
///    out twice. With `false` the caller that succeeded would be told that it did not.
///    (`swap_answers_its_own_repeat`)
/// 5. `unfinished` returns every row for which [`AttemptRow::is_unfinished`] holds, in the order of
///    the bytes of the ids (never as text in a locale), from the first id after `after` on. If one is
///    left out, sessions stay alive after a crash. (`unfinished_finds_every_crashed_commit`,
///    `unfinished_pages_by_the_bytes_of_the_id`)
/// 6. `list` returns every row of the subject, however far it has come, and no other. If one is left
///    out, personal data of a deleted account stays in the queue.
///    (`list_returns_the_rows_of_one_subject`)
/// 7. `purge` deletes the rows for which [`AttemptRow::is_over`] holds, and no others. If a row is
///    deleted early, a used secret is accepted again, or what is unfinished is lost.
///    (`purge_spares_what_is_kept`)
/// 8. `erase` deletes all rows of the subject, of this subject only.
///    (`erase_deletes_the_rows_of_one_subject`)
/// 9. Rows are never evicted to make room: a full store refuses new ones. (`rows_are_not_evicted`)
pub trait Attempts: Send + Sync {
    /// Adds a row, unless its id exists.
    ///
    /// # Errors
    ///
    /// Any error of the store, whether or not the row was added.
    fn insert(
        &self,
        row: &AttemptRow,
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
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Option<AttemptRow>, PortError>> + Send;

    /// Replaces `seen` by `next`, which has the same id, where the row still has the seal of `seen`;
    /// whether the row is `next` now.
    ///
    /// # Errors
    ///
    /// Any error of the store, whether or not the row was replaced.
    fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// All rows of a subject.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<AttemptRow>, PortError>> + Send;

    /// At most `limit` commits that began and crashed, in the order of their ids, from the first id
    /// after `after` on.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<AttemptRow>, PortError>> + Send;

    /// Deletes rows that need no longer be kept; how many.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn purge(&self, now: UtcDateTime) -> impl Future<Output = Result<u64, PortError>> + Send;

    /// Deletes all rows of a subject; how many.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn erase(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<u64, PortError>> + Send;
}

/// What became of a row that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a caller has to tell one from the other")]
pub enum Inserted {
    /// It was added.
    Done,
    /// There is a row of its id already.
    Exists,
}

impl<S: Attempts> Attempts for Arc<S> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        (**self).insert(row, now).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        (**self).load(id, now).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        (**self).swap(seen, next, now).await
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        (**self).list(subject, now).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        (**self).unfinished(after, limit, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        (**self).purge(now).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        (**self).erase(subject, now).await
    }
}
