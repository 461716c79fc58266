use core::error::Error;
use core::fmt;
use core::time::Duration;

/// What this adapter reports of itself; all else is an error of sqlx.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostgresError {
    /// The call took too long. Nobody knows whether it was carried out.
    TimedOut {
        /// How long it may take.
        timeout: Duration,
    },
    /// Connections do not wait until a commit is on the disk.
    NotDurable {
        /// What they have been set to.
        synchronous_commit: String,
    },
}

impl PostgresError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "postgres_timed_out",
            Self::NotDurable { .. } => "postgres_not_durable",
        }
    }
}

impl fmt::Display for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { timeout } => {
                write!(f, "the database did not answer within {} ms", timeout.as_millis())
            }
            Self::NotDurable { synchronous_commit } => write!(
                f,
                "synchronous_commit is {synchronous_commit}; it has to be on, so that no crash \
                 takes a count or a password back: see Postgres::options"
            ),
        }
    }
}

impl Error for PostgresError {}
