//! Texts that somebody made to break a statement are values like any other.

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::port::Accounts;
use repass::reset::{Delivery, Proof};
use repass::secret::{Password, PasswordHash, Salt};

use super::audit::audit;
use super::{Result, at, drain, hasher, open, policy, recovery, seed, skipped, token};

const HOSTILE: [&str; 12] = [
    "'; DROP TABLE repass_account; --",
    "\" OR \"\" = \"",
    "$1 ?1 :1 @1 {attempt}",
    "%_\\%",
    "\\'; SELECT pg_sleep(9); --",
    "NULL",
    "\u{202e}txt.exe\u{feff}",
    "E'\\x00'",
    "\u{1f469}\u{200d}\u{1f680}\u{10ffff}",
    "$$; ROLLBACK; $$",
    "a/**/b",
    "0",
];

#[tokio::test]
async fn hostile_texts_are_stored_and_found_as_they_are() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    let (accounts, now) = (store.accounts(), at(0)?);
    let mut stored = Vec::new();
    for (number, text) in (0..).zip(HOSTILE) {
        let mut account = Account::new(AccountId::new(text)?)
            .with_names(text, format!("{text}\u{1}\n"))
            .with_password(PasswordHash::from_column(text))
            .with_email(Email::verified(Contact::email(&format!("o'brien+{number}@example.org"))?))
            .with_version(0)
            .with_epoch(0);
        if let Ok(login) = Login::new(text) {
            account = account.with_login(login);
        }
        accounts.put(&account).await?;
        stored.push(account);
    }
    for (number, account) in (0..).zip(&stored) {
        assert_eq!(accounts.load(account.id(), now).await?.as_ref(), Some(account));
        let lookup = Lookup::email(&format!("O'BRIEN+{number}@example.org"))?;
        assert_eq!(accounts.find(&lookup, now).await?.as_slice(), core::slice::from_ref(account));
        if let Some(login) = account.login() {
            let lookup = Lookup::login(login.as_str())?;
            let found = accounts.find(&lookup, now).await?;
            assert_eq!(found.as_slice(), core::slice::from_ref(account));
        }
    }
    audit(&store).await?;
    Ok(())
}

#[tokio::test]
async fn an_account_at_every_limit_is_reset() -> Result {
    if skipped() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let recovery = recovery(folder.path()).await?;
    let now = at(0)?;
    // 255 bytes, and the longest stored text that is a hash.
    let id = AccountId::new(&format!("{}'", "\u{fc}".repeat(127)))?;
    let old = hasher()?.hash(&Password::new("the lost one")?, Salt::generate(&mut SysRng)?)?;
    let account = Account::new(id)
        .with_names("\u{10ffff}".repeat(200), "'".repeat(200))
        .with_email(Email::verified(Contact::email("o'brien@example.org")?))
        .with_password(old);
    recovery.ports().accounts.put(&account).await?;
    let lookup = Lookup::email("o'brien@example.org")?;
    let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
    drain(&recovery, now).await?;
    let token = token(folder.path()).ok_or("no link")?;
    let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
    let salt = Salt::generate(&mut SysRng)?;
    let new = Password::new("plum-kettle-42")?;
    let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
    let after = recovery.commit(change, now).await?;
    recovery.settle(&after, now).await?;
    assert_eq!(recovery.ports().accounts.past(account.id(), 9, now).await?.len(), 1);

    let longest = PasswordHash::from_column(&"x".repeat(PasswordHash::MAX_BYTES));
    let marked = account.with_password(longest);
    recovery.ports().accounts.put(&marked).await?;
    let loaded = recovery.ports().accounts.load(marked.id(), now).await?.ok_or("gone")?;
    assert_eq!(loaded.stored_password(), marked.stored_password());
    assert_eq!(audit(&recovery.ports().attempts).await?.replaced, 1);
    Ok(())
}
