//! Judges an implementation of [`Accounts`].

mod write;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use self::write::{
    write_answers_with_what_is_stored, write_is_stale_where_the_account_changed,
    write_lets_one_of_two_succeed, write_replaces_an_absent_or_unusable_password,
    write_sees_contacts_that_changed_meanwhile,
};

use super::{Call, Hooked, Judged, Outcome, Report, Runtime, Stop, at, ensure, same};
use crate::account::{Account, AccountId, AccountWrite, Contact, Email, Login, Lookup, WriteKind};
use crate::port::{Accounts, Port, PortError};
use crate::secret::PasswordHash;

clauses! {
    /// A promise of the contract of [`Accounts`].
    Accounts {
        /// `find` returns every account that the lookup names.
        FindReturnsEveryAccountThatTheLookupNames: find_returns_every_account_that_the_lookup_names,
        /// `find` and `load` leave out an address that cannot be read, and keep the account.
        FindKeepsAnAccountWithAnUnreadableAddress: find_keeps_an_account_with_an_unreadable_address,
        /// `load` returns the account as it is now.
        LoadReturnsTheAccountAsItIsNow: load_returns_the_account_as_it_is_now,
        /// `load` answers `None` for an id that is not exactly that of an account.
        LoadAnswersNoneForAnUnknownId: load_answers_none_for_an_unknown_id,
        /// Of several writes that saw the same account, one succeeds.
        WriteLetsOneOfTwoSucceed: write_lets_one_of_two_succeed,
        /// `write` changes nothing where the account is not as it was seen.
        WriteIsStaleWhereTheAccountChanged: write_is_stale_where_the_account_changed,
        /// The condition of `write` holds at the moment of the change, contacts included.
        WriteSeesContactsThatChangedMeanwhile: write_sees_contacts_that_changed_meanwhile,
        /// `write` replaces a marker, and the absence of a password.
        WriteReplacesAnAbsentOrUnusablePassword: write_replaces_an_absent_or_unusable_password,
        /// `write` stores all of the change, and answers with version and epoch as they are stored.
        WriteAnswersWithWhatIsStored: write_answers_with_what_is_stored,
        /// `past` returns the usable hashes that were replaced, the newest first.
        PastReturnsTheNewestFirst: past_returns_the_newest_first,
        /// `may_administer` answers `false` unless the host allows it.
        NobodyAdministersByDefault: nobody_administers_by_default,
    }
}

/// What the suite needs of an adapter.
pub trait Fixture: Runtime {
    /// The implementation to judge.
    type Port: Accounts + 'static;

    /// Two independent handles on one new, empty user table: two connections or pools, where there are
    /// such.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the table.
    fn open(&self) -> impl Future<Output = Result<[Self::Port; 2], PortError>> + Send;

    /// The text of the account id `number`, in the shape that ids of the table have; the number itself
    /// by default.
    fn id(&self, number: u32) -> String {
        number.to_string()
    }

