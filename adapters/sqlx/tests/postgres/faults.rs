//! Servers, connections and disks that fail: what is not certain is an error, what was answered is there, and
//! the same call can be made again.

use core::time::Duration;

use repass::account::{Account, AccountId};
use repass::answer::Answer;
use repass::attempt::AttemptRow;
use repass::port::{Accounts, Attempts, Counters, Queue};
use repass::queue::Pushed;
use repass::recovery::Recovery;
use repass::reset::{CommitError, Proof};
use repass::secret::{Password, Salt};
use repass::throttle::Quota;
use repass_sqlx::repass_sql::{Dialect, MigrateError, Names};
use repass_sqlx::{Postgres, PostgresError, PostgresStore};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, PgPool};

use super::audit::{audit, counter, entry, next_of};
use super::server::Server;
use super::{
    FilePorts, Result, SysRng, ada, ask, at, connect, create_schema, drain, flow, hasher, open,
    policy, ports, read, recovery, server, skipped, token, unique,
};

const QUOTA: Quota = Quota::new(5, Duration::from_secs(60));

/// A new schema with its tables, and one live row.
async fn with_row(options: PgConnectOptions) -> Result<(PostgresStore, AttemptRow)> {
    let schema = format!("Fault_{}", unique());
    create_schema(&options, &schema).await?;
    let store = connect(options, &schema)?;
    store.migrate().await?;
    store.accounts().migrate().await?;
    store.accounts().put(&ada()?).await?;
    let folder = tempfile::tempdir()?;
    let recovery = Recovery::new(flow()?, ports(&store, folder.path()));
    ask(&recovery, at(0)?).await?;
    drain(&recovery, at(0)?).await?;
    let row = audit(&store).await?.attempts.pop().ok_or("no row")?;
    Ok((store, row))
}

/// Longer than a connection takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(2);

/// The store with one connection of each kind, and a timeout.
fn impatient(store: &PostgresStore, options: PgConnectOptions) -> PostgresStore {
    let pool = || Postgres::pool_options(1).connect_lazy_with(Postgres::options(options.clone()));
    let driver = Postgres::new(pool(), pool()).with_timeout(PATIENCE);
    PostgresStore::with_statements(driver, store.statements().clone())
}

/// The text of a statement that locks all rows of attempts, on a connection of its own.
async fn lock(store: &PostgresStore, options: &PgConnectOptions) -> Result<PgConnection> {
    let dialect = Dialect::Postgres;
    let table = store.statements().names.table(dialect, "attempt");
    let mut connection = PgConnection::connect_with(options).await?;
    let lock = format!("BEGIN; SELECT 1 FROM {table} FOR UPDATE");
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut connection).await?;
    Ok(connection)
}

#[tokio::test]
async fn a_connection_killed_in_mid_statement_is_an_error_and_the_swap_can_be_repeated() -> Result {
    if skipped() {
        return Ok(());
    }
    let options = server()?.options().application_name("killed in mid-statement");
    let (store, row) = with_row(options.clone()).await?;
    let (next, now) = (next_of(&row)?, at(0)?);
    let mut holder = lock(&store, &server()?.options()).await?;
    let swap = tokio::spawn({
        let (store, row, next) = (store.clone(), row.clone(), next.clone());
        async move { store.swap(&row, &next, now).await }
    });
    // The statement waits for the row; its connection is killed there.
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'killed in mid-statement' AND wait_event_type = 'Lock'";
    while sqlx::query(kill).fetch_all(&mut holder).await?.is_empty() {
        tokio::task::yield_now().await;
    }
    let error = swap.await?.err().ok_or("answered")?;
    assert!(error.source().is::<sqlx::Error>(), "{error}");
    holder.close().await?;
    assert_eq!(audit(&store).await?.attempts, core::slice::from_ref(&row));
    assert!(store.swap(&row, &next, now).await?);
    assert!(store.swap(&row, &next, now).await?, "its own repeat");
    assert!(!store.swap(&row, &row, now).await?);
    assert_eq!(audit(&store).await?.attempts, [next]);
    Ok(())
}

#[tokio::test]
async fn a_call_that_waits_for_too_long_is_an_error() -> Result {
    if skipped() {
        return Ok(());
    }
    let (store, row) = with_row(server()?.options()).await?;
    let (next, now) = (next_of(&row)?, at(0)?);
    let impatient = impatient(&store, server()?.options());
    let holder = lock(&store, &server()?.options()).await?;
    let error = impatient.swap(&row, &next, now).await.err().ok_or("answered")?;
    let right = PostgresError::TimedOut { timeout: PATIENCE };
    assert_eq!(error.source().downcast_ref(), Some(&right));
    // Counters have connections of their own.
    assert_eq!(impatient.count(&counter(1)?, QUOTA, None, now).await?.number(), 1);
    holder.close().await?;
    // Nobody knows whether the server still carries it out, now that the row is free.
    audit(&store).await?;
    assert!(store.swap(&row, &next, now).await?);
    assert_eq!(audit(&store).await?.attempts, [next]);
    Ok(())
}

