use core::ops::{Deref, DerefMut};

use repass::port::PortError;
use repass_sql::{Answer, Query};
use sqlx::PgConnection;

use super::Postgres;
use crate::execute;

/// A transaction of the service on PostgreSQL, in which a password can be set: see
/// [`repass_sql::Transaction`].
///
/// Any isolation level will do, directly or behind pgbouncer. READ COMMITTED needs no repeats: at the other
/// levels what meets another transaction fails with SQLSTATE 40001, nothing is set, and the service begins
/// anew with the same secret. [`Postgres::transaction`] begins one; it is also made of one that the service
/// has begun on a pool. What borrows a connection can be a savepoint in another transaction, which can
/// still be rolled back when the savepoint is released, so no password is set in one.
///
/// A transaction in which a statement has failed is not committed, although PostgreSQL answers `COMMIT`
/// there without an error: [`commit`](repass_sql::Transaction::commit) is one.
#[derive(Debug)]
pub struct PostgresTransaction(sqlx::Transaction<'static, sqlx::Postgres>);

/// The service may have turned it off for what it can lose; a password has to be on the disk. It is a
/// statement in any case: after one that failed, PostgreSQL answers `COMMIT` by a roll-back and without an
/// error, and every other statement by an error.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

impl From<sqlx::Transaction<'static, sqlx::Postgres>> for PostgresTransaction {
    fn from(transaction: sqlx::Transaction<'static, sqlx::Postgres>) -> Self {
        Self(transaction)
    }
}

impl Deref for PostgresTransaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for PostgresTransaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

impl repass_sql::Transaction for PostgresTransaction {
    type Driver = Postgres;

    async fn run(&mut self, query: Query) -> Result<Answer, PortError> {
        // The connection can be one of pgbouncer, where nothing that is prepared outlives the transaction.
        Ok(execute!(sqlx::Postgres, &mut *self.0, query, false).await?)
    }

    async fn commit(mut self) -> Result<(), PortError> {
        sqlx::query(DURABLE).persistent(false).execute(&mut *self.0).await?;
        Ok(self.0.commit().await?)
    }

    async fn roll_back(self) -> Result<(), PortError> {
        Ok(self.0.rollback().await?)
    }
}
