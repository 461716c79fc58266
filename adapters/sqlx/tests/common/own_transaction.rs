//! A service sets a password together with changes of its own: both happen, or neither.

use repass::account::{Account, AccountId, AccountWrite, Lookup, Written};
use repass::hash::Verdict;
use repass::port::{Accounts, PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{Change, CommitError, Operators, Proof};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{
    Driver, HistoryTable, SimpleAccounts, SqlAccounts, Store, Uncommitted, UserTable,
};
use sqlx::AssertSqlSafe;

use super::audit::audit;
use super::crash::say;
use super::processes::{hear, start, started_for};
use super::{
    Db, DbTransaction, FilePorts, OLD, Result, SysRng, ada, ask, at, drain, hasher, open, policy,
    read, recovery, rounds, skipped, token,
};

const NEW: &str = "plum-kettle-42";

/// A reset that has come to its form, and the sessions of the service in the same database.
struct Scene {
    folder: tempfile::TempDir,
    store: Store<Db>,
    recovery: Recovery<FilePorts>,
    sessions: String,
}

impl Scene {
    async fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = open(folder.path()).await?;
        let recovery = recovery(folder.path()).await?;
        store.accounts().put(&ada()?).await?;
        ask(&recovery, at(0)?).await?;
        drain(&recovery, at(0)?).await?;
        let sessions = sessions(&store);
        let scene = Self { folder, store, recovery, sessions };
        let create = format!("CREATE TABLE {} (account text NOT NULL)", scene.sessions);
        sqlx::raw_sql(AssertSqlSafe(create)).execute(scene.store.driver().pool()).await?;
        let add = format!("INSERT INTO {} VALUES ('42'), ('42')", scene.sessions);
        sqlx::raw_sql(AssertSqlSafe(add)).execute(scene.store.driver().pool()).await?;
        Ok(scene)
    }

    async fn change(&self, new: &str, now: UtcDateTime) -> Result<Change> {
        change(&self.recovery, self.folder.path(), new, now).await
    }

    async fn begin(&self) -> Result<DbTransaction> {
        Ok(self.store.driver().transaction().await?)
    }

    async fn commit_within(
        &self,
        transaction: DbTransaction,
        change: Change,
    ) -> core::result::Result<Uncommitted<DbTransaction>, CommitError> {
        let accounts = self.store.accounts();
        let now = at(1).map_err(|_| CommitError::Expired)?;
        accounts.commit_within(transaction, &self.store, &self.recovery, change, now).await
    }

    async fn end_sessions(&self, transaction: &mut DbTransaction) -> Result {
        let delete = format!("DELETE FROM {} WHERE account = '42'", self.sessions);
        sqlx::query(AssertSqlSafe(delete)).execute(&mut **transaction).await?;
        Ok(())
    }

    /// How many sessions everybody else sees.
    async fn sessions(&self) -> Result<i64> {
        let count = format!("SELECT count(*) FROM {}", self.sessions);
        let pool = self.store.driver().pool();
        Ok(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(pool).await?)
    }

    async fn stored(&self) -> Result<Account> {
        let accounts = self.store.accounts();
        Ok(accounts.load(ada()?.id(), at(0)?).await?.ok_or("gone")?)
    }

    async fn password_is(&self, password: &str) -> Result<bool> {
        is(&self.stored().await?, password)
    }

    fn notices(&self) -> usize {
        read(&self.folder.path().join("messages")).matches("was changed").count()
    }

    /// The owner goes on with the same link, and everything is as after any reset.
    async fn reset_with_the_same_link(&self, now: UtcDateTime) -> Result {
        let change = self.change("fig-saucepan-77", now).await?;
        let after = self.recovery.commit(change, now).await?;
        self.recovery.settle(&after, now).await?;
        self.is_reset("fig-saucepan-77", now).await
    }

    /// The password was set once, the owner was told once, and the link is used up.
    async fn is_reset(&self, password: &str, now: UtcDateTime) -> Result {
        drain(&self.recovery, now).await?;
        assert!(self.password_is(password).await?);
        assert_eq!(self.notices(), 1);
        assert_eq!(self.stored().await?.version(), Some(1));
        let accounts = self.store.accounts();
        assert_eq!(accounts.past(ada()?.id(), 9, now).await?.len(), 1);
        let token = token(self.folder.path()).ok_or("no link")?;
        assert!(self.recovery.admit(Proof::Link(&token), None, now).await.is_err());
        let stages = audit(&self.store).await?.attempts;
        assert_eq!(stages.iter().map(|row| row.stage().code()).collect::<Vec<_>>(), ["settled"]);
        Ok(())
    }
}

