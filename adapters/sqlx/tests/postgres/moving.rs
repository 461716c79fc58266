//! A service moves from SQLite to PostgreSQL, by the script of `docs/scaling.md`.

use std::path::Path;
use std::process::Command;

use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::port::{Accounts, Ports};
use repass::recovery::Recovery;
use repass::reset::{AdmitError, Delivery, Proof, RequestError};
use repass::secret::{Password, PasswordHash, Salt};
use repass_sqlx::repass_sql::Names;
use repass_sqlx::{Postgres, PostgresStore, Sqlite};
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::audit::audit;
use super::{
    Result, SysRng, ada, at, drain, flow, hasher, policy, ports, read, seed, server, skipped,
};

/// The block of the document that is marked.
fn script() -> Result<String> {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scaling.md");
    let document = std::fs::read_to_string(document)?;
    let (_, rest) = document.split_once("<!-- tested:move -->\n```sh\n").ok_or("no script")?;
    Ok(rest.split_once("```").ok_or("no end")?.0.to_owned())
}

fn person(name: &str) -> Result<Account> {
    let old = ada()?.password().ok_or("no password")?.clone();
    Ok(Account::new(AccountId::new(name)?)
        .with_names("\u{1}, \"Ada\"\r\n\\.", "L\u{f6}\u{10ffff}'")
        .with_email(Email::verified(Contact::email(&format!("{name}@example.org"))?))
        .with_password(old)
        .with_version(0)
        .with_epoch(0))
}

async fn ask<P: Ports>(
    recovery: &Recovery<P>,
    name: &str,
    delivery: Delivery,
) -> core::result::Result<repass::reset::Handle, super::Failure> {
    let lookup = Lookup::email(&format!("{name}@example.org"))?;
    Ok(recovery.request(lookup, delivery, None, seed()?, at(0)?).await?)
}

/// The token of the only link to a person.
fn token(folder: &Path, name: &str) -> Result<String> {
    let messages = read(&folder.join("messages"));
    let (_, message) = messages.split_once(&format!("To: {name}@")).ok_or("no message")?;
    let (_, rest) = message.split_once("?token=").ok_or("no link")?;
    Ok(rest.lines().next().ok_or("no end")?.to_owned())
}

async fn commit<P: Ports>(
    recovery: &Recovery<P>,
    token: &str,
    new: &str,
) -> Result<repass::reset::AfterReset> {
    let admitted = recovery.admit(Proof::Link(token), None, at(1)?).await?;
    let salt = Salt::generate(&mut SysRng)?;
    let change = admitted.set_password(&Password::new(new)?, &policy()?, &hasher()?, salt)?;
    Ok(recovery.commit(change, at(1)?).await?)
}

/// Guesses a code once: the code of the error.
async fn guess<P: Ports>(recovery: &Recovery<P>, handle: &str) -> Result<&'static str> {
    let proof = Proof::Code { handle, code: "BBBB-BBBB" };
    Ok(recovery
        .admit(proof, None, at(1)?)
        .await
        .err()
        .as_ref()
        .map_or("admitted", AdmitError::code))
}

