//! The ports over SQLite files: several pools, several processes, and processes that are killed.

#![allow(clippy::tests_outside_test_module, reason = "it is a test")]

extern crate alloc;

#[path = "../common/audit.rs"]
mod audit;
#[path = "../common/columns.rs"]
mod columns;
#[path = "../common/control.rs"]
mod control;
#[path = "../common/crash.rs"]
mod crash;
#[path = "../common/dump.rs"]
mod dump;
#[path = "../common/fixtures.rs"]
mod fixtures;
#[path = "../common/helpers.rs"]
mod helpers;
#[path = "../common/hostile.rs"]
mod hostile;
#[path = "../common/own_transaction.rs"]
mod own_transaction;
#[path = "../common/processes.rs"]
mod processes;
#[path = "../common/races.rs"]
mod races;
#[path = "../common/stopping.rs"]
mod stopping;
#[path = "../common/user_tables.rs"]
mod user_tables;

mod accounts;
mod conformance;
mod faults;
mod own_table;
mod store;

use std::path::Path;

use repass::SysRng;
use repass_sqlx::{Sqlite, SqliteStore};

use conformance::{Stores, mistaken};
use fixtures::fixtures;
use helpers::*;

type Db = Sqlite;
type DbTransaction = repass_sqlx::SqliteTransaction;
type DbRow = sqlx::sqlite::SqliteRow;

/// SQLite is always there.
const fn skipped() -> bool {
    false
}

/// A place for a new database, without its tables.
async fn prepare(_folder: &Path) -> Result {
    Ok(())
}

/// Everything that is on the disk.
async fn dump(folder: &Path) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for name in ["database", "database-wal"] {
        all.extend(std::fs::read(folder.join(name))?);
    }
    Ok(all)
}

async fn open(folder: &Path) -> Result<SqliteStore> {
    let store = Sqlite::open(folder.join("database")).await?;
    store.accounts().migrate().await?;
    Ok(store)
}
