use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use sha2::{Digest, Sha256};
use time::UtcDateTime;

use super::AttemptId;
use super::bytes;
use crate::account::{AccountId, Channel};
use crate::clock::{moment, seconds};
use crate::key::{KeyId, PartsDigest};
use crate::scope::ScopeTag;

/// What a store keeps of one attempt: no secret, sealed, and not yet trusted.
///
/// The seal is a MAC over all other fields and is made anew with every change. A store changes a row
/// by one guarded statement: replace it where id and seal are still the ones that were read. Whether
/// a row that a store returns was sealed by this service is judged when it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptRow {
    pub(crate) id: AttemptId,
    pub(crate) key_id: KeyId,
    pub(crate) scope: ScopeTag,
    pub(crate) ground: Ground,
    pub(crate) contents: Contents,
    /// How the secret reaches its owner; `None` where no message belongs to the row.
    pub(crate) channel: Option<Channel>,
    pub(crate) account: AccountId,
    /// Keyed digest of the address that the secret goes to.
    pub(crate) contact: [u8; 32],
    /// Keyed digest of the state of the account when the attempt was made.
    pub(crate) stamp: [u8; 32],
    pub(crate) created_at: i64,
    pub(crate) link_expires_at: i64,
    /// Also the expiry of the handle.
    pub(crate) code_expires_at: i64,
    pub(crate) keep_until: i64,
    pub(crate) epoch: u32,
    pub(crate) last_good_epoch: u32,
    pub(crate) sends: u32,
    pub(crate) sent_at: i64,
    pub(crate) progress: Progress,
    pub(crate) seal: [u8; 32],
}

/// Why there is such a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// A person asked to reset the password.
    Reset,
    /// The first password of a new or invited account.
    FirstPassword,
    /// An operator started it.
    Operator,
    /// A signed-in person changes the password; the row keeps what is unfinished.
    Change,
}

/// Which secrets belong to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    /// None: a decoy, which requests for nobody get as well, or the change of a signed-in person.
    Nothing,
    Link,
    Code,
    LinkAndCode,
}

impl Contents {
    /// The number in every format.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Link => 1,
            Self::Code => 2,
            Self::LinkAndCode => 3,
        }
    }

    pub(crate) const fn has_link(self) -> bool {
        matches!(self, Self::Link | Self::LinkAndCode)
    }

    pub(crate) const fn has_code(self) -> bool {
        matches!(self, Self::Code | Self::LinkAndCode)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Live,
    Running(Lease),
    Settled,
    Ended,
}

/// A commit that began: a process that crashes leaves this behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) until: i64,
    /// Keyed digests of the password hash before and after the write, which tell whether it happened.
    pub(crate) hash_seen: [u8; 32],
    pub(crate) hash_to_come: [u8; 32],
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The secret can still be used.
    Live,
    /// A commit has begun and is not settled.
    Running,
    /// The password was changed, and everything that follows from it is done.
    Settled,
    /// The attempt ended without a change.
    Ended,
}

impl Stage {
    /// A stable name for columns, programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Running => "running",
            Self::Settled => "settled",
            Self::Ended => "ended",
        }
    }
}

/// Names the account of a row within its scope, for listings: 32 bytes.
///
/// It is SHA-256(part(`repass/1 subject`) ‖ scope tag ‖ part(account id)), so it needs no key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 32]);

impl SubjectId {
    pub(crate) fn new(scope: ScopeTag, account: &AccountId) -> Self {
        let digest = PartsDigest::new(b"repass/1 subject").raw(scope.as_bytes());
        Self(digest.part(account.as_str().as_bytes()).finish())
    }

    /// The bytes to store and index by.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectId(")?;
        self.0.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("..)")
    }
}

impl AttemptRow {
    /// The longest encoded row, in bytes; with an account id of 16 bytes a row has at most 320.
    pub const MAX_BYTES: usize = 551;
    /// The longest time that a row is kept. A row that is to be kept longer was written by a clock
    /// that was wrong.
    pub const LONGEST_KEPT: Duration = Duration::from_secs(31 * 24 * 60 * 60);
    /// The longest time that a commit may still run. A lease that ends later was written by a clock
    /// that was wrong.
    pub const LONGEST_LEASE: Duration = Duration::from_secs(60 + 120);

