//! What waits in the queue: sealed requests, messages and notices, and how a worker claims them.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use time::UtcDateTime;

use crate::attempt::AttemptId;
use crate::clock::{CLOCKS, moment, seconds};
use crate::scope::ScopeTag;
use crate::secret::Seed;

/// One entry of the queue: sealed bytes that any process of the service can work on.
///
/// The bytes are signed and not encrypted. A request holds what a person typed, which may be a
/// password in the wrong field: an entry is deleted once it is done and is never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct QueueEntry {
    key: QueueKey,
    scope: ScopeTag,
    bytes: Vec<u8>,
}

impl QueueEntry {
    /// The longest time that an entry waits, or is under a lease. One that is due later than this, and
    /// the 120 s by which clocks may differ, was put off by a clock that was wrong, and is due.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

    /// The longest entry, in bytes.
    pub const MAX_BYTES: usize = 8192;

    /// Takes an entry out of a store. Whether its bytes are sealed by this service is judged when the
    /// entry is worked on.
    #[must_use]
    pub const fn from_stored(key: QueueKey, scope: ScopeTag, bytes: Vec<u8>) -> Self {
        Self { key, scope, bytes }
    }

    /// The primary key.
    #[must_use]
    pub const fn key(&self) -> &QueueKey {
        &self.key
    }

    /// The scope that the entry belongs to: only a flow of this scope claims it.
    #[must_use]
    pub const fn scope(&self) -> ScopeTag {
        self.scope
    }

    /// The sealed bytes, at most [`QueueEntry::MAX_BYTES`].
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for QueueEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueEntry").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Names one entry: the attempt, the number of the message, the kind and the recipient. Work that is
/// repeated makes the same key, so that a message cannot multiply.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueKey {
    kind: QueueKind,
    id: AttemptId,
    send: u32,
    recipient: [u8; 16],
}

impl QueueKey {
    /// The length of the encoded key, in bytes.
    pub const BYTES: usize = 41;

    pub(crate) const fn new(
        kind: QueueKind,
        id: AttemptId,
        send: u32,
        recipient: [u8; 16],
    ) -> Self {
        Self { kind, id, send, recipient }
    }

    /// The key as a store keeps it: kind, attempt, number of the message as u32 big-endian, and a
    /// digest of the recipient.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let kind = [self.kind as u8];
        let number = self.send.to_be_bytes();
        let fields = kind.iter().chain(self.id.as_bytes()).chain(&number).chain(&self.recipient);
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// Reads a key back; `None` for bytes that are no key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let kind = QueueKind::ALL.into_iter().find(|known| *known as u8 == *kind)?;
        let (id, rest) = rest.split_first_chunk()?;
        let (send, recipient) = rest.split_first_chunk()?;
        let recipient = *recipient.first_chunk()?;
        let (id, send) = (AttemptId::from_bytes(*id), u32::from_be_bytes(*send));
        Some(Self { kind, id, send, recipient })
    }

    /// What waits.
    #[must_use]
    pub const fn kind(&self) -> QueueKind {
        self.kind
    }

    /// The attempt that the entry belongs to.
    #[must_use]
    pub const fn id(&self) -> &AttemptId {
        &self.id
    }
}

impl fmt::Debug for QueueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueueKey({} {} {})", self.kind.code(), self.id, self.send)
    }
}

/// What waits in the queue, in the order in which it is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum QueueKind {
    /// A notice, which carries no secret.
    Notice = 1,
    /// A message with a secret, or a decoy in place of one.
    Message = 2,
    /// A request that nobody has looked up yet.
    Request = 3,
}

impl QueueKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Message, Self::Request];

    /// A stable name for columns, programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Message => "message",
            Self::Request => "request",
        }
    }
}

/// What became of an entry that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pushed {
    /// It was added.
    Done,
    /// There is an entry of its key already.
    Exists,
    /// Too many requests wait.
    Full,
}

