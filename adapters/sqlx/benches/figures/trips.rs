//! Round trips for each call: directly, and behind pgbouncer.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use repass::account::AccountId;
use repass::attempt::AttemptRow;
use repass::port::{Attempts, Counters, Queue};
use repass::queue::{ClaimToken, QueueEntry, QueueKey};
use repass::scope::{Purpose, Scope, ScopeTag};
use repass::secret::Seed;
use repass::throttle::{Quota, ThrottleKey};
use repass_sqlx::repass_sql::Names;
use repass_sqlx::{Postgres, PostgresStore};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::server::{Bouncer, Server};
use super::{Result, now, row, sealed};

/// A message with which the pool of sqlx checks a connection that comes back to it. No call waits for it.
const CHECK: [u8; 5] = *b"S\0\0\0\x04";

/// How often a client spoke after the server had.
#[derive(Debug, Default)]
struct Trips {
    count: AtomicU32,
    server_spoke: AtomicBool,
}

pub(super) async fn report(server: &Server) -> Result {
    let bouncer = Bouncer::start(server)?;
    let folder = tempfile::tempdir()?;
    let (one, other) = (folder.path().join("direct"), folder.path().join("shared"));
    let direct = trips(server.folder().join(".s.PGSQL.5432"), &one, false).await?;
    let shared = trips(bouncer.folder().join(".s.PGSQL.6432"), &other, true).await?;
    for ((what, direct), (_, shared)) in direct.iter().zip(&shared) {
        println!("{what}: {direct} round trips directly, {shared} behind pgbouncer");
        if *direct != 1 {
            return Err(format!("{what} takes {direct} round trips directly").into());
        }
    }
    Ok(())
}

/// What passes through a socket of our own is counted.
async fn trips(to: PathBuf, folder: &Path, is_shared: bool) -> Result<Vec<(&'static str, u32)>> {
    std::fs::create_dir(folder)?;
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432"))?;
    let trips = Arc::new(Trips::default());
    let counted = Arc::clone(&trips);
    let proxy = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = UnixStream::connect(&to).await else { break };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(pass(from_client, to_server, Arc::clone(&counted), false));
            tokio::spawn(pass(from_server, to_client, Arc::clone(&counted), true));
        }
    });
    let options = PgConnectOptions::new_without_pgpass().socket(folder);
    let options = options.username("postgres").database("postgres");
    let driver = if is_shared {
        let options = options.extra_float_digits(None).statement_cache_capacity(0);
        let pool = || Postgres::pool_options(1).connect_lazy_with(options.clone());
        Postgres::behind_pgbouncer(pool(), pool())
    } else {
        let options = Postgres::options(options);
        let pool = || Postgres::pool_options(1).connect_lazy_with(options.clone());
        Postgres::new(pool(), pool())
    };
    let names = Names::with_prefix(if is_shared { "shared_" } else { "direct_" })?;
    let store = PostgresStore::new(driver, &names);
    store.migrate().await?;
    let mut report = Vec::new();
    // The first time, statements are prepared.
    calls(&store, 1, &trips).await?;
    report.extend(calls(&store, 2, &trips).await?);
    proxy.abort();
    Ok(report)
}

async fn calls(
    store: &PostgresStore,
    number: u32,
    trips: &Trips,
) -> Result<Vec<(&'static str, u32)>> {
    let now = now()?;
    let first = row(number)?;
    let next = sealed(&first, 7)?;
    let scope = Scope::new(Purpose::RESET);
    let key = ThrottleKey::account(&scope, "bench", &AccountId::new("trips")?);
    let quota = Quota::new(5, Duration::from_secs(60));
    let entry_key = QueueKey::from_bytes(&[2; QueueKey::BYTES]).ok_or("no key")?;
    let entry = QueueEntry::from_stored(entry_key, ScopeTag::from_bytes([7; 16]), vec![1; 300]);
    let mut report = Vec::new();
    let before = || trips.count.load(Ordering::SeqCst);
    macro_rules! call {
        ($what:literal, $call:expr) => {{
            let from = before();
            $call.await?;
            report.push(($what, before().saturating_sub(from)));
        }};
    }
    call!("insert", store.insert(&first, now));
    call!("load", store.load(first.id(), now));
    call!("swap", store.swap(&first, &next, now));
    call!("count", store.count(&key, quota, None, now));
    call!("push", store.push(&entry, now));
    call!("list", store.list(&AttemptRow::subject(&first), now));
    let token = ClaimToken::new(Seed::generate(&mut repass::SysRng)?);
    call!("done", store.done(&entry_key, &token, now));
    call!("retry", store.retry(&entry_key, &token, now, now));
    call!("erase", Queue::erase(store, entry_key.id(), now));
    Ok(report)
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    trips: Arc<Trips>,
    is_server: bool,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..length) else { return };
        if is_server || bytes != CHECK {
            let spoke = trips.server_spoke.swap(is_server, Ordering::SeqCst);
            if !is_server && spoke {
                trips.count.fetch_add(1, Ordering::SeqCst);
            }
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