    /// The attempt: the primary key of a store.
    #[must_use]
    pub const fn id(&self) -> &AttemptId {
        &self.id
    }

    /// The scope that the row belongs to: a tag of 16 bytes.
    #[must_use]
    pub const fn scope(&self) -> ScopeTag {
        self.scope
    }

    /// The account, or the placeholder id of a decoy.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The account within its scope, which a store lists rows by.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        SubjectId::new(self.scope, &self.account)
    }

    /// How far the attempt has come.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self.progress {
            Progress::Live => Stage::Live,
            Progress::Running(_) => Stage::Running,
            Progress::Settled => Stage::Settled,
            Progress::Ended => Stage::Ended,
        }
    }

    /// The first moment at which no secret of the attempt is good any more.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.link_expires_at.max(self.code_expires_at))
    }

    /// While [`Stage::Running`]: the moment from which on the commit counts as crashed.
    #[must_use]
    pub fn lease_until(&self) -> Option<UtcDateTime> {
        match self.progress {
            Progress::Running(lease) => Some(moment(lease.until)),
            _ => None,
        }
    }

    /// The moment from which on a store may delete the row; the difference of clocks is in it.
    #[must_use]
    pub fn keep_until(&self) -> UtcDateTime {
        moment(self.keep_until)
    }

    /// Whether a store deletes the row when it purges at `now`: it need no longer be kept, or it was
    /// written by a clock that was wrong and nothing is unfinished.
    #[must_use]
    pub fn is_over(&self, now: UtcDateTime) -> bool {
        let running = matches!(self.progress, Progress::Running(_));
        let wrong = self.keep_until > later(now, Self::LONGEST_KEPT);
        self.keep_until <= now.unix_timestamp() || (wrong && !running)
    }

    /// Whether a commit began and crashed: its lease is over at `now`, or was written by a clock that
    /// was wrong.
    #[must_use]
    pub fn is_unfinished(&self, now: UtcDateTime) -> bool {
        let Progress::Running(lease) = self.progress else { return false };
        lease.until <= now.unix_timestamp() || lease.until > later(now, Self::LONGEST_LEASE)
    }

    /// The seal: 32 bytes that change with every change of the row.
    #[must_use]
    pub const fn seal(&self) -> &[u8; 32] {
        &self.seal
    }

    /// The row as a store keeps it, seal included: at most [`AttemptRow::MAX_BYTES`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.sealed_bytes();
        bytes.extend_from_slice(&self.seal);
        bytes
    }

    /// Reads a row back. Whether its seal holds is judged when the row is used.
    ///
    /// # Errors
    ///
    /// [`RowError`] for bytes that [`to_bytes`](Self::to_bytes) did not make.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        bytes::read(bytes).ok_or(RowError)
    }

    /// Everything that the seal covers.
    pub(crate) fn sealed_bytes(&self) -> Vec<u8> {
        bytes::write(self)
    }

    /// SHA-256 over the fields that never change, cut to 120 bits: what a ticket is bound to.
    pub(crate) fn fixed_digest(&self) -> [u8; 15] {
        let digest: [u8; 32] = Sha256::digest(bytes::fixed(self)).into();
        let mut cut = [0; 15];
        cut.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        cut
    }
}

impl fmt::Debug for AttemptRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptRow")
            .field("id", &self.id)
            .field("key_id", &self.key_id)
            .field("ground", &self.ground)
            .field("contents", &self.contents)
            .field("account", &self.account)
            .field("stage", &self.stage())
            .finish_non_exhaustive()
    }
}

fn later(now: UtcDateTime, by: Duration) -> i64 {
    now.unix_timestamp().saturating_add(seconds(by))
}

/// The bytes are not a row of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RowError;

impl RowError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "row_malformed"
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored bytes are not an attempt of this version")
    }
}

impl core::error::Error for RowError {}
