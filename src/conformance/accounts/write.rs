//! The clauses about writes.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::{CALLS, Call, Judged, ROUNDS, Stop, all, at, ensure, race, same, shared};
use super::{Capability, Fixture, account, bare, has, hash, load, marker, password, with_address};
use crate::account::{
    Account, AccountWrite, Contact, Email, MustChange, MustChangeReason, Phone, WriteKind, Written,
};
use crate::port::{Accounts, PortError};

pub(super) async fn write_lets_one_of_two_succeed<F: Fixture>(fixture: &F) -> Judged {
    for _ in 0..ROUNDS {
        let ports = shared(fixture.open().await?);
        let [one, _] = &ports;
        let account = account(fixture, 1)?;
        fixture.put(one, &account).await?;
        let seen = Arc::new(load(one, &account).await?);
        let written = race(fixture, &ports, |port, number| {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                let hash = hash(u32::from(number).saturating_add(100))?;
                Ok((port.write(&password(&seen, &hash, 1), at(1)).await?, hash))
            })
        });
        let written = written.await?.into_iter();
        let won: Vec<_> = written.filter(|(answer, _)| *answer != Written::Stale).collect();
        let [(_, hash)] = won.as_slice() else {
            let won = won.len();
            let fact = format!("of {CALLS} writes at once that saw one account, {won} were done");
            return Err(Stop::Broken(fact));
        };
        let loaded = load(one, &account).await?;
        ensure(
            loaded.stored_password() == Some(hash),
            "after writes at once the stored password is not that of the one that was done",
        )?;
    }
    Ok(())
}

pub(super) async fn write_is_stale_where_the_account_changed<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let before = account(fixture, 1)?;
    let unverified = Contact::email("user1@example.org").map_err(PortError::from)?;
    let second = Contact::email("second@example.org").map_err(PortError::from)?;
    let mut changed = Vec::from([
        ("the stored password changed", before.clone().with_password(hash(2)?)),
        ("the contact changed", with_address(fixture, 1, "other@example.org")?),
    ]);
    if has(fixture, Capability::Marker) {
        let account = before.clone().with_password(marker("!")?);
        changed.push(("the stored password became a marker", account));
    }
    if has(fixture, Capability::Disabled) {
        changed.push(("the account was disabled", before.clone().disabled()));
    }
    if has(fixture, Capability::SeveralAddresses) {
        let account = before.clone().with_email(Email::verified(second));
        changed.push(("a contact was added", account));
    }
    if has(fixture, Capability::Phone) {
        let number = Contact::phone("+49 30 901820").map_err(PortError::from)?;
        let account = before.clone().with_phone(Phone::verified(number));
        changed.push(("a phone number was added", account));
    }
    if has(fixture, Capability::UnverifiedAddress) {
        let account = bare(fixture, 1)?.with_password(hash(1)?);
        let account = account.with_email(Email::unverified(unverified));
        changed.push(("the contact is no longer verified", account));
    }
    if has(fixture, Capability::Version) {
        changed.push(("the version changed", before.clone().with_version(8)));
    }
    fixture.put(&one, &before).await?;
    let seen = Arc::new(load(&one, &before).await?);
    let mut parts = Vec::new();
    for (what, account) in changed {
        fixture.put(&one, &account).await?;
        parts.push(is_stale(&one, &other, &seen, &account, what).await);
    }
    if has(fixture, Capability::RequiredRecovery) {
        for (then, now) in [(false, true), (true, false)] {
            let account = before.clone().with_required_recovery(then);
            fixture.put(&one, &account).await?;
            let seen = Arc::new(load(&one, &account).await?);
            let account = before.clone().with_required_recovery(now);
            fixture.put(&one, &account).await?;
            let what = "it changed whether recovery is required";
            parts.push(is_stale(&one, &other, &seen, &account, what).await);
        }
    }
    fixture.put(&one, &before.with_password(hash(2)?)).await?;
    let rehash = AccountWrite::new(seen, WriteKind::Rehash { hash: hash(3)? }, at(1));
    let answer = other.write(&rehash, at(1)).await?;
    parts.push(same("rehash after the stored password changed", answer, Written::Stale));
    let unknown = Arc::new(account(fixture, 2)?);
    let answer = other.write(&password(&unknown, &hash(3)?, 1), at(1)).await?;
    parts.push(same("write to an account that does not exist", answer, Written::Stale));
    all(parts)
}

/// Writes what was decided for the account as it was seen, while it is another one now.
async fn is_stale<P: Accounts>(
    one: &P,
    other: &P,
    seen: &Arc<Account>,
    now: &Account,
    what: &str,
) -> Judged {
    let answer = other.write(&password(seen, &hash(3)?, 1), at(1)).await?;
    let loaded = load(one, now).await?;
    all([
        same(&format!("write of a password after {what}"), answer, Written::Stale),
        ensure(loaded.stored_password() == now.stored_password(), "a stale write wrote"),
    ])
}

