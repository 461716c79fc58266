mod operation;
mod question;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use self::operation::Operation;
use crate::account::{Account, AccountId, AccountWrite, Lookup};
use crate::attempt::{AttemptId, AttemptRow, SubjectId};
use crate::message::Message;
use crate::port::{Port, PortError};
use crate::queue::{Claim, ClaimToken, QueueEntry, QueueKey, Waiting};
use crate::throttle::{Counted, Counter, Once, Quota, ThrottleKey};

pub(super) use self::operation::Failed;
pub(crate) use self::operation::{Asker, operation};

/// Where an operation of a [`Flow`](super::Flow) has come to: it asks one port, or it is done.
///
/// Each variant but [`Done`](Step::Done) holds one question: carry it out, hand the answer or the
/// error of the port to [`Call::reply`], and go on with the step that comes back. A driver decides nothing, so all drivers behave alike;
/// [`Recovery`](crate::recovery::Recovery) is one, and `examples/without_traits.rs` shows another.
///
/// The list is complete, so that a driver that forgets a port does not compile.
#[expect(clippy::exhaustive_enums, reason = "a driver has to serve every port")]
#[must_use]
pub enum Step<'a, T> {
    /// Finds accounts: see [`Accounts::find`](crate::port::Accounts::find).
    Find(Call<'a, Find, T>),
    /// Loads an account: see [`Accounts::load`](crate::port::Accounts::load).
    LoadAccount(Call<'a, LoadAccount, T>),
    /// Changes an account: see [`Accounts::write`](crate::port::Accounts::write).
    Write(Call<'a, AccountWrite, T>),
    /// Reads earlier passwords: see [`Accounts::past`](crate::port::Accounts::past).
    Past(Call<'a, Past, T>),
    /// Adds an attempt: see [`Attempts::insert`](crate::port::Attempts::insert).
    Insert(Call<'a, Insert, T>),
    /// Loads an attempt: see [`Attempts::load`](crate::port::Attempts::load).
    LoadAttempt(Call<'a, LoadAttempt, T>),
    /// Replaces an attempt: see [`Attempts::swap`](crate::port::Attempts::swap).
    Swap(Call<'a, Swap, T>),
    /// Lists the attempts of an account: see [`Attempts::list`](crate::port::Attempts::list).
    ListAttempts(Call<'a, ListAttempts, T>),
    /// Deletes the attempts of an account: see [`Attempts::erase`](crate::port::Attempts::erase).
    EraseAttempts(Call<'a, EraseAttempts, T>),
    /// Lists crashed commits: see [`Attempts::unfinished`](crate::port::Attempts::unfinished).
    Unfinished(Call<'a, Unfinished, T>),
    /// Deletes old attempts: see [`Attempts::purge`](crate::port::Attempts::purge).
    PurgeAttempts(Call<'a, PurgeAttempts, T>),
    /// Raises a counter: see [`Counters::count`](crate::port::Counters::count).
    Count(Call<'a, Count, T>),
    /// Deletes old counters: see [`Counters::purge`](crate::port::Counters::purge).
    PurgeCounters(Call<'a, PurgeCounters, T>),
    /// Adds to the queue: see [`Queue::push`](crate::port::Queue::push).
    Push(Call<'a, QueueEntry, T>),
    /// Claims from the queue: see [`Queue::claim`](crate::port::Queue::claim).
    Claim(Call<'a, Claim, T>),
    /// Deletes from the queue: see [`Queue::done`](crate::port::Queue::done).
    Finish(Call<'a, Finish, T>),
    /// Puts an entry off: see [`Queue::retry`](crate::port::Queue::retry).
    PutOff(Call<'a, PutOff, T>),
    /// Deletes the entries of an attempt: see [`Queue::erase`](crate::port::Queue::erase).
    EraseEntries(Call<'a, EraseEntries, T>),
    /// Delivers a message: see [`Notifier::deliver`](crate::port::Notifier::deliver).
    Deliver(Call<'a, Message, T>),
    /// The operation is over, with this result.
    Done(T),
}

/// One question to a port, and the operation that waits for the answer.
#[must_use]
pub struct Call<'a, Q: Ask, T> {
    question: Q,
    operation: Operation<'a, T>,
}

impl<'a, Q: Ask, T> Call<'a, Q, T> {
    /// What is asked.
    #[must_use]
    pub const fn question(&self) -> &Q {
        &self.question
    }

    /// Goes on with the answer of the port, or with its error.
    pub fn reply(self, answer: Result<Q::Answer, PortError>) -> Step<'a, T> {
        self.operation.reply::<Q>(answer)
    }

    /// Answers the question at once, for ports that do not wait: `?` in `port` makes an error of the
    /// port of any error.
    pub fn answer(self, port: impl FnOnce(&Q) -> Result<Q::Answer, PortError>) -> Step<'a, T> {
        let answer = port(&self.question);
        self.reply(answer)
    }
}

impl<Q: Ask + fmt::Debug, T> fmt::Debug for Call<'_, Q, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.question.fmt(f)
    }
}

/// A question to a port. This crate implements it for all there are.
pub trait Ask: question::Exchanged {
    /// The port that is asked.
    const PORT: Port;

    /// What the port answers.
    type Answer: Send + 'static;
}

/// Which accounts to find.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Find {
    /// By what.
    pub lookup: Lookup,
}

impl Find {
    /// The accounts of a whole table that are found.
    pub fn among<'a>(&self, rows: impl IntoIterator<Item = &'a Account>) -> Vec<Account> {
        rows.into_iter().filter(|row| self.lookup.names(row)).cloned().collect()
    }
}

/// Which account to load.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadAccount {
    /// By its id.
    pub id: AccountId,
}

/// Whose earlier passwords to read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Past {
    /// The account.
    pub id: AccountId,
    /// The most passwords.
    pub limit: u32,
}

/// Which row to add.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Insert {
    /// The row.
    pub row: Arc<AttemptRow>,
}

/// Which attempt to load.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadAttempt {
    /// By its id.
    pub id: AttemptId,
}

/// Which row to replace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Swap {
    /// The row as it was read.
    pub seen: Arc<AttemptRow>,
    /// The row to put in its place.
    pub next: Arc<AttemptRow>,
}

impl Swap {
    /// Replaces a row that is locked, where it has the seal of `seen` or is `next` already; whether it
    /// is `next` now.
    #[must_use]
    pub fn apply_to(&self, row: Option<&mut AttemptRow>) -> bool {
        let seals = [self.seen.seal(), self.next.seal()];
        row.filter(|row| seals.contains(&row.seal()))
            .map(|row| row.clone_from(&self.next))
            .is_some()
    }
}

/// Whose attempts to list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListAttempts {
    /// The account within its scope.
    pub subject: SubjectId,
}

impl ListAttempts {
    /// The attempts out of all rows.
    pub fn among<'a>(&self, rows: impl IntoIterator<Item = &'a AttemptRow>) -> Vec<AttemptRow> {
        rows.into_iter().filter(|row| row.subject() == self.subject).cloned().collect()
    }
}

/// Whose attempts to delete.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EraseAttempts {
    /// The account within its scope.
    pub subject: SubjectId,
}

impl EraseAttempts {
    /// Whether a row is one of them.
    #[must_use]
    pub fn names(&self, row: &AttemptRow) -> bool {
        row.subject() == self.subject
    }
}

/// Which page of crashed commits to list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// The last id of the page before.
    pub after: Option<AttemptId>,
    /// The most rows.
    pub limit: u32,
}

impl Unfinished {
    /// The page out of all rows, in any order.
    pub fn among<'a>(
        &self,
        rows: impl IntoIterator<Item = &'a AttemptRow>,
        now: UtcDateTime,
    ) -> Vec<AttemptRow> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let rows = rows.into_iter().filter(|row| Some(row.id()) > self.after.as_ref());
        let mut rows: Vec<_> = rows.filter(|row| row.is_unfinished(now)).collect();
        rows.sort_by_key(|row| row.id());
        rows.into_iter().take(limit).cloned().collect()
    }
}

