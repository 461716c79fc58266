use core::sync::atomic::{AtomicU32, Ordering};

use repass::conformance::{accounts, attempts, counters, queue};
use repass::port::PortError;
use repass_sqlx::Postgres;
use repass_sqlx::repass_sql::{Dialect, Names, SimpleAccounts, Statements, Store, statements};
use sqlx::postgres::PgConnectOptions;

use super::own_transactions::sets_a_password;
use super::server::{Bouncer, skipped};
use super::{Result, create_schema, fixtures, server, unique};

/// Each store is a new schema, and each handle has pools of its own.
pub(crate) struct Schemas {
    options: PgConnectOptions,
    /// Whether these connections change with each transaction.
    shared: bool,
    number: AtomicU32,
    change: Option<Change>,
}

type Change = Box<dyn Fn(&mut Statements) + Send + Sync>;

pub(crate) type Stores = Schemas;

/// Stores with a statement that was changed.
pub(crate) fn mistaken(
    change: impl Fn(&mut Statements) + Send + Sync + 'static,
) -> Result<Schemas> {
    let schemas = Schemas::new(server()?.options(), false);
    Ok(Schemas { change: Some(Box::new(change)), ..schemas })
}

impl Schemas {
    const fn new(options: PgConnectOptions, shared: bool) -> Self {
        Self { options, shared, number: AtomicU32::new(0), change: None }
    }

    /// Whatever the level is by default.
    fn at(isolation: &str) -> Result<Self> {
        let options = server()?.options();
        Ok(Self::new(options.options([("default_transaction_isolation", isolation)]), false))
    }

    pub(crate) async fn stores(&self) -> Answer<[Store<Postgres>; 2]> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let schema = format!("Test_{}_{number}", unique());
        let created = create_schema(&self.options, &schema).await;
        created.map_err(|error| PortError::new(error.to_string()))?;
        let names = Names::with_prefix("repass_")?.in_schema(&schema)?;
        let store = || {
            let driver = if self.shared {
                let options = self.options.clone().statement_cache_capacity(0);
                let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
                Postgres::behind_pgbouncer(pool(4), pool(2))
            } else {
                let options = Postgres::options(self.options.clone());
                let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
                Postgres::new(pool(4), pool(2))
            };
            let mut statements = statements(Dialect::Postgres, &names);
            if let Some(change) = &self.change {
                change(&mut statements);
            }
            let driver = driver.with_timeout(core::time::Duration::from_secs(20));
            Store::with_statements(driver, statements)
        };
        let stores = [store(), store()];
        let migrated = tokio::join!(stores[0].migrate(), stores[1].migrate());
        migrated.0?;
        migrated.1?;
        Ok(stores)
    }
}

fixtures!(Schemas, Postgres, "BEGIN");

/// All four suites.
async fn conforms(schemas: &Schemas) -> Result {
    // Rows and counters are bounded by the disk.
    let not_judged = [attempts::Clause::RowsAreNotEvicted];
    attempts::run(schemas).await.proven_except(&not_judged)?;
    let not_judged = [counters::Clause::CountersAreNotEvicted];
    counters::run(schemas).await.proven_except(&not_judged)?;
    queue::run(schemas).await.proven_except(&[])?;
    accounts::run(schemas).await.proven_except(&[])?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_at_read_committed() -> Result {
    if skipped() {
        return Ok(());
    }
    conforms(&Schemas::at("read committed")?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_at_repeatable_read() -> Result {
    if skipped() {
        return Ok(());
    }
    conforms(&Schemas::at("repeatable read")?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_at_serializable() -> Result {
    if skipped() {
        return Ok(());
    }
    conforms(&Schemas::at("serializable")?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_behind_pgbouncer() -> Result {
    if skipped() {
        return Ok(());
    }
    let bouncer = Bouncer::start(server()?)?;
    let options = PgConnectOptions::new_without_pgpass().socket(bouncer.folder()).port(6432);
    let options = options.username("postgres").database("postgres").extra_float_digits(None);
    let schemas = Schemas::new(options, true);
    conforms(&schemas).await?;
    // And a service does so in a transaction of its own.
    let [store, _] = schemas.stores().await?;
    sets_a_password(&store).await
}
