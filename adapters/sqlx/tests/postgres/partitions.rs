//! The tables are partitioned by the columns that each statement names. Every unique index of such a table
//! contains the column, as it does where a table is distributed over several servers.

use repass::conformance::{attempts, counters, queue};
use repass::port::Attempts;
use repass::throttle::Quota;
use repass_sqlx::repass_sql::{Dialect, Statements};
use sqlx::AssertSqlSafe;

use super::audit::{audit, counter};
use super::{Result, ask, at, drain, flow, mistaken, ports, skipped};

const PARTITIONS: u32 = 4;

/// The migration of a service that wants partitions: other texts, by `Statement::with_sql`.
fn partitioned(all: &mut Statements) {
    let table = |name: &str| all.names.table(Dialect::Postgres, name);
    let tables = [("attempt", "id"), ("counter", "key"), ("queue", "attempt")]
        .map(|(name, column)| (name, table(name), column));
    let parts: Vec<Vec<String>> = tables
        .iter()
        .map(|(name, _, _)| (0..PARTITIONS).map(|part| table(&format!("{name}_{part}"))).collect())
        .collect();
    let first = all.migrations.store.first_mut();
    let statements = first.map(|migration| &mut migration.statements);
    let Some(statements) = statements else { return };
    let mut changed = Vec::new();
    for statement in statements.drain(..) {
        let sql = statement.sql().to_string();
        let which = tables
            .iter()
            .zip(&parts)
            .find(|((_, table, _), _)| sql.starts_with(&format!("CREATE TABLE {table} ")));
        let Some(((_, table, column), parts)) = which else {
            changed.push(statement);
            continue;
        };
        let by = format!("PARTITION BY HASH ({column})");
        changed.push(statement.clone().with_sql(sql.replace("WITH (fillfactor = 70)", &by)));
        for (part, name) in parts.iter().enumerate() {
            changed.push(statement.clone().with_sql(format!(
                "CREATE TABLE {name} PARTITION OF {table}
                FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part}) WITH (fillfactor = 70)"
            )));
        }
    }
    *statements = changed;
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_partitioned_tables() -> Result {
    if skipped() {
        return Ok(());
    }
    let schemas = mistaken(partitioned)?;
    let not_judged = [attempts::Clause::RowsAreNotEvicted];
    attempts::run(&schemas).await.proven_except(&not_judged)?;
    let not_judged = [counters::Clause::CountersAreNotEvicted];
    counters::run(&schemas).await.proven_except(&not_judged)?;
    queue::run(&schemas).await.proven_except(&[])?;
    Ok(())
}

#[tokio::test]
async fn a_statement_about_one_row_looks_into_one_partition() -> Result {
    if skipped() {
        return Ok(());
    }
    let [store, _] = mistaken(partitioned)?.stores().await?;
    store.accounts().migrate().await?;
    let folder = tempfile::tempdir()?;
    let recovery = repass::recovery::Recovery::new(flow()?, ports(&store, folder.path()));
    for second in 0..9 {
        ask(&recovery, at(second)?).await?;
    }
    drain(&recovery, at(9)?).await?;
    for number in 0..64 {
        let quota = Quota::new(5, core::time::Duration::from_secs(60));
        repass::port::Counters::count(&store, &counter(number)?, quota, None, at(0)?).await?;
    }
    let rows = audit(&store).await?.attempts;
    assert_eq!(rows.len(), 9);
    for row in &rows {
        assert_eq!(store.load(row.id(), at(9)?).await?.as_ref(), Some(row));
    }
    let pool = store.driver().pool();
    let (names, sql) = (&store.statements().names, store.statements());
    for name in ["attempt", "counter"] {
        let count = format!(
            "SELECT count(DISTINCT tableoid) FROM {}",
            names.table(Dialect::Postgres, name)
        );
        let used: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(pool).await?;
        assert!(used > 1, "the rows of {name} are in one partition, so this shows nothing");
    }
    let id = "CAST('\\x0001020304050607080900010203040506070809' AS bytea)";
    let queue_erase = sql.queue.erase.sql().replace("$1", id);
    let load = sql.attempts.load.sql().replace("$1", id);
    let swap = sql.attempts.swap.sql().replace("$1", id);
    let swap = swap.replace("$2", id).replace("$3", id).replace("$4", "'live'");
    let swap = swap.replace("$5", "0").replace("$6", "0").replace("$7", "0").replace("$8", id);
    for statement in [load, swap, queue_erase] {
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {statement}")))
            .fetch_all(pool)
            .await?;
        let scans = plan.iter().filter(|line| line.contains("Scan using")).count();
        let scans = scans.max(plan.iter().filter(|line| line.contains("Bitmap Heap Scan")).count());
        let scans = scans.max(plan.iter().filter(|line| line.contains("Seq Scan")).count());
        assert_eq!(scans, 1, "{plan:#?}");
    }
    Ok(())
}
