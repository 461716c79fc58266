mod error;
mod pause;
mod transaction;

use core::future::Future;
use core::time::Duration;

use repass::port::PortError;
use repass_sql::{Answer, Dialect, Driver, MigrateError, Names, Part, Query};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

pub use self::error::PostgresError;
pub use self::transaction::PostgresTransaction;

use self::pause::Pauses;
use crate::{PostgresStore, execute};

/// PostgreSQL as the driver of [`PostgresStore`] and [`PostgresAccounts`](crate::PostgresAccounts). Cheap
/// to clone.
///
/// Counters have connections of their own: they are raised outside every transaction of the service,
/// so that none of them gives a guess back, and a pool that the service has exhausted stops no count.
///
/// Each call is one statement or one transaction. It works at every isolation level. What fails
/// with SQLSTATE 40001 (another transaction was first) or 40P01 (a deadlock) certainly did not happen: it
/// is tried again after a random pause, until the call's timeout. After every other error, the loss of
/// a connection above all, nobody knows what happened, and the call is an error.
#[derive(Clone, Debug)]
pub struct Postgres {
    pool: PgPool,
    counters: PgPool,
    timeout: Duration,
    shared: bool,
}

impl Postgres {
    /// How long a call takes at most, waits and repeats included.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
    /// How many connections [`open`](Self::open) makes at most for everything but counters.
    pub const MAX_CONNECTIONS: u32 = 8;
    /// How many connections [`open`](Self::open) makes at most for counters.
    pub const MAX_COUNTER_CONNECTIONS: u32 = 4;
    /// A connection that was idle for longer is tried before it is used: it can be gone.
    const IDLE: Duration = Duration::from_secs(1);

    /// Connects directly to a server, with pools of its own, and makes the tables of attempts, counters and
    /// queue.
    ///
    /// ```no_run
    /// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
    /// use repass_sqlx::{Postgres, PostgresStore};
    ///
    /// let store: PostgresStore = Postgres::open("postgres://localhost/service".parse()?).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if the database cannot be used.
    pub async fn open(options: PgConnectOptions) -> Result<PostgresStore, MigrateError> {
        let options = Self::options(options);
        let pool = Self::pool_options(Self::MAX_CONNECTIONS).connect_lazy_with(options.clone());
        let counters = Self::pool_options(Self::MAX_COUNTER_CONNECTIONS).connect_lazy_with(options);
        let store = PostgresStore::new(Self::new(pool, counters), &Names::default());
        store.migrate().await?;
        Ok(store)
    }

    /// Uses pools of the service that are connected directly to a server. The second one must be a pool
    /// of its own. Both were made with [`Postgres::options`], or say the same.
    ///
    /// A statement is prepared once for each connection; a call is one round trip then.
    #[must_use]
    pub const fn new(pool: PgPool, counters: PgPool) -> Self {
        Self { pool, counters, timeout: Self::DEFAULT_TIMEOUT, shared: false }
    }

    /// Uses pools of the service that are connected to pgbouncer in transaction mode, or to something else
    /// that gives each transaction any connection of the server. The second one must be a pool of its
    /// own.
    ///
    /// Each call is an explicit transaction, which sets what it needs for itself, and prepares nothing
    /// that outlives it. It takes four round trips. Neither [`Postgres::options`] nor anything else has
    /// to be set, but `PgConnectOptions::extra_float_digits(None)`, which pgbouncer refuses.
    #[must_use]
    pub const fn behind_pgbouncer(pool: PgPool, counters: PgPool) -> Self {
        Self { pool, counters, timeout: Self::DEFAULT_TIMEOUT, shared: true }
    }

    /// Lets a call take this long at most.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The options of connections directly to a server: a commit waits for the disk, whatever the
    /// server, the database or the user has as default, and what runs for longer than a call may is
    /// stopped.
    #[must_use]
    pub fn options(options: PgConnectOptions) -> PgConnectOptions {
        let longest = Self::DEFAULT_TIMEOUT.as_millis().to_string();
        options.options([("synchronous_commit", "on"), ("statement_timeout", &longest)])
    }

