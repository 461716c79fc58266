//! What must hold of all rows, whatever happened.

use alloc::collections::BTreeMap;

use repass::account::{AccountId, Contact};
use repass::attempt::AttemptRow;
use repass::queue::{QueueEntry, QueueKey};
use repass::scope::{Purpose, Scope, ScopeTag};
use repass::throttle::ThrottleKey;
use repass_sqlx::repass_sql::{AttemptColumns, ColumnType, Driver, Store, Value, queue_entry};
use sqlx::Row;

use super::{Db, DbRow, Result};

/// Reads every row of every table. Each can be read; the columns of an attempt and of an entry say what
/// their bytes say; each mark of a counter has a number of its own; and of an account, the passwords that
/// were replaced are numbered without a gap and are no more than the version says, and each address has
/// its canonical spelling.
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
    audit_accounts(store, &mut rows).await?;
    Ok(rows)
}

async fn audit_accounts(store: &Store<Db>, rows: &mut Rows) -> Result {
    let (integer, text) = (ColumnType::Integer, ColumnType::Text);
    let mut past: BTreeMap<String, i64> = BTreeMap::new();
    for row in
        read(store, "account, number, password", "account_past", &[text, integer, text]).await?
    {
        let [Value::Text(Some(account)), Value::Integer(Some(number)), _] = row.as_slice() else {
            return Err("a password that was replaced is malformed".into());
        };
        let before = past.insert(account.clone(), *number);
        assert_eq!(*number, before.unwrap_or(0).saturating_add(1), "{account}");
    }
    let types = [text, integer, integer, integer, integer];
    let columns = "id, enabled, version, epoch, requires_recovery";
    for row in read(store, columns, "account", &types).await? {
        let [
            Value::Text(Some(id)),
            Value::Integer(Some(0 | 1)),
            Value::Integer(Some(version)),
            Value::Integer(Some(epoch)),
            Value::Integer(Some(0 | 1)),
        ] = row.as_slice()
        else {
            return Err("an account is malformed".into());
        };
        let replaced = past.remove(id).unwrap_or(0);
        assert!(replaced <= *version && replaced <= *epoch, "{id}: {replaced} of {version}");
        rows.replaced = rows.replaced.saturating_add(usize::try_from(replaced)?);
    }
    assert!(past.is_empty(), "passwords of nobody");
    for row in read(store, "canonical, address", "account_email", &[text, text]).await? {
        let [Value::Text(Some(canonical)), Value::Text(Some(address))] = row.as_slice() else {
            return Err("an address is malformed".into());
        };
        assert_eq!(*canonical, Contact::email(address)?.canonical());
    }
    Ok(())
}

/// All rows of a store.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) attempts: Vec<AttemptRow>,
    pub(crate) counted: Vec<i64>,
    pub(crate) entries: Vec<QueueEntry>,
    /// How many passwords were replaced.
    pub(crate) replaced: usize,
}

impl Rows {
    /// How many attempts are at this stage.
    pub(crate) fn at(&self, stage: &str) -> usize {
        self.attempts.iter().filter(|row| row.stage().code() == stage).count()
    }
}

async fn read(
    store: &Store<Db>,
    columns: &str,
    table: &str,
    types: &[ColumnType],
) -> Result<Vec<Vec<Value>>> {
    let table = store.statements().names.table(<Db as Driver>::DIALECT, table);
    let sql = sqlx::AssertSqlSafe(format!("SELECT {columns} FROM {table} ORDER BY 1, 2"));
    // Behind pgbouncer, a statement that is prepared is there until the end of its transaction.
    let mut transaction = store.driver().pool().begin().await?;
    let rows = sqlx::query(sql).persistent(false).fetch_all(&mut *transaction).await?;
    transaction.rollback().await?;
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
