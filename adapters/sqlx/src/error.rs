use core::error::Error;
use core::fmt;

/// Why a database cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum SqliteError {
    /// Its tables were made by a newer program.
    Newer {
        /// The version of the tables.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database failed; [`source`](Error::source) says how.
    Database(sqlx::Error),
}

impl SqliteError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "sqlite_schema_newer",
            Self::Database(_) => "sqlite_failed",
        }
    }
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { found, known } => {
                write!(f, "the tables have version {found}, and this program knows {known}")
            }
            Self::Database(_) => f.write_str("the database failed"),
        }
    }
}

impl Error for SqliteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Newer { .. } => None,
            Self::Database(error) => Some(error),
        }
    }
}

impl From<sqlx::Error> for SqliteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}
