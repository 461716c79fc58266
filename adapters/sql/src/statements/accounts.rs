use super::group;
use crate::statement::render;
use crate::{ColumnType, Dialect, Distribution, Names, Part, Statement};

const ID: Distribution = Distribution::By("id");
const ACCOUNT: Distribution = Distribution::By("account");

group! {
    /// A simple user table, for services that have none.
    ///
    /// The version of an account is a column of its row, and every change of its addresses raises it in
    /// the same transaction. So a condition on the version is a condition on the addresses, and a new
    /// password is set by one statement whose condition reads one row. A flag is 0 or 1.
    AccountStatements of Accounts {
        /// Binds id; returns an account, once for each of its addresses: id, login, first_name,
        /// last_name, password, enabled, version, epoch, changed_at, must_change, must_change_until,
        /// requires_recovery, address and state. One statement reads both tables, so that they are of
        /// one moment.
        load, ID, [Text, Text, Text, Text, Text, Integer, Integer, Integer, Integer, Text, Integer,
            Integer, Text, Text], LOAD, LOAD;
        /// Binds an address in its canonical spelling; returns accounts, as `load` does.
        find_by_email, Distribution::Every, [Text, Text, Text, Text, Text, Integer, Integer, Integer,
            Integer, Text, Integer, Integer, Text, Text], FIND_BY_EMAIL, FIND_BY_EMAIL;
        /// Binds a login in its canonical spelling; returns accounts, as `load` does.
        find_by_login, Distribution::Every, [Text, Text, Text, Text, Text, Integer, Integer, Integer,
            Integer, Text, Integer, Integer, Text, Text], FIND_BY_LOGIN, FIND_BY_LOGIN;
        /// Binds id, login, its canonical spelling, first_name, last_name, password, enabled, version,
        /// epoch, changed_at, must_change, must_change_until and requires_recovery. What is there is
        /// replaced if it has the version and the epoch that are bound last; no row means that it was
        /// changed meanwhile.
        put, ID, [Integer], PUT, PUT;
        /// Binds the account; deletes its addresses.
        delete_emails, ACCOUNT, [], DELETE_EMAILS, DELETE_EMAILS;
        /// Binds canonical, account, position, address and state.
        put_email, ACCOUNT, [], PUT_EMAIL, PUT_EMAIL;
        /// Binds id, the stored text and the version that were read, the new hash, the moment,
        /// must_change, must_change_until, and whether recovery was required; returns version and epoch.
        /// No row means that the account has changed.
        set_password, ID, [Integer, Integer], SQLITE_SET_PASSWORD, POSTGRES_SET_PASSWORD;
        /// Binds id, the stored text that was read, and the new hash; returns version and epoch.
        rehash, ID, [Integer, Integer], SQLITE_REHASH, POSTGRES_REHASH;
        /// Binds id, the stored text that was read, must_change and must_change_until; returns version
        /// and epoch. No row if another text is stored, or if the password has to be changed already.
        require_change, ID, [Integer, Integer], SQLITE_REQUIRE_CHANGE, POSTGRES_REQUIRE_CHANGE;
        /// Binds id; returns version and epoch.
        end_sessions, ID, [Integer, Integer], END_SESSIONS, END_SESSIONS;
        /// Binds id; returns version and epoch.
        require_recovery, ID, [Integer, Integer], REQUIRE_RECOVERY, REQUIRE_RECOVERY;
        /// Binds id, the stored text and the version that were read, and whether recovery was required;
        /// returns version and epoch: in the transaction that verifies an address, before it changes
        /// one. No row means that the account has changed.
        raise_version, ID, [Integer, Integer], SQLITE_RAISE_VERSION, POSTGRES_RAISE_VERSION;
        /// Binds account, the hash that was replaced, and the moment: in the transaction of
        /// `set_password`.
        add_past, ACCOUNT, [], ADD_PAST, ADD_PAST;
        /// Binds account and limit; returns password and replaced_at, the newest first.
        past, ACCOUNT, [Text, Integer], PAST, PAST;
        /// Binds id; deletes the account, its addresses and its history.
        remove, ID, [], REMOVE, REMOVE;
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "\
SELECT a.id, a.login, a.first_name, a.last_name, a.password, a.enabled, a.version, a.epoch,
    a.changed_at, a.must_change, a.must_change_until, a.requires_recovery, e.address, e.state
FROM {account} AS a LEFT JOIN {account_email} AS e ON e.account = a.id
WHERE ",
            $condition,
            " ORDER BY a.id, e.position"
        )
    };
}

