//! Schema and statements of the ports of `repass` for SQL databases, without a driver.
//!
//! [`statements`] gives the text of each statement for a [`Dialect`] and the [`Names`] of the tables,
//! with a word on why it is written the way it is. [`Store`] is the ports
//! [`Attempts`](repass::port::Attempts), [`Counters`](repass::port::Counters) and
//! [`Queue`](repass::port::Queue) over them; what it needs of a driver is the trait [`Driver`]: to carry
//! out one statement, and several in one transaction. `repass-sqlx` is written over it, and so can be what
//! a service writes that uses another driver, such as `rusqlite`, which cannot be linked into one
//! program with sqlx.
//!
//! All times are whole seconds since 1970, except those of the queue, which are microseconds so that
//! entries of one second keep their order.
//!
//! ```
//! use repass_sql::{Dialect, Names, statements};
//!
//! let statements = statements(Dialect::Sqlite, &Names::default());
//! let load = r#"SELECT bytes FROM "main"."repass_attempt" WHERE id = ?1"#;
//! assert_eq!(&**statements.attempts.load.sql(), load);
//! ```

#![doc = include_str!("../README.md")]

extern crate alloc;

mod columns;
mod driver;
mod execute;
mod migrate;
mod name;
mod query;
mod simple;
mod statement;
mod statements;
mod store;
mod transaction;
mod user_table;

pub use repass;

pub use self::columns::{
    AttemptColumns, CounterValues, QueueColumns, StoredError, counter_purge_bounds, counter_said,
    latest_due, micros, queue_entry,
};
pub use self::driver::Driver;
pub use self::migrate::MigrateError;
pub use self::name::{Identifier, NameError, Names};
pub use self::query::{Answer, AnswerError, Query, Value};
pub use self::simple::SimpleAccounts;
pub use self::statement::{ColumnType, Dialect, Distribution, Part, Statement};
pub use self::statements::{
    AccountStatements, AttemptStatements, CounterStatements, Migration, MigrationStatements,
    QueueStatements, Statements, statements,
};
pub use self::store::Store;
pub use self::transaction::{Transaction, Uncommitted};
pub use self::user_table::{
    Cost, EmailTable, Flag, HistoryTable, SqlAccounts, TableError, TableProblem, UserTable,
};
