//! Judges an implementation of [`Queue`].

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use core::future::Future;

use zeroize::Zeroizing;

use super::{
    CALLS, Judged, Outcome, ROUNDS, Report, Runtime, Stop, at, ensure, other_scope, race, same,
    scope, shared,
};
use crate::attempt::AttemptId;
use crate::clock::CLOCKS;
use crate::port::{Port, PortError, Queue};
use crate::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey, QueueKind};
use crate::scope::ScopeTag;
use crate::secret::Seed;

clauses! {
    /// A promise of the contract of [`Queue`].
    Queue {
        /// `push` adds an entry unless its key exists.
        PushNeverDoubles: push_never_doubles,
        /// `claim` returns each entry as it was pushed.
        ClaimReturnsWhatWasPushed: claim_returns_what_was_pushed,
        /// The number of requests that wait is bounded, and messages and notices are always taken.
        PushBoundsTheRequestsThatWait: push_bounds_the_requests_that_wait,
        /// Two workers never hold one entry.
        ClaimGivesAnEntryToOneWorker: claim_gives_an_entry_to_one_worker,
        /// `claim` prefers notices to messages, messages to requests, and what has been due longest.
        ClaimTakesRequestsLast: claim_takes_requests_last,
        /// `claim` takes entries of the claimed scope only.
        ClaimTakesOnlyItsScope: claim_takes_only_its_scope,
        /// What was put off by a clock that was wrong is due.
        ClaimTakesWhatAWrongClockPutOff: claim_takes_what_a_wrong_clock_put_off,
        /// When a lease is over, the entry can be claimed again, with one try more.
        ClaimTakesOverWhenTheLeaseIsOver: claim_takes_over_when_the_lease_is_over,
        /// `done` deletes an entry only for the worker that holds it.
        DoneNeedsTheToken: done_needs_the_token,
        /// `retry` puts an entry off only for the worker that holds it.
        RetryNeedsTheToken: retry_needs_the_token,
        /// An entry that is put off or held by another worker does not hold up the rest.
        AFailingEntryDoesNotBlockOthers: a_failing_entry_does_not_block_others,
        /// `erase` deletes the entries of an attempt, and no others.
        EraseDeletesTheEntriesOfOneAttempt: erase_deletes_the_entries_of_one_attempt,
    }
}

/// What the suite needs of an adapter.
pub trait Fixture: Runtime {
    /// The implementation to judge.
    type Port: Queue + 'static;

    /// Two independent handles on one new, empty queue: two connections or pools, where there are
    /// such.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the queue.
    fn open(&self) -> impl Future<Output = Result<[Self::Port; 2], PortError>> + Send;

    /// The same for a queue in which fewer than 64 requests can wait; `None` where the bound cannot be
    /// set.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the queue.
    fn open_small(
        &self,
    ) -> impl Future<Output = Result<Option<[Self::Port; 2]>, PortError>> + Send {
        core::future::ready(Ok(None))
    }
}

async fn push_never_doubles<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for kind in QueueKind::ALL {
        let entry = entry(kind, 1);
        same("push of a new entry", one.push(&entry, at(0)).await?, Pushed::Done)?;
        same("push of the same entry", other.push(&entry, at(1)).await?, Pushed::Exists)?;
    }
    let claimed = one.claim(&claim(1, 60, 10), at(2)).await?;
    same("the entries claimed after three were pushed twice", claimed.len(), 3)?;
    let answer = other.push(&entry(QueueKind::Message, 1), at(3)).await?;
    same("push of an entry that a worker holds", answer, Pushed::Exists)?;

    // Keys that differ in one part are different keys.
    let message = QueueKind::Message;
    let keys = [
        QueueKey::new(message, attempt(2), 1, [1; 16]),
        QueueKey::new(message, attempt(2), 2, [1; 16]),
        QueueKey::new(message, attempt(2), 1, [2; 16]),
        QueueKey::new(message, attempt(3), 1, [1; 16]),
    ];
    for key in keys {
        let entry = QueueEntry::from_stored(key, scope().tag(), vec![1]);
        same("push of an entry of another key", one.push(&entry, at(3)).await?, Pushed::Done)?;
    }

    let ports = shared(fixture.open().await?);
    let pushed = race(fixture, &ports, |port, _| {
        Box::pin(async move { port.push(&entry(QueueKind::Message, 1), at(0)).await })
    });
    let done = pushed.await?.into_iter().filter(|answer| *answer == Pushed::Done).count();
    same("the pushes of one entry at once that were answered Done", done, 1)?;
    let [one, _] = &ports;
    let claimed = one.claim(&claim(1, 60, 10), at(1)).await?;
    same("the entries claimed after that", claimed.len(), 1)
}

