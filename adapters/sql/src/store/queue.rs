use repass::attempt::AttemptId;
use repass::port::{PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use repass::time::UtcDateTime;

use super::Store;
use crate::query::AnswerError;
use crate::{Driver, QueueColumns, Value, latest_due, micros, queue_entry};

impl<D: Driver> Queue for Store<D> {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        let columns = QueueColumns::new(entry);
        let key = [Value::blob(&columns.attempt), Value::blob(&columns.key)];
        let mut values = key.to_vec();
        values.extend([
            Value::integer(columns.kind),
            Value::blob(&columns.scope),
            Value::blob(columns.bytes),
            Value::integer(micros(now)),
            Value::integer(self.max_requests),
        ]);
        let queue = &self.statements.queue;
        if self.run(&queue.push, values).await?.count() == 1 {
            return Ok(Pushed::Done);
        }
        let exists = self.run(&queue.exists, key).await?.into_row();
        Ok(if exists.is_some() { Pushed::Exists } else { Pushed::Full })
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        let values = [
            Value::blob(claim.token().as_bytes()),
            Value::integer(micros(claim.until())),
            Value::blob(claim.scope().as_bytes()),
            Value::integer(micros(now)),
            Value::integer(claim.limit()),
            Value::integer(latest_due(now)),
        ];
        let answer = self.run(&self.statements.queue.claim, values).await?;
        let rows = answer.into_rows().into_iter().map(|mut row| {
            let order = (row.integer()?, row.integer()?, row.blob()?);
            Ok((order, row.blob()?, row.blob()?, row.integer()?))
        });
        let mut rows = rows.collect::<Result<Vec<_>, AnswerError>>()?;
        rows.sort_unstable();
        let entries = rows
            .into_iter()
            .map(|((_, _, key), scope, bytes, tries)| queue_entry(&key, &scope, bytes, tries));
        // An entry that cannot be read holds up no other; it comes again when its lease is over.
        Ok(entries.filter_map(Result::ok).collect())
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let [attempt, key] = columns(key);
        let values = [attempt, key, Value::blob(token.as_bytes())];
        Ok(self.run(&self.statements.queue.done, values).await?.count() == 1)
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let [attempt, key] = columns(key);
        let values = [attempt, key, Value::blob(token.as_bytes()), Value::integer(micros(due))];
        Ok(self.run(&self.statements.queue.retry, values).await?.count() == 1)
    }

    async fn erase(&self, id: &AttemptId, _now: UtcDateTime) -> Result<u64, PortError> {
        let values = [Value::blob(id.as_bytes())];
        Ok(self.run(&self.statements.queue.erase, values).await?.count())
    }
}

/// The two columns of the primary key.
fn columns(key: &QueueKey) -> [Value; 2] {
    [Value::blob(key.id().as_bytes()), Value::blob(&key.to_bytes())]
}