    /// Adds the account, or replaces all of the one with its id, as the service would;
    /// [`Hooked::Missing`] where the table cannot hold such an account. What the table has no column
    /// for is left out.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the account.
    fn put(
        &self,
        accounts: &Self::Port,
        account: &Account,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send;

    /// Replaces the contacts of an account in a transaction as the service does, and returns the
    /// account as it is at the end of that transaction: read in it, after the change.
    ///
    /// The suite runs this call and a write at once. Keep the transaction open for a moment after the
    /// change, so that the write meets it. `None` by default: the race is not judged.
    fn change(
        &self,
        accounts: Arc<Self::Port>,
        account: Account,
    ) -> Option<Call<Result<Account, PortError>>> {
        let _ = (accounts, account);
        None
    }

    /// Adds an address to the account that [`Contact`] refuses, such as `not an address`.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the address.
    fn add_unreadable_address(
        &self,
        accounts: &Self::Port,
        id: &AccountId,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send {
        let _ = (accounts, id);
        core::future::ready(Ok(Hooked::Missing))
    }

    /// Lets `operator` administer the account `id`.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the operator.
    fn let_administer(
        &self,
        accounts: &Self::Port,
        operator: &AccountId,
        id: &AccountId,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send {
        let _ = (accounts, operator, id);
        core::future::ready(Ok(Hooked::Missing))
    }
}

async fn find_returns_every_account_that_the_lookup_names<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    put(fixture, &one, &account(fixture, 1)?).await?;
    put(fixture, &one, &account(fixture, 2)?).await?;
    let first: BTreeSet<_> = [id(fixture, 1)?].into();
    found(&other, &email("USER1@example.ORG")?, &first).await?;
    found(&other, &Lookup::login("user1").map_err(PortError::from)?, &first).await?;
    found(&other, &email("user3@example.org")?, &BTreeSet::new()).await?;
    // Stored in one normalization form and letter case, asked for in another.
    let stored = Contact::email("Ju\u{308}rgen@example.org").map_err(PortError::from)?;
    let login = Login::new("J\u{fc}RGEN").map_err(PortError::from)?;
    let fifth = account(fixture, 5)?.with_login(login).with_email(Email::verified(stored));
    if fixture.put(&one, &fifth).await? != Hooked::Missing {
        let right = [id(fixture, 5)?].into();
        found(&other, &email("j\u{fc}rgen@example.org")?, &right).await?;
        let login = Lookup::login("ju\u{308}rgen").map_err(PortError::from)?;
        found(&other, &login, &right).await?;
    }
    // Several addresses, one of them not verified, and a shared one: where the table can hold them.
    let shared = Contact::email("Shared@example.org").map_err(PortError::from)?;
    let third = account(fixture, 3)?.with_email(Email::unverified(shared.clone()));
    if fixture.put(&one, &third).await? == Hooked::Missing {
        return Ok(());
    }
    let right = [id(fixture, 3)?].into();
    found(&other, &email("shared@example.org")?, &right).await?;
    let fourth = account(fixture, 4)?.with_email(Email::verified(shared));
    if fixture.put(&one, &fourth).await? == Hooked::Missing {
        return Ok(());
    }
    let right = [id(fixture, 3)?, id(fixture, 4)?].into();
    found(&other, &email("shared@example.org")?, &right).await
}

async fn found<P: Accounts>(port: &P, lookup: &Lookup, right: &BTreeSet<AccountId>) -> Judged {
    let found = port.find(lookup, at(0)).await?;
    let named = found.iter().filter(|account| lookup.names(account));
    let ids = named.map(|account| account.id().clone()).collect();
    same(&format!("the accounts found by {}", lookup.kind()), &ids, right)
}

async fn find_keeps_an_account_with_an_unreadable_address<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    put(fixture, &one, &account).await?;
    if fixture.add_unreadable_address(&one, account.id()).await? == Hooked::Missing {
        return Err(Stop::Missing("the fixture stores no address that cannot be read"));
    }
    found(&other, &email("user1@example.org")?, &[account.id().clone()].into()).await?;
    let loaded = load(&other, &account).await?;
    same("the verified contacts", loaded.verified_contacts(), account.verified_contacts())
}

async fn load_returns_the_account_as_it_is_now<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for account in [
        account(fixture, 1)?,
        account(fixture, 1)?.with_password(hash(2)?),
        account(fixture, 1)?.disabled(),
        with_contact(account(fixture, 1)?, "other@example.org")?,
    ] {
        put(fixture, &one, &account).await?;
        let loaded = load(&other, &account).await?;
        ensure(
            loaded.stored_password() == account.stored_password(),
            "load returns another stored password than the table has",
        )?;
        same("whether the account is enabled", loaded.is_enabled(), account.is_enabled())?;
        same("the verified contacts", loaded.verified_contacts(), account.verified_contacts())?;
    }
    Ok(())
}

async fn load_answers_none_for_an_unknown_id<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    put(fixture, &one, &account(fixture, 1)?).await?;
    let stored = fixture.id(1);
    let unknown = [
        fixture.id(2),
        format!("0{stored}"),
        format!("{stored} "),
        format!(" {stored}"),
        format!("+{stored}"),
        format!("{stored}.0"),
        "99999999999999999999999999".to_string(),
        "00000000-0000-4000-8000-000000000000".to_string(),
        "no-such-account'--".to_string(),
        "\u{fc}".repeat(127),
    ];
    for text in unknown {
        let id = AccountId::new(&text).map_err(PortError::from)?;
        let loaded = other.load(&id, at(0)).await?;
        same(&format!("load of {text:?}"), loaded.map(|account| account.id().clone()), None)?;
    }
    Ok(())
}

