//! The rate of one statement, against the program that measures PostgreSQL.

use core::time::Duration;
use std::sync::Arc;

use repass::account::AccountId;
use repass::port::Counters;
use repass::scope::{Purpose, Scope};
use repass::throttle::{Quota, ThrottleKey};
use repass_sqlx::PostgresStore;

use super::server::{Server, program};
use super::{Result, now, started};

const CLIENTS: u32 = 8;

/// Counts under a key that is rarely the same, over as many connections.
pub(super) async fn report(server: &Server, store: &PostgresStore, calls: u32) -> Result {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("count.sql");
    let sql = store.statements().counters.count.sql().replace("$1", "decode(md5(:k::text), 'hex')");
    let sql = sql.replace("$2", "1700000060").replace("$3", "1700000000");
    let sql = sql.replace("$4", "1700000180").replace("$5", "NULL").replace("$6", "5");
    std::fs::write(&script, format!("\\set k random(1, 1000000)\n{};\n", sql.replace('\n', " ")))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..5 {
        ours.push(rate(store, calls, turn).await?);
        let mut command = program("pgbench")?;
        command.args(["-n", "-M", "prepared", "-U", "postgres", "-h"]).arg(server.folder());
        let each = calls / CLIENTS;
        command.args(["-c", &CLIENTS.to_string(), "-j", "2", "-t", &each.to_string(), "-f"]);
        let done = command.arg(&script).arg("postgres").output()?;
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let tps = tps
            .and_then(|tps| tps.split(' ').next())
            .ok_or_else(|| format!("pgbench: {}", String::from_utf8_lossy(&done.stderr)))?;
        theirs.push(tps.parse::<f64>()?);
    }
    let (ours, theirs) = (super::middle(ours), super::middle(theirs));
    println!(
        "count over {CLIENTS} connections: {ours:.0} a second, pgbench {theirs:.0}: {:.2} of it",
        ours / theirs
    );
    Ok(())
}

async fn rate(store: &PostgresStore, calls: u32, turn: u32) -> Result<f64> {
    let (now, scope) = (now()?, Arc::new(Scope::new(Purpose::RESET)));
    let from = started();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (store, scope) = (store.clone(), Arc::clone(&scope));
        tasks.spawn(async move {
            let quota = Quota::new(5, Duration::from_secs(60));
            for number in 0..calls / CLIENTS {
                let id = AccountId::new(&format!("{turn}-{client}-{number}"))?;
                let key = ThrottleKey::account(&scope, "bench", &id);
                store.count(&key, quota, None, now).await?;
            }
            Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(f64::from(calls) / from.elapsed().as_secs_f64())
}
