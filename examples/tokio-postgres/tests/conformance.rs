//! The suites of `repass` judge this driver on a server that they start.

// It is written for the tests of repass-sqlx, which need more of it.
#[allow(dead_code)]
#[path = "../../../adapters/sqlx/tests/postgres/server.rs"]
mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use repass::conformance::{Call, Hooked, Runtime, attempts, counters, queue};
use repass::port::PortError;
use repass::throttle::Counted;
use repass_sql::{Names, Store};
use repass_tokio_postgres_example::TokioPostgres;
use server::{Server, skipped};
use tokio_postgres::{Config, NoTls};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T = ()> = std::result::Result<T, Failure>;
type Answer<T> = std::result::Result<T, PortError>;

struct Schemas {
    config: Config,
    number: AtomicU32,
}

impl Schemas {
    async fn stores(&self) -> Answer<[Store<TokioPostgres>; 2]> {
        let schema = format!("Test_{}", self.number.fetch_add(1, Ordering::Relaxed));
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(&format!("CREATE SCHEMA \"{schema}\"")).await?;
        let names = Names::with_prefix("repass_")?.in_schema(&schema)?;
        let open = || TokioPostgres::open(&self.config, &names);
        Ok([open().await?, open().await?])
    }
}

impl Runtime for Schemas {
    async fn at_once<T: Send + 'static>(&self, calls: Vec<Call<T>>) -> Vec<T> {
        let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.extend(task.await.ok());
        }
        answers
    }
}

impl attempts::Fixture for Schemas {
    type Port = Store<TokioPostgres>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }
}

impl counters::Fixture for Schemas {
    type Port = Store<TokioPostgres>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }

    async fn rolled_back(
        &self,
        counters: &Self::Port,
        call: Call<Answer<Counted>>,
    ) -> Answer<Hooked<Counted>> {
        let client = counters.driver().client();
        client.lock().await.batch_execute("BEGIN").await?;
        let counted = call.await?;
        client.lock().await.batch_execute("ROLLBACK").await?;
        Ok(Hooked::Done(counted))
    }
}

impl queue::Fixture for Schemas {
    type Port = Store<TokioPostgres>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }

    async fn open_small(&self) -> Answer<Option<[Self::Port; 2]>> {
        Ok(Some(self.stores().await?.map(|store| store.with_max_requests(20))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance() -> Result {
    if skipped() {
        return Ok(());
    }
    let server = Server::start()?;
    let mut config = Config::new();
    config.host_path(server.folder()).user("postgres").dbname("postgres");
    let schemas = Schemas { config, number: AtomicU32::new(0) };
    let rows = [attempts::Clause::RowsAreNotEvicted];
    attempts::run(&schemas).await.assert_held_except(&rows);
    let rows = [counters::Clause::CountersAreNotEvicted];
    counters::run(&schemas).await.assert_held_except(&rows);
    queue::run(&schemas).await.assert_held();
    Ok(())
}