async fn past_returns_the_newest_first<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    // A marker, where the table can hold one, is no past password.
    let marked = account.clone().with_password(marker("!")?);
    if fixture.put(&one, &marked).await? == Hooked::Missing {
        put(fixture, &one, &account).await?;
    }
    let mut right = Vec::new();
    for number in 2..6 {
        let seen = load(&one, &account).await?;
        right.extend(seen.password().cloned().map(|hash| (hash, at(number.into()))));
        let write = password(&Arc::new(seen), &hash(number)?, number.into());
        one.write(&write, at(number.into())).await?;
    }
    right.reverse();
    let past = other.past(account.id(), 10, at(10)).await?;
    if past.is_empty() {
        return Err(Stop::Missing("the table keeps no history"));
    }
    let all: Vec<_> = past.iter().map(|past| (past.hash().clone(), past.replaced_at())).collect();
    same("the number of passwords that were replaced", all.len(), right.len())?;
    ensure(all == right, "the history has other hashes or moments, or another order")?;
    let past = other.past(account.id(), 2, at(10)).await?;
    let newest: Vec<_> =
        past.iter().map(|past| (past.hash().clone(), past.replaced_at())).collect();
    right.truncate(2);
    ensure(newest == right, "the two newest of the history are not the first two of it")?;
    let past = other.past(&id(fixture, 2)?, 10, at(10)).await?;
    same("the length of the history of another account", past.len(), 0)
}

async fn nobody_administers_by_default<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for number in 1..4 {
        put(fixture, &one, &account(fixture, number)?).await?;
    }
    let (operator, first, second) = (id(fixture, 1)?, id(fixture, 2)?, id(fixture, 3)?);
    let may = other.may_administer(&operator, &first, at(0)).await?;
    same("whether an account may administer another", may, false)?;
    if fixture.let_administer(&one, &operator, &first).await? == Hooked::Missing {
        return Ok(());
    }
    for (operator, id, right) in
        [(&operator, &first, true), (&operator, &second, false), (&first, &operator, false)]
    {
        let may = other.may_administer(operator, id, at(0)).await?;
        same(&format!("whether {operator} may administer {id}"), may, right)?;
    }
    Ok(())
}

async fn put<F: Fixture>(fixture: &F, port: &F::Port, account: &Account) -> Judged {
    match fixture.put(port, account).await? {
        Hooked::Done(()) => Ok(()),
        Hooked::Missing => Err(Stop::Missing("the table cannot hold the account of the clause")),
    }
}

async fn load<P: Accounts>(port: &P, account: &Account) -> Judged<Account> {
    let loaded = port.load(account.id(), at(0)).await?;
    loaded.ok_or_else(|| Stop::Broken(format!("load finds no account {}", account.id())))
}

fn id<F: Fixture>(fixture: &F, number: u32) -> Result<AccountId, PortError> {
    Ok(AccountId::new(&fixture.id(number))?)
}

/// An account with a user name, names, version and epoch.
fn bare<F: Fixture>(fixture: &F, number: u32) -> Result<Account, PortError> {
    Ok(Account::new(id(fixture, number)?)
        .with_login(Login::new(&format!("user{number}"))?)
        .with_names("Ada", "Lovelace")
        .with_version(7)
        .with_epoch(3)
        .with_changed_at(at(-60)))
}

/// The same with a verified address and a password.
fn account<F: Fixture>(fixture: &F, number: u32) -> Result<Account, PortError> {
    let account = bare(fixture, number)?.with_password(hash(1)?);
    let address = Contact::email(&format!("user{number}@example.org"))?;
    Ok(account.with_email(Email::verified(address)))
}

/// The same account with this address in place of all others.
fn with_contact(account: Account, address: &str) -> Result<Account, PortError> {
    let mut moved = Account::new(account.id().clone())
        .with_names(account.first_name(), account.last_name())
        .with_email(Email::verified(Contact::email(address)?));
    if let Some(login) = account.login() {
        moved = moved.with_login(login.clone());
    }
    if let Some(hash) = account.stored_password() {
        moved = moved.with_password(hash.clone());
    }
    Ok(moved.with_version(7).with_epoch(3).with_changed_at(at(-60)))
}

fn email(address: &str) -> Result<Lookup, PortError> {
    Ok(Lookup::email(address)?)
}

/// A text in the form that the crate's own hashes have.
fn hash(number: u32) -> Result<PasswordHash, PortError> {
    let salt = "$argon2id$v=19$m=8,t=1,p=1$Y29uZm9ybWFuY2U";
    Ok(PasswordHash::from_stored(&format!("{salt}${number:0>43}"))?)
}

fn marker(text: &str) -> Result<PasswordHash, PortError> {
    Ok(PasswordHash::from_stored(text)?)
}

fn password(seen: &Arc<Account>, hash: &PasswordHash, second: i64) -> AccountWrite {
    let kind = WriteKind::Password { hash: hash.clone(), must_change: None };
    AccountWrite::new(Arc::clone(seen), kind, at(second))
}
