//! What PostgreSQL does to a transaction of the service that other databases do not.

use repass::port::Accounts;
use repass::recovery::Recovery;
use repass::reset::{Change, CommitError, Proof};
use repass::secret::{Password, Salt};
use repass_sqlx::repass_sql::Dialect;
use repass_sqlx::{Postgres, PostgresStore, PostgresTransaction};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnectOptions;

use super::audit::audit;
use super::server::Server;
use super::{
    FilePorts, Result, SysRng, ada, ask, at, connect, create_schema, drain, flow, hasher, policy,
    ports, server, skipped, token, unique,
};

/// A reset that has come to its form.
async fn at_the_form(
    options: PgConnectOptions,
    folder: &std::path::Path,
) -> Result<(PostgresStore, Recovery<FilePorts>)> {
    let schema = format!("Own_{}", unique());
    create_schema(&options, &schema).await?;
    let store = connect(options, &schema)?;
    store.migrate().await?;
    store.accounts().migrate().await?;
    store.accounts().put(&ada()?).await?;
    let recovery = Recovery::new(flow()?, ports(&store, folder));
    ask(&recovery, at(0)?).await?;
    drain(&recovery, at(0)?).await?;
    Ok((store, recovery))
}

async fn change(recovery: &Recovery<FilePorts>, folder: &std::path::Path) -> Result<Change> {
    let token = token(folder).ok_or("no link")?;
    let admitted = recovery.admit(Proof::Link(&token), None, at(1)?).await?;
    let new = Password::new("plum-kettle-42")?;
    Ok(admitted.set_password(&new, &policy()?, &hasher()?, Salt::generate(&mut SysRng)?)?)
}

/// Sets a password in a transaction of the service; the first one is rolled back.
pub(super) async fn sets_a_password(store: &PostgresStore) -> Result {
    store.accounts().migrate().await?;
    store.accounts().put(&ada()?).await?;
    let folder = tempfile::tempdir()?;
    let recovery = Recovery::new(flow()?, ports(store, folder.path()));
    ask(&recovery, at(0)?).await?;
    drain(&recovery, at(0)?).await?;
    let accounts = store.accounts();
    for rolls_back in [true, false] {
        let change = change(&recovery, folder.path()).await?;
        let transaction = store.driver().transaction().await?;
        let set = accounts.commit_within(transaction, store, &recovery, change, at(1)?).await?;
        if rolls_back {
            set.roll_back().await?;
            assert_eq!(version(store).await?, Some(0));
        } else {
            recovery.settle(&set.commit().await?, at(1)?).await?;
            assert_eq!(version(store).await?, Some(1));
        }
    }
    assert_eq!(audit(store).await?.at("settled"), 1);
    Ok(())
}

async fn version(store: &PostgresStore) -> Result<Option<u64>> {
    let stored = store.accounts().load(ada()?.id(), at(1)?).await?;
    Ok(stored.ok_or("gone")?.version())
}

/// PostgreSQL answers `COMMIT` with a roll-back, and without an error.
#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_is_not_committed() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (store, recovery) = at_the_form(server()?.options(), folder.path()).await?;
    let before = audit(&store).await?;
    let (accounts, change) = (store.accounts(), change(&recovery, folder.path()).await?);
    let transaction = store.driver().transaction().await?;
    let mut set = accounts.commit_within(transaction, &store, &recovery, change, at(1)?).await?;
    // The service overlooks that its own statement failed.
    let failed = sqlx::query("SELECT 1 / 0").execute(&mut **set.transaction()).await;
    assert!(failed.is_err());
    assert!(set.commit().await.is_err(), "a password is said to be set that is not");
    assert_eq!(version(&store).await?, Some(0));
    assert_eq!(audit(&store).await?, before);
    Ok(())
}