const LOAD: &str = select!("a.id = ?1");

const FIND_BY_EMAIL: &str =
    select!("a.id IN (SELECT account FROM {account_email} WHERE canonical = ?1)");

const FIND_BY_LOGIN: &str = select!("a.login_canonical = ?1");

const PUT: &str = "\
INSERT INTO {account} AS a
    (id, login, login_canonical, first_name, last_name, password, enabled, version, epoch,
     changed_at, must_change, must_change_until, requires_recovery)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (id) DO UPDATE SET
    login = excluded.login, login_canonical = excluded.login_canonical,
    first_name = excluded.first_name, last_name = excluded.last_name,
    password = excluded.password, enabled = excluded.enabled, version = excluded.version,
    epoch = excluded.epoch, changed_at = excluded.changed_at,
    must_change = excluded.must_change, must_change_until = excluded.must_change_until,
    requires_recovery = excluded.requires_recovery
WHERE a.version = ?14 AND a.epoch = ?15
RETURNING version";

const DELETE_EMAILS: &str = "DELETE FROM {account_email} WHERE account = ?1";

const PUT_EMAIL: &str = "\
INSERT INTO {account_email} (canonical, account, position, address, state)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO NOTHING";

/// A comparison that treats `NULL` as equal to `NULL`, and the condition that an account still is as it was
/// seen.
macro_rules! seen {
    ($before:literal, $is:literal, $after:literal) => {
        concat!($before, " WHERE id = ?1 AND password ", $is, " ?2 ", $after)
    };
}

macro_rules! set_password {
    ($is:literal) => {
        seen!(
            "\
UPDATE {account}
SET password = ?4, version = version + 1, epoch = epoch + 1, changed_at = ?5,
    must_change = ?6, must_change_until = ?7, requires_recovery = 0",
            $is,
            "AND enabled = 1 AND version = ?3 AND requires_recovery = ?8
RETURNING version, epoch"
        )
    };
}

const SQLITE_SET_PASSWORD: &str = set_password!("IS");
const POSTGRES_SET_PASSWORD: &str = set_password!("IS NOT DISTINCT FROM");

macro_rules! rehash {
    ($is:literal) => {
        seen!("UPDATE {account} SET password = ?3", $is, "RETURNING version, epoch")
    };
}

const SQLITE_REHASH: &str = rehash!("IS");
const POSTGRES_REHASH: &str = rehash!("IS NOT DISTINCT FROM");

macro_rules! require_change {
    ($is:literal) => {
        seen!(
            "UPDATE {account} SET epoch = epoch + 1, must_change = ?3, must_change_until = ?4",
            $is,
            "AND must_change IS NULL RETURNING version, epoch"
        )
    };
}

const SQLITE_REQUIRE_CHANGE: &str = require_change!("IS");
const POSTGRES_REQUIRE_CHANGE: &str = require_change!("IS NOT DISTINCT FROM");

const END_SESSIONS: &str = "\
UPDATE {account} SET epoch = epoch + 1 WHERE id = ?1 RETURNING version, epoch";

const REQUIRE_RECOVERY: &str = "\
UPDATE {account} SET epoch = epoch + 1, requires_recovery = 1 WHERE id = ?1
RETURNING version, epoch";

macro_rules! raise_version {
    ($is:literal) => {
        seen!(
            "UPDATE {account} SET version = version + 1",
            $is,
            "AND enabled = 1 AND version = ?3 AND requires_recovery = ?4
RETURNING version, epoch"
        )
    };
}

const SQLITE_RAISE_VERSION: &str = raise_version!("IS");
const POSTGRES_RAISE_VERSION: &str = raise_version!("IS NOT DISTINCT FROM");

const ADD_PAST: &str = "\
INSERT INTO {account_past} (account, number, password, replaced_at)
SELECT CAST(?1 AS text), coalesce(max(number), 0) + 1, CAST(?2 AS text), CAST(?3 AS bigint)
FROM {account_past} WHERE account = CAST(?1 AS text)";

const PAST: &str = "\
SELECT password, replaced_at FROM {account_past} WHERE account = ?1 ORDER BY number DESC LIMIT ?2";

const REMOVE: &str = "DELETE FROM {account} WHERE id = ?1";
