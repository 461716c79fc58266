//! The clauses about what is read.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::{Hooked, Judged, Stop, all, at, ensure, same};
use super::{
    Capability, Fixture, account, bare, email, has, hash, id, load, marker, password, with_address,
};
use crate::account::{
    Account, AccountId, Contact, Email, FieldKind, Fields, Login, Lookup, MustChange,
    MustChangeReason, Phone, Written,
};
use crate::port::{Accounts, PortError};
use crate::secret::PasswordHash;

pub(super) async fn find_returns_every_account_that_the_lookup_names<F: Fixture>(
    fixture: &F,
) -> Judged {
    all([
        addresses_in_any_case(fixture).await,
        logins_in_any_case(fixture).await,
        names_in_any_normalization_form(fixture).await,
        addresses_that_are_not_verified(fixture).await,
        addresses_that_are_shared(fixture).await,
        phones_in_any_spelling(fixture).await,
        fields(fixture).await,
    ])
}

async fn addresses_in_any_case<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    fixture.put(&one, &account(fixture, 1)?).await?;
    fixture.put(&one, &with_address(fixture, 2, "Second.User@Example.org")?).await?;
    let (first, second) = ([id(fixture, 1)?].into(), [id(fixture, 2)?].into());
    all([
        found(&other, &email("user1@example.org")?, &first).await,
        found(&other, &email("USER1@example.ORG")?, &first).await,
        found(&other, &email("second.user@example.org")?, &second).await,
        found(&other, &email("user3@example.org")?, &BTreeSet::new()).await,
    ])
}

async fn logins_in_any_case<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    fixture.put(&one, &account(fixture, 1)?).await?;
    if has(fixture, Capability::Login) {
        let first = [id(fixture, 1)?].into();
        return all([
            found(&other, &login("user1")?, &first).await,
            found(&other, &login("USER1")?, &first).await,
            found(&other, &login("user2")?, &BTreeSet::new()).await,
        ]);
    }
    let found = other.find(&login("user1")?, at(0)).await?;
    same("the number of accounts found by a login, without a column for it", found.len(), 0)
}

/// Stored in one normalization form and letter case, asked for in another.
async fn names_in_any_normalization_form<F: Fixture>(fixture: &F) -> Judged {
    if !has(fixture, Capability::BeyondAscii) {
        return Ok(());
    }
    let [one, other] = fixture.open().await?;
    let mut account = with_address(fixture, 1, "Ju\u{308}rgen@example.org")?;
    let mut lookups = Vec::from([email("j\u{fc}rgen@example.org")?]);
    if has(fixture, Capability::Login) {
        account = account.with_login(Login::new("J\u{fc}RGEN").map_err(PortError::from)?);
        lookups.push(login("ju\u{308}rgen")?);
    }
    fixture.put(&one, &account).await?;
    let right = [id(fixture, 1)?].into();
    let mut parts = Vec::new();
    for lookup in lookups {
        let found = found(&other, &lookup, &right).await;
        parts.push(found.map_err(|stop| stop.about("a name in another normalization form")));
    }
    all(parts)
}

async fn addresses_that_are_not_verified<F: Fixture>(fixture: &F) -> Judged {
    if !has(fixture, Capability::UnverifiedAddress) {
        return Ok(());
    }
    let [one, other] = fixture.open().await?;
    let account = match has(fixture, Capability::SeveralAddresses) {
        true => account(fixture, 1)?,
        false => bare(fixture, 1)?.with_password(hash(1)?),
    };
    let unverified = Contact::email("Other@example.org").map_err(PortError::from)?;
    fixture.put(&one, &account.with_email(Email::unverified(unverified))).await?;
    let right = [id(fixture, 1)?].into();
    let found = found(&other, &email("other@example.org")?, &right).await;
    found.map_err(|stop| stop.about("an address that is not verified"))
}

async fn addresses_that_are_shared<F: Fixture>(fixture: &F) -> Judged {
    if !has(fixture, Capability::SharedAddress) {
        return Ok(());
    }
    let [one, other] = fixture.open().await?;
    for (number, address) in [(1, "Shared@example.org"), (2, "shared@Example.org")] {
        fixture.put(&one, &with_address(fixture, number, address)?).await?;
    }
    let right = [id(fixture, 1)?, id(fixture, 2)?].into();
    let found = found(&other, &email("shared@example.org")?, &right).await;
    found.map_err(|stop| stop.about("an address that two accounts have"))
}

