//! What one node carries: whole requests and whole commits, with commits that wait for the disk.

use std::sync::Arc;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::Outbox;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Change, Delivery, Flow, Proof};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass_sqlx::repass_sql::{Driver, Store};
use repass_sqlx::{Postgres, Sqlite};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::Mutex;

use super::server::Server;
use super::{Result, now, started};

const TASKS: usize = 16;

pub(super) async fn report(people: i64) -> Result {
    let people = usize::try_from(people)?;
    let folder = tempfile::tempdir()?;
    measure("SQLite", Sqlite::open(folder.path().join("service.db")).await?, people).await?;
    let server = Server::durable()?;
    let options = PgConnectOptions::new_without_pgpass().socket(server.folder());
    let store = Postgres::open(options.username("postgres").database("postgres")).await?;
    measure("PostgreSQL", store, people).await
}

async fn measure<D: Driver + Clone + 'static>(
    database: &str,
    store: Store<D>,
    people: usize,
) -> Result {
    let accounts = store.accounts();
    accounts.migrate().await?;
    let hasher = Hasher::new(Cost::new(64, 1, 1)?);
    let old = hasher.hash(&Password::new("the lost one")?, Salt::generate(&mut SysRng)?)?;
    for number in 0..people {
        accounts.put(&person(number, &old)?).await?;
    }
    let ports = PortSet {
        accounts,
        attempts: store.clone(),
        counters: store.clone(),
        queue: store,
        notifier: Outbox::default(),
    };
    let recovery = Recovery::new(flow()?, ports);

    let rate = |done: usize, from: std::time::Instant| done as f64 / from.elapsed().as_secs_f64();
    let from = started();
    tasks(&recovery, (0..people).collect(), async |recovery, number| {
        let lookup = Lookup::email(&address(number))?;
        let seed = Seed::generate(&mut SysRng)?;
        let _handle = recovery.request(lookup, Delivery::LINK, None, seed, now()?).await?;
        Ok(())
    })
    .await?;
    println!("{database}: {:.0} requests a second over {TASKS} tasks", rate(people, from));

    let from = started();
    tasks(&recovery, (0..TASKS).collect(), async |recovery, _| work(recovery).await).await?;
    println!("{database}: {:.0} requests worked on and delivered a second", rate(people, from));

    let mut changes = Vec::new();
    let policy = Policy::builder().min_length(12).build()?;
    while let Some(message) = recovery.ports().notifier.take() {
        let token = message.expose_secret().split("?token=").nth(1).unwrap_or_default();
        let token = token.lines().next().unwrap_or_default().to_owned();
        let admitted = recovery.admit(Proof::Link(&token), None, now()?).await?;
        let (new, salt) = (Password::new("plum-kettle-42")?, Salt::generate(&mut SysRng)?);
        changes.push(admitted.set_password(&new, &policy, &hasher, salt)?);
    }
    if changes.len() != people {
        return Err(format!("{} links for {people} people", changes.len()).into());
    }
    let from = started();
    tasks(&recovery, changes, async |recovery, change: Change| {
        let after = recovery.commit(change, now()?).await?;
        recovery.settle(&after, now()?).await?;
        Ok(())
    })
    .await?;
    println!("{database}: {:.0} passwords committed and settled a second", rate(people, from));
    Ok(())
}

pub(super) fn flow() -> Result<Flow> {
    let ring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng)?);
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    Ok(Flow::builder(ring, page).build()?)
}

async fn work<P: Ports>(recovery: &Recovery<P>) -> Result {
    loop {
        let token = ClaimToken::new(Seed::generate(&mut SysRng)?);
        if recovery.work(token, 10, now()?).await?.is_empty() {
            return Ok(());
        }
    }
}

fn address(number: usize) -> String {
    format!("user{number}@example.org")
}

fn person(number: usize, old: &PasswordHash) -> Result<Account> {
    Ok(Account::new(AccountId::new(&number.to_string())?)
        .with_email(Email::verified(Contact::email(&address(number))?))
        .with_password(old.clone()))
}

/// Takes one item after the other, in so many tasks.
async fn tasks<P, T, F>(recovery: &Recovery<P>, items: Vec<T>, each: F) -> Result
where
    P: Ports + 'static,
    T: Send + 'static,
    F: AsyncFn(&Recovery<P>, T) -> Result,
{
    let items = Arc::new(Mutex::new(items));
    let one = async || {
        loop {
            let Some(item) = items.lock().await.pop() else { return Result::Ok(()) };
            each(recovery, item).await?;
        }
    };
    let mut all = Vec::new();
    for _ in 0..TASKS {
        all.push(one());
    }
    join(all).await
}

/// All futures at once, in this task: what they wait for is the database.
async fn join<F: Future<Output = Result>>(futures: Vec<F>) -> Result {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    core::future::poll_fn(|context| {
        let mut is_pending = false;
        for slot in &mut futures {
            let Some(future) = slot else { continue };
            match future.as_mut().poll(context) {
                core::task::Poll::Ready(Ok(())) => *slot = None,
                core::task::Poll::Ready(error) => return core::task::Poll::Ready(error),
                core::task::Poll::Pending => is_pending = true,
            }
        }
        if is_pending { core::task::Poll::Pending } else { core::task::Poll::Ready(Ok(())) }
    })
    .await
}
