use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;

use time::UtcDateTime;

use super::{Full, lock, number};
use crate::attempt::{AttemptId, AttemptRow, Stage, SubjectId};
use crate::clock::{moment, seconds};
use crate::port::{Attempts, Inserted, PortError};

/// A table of attempts in memory, bounded: when it is full, new attempts are refused.
///
/// The work of a call depends on what it returns or deletes, and on the number of rows only
/// logarithmically.
#[derive(Debug)]
pub struct MemoryAttempts {
    table: Mutex<Table>,
    max_rows: usize,
}

#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<AttemptId, AttemptRow>,
    by_subject: BTreeSet<(SubjectId, AttemptId)>,
    /// By the moment until which they are kept.
    by_end: BTreeSet<(UtcDateTime, AttemptId)>,
    running: BTreeSet<AttemptId>,
}

impl MemoryAttempts {
    /// How many attempts a new table holds at most.
    pub const DEFAULT_MAX_ROWS: usize = 100_000;

    /// An empty table of at most `max_rows` attempts.
    #[must_use]
    pub fn with_max_rows(max_rows: usize) -> Self {
        Self { table: Mutex::default(), max_rows }
    }

    /// All rows, as a database would keep them.
    #[must_use]
    pub fn dump(&self) -> Vec<Vec<u8>> {
        lock(&self.table).rows.values().map(AttemptRow::to_bytes).collect()
    }
}

/// An empty table of [`MemoryAttempts::DEFAULT_MAX_ROWS`].
impl Default for MemoryAttempts {
    fn default() -> Self {
        Self::with_max_rows(Self::DEFAULT_MAX_ROWS)
    }
}

impl Attempts for MemoryAttempts {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        let mut table = lock(&self.table);
        if table.rows.contains_key(row.id()) {
            return Ok(Inserted::Exists);
        }
        if table.rows.len() >= self.max_rows {
            table.sweep(now);
        }
        if table.rows.len() >= self.max_rows {
            return Err(Full.into());
        }
        table.add(row.clone());
        Ok(Inserted::Done)
    }

    async fn load(
        &self,
        id: &AttemptId,
        _now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        Ok(lock(&self.table).rows.get(id).cloned())
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut table = lock(&self.table);
        match table.rows.get(seen.id()) {
            Some(row) if row.seal() == seen.seal() => {
                table.replace(next);
                Ok(true)
            }
            Some(row) => Ok(row.seal() == next.seal()),
            None => Ok(false),
        }
    }

    async fn list(
        &self,
        subject: &SubjectId,
        _now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let table = lock(&self.table);
        let rows = table.ids_of(subject).filter_map(|id| table.rows.get(&id));
        Ok(rows.cloned().collect())
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let table = lock(&self.table);
        let first = after.map_or(Bound::Unbounded, |after| Bound::Excluded(*after));
        let running = table.running.range((first, Bound::Unbounded));
        let rows = running.filter_map(|id| table.rows.get(id));
        Ok(rows.filter(|row| row.is_unfinished(now)).take(limit).cloned().collect())
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let mut table = lock(&self.table);
        let before = table.rows.len();
        table.sweep(now);
        Ok(number(before.saturating_sub(table.rows.len())))
    }

    async fn erase(&self, subject: &SubjectId, _now: UtcDateTime) -> Result<u64, PortError> {
        let mut table = lock(&self.table);
        let ids: Vec<AttemptId> = table.ids_of(subject).collect();
        ids.iter().for_each(|id| table.remove(id));
        Ok(number(ids.len()))
    }
}

impl Table {
    fn ids_of(&self, subject: &SubjectId) -> impl Iterator<Item = AttemptId> {
        let first = (*subject, AttemptId::from_bytes([0; 20]));
        let last = (*subject, AttemptId::from_bytes([0xff; 20]));
        self.by_subject.range(first..=last).map(|(_, id)| *id)
    }

    fn add(&mut self, row: AttemptRow) {
        let id = *row.id();
        self.by_subject.insert((row.subject(), id));
        self.by_end.insert((row.keep_until(), id));
        if row.stage() == Stage::Running {
            self.running.insert(id);
        }
        self.rows.insert(id, row);
    }

    /// Puts `next` in the place of the row of its id. The account of an attempt never changes.
    fn replace(&mut self, next: &AttemptRow) {
        let id = *next.id();
        let Some(row) = self.rows.get_mut(&id) else { return };
        if row.keep_until() != next.keep_until() {
            self.by_end.remove(&(row.keep_until(), id));
            self.by_end.insert((next.keep_until(), id));
        }
        if next.stage() == Stage::Running {
            self.running.insert(id);
        } else {
            self.running.remove(&id);
        }
        row.clone_from(next);
    }

    fn remove(&mut self, id: &AttemptId) {
        let Some(row) = self.rows.remove(id) else { return };
        self.by_subject.remove(&(row.subject(), *id));
        self.by_end.remove(&(row.keep_until(), *id));
        self.running.remove(id);
    }

    /// Deletes what is over: what need no longer be kept, and what is kept for too long.
    fn sweep(&mut self, now: UtcDateTime) {
        let kept = seconds(AttemptRow::LONGEST_KEPT);
        let latest = moment(now.unix_timestamp().saturating_add(kept));
        let [first, last] = [[0; 20], [0xff; 20]].map(AttemptId::from_bytes);
        let ended = self.by_end.range(..=(now, last)).map(|(_, id)| *id);
        let too_late = self.by_end.range((latest, first)..).map(|(_, id)| *id);
        let is_over = |id: &AttemptId| self.rows.get(id).is_some_and(|row| row.is_over(now));
        let over: Vec<AttemptId> = ended.chain(too_late).filter(is_over).collect();
        over.iter().for_each(|id| self.remove(id));
    }
}
