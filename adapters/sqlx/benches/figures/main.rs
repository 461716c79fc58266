//! What the stores cost, as ratios within one run: `cargo bench -p repass-sqlx --bench figures`.
//!
//! It starts servers of its own. `--rows N`, `--requests N` and `--people N` make it shorter; without them it
//! measures up to 1,000,000 attempts, 100,000 requests and 2,000 people. It fails where a bound of the design
//! is not met.

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/postgres/server.rs"]
mod server;

mod capacity;
mod lost;
mod pgbench;
mod trips;

use core::error::Error;
use core::future::Future;
use core::time::Duration;
use std::time::Instant;

use repass::account::AccountId;
use repass::attempt::{AttemptId, AttemptRow};
use repass::port::{Attempts, Counters, PortError};
use repass::scope::{Purpose, Scope};
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
/// How often each call is made before it is measured.
const CALLS: u32 = 300;
/// How often two calls are made one after the other to be compared.
const PAIRS: u32 = 4_000;

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
    let options = Postgres::options(options(&server));
    let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
    let (most, counters) = (pool(8), pool(8));
    let store =
        PostgresStore::new(Postgres::new(most.clone(), counters.clone()), &Names::default());
    store.migrate().await?;
    let mut bounds = Bounds::default();

    against_the_bare_statement(&store, &most, &counters, &mut bounds).await?;
    as_the_table_grows(&server, &most, rows, &mut bounds).await?;
    lost::report(&store, requests).await?;
    trips::report(&server).await?;
    pgbench::report(&server, &store, if short { 200 } else { 20_000 }).await?;
    capacity::report(number("--people", if short { 20 } else { 2_000 })?).await?;
    if bounds.missed.is_empty() || short {
        return Ok(());
    }
    Err(format!("not met: {}", bounds.missed.join("; ")).into())
}

fn options(server: &Server) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass().socket(server.folder());
    options.username("postgres").database("postgres")
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

async fn turn<F: Future<Output = Result>>(call: &dyn Fn(u32) -> F) -> Result {
    for number in 0..CALLS {
        call(number).await?;
    }
    Ok(())
}

/// The medians of two calls that alternate one by one, so that what else the machine does meets both.
async fn both<F: Future<Output = Result>, G: Future<Output = Result>>(
    ours: &dyn Fn(u32) -> F,
    bare: &dyn Fn(u32) -> G,
) -> Result<(f64, f64)> {
    // Statements are prepared, and pages are in memory.
    turn(ours).await?;
    turn(bare).await?;
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for number in 0..PAIRS {
        // Who is first changes, too: the second one finds a warm connection.
        if number % 2 == 0 {
            one.push(timed(ours(number)).await?);
            other.push(timed(bare(number)).await?);
        } else {
            other.push(timed(bare(number)).await?);
            one.push(timed(ours(number)).await?);
        }
    }
    Ok((middle(one), middle(other)))
}

async fn timed<F: Future<Output = Result>>(call: F) -> Result<f64> {
    let from = started();
    call.await?;
    Ok(from.elapsed().as_secs_f64() * 1e6)
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

/// The time of each call with 1,000 attempts and with many, in two tables of one server.
async fn as_the_table_grows(
    server: &Server,
    pool: &PgPool,
    rows: i64,
    bounds: &mut Bounds,
) -> Result {
    let options = Postgres::options(options(server));
    let open = async |prefix: &str, rows: i64| {
        let pool = || Postgres::pool_options(1).connect_lazy_with(options.clone());
        let names = Names::with_prefix(prefix)?;
        let store = PostgresStore::new(Postgres::new(pool(), pool()), &names);
        store.migrate().await?;
        fill(&store, prefix, rows).await?;
        let ids = format!("SELECT id FROM {prefix}attempt ORDER BY random() LIMIT 1000");
        let ids = sqlx::query_scalar::<_, Vec<u8>>(AssertSqlSafe(ids));
        let ids = ids.fetch_all(store.driver().pool()).await?;
        let ids = ids.iter().map(|id| Ok(AttemptId::from_bytes(id.as_slice().try_into()?)));
        Result::Ok((store, ids.collect::<Result<Vec<_>>>()?))
    };
    let (few, many) = (&open("few_", 1_000).await?, &open("many_", rows).await?);
    let now = now()?;
    let mut compare = async |what: &str, (few, many): (f64, f64)| {
        println!("{what}: {few:.0} µs with 1,000 attempts, {many:.0} µs with {rows}");
        bounds.at_most(&format!("{what} as the table grows"), many / few, 1.5);
    };
    macro_rules! compare {
        ($what:literal, |$store:ident, $ids:ident, $number:ident| $call:expr) => {
            let call = async |($store, $ids): &(PostgresStore, Vec<AttemptId>), $number: u32| {
                $call.await.map(drop).map_err(Failure::from)
            };
            let times = both(&|number| call(few, number), &|number| call(many, number)).await;
            compare($what, times?).await;
        };
    }
    compare!("insert", |store, _ids, number| async {
        let row = row(number.saturating_add(10_000_000)).map_err(|_| PortError::new("no row"))?;
        store.insert(&row, now).await
    });
    compare!("load", |store, ids, number| async {
        let at = usize::try_from(number)?.checked_rem(ids.len()).unwrap_or(0);
        let loaded = store.load(ids.get(at).ok_or_else(|| PortError::new("no id"))?, now).await?;
        loaded.ok_or_else(|| PortError::new("the row is not there"))
    });
    let subject = row(1)?.subject();
    compare!("erase", |store, _ids, _number| Attempts::erase(store, &subject, now));
    compare!("unfinished", |store, _ids, _number| store.unfinished(None, 10, now));
    compare!("purge", |store, _ids, _number| Attempts::purge(store, now));
    let (store, _) = many;
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

/// Ids as they are: random. Ten attempts run, and their leases are not over: how many do is a matter of the
/// last minute and not of the size of the table.
async fn fill(store: &PostgresStore, prefix: &str, rows: i64) -> Result {
    let columns = AttemptColumns::new(&row(0)?);
    let insert = format!(
        "INSERT INTO {prefix}attempt
        (id, seal, subject, stage, expires_at, lease_until, keep_until, bytes)
        SELECT substr(sha224(n::text::bytea), 1, 20), $1, sha256(n::text::bytea),
            CASE WHEN n <= 10 THEN 'running' ELSE 'settled' END, $2, $2, $2, $3
        FROM generate_series(1, $4) AS n"
    );
    let mut connection = store.driver().pool().acquire().await?;
    sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await?;
    sqlx::query(AssertSqlSafe(insert))
        .bind(columns.seal.to_vec())
        .bind(columns.keep_until)
        .bind(columns.bytes)
        .bind(rows)
        .execute(&mut *connection)
        .await?;
    let vacuum = format!("VACUUM ANALYZE {prefix}attempt");
    sqlx::query(AssertSqlSafe(vacuum)).execute(&mut *connection).await?;
    sqlx::query("RESET statement_timeout").execute(&mut *connection).await?;
    Ok(())
}
