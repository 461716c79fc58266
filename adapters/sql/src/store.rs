//! The ports over any driver.

pub(crate) mod attempts;
mod counters;
mod queue;

use core::fmt;

use repass::port::PortError;

use crate::migrate::{Tables, migrate};
use crate::query::{AnswerError, Row};
use crate::{Answer, Driver, MigrateError, Names, Query, SimpleAccounts, Statement, Statements};
use crate::{Value, statements};

/// Attempts, counters and queue in one database. Cheap to clone if its driver is.
///
/// Call [`migrate`](Self::migrate) before anything else.
#[derive(Clone)]
pub struct Store<D> {
    driver: D,
    statements: alloc::sync::Arc<Statements>,
    max_requests: u32,
}

impl<D: Driver> Store<D> {
    /// How many requests wait at most.
    pub const DEFAULT_MAX_REQUESTS: u32 = 10_000;
    /// How many rows one statement deletes at most.
    const BATCH: u32 = 1_000;

    /// Uses the tables of these names.
    #[must_use]
    pub fn new(driver: D, names: &Names) -> Self {
        Self::with_statements(driver, statements(D::DIALECT, names))
    }

    /// Uses these statements, for an engine that needs other texts for some of them.
    #[must_use]
    pub fn with_statements(driver: D, statements: Statements) -> Self {
        let statements = statements.into();
        Self { driver, statements, max_requests: Self::DEFAULT_MAX_REQUESTS }
    }

    /// Lets at most `max_requests` requests wait; the next are refused until some are done.
    #[must_use]
    pub fn with_max_requests(self, max_requests: u32) -> Self {
        Self { max_requests, ..self }
    }

    /// The driver.
    #[must_use]
    pub const fn driver(&self) -> &D {
        &self.driver
    }

    /// The statements, and the names of the tables.
    #[must_use]
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Makes the tables, or changes those of an older release. It can be called again, and by several
    /// processes at once.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if a newer program has changed the tables, or the database fails.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        migrate(&self.driver, &self.statements.migrations, Tables::Store).await
    }

    /// The simple user table in the same database. Call [`SimpleAccounts::migrate`] before anything
    /// else.
    #[must_use]
    pub fn accounts(&self) -> SimpleAccounts<D>
    where
        D: Clone,
    {
        SimpleAccounts::over(self.driver.clone(), self.statements.clone())
    }

    async fn run(
        &self,
        statement: &Statement,
        values: impl Into<Vec<Value>>,
    ) -> Result<Answer, PortError> {
        self.driver.run(Query::new(statement, values)).await
    }

    /// Repeats a statement that deletes a batch of rows, until there are no more; how many it deleted.
    async fn purge(&self, statement: &Statement, from: i64, to: i64) -> Result<u64, PortError> {
        let mut deleted: u64 = 0;
        loop {
            let values = [Value::integer(from), Value::integer(to), Value::integer(Self::BATCH)];
            let batch = self.run(statement, values).await?.count();
            deleted = deleted.saturating_add(batch);
            if batch < u64::from(Self::BATCH) {
                return Ok(deleted);
            }
        }
    }
}

impl<D: fmt::Debug> fmt::Debug for Store<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut store = f.debug_struct("Store");
        store.field("driver", &self.driver).field("max_requests", &self.max_requests);
        store.finish_non_exhaustive()
    }
}

/// The row of a statement that always returns one.
fn one(answer: Answer) -> Result<Row, AnswerError> {
    answer.into_row().ok_or(AnswerError { column: 0 })
}
