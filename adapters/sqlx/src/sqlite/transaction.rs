use core::ops::{Deref, DerefMut};

use repass::port::PortError;
use repass_sql::{Answer, Query};
use sqlx::SqliteConnection;

use super::{NOT_DURABLE, Sqlite};
use crate::execute;

/// A transaction of the service on SQLite, in which a password can be set: see
/// [`repass_sql::Transaction`].
///
/// Begin it with `BEGIN IMMEDIATE`, as [`Sqlite::transaction`] does. One that has read before it writes can
/// fail at once, if something else has written meanwhile. The connection needs `synchronous = FULL`.
#[derive(Debug)]
pub struct SqliteTransaction(sqlx::Transaction<'static, sqlx::Sqlite>);

impl From<sqlx::Transaction<'static, sqlx::Sqlite>> for SqliteTransaction {
    fn from(transaction: sqlx::Transaction<'static, sqlx::Sqlite>) -> Self {
        Self(transaction)
    }
}

impl Deref for SqliteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0
    }
}

impl DerefMut for SqliteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}

impl repass_sql::Transaction for SqliteTransaction {
    type Driver = Sqlite;

    async fn run(&mut self, query: Query) -> Result<Answer, PortError> {
        Ok(execute!(sqlx::Sqlite, &mut *self.0, query, true).await?)
    }

    async fn commit(mut self) -> Result<(), PortError> {
        let found: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *self.0).await?;
        if found < Sqlite::SYNCHRONOUS_FULL {
            return Err(PortError::new(NOT_DURABLE));
        }
        Ok(self.0.commit().await?)
    }

    async fn roll_back(self) -> Result<(), PortError> {
        Ok(self.0.rollback().await?)
    }
}
