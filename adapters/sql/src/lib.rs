//! Schema and statements of the ports of `repass` for SQL databases, without a driver.
//!
//! [`sqlite`] holds the tables and one constant for each statement, with a word on why it is written
//! the way it is. [`AttemptColumns`], [`QueueColumns`] and [`CounterValues`] turn the values of the
//! crate into what is bound, and back. `repass-sqlx` is written over them. A service that uses another
//! driver, such as `rusqlite`, which cannot be linked into one program with sqlx, writes the same
//! few lines over its own connection.
//!
//! All times are whole seconds since 1970, except those of the queue, which are microseconds so that
//! entries of one second keep their order.
//!
//! ```
//! use repass_sql::sqlite;
//!
//! assert!(sqlite::SCHEMA.iter().all(|statement| statement.contains("repass_")));
//! ```

mod columns;
pub mod sqlite;

pub use repass;

pub use self::columns::{
    AttemptColumns, CounterValues, QueueColumns, StoredError, counter_purge_bounds, counter_said,
    latest_due, micros, queue_entry,
};
