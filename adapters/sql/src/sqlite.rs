//! Tables and statements for SQLite 3.37 and later. Values are bound by number.
//!
//! SQLite lets one statement write at a time, and a statement sees all that was committed before it.
//! A condition inside a statement therefore holds when the row is changed. Use WAL mode,
//! `synchronous = FULL` so that a count is durable before it is answered, and a busy timeout.

/// The version of the tables, which [`READ_VERSION`] returns. A program that finds a higher one was
/// built before the tables were changed, and must not use them.
pub const VERSION: i64 = 1;

/// The statements that make the tables, to be run in one transaction that is `IMMEDIATE` from the
/// start. They change nothing where the tables exist.
pub const SCHEMA: [&str; 16] = [
    "CREATE TABLE IF NOT EXISTS repass_version (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL) STRICT",
    "INSERT INTO repass_version (only_row, version) VALUES (1, 1) ON CONFLICT DO NOTHING",
    "CREATE TABLE IF NOT EXISTS repass_attempt (
        id BLOB PRIMARY KEY NOT NULL, seal BLOB NOT NULL, subject BLOB NOT NULL,
        stage TEXT NOT NULL, expires_at INTEGER NOT NULL, lease_until INTEGER,
        keep_until INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS repass_attempt_subject ON repass_attempt (subject)",
    "CREATE INDEX IF NOT EXISTS repass_attempt_running ON repass_attempt (id)
        WHERE stage = 'running'",
    "CREATE INDEX IF NOT EXISTS repass_attempt_keep ON repass_attempt (keep_until)",
    "CREATE TABLE IF NOT EXISTS repass_counter (
        key BLOB PRIMARY KEY NOT NULL, number INTEGER NOT NULL, ends_at INTEGER NOT NULL,
        once TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS repass_counter_end ON repass_counter (ends_at)",
    "CREATE TABLE IF NOT EXISTS repass_queue (
        key BLOB PRIMARY KEY NOT NULL, kind INTEGER NOT NULL, attempt BLOB NOT NULL,
        scope BLOB NOT NULL, bytes BLOB NOT NULL, due INTEGER NOT NULL, was_due INTEGER NOT NULL,
        tries INTEGER NOT NULL, token BLOB) STRICT, WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS repass_queue_due ON repass_queue (scope, kind, due)",
    "CREATE INDEX IF NOT EXISTS repass_queue_attempt ON repass_queue (attempt)",
    "CREATE INDEX IF NOT EXISTS repass_queue_requests ON repass_queue (kind) WHERE kind = 3",
    // The three tables of accounts, for services without a user table of their own.
    accounts::TABLE,
    accounts::EMAIL_TABLE,
    "CREATE INDEX IF NOT EXISTS repass_account_email_account ON repass_account_email (account)",
    accounts::PAST_TABLE,
];

/// Returns the version of the tables.
pub const READ_VERSION: &str = "SELECT version FROM repass_version";

/// Attempts. Bound values are columns of [`AttemptColumns`](crate::AttemptColumns).
pub mod attempts {
    /// Binds id, seal, subject, stage, expires_at, lease_until, keep_until, bytes. No row changed
    /// means that the id exists.
    pub const INSERT: &str = "
        INSERT INTO repass_attempt
            (id, seal, subject, stage, expires_at, lease_until, keep_until, bytes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (id) DO NOTHING";

    /// Binds id; returns bytes.
    pub const LOAD: &str = "SELECT bytes FROM repass_attempt WHERE id = ?1";

    /// Binds id, the seal that was read, and seal, stage, expires_at, lease_until, keep_until and bytes
    /// of the next row. One row changed means that the row is the next one. The seal of the next row
    /// fits as well, so that a statement that is carried out twice answers the same both times.
    pub const SWAP: &str = "
        UPDATE repass_attempt
        SET seal = ?3, stage = ?4, expires_at = ?5, lease_until = ?6, keep_until = ?7, bytes = ?8
        WHERE id = ?1 AND seal IN (?2, ?3)";

    /// Binds subject; returns bytes.
    pub const LIST: &str = "SELECT bytes FROM repass_attempt WHERE subject = ?1";

    /// Binds now, now + [`AttemptRow::LONGEST_LEASE`](repass::attempt::AttemptRow::LONGEST_LEASE), the
    /// id to go on after (empty at first), and the limit; returns id and bytes. Blobs are compared by
    /// their bytes.
    pub const UNFINISHED: &str = "
        SELECT id, bytes FROM repass_attempt
        WHERE stage = 'running' AND (lease_until <= ?1 OR lease_until > ?2) AND id > ?3
        ORDER BY id LIMIT ?4";

    /// Binds now and now + [`AttemptRow::LONGEST_KEPT`](repass::attempt::AttemptRow::LONGEST_KEPT).
    pub const PURGE: &str = "
        DELETE FROM repass_attempt
        WHERE keep_until <= ?1 OR (keep_until > ?2 AND stage <> 'running')";

    /// Binds subject.
    pub const ERASE: &str = "DELETE FROM repass_attempt WHERE subject = ?1";
}

/// Counters. Bound values are those of [`CounterValues`](crate::CounterValues).
pub mod counters {
    /// Binds key, ends_at, now, latest_end, once (or null) and max; returns number and ends_at.
    ///
    /// The column `once` lists what was counted and the number that was answered, each as
    /// `/<48 hexadecimal digits>:<10 digits>`, so that the same statement that raises the counter
    /// also finds a repeat. What goes over the quota goes over it again, and is not listed: the list is
    /// no longer than the quota. A counter that has ended, or that a wrong clock opened, starts anew.
    pub const COUNT: &str = "
        INSERT INTO repass_counter (key, number, ends_at, once)
        VALUES (?1, 1, ?2, CASE WHEN ?5 IS NULL OR ?6 < 1 THEN '' ELSE '/' || ?5 || ':0000000001' END)
        ON CONFLICT (key) DO UPDATE SET
            number = CASE
                WHEN ends_at <= ?3 OR ends_at > ?4 THEN 1
                WHEN instr(once, '/' || ?5 || ':') > 0 THEN number
                ELSE min(number + 1, 4294967295) END,
            ends_at = CASE
                WHEN ends_at <= ?3 OR ends_at > ?4 THEN excluded.ends_at
                ELSE ends_at END,
            once = CASE
                WHEN ends_at <= ?3 OR ends_at > ?4 THEN excluded.once
                WHEN ?5 IS NULL OR number >= ?6 OR instr(once, '/' || ?5 || ':') > 0 THEN once
                ELSE once || '/' || ?5 || printf(':%010d', number + 1) END
        RETURNING
            CASE WHEN instr(once, '/' || ?5 || ':') > 0
                THEN CAST(substr(once, instr(once, '/' || ?5 || ':') + 50, 10) AS INTEGER)
                ELSE number END,
            ends_at";

