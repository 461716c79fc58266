use repass::port::{Counters, PortError};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use super::{Store, one};
use crate::{CounterValues, Driver, Value, counter_purge_bounds, counter_said};

impl<D: Driver> Counters for Store<D> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let values = CounterValues::new(key, quota, once, now);
        let values = [
            Value::blob(&values.key),
            Value::integer(values.ends_at),
            Value::integer(values.now),
            Value::integer(values.latest_end),
            Value::Text(values.once),
            Value::integer(values.max),
        ];
        let mut row = one(self.run(&self.statements.counters.count, values).await?)?;
        Ok(counter_said(key, quota, row.integer()?, row.integer()?))
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        let (ended, wrong) = counter_purge_bounds(now);
        Self::purge(self, &self.statements.counters.purge, ended, wrong).await
    }
}
