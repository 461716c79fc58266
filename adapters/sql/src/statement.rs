use alloc::sync::Arc;

use crate::Names;

/// A database that there are statements for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.37 and later. It lets one statement write at a time, and a statement sees all that was
    /// committed before it: a condition inside a statement holds when the row is changed.
    Sqlite,
    /// PostgreSQL 13 and later, and what speaks its language. At READ COMMITTED, a statement that had to
    /// wait for a row reads that row again and no other: each condition is about the one row that is
    /// changed. At the other levels it fails with 40001, which certainly changed nothing.
    Postgres,
}

impl Dialect {
    pub(crate) const fn schema(self) -> &'static str {
        match self {
            Self::Sqlite => "main",
            Self::Postgres => "public",
        }
    }
}

/// Which tables a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Attempts.
    Attempts,
    /// Counters. These statements need a connection outside every transaction of the service, and have
    /// to be durable when they are answered.
    Counters,
    /// The queue.
    Queue,
    /// User tables.
    Accounts,
    /// The tables themselves.
    Schema,
}

/// By which column a table is distributed over several servers, and so which of them a statement asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Distribution {
    /// One server: the one that has the rows with one value of this column, which the statement binds.
    By(&'static str),
    /// Every server: housekeeping, claims, and what is asked by subject.
    Every,
}

/// The type of a column that a statement returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a driver has to read every type")]
pub enum ColumnType {
    /// Bytes: `bytea`, `BLOB`.
    Blob,
    /// A signed number of 64 bits: `bigint`, `INTEGER`.
    Integer,
    /// A text: `text`, `TEXT`.
    Text,
}

/// One statement. What it binds and returns is said where it is a field of
/// [`Statements`](crate::Statements).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    sql: Arc<str>,
    part: Part,
    distribution: Distribution,
    returns: Arc<[ColumnType]>,
}

impl Statement {
    pub(crate) fn new(
        sql: impl Into<Arc<str>>,
        part: Part,
        distribution: Distribution,
        returns: &[ColumnType],
    ) -> Self {
        Self { sql: sql.into(), part, distribution, returns: returns.into() }
    }

    /// The text. Values are bound by number: `?1` on SQLite, `$1` on PostgreSQL.
    #[must_use]
    pub const fn sql(&self) -> &Arc<str> {
        &self.sql
    }

    /// Another text that binds and returns the same, for an engine that needs it. The conformance suites
    /// of `repass` judge whether it does.
    #[must_use]
    pub fn with_sql(self, sql: impl Into<Arc<str>>) -> Self {
        Self { sql: sql.into(), ..self }
    }

    /// Which tables it is about.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// Which servers it asks.
    #[must_use]
    pub const fn distribution(&self) -> Distribution {
        self.distribution
    }

    /// The types of the columns that it returns; none if it returns no rows.
    #[must_use]
    pub fn returns(&self) -> &[ColumnType] {
        &self.returns
    }
}

/// The text of a template: `{name}` is a table, `{.name}` a table or an index without its schema, and `?1`
/// the first value that is bound.
pub(crate) fn render(template: &str, names: &Names, dialect: Dialect) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(&match name.strip_prefix('.') {
            Some(name) => names.bare(name),
            None => names.table(dialect, name),
        });
        text.push_str(rest);
    }
    match dialect {
        Dialect::Sqlite => text,
        Dialect::Postgres => text.replace('?', "$"),
    }
}
