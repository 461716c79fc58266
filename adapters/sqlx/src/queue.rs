use repass::attempt::AttemptId;
use repass::port::{PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::time::UtcDateTime;
use repass_sql::sqlite::queue as sql;
use repass_sql::{QueueColumns, latest_due, micros, queue_entry};

use crate::SqliteStore;

impl Queue for SqliteStore {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        let columns = QueueColumns::new(entry);
        let key = columns.key.to_vec();
        let done = sqlx::query(sql::PUSH)
            .bind(key.clone())
            .bind(columns.kind)
            .bind(columns.attempt.to_vec())
            .bind(columns.scope.to_vec())
            .bind(columns.bytes.to_vec())
            .bind(micros(now))
            .bind(i64::from(self.max_requests))
            .execute(&self.pool)
            .await?;
        if done.rows_affected() == 1 {
            return Ok(Pushed::Done);
        }
        let exists = sqlx::query(sql::EXISTS).bind(key).fetch_optional(&self.pool).await?;
        Ok(if exists.is_some() { Pushed::Exists } else { Pushed::Full })
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        type Row = (i64, i64, Vec<u8>, Vec<u8>, Vec<u8>, i64);
        let mut rows: Vec<Row> = sqlx::query_as(sql::CLAIM)
            .bind(claim.token().as_bytes().to_vec())
            .bind(micros(claim.until()))
            .bind(claim.scope().as_bytes().to_vec())
            .bind(micros(now))
            .bind(i64::from(claim.limit()))
            .bind(latest_due(now))
            .fetch_all(&self.pool)
            .await?;
        rows.sort_unstable();
        let entries = rows
            .into_iter()
            .map(|(_, _, key, scope, bytes, tries)| queue_entry(&key, &scope, bytes, tries));
        // An entry that cannot be read holds up no other; it comes again when its lease is over.
        Ok(entries.filter_map(Result::ok).collect())
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let done = sqlx::query(sql::DONE)
            .bind(key.to_bytes().to_vec())
            .bind(token.as_bytes().to_vec())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let done = sqlx::query(sql::RETRY)
            .bind(key.to_bytes().to_vec())
            .bind(token.as_bytes().to_vec())
            .bind(micros(due))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn erase(&self, id: &AttemptId, _now: UtcDateTime) -> Result<u64, PortError> {
        let done = sqlx::query(sql::ERASE).bind(id.as_bytes().to_vec()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
