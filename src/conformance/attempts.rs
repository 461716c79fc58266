//! Judges an implementation of [`Attempts`].

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;
use core::future::Future;

use super::{
    CALLS, Judged, Outcome, ROUNDS, Report, Runtime, Stop, at, ensure, other_scope, race, same,
    scope, second, shared,
};
use crate::account::{AccountId, Channel};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Lease, Progress};
use crate::key::KeyId;
use crate::port::{Attempts, Inserted, Port, PortError};

clauses! {
    /// A promise of the contract of [`Attempts`].
    Attempts {
        /// `insert` adds a row unless its id exists.
        InsertNeverOverwrites: insert_never_overwrites,
        /// `load` returns the row as it was last written, to every handle.
        LoadReturnsWhatWasWrittenLast: load_returns_what_was_written_last,
        /// Of several that swap the same row, one succeeds.
        SwapLetsOneOfTwoSucceed: swap_lets_one_of_two_succeed,
        /// `swap` answers `true` where the row already is the next one.
        SwapAnswersItsOwnRepeat: swap_answers_its_own_repeat,
        /// `unfinished` leaves out no commit that began and crashed, and returns no other row.
        UnfinishedFindsEveryCrashedCommit: unfinished_finds_every_crashed_commit,
        /// `unfinished` goes on behind the id that it is given, in the order of the bytes.
        UnfinishedPagesByTheBytesOfTheId: unfinished_pages_by_the_bytes_of_the_id,
        /// `live` returns the rows of a subject whose secrets can still be used, and no others.
        ListReturnsTheRowsOfOneSubject: list_returns_the_rows_of_one_subject,
        /// `purge` deletes what need no longer be kept, and nothing else.
        PurgeSparesWhatIsKept: purge_spares_what_is_kept,
        /// `erase` deletes the rows of a subject, and no others.
        EraseDeletesTheRowsOfOneSubject: erase_deletes_the_rows_of_one_subject,
        /// A full store refuses new rows.
        RowsAreNotEvicted: rows_are_not_evicted,
    }
}

/// What the suite needs of an adapter.
pub trait Fixture: Runtime {
    /// The implementation to judge.
    type Port: Attempts + 'static;

    /// Two independent handles on one new, empty store: two connections or pools, where there are
    /// such.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the store.
    fn open(&self) -> impl Future<Output = Result<[Self::Port; 2], PortError>> + Send;

    /// The same for a store that has place for fewer than 64 rows; `None` where stores have no bound.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the store.
    fn open_small(
        &self,
    ) -> impl Future<Output = Result<Option<[Self::Port; 2]>, PortError>> + Send {
        core::future::ready(Ok(None))
    }
}

async fn insert_never_overwrites<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let used = AttemptRow { progress: Progress::Settled, ..row(1)? };
    same("insert of a new row", one.insert(&used, at(0)).await?, Inserted::Done)?;
    let again = AttemptRow { progress: Progress::Live, seal: seal(2), ..used.clone() };
    let answer = other.insert(&again, at(1)).await?;
    same("insert of a row whose id exists", answer, Inserted::Exists)?;
    same("the row after a second insert of its id", load(&one, &used).await?, Some(used))?;

    let ports = shared(fixture.open().await?);
    let inserted = race(fixture, &ports, |port, number| {
        Box::pin(async move {
            let row = AttemptRow { seal: seal(number), ..row(3)? };
            Ok((row.clone(), port.insert(&row, at(0)).await?))
        })
    });
    let mut done = inserted.await?.into_iter().filter(|(_, answer)| *answer == Inserted::Done);
    let (Some((row, _)), None) = (done.next(), done.next()) else {
        return ensure(false, "of inserts of one id at once, not exactly one was answered Done");
    };
    let [one, _] = &ports;
    same("the row after inserts of its id at once", load(one, &row).await?, Some(row))
}

