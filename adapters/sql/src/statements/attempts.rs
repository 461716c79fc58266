use super::group;
use crate::statement::render;
use crate::{ColumnType, Dialect, Distribution, Names, Part, Statement};

const ID: Distribution = Distribution::By("id");

group! {
    /// Attempts. Bound values are columns of [`AttemptColumns`](crate::AttemptColumns). The table is
    /// distributed by `id`.
    AttemptStatements of Attempts {
        /// Binds id, seal, subject, stage, expires_at, lease_until, keep_until, bytes. No row changed
        /// means that the id exists: whether it does is decided by the primary key, and by no query
        /// before.
        insert, ID, [], INSERT, INSERT;
        /// Binds id; returns bytes.
        load, ID, [Blob], LOAD, LOAD;
        /// Binds id, the seal that was read, and seal, stage, expires_at, lease_until, keep_until and
        /// bytes of the next row. One row changed means that the row is the next one. The condition is in
        /// the row that is changed, so of several at once one changes it. The seal of the next row fits as
        /// well: a statement that a pool carries out twice answers the same both times.
        swap, ID, [], SWAP, SWAP;
        /// Binds subject; returns bytes. It asks every server, and is rare.
        list, Distribution::Every, [Blob], LIST, LIST;
        /// Binds now, now + [`AttemptRow::LONGEST_LEASE`](repass::attempt::AttemptRow::LONGEST_LEASE),
        /// the id to go on after (empty at first), and the limit; returns id and bytes. Bytes are
        /// compared as bytes in both databases, so that no collation decides what comes after what.
        unfinished, Distribution::Every, [Blob, Blob], UNFINISHED, UNFINISHED;
        /// Binds now, now + [`AttemptRow::LONGEST_KEPT`](repass::attempt::AttemptRow::LONGEST_KEPT), and
        /// how many rows to delete: a purge of many rows in one statement would run longer than a
        /// statement may, and never come to an end.
        purge, Distribution::Every, [], SQLITE_PURGE, POSTGRES_PURGE;
        /// Binds subject.
        erase, Distribution::Every, [], ERASE, ERASE;
    }
}

const INSERT: &str = "\
INSERT INTO {attempt} (id, seal, subject, stage, expires_at, lease_until, keep_until, bytes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO NOTHING";

const LOAD: &str = "SELECT bytes FROM {attempt} WHERE id = ?1";

const SWAP: &str = "\
UPDATE {attempt}
SET seal = ?3, stage = ?4, expires_at = ?5, lease_until = ?6, keep_until = ?7, bytes = ?8
WHERE id = ?1 AND seal IN (?2, ?3)";

const LIST: &str = "SELECT bytes FROM {attempt} WHERE subject = ?1";

const UNFINISHED: &str = "\
SELECT id, bytes FROM {attempt}
WHERE stage = 'running' AND (lease_until <= ?1 OR lease_until > ?2) AND id > ?3
ORDER BY id LIMIT ?4";

const SQLITE_PURGE: &str = "\
DELETE FROM {attempt} WHERE id IN (
    SELECT id FROM {attempt}
    WHERE keep_until <= ?1 OR (keep_until > ?2 AND stage <> 'running') LIMIT ?3)";

/// Rows that another statement changes at this moment are left for the next purge.
const POSTGRES_PURGE: &str = "\
WITH over AS MATERIALIZED (
    SELECT id FROM {attempt}
    WHERE keep_until <= ?1 OR (keep_until > ?2 AND stage <> 'running')
    LIMIT ?3 FOR UPDATE SKIP LOCKED)
DELETE FROM {attempt} AS attempt USING over WHERE attempt.id = over.id";

const ERASE: &str = "DELETE FROM {attempt} WHERE subject = ?1";