/// Names one claim of one worker: 20 random bytes. Only the worker that holds it can acknowledge what
/// it claimed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimToken([u8; 20]);

impl ClaimToken {
    /// A new token.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self(*seed.0)
    }

    /// The bytes to store and compare.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Debug for ClaimToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimToken(..)")
    }
}

/// One entry as it waits, for stores that keep values: what [`Queue`](crate::port::Queue) does to it,
/// in code.
#[derive(Clone, Debug)]
pub struct Waiting {
    entry: QueueEntry,
    due: UtcDateTime,
    tries: u32,
    token: Option<ClaimToken>,
}

impl Waiting {
    /// An entry that is due at once.
    #[must_use]
    pub const fn new(entry: QueueEntry, now: UtcDateTime) -> Self {
        Self { entry, due: now, tries: 0, token: None }
    }

    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &QueueEntry {
        &self.entry
    }

    /// The moment from which on it can be claimed: while it is claimed, the end of the lease.
    #[must_use]
    pub const fn due(&self) -> UtcDateTime {
        self.due
    }

    /// Whether the worker with this token holds the entry.
    #[must_use]
    pub fn is_held_by(&self, token: &ClaimToken) -> bool {
        self.token == Some(*token)
    }

    /// Gives the entry back, to be claimed again from `due` on; whether the token still held it.
    pub fn put_off(&mut self, token: &ClaimToken, due: UtcDateTime) -> bool {
        let held = self.is_held_by(token);
        if held {
            self.due = due;
            self.token = None;
        }
        held
    }
}

/// Which entries a worker claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    token: ClaimToken,
    scope: ScopeTag,
    until: UtcDateTime,
    limit: u32,
}

impl Claim {
    pub(crate) const fn new(
        token: ClaimToken,
        scope: ScopeTag,
        until: UtcDateTime,
        limit: u32,
    ) -> Self {
        Self { token, scope, until, limit }
    }

    /// Claims entries that are due: notices first, then messages, then requests, and of one kind those
    /// that have been due longest.
    pub fn take<'a>(
        &self,
        waiting: impl IntoIterator<Item = &'a mut Waiting>,
        now: UtcDateTime,
    ) -> Vec<Claimed> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let wait = seconds(QueueEntry::LONGEST_WAIT).saturating_add(CLOCKS);
        let latest = moment(now.unix_timestamp().saturating_add(wait));
        let due = |waiting: &&mut Waiting| {
            waiting.entry.scope == self.scope && (waiting.due <= now || waiting.due > latest)
        };
        let mut due: Vec<&mut Waiting> = waiting.into_iter().filter(due).collect();
        due.sort_by_key(|waiting| (waiting.entry.key.kind, waiting.due));
        let claimed = due.into_iter().take(limit).map(|waiting| {
            waiting.due = self.until;
            waiting.tries = waiting.tries.saturating_add(1);
            waiting.token = Some(self.token);
            Claimed::new(waiting.entry.clone(), waiting.tries)
        });
        claimed.collect()
    }

    /// The token that the entries are marked with.
    #[must_use]
    pub const fn token(&self) -> &ClaimToken {
        &self.token
    }

    /// Only entries of this scope are claimed.
    #[must_use]
    pub const fn scope(&self) -> ScopeTag {
        self.scope
    }

    /// The end of the lease: from then on another worker can claim the entries.
    #[must_use]
    pub const fn until(&self) -> UtcDateTime {
        self.until
    }

    /// At most so many entries are claimed.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }
}

/// An entry that was claimed, and how often it was claimed so far, this time included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    entry: QueueEntry,
    tries: u32,
}

impl Claimed {
    /// An entry that was claimed for the `tries`-th time.
    #[must_use]
    pub const fn new(entry: QueueEntry, tries: u32) -> Self {
        Self { entry, tries }
    }

    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &QueueEntry {
        &self.entry
    }

    /// How often it was claimed so far.
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.tries
    }
}