#[tokio::test]
async fn an_exhausted_pool_stops_no_count() -> Result {
    if skipped() {
        return Ok(());
    }
    let (store, row) = with_row(server()?.options()).await?;
    let (store, now) = (impatient(&store, server()?.options()), at(0)?);
    let held = store.driver().pool().acquire().await?;
    assert!(store.load(row.id(), now).await.is_err());
    assert_eq!(store.count(&counter(1)?, QUOTA, None, now).await?.number(), 1);
    drop(held);
    assert_eq!(store.load(row.id(), now).await?.as_ref(), Some(&row));
    assert_eq!(audit(&store).await?.attempts, [row]);
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_stopped_or_crashes_loses_nothing_that_was_answered() -> Result {
    if skipped() {
        return Ok(());
    }
    let server = Server::start()?;
    let (store, row) = with_row(server.options()).await?;
    let now = at(0)?;
    let (mut seen, mut number) = (row, 0_u32);
    for crashes in [false, true] {
        if crashes {
            server.kill()?
        } else {
            server.stop()?
        }
        assert!(store.load(seen.id(), now).await.is_err());
        assert!(store.count(&counter(1)?, QUOTA, None, now).await.is_err());
        server.start_again()?;
        // A connection of the pool can be gone, which is an error; then there is another one.
        let next = next_of(&seen)?;
        while store.swap(&seen, &next, now).await.is_err() {}
        // So can the next ones be.
        let mut rows = audit(&store).await;
        for _ in 0..Postgres::MAX_CONNECTIONS {
            if rows.is_err() {
                rows = audit(&store).await;
            }
        }
        assert_eq!(rows?.attempts, core::slice::from_ref(&next));
        let counted = loop {
            match store.count(&counter(1)?, QUOTA, None, now).await {
                Ok(counted) => break counted.number(),
                Err(_) => continue,
            }
        };
        // What was not answered may have been counted; what was answered has been.
        assert!(counted > number);
        (seen, number) = (next, counted);
    }
    Ok(())
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() -> Result {
    if skipped() {
        return Ok(());
    }
    let server = Server::with_files_of_at_most(6_000)?;
    let (store, row) = with_row(server.options()).await?;
    let store = store.with_max_requests(1_000_000);
    let now = at(0)?;
    let before = audit(&store).await?.entries.len();
    let mut pushed = 0_u32;
    let error = loop {
        match store.push(&entry(pushed)?, now).await {
            Ok(done) => assert_eq!(done, Pushed::Done),
            Err(error) => break error,
        }
        pushed = pushed.saturating_add(1);
    };
    assert!(error.to_string().contains("could not extend file"), "{error}");
    assert!(pushed > 100);
    let rows = audit(&store).await?;
    assert_eq!(rows.entries.len(), before.saturating_add(usize::try_from(pushed)?));
    assert_eq!(rows.attempts, core::slice::from_ref(&row));
    // What does not grow goes on.
    assert!(store.swap(&row, &next_of(&row)?, now).await?);
    assert_eq!(store.count(&counter(1)?, QUOTA, None, now).await?.number(), 1);
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_read_only_is_read_and_refuses_the_rest() -> Result {
    if skipped() {
        return Ok(());
    }
    let (store, row) = with_row(server()?.options()).await?;
    let now = at(0)?;
    let options = server()?.options().options([("default_transaction_read_only", "on")]);
    let store = impatient(&store, options);
    assert_eq!(store.load(row.id(), now).await?.as_ref(), Some(&row));
    assert!(store.swap(&row, &next_of(&row)?, now).await.is_err());
    assert!(store.count(&counter(1)?, QUOTA, None, now).await.is_err());
    assert!(store.push(&entry(1)?, now).await.is_err());
    assert_eq!(audit(&store).await?.attempts, [row]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_migrate_at_once_make_the_tables_once() -> Result {
    if skipped() {
        return Ok(());
    }
    let schema = format!("Fault_{}", unique());
    create_schema(&server()?.options(), &schema).await?;
    let mut programs = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = connect(server()?.options(), &schema)?;
        programs.spawn(async move {
            store.migrate().await?;
            store.accounts().migrate().await
        });
    }
    while let Some(done) = programs.join_next().await {
        done??;
    }
    let pool = PgPool::connect_lazy_with(server()?.options());
    let versions = format!("SELECT tables, version FROM \"{schema}\".repass_migration ORDER BY 1");
    let versions: Vec<(String, i64)> =
        sqlx::query_as(sqlx::AssertSqlSafe(versions)).fetch_all(&pool).await?;
    assert_eq!(versions, [("accounts".to_owned(), 1), ("store".to_owned(), 1)]);

    // A newer program that changes nothing for older ones, and one that does.
    let store = connect(server()?.options(), &schema)?;
    for (version, oldest_reader) in [(2, 1), (3, 2)] {
        let newer = format!(
            "INSERT INTO \"{schema}\".repass_migration VALUES ('store', {version}, {oldest_reader})"
        );
        sqlx::query(sqlx::AssertSqlSafe(newer)).execute(&pool).await?;
        let migrated = store.migrate().await;
        if oldest_reader == 1 {
            migrated?;
        } else {
            assert!(matches!(migrated, Err(MigrateError::Newer { found: 3, known: 1, .. })));
        }
    }
    Ok(())
}

#[tokio::test]
async fn connections_that_do_not_wait_for_the_disk_are_refused() -> Result {
    if skipped() {
        return Ok(());
    }
    for setting in ["off", "local"] {
        let options = server()?.options().options([("synchronous_commit", setting)]);
        let pools = (
            PgPool::connect_lazy_with(server()?.options()),
            PgPool::connect_lazy_with(options.clone()),
        );
        let store = PostgresStore::new(Postgres::new(pools.0, pools.1), &Names::default());
        let Err(MigrateError::Failed(error)) = store.migrate().await else {
            return Err("taken".into());
        };
        let right = PostgresError::NotDurable { synchronous_commit: setting.to_owned() };
        assert_eq!(error.source().downcast_ref(), Some(&right));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn resets_are_carried_through_while_connections_are_killed() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    open(folder.path()).await?;
    let text = read(&folder.path().join("database"));
    let (_, schema) = text.split_once('\n').ok_or("no schema")?;
    let name = format!("resets of {schema}");
    let options = server()?.options().application_name(&name);
    let recovery = Recovery::new(flow()?, ports(&connect(options, schema)?, folder.path()));
    let account = ada()?;
    super::recovery(folder.path()).await?.ports().accounts.put(&account).await?;

    let mut killer = PgConnection::connect_with(&server()?.options()).await?;
    let killer = tokio::spawn(async move {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = $1 AND random() < 0.003";
        loop {
            sqlx::query(kill).bind(&name).fetch_all(&mut killer).await?;
            tokio::task::yield_now().await;
        }
        #[allow(unreachable_code, reason = "it is stopped")]
        Result::Ok(())
    });
    let mut done = 0_usize;
    for round in 0..super::rounds(100) {
        // Each round has counters of its own.
        let now = at(round.saturating_mul(100_000))?;
        reset(&recovery, folder.path(), round).await?;
        let calm = super::recovery(folder.path()).await?;
        let later = now + Duration::from_secs(90_000);
        let cleared = calm.housekeep(later).await;
        assert!(cleared.failures.is_empty(), "{:?}", cleared.failures);
        for after in &cleared.resumed {
            calm.settle(after, later).await?;
        }
        drain(&calm, later).await?;
        done = done.saturating_add(1);
        let rows = audit(&calm.ports().attempts).await?;
        assert_eq!((rows.at("running"), rows.replaced), (0, done), "in round {round}");
        assert!(rows.entries.is_empty(), "in round {round}");
        let past = calm.ports().accounts.past(account.id(), 1_000, now).await?;
        assert_eq!(past.len(), done, "in round {round}");
        let told = read(&folder.path().join("messages")).matches("was changed").count();
        assert!(told >= done, "in round {round}");
    }
    killer.abort();
    Ok(())
}

/// Resets the password, and makes each call again that failed.
async fn reset(recovery: &Recovery<FilePorts>, folder: &std::path::Path, round: i64) -> Result {
    let mut now = at(round.saturating_mul(100_000))?;
    let new = Password::new(format!("plum-kettle-{round}"))?;
    let messages = || read(&folder.join("messages")).matches("?token=").count();
    'ask: loop {
        let before = messages();
        // A call that failed may have been carried out, so there can be more than one message.
        while messages() == before {
            let _ = ask(recovery, now).await;
            let _ = drain(recovery, now).await;
            // What a worker holds that failed comes again when its lease is over.
            now += Duration::from_secs(700);
        }
        let token = token(folder).ok_or("no link")?;
        loop {
            let admitted = match recovery.admit(Proof::Link(&token), None, now).await {
                Ok(admitted) => admitted,
                Err(error) => match error.code() {
                    // It was set although the answer was an error.
                    "reset_superseded" | "reset_used" => return Ok(()),
                    "token_expired" => continue 'ask,
                    // The lease of a commit that failed has to end first.
                    "reset_running" => {
                        now += Duration::from_secs(61);
                        continue;
                    }
                    _ if error.answer() == Answer::Unavailable => continue,
                    _ => return Err(error.into()),
                },
            };
            let salt = Salt::generate(&mut SysRng)?;
            let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
            match recovery.commit(change, now).await {
                Ok(_) | Err(CommitError::Taken | CommitError::Superseded) => return Ok(()),
                Err(_) => {}
            }
        }
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_own_id_alone() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recovery = recovery(folder.path()).await?;
    let accounts = &recovery.ports().accounts;
    accounts.put(&Account::new(AccountId::new("A")?)).await?;
    assert!(accounts.load(&AccountId::new("a")?, at(0)?).await?.is_none());
    Ok(())
}
