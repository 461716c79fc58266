use core::time::Duration;
use std::path::Path;

use repass_sql::sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};

use crate::{SqliteAccounts, SqliteError};

/// Attempts, counters and queue in one SQLite database. Cheap to clone.
///
/// Counters have connections of their own: they are raised outside every transaction of the service,
/// so that none of them gives a guess back. SQLite has one writer at a time. A service must not call
/// the crate while it holds a transaction that has written, because the two would wait for each other
/// until the busy timeout.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    pub(crate) pool: SqlitePool,
    pub(crate) counters: SqlitePool,
    pub(crate) max_requests: u32,
}

impl SqliteStore {
    /// How many requests wait at most.
    pub const DEFAULT_MAX_REQUESTS: u32 = 10_000;
    /// How long a statement waits for another process or connection that writes.
    pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

    /// Opens a file, makes it if it does not exist, and makes the tables.
    ///
    /// # Errors
    ///
    /// [`SqliteError`] if the file cannot be used.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        let options = Self::options(path.as_ref());
        Self::prepare(&options).await?;
        let pool = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
        let counters = SqlitePoolOptions::new().max_connections(2).connect_lazy_with(options);
        let store = Self::new(pool, counters);
        store.migrate().await?;
        Ok(store)
    }

    /// Uses pools of the service, which were made with [`SqliteStore::options`] or say the same. The
    /// second one must be a pool of its own. Call [`migrate`](Self::migrate) before anything else.
    #[must_use]
    pub const fn new(pool: SqlitePool, counters: SqlitePool) -> Self {
        Self { pool, counters, max_requests: Self::DEFAULT_MAX_REQUESTS }
    }

    /// Lets at most `max_requests` requests wait; the next are refused until some are done.
    #[must_use]
    pub fn with_max_requests(self, max_requests: u32) -> Self {
        Self { max_requests, ..self }
    }

    /// The options that the store needs: WAL mode, `synchronous = FULL`, [`BUSY_TIMEOUT`], foreign
    /// keys.
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

    /// The simple user table in the same database.
    #[must_use]
    pub fn accounts(&self) -> SqliteAccounts {
        SqliteAccounts::new(self.pool.clone())
    }

    /// The pool that is not the one of the counters.
    #[must_use]
    pub const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Makes the tables. It can be called again, and by several processes at once.
    ///
    /// # Errors
    ///
    /// [`SqliteError::Newer`] if a newer program has changed the tables, and [`SqliteError::Database`].
    pub async fn migrate(&self) -> Result<(), SqliteError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for statement in sqlite::SCHEMA {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        let found: i64 =
            sqlx::query_scalar(sqlite::READ_VERSION).fetch_one(&mut *transaction).await?;
        if found > sqlite::VERSION {
            return Err(SqliteError::Newer { found, known: sqlite::VERSION });
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Opens the file once, so that it is in WAL mode. SQLite does not wait when two connections
    /// change the mode of a new file at the same time; the second one is told that it is locked, and
    /// finds the mode changed when it tries again.
    async fn prepare(options: &SqliteConnectOptions) -> Result<(), SqliteError> {
        let mut tries = 0_u32;
        loop {
            match SqliteConnection::connect_with(options).await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(sqlx::Error::Database(error)) if is_busy(&*error) && tries < 50 => {
                    tries = tries.saturating_add(1);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// `SQLITE_BUSY` and its extended codes.
fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}
