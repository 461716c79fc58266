//! The ports of `repass` over SQLite, with sqlx.
//!
//! [`SqliteStore`] is [`Attempts`](repass::port::Attempts), [`Counters`](repass::port::Counters) and
//! [`Queue`](repass::port::Queue); [`SqliteAccounts`] is a simple user table for services that have
//! none. Several processes can share one file.
//!
//! ```
//! use repass::port::PortSet;
//! use repass_sqlx::SqliteStore;
//! # async fn open(path: &std::path::Path, notifier: impl repass::port::Notifier)
//! # -> Result<impl repass::port::Ports, repass_sqlx::SqliteError> {
//!
//! let store = SqliteStore::open(path).await?;
//! let ports = PortSet {
//!     accounts: store.accounts(),
//!     attempts: store.clone(),
//!     counters: store.clone(),
//!     queue: store,
//!     notifier,
//! };
//! # Ok(ports) }
//! ```

#![doc = include_str!("../README.md")]

mod accounts;
mod attempts;
mod counters;
mod error;
mod queue;
mod store;

pub use repass;
pub use repass_sql;
pub use sqlx;

pub use self::accounts::SqliteAccounts;
pub use self::error::SqliteError;
pub use self::store::SqliteStore;
