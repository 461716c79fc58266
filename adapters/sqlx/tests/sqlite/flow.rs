use alloc::sync::Arc;

use repass::port::Accounts;
use repass::reset::Proof;
use repass::secret::{Password, Salt};

use super::{Result, SysRng, ada, ask, at, drain, hasher, policy, read, recovery, token};

#[tokio::test(flavor = "multi_thread")]
async fn of_16_parallel_submits_over_two_pools_one_sets_the_password() -> Result {
    let folder = tempfile::tempdir()?;
    let now = at(0)?;
    let first = recovery(folder.path()).await?;
    let second = recovery(folder.path()).await?;
    let account = ada()?;
    first.ports().accounts.put(&account).await?;
    ask(&first, now).await?;
    drain(&second, now).await?;
    let token = token(folder.path()).ok_or("no link")?;

    let (hasher, policy) = (Arc::new(hasher()?), Arc::new(policy()?));
    let barrier = Arc::new(tokio::sync::Barrier::new(16));
    let mut submits = tokio::task::JoinSet::new();
    for number in 0..16 {
        let recovery = if number % 2 == 0 { first.clone() } else { second.clone() };
        let (hasher, policy, token) = (Arc::clone(&hasher), Arc::clone(&policy), token.clone());
        let barrier = Arc::clone(&barrier);
        submits.spawn(async move {
            let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
            let new = Password::new(format!("plum-kettle-{number}"))?;
            let salt = Salt::generate(&mut SysRng)?;
            let change = admitted.set_password(&new, &policy, &hasher, salt)?;
            barrier.wait().await;
            Result::Ok(match recovery.commit(change, now).await {
                Ok(after) => {
                    recovery.settle(&after, now).await?;
                    Some(new)
                }
                Err(repass::reset::CommitError::Taken) => None,
                Err(error) => return Err(error.into()),
            })
        });
    }
    let mut winners = Vec::new();
    while let Some(submit) = submits.join_next().await {
        winners.extend(submit??);
    }
    assert_eq!(winners.len(), 1);

    drain(&first, now).await?;
    let stored = second.ports().accounts.load(account.id(), now).await?.ok_or("gone")?;
    let verdict =
        hasher.verify(winners.first().ok_or("none")?, stored.password().ok_or("no password")?)?;
    assert_eq!(verdict, repass::hash::Verdict::Match);
    assert_eq!(second.ports().accounts.past(account.id(), 9, now).await?.len(), 1);
    assert_eq!(read(&folder.path().join("messages")).matches("was changed").count(), 1);
    Ok(())
}