/// That old attempts are to be deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PurgeAttempts;

/// Which counter to raise.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Count {
    /// The counter.
    pub key: ThrottleKey,
    /// The quota that it is counted for.
    pub quota: Quota,
    /// What is counted only once.
    pub once: Option<Once>,
}

impl Count {
    /// Raises the counter of the key, which is locked.
    #[must_use]
    pub fn apply_to(&self, counter: &mut Counter, now: UtcDateTime) -> Counted {
        counter.raise(self.key, self.quota, self.once, now)
    }
}

/// That old counters are to be deleted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PurgeCounters;

/// Whose entries to delete from the queue.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EraseEntries {
    /// The attempt.
    pub id: AttemptId,
}

impl EraseEntries {
    /// Whether an entry is one of them.
    #[must_use]
    pub fn names(&self, entry: &Waiting) -> bool {
        *entry.entry().key().id() == self.id
    }
}

/// Which entry of the queue is done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finish {
    /// The entry.
    pub key: QueueKey,
    /// The token of the claim.
    pub token: ClaimToken,
}

impl Finish {
    /// Whether the entry, which is locked, can be deleted: the token still holds it.
    #[must_use]
    pub fn applies_to(&self, entry: Option<&Waiting>) -> bool {
        entry.is_some_and(|entry| entry.is_held_by(&self.token))
    }
}

/// Which entry of the queue to put off.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PutOff {
    /// The entry.
    pub key: QueueKey,
    /// The token of the claim.
    pub token: ClaimToken,
    /// When it is due again.
    pub due: UtcDateTime,
}

impl PutOff {
    /// Puts off an entry that is locked; whether the token still held it.
    #[must_use]
    pub fn apply_to(&self, entry: Option<&mut Waiting>) -> bool {
        entry.is_some_and(|entry| entry.put_off(&self.token, self.due))
    }
}
