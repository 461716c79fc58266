//! Attempts, counters and queue over tokio-postgres: all that a driver has to do.
//!
//! A service takes connections out of a pool, such as `deadpool-postgres`, instead of keeping two.

use std::sync::Arc;

use repass_sql::repass::port::PortError;
use repass_sql::{
    Answer, ColumnType, Dialect, Driver, MigrateError, Names, Part, Query, Store, Value,
};
use tokio::sync::Mutex;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, GenericClient, NoTls};

/// Two connections: one for counters, which no transaction of the service holds up, and one for
/// everything else.
#[derive(Clone, Debug)]
pub struct TokioPostgres {
    client: Arc<Mutex<Client>>,
    counters: Arc<Mutex<Client>>,
}

impl TokioPostgres {
    /// How often a statement is carried out that another transaction made fail.
    const TRIES: u32 = 100;

    /// Connects, and makes the tables.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if the database cannot be used.
    pub async fn open(config: &Config, names: &Names) -> Result<Store<Self>, MigrateError> {
        let driver = Self { client: connect(config).await?, counters: connect(config).await? };
        let store = Store::new(driver, names);
        store.migrate().await?;
        Ok(store)
    }

    /// The connection that is not the one of the counters.
    #[must_use]
    pub fn client(&self) -> Arc<Mutex<Client>> {
        Arc::clone(&self.client)
    }
}

async fn connect(config: &Config) -> Result<Arc<Mutex<Client>>, PortError> {
    let (client, connection) = config.connect(NoTls).await?;
    // It ends when the client is dropped.
    tokio::spawn(connection);
    // A count has to be on the disk before it is answered, whatever the default of the server is.
    client.batch_execute("SET synchronous_commit = on").await?;
    Ok(Arc::new(Mutex::new(client)))
}

/// One statement. Rows are read to the end: PostgreSQL commits after the last one.
async fn execute(client: &impl GenericClient, query: Query) -> Result<Answer, Error> {
    let (statement, values) = query.into_parts();
    let values = values.iter().map(|value| match value {
        Value::Blob(bytes) => bytes as &(dyn ToSql + Sync),
        Value::Integer(number) => number,
        Value::Text(text) => text,
    });
    let values: Vec<_> = values.collect();
    let prepared = client.prepare(statement.sql()).await?;
    if statement.returns().is_empty() {
        return Ok(Answer::changed(client.execute(&prepared, &values).await?));
    }
    let mut rows = Vec::new();
    for row in client.query(&prepared, &values).await? {
        let columns = statement.returns().iter().enumerate().map(|(at, column)| {
            Ok(match column {
                ColumnType::Blob => Value::Blob(row.try_get(at)?),
                ColumnType::Integer => Value::Integer(row.try_get(at)?),
                ColumnType::Text => Value::Text(row.try_get(at)?),
            })
        });
        rows.push(columns.collect::<Result<_, Error>>()?);
    }
    Ok(Answer::rows(rows))
}

/// A serialization failure or a deadlock: PostgreSQL has rolled back all of it.
fn certainly_not_done(error: &Error) -> bool {
    let codes = [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::T_R_DEADLOCK_DETECTED];
    error.code().is_some_and(|code| codes.contains(&code))
}

impl Driver for TokioPostgres {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn run(&self, query: Query) -> Result<Answer, PortError> {
        let client = match query.statement().part() {
            Part::Counters => &self.counters,
            _ => &self.client,
        };
        let mut tries = 0_u32;
        loop {
            tries = tries.saturating_add(1);
            match execute(&*client.lock().await, query.clone()).await {
                Err(error) if certainly_not_done(&error) && tries < Self::TRIES => {}
                answer => return Ok(answer?),
            }
            tokio::task::yield_now().await;
        }
    }

    async fn transact(&self, queries: Vec<Query>) -> Result<Option<Vec<Answer>>, PortError> {
        let mut client = self.client.lock().await;
        let transaction = client.transaction().await?;
        let mut answers = Vec::new();
        for query in queries {
            let stop = query.clone();
            let answer = execute(&transaction, query).await?;
            if stop.stops(&answer) {
                transaction.rollback().await?;
                return Ok(None);
            }
            answers.push(answer);
        }
        transaction.commit().await?;
        Ok(Some(answers))
    }
}
