use super::group;
use crate::statement::render;
use crate::{ColumnType, Dialect, Distribution, Names, Part, Statement};

const ATTEMPT: Distribution = Distribution::By("attempt");

group! {
    /// The queue. Bound values are columns of [`QueueColumns`](crate::QueueColumns); times are
    /// microseconds. The table is distributed by `attempt`, so the primary key begins with it, although
    /// the key contains it.
    QueueStatements of Queue {
        /// Binds attempt, key, kind, scope, bytes, now, and how many requests may wait. When no row was
        /// added, `exists` tells whether the key exists or too many requests wait. The requests are
        /// counted up to the bound, by an index that has nothing else. Pushes at the same time on
        /// PostgreSQL do not see each other, so the bound can be passed by as many as there are
        /// connections.
        push, Distribution::Every, [], SQLITE_PUSH, POSTGRES_PUSH;
        /// Binds attempt and key; returns 1 if there is such an entry.
        exists, ATTEMPT, [Integer], SQLITE_EXISTS, POSTGRES_EXISTS;
        /// Binds the token, the end of the lease, scope, now, limit and
        /// [`latest_due`](crate::latest_due); returns kind, was_due, key, scope, bytes and tries, in no
        /// order: sort by the first three.
        ///
        /// While an entry is claimed, `due` is the end of its lease, so that one condition finds what is
        /// due and what a crashed worker left behind. On PostgreSQL, entries that another claim takes at
        /// this moment are skipped; the query that locks them is materialized, because a plan that
        /// carried it out again would lock more than the limit.
        claim, Distribution::Every, [Integer, Integer, Blob, Blob, Blob, Integer],
            SQLITE_CLAIM, POSTGRES_CLAIM;
        /// Binds attempt, key and token: only who still holds the entry deletes it.
        done, ATTEMPT, [], DONE, DONE;
        /// Binds attempt, key, token, and when it is due again.
        retry, ATTEMPT, [], RETRY, RETRY;
        /// Binds the attempt.
        erase, ATTEMPT, [], ERASE, ERASE;
    }
}

const SQLITE_PUSH: &str = "\
INSERT INTO {queue} (attempt, key, kind, scope, bytes, due, was_due, tries)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, 0
WHERE ?3 <> 3 OR ?7 > (SELECT count(*) FROM (SELECT 1 FROM {queue} WHERE kind = 3 LIMIT ?7))
ON CONFLICT (attempt, key) DO NOTHING";

const POSTGRES_PUSH: &str = "\
INSERT INTO {queue} (attempt, key, kind, scope, bytes, due, was_due, tries)
SELECT CAST(?1 AS bytea), CAST(?2 AS bytea), CAST(?3 AS bigint), CAST(?4 AS bytea),
    CAST(?5 AS bytea), CAST(?6 AS bigint), CAST(?6 AS bigint), 0
WHERE CAST(?3 AS bigint) <> 3 OR CAST(?7 AS bigint) > (SELECT count(*) FROM (
    SELECT 1 FROM {queue} WHERE kind = 3 LIMIT CAST(?7 AS bigint)) AS waiting)
ON CONFLICT (attempt, key) DO NOTHING";

const SQLITE_EXISTS: &str = "SELECT 1 FROM {queue} WHERE attempt = ?1 AND key = ?2";

const POSTGRES_EXISTS: &str =
    "SELECT CAST(1 AS bigint) FROM {queue} WHERE attempt = ?1 AND key = ?2";

const SQLITE_CLAIM: &str = "\
UPDATE {queue} SET token = ?1, was_due = due, due = ?2, tries = tries + 1
WHERE (attempt, key) IN (
    SELECT attempt, key FROM {queue} WHERE scope = ?3 AND (due <= ?4 OR due > ?6)
    ORDER BY kind, due, key LIMIT ?5)
RETURNING kind, was_due, key, scope, bytes, tries";

const POSTGRES_CLAIM: &str = "\
WITH taken AS MATERIALIZED (
    SELECT attempt, key FROM {queue} WHERE scope = ?3 AND (due <= ?4 OR due > ?6)
    ORDER BY kind, due, key LIMIT ?5 FOR UPDATE SKIP LOCKED)
UPDATE {queue} AS q SET token = ?1, was_due = q.due, due = ?2, tries = q.tries + 1
FROM taken WHERE q.attempt = taken.attempt AND q.key = taken.key
RETURNING q.kind, q.was_due, q.key, q.scope, q.bytes, q.tries";

const DONE: &str = "DELETE FROM {queue} WHERE attempt = ?1 AND key = ?2 AND token = ?3";

const RETRY: &str = "\
UPDATE {queue} SET due = ?4, token = NULL WHERE attempt = ?1 AND key = ?2 AND token = ?3";

const ERASE: &str = "DELETE FROM {queue} WHERE attempt = ?1";