async fn claim_returns_what_was_pushed<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let all = |at: usize| u8::try_from(at % 256).unwrap_or(0);
    let bytes = [vec![0], vec![0xff; 3], (0..QueueEntry::MAX_BYTES).map(all).collect()];
    for (number, bytes) in (1..).zip(bytes) {
        let mut recipient = [0; 16];
        recipient.iter_mut().last().into_iter().for_each(|byte| *byte = number);
        let key = QueueKey::new(QueueKind::Notice, attempt(number), u32::MAX, recipient);
        let entry = QueueEntry::from_stored(key, scope().tag(), bytes);
        one.push(&entry, at(0)).await?;
        let claimed = other.claim(&claim(number, 60, 10), at(1)).await?;
        let [claimed] = claimed.as_slice() else {
            let fact = format!("one entry was pushed, and {} were claimed", claimed.len());
            return Err(Stop::Broken(fact));
        };
        same("the key of an entry that was claimed", *claimed.entry().key(), key)?;
        same("the scope of an entry that was claimed", claimed.entry().scope(), scope().tag())?;
        ensure(*claimed.entry() == entry, "claim returns other bytes than were pushed")?;
        same("the tries of an entry that was claimed once", claimed.tries(), 1)?;
    }
    Ok(())
}

async fn push_bounds_the_requests_that_wait<F: Fixture>(fixture: &F) -> Judged {
    let Some([one, other]) = fixture.open_small().await? else {
        return Err(Stop::Missing("the fixture opens no small queue"));
    };
    let mut waiting: u32 = 0;
    for number in 1..=64 {
        match one.push(&entry(QueueKind::Request, number), at(0)).await? {
            Pushed::Done => waiting = waiting.saturating_add(1),
            Pushed::Full => break,
            Pushed::Exists => return ensure(false, "push of a new request: Exists"),
        }
    }
    ensure((1..64).contains(&waiting), "a small queue takes no request, or all of 64")?;
    for number in 100..103 {
        let answer = other.push(&entry(QueueKind::Request, number), at(1)).await?;
        same("push of another request into a full queue", answer, Pushed::Full)?;
        for kind in [QueueKind::Message, QueueKind::Notice] {
            let answer = other.push(&entry(kind, number), at(1)).await?;
            same(&format!("push of a {} into a full queue", kind.code()), answer, Pushed::Done)?;
        }
    }
    let everything = claim(1, 60, 1000);
    for claimed in one.claim(&everything, at(2)).await? {
        one.done(claimed.entry().key(), everything.token(), at(3)).await?;
    }
    let answer = other.push(&entry(QueueKind::Request, 200), at(4)).await?;
    same("push of a request after the queue was worked on", answer, Pushed::Done)
}

async fn claim_gives_an_entry_to_one_worker<F: Fixture>(fixture: &F) -> Judged {
    for _ in 0..ROUNDS {
        let ports = shared(fixture.open().await?);
        let [one, other] = &ports;
        let entries = CALLS.saturating_mul(2);
        for number in 0..entries {
            one.push(&entry(QueueKind::Message, number), at(0)).await?;
        }
        let claims = race(fixture, &ports, |port, number| {
            Box::pin(async move { port.claim(&claim(number, 60, 3), at(1)).await })
        });
        let claims = claims.await?;
        let most = claims.iter().map(Vec::len).max();
        ensure(most <= Some(3), "a claim returns more entries than its limit")?;
        let mut held = BTreeSet::new();
        for key in claims.iter().flatten().map(|claimed| *claimed.entry().key()) {
            ensure(held.insert(key), "two workers that claim at once hold one entry")?;
        }
        // What the race left out, because other workers were at it, is claimed now.
        for claimed in other.claim(&claim(100, 60, 100), at(2)).await? {
            let fresh = held.insert(*claimed.entry().key());
            ensure(fresh, "an entry is claimed that another worker holds")?;
        }
        same("the number of entries that were claimed", held.len(), usize::from(entries))?;
    }
    Ok(())
}

async fn claim_takes_requests_last<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let (request, message, notice) = (QueueKind::Request, QueueKind::Message, QueueKind::Notice);
    // Keys and moments are in opposite orders.
    let pushed = [(request, 9), (request, 8), (message, 7), (message, 6), (notice, 5), (notice, 4)];
    for (second, (kind, number)) in (0..).zip(pushed) {
        one.push(&entry(kind, number), at(second)).await?;
    }
    let right = [(notice, 5), (notice, 4), (message, 7), (message, 6), (request, 9), (request, 8)];
    for (worker, (kind, number)) in (1..).zip(right) {
        let claimed = other.claim(&claim(worker, 60, 1), at(10)).await?;
        let keys: Vec<_> = claimed.iter().map(|claimed| *claimed.entry().key()).collect();
        same("the next entry that is claimed", keys, vec![*entry(kind, number).key()])?;
    }
    Ok(())
}

