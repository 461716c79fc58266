use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::port::Accounts;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Proof};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;

use super::audit::audit;
use super::skipped;
use super::{
    FilePorts, Result, ada, ask, at, drain, hasher, policy, read, recovery, rounds, seed, token,
};

#[tokio::test(flavor = "multi_thread")]
async fn of_64_parallel_submits_over_two_pools_one_sets_the_password() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recoveries = [recovery(folder.path()).await?, recovery(folder.path()).await?];
    let account = ada()?;
    for round in 0..rounds(200) {
        // Each round has counters of its own.
        let now = at(round.saturating_mul(100_000))?;
        let [first, second] = &recoveries;
        first.ports().accounts.put(&account).await?;
        ask(first, now).await?;
        drain(second, now).await?;
        let winners = submits(&recoveries, &token(folder.path()).ok_or("no link")?, now).await?;
        assert_eq!(winners.len(), 1, "in round {round}");

        drain(first, now).await?;
        let stored = second.ports().accounts.load(account.id(), now).await?.ok_or("gone")?;
        let stored = stored.password().ok_or("no password")?;
        let winner = winners.first().ok_or("none")?;
        assert_eq!(hasher()?.verify(winner, stored)?, repass::hash::Verdict::Match);
        let done = usize::try_from(round)?.saturating_add(1);
        let messages = read(&folder.path().join("messages"));
        assert_eq!(messages.matches("was changed").count(), done);
        let rows = audit(&first.ports().attempts).await?;
        assert_eq!((rows.at("settled"), rows.attempts.len()), (done, done), "in round {round}");
        assert_eq!((rows.replaced, rows.entries.len()), (done, 0), "in round {round}");
    }
    Ok(())
}

