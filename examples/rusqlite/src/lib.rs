//! Attempts, counters and queue over rusqlite: all that a driver has to do.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use repass_sql::repass::port::PortError;
use repass_sql::{
    Answer, ColumnType, Dialect, Driver, MigrateError, Names, Part, Query, Store, Value,
};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, TransactionBehavior, params_from_iter};

/// Two connections to one file: one for counters, which no transaction of the service holds up, and one
/// for everything else.
#[derive(Clone, Debug)]
pub struct Rusqlite {
    connection: Arc<Mutex<Connection>>,
    counters: Arc<Mutex<Connection>>,
}

impl Rusqlite {
    /// Opens a file, makes it if it does not exist, and makes the tables.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if the file cannot be used.
    pub async fn open(path: &Path) -> Result<Store<Self>, MigrateError> {
        let connection = || connect(path).map(|connection| Arc::new(Mutex::new(connection)));
        let connections =
            (connection().map_err(PortError::from)?, connection().map_err(PortError::from)?);
        let driver = Self { connection: connections.0, counters: connections.1 };
        let store = Store::new(driver, &Names::default());
        store.migrate().await?;
        Ok(store)
    }

    /// The connection that is not the one of the counters.
    #[must_use]
    pub fn connection(&self) -> Arc<Mutex<Connection>> {
        Arc::clone(&self.connection)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Calls of SQLite block, so they run on a thread of their own.
async fn blocking<T: Send + 'static>(
    connection: &Arc<Mutex<Connection>>,
    call: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, PortError> {
    let connection = Arc::clone(connection);
    let call = move || call(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(tokio::task::spawn_blocking(call).await??)
}

/// One statement. Rows are read to the end: SQLite commits after the last one.
fn execute(connection: &Connection, query: Query) -> rusqlite::Result<Answer> {
    let (statement, values) = query.into_parts();
    let values = values.into_iter().map(|value| match value {
        Value::Blob(bytes) => bytes.map_or(SqlValue::Null, SqlValue::Blob),
        Value::Integer(number) => number.map_or(SqlValue::Null, SqlValue::Integer),
        Value::Text(text) => text.map_or(SqlValue::Null, SqlValue::Text),
    });
    let mut prepared = connection.prepare_cached(statement.sql())?;
    if statement.returns().is_empty() {
        let changed = prepared.execute(params_from_iter(values))?;
        return Ok(Answer::changed(u64::try_from(changed).unwrap_or(u64::MAX)));
    }
    let rows = prepared.query_map(params_from_iter(values), |row| {
        let columns = statement.returns().iter().enumerate().map(|(at, column)| {
            Ok(match column {
                ColumnType::Blob => Value::Blob(row.get(at)?),
                ColumnType::Integer => Value::Integer(row.get(at)?),
                ColumnType::Text => Value::Text(row.get(at)?),
            })
        });
        columns.collect()
    })?;
    Ok(Answer::rows(rows.collect::<rusqlite::Result<_>>()?))
}

impl Driver for Rusqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    async fn run(&self, query: Query) -> Result<Answer, PortError> {
        let connection = match query.statement().part() {
            Part::Counters => &self.counters,
            _ => &self.connection,
        };
        blocking(connection, |connection| execute(connection, query)).await
    }

    async fn transact(&self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        let transact = move |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut answers = Vec::new();
            for query in queries {
                let stop = query.clone();
                let answer = execute(&transaction, query)?;
                if stop.stops(&answer) {
                    transaction.rollback()?;
                    return Ok(None);
                }
                answers.push(answer);
            }
            transaction.commit()?;
            Ok(Some(answers))
        };
        blocking(&self.connection, transact).await
    }
}
