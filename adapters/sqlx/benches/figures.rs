//! What the stores cost on PostgreSQL, as ratios within one run: `cargo bench -p repass-sqlx --bench figures`.
//!
//! It starts a server of its own. `--rows N` and `--requests N` make it shorter; without them it measures up to
//! 1,000,000 attempts and 100,000 requests. It fails where a bound of the design is not met.

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/postgres/server.rs"]
mod server;

use core::error::Error;
use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use repass::account::AccountId;
use repass::attempt::{AttemptId, AttemptRow};
use repass::port::{Attempts, Counters, Queue};
use repass::queue::{Pushed, QueueEntry, QueueKey};
use repass::scope::{Purpose, Scope, ScopeTag};
use repass::throttle::{Quota, ThrottleKey};
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{AttemptColumns, CounterValues, Names};
use repass_sqlx::{Postgres, PostgresStore};
use server::Server;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, PgPool, Row};

type Failure = Box<dyn Error + Send + Sync>;
type Result<T = ()> = core::result::Result<T, Failure>;

const QUOTA: Quota = Quota::new(5, Duration::from_secs(60));
/// How often each call is made for a figure, and in how many turns.
const CALLS: u32 = 300;
const TURNS: usize = 7;

#[tokio::main]
async fn main() -> Result {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, otherwise: i64| {
        let at = arguments.iter().position(|argument| argument == name);
        let value = at.and_then(|at| arguments.get(at.saturating_add(1)));
        value.map_or(Ok(otherwise), |value| value.parse())
    };
    // `cargo bench -- --test` asks whether it runs at all.
    let short = arguments.iter().any(|argument| argument == "--test");
    let rows = number("--rows", if short { 2_000 } else { 1_000_000 })?;
    let requests = number("--requests", if short { 500 } else { 100_000 })?;

    let server = Server::start()?;
    let options = PgConnectOptions::new_without_pgpass().socket(server.folder());
    let options = Postgres::options(options.username("postgres").database("postgres"));
    let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
    let (most, counters) = (pool(8), pool(8));
    let store =
        PostgresStore::new(Postgres::new(most.clone(), counters.clone()), &Names::default());
    store.migrate().await?;
    let mut bounds = Bounds::default();

    against_the_bare_statement(&store, &most, &counters, &mut bounds).await?;
    as_the_table_grows(&store, &most, rows, &mut bounds).await?;
    nothing_is_lost(&store, &most, requests).await?;
    if bounds.missed.is_empty() || short {
        return Ok(());
    }
    Err(format!("not met: {}", bounds.missed.join("; ")).into())
}

#[derive(Default)]
struct Bounds {
    missed: Vec<String>,
}

impl Bounds {
    fn at_most(&mut self, what: &str, ratio: f64, bound: f64) {
        println!("{what}: {ratio:.2} (at most {bound})");
        if ratio > bound {
            self.missed.push(format!("{what} is {ratio:.2}"));
        }
    }
}

/// The median of several turns, in microseconds for each call; one call after the other.
async fn median<F: Future<Output = Result>>(calls: [&dyn Fn(u32) -> F; 1]) -> Result<f64> {
    let mut turns = Vec::new();
    for _ in 0..TURNS {
        turns.push(turn(calls[0]).await?);
    }
    Ok(middle(turns))
}

async fn turn<F: Future<Output = Result>>(call: &dyn Fn(u32) -> F) -> Result<f64> {
    let from = started();
    for number in 0..CALLS {
        call(number).await?;
    }
    Ok(from.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS))
}

/// The medians of two calls whose turns alternate, so that what else the machine does meets both.
async fn both<F: Future<Output = Result>, G: Future<Output = Result>>(
    ours: &dyn Fn(u32) -> F,
    bare: &dyn Fn(u32) -> G,
) -> Result<(f64, f64)> {
    // Statements are prepared, and pages are in memory.
    turn(ours).await?;
    turn(bare).await?;
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        one.push(turn(ours).await?);
        other.push(turn(bare).await?);
    }
    Ok((middle(one), middle(other)))
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn started() -> Instant {
    Instant::now()
}

fn middle(mut turns: Vec<f64>) -> f64 {
    turns.sort_by(f64::total_cmp);
    turns.get(turns.len() / 2).copied().unwrap_or(f64::NAN)
}

fn now() -> Result<UtcDateTime> {
    Ok(UtcDateTime::from_unix_timestamp(1_700_000_000)?)
}

