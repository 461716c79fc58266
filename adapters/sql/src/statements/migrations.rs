use crate::statement::render;
use crate::{ColumnType, Dialect, Distribution, Names, Part, Statement};

/// What makes the tables, and changes them from one release to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatements {
    /// The tables of attempts, counters and queue, in order.
    pub store: Vec<Migration>,
    /// The simple user table, in order.
    pub accounts: Vec<Migration>,
    /// Begins each transaction, so that processes that start at once take turns. On PostgreSQL it takes
    /// an advisory lock of the transaction, which pgbouncer keeps in every mode, and returns 1; on SQLite,
    /// where the transaction itself is the lock, it only returns 1.
    pub lock: Statement,
    /// Makes the table of versions where there is none.
    pub make_versions: Statement,
    /// Binds the set of tables; returns the newest version that was applied and the oldest one that a
    /// program may know, both 0 if there is none.
    pub versions: Statement,
    /// Binds the set of tables, the version, and the oldest version that a program may know; returns 1.
    /// No row means that another process has applied it.
    pub add_version: Statement,
}

/// One step from one version of a set of tables to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The version that the tables have afterwards.
    pub version: i64,
    /// The oldest version that a program may know which uses the tables afterwards.
    pub oldest_reader: i64,
    /// What to carry out, in one transaction.
    pub statements: Vec<Statement>,
}

impl MigrationStatements {
    pub(super) fn new(dialect: Dialect, names: &Names) -> Self {
        let statement = |template: &str, returns: &[ColumnType]| {
            let sql = render(template, names, dialect);
            Statement::new(sql, Part::Schema, Distribution::Every, returns)
        };
        let ddl = |templates: Vec<String>| {
            templates.iter().map(|template| statement(template, &[])).collect()
        };
        let lock = match dialect {
            Dialect::Sqlite => "SELECT 1".to_owned(),
            Dialect::Postgres => format!(
                "SELECT CAST(1 AS bigint) FROM (
    SELECT pg_advisory_xact_lock(hashtextextended('{}', 0))) AS held",
                names.text(dialect)
            ),
        };
        let number = [ColumnType::Integer];
        Self {
            store: vec![Migration {
                version: 1,
                oldest_reader: 1,
                statements: ddl(store(dialect)),
            }],
            accounts: vec![Migration {
                version: 1,
                oldest_reader: 1,
                statements: ddl(accounts(dialect)),
            }],
            lock: statement(&lock, &number),
            make_versions: statement(&make_versions(dialect), &[]),
            versions: statement(VERSIONS, &[ColumnType::Integer, ColumnType::Integer]),
            add_version: statement(ADD_VERSION, &number),
        }
    }
}

const VERSIONS: &str = "\
SELECT CAST(coalesce(max(version), 0) AS bigint), CAST(coalesce(max(oldest_reader), 0) AS bigint)
FROM {migration} WHERE tables = ?1";

const ADD_VERSION: &str = "\
INSERT INTO {migration} (tables, version, oldest_reader) VALUES (?1, ?2, ?3)
ON CONFLICT (tables, version) DO NOTHING RETURNING CAST(1 AS bigint)";

/// The names of types, and what is behind a table.
struct Types {
    blob: &'static str,
    integer: &'static str,
    text: &'static str,
    /// Behind a table whose rows are found by their primary key alone.
    table: &'static str,
    /// The same for rows that are changed often: PostgreSQL writes the changed row into the same page
    /// while there is space, and leaves the indexes alone.
    changing: &'static str,
}

const fn types(dialect: Dialect) -> Types {
    match dialect {
        Dialect::Sqlite => Types {
            blob: "BLOB",
            integer: "INTEGER",
            text: "TEXT",
            table: "STRICT, WITHOUT ROWID",
            changing: "STRICT, WITHOUT ROWID",
        },
        Dialect::Postgres => Types {
            blob: "bytea",
            integer: "bigint",
            text: "text",
            table: "",
            changing: "WITH (fillfactor = 70)",
        },
    }
}

