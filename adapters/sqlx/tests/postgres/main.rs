//! The ports over a PostgreSQL server, which these tests start.

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

mod conformance;
mod faults;
#[cfg(feature = "sqlite")]
mod moving;
mod own_transactions;
mod partitions;
mod replicas;
mod server;

use core::sync::atomic::{AtomicU32, Ordering};
use std::path::Path;
use std::sync::OnceLock;

use repass::SysRng;
use repass_sqlx::repass_sql::Names;
use repass_sqlx::{Postgres, PostgresStore};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use conformance::{Stores, mistaken};
use fixtures::fixtures;
use helpers::*;
use server::{Server, skipped};

type Db = Postgres;
type DbTransaction = repass_sqlx::PostgresTransaction;
type DbRow = sqlx::postgres::PgRow;

/// The server of all tests that do not stop it.
fn server() -> Result<&'static Server> {
    static SERVER: OnceLock<core::result::Result<Server, String>> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::start().map_err(|error| error.to_string()));
    server.as_ref().map_err(|error| error.clone().into())
}

impl Server {
    fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().socket(self.folder());
        options.username("postgres").database("postgres")
    }
}

/// A number that no other test has.
fn unique() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// The store of a test, which a file in its folder names for the processes that it starts: the folder of
/// the server, and a schema.
async fn open(folder: &Path) -> Result<PostgresStore> {
    let file = folder.join("database");
    if !file.exists() {
        prepare(folder).await?;
    }
    let text = read(&file);
    let (socket, schema) = text.split_once('\n').ok_or("no schema")?;
    let options = PgConnectOptions::new_without_pgpass().socket(socket);
    let store = connect(options.username("postgres").database("postgres"), schema)?;
    store.migrate().await?;
    store.accounts().migrate().await?;
    Ok(store)
}

/// A place for a new database, without its tables.
async fn prepare(folder: &Path) -> Result {
    let (server, schema) = (server()?, format!("Test_{}", unique()));
    create_schema(&server.options(), &schema).await?;
    let text = format!("{}\n{schema}", server.folder().display());
    Ok(std::fs::write(folder.join("database"), text)?)
}

/// All tables of the schema, by the program that backups are made with.
async fn dump(folder: &Path) -> Result<Vec<u8>> {
    let text = read(&folder.join("database"));
    let (socket, schema) = text.split_once('\n').ok_or("no schema")?;
    let mut command = server::program("pg_dump")?;
    command.args(["-U", "postgres", "-h", socket, "--inserts", "-n"]);
    let done = command.arg(format!("\"{schema}\"")).arg("postgres").output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }
    Ok(done.stdout)
}

async fn create_schema(options: &PgConnectOptions, schema: &str) -> Result {
    let mut connection = PgConnection::connect_with(options).await?;
    // Nobody finds it without its capitals and its quotes.
    let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA \"{schema}\""));
    sqlx::raw_sql(create).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

fn connect(options: PgConnectOptions, schema: &str) -> Result<PostgresStore> {
    let names = Names::with_prefix("repass_")?.in_schema(schema)?;
    let options = Postgres::options(options);
    let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
    let driver = Postgres::new(pool(4), pool(2));
    Ok(PostgresStore::new(driver.with_timeout(core::time::Duration::from_secs(20)), &names))
}