/// A row as bytes; the table does not look into it.
fn row(number: u32) -> Result<AttemptRow> {
    // The layout is that of DESIGN.md, with everything empty or 0 that can be.
    let mut bytes = vec![1];
    let mut id = [0; 20];
    id[..4].copy_from_slice(&number.to_be_bytes());
    bytes.extend(id);
    bytes.extend([0; 2 + 16]);
    bytes.extend([1, 5]);
    bytes.extend(b"email");
    bytes.extend([2]);
    bytes.extend(b"42");
    bytes.extend([0]);
    bytes.extend([0; 32 + 32 + 8]);
    bytes.extend([1]);
    for _ in 0..3 {
        bytes.extend(1_700_003_600_i64.to_be_bytes());
    }
    bytes.extend([0; 4 + 4 + 4 + 8]);
    bytes.extend([1]);
    bytes.extend([0; 32]);
    Ok(AttemptRow::from_bytes(&bytes)?)
}

/// The same row with another seal.
fn sealed(row: &AttemptRow, number: u32) -> Result<AttemptRow> {
    let mut bytes = row.to_bytes();
    let from = bytes.len().saturating_sub(4);
    bytes[from..].copy_from_slice(&number.to_be_bytes());
    Ok(AttemptRow::from_bytes(&bytes)?)
}

/// Load, count and swap against the same statement on the same pool.
async fn against_the_bare_statement(
    store: &PostgresStore,
    pool: &PgPool,
    counters: &PgPool,
    bounds: &mut Bounds,
) -> Result {
    let now = now()?;
    let sql = store.statements();
    let (first, second) = (row(1)?, row(2)?);
    store.insert(&first, now).await?;
    store.insert(&second, now).await?;

    let text = sql.attempts.load.sql();
    let ours = |_| async { store.load(first.id(), now).await.map(drop).map_err(Failure::from) };
    let bare = |_| async {
        let query = sqlx::query_scalar::<_, Vec<u8>>(AssertSqlSafe(text.clone()));
        let bytes = query.bind(first.id().as_bytes().to_vec()).fetch_all(pool).await?;
        AttemptRow::from_bytes(bytes.first().ok_or("no row")?)?;
        Ok(())
    };
    let (one, other) = both(&ours, &bare).await?;
    println!("load: {one:.0} µs, bare {other:.0} µs");
    bounds.at_most("load against the bare statement", one / other, 1.25);

    let key = |name| {
        Result::Ok(ThrottleKey::account(
            &Scope::new(Purpose::RESET),
            "bench",
            &AccountId::new(name)?,
        ))
    };
    let (mine, theirs) = (key("1")?, key("2")?);
    let text = sql.counters.count.sql();
    let ours =
        |_| async { store.count(&mine, QUOTA, None, now).await.map(drop).map_err(Failure::from) };
    let bare = |_| async {
        let values = CounterValues::new(&theirs, QUOTA, None, now);
        let query = sqlx::query_as::<_, (i64, i64)>(AssertSqlSafe(text.clone()))
            .bind(values.key.to_vec())
            .bind(values.ends_at)
            .bind(values.now)
            .bind(values.latest_end)
            .bind(values.once)
            .bind(values.max);
        query.fetch_all(counters).await?;
        Ok(())
    };
    let (one, other) = both(&ours, &bare).await?;
    println!("count: {one:.0} µs, bare {other:.0} µs");
    bounds.at_most("count against the bare statement", one / other, 1.25);

    let text = sql.attempts.swap.sql();
    let seen = tokio::sync::Mutex::new(first.clone());
    let ours = |number| {
        let seen = &seen;
        async move {
            let mut seen = seen.lock().await;
            let next = sealed(&seen, number)?;
            if !store.swap(&seen, &next, now).await? {
                return Err("the swap failed".into());
            }
            *seen = next;
            Ok(())
        }
    };
    let also_seen = tokio::sync::Mutex::new(second.clone());
    let bare = |number| {
        let (seen, text) = (&also_seen, text.clone());
        async move {
            let mut seen = seen.lock().await;
            let next = sealed(&seen, number)?;
            let columns = AttemptColumns::new(&next);
            let query = sqlx::query(AssertSqlSafe(text))
                .bind(columns.id.to_vec())
                .bind(seen.seal().to_vec())
                .bind(columns.seal.to_vec())
                .bind(columns.stage)
                .bind(columns.expires_at)
                .bind(columns.lease_until)
                .bind(columns.keep_until)
                .bind(columns.bytes);
            query.execute(pool).await?;
            *seen = next;
            Ok(())
        }
    };
    let (one, other) = both(&ours, &bare).await?;
    println!("swap: {one:.0} µs, bare {other:.0} µs");
    bounds.at_most("swap against the bare statement", one / other, 1.25);
    Ok(())
}

