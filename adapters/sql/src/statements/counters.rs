use super::group;
use crate::statement::render;
use crate::{ColumnType, Dialect, Distribution, Names, Part, Statement};

group! {
    /// Counters. Bound values are those of [`CounterValues`](crate::CounterValues). The table is
    /// distributed by `key`.
    CounterStatements of Counters {
        /// Binds key, ends_at, now, latest_end, once (or null) and max; returns number and ends_at.
        ///
        /// One statement raises and reads: the row is locked before it is read, so counts at the same
        /// time get numbers of their own. The column `once` lists what was counted and the number that
        /// was answered, each as `/<48 hexadecimal digits>:<10 digits>`, so that the same statement also
        /// finds a repeat. What goes over the quota goes over it again, and is not listed: the list is
        /// no longer than the quota. A counter that has ended, or that a wrong clock opened, starts
        /// anew.
        count, Distribution::By("key"), [Integer, Integer], SQLITE_COUNT, POSTGRES_COUNT;
        /// Binds the two of [`counter_purge_bounds`](crate::counter_purge_bounds), and how many counters
        /// to delete.
        purge, Distribution::Every, [], SQLITE_PURGE, POSTGRES_PURGE;
    }
}

const SQLITE_COUNT: &str = "\
INSERT INTO {counter} (key, number, ends_at, once)
VALUES (?1, 1, ?2, CASE WHEN ?5 IS NULL OR ?6 < 1 THEN '' ELSE '/' || ?5 || ':0000000001' END)
ON CONFLICT (key) DO UPDATE SET
    number = CASE
        WHEN ends_at <= ?3 OR ends_at > ?4 THEN 1
        WHEN instr(once, '/' || ?5 || ':') > 0 THEN number
        ELSE min(number + 1, 4294967295) END,
    ends_at = CASE WHEN ends_at <= ?3 OR ends_at > ?4 THEN excluded.ends_at ELSE ends_at END,
    once = CASE
        WHEN ends_at <= ?3 OR ends_at > ?4 THEN excluded.once
        WHEN ?5 IS NULL OR number >= ?6 OR instr(once, '/' || ?5 || ':') > 0 THEN once
        ELSE once || '/' || ?5 || printf(':%010d', number + 1) END
RETURNING
    CASE WHEN instr(once, '/' || ?5 || ':') > 0
        THEN CAST(substr(once, instr(once, '/' || ?5 || ':') + 50, 10) AS INTEGER)
        ELSE number END,
    ends_at";

const POSTGRES_COUNT: &str = "\
INSERT INTO {counter} AS c (key, number, ends_at, once)
VALUES (?1, 1, ?2, CASE WHEN CAST(?5 AS text) IS NULL OR CAST(?6 AS bigint) < 1 THEN ''
    ELSE '/' || CAST(?5 AS text) || ':0000000001' END)
ON CONFLICT (key) DO UPDATE SET
    number = CASE
        WHEN c.ends_at <= ?3 OR c.ends_at > ?4 THEN 1
        WHEN strpos(c.once, '/' || CAST(?5 AS text) || ':') > 0 THEN c.number
        ELSE least(c.number + 1, 4294967295) END,
    ends_at = CASE WHEN c.ends_at <= ?3 OR c.ends_at > ?4 THEN excluded.ends_at ELSE c.ends_at END,
    once = CASE
        WHEN c.ends_at <= ?3 OR c.ends_at > ?4 THEN excluded.once
        WHEN CAST(?5 AS text) IS NULL OR c.number >= CAST(?6 AS bigint)
            OR strpos(c.once, '/' || CAST(?5 AS text) || ':') > 0 THEN c.once
        ELSE c.once || '/' || CAST(?5 AS text) || ':' || lpad(CAST(c.number + 1 AS text), 10, '0') END
RETURNING
    CASE WHEN strpos(c.once, '/' || CAST(?5 AS text) || ':') > 0
        THEN CAST(substr(c.once, strpos(c.once, '/' || CAST(?5 AS text) || ':') + 50, 10) AS bigint)
        ELSE c.number END,
    c.ends_at";

const SQLITE_PURGE: &str = "\
DELETE FROM {counter} WHERE key IN (
    SELECT key FROM {counter} WHERE ends_at <= ?1 OR ends_at > ?2 LIMIT ?3)";

const POSTGRES_PURGE: &str = "\
WITH over AS MATERIALIZED (
    SELECT key FROM {counter} WHERE ends_at <= ?1 OR ends_at > ?2
    LIMIT ?3 FOR UPDATE SKIP LOCKED)
DELETE FROM {counter} AS counter USING over WHERE counter.key = over.key";
