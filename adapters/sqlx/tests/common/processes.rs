use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::audit::audit;
use super::crash::say;
use super::{Result, ada, ask, at, drain, open, prepare, read, recovery, skipped};

/// Starts this test binary as another process that runs the test `name` as a part of this one.
pub(super) fn start(name: &str, folder: &Path, argument: &str) -> Result<Child> {
    let child = Command::new(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("REPASS_TEST_FOLDER", folder)
        .env("REPASS_TEST_ARGUMENT", argument)
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(child)
}

/// What this process was started for, unless it is the one that was started first.
pub(super) fn started_for() -> Option<(std::path::PathBuf, String)> {
    let folder = std::env::var_os("REPASS_TEST_FOLDER")?;
    Some((folder.into(), std::env::var("REPASS_TEST_ARGUMENT").ok()?))
}

/// Reads what a process says, up to one of these words.
pub(super) fn hear(child: &mut Child, words: &[&str]) -> Result<(Vec<String>, String)> {
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
    let (mut heard, mut line) = (Vec::new(), String::new());
    while output.read_line(&mut line)? > 0 {
        if let Some((_, word)) = line.trim_end().split_once("said: ") {
            if words.contains(&word) {
                // It stays open: a process that writes to nobody fails.
                child.stdout = Some(output.into_inner());
                return Ok((heard, word.to_owned()));
            }
            heard.push(word.to_owned());
        }
        line.clear();
    }
    Err("the process ended before it said so".into())
}

#[tokio::test]
async fn part_opens_and_asks() -> Result {
    let Some((folder, _)) = started_for() else { return Ok(()) };
    let recovery = recovery(&folder).await?;
    for _ in 0..2 {
        ask(&recovery, at(0)?).await?;
    }
    say("asked");
    Ok(())
}

#[tokio::test]
async fn processes_that_start_at_once_share_a_new_database() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    prepare(folder.path()).await?;
    let start = || start("processes::part_opens_and_asks", folder.path(), "");
    let mut children = [start()?, start()?, start()?, start()?];
    for child in &mut children {
        hear(child, &["asked"])?;
        assert!(child.wait()?.success());
    }
    open(folder.path()).await?.accounts().put(&ada()?).await?;
    // All requests are in the queue: five of the eight get a message, as one mailbox gets no more.
    drain(&recovery(folder.path()).await?, at(1)?).await?;
    let rows = audit(&open(folder.path()).await?).await?;
    assert_eq!((rows.at("live"), rows.attempts.len(), rows.entries.len()), (8, 8, 0));
    assert_eq!(read(&folder.path().join("messages")).matches("?token=").count(), 5);
    Ok(())
}