/// The time of each call with 1,000 attempts and with many.
async fn as_the_table_grows(
    store: &PostgresStore,
    pool: &PgPool,
    rows: i64,
    bounds: &mut Bounds,
) -> Result {
    let template = row(0)?;
    let columns = AttemptColumns::new(&template);
    let fill = |from: i64, to: i64| {
        let columns = columns.clone();
        async move {
            // Ids as they are: random. Ten attempts run, and their leases are not over: how many do is a
            // matter of the last minute and not of the size of the table.
            let sql = "INSERT INTO repass_attempt
                (id, seal, subject, stage, expires_at, lease_until, keep_until, bytes)
                SELECT decode(md5(n::text) || '01020304', 'hex'), $1, sha256(n::text::bytea),
                    CASE WHEN n <= 10 THEN 'running' ELSE 'settled' END, $2, $2, $2, $3
                FROM generate_series($4, $5) AS n";
            let query = sqlx::query(sql)
                .bind(columns.seal.to_vec())
                .bind(columns.keep_until)
                .bind(columns.bytes)
                .bind(from)
                .bind(to);
            let mut connection = pool.acquire().await?;
            sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await?;
            query.execute(&mut *connection).await?;
            sqlx::query("VACUUM ANALYZE repass_attempt").execute(&mut *connection).await?;
            sqlx::query("RESET statement_timeout").execute(&mut *connection).await?;
            Result::Ok(())
        }
    };
    fill(1, 1_000).await?;
    let few = calls(store).await?;
    fill(1_001, rows).await?;
    let many = calls(store).await?;
    let yardstick = |calls: &[(&str, f64)]| calls.first().map_or(f64::NAN, |(_, nothing)| *nothing);
    let busier = yardstick(&many) / yardstick(&few);
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        println!("{what}: {few:.0} µs with 1,000 attempts, {many:.0} µs with {rows}");
        bounds.at_most(&format!("{what} as the table grows"), many / few / busier, 1.5);
    }
    let plans = [
        ("load", store.statements().attempts.load.sql().replace("$1", "'\\x00'")),
        ("list", store.statements().attempts.list.sql().replace("$1", "'\\x00'")),
        (
            "unfinished",
            store
                .statements()
                .attempts
                .unfinished
                .sql()
                .replace("$1", "0")
                .replace("$2", "9999999999")
                .replace("$3", "'\\x00'")
                .replace("$4", "10"),
        ),
    ];
    for (what, sql) in plans {
        let plan: Vec<PgRow> =
            sqlx::query(AssertSqlSafe(format!("EXPLAIN {sql}"))).fetch_all(pool).await?;
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        if plan.contains("Seq Scan") && rows > 100_000 {
            return Err(format!("{what} reads the whole table:\n{plan}").into());
        }
        println!("{what}: {}", plan.lines().find(|line| line.contains("Scan")).unwrap_or_default());
    }
    Ok(())
}

async fn calls(store: &PostgresStore) -> Result<Vec<(&'static str, f64)>> {
    let now = now()?;
    let subject = row(1)?.subject();
    let insert = |number: u32| async move {
        let number = number.saturating_add(1_000_000);
        store.insert(&row(number)?, now).await.map(drop).map_err(Failure::from)
    };
    let load = |number: u32| async move {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let loaded = store.load(&AttemptId::from_bytes(id), now).await;
        loaded.map(drop).map_err(Failure::from)
    };
    let erase = |_| async move {
        Attempts::erase(store, &subject, now).await.map(drop).map_err(Failure::from)
    };
    let unfinished =
        |_| async move { store.unfinished(None, 10, now).await.map(drop).map_err(Failure::from) };
    let purge =
        |_| async move { Attempts::purge(store, now).await.map(drop).map_err(Failure::from) };
    // What the machine takes for a statement that reads nothing, at the same time.
    let nothing = |_| async move {
        sqlx::query("SELECT 1").fetch_all(store.driver().pool()).await?;
        Ok(())
    };
    Ok(vec![
        ("nothing", median([&nothing]).await?),
        ("insert", median([&insert]).await?),
        ("load", median([&load]).await?),
        ("erase", median([&erase]).await?),
        ("unfinished", median([&unfinished]).await?),
        ("purge", median([&purge]).await?),
    ])
}

/// Entries of 16 tasks: each that was answered is there.
async fn nothing_is_lost(store: &PostgresStore, pool: &PgPool, requests: i64) -> Result {
    let now = now()?;
    let store = store.clone();
    let from = started();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            for number in (task..requests).step_by(16) {
                // Messages: for a request, those that wait are counted up to the bound, which is not there.
                let mut key = [2; QueueKey::BYTES];
                key[1..9].copy_from_slice(&number.to_be_bytes());
                let key = QueueKey::from_bytes(&key).ok_or("no key")?;
                let scope = ScopeTag::from_bytes([7; 16]);
                let entry = QueueEntry::from_stored(key, scope, vec![1; 300]);
                if store.push(&entry, now).await? != Pushed::Done {
                    return Err("an entry was not taken".into());
                }
            }
            Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let rate = f64::from(i32::try_from(requests)?) / from.elapsed().as_secs_f64();
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM repass_queue").fetch_one(pool).await?;
    println!("{requests} entries over 16 tasks: {stored} stored, {rate:.0} a second");
    if stored == requests { Ok(()) } else { Err("entries were lost".into()) }
}
