use std::io::Write;
use std::path::Path;

use repass::hash::Verdict;
use repass::port::{Accounts, Ports};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Proof};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;

use super::audit::audit;
use super::processes::{hear, start, started_for};
use super::stopping::stopping;
use super::{
    OLD, Result, SysRng, ada, append, ask, at, drain, flow, hasher, open, policy, ports, read,
    recovery, skipped, token,
};

const NEW: &str = "plum-kettle-42";
const OTHER: &str = "fig-saucepan-77";

/// Tells the process that started this one. The line may begin with what the test harness writes.
pub(super) fn say(word: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "said: {word}").and_then(|()| output.flush());
}

/// Ends the sessions, as far as a test can see.
fn carry_out(folder: &Path, after: &AfterReset) -> Result {
    Ok(append(&folder.join("duties"), &format!("{}\n", after.account()))?)
}

async fn reset<P: Ports>(
    recovery: &Recovery<P>,
    folder: &Path,
    password: &str,
    now: UtcDateTime,
) -> Result {
    let token = token(folder).ok_or("no link")?;
    let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
    let salt = Salt::generate(&mut SysRng)?;
    let change = admitted.set_password(&Password::new(password)?, &policy()?, &hasher()?, salt)?;
    let after = recovery.commit(change, now).await?;
    carry_out(folder, &after)?;
    recovery.settle(&after, now).await?;
    Ok(())
}

/// The process that is killed: it walks through the whole flow and stops after so many calls.
#[tokio::test]
async fn part_resets_until_it_stops() -> Result {
    let Some((folder, calls)) = started_for() else { return Ok(()) };
    let ports = ports(&open(&folder).await?, &folder);
    let recovery = Recovery::new(flow()?, stopping(ports, calls.parse()?));
    let now = at(0)?;
    ask(&recovery, now).await?;
    say("asked");
    drain(&recovery, now).await?;
    reset(&recovery, &folder, NEW, now).await?;
    say("reset");
    drain(&recovery, now).await?;
    say("finished");
    Ok(())
}

#[tokio::test]
async fn a_process_killed_after_any_call_loses_nothing_and_sets_one_password() -> Result {
    if skipped() {
        return Ok(());
    }
    let mut outcomes = Vec::new();
    for calls in 1.. {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let account = ada()?;
        open(folder).await?.accounts().put(&account).await?;
        let mut child = start("crash::part_resets_until_it_stops", folder, &calls.to_string())?;
        let (heard, last) = hear(&mut child, &["stopped", "finished"])?;
        // SIGKILL: nothing is flushed, closed or rolled back.
        child.kill()?;
        child.wait()?;
        let rows = audit(&open(folder).await?).await?;
        assert!(rows.attempts.len() <= 1 && rows.replaced <= 1, "after {calls} calls: {rows:?}");
        let asked = heard.iter().any(|word| word == "asked");

        // Another process, after every lease is over.
        let now = at(1_000)?;
        let recovery = recovery(folder).await?;
        let done = recovery.housekeep(now).await;
        assert!(done.failures.is_empty(), "after {calls} calls: {:?}", done.failures);
        for after in &done.resumed {
            carry_out(folder, after)?;
            recovery.settle(after, now).await?;
        }
        drain(&recovery, now).await?;
        let accounts = &recovery.ports().accounts;
        let stored = accounts.load(account.id(), now).await?.ok_or("gone")?;
        let is = |password: &str| {
            let stored = stored.password().ok_or("no password")?;
            Result::Ok(hasher()?.verify(&Password::new(password)?, stored)? == Verdict::Match)
        };
        let set = is(NEW)?;
        assert_eq!(set, !is(OLD)?, "after {calls} calls");
        outcomes.push(set);
        let messages = read(&folder.join("messages"));
        if asked {
            assert!(messages.contains("?token="), "after {calls} calls the message is lost");
        }
        let link_is_there = token(folder).is_some();
        if set {
            // The link is used up.
            assert!(reset(&recovery, folder, OTHER, now).await.is_err(), "after {calls} calls");
        } else if link_is_there {
            // The owner can go on.
            reset(&recovery, folder, OTHER, now).await?;
            drain(&recovery, now).await?;
        }
        if set || link_is_there {
            let messages = read(&folder.join("messages"));
            assert!(messages.contains("was changed"), "after {calls} calls nobody was told");
            assert!(!read(&folder.join("duties")).is_empty(), "after {calls} calls");
            let stored = accounts.load(account.id(), now).await?.ok_or("gone")?;
            assert_eq!(stored.version(), Some(1), "after {calls} calls");
            assert_eq!(accounts.past(account.id(), 9, now).await?.len(), 1);
        }
        // Everything is settled: a later housekeeping finds nothing.
        let done = recovery.housekeep(at(2_000)?).await;
        assert!(done.resumed.is_empty() && done.failures.is_empty(), "after {calls} calls");
        let rows = audit(&recovery.ports().attempts).await?;
        assert_eq!(rows.at("running"), 0, "after {calls} calls");
        assert_eq!(rows.replaced, rows.at("settled"), "after {calls} calls");
        assert!(rows.entries.is_empty(), "after {calls} calls");
        if last == "finished" {
            break;
        }
    }
    // Some processes were killed before the password was set, and some afterwards; none unset it.
    assert!(outcomes.len() > 20, "{outcomes:?}");
    assert!(outcomes.is_sorted(), "{outcomes:?}");
    assert_eq!((outcomes.first(), outcomes.last()), (Some(&false), Some(&true)));
    Ok(())
}