/// A service that turned `synchronous_commit` off for what it can lose.
#[tokio::test]
async fn a_password_that_a_careless_transaction_set_survives_a_crash() -> Result {
    if skipped() {
        return Ok(());
    }
    let server = Server::start()?;
    let folder = tempfile::tempdir()?;
    let (store, recovery) = at_the_form(server.options(), folder.path()).await?;
    let careless = server.options().options([("synchronous_commit", "off")]);
    let pool = Postgres::pool_options(1).connect_lazy_with(careless);
    let schema = store.statements().names.schema(Dialect::Postgres);
    // What is not waited for is written at some time within ten seconds.
    for setting in ["ALTER SYSTEM SET wal_writer_delay = 10000", "SELECT pg_reload_conf()"] {
        sqlx::query(setting).execute(&pool).await?;
    }
    let table = AssertSqlSafe(format!("CREATE TABLE \"{schema}\".note (text text)"));
    sqlx::query(table).execute(store.driver().pool()).await?;
    let note = AssertSqlSafe(format!("INSERT INTO \"{schema}\".note VALUES ('lost')"));
    let kept = AssertSqlSafe(format!("INSERT INTO \"{schema}\".note VALUES ('kept')"));
    let (accounts, change) = (store.accounts(), change(&recovery, folder.path()).await?);
    let transaction = PostgresTransaction::from(pool.begin().await?);
    let mut set = accounts.commit_within(transaction, &store, &recovery, change, at(1)?).await?;
    sqlx::query(kept).execute(&mut **set.transaction()).await?;
    let after = set.commit().await?;
    // Control: the next commit on the same connection is not waited for.
    sqlx::query(note).execute(&pool).await?;
    server.kill()?;
    server.start_again()?;
    // Connections of the former pools are gone.
    let store = connect(server.options(), schema)?;
    assert_eq!(version(&store).await?, Some(1));
    let notes = AssertSqlSafe(format!("SELECT text FROM \"{schema}\".note"));
    let notes: Vec<String> = sqlx::query_scalar(notes).fetch_all(store.driver().pool()).await?;
    assert_eq!(notes, ["kept"], "the control survived, so this shows nothing");
    drop(after);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn at_every_isolation_level_one_of_two_transactions_sets_the_password() -> Result {
    if skipped() {
        return Ok(());
    }
    for level in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let folder = tempfile::tempdir()?;
        let (store, recovery) = at_the_form(server()?.options(), folder.path()).await?;
        let begin = async || {
            let begin = AssertSqlSafe(format!("BEGIN ISOLATION LEVEL {level}"));
            let mut transaction = store.driver().pool().begin_with(begin).await?;
            // It has read before, as a service has that looks for a session.
            sqlx::query("SELECT count(*) FROM pg_class").execute(&mut *transaction).await?;
            Result::Ok(PostgresTransaction::from(transaction))
        };
        let changes =
            (change(&recovery, folder.path()).await?, change(&recovery, folder.path()).await?);
        let transactions = (begin().await?, begin().await?);
        let accounts = store.accounts();
        let first =
            accounts.commit_within(transactions.0, &store, &recovery, changes.0, at(1)?).await?;
        // The second one waits for the row of the attempt, until the first one is over.
        let second = accounts.commit_within(transactions.1, &store, &recovery, changes.1, at(1)?);
        let (after, second) = tokio::join!(first.commit(), second);
        recovery.settle(&after?, at(1)?).await?;
        match second {
            Err(CommitError::Taken) => assert_eq!(level, "READ COMMITTED"),
            Err(CommitError::Failed(failure)) => {
                assert_ne!(level, "READ COMMITTED");
                let source = core::error::Error::source(&failure).ok_or("no source")?;
                let code = source.downcast_ref().and_then(sqlx::Error::as_database_error);
                assert_eq!(code.and_then(|error| error.code()).as_deref(), Some("40001"));
            }
            other => return Err(format!("at {level}: {other:?}").into()),
        }
        assert_eq!(version(&store).await?, Some(1));
        audit(&store).await?;
    }
    Ok(())
}
