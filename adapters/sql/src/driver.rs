use alloc::sync::Arc;
use core::future::Future;

use repass::port::PortError;

use crate::{Answer, Dialect, Query};

/// Carries out statements on a database. Implementers write `async fn`.
///
/// This is all that a driver has to do; [`Store`](crate::Store) is the ports over it.
///
/// 1. [`run`](Self::run) carries out one statement, in a transaction of its own, which is committed
///    durably before the answer. If a caller's transaction were used, its roll-back would take back what
///    was answered.
/// 2. Statements of [`Part::Counters`](crate::Part::Counters) have a connection of their own, which no
///    transaction of the service can hold up, and their commit waits for the disk (`synchronous_commit`
///    not off on PostgreSQL, `synchronous = FULL` on SQLite).
/// 3. [`transact`](Self::transact) carries out all statements or none. If [`Query::stops`] says so, it
///    rolls back and answers `None`. On SQLite the transaction is `IMMEDIATE`: one that reads before it
///    writes can fail at once, however long the busy timeout is.
/// 4. What certainly did not happen can be tried again: SQLSTATE 40001 and 40P01. After every other
///    error, a lost connection above all, nobody knows whether the statement was carried out, and the
///    driver returns the error.
/// 5. An answer has the columns that the statement [returns](crate::Statement::returns), in their
///    types.
pub trait Driver: Send + Sync {
    /// The language of the database.
    const DIALECT: Dialect;

    /// Carries out one statement.
    ///
    /// # Errors
    ///
    /// Any error of the database, whether or not the statement was carried out.
    fn run(&self, query: Query) -> impl Future<Output = Result<Answer, PortError>> + Send;

    /// Carries out several statements in one transaction, and returns their answers in order; `None` if
    /// one stopped it.
    ///
    /// # Errors
    ///
    /// Any error of the database, whether or not the transaction was committed.
    fn transact(
        &self,
        queries: Vec<Query>,
    ) -> impl Future<Output = Result<Option<Vec<Answer>>, PortError>> + Send;

    /// Whether the connections are as the statements need them; yes by default. It is asked when the
    /// tables are made.
    ///
    /// # Errors
    ///
    /// What has to be set otherwise, or any error of the database.
    fn check(&self) -> impl Future<Output = Result<(), PortError>> + Send {
        core::future::ready(Ok(()))
    }
}

impl<D: Driver> Driver for Arc<D> {
    const DIALECT: Dialect = D::DIALECT;

    async fn run(&self, query: Query) -> Result<Answer, PortError> {
        (**self).run(query).await
    }

    async fn transact(&self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        (**self).transact(queries).await
    }

    async fn check(&self) -> Result<(), PortError> {
        (**self).check().await
    }
}