fn make_versions(dialect: Dialect) -> String {
    let Types { integer, text, table, .. } = types(dialect);
    format!(
        "CREATE TABLE IF NOT EXISTS {{migration}} (
    tables {text} NOT NULL, version {integer} NOT NULL, oldest_reader {integer} NOT NULL,
    PRIMARY KEY (tables, version)) {table}"
    )
}

fn store(dialect: Dialect) -> Vec<String> {
    let Types { blob, integer, text, changing, .. } = types(dialect);
    vec![
        format!(
            "CREATE TABLE {{attempt}} (
    id {blob} PRIMARY KEY NOT NULL, seal {blob} NOT NULL, subject {blob} NOT NULL,
    stage {text} NOT NULL, expires_at {integer} NOT NULL, lease_until {integer},
    keep_until {integer} NOT NULL, bytes {blob} NOT NULL) {changing}"
        ),
        index(dialect, "attempt_subject", "attempt", "(subject)"),
        index(dialect, "attempt_running", "attempt", "(id) WHERE stage = 'running'"),
        index(dialect, "attempt_keep", "attempt", "(keep_until)"),
        format!(
            "CREATE TABLE {{counter}} (
    key {blob} PRIMARY KEY NOT NULL, number {integer} NOT NULL, ends_at {integer} NOT NULL,
    once {text} NOT NULL) {changing}"
        ),
        index(dialect, "counter_end", "counter", "(ends_at)"),
        format!(
            "CREATE TABLE {{queue}} (
    attempt {blob} NOT NULL, key {blob} NOT NULL, kind {integer} NOT NULL, scope {blob} NOT NULL,
    bytes {blob} NOT NULL, due {integer} NOT NULL, was_due {integer} NOT NULL,
    tries {integer} NOT NULL, token {blob}, PRIMARY KEY (attempt, key)) {changing}"
        ),
        index(dialect, "queue_due", "queue", "(scope, kind, due, key)"),
        index(dialect, "queue_requests", "queue", "(kind) WHERE kind = 3"),
    ]
}

fn accounts(dialect: Dialect) -> Vec<String> {
    let Types { integer, text, table, changing, .. } = types(dialect);
    // SQLite knows tables of the same schema only.
    let account = match dialect {
        Dialect::Sqlite => "{.account}",
        Dialect::Postgres => "{account}",
    };
    vec![
        format!(
            "CREATE TABLE {{account}} (
    id {text} PRIMARY KEY NOT NULL, login {text}, login_canonical {text} UNIQUE,
    first_name {text} NOT NULL, last_name {text} NOT NULL, password {text},
    enabled {integer} NOT NULL, version {integer} NOT NULL, epoch {integer} NOT NULL,
    changed_at {integer}, must_change {text}, must_change_until {integer},
    requires_recovery {integer} NOT NULL) {changing}"
        ),
        format!(
            "CREATE TABLE {{account_email}} (
    canonical {text} NOT NULL,
    account {text} NOT NULL REFERENCES {account} (id) ON DELETE CASCADE,
    position {integer} NOT NULL, address {text} NOT NULL, state {text} NOT NULL
        CHECK (state IN ('verified', 'unverified', 'replaced')),
    PRIMARY KEY (canonical, account, state)) {table}"
        ),
        index(dialect, "account_email_account", "account_email", "(account)"),
        format!(
            "CREATE TABLE {{account_past}} (
    account {text} NOT NULL REFERENCES {account} (id) ON DELETE CASCADE,
    number {integer} NOT NULL, password {text} NOT NULL, replaced_at {integer} NOT NULL,
    PRIMARY KEY (account, number)) {table}"
        ),
    ]
}

/// An index is in the schema of its table: SQLite wants to read that before the name of the index, and
/// PostgreSQL before that of the table.
fn index(dialect: Dialect, name: &str, table: &str, on: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("CREATE INDEX {{{name}}} ON {{.{table}}} {on}"),
        Dialect::Postgres => format!("CREATE INDEX {{.{name}}} ON {{{table}}} {on}"),
    }
}