async fn claim_takes_only_its_scope<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let foreign = other_scope().map_err(PortError::from)?.tag();
    let theirs = QueueEntry::from_stored(*entry(QueueKind::Notice, 1).key(), foreign, vec![1]);
    let ours = entry(QueueKind::Request, 2);
    one.push(&theirs, at(0)).await?;
    one.push(&ours, at(1)).await?;
    for (worker, scope, right) in [(1, scope().tag(), &ours), (2, foreign, &theirs)] {
        let claim = Claim::new(token(worker), scope, at(60), 10);
        let claimed = other.claim(&claim, at(2)).await?;
        let keys: Vec<_> = claimed.iter().map(|claimed| *claimed.entry().key()).collect();
        same("the entries of one of two scopes", keys, vec![*right.key()])?;
    }
    Ok(())
}

async fn claim_takes_what_a_wrong_clock_put_off<F: Fixture>(fixture: &F) -> Judged {
    const YEAR: i64 = 365 * 24 * 60 * 60;
    let wait = i64::try_from(QueueEntry::LONGEST_WAIT.as_secs()).unwrap_or(i64::MAX);
    let allowed = wait.saturating_add(CLOCKS);
    let [one, other] = fixture.open().await?;
    let waits = entry(QueueKind::Message, 1);
    let key = *waits.key();
    let taken = |claimed: Vec<Claimed>| -> Vec<QueueKey> {
        claimed.iter().map(|claimed| *claimed.entry().key()).collect()
    };

    one.push(&waits, at(YEAR)).await?;
    let claimed = taken(other.claim(&claim(1, YEAR, 10), at(0)).await?);
    same("the entries claimed that were pushed a year ahead", claimed, vec![key])?;
    let claimed = taken(one.claim(&claim(2, 60, 10), at(1)).await?);
    same("the entries claimed whose lease ends in a year", claimed, vec![key])?;
    same("retry in a year", one.retry(&key, &token(2), at(YEAR), at(2)).await?, true)?;
    let claimed = taken(other.claim(&claim(3, 60, 10), at(3)).await?);
    same("the entries claimed that were put off for a year", claimed, vec![key])?;

    // Up to the longest wait and the difference of two clocks an entry is not due.
    let due = allowed.saturating_add(10);
    same("retry", other.retry(&key, &token(3), at(due), at(4)).await?, true)?;
    let claimed = taken(one.claim(&claim(4, 60, 10), at(10)).await?);
    same("the entries claimed that are due after the longest wait", claimed, vec![])?;
    let claimed = taken(one.claim(&claim(5, 60, 10), at(9)).await?);
    same("the entries claimed that are due a second later than that", claimed, vec![key])
}

async fn claim_takes_over_when_the_lease_is_over<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    one.push(&entry(QueueKind::Message, 1), at(0)).await?;
    let mut lease = 60;
    one.claim(&claim(1, lease, 10), at(0)).await?;
    for (tries, worker) in (2..).zip([2, 3, 4]) {
        let early = other.claim(&claim(worker, 600, 10), at(lease.saturating_sub(1))).await?;
        same("the entries claimed while a lease runs", early.len(), 0)?;
        let next = i64::saturating_add(lease, 60);
        let late = other.claim(&claim(worker, next, 10), at(lease)).await?;
        let late: Vec<_> = late.iter().map(Claimed::tries).collect();
        same("the tries of the entries claimed when the lease is over", late, vec![tries])?;
        lease = next;
    }
    Ok(())
}

async fn done_needs_the_token<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let waits = entry(QueueKind::Message, 1);
    let key = waits.key();
    one.push(&waits, at(0)).await?;
    same("done of an entry that nobody holds", one.done(key, &token(1), at(1)).await?, false)?;
    let held = one.claim(&claim(1, 60, 10), at(1)).await?;
    same("the entries claimed after done was refused", held.len(), 1)?;
    same("done with another token", other.done(key, &token(2), at(2)).await?, false)?;
    // Where no lease ends, there is nobody else to hold it: another clause says so.
    let taken_over = other.claim(&claim(2, 120, 10), at(60)).await?;
    if !taken_over.is_empty() {
        same("done after the lease was lost", one.done(key, &token(1), at(61)).await?, false)?;
        same("done by the worker that took over", other.done(key, &token(2), at(62)).await?, true)?;
    } else {
        same(
            "done by the worker that holds the entry",
            one.done(key, &token(1), at(62)).await?,
            true,
        )?;
    }
    same("done of an entry that is gone", other.done(key, &token(2), at(63)).await?, false)?;
    let left = one.claim(&claim(3, 1000, 10), at(500)).await?;
    same("the entries claimed after done", left.len(), 0)
}

