//! What a store says when the database cannot do its work, and that it works again afterwards.

use core::time::Duration;

use repass::port::{Attempts, Counters, Queue};
use repass::queue::Pushed;
use repass::throttle::Quota;
use repass_sqlx::repass_sql::Names;
use repass_sqlx::{Sqlite, SqliteStore};
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;

use super::audit::{audit, counter, entry, next_of};
use super::{Result, ada, ask, at, drain, open, recovery};

const QUOTA: Quota = Quota::new(5, Duration::from_secs(60));

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() -> Result {
    let folder = tempfile::tempdir()?;
    open(folder.path()).await?;
    let options = Sqlite::options(&folder.path().join("database"));
    let pool = || SqlitePool::connect_lazy_with(options.clone().pragma("max_page_count", "400"));
    let store = SqliteStore::new(Sqlite::new(pool(), pool()), &Names::default());
    let now = at(0)?;
    let mut pushed = 0_u32;
    let error = loop {
        match store.push(&entry(pushed)?, now).await {
            Ok(done) => assert_eq!(done, Pushed::Done),
            Err(error) => break error,
        }
        pushed = pushed.saturating_add(1);
    };
    assert!(error.to_string().contains("full"), "{error}");
    assert!(pushed > 100);
    // What was answered is there, and nothing else.
    assert_eq!(audit(&store).await?.entries.len(), usize::try_from(pushed)?);
    assert!(store.push(&entry(pushed)?, now).await.is_err());
    Queue::erase(&store, entry(0)?.key().id(), now).await?;
    Queue::erase(&store, entry(1)?.key().id(), now).await?;
    assert_eq!(store.push(&entry(pushed)?, now).await?, Pushed::Done);
    assert_eq!(audit(&store).await?.entries.len(), usize::try_from(pushed)?.saturating_sub(1));
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_read_only_is_read_and_refuses_the_rest() -> Result {
    let folder = tempfile::tempdir()?;
    let recovery = recovery(folder.path()).await?;
    recovery.ports().accounts.put(&ada()?).await?;
    let now = at(0)?;
    ask(&recovery, now).await?;
    drain(&recovery, now).await?;
    let options = Sqlite::options(&folder.path().join("database")).read_only(true);
    let pool = || SqlitePool::connect_lazy_with(options.clone());
    let store = SqliteStore::new(Sqlite::new(pool(), pool()), &Names::default());
    let rows = audit(&store).await?.attempts;
    let row = rows.first().ok_or("no row")?;
    assert_eq!(store.load(row.id(), now).await?.as_ref(), Some(row));
    assert!(store.swap(row, &next_of(row)?, now).await.is_err());
    assert!(store.insert(&next_of(row)?, now).await.is_err());
    assert!(store.count(&counter(1)?, QUOTA, None, now).await.is_err());
    assert!(store.push(&entry(1)?, now).await.is_err());
    assert_eq!(audit(&store).await?.attempts, rows);
    Ok(())
}

#[tokio::test]
async fn an_exhausted_pool_stops_no_count() -> Result {
    let folder = tempfile::tempdir()?;
    open(folder.path()).await?;
    let options = Sqlite::options(&folder.path().join("database"));
    let pool = || {
        let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(2));
        pool.max_connections(2).connect_lazy_with(options.clone())
    };
    let store = SqliteStore::new(Sqlite::new(pool(), pool()), &Names::default());
    let now = at(0)?;
    let held = (store.driver().pool().acquire().await?, store.driver().pool().acquire().await?);
    assert!(store.push(&entry(1)?, now).await.is_err());
    assert_eq!(store.count(&counter(1)?, QUOTA, None, now).await?.number(), 1);
    drop(held);
    assert_eq!(store.push(&entry(1)?, now).await?, Pushed::Done);
    let rows = audit(&store).await?;
    assert_eq!((rows.entries.len(), rows.counted), (1, vec![1]));
    Ok(())
}

#[tokio::test]
async fn connections_that_do_not_wait_for_the_disk_are_refused() -> Result {
    let folder = tempfile::tempdir()?;
    let options = Sqlite::options(&folder.path().join("database"));
    let careless = options.clone().synchronous(sqlx::sqlite::SqliteSynchronous::Normal);
    let pools = (SqlitePool::connect_lazy_with(options), SqlitePool::connect_lazy_with(careless));
    let store = SqliteStore::new(Sqlite::new(pools.0, pools.1), &Names::default());
    let refused = store.migrate().await.err().ok_or("taken")?;
    let refused = core::error::Error::source(&refused).ok_or("no source")?.to_string();
    assert!(refused.contains("PRAGMA synchronous has to be FULL"), "{refused}");
    Ok(())
}