/// Submits 64 passwords with one link at the same time; those that were told that they are set.
async fn submits(
    recoveries: &[Recovery<FilePorts>; 2],
    token: &str,
    now: UtcDateTime,
) -> Result<Vec<Password>> {
    let (hasher, policy) = (Arc::new(hasher()?.with_slots(64)), Arc::new(policy()?));
    let barrier = Arc::new(tokio::sync::Barrier::new(64));
    let mut submits = tokio::task::JoinSet::new();
    for (number, recovery) in (0..64).zip(recoveries.iter().cycle().cloned()) {
        let (hasher, policy, token) = (Arc::clone(&hasher), Arc::clone(&policy), token.to_owned());
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
    Ok(winners)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_2000_parallel_guesses_no_more_are_compared_than_the_budget_allows() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recoveries = [recovery(folder.path()).await?, recovery(folder.path()).await?];
    for round in 0..rounds(100) {
        let now = at(round.saturating_mul(10))?;
        let address = format!("user{round}@example.org");
        let account = Account::new(AccountId::new(&round.to_string())?)
            .with_email(Email::verified(Contact::email(&address)?))
            .with_password(ada()?.password().ok_or("no password")?.clone());
        let [first, second] = &recoveries;
        first.ports().accounts.put(&account).await?;
        let mut handles = Vec::new();
        for _ in 0..4 {
            let lookup = Lookup::email(&address)?;
            let handle = first.request(lookup, Delivery::CODE, None, seed()?, now).await?;
            handles.push(Arc::new(handle));
        }
        drain(second, now).await?;

        let mut guesses = tokio::task::JoinSet::new();
        let handles = handles.iter().cycle().take(2000).cloned();
        for (handle, recovery) in handles.zip(recoveries.iter().cycle().cloned()) {
            guesses.spawn(async move {
                let proof = Proof::Code { handle: handle.expose_secret(), code: "BBBB-BBBB" };
                match recovery.admit(proof, None, now).await {
                    Ok(_) => "admitted",
                    Err(error) => error.code(),
                }
            });
        }
        let mut answers = BTreeMap::new();
        while let Some(answer) = guesses.join_next().await {
            let number: &mut u32 = answers.entry(answer?).or_default();
            *number = number.saturating_add(1);
        }
        // Five for each of four handles; fifteen of them are within the budget of the account.
        let right = [
            ("reset_wrong_code", 15),
            ("reset_account_spent", 5),
            ("reset_handle_spent", 2000 - 20),
        ];
        assert_eq!(answers, right.into(), "in round {round}");
        let rows = audit(&first.ports().attempts).await?;
        assert_eq!(rows.at("live"), rows.attempts.len(), "in round {round}");
        assert_eq!((rows.replaced, rows.entries.len()), (0, 0), "in round {round}");
        // No guess is lost: each was counted for its handle.
        let counted = rows.counted.iter().filter(|number| **number == 500).count();
        assert_eq!(counted, usize::try_from(round)?.saturating_add(1).saturating_mul(4));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_parallel_requests_ten_are_taken_and_five_messages_are_sent() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recoveries = [recovery(folder.path()).await?, recovery(folder.path()).await?];
    recoveries[0].ports().accounts.put(&ada()?).await?;
    for round in 0..rounds(100) {
        // Each round has counters of its own.
        let now = at(round.saturating_mul(100_000))?;
        let mut requests = tokio::task::JoinSet::new();
        for (_, recovery) in (0..200).zip(recoveries.iter().cycle().cloned()) {
            let (lookup, seed) = (Lookup::email("ada@example.org")?, seed()?);
            requests.spawn(async move {
                match recovery.request(lookup, Delivery::LINK, None, seed, now).await {
                    Ok(_) => "taken",
                    Err(error) => error.code(),
                }
            });
        }
        let mut answers = BTreeMap::new();
        while let Some(answer) = requests.join_next().await {
            let number: &mut u32 = answers.entry(answer?).or_default();
            *number = number.saturating_add(1);
        }
        let right = [("taken", 10), ("request_throttled", 190)];
        assert_eq!(answers, right.into(), "in round {round}");
        let [first, second] = &recoveries;
        let drained = tokio::join!(drain(first, now), drain(second, now));
        drained.0?;
        drained.1?;
        let done = usize::try_from(round)?.saturating_add(1).saturating_mul(5);
        assert_eq!(read(&folder.path().join("messages")).matches("?token=").count(), done);
        let rows = audit(&first.ports().attempts).await?;
        assert_eq!(rows.at("live"), rows.attempts.len(), "in round {round}");
        assert_eq!(rows.attempts.len(), done.saturating_mul(2), "a row for each request");
        assert_eq!((rows.replaced, rows.entries.len()), (0, 0), "in round {round}");
    }
    Ok(())
}

#[tokio::test]
async fn processes_with_clocks_120_s_apart_carry_one_reset_through() -> Result {
    if skipped() {
        return Ok(());
    }
    for (request, work, submit) in [(0, 120, 0), (120, 0, 120), (0, 120, 120), (120, 0, 0)] {
        let folder = tempfile::tempdir()?;
        let recovery = recovery(folder.path()).await?;
        let account = ada()?;
        recovery.ports().accounts.put(&account).await?;
        ask(&recovery, at(request)?).await?;
        for second in [work, 120] {
            drain(&recovery, at(second)?).await?;
        }
        let token = token(folder.path()).ok_or("no link")?;
        let admitted = recovery.admit(Proof::Link(&token), None, at(submit)?).await?;
        let salt = Salt::generate(&mut SysRng)?;
        let new = Password::new("plum-kettle-42")?;
        let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
        let after = recovery.commit(change, at(submit)?).await?;
        // Another process, whose clock differs, settles it.
        recovery.settle(&after, at(work)?).await?;
        for second in [request, 120] {
            drain(&recovery, at(second)?).await?;
        }
        assert_eq!(read(&folder.path().join("messages")).matches("was changed").count(), 1);
        let rows = audit(&recovery.ports().attempts).await?;
        assert_eq!((rows.at("settled"), rows.replaced, rows.entries.len()), (1, 1, 0));
        let again = recovery.admit(Proof::Link(&token), None, at(work)?).await;
        assert_eq!(again.err().ok_or("admitted")?.code(), "reset_used");
    }
    Ok(())
}
