use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::port::{Attempts, Inserted, PortError};
use repass::time::UtcDateTime;
use repass_sql::AttemptColumns;
use repass_sql::sqlite::attempts as sql;

use crate::SqliteStore;

impl Attempts for SqliteStore {
    async fn insert(&self, row: &AttemptRow, _now: UtcDateTime) -> Result<Inserted, PortError> {
        let row = AttemptColumns::new(row);
        let done = sqlx::query(sql::INSERT)
            .bind(row.id.to_vec())
            .bind(row.seal.to_vec())
            .bind(row.subject.to_vec())
            .bind(row.stage)
            .bind(row.expires_at)
            .bind(row.lease_until)
            .bind(row.keep_until)
            .bind(row.bytes)
            .execute(&self.pool)
            .await?;
        Ok(if done.rows_affected() == 1 { Inserted::Done } else { Inserted::Exists })
    }

    async fn load(
        &self,
        id: &AttemptId,
        _now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar(sql::LOAD)
            .bind(id.as_bytes().to_vec())
            .fetch_optional(&self.pool)
            .await?;
        Ok(bytes.map(|bytes| AttemptRow::from_bytes(&bytes)).transpose()?)
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let row = AttemptColumns::new(next);
        let done = sqlx::query(sql::SWAP)
            .bind(seen.id().as_bytes().to_vec())
            .bind(seen.seal().to_vec())
            .bind(row.seal.to_vec())
            .bind(row.stage)
            .bind(row.expires_at)
            .bind(row.lease_until)
            .bind(row.keep_until)
            .bind(row.bytes)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn list(
        &self,
        subject: &SubjectId,
        _now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(sql::LIST)
            .bind(subject.as_bytes().to_vec())
            .fetch_all(&self.pool)
            .await?;
        // A row that something else has altered hides no other.
        Ok(rows.iter().filter_map(|bytes| AttemptRow::from_bytes(bytes).ok()).collect())
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let mut after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        loop {
            let page: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(sql::UNFINISHED)
                .bind(now.unix_timestamp())
                .bind(later(now, AttemptRow::LONGEST_LEASE))
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
            let Some((last, _)) = page.last() else { return Ok(Vec::new()) };
            after = last.clone();
            let rows = page.iter().filter_map(|(_, bytes)| AttemptRow::from_bytes(bytes).ok());
            let rows: Vec<_> = rows.collect();
            // An empty page would end the search, so one of altered rows alone is passed over.
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let done = sqlx::query(sql::PURGE)
            .bind(now.unix_timestamp())
            .bind(later(now, AttemptRow::LONGEST_KEPT))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    async fn erase(&self, subject: &SubjectId, _now: UtcDateTime) -> Result<u64, PortError> {
        let done =
            sqlx::query(sql::ERASE).bind(subject.as_bytes().to_vec()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}

fn later(now: UtcDateTime, by: core::time::Duration) -> i64 {
    now.unix_timestamp().saturating_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX))
}