async fn phones_in_any_spelling<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let mut account = account(fixture, 1)?;
    let lookup = phone("+49 30 901820")?;
    if !has(fixture, Capability::Phone) {
        fixture.put(&one, &account).await?;
        let found = other.find(&lookup, at(0)).await?;
        let what = "the number of accounts found by a phone, without a column for it";
        return same(what, found.len(), 0);
    }
    for text in ["+49-30-901820", "+14-157415569"] {
        let number = Contact::phone(text).map_err(PortError::from)?;
        account = account.with_phone(match text {
            "+14-157415569" => Phone::unverified(number),
            _ => Phone::verified(number),
        });
    }
    fixture.put(&one, &account).await?;
    let right = [account.id().clone()].into();
    all([
        found(&other, &lookup, &right).await,
        found(&other, &phone("+1 (415) 741-5569")?, &right).await,
        found(&other, &phone("+49 30 901821")?, &BTreeSet::new()).await,
    ])
}

fn phone(text: &str) -> Result<Lookup, PortError> {
    Ok(Lookup::phone(text)?)
}

async fn fields<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    fixture.put(&one, &account(fixture, 1)?).await?;
    fixture.put(&one, &account(fixture, 2)?).await?;
    let declared = [("customer", FieldKind::Text), ("unknown", FieldKind::Text)];
    let declared = Fields::new(declared).map_err(PortError::from)?;
    let lookup = |name, value| declared.lookup(name, value).map_err(PortError::from);
    let right = match has(fixture, Capability::Field) {
        true => [id(fixture, 2)?].into(),
        false => BTreeSet::new(),
    };
    all([
        found(&other, &lookup("customer", "C-2")?, &right).await,
        found(&other, &lookup("customer", "c-2")?, &BTreeSet::new()).await,
        found(&other, &lookup("unknown", "C-2")?, &BTreeSet::new()).await,
    ])
}

async fn found<P: Accounts>(port: &P, lookup: &Lookup, right: &BTreeSet<AccountId>) -> Judged {
    let found = port.find(lookup, at(0)).await?;
    let named = found.iter().filter(|account| lookup.names(account));
    let ids = named.map(|account| account.id().clone()).collect();
    same(&format!("the accounts found by {}", lookup.kind()), &ids, right)
}

pub(super) async fn find_keeps_an_account_with_an_unreadable_address<F: Fixture>(
    fixture: &F,
) -> Judged {
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    fixture.put(&one, &account).await?;
    if fixture.add_unreadable_address(&one, account.id()).await? == Hooked::Missing {
        return Err(Stop::Missing("the fixture stores no address that cannot be read"));
    }
    let several = has(fixture, Capability::SeveralAddresses);
    let right = [account.id().clone()].into();
    let mut parts = Vec::new();
    if several {
        parts.push(found(&other, &email("user1@example.org")?, &right).await);
    }
    if has(fixture, Capability::Login) {
        parts.push(found(&other, &login("user1")?, &right).await);
    }
    parts.push(load(&other, &account).await.and_then(|loaded| {
        let right = if several { account.verified_contacts() } else { Vec::new() };
        same("the verified contacts", loaded.verified_contacts(), right)
    }));
    all(parts)
}

pub(super) async fn find_keeps_an_account_with_an_unreadable_password<F: Fixture>(
    fixture: &F,
) -> Judged {
    let [one, other] = fixture.open().await?;
    let (mut parts, mut stored) = (Vec::new(), false);
    let long = "x".repeat(PasswordHash::MAX_BYTES.saturating_add(1));
    for (number, text) in (1..).zip(["not of this system", "h\u{e4}sh", &long]) {
        let account = account(fixture, number)?;
        fixture.put(&one, &account).await?;
        if fixture.set_unreadable_password(&one, account.id(), text).await? == Hooked::Missing {
            continue;
        }
        stored = true;
        let right = [account.id().clone()].into();
        let lookup = email(&format!("user{number}@example.org"))?;
        parts.push(found(&other, &lookup, &right).await);
        parts.push(unreadable_is_replaced(&one, &other, &account).await);
    }
    let missing = Stop::Missing("the fixture stores no password that cannot be read");
    if stored { all(parts) } else { Err(missing) }
}

async fn unreadable_is_replaced<P: Accounts>(one: &P, other: &P, account: &Account) -> Judged {
    let loaded = load(other, account).await?;
    ensure(loaded.password().is_none(), "a text that cannot be read counts as a password")?;
    let write = password(&Arc::new(loaded), &hash(2)?, 1);
    let answer = one.write(&write, at(1)).await?;
    let done = matches!(answer, Written::Done { .. });
    same("whether write replaces a text that cannot be read", done, true)
}

