//! Judges an implementation of [`Counters`].

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

use super::{
    CALLS, Call, Hooked, Judged, Outcome, Report, Runtime, Stop, at, ensure, race, same, scope,
    shared,
};
use crate::account::AccountId;
use crate::attempt::AttemptId;
use crate::clock::CLOCKS;
use crate::port::{Counters, Port, PortError};
use crate::throttle::{Counted, Once, Quota, ThrottleKey};

clauses! {
    /// A promise of the contract of [`Counters`].
    Counters {
        /// A transaction of the caller that is rolled back does not take a count back.
        CountOutlivesARolledBackTransaction: count_outlives_a_rolled_back_transaction,
        /// Counts that run at the same time all count.
        CountCountsEveryCall: count_counts_every_call,
        /// A counter opens with its first count and ends a period later.
        CounterOpensWithItsFirstCount: counter_opens_with_its_first_count,
        /// A counter that a clock opened which was ahead by more than 120 s opens anew.
        CounterOfAWrongClockOpensAnew: counter_of_a_wrong_clock_opens_anew,
        /// Repeating the same `once` returns the first answer and raises nothing.
        OnceIsCountedOnce: once_is_counted_once,
        /// Key and quota of the answer are those of the question, and keys share nothing.
        CountAnswersForWhatWasAsked: count_answers_for_what_was_asked,
        /// A store that is full forgets no counter.
        CountersAreNotEvicted: counters_are_not_evicted,
        /// `purge` spares a counter until 120 s after its end.
        PurgeSparesOpenCounters: purge_spares_open_counters,
    }
}

/// What the suite needs of an adapter.
pub trait Fixture: Runtime {
    /// The implementation to judge.
    type Port: Counters + 'static;

    /// Two independent handles on one new, empty store: two connections or pools, where there are
    /// such.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the store.
    fn open(&self) -> impl Future<Output = Result<[Self::Port; 2], PortError>> + Send;

    /// The same for a store that has place for fewer than 64 counters of accounts; `None` where stores
    /// have no bound.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the store.
    fn open_small(
        &self,
    ) -> impl Future<Output = Result<Option<[Self::Port; 2]>, PortError>> + Send {
        core::future::ready(Ok(None))
    }

    /// Opens a transaction as a caller of the port has one, where possible on the same pool, carries
    /// the call out while it is open, and rolls the transaction back: the answer of the call.
    ///
    /// # Errors
    ///
    /// Any error of the transaction or of the call.
    fn rolled_back(
        &self,
        counters: &Self::Port,
        call: Call<Result<Counted, PortError>>,
    ) -> impl Future<Output = Result<Hooked<Counted>, PortError>> + Send {
        let _ = (counters, call);
        core::future::ready(Ok(Hooked::Missing))
    }
}

async fn count_outlives_a_rolled_back_transaction<F: Fixture>(fixture: &F) -> Judged {
    let ports = shared(fixture.open().await?);
    let [one, other] = &ports;
    let key = key(1)?;
    same("the first count", count(other, &key, 0).await?, 1)?;
    let port = Arc::clone(one);
    let call = Box::pin(async move { port.count(&key, QUOTA, None, at(1)).await });
    let Hooked::Done(counted) = fixture.rolled_back(one, call).await? else {
        return Err(Stop::Missing("the fixture opens no transaction of a caller"));
    };
    same("the count within a transaction", counted.number(), 2)?;
    same("the count after the transaction was rolled back", count(other, &key, 2).await?, 3)
}

async fn count_counts_every_call<F: Fixture>(fixture: &F) -> Judged {
    let ports = shared(fixture.open().await?);
    // The counter is new in the first round and open in the second.
    for before in [0, u32::from(CALLS)] {
        let counted = race(fixture, &ports, move |port, _| {
            Box::pin(async move { count(&port, &key(1)?, 0).await })
        });
        let mut numbers = counted.await?;
        numbers.sort_unstable();
        let right: Vec<u32> =
            (1..=u32::from(CALLS)).map(|number| before.saturating_add(number)).collect();
        same("the answers of counts at once, in order", numbers, right)?;
    }
    Ok(())
}

async fn counter_opens_with_its_first_count<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let key = key(1)?;
    let mut say = Vec::new();
    for second in [0, 1, LAST] {
        let counted = other.count(&key, QUOTA, None, at(second)).await?;
        say.push((counted.number(), counted.ends_at()));
    }
    let end = at(PERIOD);
    same("number and end of the first three counts", say, [(1, end), (2, end), (3, end)].into())?;
    let counted = one.count(&key, QUOTA, None, end).await?;
    let right = (1, QUOTA.ends_at(end));
    same("number and end of a count at the end", (counted.number(), counted.ends_at()), right)
}

async fn counter_of_a_wrong_clock_opens_anew<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let year = 365 * 86_400;
    for (number, ahead) in (1..).zip([CLOCKS.saturating_add(1), 86_400, year]) {
        let key = key(number)?;
        for _ in 0..2 {
            count(&one, &key, ahead).await?;
        }
        let counted = other.count(&key, QUOTA, None, at(0)).await?;
        let what = format!("number and end of a count after two by a clock {ahead} s ahead");
        same(&what, (counted.number(), counted.ends_at()), (1, at(PERIOD)))?;
        same("the count after that", count(&one, &key, 1).await?, 2)?;
    }
    let key = key(9)?;
    count(&one, &key, CLOCKS).await?;
    let what = format!("a count after one by a clock {CLOCKS} s ahead");
    same(&what, count(&other, &key, 0).await?, 2)
}

