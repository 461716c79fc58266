use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use pollster::block_on;
use repass::attempt::{AttemptId, AttemptRow, Stage, SubjectId};
use repass::conformance::Runtime;
use repass::conformance::attempts::{self, Clause, Fixture};
use repass::port::{Attempts, Inserted, PortError};
use repass::time::UtcDateTime;

use crate::pause;

/// What is wrong with a table of attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    InsertOverwrites,
    LoadFromACache,
    SwapWithoutGuard,
    SwapThatReadsFirst,
    SwapAnswersFalseToItsOwnRepeat,
    UnfinishedForgetsLeasesThatEndNow,
    UnfinishedForgetsWrongClocks,
    APageThatDoesNotAdvance,
    UnfinishedSortsAsText,
    ListWithoutTheSubject,
    ListOfLiveRowsOnly,
    ListWithoutExpiredRows,
    PurgeOnTheDot,
    PurgeKeepsEverything,
    EraseOfEverything,
    EvictionOfTheFirstRow,
}

const BROKEN: [(Fault, Clause); 16] = [
    (Fault::InsertOverwrites, Clause::InsertNeverOverwrites),
    (Fault::LoadFromACache, Clause::LoadReturnsWhatWasWrittenLast),
    (Fault::SwapWithoutGuard, Clause::SwapLetsOneOfTwoSucceed),
    (Fault::SwapThatReadsFirst, Clause::SwapLetsOneOfTwoSucceed),
    (Fault::SwapAnswersFalseToItsOwnRepeat, Clause::SwapAnswersItsOwnRepeat),
    (Fault::UnfinishedForgetsLeasesThatEndNow, Clause::UnfinishedFindsEveryCrashedCommit),
    (Fault::UnfinishedForgetsWrongClocks, Clause::UnfinishedFindsEveryCrashedCommit),
    (Fault::APageThatDoesNotAdvance, Clause::UnfinishedPagesByTheBytesOfTheId),
    (Fault::UnfinishedSortsAsText, Clause::UnfinishedPagesByTheBytesOfTheId),
    (Fault::ListWithoutTheSubject, Clause::ListReturnsTheRowsOfOneSubject),
    (Fault::ListOfLiveRowsOnly, Clause::ListReturnsTheRowsOfOneSubject),
    (Fault::ListWithoutExpiredRows, Clause::ListReturnsTheRowsOfOneSubject),
    (Fault::PurgeOnTheDot, Clause::PurgeSparesWhatIsKept),
    (Fault::PurgeKeepsEverything, Clause::PurgeSparesWhatIsKept),
    (Fault::EraseOfEverything, Clause::EraseDeletesTheRowsOfOneSubject),
    (Fault::EvictionOfTheFirstRow, Clause::RowsAreNotEvicted),
];

type Rows = BTreeMap<AttemptId, AttemptRow>;

struct Table {
    rows: Arc<Mutex<Rows>>,
    /// What this handle loaded first.
    cache: Mutex<Rows>,
    max: usize,
    fault: Fault,
}

impl Table {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }
}

impl Attempts for Table {
    async fn insert(&self, row: &AttemptRow, _now: UtcDateTime) -> Result<Inserted, PortError> {
        pause().await;
        let mut rows = self.rows();
        if rows.contains_key(row.id()) && self.fault != Fault::InsertOverwrites {
            return Ok(Inserted::Exists);
        }
        if rows.len() >= self.max {
            if self.fault != Fault::EvictionOfTheFirstRow {
                return Err(std::io::Error::other("full").into());
            }
            rows.pop_first();
        }
        rows.insert(*row.id(), row.clone());
        Ok(Inserted::Done)
    }

    async fn load(
        &self,
        id: &AttemptId,
        _now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        let row = self.rows().get(id).cloned();
        if self.fault != Fault::LoadFromACache || row.is_none() {
            return Ok(row);
        }
        let mut cache = self.cache.lock().unwrap();
        // Only what is as it was inserted is kept: other clauses load what was changed.
        if row.as_ref().is_some_and(|row| row.account().as_str().len() > 100) {
            return Ok(Some(cache.entry(*id).or_insert(row.unwrap()).clone()));
        }
        Ok(row)
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let read = self.rows().get(seen.id()).cloned();
        pause().await;
        let mut rows = self.rows();
        let current = match self.fault {
            Fault::SwapThatReadsFirst => read,
            _ => rows.get(seen.id()).cloned(),
        };
        let Some(current) = current else { return Ok(false) };
        let own = current.seal() == next.seal();
        let guard = current.seal() == seen.seal() || self.fault == Fault::SwapWithoutGuard;
        if guard {
            rows.insert(*next.id(), next.clone());
        }
        Ok(guard || (own && self.fault != Fault::SwapAnswersFalseToItsOwnRepeat))
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let listed = |row: &&AttemptRow| {
            (row.stage() == Stage::Live || self.fault != Fault::ListOfLiveRowsOnly)
                && (row.expires_at() > now || self.fault != Fault::ListWithoutExpiredRows)
                && (row.subject() == *subject || self.fault == Fault::ListWithoutTheSubject)
        };
        Ok(self.rows().values().filter(listed).cloned().collect())
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let found = |row: &&AttemptRow| match self.fault {
            Fault::UnfinishedForgetsWrongClocks => {
                row.lease_until().is_some_and(|until| until <= now)
            }
            Fault::UnfinishedForgetsLeasesThatEndNow => {
                row.is_unfinished(now) && row.lease_until() != Some(now)
            }
            _ => row.is_unfinished(now),
        };
        // Text in a locale: letters and digits come first, and other characters play no part.
        let order = |id: &AttemptId| match self.fault {
            Fault::UnfinishedSortsAsText => id.as_bytes().map(|byte| byte.wrapping_add(0x80)),
            _ => *id.as_bytes(),
        };
        let mut rows: Vec<_> = self.rows().values().filter(found).cloned().collect();
        rows.sort_by_key(|row| order(row.id()));
        if self.fault != Fault::APageThatDoesNotAdvance {
            rows.retain(|row| after.is_none_or(|after| order(row.id()) > order(after)));
        }
        rows.truncate(limit as usize);
        Ok(rows)
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.rows().retain(|_, row| match self.fault {
            Fault::PurgeOnTheDot => row.expires_at() > now && !row.is_over(now),
            Fault::PurgeKeepsEverything => true,
            _ => !row.is_over(now),
        });
        Ok(0)
    }

    async fn erase(&self, subject: &SubjectId, _now: UtcDateTime) -> Result<u64, PortError> {
        let mut rows = self.rows();
        let before = rows.len();
        let all = self.fault == Fault::EraseOfEverything;
        rows.retain(|_, row| !all && row.subject() != *subject);
        Ok((before - rows.len()) as u64)
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
}

fn tables(fault: Fault, max: usize) -> [Table; 2] {
    let rows = Arc::new(Mutex::default());
    [Arc::clone(&rows), rows].map(|rows| Table { rows, cache: Mutex::default(), max, fault })
}

#[test]
fn conformance_of_attempts_tells_which_clause_is_broken() {
    let clean = block_on(attempts::run(&Fault::None));
    clean.assert_held();
    for (fault, clause) in BROKEN {
        let report = block_on(attempts::run(&fault));
        let broken: Vec<_> = report.broken().map(|outcome| *outcome.clause()).collect();
        assert_eq!(broken, [clause], "{fault:?}:\n{report}");
    }
    for clause in Clause::ALL {
        assert!(BROKEN.iter().any(|(_, broken)| *broken == clause), "nothing breaks {clause:?}");
    }
}