fn sessions(store: &Store<Db>) -> String {
    store.statements().names.table(Db::DIALECT, "session")
}

fn is(account: &Account, password: &str) -> Result<bool> {
    let stored = account.password().ok_or("no password")?;
    Ok(hasher()?.verify(&Password::new(password)?, stored)? == Verdict::Match)
}

async fn change<P: repass::port::Ports>(
    recovery: &Recovery<P>,
    folder: &std::path::Path,
    new: &str,
    now: UtcDateTime,
) -> Result<Change> {
    let token = token(folder).ok_or("no link")?;
    let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
    let salt = Salt::generate(&mut SysRng)?;
    Ok(admitted.set_password(&Password::new(new)?, &policy()?, &hasher()?, salt)?)
}

#[tokio::test]
async fn a_password_and_the_sessions_of_a_service_change_together() -> Result {
    if skipped() {
        return Ok(());
    }
    let scene = Scene::new().await?;
    let before = audit(&scene.store).await?;
    let change = scene.change(NEW, at(1)?).await?;
    let mut set = scene.commit_within(scene.begin().await?, change).await?;
    assert_eq!(set.account(), ada()?.id());
    scene.end_sessions(set.transaction()).await?;
    // Nobody else sees any of it.
    assert_eq!(scene.sessions().await?, 2);
    assert!(scene.password_is(OLD).await?);
    assert_eq!(audit(&scene.store).await?, before);

    let after = set.commit().await?;
    assert_eq!(scene.sessions().await?, 0);
    assert!(scene.password_is(NEW).await?);
    assert_eq!(scene.notices(), 0);
    scene.recovery.settle(&after, at(1)?).await?;
    scene.is_reset(NEW, at(1)?).await
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_everything_as_it_was() -> Result {
    if skipped() {
        return Ok(());
    }
    for is_dropped in [false, true] {
        let scene = Scene::new().await?;
        let before = audit(&scene.store).await?;
        let change = scene.change(NEW, at(1)?).await?;
        let mut set = scene.commit_within(scene.begin().await?, change).await?;
        scene.end_sessions(set.transaction()).await?;
        if is_dropped {
            drop(set);
        } else {
            set.roll_back().await?;
        }
        assert_eq!(audit(&scene.store).await?, before);
        assert_eq!(scene.sessions().await?, 2);
        assert!(scene.password_is(OLD).await?);
        // There is nothing that a housekeeping would go on with, and nobody is told.
        let cleared = scene.recovery.housekeep(at(100)?).await;
        assert!(cleared.resumed.is_empty() && cleared.failures.is_empty(), "{cleared:?}");
        drain(&scene.recovery, at(100)?).await?;
        assert_eq!(scene.notices(), 0);
        // The link needs to wait for no lease.
        scene.reset_with_the_same_link(at(1)?).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_is_refused_takes_the_work_of_the_service_back() -> Result {
    if skipped() {
        return Ok(());
    }
    let scene = Scene::new().await?;
    let (first, second) = (scene.change(NEW, at(1)?).await?, scene.change(NEW, at(1)?).await?);
    let after = scene.recovery.commit(first, at(1)?).await?;
    let rows = audit(&scene.store).await?;
    let mut transaction = scene.begin().await?;
    scene.end_sessions(&mut transaction).await?;
    let refused = scene.commit_within(transaction, second).await;
    assert!(matches!(refused, Err(CommitError::Taken)), "{refused:?}");
    assert_eq!(scene.sessions().await?, 2);
    assert_eq!(audit(&scene.store).await?, rows);

    // Of another version of the account.
    let other = Scene::new().await?;
    let change = other.change(NEW, at(1)?).await?;
    other.store.accounts().put(&ada()?).await?;
    let mut transaction = other.begin().await?;
    other.end_sessions(&mut transaction).await?;
    let refused = other.commit_within(transaction, change).await;
    assert!(matches!(refused, Err(CommitError::Superseded)), "{refused:?}");
    assert_eq!(other.sessions().await?, 2);
    assert!(other.password_is(OLD).await?);

    scene.recovery.settle(&after, at(1)?).await?;
    scene.is_reset(NEW, at(1)?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_16_parallel_transactions_with_one_link_one_sets_the_password() -> Result {
    if skipped() {
        return Ok(());
    }
    for round in 0..rounds(50) {
        let scene = alloc::sync::Arc::new(Scene::new().await?);
        let mut submits = tokio::task::JoinSet::new();
        for number in 0..16 {
            let scene = alloc::sync::Arc::clone(&scene);
            submits.spawn(async move {
                let new = format!("plum-kettle-{number}");
                let change = match scene.change(&new, at(1)?).await {
                    Ok(change) => change,
                    // Somebody was faster.
                    Err(error) if error.is::<repass::reset::AdmitError>() => {
                        return Result::Ok(None);
                    }
                    Err(error) => return Err(error),
                };
                let mut set = match scene.commit_within(scene.begin().await?, change).await {
                    Ok(set) => set,
                    Err(CommitError::Taken | CommitError::Superseded) => return Ok(None),
                    Err(error) => return Err(error.into()),
                };
                scene.end_sessions(set.transaction()).await?;
                let add = format!("INSERT INTO {} VALUES ('{number}')", scene.sessions);
                sqlx::query(AssertSqlSafe(add)).execute(&mut **set.transaction()).await?;
                Ok(Some((new, set.commit().await?)))
            });
        }
        let mut winners = Vec::new();
        while let Some(submit) = submits.join_next().await {
            winners.extend(submit??);
        }
        assert_eq!(winners.len(), 1, "in round {round}");
        assert_eq!(scene.sessions().await?, 1, "in round {round}");
        for (new, after) in winners {
            scene.recovery.settle(&after, at(1)?).await?;
            scene.is_reset(&new, at(1)?).await?;
        }
    }
    Ok(())
}

/// The process that is killed before or after the commit of its transaction.
#[tokio::test]
async fn part_commits_in_its_own_transaction() -> Result {
    let Some((folder, when)) = started_for() else { return Ok(()) };
    let (store, recovery) = (open(&folder).await?, recovery(&folder).await?);
    let change = change(&recovery, &folder, NEW, at(1)?).await?;
    let transaction = store.driver().transaction().await?;
    let accounts: SimpleAccounts<Db> = store.accounts();
    let set = accounts.commit_within(transaction, &store, &recovery, change, at(1)?).await?;
    let held = if when == "before" { Ok(set) } else { Err(set.commit().await?) };
    say("stopped");
    core::future::pending::<()>().await;
    drop(held);
    Ok(())
}

#[tokio::test]
async fn a_process_killed_in_its_transaction_has_set_nothing_and_after_it_everything() -> Result {
    if skipped() {
        return Ok(());
    }
    for when in ["before", "after"] {
        let scene = Scene::new().await?;
        let name = "own_transaction::part_commits_in_its_own_transaction";
        let mut child = start(name, scene.folder.path(), when)?;
        hear(&mut child, &["stopped"])?;
        child.kill()?;
        child.wait()?;
        let later = at(1_000)?;
        let cleared = scene.recovery.housekeep(later).await;
        assert!(cleared.failures.is_empty(), "{when}: {cleared:?}");
        if when == "before" {
            assert!(cleared.resumed.is_empty(), "{cleared:?}");
            assert!(scene.password_is(OLD).await?);
            scene.reset_with_the_same_link(later).await?;
        } else {
            assert_eq!(cleared.resumed.len(), 1);
            for after in &cleared.resumed {
                scene.recovery.settle(after, later).await?;
            }
            scene.is_reset(NEW, later).await?;
        }
        let cleared = scene.recovery.housekeep(at(2_000)?).await;
        assert!(cleared.resumed.is_empty() && cleared.failures.is_empty(), "{when}: {cleared:?}");
    }
    Ok(())
}

/// The user table of a service, in the same database.
async fn users(store: &Store<Db>) -> Result<SqlAccounts<Db>> {
    let names = &store.statements().names;
    let [users, past] = ["users", "past"].map(|name| names.table(Db::DIALECT, name));
    let tables = format!(
        "CREATE TABLE {users} (id text PRIMARY KEY NOT NULL, email text, hash text,
            version bigint NOT NULL, epoch bigint NOT NULL);
        CREATE TABLE {past} (id text NOT NULL, hash text NOT NULL, at bigint NOT NULL)"
    );
    let pool = store.driver().pool();
    sqlx::raw_sql(AssertSqlSafe(tables)).execute(pool).await?;
    let add = format!("INSERT INTO {users} VALUES ('42', 'ada@example.org', $1, 0, 0)");
    let ada = ada()?;
    let hash = ada.stored_password().map(|hash| hash.expose_secret());
    sqlx::query(AssertSqlSafe(add)).bind(hash).execute(pool).await?;
    let table = UserTable::new("repass_users", "id", "hash")?
        .email("email")?
        .version("version")?
        .epoch("epoch")?
        .history(HistoryTable::new("repass_past", "id", "hash", "at")?)
        .in_schema(names.schema(Db::DIALECT))?;
    Ok(SqlAccounts::open(store.driver().clone(), table).await?)
}

#[tokio::test]
async fn a_password_of_a_users_table_changes_in_a_transaction_of_the_service() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    let accounts = users(&store).await?;
    let simple = super::ports(&store, folder.path());
    let ports = PortSet {
        accounts: accounts.clone(),
        attempts: simple.attempts,
        counters: simple.counters,
        queue: simple.queue,
        notifier: simple.notifier,
    };
    let (recovery, now) = (Recovery::new(super::flow()?, ports), at(0)?);
    ask(&recovery, now).await?;
    drain(&recovery, now).await?;
    for rolls_back in [true, false] {
        let change = change(&recovery, folder.path(), NEW, now).await?;
        let transaction = store.driver().transaction().await?;
        let set = accounts.commit_within(transaction, &store, &recovery, change, now).await?;
        if rolls_back {
            set.roll_back().await?;
        } else {
            let after = set.commit().await?;
            recovery.settle(&after, now).await?;
        }
        let stored = accounts.load(ada()?.id(), now).await?.ok_or("gone")?;
        assert_eq!(is(&stored, NEW)?, !rolls_back);
        let (epoch, past) = (stored.epoch(), accounts.past(ada()?.id(), 9, now).await?.len());
        assert_eq!((epoch, past), if rolls_back { (Some(0), 0) } else { (Some(1), 1) });
    }
    drain(&recovery, now).await?;
    assert_eq!(read(&folder.path().join("messages")).matches("was changed").count(), 1);
    Ok(())
}

/// The user table of a service whose operator 7 administers until this is off.
struct Administered {
    accounts: SimpleAccounts<Db>,
    is_on: core::sync::atomic::AtomicBool,
}

type Answer<T> = core::result::Result<T, PortError>;

impl Accounts for Administered {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Answer<Vec<Account>> {
        self.accounts.find(lookup, now).await
    }
    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Answer<Option<Account>> {
        self.accounts.load(id, now).await
    }
    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Answer<Written> {
        self.accounts.write(write, now).await
    }
    async fn may_administer(
        &self,
        operator: &AccountId,
        _: &AccountId,
        _: UtcDateTime,
    ) -> Answer<bool> {
        Ok(operator.as_str() == "7" && self.is_on.load(core::sync::atomic::Ordering::SeqCst))
    }
}

#[tokio::test]
async fn an_operator_is_asked_about_once_more_and_sets_a_password_in_a_transaction() -> Result {
    if skipped() {
        return Ok(());
    }
    let scene = Scene::new().await?;
    let simple = super::ports(&scene.store, scene.folder.path());
    let ports = PortSet {
        accounts: Administered { accounts: scene.store.accounts(), is_on: true.into() },
        attempts: simple.attempts,
        counters: simple.counters,
        queue: simple.queue,
        notifier: simple.notifier,
    };
    let flow = super::flow_builder()?.operators(Operators::HandOverSecrets).build()?;
    let (recovery, now) = (Recovery::new(flow, ports), at(1)?);
    let administered = recovery.administer(&AccountId::new("7")?, ada()?.id().clone(), now).await?;
    for is_on in [false, true] {
        recovery.ports().accounts.is_on.store(is_on, core::sync::atomic::Ordering::SeqCst);
        let salt = Salt::generate(&mut SysRng)?;
        let new = Password::new(NEW)?;
        let change = administered.hand_over()?.set_password(&new, &policy()?, &hasher()?, salt)?;
        let before = audit(&scene.store).await?;
        let (accounts, transaction) = (scene.store.accounts(), scene.begin().await?);
        let set = accounts.commit_within(transaction, &scene.store, &recovery, change, now).await;
        if is_on {
            // The row of this change is new, and is inserted in the transaction.
            let after = set?.commit().await?;
            assert_eq!(audit(&scene.store).await?.at("running"), 1);
            recovery.settle(&after, now).await?;
        } else {
            assert!(matches!(set, Err(CommitError::OperatorRefused)), "{set:?}");
            assert_eq!(audit(&scene.store).await?, before);
        }
        assert_eq!(scene.password_is(NEW).await?, is_on);
    }
    assert_eq!(audit(&scene.store).await?.at("settled"), 1);
    Ok(())
}
