//! The ports of `repass` over SQLite and PostgreSQL, with sqlx.
//!
//! A [`Store`](repass_sql::Store) is [`Attempts`](repass::port::Attempts),
//! [`Counters`](repass::port::Counters) and [`Queue`](repass::port::Queue), and
//! [`SimpleAccounts`](repass_sql::SimpleAccounts) a user table for services that have none. Several
//! processes can share one database.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use repass::port::PortSet;
//! use repass_sqlx::{Sqlite, SqliteStore};
//! # async fn open(path: &std::path::Path, notifier: impl repass::port::Notifier)
//! # -> Result<impl repass::port::Ports, repass_sqlx::repass_sql::MigrateError> {
//!
//! let store: SqliteStore = Sqlite::open(path).await?;
//! let accounts = store.accounts();
//! accounts.migrate().await?;
//! let ports = PortSet {
//!     accounts,
//!     attempts: store.clone(),
//!     counters: store.clone(),
//!     queue: store,
//!     notifier,
//! };
//! # Ok(ports) }
//! ```

#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use repass;
pub use repass_sql;
pub use sqlx;

#[cfg(feature = "postgres")]
pub use self::postgres::{Postgres, PostgresError};
#[cfg(feature = "sqlite")]
pub use self::sqlite::Sqlite;

/// Attempts, counters and queue in SQLite.
#[cfg(feature = "sqlite")]
pub type SqliteStore = repass_sql::Store<Sqlite>;
/// A simple user table in SQLite.
#[cfg(feature = "sqlite")]
pub type SqliteAccounts = repass_sql::SimpleAccounts<Sqlite>;
/// Attempts, counters and queue in PostgreSQL.
#[cfg(feature = "postgres")]
pub type PostgresStore = repass_sql::Store<Postgres>;
/// A simple user table in PostgreSQL.
#[cfg(feature = "postgres")]
pub type PostgresAccounts = repass_sql::SimpleAccounts<Postgres>;

/// Carries a statement out on a connection of sqlx, and reads the answer to its end: PostgreSQL and SQLite
/// commit a statement after its last row, so who stops at the first row has not heard yet whether it
/// was committed.
macro_rules! execute {
    ($database:ty, $connection:expr, $query:expr, $persistent:expr) => {
        async {
            let (statement, values) = repass_sql::Query::into_parts($query);
            let sql = sqlx::AssertSqlSafe(alloc::sync::Arc::clone(statement.sql()));
            let mut query = sqlx::query::<$database>(sql).persistent($persistent);
            for value in values {
                query = match value {
                    repass_sql::Value::Blob(bytes) => query.bind(bytes),
                    repass_sql::Value::Integer(number) => query.bind(number),
                    repass_sql::Value::Text(text) => query.bind(text),
                };
            }
            let columns = statement.returns();
            if columns.is_empty() {
                let done = query.execute($connection).await?;
                return Ok(repass_sql::Answer::changed(done.rows_affected()));
            }
            let rows = query.fetch_all($connection).await?;
            let read = |row: &<$database as sqlx::Database>::Row| {
                use sqlx::Row;
                let columns = columns.iter().enumerate().map(|(at, column)| {
                    Ok(match column {
                        repass_sql::ColumnType::Blob => repass_sql::Value::Blob(row.try_get(at)?),
                        repass_sql::ColumnType::Integer => {
                            repass_sql::Value::Integer(row.try_get(at)?)
                        }
                        repass_sql::ColumnType::Text => repass_sql::Value::Text(row.try_get(at)?),
                    })
                });
                columns.collect::<Result<Vec<_>, sqlx::Error>>()
            };
            let rows = rows.iter().map(read).collect::<Result<Vec<_>, sqlx::Error>>()?;
            Ok::<_, sqlx::Error>(repass_sql::Answer::rows(rows))
        }
    };
}

use execute;
