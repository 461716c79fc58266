use core::fmt;

use repass::port::PortError;

use crate::query::{AnswerError, Row};
use crate::{Driver, Migration, MigrationStatements, Query, Value};

/// Which tables to make.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tables {
    Store,
    Accounts,
}

impl Tables {
    const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Accounts => "accounts",
        }
    }
}

/// Applies the migrations that are missing, each in one transaction. Processes that do so at once take
/// turns, and each migration is applied once.
pub(crate) async fn migrate<D: Driver>(
    driver: &D,
    statements: &MigrationStatements,
    tables: Tables,
) -> Result<(), MigrateError> {
    driver.check().await?;
    let migrations = match tables {
        Tables::Store => &statements.store,
        Tables::Accounts => &statements.accounts,
    };
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
    let lock = || Query::new(&statements.lock, []);
    let name = Value::text(tables.name());
    let answers = driver.transact(vec![
        lock(),
        Query::new(&statements.make_versions, []),
        Query::new(&statements.versions, [name.clone()]),
    ]);
    let row = answers.await?.and_then(|mut answers| answers.pop()?.into_row());
    let (applied, oldest_reader) = versions(row).map_err(PortError::from)?;
    if oldest_reader > known {
        return Err(MigrateError::Newer { found: applied, known });
    }
    for Migration { version, oldest_reader, statements: steps } in migrations {
        if *version <= applied {
            continue;
        }
        let numbers = [*version, *oldest_reader].map(Value::integer);
        let [version, oldest_reader] = numbers;
        let add = Query::new(&statements.add_version, [name.clone(), version, oldest_reader]);
        let mut queries = vec![lock(), add.decides()];
        queries.extend(steps.iter().map(|step| Query::new(step, [])));
        // None: another process was faster.
        driver.transact(queries).await?;
    }
    Ok(())
}

fn versions(row: Option<Row>) -> Result<(i64, i64), AnswerError> {
    let mut row = row.ok_or(AnswerError { column: 0 })?;
    Ok((row.integer()?, row.integer()?))
}

/// Why tables cannot be made or used.
#[derive(Debug)]
#[non_exhaustive]
pub enum MigrateError {
    /// A newer program has changed the tables in a way that this one does not know.
    Newer {
        /// The version of the tables.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database failed, or its connections are not as they need to be;
    /// [`source`](core::error::Error::source) says how.
    Failed(PortError),
}

impl MigrateError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "sql_schema_newer",
            Self::Failed(_) => "sql_migration_failed",
        }
    }
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { found, known } => {
                write!(f, "the tables have version {found}, and this program knows {known}")
            }
            Self::Failed(_) => f.write_str("the database failed"),
        }
    }
}

impl core::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Newer { .. } => None,
            Self::Failed(error) => Some(error.source()),
        }
    }
}

impl From<PortError> for MigrateError {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}
