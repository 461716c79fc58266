use repass::attempt::{AttemptId, AttemptRow, SubjectId};
use repass::port::{Attempts, Inserted, PortError};
use repass::time::UtcDateTime;

use super::Store;
use crate::execute::{Alone, Execute};
use crate::query::AnswerError;
use crate::{AttemptColumns, AttemptStatements, Driver, Query, Value};

impl<D: Driver> Attempts for Store<D> {
    async fn insert(&self, row: &AttemptRow, _now: UtcDateTime) -> Result<Inserted, PortError> {
        insert(&self.statements.attempts, &mut Alone(&self.driver), row).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        _now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        load(&self.statements.attempts, &mut Alone(&self.driver), id).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        swap(&self.statements.attempts, &mut Alone(&self.driver), seen, next).await
    }

    async fn list(
        &self,
        subject: &SubjectId,
        _now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let values = [Value::blob(subject.as_bytes())];
        let answer = self.run(&self.statements.attempts.list, values).await?;
        let rows = answer.into_rows().into_iter();
        let bytes = rows.map(|mut row| row.blob()).collect::<Result<Vec<_>, _>>()?;
        // A row that something else has altered hides no other.
        Ok(bytes.iter().filter_map(|bytes| AttemptRow::from_bytes(bytes).ok()).collect())
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        let mut after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        loop {
            let values = [
                Value::integer(now.unix_timestamp()),
                Value::integer(later(now, AttemptRow::LONGEST_LEASE)),
                Value::Blob(Some(after)),
                Value::integer(limit),
            ];
            let answer = self.run(&self.statements.attempts.unfinished, values).await?;
            let page = answer.into_rows().into_iter();
            let page = page.map(|mut row| Ok((row.blob()?, row.blob()?)));
            let page = page.collect::<Result<Vec<_>, AnswerError>>()?;
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
        let kept = later(now, AttemptRow::LONGEST_KEPT);
        let statement = &self.statements.attempts.purge;
        Self::purge(self, statement, now.unix_timestamp(), kept).await
    }

    async fn erase(&self, subject: &SubjectId, _now: UtcDateTime) -> Result<u64, PortError> {
        let values = [Value::blob(subject.as_bytes())];
        Ok(self.run(&self.statements.attempts.erase, values).await?.count())
    }
}

pub(crate) async fn insert(
    statements: &AttemptStatements,
    on: &mut impl Execute,
    row: &AttemptRow,
) -> Result<Inserted, PortError> {
    let row = AttemptColumns::new(row);
    let values = [
        Value::blob(&row.id),
        Value::blob(&row.seal),
        Value::blob(&row.subject),
        Value::text(row.stage),
        Value::integer(row.expires_at),
        Value::Integer(row.lease_until),
        Value::integer(row.keep_until),
        Value::Blob(Some(row.bytes)),
    ];
    let answer = on.run(Query::new(&statements.insert, values)).await?;
    Ok(if answer.count() == 1 { Inserted::Done } else { Inserted::Exists })
}

pub(crate) async fn load(
    statements: &AttemptStatements,
    on: &mut impl Execute,
    id: &AttemptId,
) -> Result<Option<AttemptRow>, PortError> {
    let answer = on.run(Query::new(&statements.load, [Value::blob(id.as_bytes())])).await?;
    let Some(mut row) = answer.into_row() else { return Ok(None) };
    Ok(Some(AttemptRow::from_bytes(&row.blob()?)?))
}

pub(crate) async fn swap(
    statements: &AttemptStatements,
    on: &mut impl Execute,
    seen: &AttemptRow,
    next: &AttemptRow,
) -> Result<bool, PortError> {
    let row = AttemptColumns::new(next);
    let values = [
        Value::blob(seen.id().as_bytes()),
        Value::blob(seen.seal()),
        Value::blob(&row.seal),
        Value::text(row.stage),
        Value::integer(row.expires_at),
        Value::Integer(row.lease_until),
        Value::integer(row.keep_until),
        Value::Blob(Some(row.bytes)),
    ];
    Ok(on.run(Query::new(&statements.swap, values)).await?.count() == 1)
}

fn later(now: UtcDateTime, by: core::time::Duration) -> i64 {
    now.unix_timestamp().saturating_add(i64::try_from(by.as_secs()).unwrap_or(i64::MAX))
}