    /// Binds the two of [`counter_purge_bounds`](crate::counter_purge_bounds).
    pub const PURGE: &str = "DELETE FROM repass_counter WHERE ends_at <= ?1 OR ends_at > ?2";
}

/// The queue. Bound values are columns of [`QueueColumns`](crate::QueueColumns); times are
/// microseconds.
pub mod queue {
    /// Binds key, kind, attempt, scope, bytes, now, and how many requests may wait. When no row was
    /// added, [`EXISTS`] tells whether the key exists or too many requests wait.
    pub const PUSH: &str = "
        INSERT INTO repass_queue (key, kind, attempt, scope, bytes, due, was_due, tries)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, 0
        WHERE ?2 <> 3 OR ?7 >
            (SELECT count(*) FROM (SELECT 1 FROM repass_queue WHERE kind = 3 LIMIT ?7))
        ON CONFLICT (key) DO NOTHING";

    /// Binds key; returns one row if it exists.
    pub const EXISTS: &str = "SELECT 1 FROM repass_queue WHERE key = ?1";

    /// Binds the token, the end of the lease, scope, now, limit and
    /// [`latest_due`](crate::latest_due); returns kind, was_due, key, scope,
    /// bytes and tries, in no order: sort by the first three.
    ///
    /// While an entry is claimed, `due` is the end of its lease, so that one condition finds what is
    /// due and what a crashed worker left behind.
    pub const CLAIM: &str = "
        UPDATE repass_queue SET token = ?1, was_due = due, due = ?2, tries = tries + 1
        WHERE key IN (
            SELECT key FROM repass_queue WHERE scope = ?3 AND (due <= ?4 OR due > ?6)
            ORDER BY kind, due, key LIMIT ?5)
        RETURNING kind, was_due, key, scope, bytes, tries";

    /// Binds key and token.
    pub const DONE: &str = "DELETE FROM repass_queue WHERE key = ?1 AND token = ?2";

    /// Binds key, token, and when it is due again.
    pub const RETRY: &str = "
        UPDATE repass_queue SET due = ?3, token = NULL WHERE key = ?1 AND token = ?2";

    /// Binds the attempt.
    pub const ERASE: &str = "DELETE FROM repass_queue WHERE attempt = ?1";
}

/// A simple user table, for services that have none.
///
/// The version of an account is a column of its row, and every change of its addresses raises it in
/// the same transaction. A new password is therefore set by one statement whose condition reads one row.
pub mod accounts {
    pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS repass_account (
        id TEXT PRIMARY KEY NOT NULL, login TEXT, login_canonical TEXT UNIQUE,
        first_name TEXT NOT NULL, last_name TEXT NOT NULL, password TEXT, enabled INTEGER NOT NULL,
        version INTEGER NOT NULL, epoch INTEGER NOT NULL, changed_at INTEGER, must_change TEXT,
        must_change_until INTEGER, requires_recovery INTEGER NOT NULL) STRICT, WITHOUT ROWID";

    pub(super) const EMAIL_TABLE: &str = "CREATE TABLE IF NOT EXISTS repass_account_email (
        canonical TEXT NOT NULL, account TEXT NOT NULL REFERENCES repass_account (id)
            ON DELETE CASCADE,
        position INTEGER NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL
            CHECK (state IN ('verified', 'unverified', 'replaced')),
        PRIMARY KEY (canonical, account, state)) STRICT, WITHOUT ROWID";