    /// The options of a pool of so many connections. One that was idle for more than a second is tried
    /// before it is used; one that was not is used at once, which saves a round trip for each call.
    #[must_use]
    pub fn pool_options(max_connections: u32) -> PgPoolOptions {
        PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Self::DEFAULT_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, metadata| {
                Box::pin(async move {
                    if metadata.idle_for > Self::IDLE {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
    }

    /// The pool that is not the one of the counters.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Begins a transaction for a change of a password together with changes of the service: see
    /// [`repass_sql::Transaction`]. It is at READ COMMITTED, and a statement in it takes no longer than a
    /// call may.
    ///
    /// # Errors
    ///
    /// Any error of the database.
    pub async fn transaction(&self) -> Result<PostgresTransaction, PortError> {
        Ok(self.pool.begin_with(self.begin()).await?.into())
    }

    const fn pool_of(&self, part: Part) -> &PgPool {
        match part {
            Part::Counters => &self.counters,
            _ => &self.pool,
        }
    }

    /// One statement, in a transaction of its own.
    async fn run_once(&self, query: Query) -> Result<Answer, sqlx::Error> {
        let part = query.statement().part();
        if !self.shared {
            return execute!(sqlx::Postgres, self.pool_of(part), query, true).await;
        }
        let answers = self.transact_once(part, vec![query]).await?;
        Ok(answers.and_then(|mut answers| answers.pop()).unwrap_or_default())
    }

    async fn transact_once(
        &self,
        part: Part,
        queries: Vec<Query>,
    ) -> Result<Option<Vec<Answer>>, sqlx::Error> {
        let mut transaction = self.pool_of(part).begin_with(self.begin()).await?;
        let mut answers = Vec::new();
        for query in queries {
            let stop = query.clone();
            let persistent = !self.shared;
            let answer = execute!(sqlx::Postgres, &mut *transaction, query, persistent).await?;
            if stop.stops(&answer) {
                transaction.rollback().await?;
                return Ok(None);
            }
            answers.push(answer);
        }
        transaction.commit().await?;
        Ok(Some(answers))
    }

    /// At READ COMMITTED a statement that has to wait goes on with the row as it is then, and so needs no
    /// repeats.
    fn begin(&self) -> sqlx::AssertSqlSafe<String> {
        sqlx::AssertSqlSafe(format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on; \
             SET LOCAL statement_timeout = {}",
            self.timeout.as_millis()
        ))
    }

    /// Repeats what certainly did not happen, until the call has taken too long.
    async fn call<T, F>(&self, once: impl Fn() -> F + Send + Sync) -> Result<T, PortError>
    where
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let repeat = async {
            let mut pauses = Pauses::new();
            loop {
                match once().await {
                    Err(error) if certainly_not_done(&error) => pauses.pause().await,
                    answer => return answer,
                }
            }
        };
        match tokio::time::timeout(self.timeout, repeat).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(PostgresError::TimedOut { timeout: self.timeout }.into()),
        }
    }
}

impl Driver for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn run(&self, query: Query) -> Result<Answer, PortError> {
        self.call(|| self.run_once(query.clone())).await
    }

    async fn transact(&self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        self.call(|| self.transact_once(Part::Schema, queries.clone())).await
    }

    async fn check(&self) -> Result<(), PortError> {
        if self.shared {
            return Ok(());
        }
        for pool in [&self.pool, &self.counters] {
            let found: String =
                sqlx::query_scalar("SHOW synchronous_commit").fetch_one(pool).await?;
            if matches!(&*found, "off" | "local") {
                return Err(PostgresError::NotDurable { synchronous_commit: found }.into());
            }
        }
        Ok(())
    }
}

/// A serialization failure or a deadlock: PostgreSQL has rolled back all of it.
fn certainly_not_done(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}