pub(super) async fn write_sees_contacts_that_changed_meanwhile<F: Fixture>(fixture: &F) -> Judged {
    for round in 0..ROUNDS {
        let [one, other] = shared(fixture.open().await?);
        let account = account(fixture, 1)?;
        fixture.put(&one, &account).await?;
        let seen = Arc::new(load(&one, &account).await?);
        let changed = with_address(fixture, 1, "other@example.org")?;
        let Some(change) = fixture.change(Arc::clone(&one), changed) else {
            return Err(Stop::Missing("the fixture changes no contacts in a transaction"));
        };
        let change: Call<Result<Race, PortError>> =
            Box::pin(async move { change.await.map(|account| Race::Changed(Box::new(account))) });
        let write: Call<Result<Race, PortError>> = Box::pin(async move {
            let write = password(&seen, &hash(2)?, 1);
            other.write(&write, at(1)).await.map(Race::Written)
        });
        let calls = if round % 2 == 0 { [write, change] } else { [change, write] };
        let answers = fixture.at_once(calls.into()).await;
        let answers: Vec<Race> = answers.into_iter().collect::<Result<_, _>>()?;
        let done =
            answers.iter().any(|answer| matches!(answer, Race::Written(Written::Done { .. })));
        let before = answers.iter().any(|answer| match answer {
            Race::Changed(changed) => changed.stored_password() == account.stored_password(),
            Race::Written(_) => false,
        });
        // The transaction that took the address away ended while the old password was there, and so
        // before the write.
        ensure(
            !(done && before),
            "a password was written after the contact that it was seen with had been taken away",
        )?;
    }
    Ok(())
}

enum Race {
    Changed(Box<Account>),
    Written(Written),
}

pub(super) async fn write_replaces_an_absent_or_unusable_password<F: Fixture>(
    fixture: &F,
) -> Judged {
    let mut texts = Vec::new();
    if has(fixture, Capability::NoPassword) {
        texts.push(None);
    }
    if has(fixture, Capability::Marker) {
        texts.extend([Some("!"), Some("!abc"), Some("*"), Some("-"), Some("")]);
    }
    if texts.is_empty() {
        return Err(Stop::Missing("the table has a usable hash for every account"));
    }
    let [one, other] = fixture.open().await?;
    let mut parts = Vec::new();
    for (number, text) in (1..).zip(texts) {
        let address = Contact::email(&format!("user{number}@example.org"));
        let address = address.map_err(PortError::from)?;
        let account = bare(fixture, number)?.with_email(Email::verified(address));
        let account = match text {
            Some(text) => account.with_password(marker(text)?),
            None => account,
        };
        fixture.put(&one, &account).await?;
        let seen = Arc::new(load(&one, &account).await?);
        let answer = other.write(&password(&seen, &hash(2)?, 1), at(1)).await?;
        let what = format!("write where the stored text is {text:?}");
        parts.push(same(&what, matches!(answer, Written::Done { .. }), true));
        let loaded = load(&one, &account).await?;
        let stored = loaded.stored_password() == Some(&hash(2)?);
        parts.push(ensure(stored, "a marker, or the absence of a password, is not replaced"));
    }
    all(parts)
}

pub(super) async fn write_answers_with_what_is_stored<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    fixture.put(&one, &account).await?;
    let must_change = Some(MustChange::new(MustChangeReason::Temporary).until(at(60)));
    let kinds = [
        (WriteKind::Password { hash: hash(2)?, must_change: None }, None),
        (WriteKind::Rehash { hash: hash(3)? }, None),
        (WriteKind::EndSessions, Some(Capability::Epoch)),
        (WriteKind::RequireRecovery, Some(Capability::RequiredRecovery)),
        (WriteKind::Password { hash: hash(4)?, must_change }, Some(Capability::MustChange)),
        (WriteKind::Password { hash: hash(5)?, must_change: None }, None),
    ];
    let mut parts = Vec::new();
    for (kind, needed) in kinds {
        let what = format!("{kind:?}");
        let seen = load(&one, &account).await?;
        let write = AccountWrite::new(Arc::new(seen.clone()), kind, at(1));
        let answer = other.write(&write, at(1)).await?;
        let loaded = load(&one, &account).await?;
        if needed.is_some_and(|needed| !has(fixture, needed)) {
            let what = format!("write ({what}) without a column for it");
            parts.push(same(&what, answer, Written::Stale));
            let unchanged = loaded.stored_password() == seen.stored_password();
            parts.push(ensure(unchanged, "a stale write wrote"));
            continue;
        }
        let right = Written::Done { version: loaded.version(), epoch: loaded.epoch() };
        parts.push(same(&format!("the answer of write ({what})"), answer, right));
        let Some(right) = write.apply(&seen) else {
            return ensure(false, "load does not return what is stored");
        };
        parts.push(is_written(fixture, &loaded, &right).map_err(|stop| stop.about(&what)));
    }
    all(parts)
}

fn is_written<F: Fixture>(fixture: &F, loaded: &Account, right: &Account) -> Judged {
    let mut parts = Vec::from([
        same("version and epoch after write", stored(loaded), stored(right)),
        ensure(
            loaded.stored_password() == right.stored_password(),
            "the stored password after write is not the one that was written",
        ),
    ]);
    if has(fixture, Capability::ChangedAt) {
        let what = "the moment of the last change after write";
        parts.push(same(what, loaded.changed_at(), right.changed_at()));
    }
    if has(fixture, Capability::MustChange) {
        let what = "whether the password has to be changed after write";
        parts.push(same(what, loaded.must_change(), right.must_change()));
    }
    if has(fixture, Capability::RequiredRecovery) {
        let what = "whether recovery is required after write";
        parts.push(same(what, loaded.requires_recovery(), right.requires_recovery()));
    }
    all(parts)
}

fn stored(account: &Account) -> (Option<u64>, Option<u64>) {
    (account.version(), account.epoch())
}
