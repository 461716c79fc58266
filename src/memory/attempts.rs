use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use time::UtcDateTime;

use super::{Full, lock, number};
use crate::attempt::{AttemptId, AttemptRow, SubjectId};
use crate::port::{Attempts, Inserted, PortError};

/// A table of attempts in memory, bounded: when it is full, new attempts are refused.
#[derive(Debug)]
pub struct MemoryAttempts {
    table: Mutex<Table>,
    max_rows: usize,
}

#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<AttemptId, AttemptRow>,
    by_subject: BTreeSet<(SubjectId, AttemptId)>,
    /// Before this moment a sweep would free nothing.
    swept_until: Option<UtcDateTime>,
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
        if table.rows.len() >= self.max_rows && table.swept_until.is_none_or(|until| now >= until) {
            table.sweep(now);
            table.swept_until = table.rows.values().map(AttemptRow::keep_until).min();
        }
        if table.rows.len() >= self.max_rows {
            return Err(Full.into());
        }
        table.swept_until = table.swept_until.map(|until| until.min(row.keep_until()));
        table.by_subject.insert((row.subject(), *row.id()));
        table.rows.insert(*row.id(), row.clone());
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
        match table.rows.get_mut(seen.id()) {
            Some(row) if row.seal() == seen.seal() => {
                *row = next.clone();
                table.swept_until = table.swept_until.map(|until| until.min(next.keep_until()));
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
        let rows = table.rows.values().filter(|row| after.is_none_or(|after| row.id() > after));
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
        for id in &ids {
            table.rows.remove(id);
            table.by_subject.remove(&(*subject, *id));
        }
        Ok(number(ids.len()))
    }
}

impl Table {
    fn ids_of(&self, subject: &SubjectId) -> impl Iterator<Item = AttemptId> {
        let first = (*subject, AttemptId::from_bytes([0; 20]));
        let last = (*subject, AttemptId::from_bytes([0xff; 20]));
        self.by_subject.range(first..=last).map(|(_, id)| *id)
    }

    fn sweep(&mut self, now: UtcDateTime) {
        self.rows.retain(|_, row| !row.is_over(now));
        self.by_subject.retain(|(_, id)| self.rows.contains_key(id));
    }
}
