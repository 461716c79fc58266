mod transaction;

use core::time::Duration;
use std::path::Path;

use repass::port::PortError;
use repass_sql::{Answer, Dialect, Driver, MigrateError, Names, Query};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};

pub use self::transaction::SqliteTransaction;

use crate::{SqliteStore, execute};

const NOT_DURABLE: &str = "PRAGMA synchronous has to be FULL or EXTRA, so that a count and a password are on \
     the disk before they are answered: see Sqlite::options";

/// SQLite as the driver of [`SqliteStore`] and [`SqliteAccounts`](crate::SqliteAccounts). Cheap to clone.
///
/// Counters have connections of their own: they are raised outside every transaction of the service,
/// so that none of them gives a guess back. SQLite has one writer at a time. A service must not call
/// the crate while it holds a transaction that has written, because the two would wait for each other
/// until the busy timeout.
#[derive(Clone, Debug)]
pub struct Sqlite {
    pool: SqlitePool,
    counters: SqlitePool,
}

impl Sqlite {
    /// How long a statement waits for another process or connection that writes.
    pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
    /// What `PRAGMA synchronous` returns for `FULL`; more is `EXTRA`.
    const SYNCHRONOUS_FULL: i64 = 2;

    /// Opens a file, makes it if it does not exist, and makes the tables of attempts, counters and queue.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if the file cannot be used.
    pub async fn open(path: impl AsRef<Path>) -> Result<SqliteStore, MigrateError> {
        let options = Self::options(path.as_ref());
        prepare(&options).await.map_err(PortError::from)?;
        let pool = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
        let counters = SqlitePoolOptions::new().max_connections(2).connect_lazy_with(options);
        let store = SqliteStore::new(Self::new(pool, counters), &Names::default());
        store.migrate().await?;
        Ok(store)
    }

    /// Uses pools of the service, which were made with [`Sqlite::options`] or say the same. The
    /// second one must be a pool of its own.
    #[must_use]
    pub const fn new(pool: SqlitePool, counters: SqlitePool) -> Self {
        Self { pool, counters }
    }

    /// The options that are needed: WAL mode, `synchronous = FULL`, [`BUSY_TIMEOUT`], foreign keys.
    ///
    /// [`BUSY_TIMEOUT`]: Self::BUSY_TIMEOUT
    #[must_use]
    pub fn options(path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Self::BUSY_TIMEOUT)
            .foreign_keys(true)
    }

    /// The pool that is not the one of the counters.
    #[must_use]
    pub const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Begins a transaction for a change of a password together with changes of the service: see
    /// [`repass_sql::Transaction`].
    ///
    /// # Errors
    ///
    /// Any error of the database.
    pub async fn transaction(&self) -> Result<SqliteTransaction, PortError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?.into())
    }

    const fn pool_of(&self, query: &Query) -> &SqlitePool {
        match query.statement().part() {
            repass_sql::Part::Counters => &self.counters,
            _ => &self.pool,
        }
    }
}

impl Driver for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    async fn run(&self, query: Query) -> Result<Answer, PortError> {
        let pool = self.pool_of(&query);
        Ok(execute!(sqlx::Sqlite, pool, query, true).await?)
    }

    async fn transact(&self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut answers = Vec::new();
        for query in queries {
            let stop = query.clone();
            let answer = execute!(sqlx::Sqlite, &mut *transaction, query, true).await?;
            if stop.stops(&answer) {
                transaction.rollback().await?;
                return Ok(None);
            }
            answers.push(answer);
        }
        transaction.commit().await?;
        Ok(Some(answers))
    }

    async fn check(&self) -> Result<(), PortError> {
        for pool in [&self.pool, &self.counters] {
            let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await?;
            if synchronous < Self::SYNCHRONOUS_FULL {
                return Err(PortError::new(NOT_DURABLE));
            }
        }
        Ok(())
    }
}

/// Opens the file once, so that it is in WAL mode. SQLite does not wait when two connections
/// change the mode of a new file at the same time; the second one is told that it is locked, and
/// finds the mode changed when it tries again.
async fn prepare(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut tries = 0_u32;
    loop {
        match SqliteConnection::connect_with(options).await {
            Ok(connection) => return connection.close().await,
            Err(sqlx::Error::Database(error)) if is_busy(&*error) && tries < 50 => {
                tries = tries.saturating_add(1);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// `SQLITE_BUSY` and its extended codes.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}