async fn load_returns_what_was_written_last<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let longest = AttemptRow {
        account: AccountId::new(&"\u{e9}".repeat(127)).map_err(PortError::from)?,
        channel: Some(Channel::new("a-channel-with-the-longest-name-").map_err(PortError::from)?),
        progress: running(60),
        seal: core::array::from_fn(|at| u8::try_from(at).unwrap_or(0xff)),
        ..row(1)?
    };
    same("load of an id that was never inserted", load(&one, &longest).await?, None)?;
    for first in [longest, row(2)?] {
        one.insert(&first, at(0)).await?;
        same(
            "load after insert by another handle",
            load(&other, &first).await?,
            Some(first.clone()),
        )?;
        let next = AttemptRow { progress: Progress::Settled, seal: seal(200), ..first.clone() };
        one.swap(&first, &next, at(1)).await?;
        same("load after swap by another handle", load(&other, &first).await?, Some(next))?;
    }
    Ok(())
}

async fn swap_lets_one_of_two_succeed<F: Fixture>(fixture: &F) -> Judged {
    for _ in 0..ROUNDS {
        let ports = shared(fixture.open().await?);
        let [one, other] = &ports;
        let seen = row(1)?;
        one.insert(&seen, at(0)).await?;
        let swapped = race(fixture, &ports, |port, number| {
            Box::pin(async move {
                let seal = seal(number.saturating_add(100));
                let next = AttemptRow { progress: running(60), seal, ..row(1)? };
                let answer = port.swap(&row(1)?, &next, at(0)).await?;
                Ok((next, answer))
            })
        });
        let won: Vec<_> = swapped.await?.into_iter().filter(|(_, answer)| *answer).collect();
        let [(next, _)] = won.as_slice() else {
            let fact =
                format!("of {CALLS} swaps of one row at once, {} were answered true", won.len());
            return Err(Stop::Broken(fact));
        };
        same("the row after swaps at once", load(one, next).await?, Some(next.clone()))?;
        let late = AttemptRow { progress: Progress::Ended, seal: seal(200), ..seen.clone() };
        same("swap of a row that changed", other.swap(&seen, &late, at(0)).await?, false)?;
        same("the row after a swap that was refused", load(one, next).await?, Some(next.clone()))?;
    }
    let [one, other] = fixture.open().await?;
    let next = AttemptRow { progress: running(60), seal: seal(200), ..row(1)? };
    same("swap of a row that does not exist", one.swap(&row(1)?, &next, at(0)).await?, false)?;
    same("the row after a swap that was refused", load(&other, &next).await?, None)
}

async fn swap_answers_its_own_repeat<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let seen = row(1)?;
    let next = AttemptRow { progress: running(60), seal: seal(200), ..seen.clone() };
    one.insert(&seen, at(0)).await?;
    same("swap", one.swap(&seen, &next, at(0)).await?, true)?;
    same("the same swap again", one.swap(&seen, &next, at(0)).await?, true)?;
    same("the same swap again by another handle", other.swap(&seen, &next, at(0)).await?, true)?;
    same("the row after repeats of a swap", load(&other, &next).await?, Some(next))
}

async fn unfinished_finds_every_crashed_commit<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let lease = i64::try_from(AttemptRow::LONGEST_LEASE.as_secs()).unwrap_or(i64::MAX);
    let year = 365 * 86_400;
    let crashed = [
        AttemptRow { progress: running(-1), ..row(1)? },
        AttemptRow { progress: running(0), ..row(2)? },
        AttemptRow { progress: running(lease.saturating_add(1)), ..row(3)? },
        AttemptRow { progress: running(year), ..row(4)? },
        AttemptRow {
            progress: running(-1),
            scope: other_scope().map_err(PortError::from)?.tag(),
            ..row(5)?
        },
        AttemptRow { progress: running(-1), keep_until: second(-1), ..row(6)? },
        AttemptRow { progress: running(-1), contents: Contents::Nothing, channel: None, ..row(7)? },
    ];
    let others = [
        row(11)?,
        AttemptRow { progress: running(1), ..row(12)? },
        AttemptRow { progress: running(lease), ..row(13)? },
        AttemptRow { progress: Progress::Settled, ..row(14)? },
        AttemptRow { progress: Progress::Ended, ..row(15)? },
    ];
    for row in crashed.iter().chain(&others) {
        one.insert(row, at(-300)).await?;
    }
    // This one is written by a swap, as in the flow.
    let (seen, next) = (row(8)?, AttemptRow { progress: running(-1), seal: seal(200), ..row(8)? });
    one.insert(&seen, at(-300)).await?;
    one.swap(&seen, &next, at(-60)).await?;
    let right: BTreeSet<_> = crashed.iter().chain([&next]).map(|row| *row.id()).collect();
    let found = other.unfinished(None, 100, at(0)).await?;
    let ids: BTreeSet<_> = found.iter().map(|row| *row.id()).collect();
    same("the ids that unfinished found", ids, right)
}

