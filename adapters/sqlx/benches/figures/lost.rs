//! Many requests over 16 tasks, while workers work on them: each that was answered has left its row.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use repass::SysRng;
use repass::account::Lookup;
use repass::memory::Outbox;
use repass::port::PortSet;
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::Delivery;
use repass::secret::Seed;
use repass_sqlx::PostgresStore;
use tokio::task::JoinSet;

use super::{Result, capacity, now, started};

const WORKERS: i64 = 4;
/// How many requests wait at most: the queue refuses more than 10,000.
const WAITING: i64 = 2_000;

pub(super) async fn report(store: &PostgresStore, requests: i64) -> Result {
    let accounts = store.accounts();
    accounts.migrate().await?;
    let ports = PortSet {
        accounts,
        attempts: store.clone(),
        counters: store.clone(),
        queue: store.clone(),
        notifier: Outbox::default(),
    };
    let recovery = Recovery::new(capacity::flow()?, ports);
    let count = async |table: &str| {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM repass_{table}"));
        let count = sqlx::query_scalar::<_, i64>(count);
        Result::Ok(count.fetch_one(store.driver().pool()).await?)
    };
    let before = count("attempt").await?;
    // Entries that were worked on: a request, and what follows from it.
    let (asked, worked) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
    let from = started();
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let (recovery, asked, worked) = (recovery.clone(), Arc::clone(&asked), Arc::clone(&worked));
        tasks.spawn(async move {
            for number in (task..requests).step_by(16) {
                while asked.load(Ordering::SeqCst) - worked.load(Ordering::SeqCst) / 2 > WAITING {
                    tokio::task::yield_now().await;
                }
                // Nobody has this address, and everything is as if somebody had.
                let lookup = Lookup::email(&format!("user{number}@example.org"))?;
                let seed = Seed::generate(&mut SysRng)?;
                let _handle = recovery.request(lookup, Delivery::LINK, None, seed, now()?).await?;
                asked.fetch_add(1, Ordering::SeqCst);
            }
            Result::Ok(())
        });
    }
    for _ in 0..WORKERS {
        let (recovery, worked) = (recovery.clone(), Arc::clone(&worked));
        tasks.spawn(async move {
            while worked.load(Ordering::SeqCst) < 2 * requests {
                let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
                let done = i64::try_from(recovery.work(token, 10, now()?).await?.len())?;
                worked.fetch_add(done, Ordering::SeqCst);
            }
            Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let rate = f64::from(i32::try_from(requests)?) / from.elapsed().as_secs_f64();
    let (stored, waiting) = (count("attempt").await? - before, count("queue").await?);
    println!(
        "{requests} requests over 16 tasks: {stored} attempts, {waiting} entries wait, {rate:.0} a second \
         with the work behind them"
    );
    if (stored, waiting) == (requests, 0) { Ok(()) } else { Err("requests were lost".into()) }
}