    pub(super) const PAST_TABLE: &str = "CREATE TABLE IF NOT EXISTS repass_account_past (
        account TEXT NOT NULL REFERENCES repass_account (id) ON DELETE CASCADE,
        number INTEGER NOT NULL, password TEXT NOT NULL, replaced_at INTEGER NOT NULL,
        PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID";

    macro_rules! select {
        ($condition:literal) => {
            concat!(
                "SELECT a.id, a.login, a.first_name, a.last_name, a.password, a.enabled, a.version,
                    a.epoch, a.changed_at, a.must_change, a.must_change_until,
                    a.requires_recovery, e.address, e.state
                FROM repass_account a LEFT JOIN repass_account_email e ON e.account = a.id
                WHERE ",
                $condition,
                " ORDER BY a.id, e.position"
            )
        };
    }

    /// Binds id; returns an account, once for each of its addresses. One statement reads both
    /// tables, so that they are of one moment.
    pub const LOAD: &str = select!("a.id = ?1");

    /// Binds an address in its canonical spelling; returns accounts, once for each of their addresses.
    pub const FIND_BY_EMAIL: &str =
        select!("a.id IN (SELECT account FROM repass_account_email WHERE canonical = ?1)");

    /// Binds a login in its canonical spelling; returns accounts, once for each of their addresses.
    pub const FIND_BY_LOGIN: &str = select!("a.login_canonical = ?1");

    /// Binds id, login, its canonical spelling, first_name, last_name, password, enabled, version, epoch,
    /// changed_at, must_change, must_change_until and requires_recovery.
    pub const PUT: &str = "
        INSERT INTO repass_account
            (id, login, login_canonical, first_name, last_name, password, enabled, version, epoch,
             changed_at, must_change, must_change_until, requires_recovery)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (id) DO UPDATE SET
            login = excluded.login, login_canonical = excluded.login_canonical,
            first_name = excluded.first_name, last_name = excluded.last_name,
            password = excluded.password, enabled = excluded.enabled, version = excluded.version,
            epoch = excluded.epoch, changed_at = excluded.changed_at,
            must_change = excluded.must_change, must_change_until = excluded.must_change_until,
            requires_recovery = excluded.requires_recovery";

    /// Binds the account; deletes its addresses.
    pub const DELETE_EMAILS: &str = "DELETE FROM repass_account_email WHERE account = ?1";

    /// Binds canonical, account, position, address and state.
    pub const PUT_EMAIL: &str = "
        INSERT INTO repass_account_email (canonical, account, position, address, state)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO NOTHING";

    /// Binds id, the stored text and the version that were read, the new hash, the moment, must_change,
    /// must_change_until, and whether recovery was required; returns version and epoch. No row
    /// means that the account has changed.
    pub const SET_PASSWORD: &str = "
        UPDATE repass_account
        SET password = ?4, version = version + 1, epoch = epoch + 1, changed_at = ?5,
            must_change = ?6, must_change_until = ?7, requires_recovery = 0
        WHERE id = ?1 AND enabled = 1 AND password IS ?2 AND version IS ?3
            AND requires_recovery = ?8
        RETURNING version, epoch";

    /// Binds id, the stored text that was read, and the new hash; returns version and epoch.
    pub const REHASH: &str = "
        UPDATE repass_account SET password = ?3 WHERE id = ?1 AND password IS ?2
        RETURNING version, epoch";

    /// Binds id, the stored text that was read, must_change and must_change_until; returns version and
    /// epoch. No row if another text is stored, or if the password has to be changed already.
    pub const REQUIRE_CHANGE: &str = "
        UPDATE repass_account
        SET epoch = epoch + 1, must_change = ?3, must_change_until = ?4
        WHERE id = ?1 AND password IS ?2 AND must_change IS NULL
        RETURNING version, epoch";

    /// Binds id; returns version and epoch.
    pub const END_SESSIONS: &str = "
        UPDATE repass_account SET epoch = epoch + 1 WHERE id = ?1 RETURNING version, epoch";

    /// Binds id; returns version and epoch.
    pub const REQUIRE_RECOVERY: &str = "
        UPDATE repass_account SET epoch = epoch + 1, requires_recovery = 1 WHERE id = ?1
        RETURNING version, epoch";

    /// Binds id; returns version and epoch: in the transaction that verifies an address.
    pub const RAISE_VERSION: &str = "
        UPDATE repass_account SET version = version + 1 WHERE id = ?1 RETURNING version, epoch";

    /// Binds account, the hash that was replaced, and the moment: in the transaction of
    /// [`SET_PASSWORD`].
    pub const ADD_PAST: &str = "
        INSERT INTO repass_account_past (account, number, password, replaced_at)
        SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3
        FROM repass_account_past WHERE account = ?1";

    /// Binds account and limit; returns password and replaced_at, the newest first.
    pub const PAST: &str = "
        SELECT password, replaced_at FROM repass_account_past WHERE account = ?1
        ORDER BY number DESC LIMIT ?2";

    /// Binds id; deletes the account, its addresses and its history.
    pub const REMOVE: &str = "DELETE FROM repass_account WHERE id = ?1";
}
