use alloc::collections::BTreeSet;
use core::time::Duration;

use repass::account::AccountId;
use repass::port::{Counters, Queue};
use repass::queue::{ClaimToken, Pushed, QueueEntry, QueueKey};
use repass::scope::{Purpose, Scope, ScopeTag};
use repass::throttle::{Quota, ThrottleKey};
use repass_sqlx::Sqlite;
use repass_sqlx::repass_sql::MigrateError;

use super::{Result, ask, at, flow, open, recovery, seed};

fn key() -> Result<ThrottleKey> {
    Ok(ThrottleKey::account(&Scope::new(Purpose::RESET), "test", &AccountId::new("42")?))
}

const QUOTA: Quota = Quota::new(5, Duration::from_secs(60));

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_two_pools_all_count() -> Result {
    let folder = tempfile::tempdir()?;
    let stores = [open(folder.path()).await?, open(folder.path()).await?];
    let (key, now) = (key()?, at(0)?);
    let mut counts = tokio::task::JoinSet::new();
    for _ in 0..45 {
        for store in stores.clone() {
            counts.spawn(async move { store.count(&key, QUOTA, None, now).await });
        }
    }
    let mut numbers = BTreeSet::new();
    while let Some(counted) = counts.join_next().await {
        numbers.insert(counted??.number());
    }
    assert_eq!(numbers, (1..=90).collect());
    Ok(())
}

#[tokio::test]
async fn a_count_outlives_a_transaction_that_is_rolled_back() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    let (key, now) = (key()?, at(0)?);
    let transaction = store.driver().pool().begin().await?;
    assert_eq!(store.count(&key, QUOTA, None, now).await?.number(), 1);
    transaction.rollback().await?;
    assert_eq!(store.count(&key, QUOTA, None, now).await?.number(), 2);
    Ok(())
}

#[tokio::test]
async fn a_counter_ends_and_one_of_a_wrong_clock_opens_anew() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    let key = key()?;
    for (second, number, end) in [
        (0, 1, 60),
        (59, 2, 60),
        (60, 1, 120),
        // Another clock is behind by as much as it may be, and then by more.
        (-60, 2, 120),
        (-61, 1, -1),
    ] {
        let counted = store.count(&key, QUOTA, None, at(second)?).await?;
        assert_eq!((counted.number(), counted.ends_at()), (number, at(end)?), "at {second}");
    }
    let purged =
        async |second| Counters::purge(&store, at(second)?).await.map_err(super::Failure::from);
    assert_eq!((purged(118).await?, purged(119).await?), (0, 1));
    Ok(())
}

#[tokio::test]
async fn a_queue_is_bounded_for_requests_alone() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?.with_max_requests(2);
    let (now, scope) = (at(0)?, ScopeTag::from_bytes([7; 16]));
    let push = async |kind: u8, number: u8| {
        let mut bytes = [number; QueueKey::BYTES];
        bytes[0] = kind;
        let key = QueueKey::from_bytes(&bytes).ok_or("no key")?;
        let entry = QueueEntry::from_stored(key, scope, vec![number]);
        Result::Ok(store.push(&entry, now).await?)
    };
    assert_eq!(push(3, 1).await?, Pushed::Done);
    assert_eq!(push(3, 1).await?, Pushed::Exists);
    assert_eq!(push(3, 2).await?, Pushed::Done);
    assert_eq!(push(3, 3).await?, Pushed::Full);
    assert_eq!(push(3, 2).await?, Pushed::Exists);
    assert_eq!(push(2, 3).await?, Pushed::Done);
    assert_eq!(push(1, 3).await?, Pushed::Done);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pools_claim_each_entry_once_and_requests_last() -> Result {
    let folder = tempfile::tempdir()?;
    let (first, second) = (recovery(folder.path()).await?, recovery(folder.path()).await?);
    for second in 0..9 {
        ask(&first, at(second)?).await?;
    }
    let token = || Result::Ok(ClaimToken::new(seed()?));
    let (one, other) = (token()?, token()?);
    let now = at(20)?;
    let (ours, theirs) = tokio::join!(first.claim(one, 6, now), second.claim(other, 6, now));
    let (ours, theirs) = (ours?, theirs?);
    let keys: BTreeSet<_> = ours.iter().chain(&theirs).map(|entry| *entry.entry().key()).collect();
    assert_eq!((ours.len().max(theirs.len()), keys.len()), (6, 9));

    // The token of another worker acknowledges nothing; after the lease the entries come again.
    let queue = &first.ports().queue;
    let entry = ours.first().ok_or("nothing claimed")?;
    assert!(!queue.done(entry.entry().key(), &other, now).await?);
    let again = second.claim(other, 64, at(10_000)?).await?;
    assert_eq!((again.len(), again.iter().all(|entry| entry.tries() == 2)), (9, true));
    assert!(!queue.done(entry.entry().key(), &one, now).await?);
    assert!(queue.done(entry.entry().key(), &other, now).await?);
    Ok(())
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    store.migrate().await?;
    // A newer program that changes nothing for older ones.
    let newer = "INSERT INTO repass_migration VALUES ('store', 2, 1)";
    sqlx::query(newer).execute(store.driver().pool()).await?;
    store.migrate().await?;
    let newer = "INSERT INTO repass_migration VALUES ('store', 3, 2)";
    sqlx::query(newer).execute(store.driver().pool()).await?;
    let refused = Sqlite::open(folder.path().join("database")).await;
    assert!(matches!(refused, Err(MigrateError::Newer { found: 3, known: 1, .. })));
    Ok(())
}

#[tokio::test]
async fn an_altered_row_hides_no_crashed_commit() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    for number in 0_u8..3 {
        let statement = "INSERT INTO repass_attempt
            (id, seal, subject, stage, expires_at, lease_until, keep_until, bytes)
            VALUES (?1, x'00', x'00', 'running', 0, 0, 9999999999, x'00')";
        let query = sqlx::query(statement).bind(vec![number; 20]);
        query.execute(store.driver().pool()).await?;
    }
    let done = recovery(folder.path()).await?.housekeep(at(0)?).await;
    assert!(done.failures.is_empty(), "{:?}", done.failures);
    assert_eq!(flow()?.scope().tenant(), None);
    Ok(())
}
