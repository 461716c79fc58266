//! Opens the database, and makes the ports of it.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::time::Duration;
use std::path::PathBuf;

use repass::port::{Accounts, DynPorts, Notifier};
use repass::secret::{Password, PasswordHash};
use repass_sqlx::repass_sql::{Driver, Store};
use repass_sqlx::sqlx::postgres::PgConnectOptions;
use repass_sqlx::{Postgres, PostgresStore, Sqlite, SqliteStore};
use repass_tokio::HashPool;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::clock::now;
use crate::configuration::{Configuration, ConfiguredAccount, Database};
use crate::start_error::StartError;
use crate::users::{Pool, Users};

/// The accounts of each tenant, by its name, and those of none.
type ByTenant<D> = BTreeMap<String, Users<D>>;

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
    Sqlite(SqliteStore, ByTenant<Sqlite>),
    Postgres(PostgresStore, ByTenant<Postgres>),
}

impl Opened {
    /// Opens the database and makes its tables.
    pub(crate) async fn new(configuration: &Configuration) -> Result<Self, StartError> {
        let names = configuration.tenants.iter().map(|tenant| tenant.name.clone());
        let tenants: Vec<_> = core::iter::once(String::new()).chain(names).collect();
        let mut folder = None;
        let path = match &configuration.database {
            Database::Temporary => {
                let new = TempDir::with_prefix("repass-").map_err(StartError::of("database"))?;
                let path = new.path().join("service.db");
                folder = Some(Arc::new(new));
                path
            }
            Database::Sqlite(path) => path.clone(),
            Database::Postgres(url) => return Self::postgres(url.expose(), &tenants).await,
        };
        Self::sqlite(path, folder, &tenants).await
    }

    async fn sqlite(
        path: PathBuf,
        folder: Option<Arc<TempDir>>,
        tenants: &[String],
    ) -> Result<Self, StartError> {
        let store = Sqlite::open(&path).await.map_err(StartError::of("database"))?;
        let driver = store.driver().clone();
        let pool = Pool::Sqlite(driver.pool().clone());
        let users = users(&driver, &pool, tenants).await?;
        Ok(Self { store: Stored::Sqlite(store, users), pool, _folder: folder })
    }

    async fn postgres(url: &str, tenants: &[String]) -> Result<Self, StartError> {
        let options = connect_options(url)?;
        let store = Postgres::open(options).await.map_err(StartError::of("database"))?;
        let driver = store.driver().clone();
        let pool = Pool::Postgres(driver.pool().clone());
        let users = users(&driver, &pool, tenants).await?;
        Ok(Self { store: Stored::Postgres(store, users), pool, _folder: None })
    }

    /// The ports over it, with the accounts of this tenant; of none if it is empty.
    pub(crate) fn ports(
        &self,
        tenant: &str,
        notifier: impl Notifier + 'static,
    ) -> Result<DynPorts, StartError> {
        match &self.store {
            Stored::Sqlite(store, users) => ports(store, users, tenant, notifier),
            Stored::Postgres(store, users) => ports(store, users, tenant, notifier),
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
        let hash = async || match &account.password {
            None => Ok(None),
            Some(password) => {
                let password = Password::new(password.expose()).map_err(&failed)?;
                let hash = hashing.hash(password).await;
                hash.map(Some).map_err(StartError::of("accounts"))
            }
        };
        match &self.store {
            Stored::Sqlite(_, users) => add(users, account, hash).await,
            Stored::Postgres(_, users) => add(users, account, hash).await,
        }
    }

    /// Whether the database answers within two seconds.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = tokio::time::timeout(Duration::from_secs(2), self.pool.answers());
        answer.await.unwrap_or(false)
    }
}

/// Whether there can be a database, without opening it.
pub(crate) fn check(database: &Database) -> Result<(), StartError> {
    match database {
        Database::Temporary => Ok(()),
        Database::Postgres(url) => connect_options(url.expose()).map(drop),
        Database::Sqlite(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            match folder.map(std::fs::metadata).transpose() {
                Err(error) => Err(StartError::of("database")(error)),
                Ok(Some(folder)) if !folder.is_dir() => {
                    Err(StartError::of("database")("its folder is none"))
                }
                Ok(_) => Ok(()),
            }
        }
    }
}

fn connect_options(url: &str) -> Result<PgConnectOptions, StartError> {
    // What the URL parser says could show the password in it.
    url.parse().map_err(|_| StartError::of("database")("it is no URL of PostgreSQL"))
}

async fn users<D: Driver + Clone>(
    driver: &D,
    pool: &Pool,
    tenants: &[String],
) -> Result<ByTenant<D>, StartError> {
    pool.migrate().await.map_err(StartError::of("database"))?;
    let mut users = BTreeMap::new();
    for tenant in tenants {
        let opened = Users::open(driver.clone(), pool.clone(), tenant).await;
        users.insert(tenant.clone(), opened.map_err(StartError::of("database"))?);
    }
    Ok(users)
}

fn of_tenant<'a, D>(users: &'a ByTenant<D>, tenant: &str) -> Result<&'a Users<D>, StartError> {
    users.get(tenant).ok_or_else(|| StartError::of("tenants")("there is no such tenant"))
}

fn ports<D: Driver + Clone + 'static>(
    store: &Store<D>,
    users: &ByTenant<D>,
    tenant: &str,
    notifier: impl Notifier + 'static,
) -> Result<DynPorts, StartError> {
    let [attempts, counters, queue] = [(); 3].map(|()| store.clone());
    let users = of_tenant(users, tenant)?.clone();
    Ok(DynPorts::new(users, attempts, counters, queue, notifier))
}

/// Adds an account if it is not there. A hash is made only then.
async fn add<D: Driver>(
    users: &ByTenant<D>,
    account: &ConfiguredAccount,
    hash: impl AsyncFnOnce() -> Result<Option<PasswordHash>, StartError>,
) -> Result<(), StartError> {
    let users = of_tenant(users, &account.tenant)?;
    let there = users.load(&account.id, now()).await.map_err(StartError::of("accounts"))?;
    if there.is_none() {
        let hash = hash().await?;
        users.add(account, hash.as_ref()).await.map_err(StartError::of("accounts"))?;
    }
    Ok(())
}
