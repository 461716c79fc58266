//! A primary is lost while passwords are being reset, and its replica takes over.
//!
//! With synchronous replication nothing that was answered is lost. With asynchronous replication the newest
//! changes can be; what is left is consistent, and each password that is left was set once.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use std::path::Path;

use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::Verdict;
use repass::port::{Accounts, Counters};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Proof};
use repass::secret::{Password, Salt};
use repass::throttle::Quota;
use repass_sqlx::PostgresStore;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::audit::{audit, counter};
use super::server::Server;
use super::{
    FilePorts, Result, SysRng, ada, at, connect, create_schema, drain, flow, hasher, is_full,
    policy, ports, read, seed, skipped,
};

const PEOPLE: u32 = 8;
/// How many passwords are set before the primary is lost, and how many more a replica does not get.
const BEFORE: usize = 100;
const UNHEARD: usize = 20;
const QUOTA: Quota = Quota::new(1_000_000, core::time::Duration::from_secs(1_000_000));

fn address(person: u32) -> String {
    format!("user{person}@example.org")
}

/// The token of the newest link to an address.
fn token(folder: &Path, address: &str) -> Option<String> {
    let messages = read(&folder.join("messages"));
    let theirs = messages.split("To: ").filter(|message| message.starts_with(address));
    let (_, rest) = theirs.filter_map(|message| message.split_once("?token=")).last()?;
    rest.lines().next().map(str::to_owned)
}

fn notices(folder: &Path, address: &str) -> usize {
    let messages = read(&folder.join("messages"));
    let theirs = messages.split("To: ").filter(|message| message.starts_with(address));
    theirs.filter(|message| message.contains("was changed")).count()
}

/// What a person was told.
#[derive(Debug, Default)]
struct Told {
    /// How many passwords were set, the last one, and one for which no answer came.
    set: usize,
    password: Option<String>,
    in_doubt: Option<String>,
    /// The number of the last count.
    counted: u32,
}

/// Resets one password after the other, until the primary is lost.
async fn person(
    recovery: Recovery<FilePorts>,
    folder: Arc<Path>,
    number: u32,
    told: Arc<tokio::sync::Mutex<BTreeMap<u32, Told>>>,
) -> Result {
    let key = counter(number)?;
    for round in 0_i64.. {
        // Each round has counters of its own.
        let now = at(round.saturating_mul(100_000))?;
        let counted = recovery.ports().counters.count(&key, QUOTA, None, at(0)?).await?.number();
        told.lock().await.entry(number).or_default().counted = counted;
        let lookup = Lookup::email(&address(number))?;
        let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
        let before = token(&folder, &address(number));
        // Another person may work on the request.
        let token = loop {
            drain(&recovery, now).await?;
            match token(&folder, &address(number)) {
                token if token == before => tokio::task::yield_now().await,
                token => break token.ok_or("no link")?,
            }
        };
        let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
        let new = format!("plum-kettle-{number}-{round}");
        let salt = Salt::generate(&mut SysRng)?;
        let change = admitted.set_password(&Password::new(&*new)?, &policy()?, &hasher()?, salt)?;
        told.lock().await.entry(number).or_default().in_doubt = Some(new.clone());
        let after = recovery.commit(change, now).await?;
        let mut told = told.lock().await;
        let told = told.entry(number).or_default();
        (told.set, told.password, told.in_doubt) = (told.set.saturating_add(1), Some(new), None);
        recovery.settle(&after, now).await?;
    }
    Ok(())
}

struct Scene {
    folder: tempfile::TempDir,
    primary: Server,
    replica: Server,
    store: PostgresStore,
    schema: String,
}

impl Scene {
    async fn new(is_synchronous: bool) -> Result<Self> {
        let (folder, primary) = (tempfile::tempdir()?, Server::start()?);
        let replica = primary.replica()?;
        if is_synchronous {
            let mut connection = PgConnection::connect_with(&primary.options()).await?;
            for setting in
                ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"]
            {
                sqlx::query(setting).execute(&mut connection).await?;
            }
            // From here on each commit waits for the replica.
            let count = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
            while sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await? != 1 {
                tokio::task::yield_now().await;
            }
        }
        let schema = "Replicated".to_owned();
        create_schema(&primary.options(), &schema).await?;
        let store = connect(primary.options(), &schema)?;
        store.migrate().await?;
        let accounts = store.accounts();
        accounts.migrate().await?;
        let old = ada()?;
        for number in 0..PEOPLE {
            let account = Account::new(AccountId::new(&number.to_string())?)
                .with_email(Email::verified(Contact::email(&address(number))?))
                .with_password(old.password().ok_or("no password")?.clone());
            accounts.put(&account).await?;
        }
        Ok(Self { folder, primary, replica, store, schema })
    }

    /// All people at once, until so many passwords were set; then the replica hears nothing any more, if
    /// it is to, and the primary is killed in the middle of what it does.
    async fn lose_the_primary(&self, is_cut_off: bool) -> Result<BTreeMap<u32, Told>> {
        let told = Arc::new(tokio::sync::Mutex::new(BTreeMap::<u32, Told>::new()));
        let folder: Arc<Path> = self.folder.path().into();
        let recovery = Recovery::new(flow()?, ports(&self.store, &folder));
        let mut people = tokio::task::JoinSet::new();
        for number in 0..PEOPLE {
            let (recovery, folder) = (recovery.clone(), Arc::clone(&folder));
            people.spawn(person(recovery, folder, number, Arc::clone(&told)));
        }
        let reach = async |number: usize| {
            while told.lock().await.values().map(|told| told.set).sum::<usize>() < number {
                tokio::task::yield_now().await;
            }
        };
        reach(BEFORE).await;
        if is_cut_off {
            let mut connection = PgConnection::connect_with(&self.replica.options()).await?;
            for setting in ["ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"] {
                sqlx::query(setting).execute(&mut connection).await?;
            }
            let count = "SELECT count(*) FROM pg_stat_wal_receiver";
            while sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await? != 0 {
                tokio::task::yield_now().await;
            }
            let heard = told.lock().await.values().map(|told| told.set).sum::<usize>();
            reach(heard.saturating_add(UNHEARD)).await;
        }
        self.primary.kill()?;
        while let Some(ended) = people.join_next().await {
            assert!(ended?.is_err(), "a person went on without a server");
        }
        self.replica.promote()?;
        Ok(core::mem::take(&mut *told.lock().await))
    }

