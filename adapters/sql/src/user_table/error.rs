use core::fmt;

use repass::port::PortError;

/// Why a user table cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum TableError {
    /// The configuration does not fit the database.
    Wrong {
        /// The table.
        table: String,
        /// The column, unless it is about the whole table.
        column: Option<String>,
        /// What is wrong.
        problem: TableProblem,
    },
    /// The database failed; [`source`](core::error::Error::source) says how.
    Failed(PortError),
}

/// What is wrong with a table or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableProblem {
    /// There is none.
    Missing {
        /// The names that there are.
        there: Vec<String>,
    },
    /// It has a type that does not do.
    Type {
        /// The type that it has.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// It can be `NULL`, and must not.
    Nullable,
    /// Two rows can have the same value, and must not: it needs a unique index of its own.
    NotUnique,
    /// Addresses in a second table need a version in the row of the account.
    NoVersion,
    /// Nobody can be looked up: there is no address, login, phone number or field.
    NoLookup,
    /// Addresses are in the row and in a second table.
    TwoAddresses,
}

impl TableError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Wrong { problem, .. } => match problem {
                TableProblem::Missing { .. } => "user_table_missing",
                TableProblem::Type { .. } => "user_table_type",
                TableProblem::Nullable => "user_table_nullable",
                TableProblem::NotUnique => "user_table_not_unique",
                TableProblem::NoVersion => "user_table_no_version",
                TableProblem::NoLookup => "user_table_no_lookup",
                TableProblem::TwoAddresses => "user_table_two_addresses",
            },
            Self::Failed(_) => "user_table_failed",
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (table, column, problem) = match self {
            Self::Wrong { table, column, problem } => (table, column, problem),
            Self::Failed(_) => return f.write_str("the user table could not be read"),
        };
        match column {
            Some(column) => write!(f, "{table}.{column} ")?,
            None => write!(f, "{table} ")?,
        }
        match problem {
            TableProblem::Missing { there } if there.is_empty() => f.write_str("does not exist"),
            TableProblem::Missing { there } => {
                write!(f, "does not exist; there are {}", there.join(", "))
            }
            TableProblem::Type { found, allowed } => {
                write!(f, "is {found}; allowed is {allowed}")
            }
            TableProblem::Nullable => f.write_str("can be NULL; it has to be NOT NULL"),
            TableProblem::NotUnique => f.write_str("is not unique; it needs a unique index"),
            TableProblem::NoVersion => f.write_str(
                "needs a version, a bigint column that every change of an address raises: its \
                 addresses are in a second table",
            ),
            TableProblem::NoLookup => f.write_str(
                "needs a column by which people are looked up: an e-mail address, a login, a phone \
                 number or a field",
            ),
            TableProblem::TwoAddresses => f.write_str(
                "has addresses in the row and in a second table; one of them is allowed",
            ),
        }
    }
}

impl core::error::Error for TableError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Wrong { .. } => None,
            Self::Failed(error) => Some(error.source()),
        }
    }
}

impl From<PortError> for TableError {
    fn from(error: PortError) -> Self {
        Self::Failed(error)
    }
}

/// What a column that a user table lacks costs. Each shows the same in its text, for the log at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cost {
    /// No version: a link works again within its life after the account was disabled and enabled, or after
    /// an address was changed and changed back. An account with a verified address that cannot be read
    /// gets no new password.
    NoVersion,
    /// No session epoch: all sessions can end only with a new password.
    NoEpoch,
    /// No flag whether an address is verified: every address that somebody entered counts as verified and
    /// receives secrets.
    NoVerified,
    /// No flag whether the account may sign in: every account is reset.
    NoEnabled,
    /// Nothing that says that the password has to be changed: there are no temporary passwords.
    NoMustChange,
    /// No flag that recovery is required: "this was not me" cannot shut out a password that somebody else
    /// set.
    NoRequiredRecovery,
    /// No moment of the last change: no least age is kept.
    NoChangedAt,
    /// No history: an earlier password can be chosen again.
    NoHistory,
    /// No column of canonical spellings: texts are found by an expression, which wants an index, and texts
    /// beyond ASCII only in the spelling that is stored.
    NoCanonical,
}

impl Cost {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoVersion => "no_version",
            Self::NoEpoch => "no_epoch",
            Self::NoVerified => "no_verified",
            Self::NoEnabled => "no_enabled",
            Self::NoMustChange => "no_must_change",
            Self::NoRequiredRecovery => "no_required_recovery",
            Self::NoChangedAt => "no_changed_at",
            Self::NoHistory => "no_history",
            Self::NoCanonical => "no_canonical",
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoVersion => {
                "without a version, a link works again within its life after the account was disabled \
                 and enabled, or after an address was changed and changed back; and an account with a \
                 verified address that cannot be read gets no new password"
            }
            Self::NoEpoch => {
                "without a session epoch, all sessions can end only with a new password"
            }
            Self::NoVerified => {
                "without a flag for verified addresses, every address that somebody entered counts \
                 as verified and receives secrets"
            }
            Self::NoEnabled => "without a flag for enabled accounts, every account is reset",
            Self::NoMustChange => {
                "without a column for it, no password has to be changed: there are no temporary \
                 passwords"
            }
            Self::NoRequiredRecovery => {
                "without a column for it, \"this was not me\" cannot shut out a password that \
                 somebody else set"
            }
            Self::NoChangedAt => "without the moment of the last change, no least age is kept",
            Self::NoHistory => "without a history, an earlier password can be chosen again",
            Self::NoCanonical => {
                "without a column of canonical spellings, texts are found by an expression, which \
                 wants an index, and texts beyond ASCII only in the spelling that is stored"
            }
        })
    }
}