#[tokio::test]
async fn a_service_goes_on_in_postgresql_where_it_stopped_in_sqlite() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (folder, file) = (folder.path(), folder.path().join("service.db"));
    let old = Sqlite::open(&file).await?;
    old.accounts().migrate().await?;
    let mut people = Vec::new();
    for name in ["link", "code", "waits", "notice", "crashed", "spent"] {
        people.push(person(name)?);
    }
    // Everything that a column can hold.
    people.push(
        Account::new(AccountId::new("\\.")?)
            .with_login(Login::new("o'brien, \"x\"")?)
            .with_password(PasswordHash::from_column(""))
            .with_version(7)
            .with_epoch(3)
            .disabled(),
    );
    let accounts = old.accounts();
    for account in &people {
        accounts.put(account).await?;
    }
    let recovery = Recovery::new(flow()?, ports(&old, folder));
    let now = at(0)?;
    for name in ["link", "notice", "crashed"] {
        let _handle = ask(&recovery, name, Delivery::LINK).await?;
    }
    let handle = ask(&recovery, "code", Delivery::CODE).await?;
    drain(&recovery, now).await?;
    for _ in 0..3 {
        assert_eq!(guess(&recovery, handle.expose_secret()).await?, "reset_wrong_code");
    }
    // One that was settled and told to nobody yet, and one that crashed before that.
    let after = commit(&recovery, &token(folder, "notice")?, "plum-kettle-42").await?;
    recovery.settle(&after, at(1)?).await?;
    drop(commit(&recovery, &token(folder, "crashed")?, "plum-kettle-42").await?);
    for _ in 0..10 {
        let _handle = ask(&recovery, "spent", Delivery::LINK).await?;
    }
    let _handle = ask(&recovery, "waits", Delivery::LINK).await?;
    drop((recovery, accounts));
    old.driver().pool().close().await;
    drop(old);

    let mut connection = PgConnection::connect_with(&server()?.options()).await?;
    sqlx::query("CREATE DATABASE moved").execute(&mut connection).await?;
    let options = Postgres::options(server()?.options().database("moved"));
    let pool = |most| Postgres::pool_options(most).connect_lazy_with(options.clone());
    let new = PostgresStore::new(Postgres::new(pool(4), pool(2)), &Names::default());
    new.migrate().await?;
    new.accounts().migrate().await?;
    let url = format!("postgresql:///moved?user=postgres&host={}", server()?.folder().display());
    let copy = || {
        let mut command = Command::new("sh");
        command.args(["-c", &script()?, "sh"]).arg(&file).arg(&url);
        let done = command.output()?;
        Result::Ok((done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned()))
    };
    let (done, said) = copy()?;
    assert!(done, "{said} (it needs sqlite3 and psql; Debian: apt-get install sqlite3 postgresql)");
    let rows = audit(&new).await?;
    // All or nothing: a second copy meets what is there.
    assert!(!copy()?.0);
    assert_eq!(audit(&new).await?, rows);
    assert_eq!((rows.attempts.len(), rows.replaced), (4, 2));
    assert_eq!((rows.at("running"), rows.at("settled"), rows.entries.len()), (1, 1, 12));

    let recovery = Recovery::new(flow()?, ports(&new, folder));
    let accounts = &recovery.ports().accounts;
    for account in &people {
        let stored = accounts.load(account.id(), now).await?.ok_or("gone")?;
        let is_reset = ["notice", "crashed"].contains(&account.id().as_str());
        assert_eq!(stored == *account, !is_reset, "{stored:?}");
        assert_eq!(
            stored.version(),
            account.version().map(|version| version + u64::from(is_reset))
        );
    }
    // Counters hold.
    let handle = handle.expose_secret();
    assert_eq!(guess(&recovery, handle).await?, "reset_wrong_code");
    assert_eq!(guess(&recovery, handle).await?, "reset_wrong_code");
    assert_eq!(guess(&recovery, handle).await?, "reset_handle_spent");
    let throttled = ask(&recovery, "spent", Delivery::LINK).await.err().ok_or("taken")?;
    let throttled = throttled.downcast_ref().map(RequestError::code);
    assert_eq!(throttled, Some("request_throttled"));
    // A link that was sent before works once; one that was used does not.
    let after = commit(&recovery, &token(folder, "link")?, "fig-saucepan-77").await?;
    recovery.settle(&after, at(1)?).await?;
    for name in ["link", "notice"] {
        assert!(commit(&recovery, &token(folder, name)?, "fig-saucepan-78").await.is_err());
    }
    // What waits is delivered, and what crashed is resumed.
    let later = at(100)?;
    let cleared = recovery.housekeep(later).await;
    assert_eq!((cleared.resumed.len(), cleared.failures.len(), cleared.altered), (1, 0, 0));
    for after in &cleared.resumed {
        recovery.settle(after, later).await?;
    }
    drain(&recovery, later).await?;
    let messages = read(&folder.join("messages"));
    for (name, text) in [
        ("waits", "?token="),
        ("link", "was changed"),
        ("notice", "was changed"),
        ("crashed", "was changed"),
    ] {
        let theirs = messages.split("To: ").filter(|it| it.starts_with(&format!("{name}@")));
        assert_eq!(theirs.filter(|message| message.contains(text)).count(), 1, "{name}");
    }
    assert!(token(folder, "spent").is_ok());
    let rows = audit(&new).await?;
    assert_eq!((rows.at("running"), rows.at("settled"), rows.replaced), (0, 3, 3));
    assert!(rows.entries.is_empty());
    Ok(())
}
