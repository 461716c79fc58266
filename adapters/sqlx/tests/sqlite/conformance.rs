use std::sync::Mutex;

use repass::conformance::{accounts, attempts, counters, queue};
use repass_sqlx::Sqlite;
use repass_sqlx::repass_sql::{Dialect, Names, SimpleAccounts, Statements, Store, statements};
use tempfile::TempDir;

use super::{Result, fixtures};

/// Each store is a new file, and each handle has pools of its own.
pub(crate) struct Files {
    statements: Statements,
    folders: Mutex<Vec<TempDir>>,
}

impl Default for Files {
    fn default() -> Self {
        let statements = statements(Dialect::Sqlite, &Names::default());
        Self { statements, folders: Mutex::default() }
    }
}

pub(crate) type Stores = Files;

/// Stores with a statement that was changed.
pub(crate) fn mistaken(change: impl Fn(&mut Statements)) -> Result<Files> {
    let mut files = Files::default();
    change(&mut files.statements);
    Ok(files)
}

impl Files {
    pub(crate) async fn stores(&self) -> Answer<[Store<Sqlite>; 2]> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("database");
        let open = async || {
            let driver = Sqlite::open(&path).await?.driver().clone();
            Answer::Ok(Store::with_statements(driver, self.statements.clone()))
        };
        let stores = [open().await?, open().await?];
        if let Ok(mut folders) = self.folders.lock() {
            folders.push(folder);
        }
        Ok(stores)
    }
}

fixtures!(Files, Sqlite, "BEGIN IMMEDIATE");

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_attempts() -> Result {
    // Rows are bounded by the disk.
    let not_judged = [attempts::Clause::RowsAreNotEvicted];
    Ok(attempts::run(&Files::default()).await.proven_except(&not_judged)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_counters() -> Result {
    let not_judged = [counters::Clause::CountersAreNotEvicted];
    Ok(counters::run(&Files::default()).await.proven_except(&not_judged)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_the_queue() -> Result {
    Ok(queue::run(&Files::default()).await.proven_except(&[])?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_accounts() -> Result {
    Ok(accounts::run(&Files::default()).await.proven_except(&[])?)
}
