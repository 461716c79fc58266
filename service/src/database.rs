//! Opens the database, and makes the ports of it.

use alloc::sync::Arc;
use core::time::Duration;
use std::path::PathBuf;

use repass::account::AccountId;
use repass::port::{DynPorts, Notifier};
use repass::secret::Password;
use repass_sqlx::repass_sql::Driver;
use repass_sqlx::sqlx::postgres::PgConnectOptions;
use repass_sqlx::{Postgres, PostgresStore, Sqlite, SqliteStore};
use repass_tokio::HashPool;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::configuration::{Configuration, ConfiguredAccount, Database};
use crate::start_error::StartError;
use crate::users::{Pool, Users};

/// An open database.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    store: Stored,
    pool: Pool,
    /// The folder of a temporary database is deleted with the last of these.
    _folder: Option<Arc<TempDir>>,
}

#[derive(Clone, Debug)]
enum Stored {
    Sqlite(SqliteStore, Users<Sqlite>),
    Postgres(PostgresStore, Users<Postgres>),
}

impl Opened {
    /// Opens the database and makes its tables.
    pub(crate) async fn new(database: &Database) -> Result<Self, StartError> {
        let mut folder = None;
        let path = match database {
            Database::Temporary => {
                let new = TempDir::with_prefix("repass-").map_err(StartError::of("database"))?;
                let path = new.path().join("service.db");
                folder = Some(Arc::new(new));
                path
            }
            Database::Sqlite(path) => path.clone(),
            Database::Postgres(url) => return Self::postgres(url.expose()).await,
        };
        Self::sqlite(path, folder).await
    }

    async fn sqlite(path: PathBuf, folder: Option<Arc<TempDir>>) -> Result<Self, StartError> {
        let store = Sqlite::open(&path).await.map_err(StartError::of("database"))?;
        let driver = store.driver().clone();
        let pool = Pool::Sqlite(driver.pool().clone());
        let users = users(driver, &pool).await?;
        Ok(Self { store: Stored::Sqlite(store, users), pool, _folder: folder })
    }

    async fn postgres(url: &str) -> Result<Self, StartError> {
        // What the URL parser says could show the password in it.
        let options: PgConnectOptions =
            url.parse().map_err(|_| StartError::of("database")("it is no URL of PostgreSQL"))?;
        let store = Postgres::open(options).await.map_err(StartError::of("database"))?;
        let driver = store.driver().clone();
        let pool = Pool::Postgres(driver.pool().clone());
        let users = users(driver, &pool).await?;
        Ok(Self { store: Stored::Postgres(store, users), pool, _folder: None })
    }

    /// The ports over it.
    pub(crate) fn ports(&self, notifier: impl Notifier + Clone + 'static) -> DynPorts {
        match &self.store {
            Stored::Sqlite(store, users) => {
                let [attempts, counters, queue] = [(); 3].map(|()| store.clone());
                DynPorts::new(users.clone(), attempts, counters, queue, notifier)
            }
            Stored::Postgres(store, users) => {
                let [attempts, counters, queue] = [(); 3].map(|()| store.clone());
                DynPorts::new(users.clone(), attempts, counters, queue, notifier)
            }
        }
    }

    /// Adds the accounts of the configuration that are not there yet.
    pub(crate) async fn add_accounts(
        &self,
        configuration: &Configuration,
        hashing: &HashPool,
    ) -> Result<(), StartError> {
        let mut adding = JoinSet::new();
        for account in &configuration.accounts {
            let (opened, hashing, account) = (self.clone(), hashing.clone(), account.clone());
            adding.spawn(async move { opened.add(&account, &hashing).await });
        }
        while let Some(added) = adding.join_next().await {
            added.map_err(StartError::of("accounts"))??;
        }
        Ok(())
    }

    async fn add(&self, account: &ConfiguredAccount, hashing: &HashPool) -> Result<(), StartError> {
        let failed = StartError::of("accounts");
        // Without a hash first: most of the time the account is there.
        if self.has(&account.id).await? {
            return Ok(());
        }
        let hash = match &account.password {
            None => None,
            Some(password) => {
                let password = Password::new(password.expose()).map_err(&failed)?;
                Some(hashing.hash(password).await.map_err(StartError::of("accounts"))?)
            }
        };
        let added = match &self.store {
            Stored::Sqlite(_, users) => users.add(account, hash.as_ref()).await,
            Stored::Postgres(_, users) => users.add(account, hash.as_ref()).await,
        };
        added.map(|_| ()).map_err(StartError::of("accounts"))
    }

    async fn has(&self, id: &AccountId) -> Result<bool, StartError> {
        let now = crate::clock::now();
        let loaded = match &self.store {
            Stored::Sqlite(_, users) => repass::port::Accounts::load(users, id, now).await,
            Stored::Postgres(_, users) => repass::port::Accounts::load(users, id, now).await,
        };
        Ok(loaded.map_err(StartError::of("accounts"))?.is_some())
    }

    /// Whether the database answers within two seconds.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = tokio::time::timeout(Duration::from_secs(2), self.pool.answers());
        answer.await.unwrap_or(false)
    }
}

async fn users<D: Driver>(driver: D, pool: &Pool) -> Result<Users<D>, StartError> {
    pool.migrate().await.map_err(StartError::of("database"))?;
    Users::open(driver, pool.clone()).await.map_err(StartError::of("database"))
}