async fn unfinished_pages_by_the_bytes_of_the_id<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    // As text in a locale, in hexadecimal, base64 or base32, as signed bytes, or cut at a zero byte
    // these would come in another order.
    let mut ids: Vec<[u8; 20]> = Vec::new();
    for first in [0x00, 0x09, 0x2d, 0x41, 0x5f, 0x61, 0x7f, 0x80, 0xa0, 0xff] {
        for last in [0x00, 0x80, 0xff] {
            let mut id = [first; 20];
            id.iter_mut().skip(1).for_each(|byte| *byte = 0);
            id.iter_mut().last().into_iter().for_each(|byte| *byte = last);
            ids.push(id);
        }
    }
    for id in ids.iter().rev() {
        let row = AttemptRow { id: AttemptId::from_bytes(*id), progress: running(-1), ..row(1)? };
        one.insert(&row, at(-60)).await?;
    }
    let mut found: Vec<[u8; 20]> = Vec::new();
    for _ in 0..=ids.len() {
        let after = found.last().copied().map(AttemptId::from_bytes);
        let page = other.unfinished(after.as_ref(), 7, at(0)).await?;
        ensure(page.len() <= 7, "a page of unfinished has more rows than its limit")?;
        if page.is_empty() {
            break;
        }
        found.extend(page.iter().map(|row| *row.id().as_bytes()));
    }
    if found == ids {
        return Ok(());
    }
    let place = found.iter().zip(&ids).take_while(|(found, right)| found == right).count();
    let id = |ids: &[[u8; 20]]| ids.get(place).copied().map(AttemptId::from_bytes);
    same(&format!("row {place} of all pages of unfinished"), id(&found), id(&ids))
}

async fn list_returns_the_rows_of_one_subject<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let own = [
        row(1)?,
        AttemptRow { link_expires_at: second(-1), code_expires_at: second(-1), ..row(2)? },
        AttemptRow { progress: running(60), ..row(3)? },
        AttemptRow { progress: Progress::Settled, ..row(4)? },
        AttemptRow { progress: Progress::Ended, ..row(5)? },
    ];
    let others = [
        AttemptRow { account: account("2")?, ..row(15)? },
        AttemptRow { scope: other_scope().map_err(PortError::from)?.tag(), ..row(16)? },
    ];
    for row in own.iter().chain(&others) {
        one.insert(row, at(-60)).await?;
    }
    let right: BTreeSet<_> = own.iter().map(|row| *row.id()).collect();
    let listed = other.list(&row(1)?.subject(), at(0)).await?;
    let ids: BTreeSet<_> = listed.iter().map(|row| *row.id()).collect();
    same("the ids that list returned", ids, right)
}