async fn once_is_counted_once<F: Fixture>(fixture: &F) -> Judged {
    let ports = shared(fixture.open().await?);
    let [one, other] = &ports;
    let (first, second) = (once(1, 1), once(1, 2));
    let question = [
        (one, 1, Some(&first), 1, "the first count, which is marked"),
        (other, 1, Some(&first), 1, "its repeat"),
        (one, 1, Some(&second), 2, "a count with another mark"),
        (other, 1, None, 3, "a count without a mark"),
        (other, 1, Some(&first), 1, "a later repeat of the first count"),
        (one, 1, Some(&second), 2, "a later repeat of the second count"),
        (one, 1, Some(&once(2, 1)), 4, "a count for another attempt"),
        (one, 2, None, 1, "a count without a mark of another key"),
        (one, 2, Some(&first), 2, "a count with the first mark of another key"),
    ];
    for (port, number, once, right, what) in question {
        let counted = port.count(&key(number)?, QUOTA, once, at(1)).await?;
        same(what, (counted.number(), counted.ends_at()), (right, at(PERIOD.saturating_add(1))))?;
    }
    let counted = race(fixture, &ports, |port, _| {
        Box::pin(async move {
            Ok(port.count(&key(3)?, QUOTA, Some(&once(3, 1)), at(0)).await?.number())
        })
    });
    let right: Vec<u32> = core::iter::repeat_n(1, usize::from(CALLS)).collect();
    same("the answers of one marked count, many times at once", counted.await?, right)?;
    same("the count after that", count(one, &key(3)?, 0).await?, 2)?;
    let counted = other.count(&key(3)?, QUOTA, Some(&once(3, 2)), at(PERIOD)).await?;
    same("a marked count in the next period", counted.number(), 1)?;
    let counted = other.count(&key(3)?, QUOTA, Some(&once(3, 1)), at(PERIOD)).await?;
    same("a mark of the period before", counted.number(), 2)
}

async fn count_answers_for_what_was_asked<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    let scope = scope();
    let account = AccountId::new("1").map_err(PortError::from)?;
    let keys = [
        ThrottleKey::account(&scope, "guesses", &account),
        ThrottleKey::account(&scope, "sign_ins", &account),
        ThrottleKey::attempt(&scope, "guesses", &AttemptId::from_bytes([1; 20])),
        key(2)?,
    ];
    let quotas = [QUOTA, Quota::new(3, Duration::from_secs(600))];
    for (key, quota) in keys.iter().zip(quotas.iter().cycle()) {
        let counted = one.count(key, *quota, None, at(0)).await?;
        same("the key of the answer", *counted.key(), *key)?;
        same("the quota of the answer", counted.quota(), *quota)?;
        same(
            "the first count of a key",
            (counted.number(), counted.ends_at()),
            (1, quota.ends_at(at(0))),
        )?;
    }
    for (key, quota) in keys.iter().zip(quotas.iter().cycle()) {
        let counted = other.count(key, *quota, None, at(0)).await?;
        same("the second count of a key", counted.number(), 2)?;
    }
    Ok(())
}

async fn counters_are_not_evicted<F: Fixture>(fixture: &F) -> Judged {
    let Some([one, other]) = fixture.open_small().await? else {
        return Err(Stop::Missing("the fixture opens no small store"));
    };
    let mut counted = Vec::new();
    for second in [0, 1] {
        for number in 1..=64 {
            // An error is a right answer of a full store, and so is a counter that several keys share.
            if let Ok(first) = one.count(&key(number)?, QUOTA, None, at(second)).await {
                counted.push((number, first.number()));
            }
        }
    }
    ensure(!counted.is_empty(), "a small store counts nothing at all")?;
    for (number, before) in counted {
        let Ok(after) = other.count(&key(number)?, QUOTA, None, at(2)).await else { continue };
        if after.number() <= before {
            let after = after.number();
            let fact =
                format!("counter {number} of a store that was filled: {after} after {before}");
            return Err(Stop::Broken(fact));
        }
    }
    Ok(())
}

async fn purge_spares_open_counters<F: Fixture>(fixture: &F) -> Judged {
    let [one, other] = fixture.open().await?;
    for (number, second) in
        (1..).zip([1, LAST, PERIOD, PERIOD.saturating_add(CLOCKS).saturating_sub(1)])
    {
        let key = key(number)?;
        count(&one, &key, 0).await?;
        count(&one, &key, 0).await?;
        other.purge(at(second)).await?;
        let what = format!("a count by a slow clock after purge {second} s after a counter opened");
        same(&what, count(&one, &key, LAST).await?, 3)?;
    }
    Ok(())
}

/// An hour, in seconds.
const PERIOD: i64 = 3600;
/// The last second of a counter.
const LAST: i64 = PERIOD - 1;
const QUOTA: Quota = Quota::new(100, Duration::from_secs(3600));

fn key(number: u8) -> Result<ThrottleKey, PortError> {
    Ok(ThrottleKey::account(&scope(), "guesses", &AccountId::new(&number.to_string())?))
}

fn once(attempt: u8, send: u32) -> Once {
    Once::new(&AttemptId::from_bytes([attempt; 20]), send)
}

async fn count<P: Counters>(port: &P, key: &ThrottleKey, second: i64) -> Result<u32, PortError> {
    Ok(port.count(key, QUOTA, None, at(second)).await?.number())
}
