use repass::port::{Counters, PortError};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;
use repass_sql::sqlite::counters as sql;
use repass_sql::{CounterValues, counter_purge_bounds, counter_said};

use crate::SqliteStore;

impl Counters for SqliteStore {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let values = CounterValues::new(key, quota, once, now);
        let (number, ends_at): (i64, i64) = sqlx::query_as(sql::COUNT)
            .bind(values.key.to_vec())
            .bind(values.ends_at)
            .bind(values.now)
            .bind(values.latest_end)
            .bind(values.once)
            .bind(values.max)
            .fetch_one(&self.counters)
            .await?;
        Ok(counter_said(key, quota, number, ends_at))
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let (ended, wrong) = counter_purge_bounds(now);
        let done = sqlx::query(sql::PURGE).bind(ended).bind(wrong).execute(&self.counters).await?;
        Ok(done.rows_affected())
    }
}