    /// How many counts were answered that the replica does not have.
    async fn given_back(&self, told: &BTreeMap<u32, Told>) -> Result<u32> {
        let store = connect(self.replica.options(), &self.schema)?;
        let mut given_back = 0_u32;
        for (number, told) in told {
            let next = store.count(&counter(*number)?, QUOTA, None, at(0)?).await?.number();
            let lost = told.counted.saturating_add(1).saturating_sub(next);
            given_back = given_back.saturating_add(lost);
        }
        Ok(given_back)
    }

    /// The service goes on with the replica, after all leases are over.
    async fn go_on(&self) -> Result<Recovery<FilePorts>> {
        let store = connect(self.replica.options(), &self.schema)?;
        let recovery = Recovery::new(flow()?, ports(&store, self.folder.path()));
        audit(&store).await?;
        let later = at(100_000_000)?;
        let cleared = recovery.housekeep(later).await;
        assert!(cleared.failures.is_empty() && cleared.altered == 0, "{cleared:?}");
        for after in &cleared.resumed {
            recovery.settle(after, later).await?;
        }
        drain(&recovery, later).await?;
        let rows = audit(&store).await?;
        assert_eq!((rows.at("running"), rows.entries.len()), (0, 0));
        Ok(recovery)
    }
}

/// How many passwords an account had, and whether the present one is `password`.
async fn state(recovery: &Recovery<FilePorts>, number: u32) -> Result<(usize, Account)> {
    let (accounts, id) = (&recovery.ports().accounts, AccountId::new(&number.to_string())?);
    let past = accounts.past(&id, 1_000_000, at(0)?).await?;
    // Each is salted: one that is there twice was set twice.
    let distinct: alloc::collections::BTreeSet<_> =
        past.iter().map(|past| past.hash().expose_secret().to_owned()).collect();
    assert_eq!(distinct.len(), past.len(), "a password was set twice");
    Ok((past.len(), accounts.load(&id, at(0)?).await?.ok_or("gone")?))
}

fn is(account: &Account, password: &str) -> Result<bool> {
    let stored = account.password().ok_or("no password")?;
    Ok(hasher()?.verify(&Password::new(password)?, stored)? == Verdict::Match)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_replica_that_is_promoted_has_all_that_was_answered() -> Result {
    if skipped() || !is_full() {
        return Ok(());
    }
    let scene = Scene::new(true).await?;
    let told = scene.lose_the_primary(false).await?;
    assert_eq!(scene.given_back(&told).await?, 0);
    let recovery = scene.go_on().await?;
    for (number, told) in told {
        let (set, account) = state(&recovery, number).await?;
        let in_doubt = usize::from(told.in_doubt.is_some());
        assert!((told.set..=told.set.saturating_add(in_doubt)).contains(&set), "{set}, {told:?}");
        let present = if set == told.set { told.password } else { told.in_doubt };
        assert!(is(&account, &present.ok_or("no password")?)?, "{number}");
        let notices = notices(scene.folder.path(), &address(number));
        assert!(notices >= set, "{notices} notices of {set} passwords");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_replica_that_is_promoted_has_passwords_that_were_set_once() -> Result {
    if skipped() || !is_full() {
        return Ok(());
    }
    let scene = Scene::new(false).await?;
    let told = scene.lose_the_primary(true).await?;
    let given_back = scene.given_back(&told).await?;
    let recovery = scene.go_on().await?;
    let mut lost = 0_usize;
    for (number, told) in &told {
        let (set, account) = state(&recovery, *number).await?;
        lost = lost.saturating_add(told.set.saturating_sub(set));
        // A password that is left is one that its owner chose.
        let newest = (0..=told.set).rev().map(|round| format!("plum-kettle-{number}-{round}"));
        let mut own = newest.map(|password| is(&account, &password));
        assert!(set == 0 || own.any(|is| is.unwrap_or(false)), "{number}");
        // And its owner can go on.
        let now = at(200_000_000)?;
        let lookup = Lookup::email(&address(*number))?;
        let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
        drain(&recovery, now).await?;
        let token = token(scene.folder.path(), &address(*number)).ok_or("no link")?;
        let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
        let (new, salt) = (Password::new("fig-saucepan-77")?, Salt::generate(&mut SysRng)?);
        let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
        let after = recovery.commit(change, now).await?;
        recovery.settle(&after, now).await?;
        let (now_set, account) = state(&recovery, *number).await?;
        assert_eq!(now_set, set.saturating_add(1));
        assert!(is(&account, "fig-saucepan-77")?);
    }
    let answered: usize = told.values().map(|told| told.set).sum();
    println!("of {answered} passwords {lost} were lost, and {given_back} counts were given back");
    // Control: something was lost, so that the rest shows something.
    assert!(lost >= UNHEARD, "{lost}");
    audit(&recovery.ports().attempts).await?;
    Ok(())
}
