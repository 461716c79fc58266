use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use pollster::block_on;
use repass::conformance::counters::{self, Clause, Fixture};
use repass::conformance::{Call, Hooked, Runtime};
use repass::port::{Counters, PortError};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::pause;

/// What is wrong with the counters.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    ACounterInTheCallersTransaction,
    CountThatReadsFirst,
    NeverEnds,
    EndsLate,
    TrustsAClockAYearAhead,
    OnceIgnored,
    OnceThatRaises,
    AnswersForAnotherKey,
    Eviction,
    PurgeOnTheDot,
}

const BROKEN: [(Fault, Clause); 10] = [
    (Fault::ACounterInTheCallersTransaction, Clause::CountOutlivesARolledBackTransaction),
    (Fault::CountThatReadsFirst, Clause::CountCountsEveryCall),
    (Fault::NeverEnds, Clause::CounterOpensWithItsFirstCount),
    (Fault::EndsLate, Clause::CounterOpensWithItsFirstCount),
    (Fault::TrustsAClockAYearAhead, Clause::CounterOfAWrongClockOpensAnew),
    (Fault::OnceIgnored, Clause::OnceIsCountedOnce),
    (Fault::OnceThatRaises, Clause::OnceIsCountedOnce),
    (Fault::AnswersForAnotherKey, Clause::CountAnswersForWhatWasAsked),
    (Fault::Eviction, Clause::CountersAreNotEvicted),
    (Fault::PurgeOnTheDot, Clause::PurgeSparesOpenCounters),
];

#[derive(Clone)]
struct Counter {
    number: u32,
    ends_at: UtcDateTime,
    once: BTreeMap<Once, u32>,
}

type Rows = BTreeMap<ThrottleKey, Counter>;

struct Table {
    rows: Arc<Mutex<Rows>>,
    max: usize,
    fault: Fault,
}

impl Table {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }
}

impl Counters for Table {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let read = self.rows().get(key).cloned();
        pause().await;
        let mut rows = self.rows();
        // A marked count is one statement here, so that one clause alone is broken.
        let first = self.fault == Fault::CountThatReadsFirst && once.is_none();
        let seen = if first { read } else { rows.get(key).cloned() };
        let open = seen.filter(|counter| match self.fault {
            // A marked count ends, so that one clause alone is broken.
            Fault::NeverEnds if once.is_none() => {
                counter.ends_at.unix_timestamp() <= quota.ends_at(now).unix_timestamp() + 120
            }
            Fault::TrustsAClockAYearAhead => now < counter.ends_at,
            _ => quota.is_open(counter.ends_at, now),
        });
        if rows.len() >= self.max && !rows.contains_key(key) {
            if self.fault != Fault::Eviction {
                return Err(std::io::Error::other("full").into());
            }
            rows.pop_first();
        }
        let fresh = Counter { number: 0, ends_at: quota.ends_at(now), once: BTreeMap::new() };
        let mut counter = open.unwrap_or(fresh);
        let known = once.and_then(|once| counter.once.get(once)).copied();
        let known = known.filter(|_| self.fault != Fault::OnceIgnored);
        if known.is_none() || self.fault == Fault::OnceThatRaises {
            counter.number += 1;
        }
        let number = known.unwrap_or(counter.number);
        if let Some(once) = once {
            counter.once.entry(*once).or_insert(number);
        }
        if self.fault == Fault::EndsLate && once.is_none() && counter.number == 3 {
            counter.ends_at = quota.ends_at(now);
        }
        let ends_at = counter.ends_at;
        rows.insert(*key, counter);
        let other =
            rows.keys().next().copied().filter(|_| self.fault == Fault::AnswersForAnotherKey);
        Ok(Counted::new(other.unwrap_or(*key), quota, number, ends_at))
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let allowed = if self.fault == Fault::PurgeOnTheDot { 0 } else { 120 };
        let ended = now.unix_timestamp() - allowed;
        self.rows().retain(|_, counter| counter.ends_at.unix_timestamp() > ended);
        Ok(0)
    }
}

impl Runtime for Fault {}

impl Fixture for Fault {
    type Port = Table;

    async fn open(&self) -> Result<[Table; 2], PortError> {
        Ok(tables(*self, usize::MAX))
    }

    async fn open_small(&self) -> Result<Option<[Table; 2]>, PortError> {
        Ok(Some(tables(*self, 5)))
    }

    async fn rolled_back(
        &self,
        counters: &Table,
        call: Call<Result<Counted, PortError>>,
    ) -> Result<Hooked<Counted>, PortError> {
        let before = counters.rows().clone();
        let counted = call.await?;
        if *self == Fault::ACounterInTheCallersTransaction {
            *counters.rows() = before;
        }
        Ok(Hooked::Done(counted))
    }
}

fn tables(fault: Fault, max: usize) -> [Table; 2] {
    let rows = Arc::new(Mutex::default());
    [Arc::clone(&rows), rows].map(|rows| Table { rows, max, fault })
}

#[test]
fn conformance_of_counters_tells_which_clause_is_broken() {
    let clean = block_on(counters::run(&Fault::None));
    clean.assert_held();
    let mut wrong = String::new();
    for (fault, clause) in BROKEN {
        let report = block_on(counters::run(&fault));
        let broken: Vec<_> = report.broken().map(|outcome| *outcome.clause()).collect();
        if broken != [clause] {
            wrong += &format!("{fault:?}:\n{report}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for clause in Clause::ALL {
        assert!(BROKEN.iter().any(|(_, broken)| *broken == clause), "nothing breaks {clause:?}");
    }
}
