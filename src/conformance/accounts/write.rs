//! The clauses about writes.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::{CALLS, Call, Hooked, Judged, ROUNDS, Stop, at, ensure, race, same, shared};
use super::{Fixture, account, bare, hash, load, marker, password, put, with_contact};
use crate::account::{Account, AccountWrite, Contact, Email, WriteKind, Written};
use crate::port::{Accounts, PortError};

pub(super) async fn write_lets_one_of_two_succeed<F: Fixture>(fixture: &F) -> Judged {
    for _ in 0..ROUNDS {
        let ports = shared(fixture.open().await?);
        let [one, _] = &ports;
        let account = account(fixture, 1)?;
        put(fixture, one, &account).await?;
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
    put(fixture, &one, &before).await?;
    let seen = Arc::new(load(&one, &before).await?);
    let unverified = Contact::email("user1@example.org").map_err(PortError::from)?;
    let second = Contact::email("second@example.org").map_err(PortError::from)?;
    let mut changed = Vec::from([
        ("the stored password changed", before.clone().with_password(hash(2)?)),
        ("the stored password became a marker", before.clone().with_password(marker("!")?)),
        ("the account was disabled", before.clone().disabled()),
        ("the contact changed", with_contact(before.clone(), "other@example.org")?),
        ("a contact was added", before.clone().with_email(Email::verified(second))),
        ("no contact is verified", bare(fixture, 1)?.with_email(Email::unverified(unverified))),
    ]);
    if seen.version().is_some() {
        changed.push(("the version changed", before.clone().with_version(8)));
    }
    for (what, account) in changed {
        if fixture.put(&one, &account).await? == Hooked::Missing {
            continue;
        }
        let answer = other.write(&password(&seen, &hash(3)?, 1), at(1)).await?;
        same(&format!("write of a password after {what}"), answer, Written::Stale)?;
        let loaded = load(&one, &account).await?;
        ensure(loaded.stored_password() == account.stored_password(), "a stale write wrote")?;
    }
    for (seen, now) in [(false, true), (true, false)] {
        let seen = before.clone().with_required_recovery(seen);
        put(fixture, &one, &seen).await?;
        let seen = Arc::new(load(&one, &seen).await?);
        let changed = before.clone().with_required_recovery(now);
        put(fixture, &one, &changed).await?;
        if load(&one, &changed).await?.requires_recovery() == seen.requires_recovery() {
            // The table has no column for it.
            continue;
        }
        let answer = other.write(&password(&seen, &hash(3)?, 1), at(1)).await?;
        let what = "write of a password after it changed whether recovery is required";
        same(what, answer, Written::Stale)?;
        let loaded = load(&one, &changed).await?;
        ensure(loaded.stored_password() == changed.stored_password(), "a stale write wrote")?;
    }
    let changed = before.with_password(hash(2)?);
    put(fixture, &one, &changed).await?;
    let rehash = AccountWrite::new(seen, WriteKind::Rehash { hash: hash(3)? }, at(1));
    let answer = other.write(&rehash, at(1)).await?;
    same("rehash after the stored password changed", answer, Written::Stale)?;
    let unknown = Arc::new(account(fixture, 2)?);
    let answer = other.write(&password(&unknown, &hash(3)?, 1), at(1)).await?;
    same("write to an account that does not exist", answer, Written::Stale)
}

pub(super) async fn write_sees_contacts_that_changed_meanwhile<F: Fixture>(fixture: &F) -> Judged {
    for round in 0..ROUNDS {
        let [one, other] = shared(fixture.open().await?);
        let account = account(fixture, 1)?;
        put(fixture, &one, &account).await?;
        let seen = Arc::new(load(&one, &account).await?);
        let changed = with_contact(account.clone(), "other@example.org")?;
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
    let [one, other] = fixture.open().await?;
    for (number, text) in (1..).zip([None, Some("!"), Some("!abc"), Some("*"), Some("-"), Some("")])
    {
        let account = bare(fixture, number)?;
        let account = match text {
            Some(text) => account.with_password(marker(text)?),
            None => account,
        };
        if fixture.put(&one, &account).await? == Hooked::Missing {
            continue;
        }
        let seen = Arc::new(load(&one, &account).await?);
        let answer = other.write(&password(&seen, &hash(2)?, 1), at(1)).await?;
        let what = format!("write where the stored text is {text:?}");
        same(&what, matches!(answer, Written::Done { .. }), true)?;
        let loaded = load(&one, &account).await?;
        let stored = loaded.stored_password() == Some(&hash(2)?);
        ensure(stored, "a marker, or the absence of a password, is not replaced")?;
    }
    Ok(())
}

pub(super) async fn write_answers_with_what_is_stored<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let account = account(fixture, 1)?;
    // Whether the table has a column for it.
    let required = account.clone().with_required_recovery(true);
    put(fixture, &one, &required).await?;
    let knows_recovery = load(&other, &required).await?.requires_recovery();
    put(fixture, &one, &account).await?;
    let kinds = [
        WriteKind::Password { hash: hash(2)?, must_change: None },
        WriteKind::Rehash { hash: hash(3)? },
        WriteKind::EndSessions,
        WriteKind::RequireRecovery,
        WriteKind::Password { hash: hash(4)?, must_change: None },
    ];
    for kind in kinds {
        let what = format!("{kind:?}");
        let seen = load(&one, &account).await?;
        let write = AccountWrite::new(Arc::new(seen.clone()), kind, at(1));
        let answer = other.write(&write, at(1)).await?;
        let loaded = load(&one, &account).await?;
        let right = Written::Done { version: loaded.version(), epoch: loaded.epoch() };
        same(&format!("the answer of write ({what})"), answer, right)?;
        let Some(right) = write.apply(&seen) else {
            return ensure(false, "load does not return what is stored");
        };
        same("version and epoch after write", stored(&loaded), stored(&right))?;
        if knows_recovery {
            let what = format!("whether recovery is required after write ({what})");
            same(&what, loaded.requires_recovery(), right.requires_recovery())?;
        }
        let written = loaded.stored_password() == right.stored_password();
        ensure(written, "the stored password after write is not the one that was written")?;
    }
    Ok(())
}

fn stored(account: &Account) -> (Option<u64>, Option<u64>) {
    (account.version(), account.epoch())
}
