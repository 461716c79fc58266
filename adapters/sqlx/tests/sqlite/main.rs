//! The ports over SQLite files: several pools, several processes, and processes that are killed.

#![allow(clippy::tests_outside_test_module, reason = "it is a test")]

extern crate alloc;

#[path = "../common/fixtures.rs"]
mod common;

mod accounts;
mod conformance;
mod crash;
mod flow;
mod own_table;
mod processes;
mod stopping;
mod store;

use core::error::Error;
use std::path::Path;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Notifier, PortError, PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use repass_sqlx::{Sqlite, SqliteAccounts, SqliteStore};

use common::fixtures;

type Failure = Box<dyn Error + Send + Sync>;
type Result<T = ()> = core::result::Result<T, Failure>;
type FilePorts = PortSet<SqliteAccounts, SqliteStore, SqliteStore, SqliteStore, FileNotifier>;

const OLD: &str = "the lost one";

/// The moment at which a test begins, and later ones.
fn at(seconds: i64) -> Result<UtcDateTime> {
    Ok(UtcDateTime::from_unix_timestamp(1_700_000_000_i64.saturating_add(seconds))?)
}

/// Appends messages to a file, which another process can read.
#[derive(Debug)]
struct FileNotifier(std::path::PathBuf);

impl Notifier for FileNotifier {
    async fn deliver(
        &self,
        message: &repass::message::Message,
        _now: UtcDateTime,
    ) -> core::result::Result<Delivered, PortError> {
        append(&self.0, &format!("To: {}\n{}\n", message.to(), message.expose_secret()))?;
        Ok(Delivered::Taken)
    }
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn hasher() -> Result<Hasher> {
    Ok(Hasher::new(Cost::new(64, 1, 1)?))
}

fn policy() -> Result<Policy> {
    Ok(Policy::builder().min_length(12).build()?)
}

fn flow() -> Result<Flow> {
    let key = Key::from_base64("ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU")?;
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    Ok(Flow::builder(Keyring::new(KeyId::new(1), key), page).build()?)
}

fn ports(store: &SqliteStore, folder: &Path) -> FilePorts {
    PortSet {
        accounts: store.accounts(),
        attempts: store.clone(),
        counters: store.clone(),
        queue: store.clone(),
        notifier: FileNotifier(folder.join("messages")),
    }
}

async fn open(folder: &Path) -> Result<SqliteStore> {
    let store = Sqlite::open(folder.join("database")).await?;
    store.accounts().migrate().await?;
    Ok(store)
}

async fn recovery(folder: &Path) -> Result<Recovery<FilePorts>> {
    Ok(Recovery::new(flow()?, ports(&open(folder).await?, folder)))
}

fn ada() -> Result<Account> {
    let old = hasher()?.hash(&Password::new(OLD)?, Salt::generate(&mut SysRng)?)?;
    Ok(Account::new(AccountId::new("42")?)
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(old))
}

fn seed() -> Result<Seed> {
    Ok(Seed::generate(&mut SysRng)?)
}

async fn ask<P: Ports>(recovery: &Recovery<P>, now: UtcDateTime) -> Result {
    let lookup = Lookup::email("ada@example.org")?;
    let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
    Ok(())
}

async fn drain<P: Ports>(recovery: &Recovery<P>, now: UtcDateTime) -> Result {
    while !recovery.work(ClaimToken::new(seed()?), 10, now).await?.is_empty() {}
    Ok(())
}

/// The token of the newest link in the messages.
fn token(folder: &Path) -> Option<String> {
    let messages = read(&folder.join("messages"));
    let (_, rest) = messages.rsplit_once("?token=")?;
    rest.lines().next().map(str::to_owned)
}
