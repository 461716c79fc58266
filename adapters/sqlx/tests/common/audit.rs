//! What must hold of all rows, whatever happened.

use repass::account::AccountId;
use repass::attempt::AttemptRow;
use repass::queue::{QueueEntry, QueueKey};
use repass::scope::{Purpose, Scope, ScopeTag};
use repass::throttle::ThrottleKey;
use repass_sqlx::repass_sql::{AttemptColumns, ColumnType, Driver, Store, Value, queue_entry};
use sqlx::Row;

use super::{Db, DbRow, Result};

/// Reads every row of attempts, counters and queue: each can be read, and each column says what the bytes
/// say.
pub(crate) async fn audit(store: &Store<Db>) -> Result<Rows> {
    let mut rows = Rows::default();
    let (blob, integer, text) = (ColumnType::Blob, ColumnType::Integer, ColumnType::Text);
    let columns = "id, seal, subject, stage, expires_at, lease_until, keep_until, bytes";
    let types = [blob, blob, blob, text, integer, integer, integer, blob];
    for row in read(store, columns, "attempt", &types).await? {
        let Some(Value::Blob(Some(bytes))) = row.last() else { return Err("no bytes".into()) };
        let attempt = AttemptRow::from_bytes(bytes)?;
        let right = AttemptColumns::new(&attempt);
        let right = [
            Value::blob(&right.id),
            Value::blob(&right.seal),
            Value::blob(&right.subject),
            Value::text(right.stage),
            Value::integer(right.expires_at),
            Value::Integer(right.lease_until),
            Value::integer(right.keep_until),
            Value::blob(&right.bytes),
        ];
        assert!(row == right, "the columns of an attempt are not those of its row");
        rows.attempts.push(attempt);
    }
    let types = [blob, integer, integer, text];
    for row in read(store, "key, number, ends_at, once", "counter", &types).await? {
        let [Value::Blob(Some(key)), Value::Integer(Some(number)), _, Value::Text(Some(once))] =
            row.as_slice()
        else {
            return Err("a counter is malformed".into());
        };
        assert_eq!(key.len(), 32);
        // Each mark has a number of its own, from 1 to that of the counter.
        let marks = once.split('/').skip(1).map(|mark| {
            let (_, at) = mark.split_once(':').ok_or("no number")?;
            Result::Ok(at.parse::<i64>()?)
        });
        let marks = marks.collect::<Result<Vec<_>>>()?;
        assert!(marks.is_sorted_by(|a, b| a < b), "{once}");
        assert!(marks.iter().all(|mark| (1..=*number).contains(mark)), "{once}");
        rows.counted.push(*number);
    }
    let types = [blob, blob, integer, blob, blob, integer];
    for row in read(store, "attempt, key, kind, scope, bytes, tries", "queue", &types).await? {
        let [
            Value::Blob(Some(attempt)),
            Value::Blob(Some(key)),
            Value::Integer(Some(kind)),
            Value::Blob(Some(scope)),
            Value::Blob(Some(bytes)),
            Value::Integer(Some(tries)),
        ] = row.as_slice()
        else {
            return Err("an entry of the queue is malformed".into());
        };
        let entry = queue_entry(key, scope, bytes.clone(), *tries)?;
        let key: &QueueKey = entry.entry().key();
        assert_eq!(attempt.as_slice(), key.id().as_bytes());
        assert_eq!(*kind, key.kind() as i64);
        assert!(bytes.len() <= QueueEntry::MAX_BYTES);
        rows.entries.push(entry.entry().clone());
    }
    Ok(rows)
}

/// All rows of a store.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) attempts: Vec<AttemptRow>,
    pub(crate) counted: Vec<i64>,
    pub(crate) entries: Vec<QueueEntry>,
}

async fn read(
    store: &Store<Db>,
    columns: &str,
    table: &str,
    types: &[ColumnType],
) -> Result<Vec<Vec<Value>>> {
    let table = store.statements().names.table(<Db as Driver>::DIALECT, table);
    let sql = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table} ORDER BY 1, 2"));
    let rows = sqlx::query(sql).fetch_all(store.driver().pool()).await?;
    let read = |row| types.iter().enumerate().map(|(at, of)| value(row, at, *of)).collect();
    rows.iter().map(read).collect()
}

fn value(row: &DbRow, at: usize, of: ColumnType) -> Result<Value> {
    Ok(match of {
        ColumnType::Blob => Value::Blob(row.try_get(at)?),
        ColumnType::Integer => Value::Integer(row.try_get(at)?),
        ColumnType::Text => Value::Text(row.try_get(at)?),
    })
}

/// The same row with another seal: what a step makes of it, as far as a store can tell.
pub(crate) fn next_of(row: &AttemptRow) -> Result<AttemptRow> {
    let mut bytes = row.to_bytes();
    let last = bytes.last_mut().ok_or("no bytes")?;
    *last = !*last;
    Ok(AttemptRow::from_bytes(&bytes)?)
}

/// An entry of the queue, with as many bytes as one can have.
pub(crate) fn entry(number: u32) -> Result<QueueEntry> {
    let mut key = [3; QueueKey::BYTES];
    key[1..5].copy_from_slice(&number.to_be_bytes());
    let key = QueueKey::from_bytes(&key).ok_or("no key")?;
    let bytes = vec![number.to_be_bytes()[3]; QueueEntry::MAX_BYTES];
    Ok(QueueEntry::from_stored(key, ScopeTag::from_bytes([7; 16]), bytes))
}

pub(crate) fn counter(number: u32) -> Result<ThrottleKey> {
    let id = AccountId::new(&number.to_string())?;
    Ok(ThrottleKey::account(&Scope::new(Purpose::RESET), "test", &id))
}
