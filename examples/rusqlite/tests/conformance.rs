//! The suites of `repass` judge this driver.

use std::sync::{Mutex, PoisonError};

use repass::conformance::{Call, Hooked, Runtime, attempts, counters, queue};
use repass::port::PortError;
use repass::throttle::Counted;
use repass_rusqlite_example::Rusqlite;
use repass_sql::Store;
use tempfile::TempDir;

type Answer<T> = Result<T, PortError>;

#[derive(Default)]
struct Files(Mutex<Vec<TempDir>>);

impl Files {
    async fn stores(&self) -> Answer<[Store<Rusqlite>; 2]> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("database");
        let stores = [Rusqlite::open(&path).await?, Rusqlite::open(&path).await?];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(folder);
        Ok(stores)
    }
}

impl Runtime for Files {
    async fn at_once<T: Send + 'static>(&self, calls: Vec<Call<T>>) -> Vec<T> {
        let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.extend(task.await.ok());
        }
        answers
    }
}

impl attempts::Fixture for Files {
    type Port = Store<Rusqlite>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }
}

impl counters::Fixture for Files {
    type Port = Store<Rusqlite>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }

    async fn rolled_back(
        &self,
        counters: &Self::Port,
        call: Call<Answer<Counted>>,
    ) -> Answer<Hooked<Counted>> {
        let connection = counters.driver().connection();
        let run =
            |sql| connection.lock().unwrap_or_else(PoisonError::into_inner).execute_batch(sql);
        run("BEGIN")?;
        let counted = call.await?;
        run("ROLLBACK")?;
        Ok(Hooked::Done(counted))
    }
}

impl queue::Fixture for Files {
    type Port = Store<Rusqlite>;

    async fn open(&self) -> Answer<[Self::Port; 2]> {
        self.stores().await
    }

    async fn open_small(&self) -> Answer<Option<[Self::Port; 2]>> {
        Ok(Some(self.stores().await?.map(|store| store.with_max_requests(20))))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance() {
    let files = Files::default();
    let rows = [attempts::Clause::RowsAreNotEvicted];
    attempts::run(&files).await.assert_held_except(&rows);
    let rows = [counters::Clause::CountersAreNotEvicted];
    counters::run(&files).await.assert_held_except(&rows);
    queue::run(&files).await.assert_held();
}
