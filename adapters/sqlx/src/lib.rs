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
//!
//! # In a transaction of the service
//!
//! A service that keeps everything in one database sets a password together with changes of its own. All of
//! it happens, or nothing: see [`repass_sql::Transaction`].
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! # use repass::account::{Account, AccountId, Contact, Email, Lookup};
//! # use repass::memory::Outbox;
//! # use repass::message::{LinkForm, ResetLink};
//! # use repass::port::{Accounts, PortSet};
//! # use repass::{hash, key, policy::Policy, queue::ClaimToken, secret, SysRng, time::UtcDateTime};
//! # use repass::reset::{Delivery, Flow, Proof};
//! # use repass_sqlx::Sqlite;
//! use repass::recovery::Recovery;
//! use repass_sqlx::SqliteTransaction;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let store = Sqlite::open(folder.path().join("service.db")).await?;
//! # let accounts = store.accounts();
//! # accounts.migrate().await?;
//! # let pool = store.driver().pool().clone();
//! # sqlx::query("CREATE TABLE session (account TEXT)").execute(&pool).await?;
//! # sqlx::query("INSERT INTO session VALUES ('42')").execute(&pool).await?;
//! # let hasher = hash::Hasher::new(hash::Cost::new(64, 1, 1)?);
//! # let old = secret::Password::new("the lost one")?;
//! # let ada = Account::new(AccountId::new("42")?)
//! #     .with_email(Email::verified(Contact::email("ada@example.org")?))
//! #     .with_password(hasher.hash(&old, secret::Salt::generate(&mut SysRng)?)?);
//! # accounts.put(&ada).await?;
//! # let ring = key::Keyring::new(key::KeyId::new(1), key::Key::generate(&mut SysRng)?);
//! # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
//! # let ports = PortSet {
//! #     accounts: accounts.clone(),
//! #     attempts: store.clone(),
//! #     counters: store.clone(),
//! #     queue: store.clone(),
//! #     notifier: Outbox::default(),
//! # };
//! # let recovery = Recovery::new(Flow::builder(ring, page).build()?, ports);
//! # let lookup = Lookup::email("ada@example.org")?;
//! # let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
//! # let seed = || secret::Seed::generate(&mut SysRng);
//! # let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
//! # while !recovery.work(ClaimToken::new(seed()?), 9, now).await?.is_empty() {}
//! # let message = recovery.ports().notifier.take().ok_or("no message")?;
//! # let token = message.expose_secret().split("?token=").nth(1).unwrap_or_default();
//! # let token = token.lines().next().unwrap_or_default();
//! # let policy = Policy::builder().min_length(12).build()?;
//! # let new = secret::Password::new("plum-kettle-42")?;
//! # let salt = secret::Salt::generate(&mut SysRng)?;
//! let admitted = recovery.admit(Proof::Link(token), None, now).await?;
//! let change = admitted.set_password(&new, &policy, &hasher, salt)?;
//!
//! let transaction = SqliteTransaction::from(pool.begin_with("BEGIN IMMEDIATE").await?);
//! let mut set = accounts.commit_within(transaction, &store, &recovery, change, now).await?;
//! sqlx::query("DELETE FROM session WHERE account = ?1")
//!     .bind(set.account().as_str().to_owned())
//!     .execute(&mut **set.transaction())
//!     .await?;
//! let after = set.commit().await?; // until here, nothing has happened
//! recovery.settle(&after, now).await?;
//! # let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM session").fetch_one(&pool).await?;
//! # let stored = accounts.load(ada.id(), now).await?.ok_or("gone")?;
//! # assert_eq!((sessions, stored.version()), (0, Some(1)));
//! # Ok(()) }
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
pub use self::postgres::{Postgres, PostgresError, PostgresTransaction};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{Sqlite, SqliteTransaction};

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
