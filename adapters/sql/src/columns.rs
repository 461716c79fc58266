use core::fmt;
use core::fmt::Write;

use repass::attempt::AttemptRow;
use repass::queue::{Claimed, QueueEntry, QueueKey};
use repass::scope::ScopeTag;
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

/// How far two clocks of a service may differ, in seconds.
const CLOCKS: i64 = 120;

/// The columns of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "each field is a column that a statement binds")]
pub struct AttemptColumns {
    /// The primary key.
    pub id: [u8; 20],
    /// Changes with every change of the row.
    pub seal: [u8; 32],
    /// The account within its scope.
    pub subject: [u8; 32],
    /// `live`, `running`, `settled` or `ended`.
    pub stage: &'static str,
    /// The first second at which no secret is valid any more.
    pub expires_at: i64,
    /// While it is running: the end of the lease.
    pub lease_until: Option<i64>,
    /// The second from which on the row can be deleted.
    pub keep_until: i64,
    /// The whole row, as [`AttemptRow::to_bytes`] writes it.
    pub bytes: Vec<u8>,
}

impl AttemptColumns {
    /// The columns of `row`.
    #[must_use]
    pub fn new(row: &AttemptRow) -> Self {
        Self {
            id: *row.id().as_bytes(),
            seal: *row.seal(),
            subject: *row.subject().as_bytes(),
            stage: row.stage().code(),
            expires_at: row.expires_at().unix_timestamp(),
            lease_until: row.lease_until().map(UtcDateTime::unix_timestamp),
            keep_until: row.keep_until().unix_timestamp(),
            bytes: row.to_bytes(),
        }
    }
}

/// The columns of an entry of the queue.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "each field is a column that a statement binds")]
pub struct QueueColumns<'a> {
    /// The primary key.
    pub key: [u8; QueueKey::BYTES],
    /// The kind, in the order in which entries are claimed.
    pub kind: i64,
    /// The attempt that the entry belongs to.
    pub attempt: [u8; 20],
    /// Only a flow of this scope claims it.
    pub scope: [u8; 16],
    /// The sealed bytes.
    pub bytes: &'a [u8],
}

impl<'a> QueueColumns<'a> {
    /// The columns of `entry`.
    #[must_use]
    pub fn new(entry: &'a QueueEntry) -> Self {
        let key = entry.key().to_bytes();
        Self {
            kind: entry.key().kind() as i64,
            attempt: *entry.key().id().as_bytes(),
            scope: *entry.scope().as_bytes(),
            bytes: entry.as_bytes(),
            key,
        }
    }
}

/// A request holds what a person typed, which may be a password in the wrong field.
impl fmt::Debug for QueueColumns<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueColumns").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// An entry that was claimed, out of the columns that the claim returns.
///
/// # Errors
///
/// [`StoredError`] for columns that no entry has.
pub fn queue_entry(
    key: &[u8],
    scope: &[u8],
    bytes: Vec<u8>,
    tries: i64,
) -> Result<Claimed, StoredError> {
    let wrong = |column| move || StoredError { table: "queue", column };
    let key = key.try_into().ok().and_then(QueueKey::from_bytes).ok_or_else(wrong("key"))?;
    let scope = scope.try_into().map(ScopeTag::from_bytes).map_err(|_| wrong("scope")())?;
    let tries = u32::try_from(tries).unwrap_or(u32::MAX);
    Ok(Claimed::new(QueueEntry::from_stored(key, scope, bytes), tries))
}

/// What is bound to raise a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "each field is a value that a statement binds")]
pub struct CounterValues {
    /// The primary key.
    pub key: [u8; 32],
    /// The end of a counter that opens now.
    pub ends_at: i64,
    /// This moment: a counter that ends at it or before it opens anew.
    pub now: i64,
    /// A counter that ends later than this was opened by a clock that was wrong, and opens anew.
    pub latest_end: i64,
    /// What is counted once, in hexadecimal.
    pub once: Option<String>,
    /// How many counts are within the quota.
    pub max: i64,
}

impl CounterValues {
    /// The values for one count.
    #[must_use]
    pub fn new(key: &ThrottleKey, quota: Quota, once: Option<&Once>, now: UtcDateTime) -> Self {
        let ends_at = quota.ends_at(now).unix_timestamp();
        Self {
            key: *key.as_bytes(),
            ends_at,
            now: now.unix_timestamp(),
            latest_end: ends_at.saturating_add(CLOCKS),
            max: i64::from(quota.max()),
            once: once.map(|once| {
                once.as_bytes().iter().fold(String::new(), |mut text, byte| {
                    let _ = write!(text, "{byte:02x}");
                    text
                })
            }),
        }
    }
}

/// What a counter says, out of the columns that raising it returns.
#[must_use]
pub fn counter_said(key: &ThrottleKey, quota: Quota, number: i64, ends_at: i64) -> Counted {
    Counted::new(*key, quota, u32::try_from(number).unwrap_or(u32::MAX), moment(ends_at))
}

/// The two ends that counters are purged by: those that end at the first or before it, and those
/// that end after the second.
#[must_use]
pub fn counter_purge_bounds(now: UtcDateTime) -> (i64, i64) {
    let now = now.unix_timestamp();
    let longest = i64::try_from(Quota::LONGEST_PERIOD.as_secs()).unwrap_or(i64::MAX);
    (now.saturating_sub(CLOCKS), now.saturating_add(longest).saturating_add(CLOCKS))
}

/// Microseconds since 1970: the times of the queue.
#[must_use]
pub fn micros(at: UtcDateTime) -> i64 {
    let micros = at.unix_timestamp().saturating_mul(1_000_000);
    micros.saturating_add(i64::from(at.microsecond()))
}

/// In microseconds: an entry that is due later than this was put off by a clock that was wrong, and is
/// due.
#[must_use]
pub fn latest_due(now: UtcDateTime) -> i64 {
    let wait = i64::try_from(QueueEntry::LONGEST_WAIT.as_secs()).unwrap_or(i64::MAX);
    micros(now).saturating_add(wait.saturating_add(CLOCKS).saturating_mul(1_000_000))
}

/// The moment of a column; beyond what `time` can say, the last or first one.
fn moment(seconds: i64) -> UtcDateTime {
    let edge = if seconds < 0 { UtcDateTime::MIN } else { UtcDateTime::MAX };
    UtcDateTime::from_unix_timestamp(seconds).unwrap_or(edge)
}

/// A column holds what this version of the crate does not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StoredError {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

impl StoredError {
    /// Names the column.
    #[must_use]
    pub const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column }
    }

    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "stored_value_malformed"
    }
}

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} holds a value that cannot be read", self.table, self.column)
    }
}

impl core::error::Error for StoredError {}
