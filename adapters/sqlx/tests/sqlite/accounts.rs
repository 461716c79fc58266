use repass::account::{Contact, Email, Login, Lookup, MustChange, MustChangeReason};
use repass::port::Accounts;
use repass::reset::Proof;
use repass::secret::{Password, PasswordHash, Salt};

use super::{Result, SysRng, ada, ask, at, drain, hasher, open, policy, recovery, token};

#[tokio::test]
async fn an_account_is_read_as_it_was_put() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    let accounts = store.accounts();
    let full = ada()?
        .with_login(Login::new("Ada")?)
        .with_email(Email::unverified(Contact::email("Other@example.org")?))
        .with_replaced_email(Contact::email("gone@example.org")?)
        .with_must_change(Some(MustChange::new(MustChangeReason::Temporary).until(at(9)?)))
        .with_required_recovery(true)
        .with_changed_at(at(-5)?)
        .with_version(7)
        .with_epoch(3)
        .disabled();
    accounts.put(&full).await?;
    let now = at(0)?;
    assert_eq!(accounts.load(full.id(), now).await?.as_ref(), Some(&full));
    for lookup in [
        Lookup::login("ADA")?,
        Lookup::email("ADA@example.org")?,
        Lookup::email("other@Example.org")?,
    ] {
        assert_eq!(accounts.find(&lookup, now).await?.as_slice(), core::slice::from_ref(&full));
    }
    assert!(accounts.find(&Lookup::login("grace")?, now).await?.is_empty());
    accounts.put(&full).await?;
    assert_eq!(accounts.load(full.id(), now).await?.and_then(|account| account.version()), Some(7));
    assert!(accounts.remove(full.id()).await?);
    assert_eq!(accounts.load(full.id(), now).await?, None);
    Ok(())
}

#[tokio::test]
async fn an_unreadable_address_is_left_out() -> Result {
    let folder = tempfile::tempdir()?;
    let store = open(folder.path()).await?;
    store.accounts().put(&ada()?).await?;
    let broken = "INSERT INTO repass_account_email VALUES ('x', '42', 9, 'no address', 'verified')";
    sqlx::query(broken).execute(store.driver().pool()).await?;
    let account = store.accounts().load(ada()?.id(), at(0)?).await?.ok_or("gone")?;
    assert_eq!(account.emails().len(), 1);
    assert!(account.has_unreadable_email());
    Ok(())
}

#[tokio::test]
async fn a_password_that_is_absent_or_a_marker_is_replaced() -> Result {
    for marker in [None, Some("!"), Some("")] {
        let folder = tempfile::tempdir()?;
        let store = open(folder.path()).await?;
        let accounts = store.accounts();
        accounts.put(&ada()?).await?;
        let recovery = recovery(folder.path()).await?;
        let now = at(0)?;
        ask(&recovery, now).await?;
        drain(&recovery, now).await?;
        let stored = "UPDATE repass_account SET password = ?1";
        sqlx::query(stored).bind(marker).execute(store.driver().pool()).await?;
        // The secret was made for another state: it no longer admits.
        let token = token(folder.path()).ok_or("no link")?;
        assert!(recovery.admit(Proof::Link(&token), None, now).await.is_err());
        let stored = accounts.load(ada()?.id(), now).await?.ok_or("gone")?;
        assert_eq!(stored.stored_password().map(PasswordHash::expose_secret), marker);
    }
    Ok(())
}

#[tokio::test]
async fn a_contact_that_changed_meanwhile_stops_a_commit() -> Result {
    let folder = tempfile::tempdir()?;
    let recovery = recovery(folder.path()).await?;
    let accounts = &recovery.ports().accounts;
    let account = ada()?;
    accounts.put(&account).await?;
    let now = at(0)?;
    ask(&recovery, now).await?;
    drain(&recovery, now).await?;
    let token = token(folder.path()).ok_or("no link")?;
    let admitted = recovery.admit(Proof::Link(&token), None, now).await?;
    let new = Password::new("plum-kettle-42")?;
    let salt = Salt::generate(&mut SysRng)?;
    let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
    accounts.put(&account.with_email(Email::verified(Contact::email("b@example.org")?))).await?;
    let refused = recovery.commit(change, now).await;
    assert!(matches!(refused, Err(repass::reset::CommitError::Superseded)), "{refused:?}");
    Ok(())
}