async fn purge_spares_what_is_kept<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let longest = i64::try_from(AttemptRow::LONGEST_KEPT.as_secs()).unwrap_or(i64::MAX);
    let beyond = second(longest.saturating_add(1));
    let expired =
        |row| AttemptRow { link_expires_at: second(-1), code_expires_at: second(-1), ..row };
    let kept = [
        AttemptRow { keep_until: second(1), ..expired(row(1)?) },
        AttemptRow { keep_until: second(1), progress: Progress::Settled, ..row(2)? },
        AttemptRow { keep_until: second(1), progress: Progress::Ended, ..row(3)? },
        AttemptRow { keep_until: second(1), progress: running(-60), ..row(4)? },
        AttemptRow { keep_until: second(longest), ..row(5)? },
        AttemptRow { keep_until: beyond, progress: running(-60), ..row(6)? },
    ];
    let over = [
        AttemptRow { keep_until: second(0), ..expired(row(11)?) },
        AttemptRow { keep_until: second(0), progress: Progress::Settled, ..row(12)? },
        AttemptRow { keep_until: second(-1), progress: running(-60), ..row(13)? },
        AttemptRow { keep_until: beyond, ..row(14)? },
    ];
    for row in kept.iter().chain(&over) {
        one.insert(row, at(-60)).await?;
    }
    other.purge(at(0)).await?;
    for row in &kept {
        let what = format!("after purge, row {} that is kept until {}", row.id(), row.keep_until());
        same(&what, load(&one, row).await?, Some(row.clone()))?;
    }
    for row in &over {
        let what = format!("after purge, row {} that is over at {}", row.id(), row.keep_until());
        same(&what, load(&one, row).await?, None)?;
    }
    Ok(())
}

async fn erase_deletes_the_rows_of_one_subject<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let own = [
        row(1)?,
        AttemptRow { progress: Progress::Settled, ..row(2)? },
        AttemptRow { progress: running(60), ..row(3)? },
        AttemptRow { link_expires_at: second(-1), code_expires_at: second(-1), ..row(4)? },
    ];
    let others = [
        AttemptRow { account: account("2")?, ..row(11)? },
        AttemptRow { scope: other_scope().map_err(PortError::from)?.tag(), ..row(12)? },
    ];
    for row in own.iter().chain(&others) {
        one.insert(row, at(0)).await?;
    }
    let erased = other.erase(&row(1)?.subject(), at(0)).await?;
    for row in &own {
        same("a row of the subject after erase", load(&one, row).await?, None)?;
    }
    for row in &others {
        same("a row of another subject after erase", load(&one, row).await?, Some(row.clone()))?;
    }
    same("the answer of erase", erased, 4)
}

async fn rows_are_not_evicted<F: Fixture>(fixture: &F) -> Judged {
    let Some([one, other]) = fixture.open_small().await? else {
        return Err(Stop::Missing("the fixture opens no small store"));
    };
    let mut rows = Vec::new();
    for number in 1..=64 {
        let row = row(number)?;
        // An error is the right answer of a full store.
        if let Ok(Inserted::Done) = one.insert(&row, at(0)).await {
            rows.push(row);
        }
    }
    ensure(!rows.is_empty(), "a small store takes no row at all")?;
    for row in rows {
        let what = format!("row {} of a store that was filled", row.id());
        same(&what, load(&other, &row).await?, Some(row))?;
    }
    Ok(())
}

/// A live row of account 1 with a link and a code, all of whose bytes depend on `number`.
fn row(number: u8) -> Result<AttemptRow, PortError> {
    Ok(AttemptRow {
        id: AttemptId::from_bytes([number; 20]),
        key_id: KeyId::new(1),
        scope: scope().tag(),
        ground: Ground::Reset,
        contents: Contents::LinkAndCode,
        channel: Some(Channel::EMAIL),
        account: account("1")?,
        contact: [number; 32],
        stamp: [number; 32],
        created_at: second(-60),
        link_expires_at: second(1800),
        code_expires_at: second(600),
        keep_until: second(7200),
        epoch: 1,
        last_good_epoch: 1,
        sends: 1,
        sent_at: second(-60),
        progress: Progress::Live,
        seal: seal(number),
    })
}

/// A new row has its number as its seal; the seals of changes begin at 100.
fn seal(number: u8) -> [u8; 32] {
    let mut seal = [0; 32];
    seal.iter_mut().last().into_iter().for_each(|byte| *byte = number);
    seal
}

fn account(text: &str) -> Result<AccountId, PortError> {
    Ok(AccountId::new(text)?)
}

const fn running(until: i64) -> Progress {
    let until = second(until);
    Progress::Running(Lease { until, hash_seen: [0; 32], hash_to_come: [0xff; 32] })
}

async fn load<P: Attempts>(port: &P, row: &AttemptRow) -> Result<Option<AttemptRow>, PortError> {
    port.load(row.id(), at(0)).await
}