pub(super) async fn load_returns_the_account_as_it_is_now<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let base = account(fixture, 1)?;
    let mut accounts = Vec::from([
        base.clone(),
        base.clone().with_password(hash(2)?),
        with_address(fixture, 1, "other@example.org")?,
    ]);
    if has(fixture, Capability::Disabled) {
        accounts.push(base.clone().disabled());
    }
    if has(fixture, Capability::MustChange) {
        let must_change = MustChange::new(MustChangeReason::Temporary).until(at(60));
        accounts.push(base.clone().with_must_change(Some(must_change)));
    }
    if has(fixture, Capability::RequiredRecovery) {
        accounts.push(base.clone().with_required_recovery(true));
    }
    accounts.push(base);
    let mut parts = Vec::new();
    for account in accounts {
        fixture.put(&one, &account).await?;
        parts.push(load(&other, &account).await.and_then(|loaded| is_as_put(&loaded, &account)));
    }
    all(parts)
}

fn is_as_put(loaded: &Account, put: &Account) -> Judged {
    let canonical = |account: &Account| account.login().map(Login::canonical);
    let names =
        |account: &Account| (account.first_name().to_string(), account.last_name().to_string());
    all([
        ensure(
            loaded.stored_password() == put.stored_password(),
            "load returns another stored password than the table has",
        ),
        same("whether the account is enabled", loaded.is_enabled(), put.is_enabled()),
        same("the verified contacts", loaded.verified_contacts(), put.verified_contacts()),
        same("the login", canonical(loaded), canonical(put)),
        same("the names", names(loaded), names(put)),
        // The table may raise both by itself.
        same("whether there is a version", loaded.version().is_some(), put.version().is_some()),
        same("whether there is an epoch", loaded.epoch().is_some(), put.epoch().is_some()),
        same("the moment of the last change", loaded.changed_at(), put.changed_at()),
        same("whether the password has to be changed", loaded.must_change(), put.must_change()),
        same("whether recovery is required", loaded.requires_recovery(), put.requires_recovery()),
    ])
}

pub(super) async fn load_answers_none_for_an_unknown_id<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    fixture.put(&one, &account(fixture, 1)?).await?;
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
    let mut parts = Vec::new();
    for text in unknown {
        let id = AccountId::new(&text).map_err(PortError::from)?;
        parts.push(match other.load(&id, at(0)).await {
            Ok(loaded) => {
                let loaded = loaded.map(|account| account.id().clone());
                same(&format!("load of {text:?}"), loaded, None)
            }
            Err(error) => Err(Stop::from(error).about(&format!("load of {text:?}"))),
        });
    }
    all(parts)
}

pub(super) async fn past_returns_the_newest_first<F: Fixture>(fixture: &F) -> Judged {
    if !has(fixture, Capability::History) {
        return Err(Stop::Missing("the table keeps no history"));
    }
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    // A marker, where the table can hold one, is no past password.
    let first = match has(fixture, Capability::Marker) {
        true => account.clone().with_password(marker("!")?),
        false => account.clone(),
    };
    fixture.put(&one, &first).await?;
    let mut right = Vec::new();
    for number in 2..6 {
        let seen = load(&one, &account).await?;
        right.extend(seen.password().cloned().map(|hash| (hash, at(number.into()))));
        let write = password(&Arc::new(seen), &hash(number)?, number.into());
        one.write(&write, at(number.into())).await?;
    }
    right.reverse();
    let past = other.past(account.id(), 10, at(10)).await?;
    let past: Vec<_> = past.iter().map(|past| (past.hash().clone(), past.replaced_at())).collect();
    same("the number of passwords that were replaced", past.len(), right.len())?;
    ensure(past == right, "the history has other hashes or moments, or another order")?;
    let past = other.past(account.id(), 2, at(10)).await?;
    let newest: Vec<_> =
        past.iter().map(|past| (past.hash().clone(), past.replaced_at())).collect();
    right.truncate(2);
    ensure(newest == right, "the two newest of the history are not the first two of it")?;
    let past = other.past(&id(fixture, 2)?, 10, at(10)).await?;
    same("the length of the history of another account", past.len(), 0)
}

pub(super) async fn nobody_administers_by_default<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for number in 1..4 {
        fixture.put(&one, &account(fixture, number)?).await?;
    }
    let (operator, first, second) = (id(fixture, 1)?, id(fixture, 2)?, id(fixture, 3)?);
    let may = other.may_administer(&operator, &first, at(0)).await?;
    same("whether an account may administer another", may, false)?;
    if fixture.let_administer(&one, &operator, &first).await? == Hooked::Missing {
        return Ok(());
    }
    let mut parts = Vec::new();
    for (operator, id, right) in
        [(&operator, &first, true), (&operator, &second, false), (&first, &operator, false)]
    {
        let may = other.may_administer(operator, id, at(0)).await?;
        parts.push(same(&format!("whether {operator} may administer {id}"), may, right));
    }
    all(parts)
}

fn login(text: &str) -> Result<Lookup, PortError> {
    Ok(Lookup::login(text)?)
}