async fn retry_needs_the_token<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let waits = entry(QueueKind::Message, 1);
    let key = waits.key();
    one.push(&waits, at(0)).await?;
    let answer = one.retry(key, &token(1), at(900), at(1)).await?;
    same("retry of an entry that nobody holds", answer, false)?;
    let held = one.claim(&claim(1, 60, 10), at(1)).await?;
    same("the entries claimed after retry was refused", held.len(), 1)?;
    let answer = other.retry(key, &token(2), at(2), at(2)).await?;
    same("retry with another token", answer, false)?;
    let early = other.claim(&claim(2, 60, 10), at(3)).await?;
    same("the entries claimed after retry with another token", early.len(), 0)?;
    same(
        "retry by the worker that holds it",
        one.retry(key, &token(1), at(30), at(4)).await?,
        true,
    )?;
    same("retry of what was given back", one.retry(key, &token(1), at(5), at(5)).await?, false)?;
    let early = other.claim(&claim(2, 60, 10), at(29)).await?;
    same("the entries claimed before they are due", early.len(), 0)?;
    let due = other.claim(&claim(2, 90, 10), at(30)).await?;
    let due: Vec<_> = due.iter().map(Claimed::tries).collect();
    same("the tries of the entries claimed when they are due", due, vec![2])?;
    let answer = one.retry(key, &token(1), at(31), at(31)).await?;
    same("retry by a worker that no longer holds it", answer, false)
}

async fn a_failing_entry_does_not_block_others<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let message = QueueKind::Message;
    for number in [1, 2, 3] {
        one.push(&entry(message, number), at(number.into())).await?;
    }
    let keys = |claimed: Vec<Claimed>| -> Vec<QueueKey> {
        claimed.iter().map(|claimed| *claimed.entry().key()).collect()
    };
    // Which entry comes first is another clause.
    let failing = keys(one.claim(&claim(1, 600, 1), at(10)).await?);
    let [first] = failing.as_slice() else {
        return ensure(false, "a claim of one of three entries does not return one");
    };
    same("retry", one.retry(first, &token(1), at(600), at(11)).await?, true)?;
    let next = keys(one.claim(&claim(2, 600, 1), at(12)).await?);
    same("the entries claimed while another one is put off", next.len(), 1)?;
    let last = keys(other.claim(&claim(3, 600, 1), at(13)).await?);
    same("the entries claimed while others are put off and held", last.len(), 1)
}

async fn erase_deletes_the_entries_of_one_attempt<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for kind in QueueKind::ALL {
        for number in [1, 2] {
            one.push(&entry(kind, number), at(0)).await?;
        }
    }
    // One of the entries is held by a worker, whose answer comes too late.
    let held = one.claim(&claim(1, 60, 1), at(1)).await?;
    let erased = other.erase(&attempt(1), at(2)).await?;
    let key = *entry(QueueKind::Notice, 1).key();
    if held.iter().any(|claimed| *claimed.entry().key() == key) {
        let answer = one.done(&key, &token(1), at(3)).await?;
        same("done of an entry that was erased", answer, false)?;
    }
    let left = other.claim(&claim(2, 1000, 10), at(100)).await?;
    let left: BTreeSet<_> = left.iter().map(|claimed| *claimed.entry().key()).collect();
    let right = QueueKind::ALL.map(|kind| *entry(kind, 2).key()).into();
    same("the entries that are left after erase", left, right)?;
    same("the answer of erase", erased, 3)
}

fn attempt(number: u8) -> AttemptId {
    AttemptId::from_bytes([number; 20])
}

fn entry(kind: QueueKind, number: u8) -> QueueEntry {
    let key = QueueKey::new(kind, attempt(number), 1, [number; 16]);
    QueueEntry::from_stored(key, scope().tag(), vec![number; 40])
}

fn token(worker: u8) -> ClaimToken {
    ClaimToken::new(Seed(Zeroizing::new([worker; 20])))
}

fn claim(worker: u8, until: i64, limit: u32) -> Claim {
    let scope: ScopeTag = scope().tag();
    Claim::new(token(worker), scope, at(until), limit)
}
