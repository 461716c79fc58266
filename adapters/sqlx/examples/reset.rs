//! The whole flow at a terminal, over a database: from "forgot" to "changed".
//!
//! ```text
//! $ cargo run -p repass-sqlx --example reset
//! $ printf 'ada\nlink\nplum-kettle-42\nplum-kettle-42\n' |
//!       cargo run -p repass-sqlx --example reset -- --take-from-outbox
//! $ cargo run -p repass-sqlx --example reset -- --database-url postgres://localhost/service
//! ```
//!
//! Prompts and mistakes go to standard error, results to standard output. Exit status: 0 if the
//! password was changed and every claim about it was proved; 1 otherwise; 2 for wrong arguments.

extern crate alloc;

#[path = "../../../examples/reset/terminal.rs"]
mod terminal;
#[path = "../../../examples/reset/walk.rs"]
mod walk;

use alloc::sync::Arc;
use core::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use repass::account::Account;
use repass::memory::Outbox;
use repass::port::DynPorts;
use repass_sqlx::repass_sql::{Driver, Store};
use repass_sqlx::{Postgres, Sqlite};

use self::terminal::{Result, complain, end, ended};
use self::walk::{People, Walk};

const HELP: &str = "\
Resets a lost password, with two accounts in a database.

usage: reset [--database FILE | --database-url URL] [--take-from-outbox] [--help]

  --database FILE     keep everything in this SQLite file; in a new one that is deleted by default
  --database-url URL  keep everything in this PostgreSQL database, as postgres://user@host/database;
                      the tables are made in its schema `public`, and their names begin with `repass_`
  --take-from-outbox  take the link or code out of the delivered message instead of asking for it
  --help              print this

Every prompt takes one line, from a terminal or a pipe; `quit` ends the program, with status 1.
Passwords are shown while they are typed: this example does not turn off the echo of a terminal.
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut take_from_outbox, mut database) = (false, None);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let value = match argument.to_str() {
            Some("--database" | "--database-url") if database.is_none() => arguments.next(),
            _ => None,
        };
        match argument.to_str() {
            Some("--database") if value.is_some() => {
                database = value.map(|path| Database::File(path.into()));
            }
            Some("--database-url") if value.is_some() => {
                database = value.map(|url| Database::Url(url.to_string_lossy().into_owned()));
            }
            Some("--take-from-outbox") => take_from_outbox = true,
            Some("--help") => return end(io::stdout().write_all(HELP.as_bytes()).is_ok()),
            _ => {
                complain(format_args!("unknown argument {argument:?}, see --help"));
                return ExitCode::from(2);
            }
        }
    }
    ended(run(take_from_outbox, database).await)
}

async fn run(take_from_outbox: bool, database: Option<Database>) -> Result<bool> {
    // It is deleted at the end.
    let folder = tempfile::tempdir()?;
    let database = database.unwrap_or_else(|| Database::File(folder.path().join("reset.db")));
    let (people, outbox) = (People::draw()?, Arc::new(Outbox::default()));
    let ports = open(database, people.accounts(), Arc::clone(&outbox)).await?;
    Walk::new(ports, outbox, people, take_from_outbox)?.walk().await
}

/// Where everything is kept.
enum Database {
    File(PathBuf),
    Url(String),
}

/// The tables, and what fills them with accounts. A service knows its database, and needs no ports that are
/// chosen when it runs.
async fn open(database: Database, accounts: &[Account], notifier: Arc<Outbox>) -> Result<DynPorts> {
    /// Both databases alike.
    async fn ports<D: Driver + Clone + 'static>(
        store: Store<D>,
        accounts: &[Account],
        notifier: Arc<Outbox>,
    ) -> Result<DynPorts> {
        let table = store.accounts();
        table.migrate().await?;
        for account in accounts {
            table.put(account).await.map_err(Box::<dyn Error>::from)?;
        }
        let (attempts, counters) = (store.clone(), store.clone());
        Ok(DynPorts::new(table, attempts, counters, store, notifier))
    }
    match database {
        Database::File(path) => ports(Sqlite::open(path).await?, accounts, notifier).await,
        Database::Url(url) => ports(Postgres::open(url.parse()?).await?, accounts, notifier).await,
    }
}
