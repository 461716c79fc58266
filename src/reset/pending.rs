use alloc::vec::Vec;
use core::fmt;

use crate::account::AccountId;
use crate::attempt::AttemptId;
use crate::key::KeyId;

/// What a store keeps of one attempt: no secret, and sealed.
///
/// The seal is a MAC over all other fields, made new with every change, so that a store changes a
/// row by one guarded statement: replace it where id and seal are still the ones that were read.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingReset {
    pub(super) id: AttemptId,
    pub(super) key_id: KeyId,
    pub(super) kind: Kind,
    pub(super) account: AccountId,
    /// What live attempts are limited by: the account within its scope.
    pub(super) subject: [u8; 32],
    /// Keyed digest of the address that the secret goes to.
    pub(super) contact: [u8; 32],
    /// Keyed digest of account id, password hash and verified addresses, as they were.
    pub(super) stamp: [u8; 32],
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) progress: Progress,
    pub(super) seal: [u8; 32],
}

/// What the attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Proved by a link.
    Link,
    /// Proved by handle and code.
    Code,
    /// Stands in for a link or code that was never sent: unknown accounts get one as well.
    Decoy,
    /// The change of a password by its owner, kept for what is owed after it.
    Change,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Live,
    Running(Lease),
    Settled,
    Ended,
}

/// A commit that began: whoever crashes leaves this behind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) until: i64,
    /// Keyed digests of the password hash before and after *set*, which tell whether it happened.
    pub(super) hash_seen: [u8; 32],
    pub(super) hash_to_come: [u8; 32],
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The secret may still be used.
    Live,
    /// A commit has begun, and is not settled.
    Running,
    /// The password was changed and everything that was owed is done.
    Settled,
    /// The attempt came to nothing.
    Ended,
}

const VERSION: u8 = 1;

impl PendingReset {
    /// The longest encoded row, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// The attempt: the primary key of a store.
    #[must_use]
    pub const fn id(&self) -> &AttemptId {
        &self.id
    }

    /// The account, or the name of nobody's account for a decoy.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The account within its scope, as 32 bytes: what a store limits live rows by, since accounts of
    /// two tenants may have the same id.
    #[must_use]
    pub const fn subject(&self) -> &[u8; 32] {
        &self.subject
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

    /// The first unix second at which the secret is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// While [`Stage::Running`]: the unix second from which on the commit counts as crashed.
    #[must_use]
    pub const fn lease_until(&self) -> Option<i64> {
        match self.progress {
            Progress::Running(lease) => Some(lease.until),
            _ => None,
        }
    }

    /// The unix second from which on a store may delete the row: never while it is running, as
    /// something may be owed.
    #[must_use]
    pub const fn keep_until(&self) -> i64 {
        match self.progress {
            Progress::Running(_) => i64::MAX,
            _ => self.expires_at,
        }
    }

    /// The seal: 32 bytes that change with every change of the row.
    #[must_use]
    pub const fn seal(&self) -> &[u8; 32] {
        &self.seal
    }

    /// The row as a store keeps it, seal included: at most [`PendingReset::MAX_BYTES`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.sealed_bytes();
        bytes.extend_from_slice(&self.seal);
        bytes
    }

    /// Reads a row back.
    ///
    /// # Errors
    ///
    /// [`RowError`] for bytes that [`to_bytes`](Self::to_bytes) did not make. Whether the seal holds
    /// is judged when the row is used.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RowError> {
        let mut reader = Reader(bytes);
        let row = read(&mut reader).ok_or(RowError)?;
        // One spelling for each row: what is left over would not be under the seal.
        if reader.0.is_empty() { Ok(row) } else { Err(RowError) }
    }

    /// Everything that the seal covers.
    pub(super) fn sealed_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::MAX_BYTES);
        let account = self.account.as_str().as_bytes();
        let kind = match self.kind {
            Kind::Link => 1,
            Kind::Code => 2,
            Kind::Decoy => 3,
            Kind::Change => 4,
        };
        bytes.push(VERSION);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.key_id.number().to_be_bytes());
        bytes.push(kind);
        // An account id has at most 128 bytes.
        bytes.push(u8::try_from(account.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(account);
        bytes.extend_from_slice(&self.subject);
        bytes.extend_from_slice(&self.contact);
        bytes.extend_from_slice(&self.stamp);
        bytes.extend_from_slice(&self.created_at.to_be_bytes());
        bytes.extend_from_slice(&self.expires_at.to_be_bytes());
        match self.progress {
            Progress::Live => bytes.push(1),
            Progress::Running(lease) => {
                bytes.push(2);
                bytes.extend_from_slice(&lease.until.to_be_bytes());
                bytes.extend_from_slice(&lease.hash_seen);
                bytes.extend_from_slice(&lease.hash_to_come);
            }
            Progress::Settled => bytes.push(3),
            Progress::Ended => bytes.push(4),
        }
        bytes
    }
}

impl fmt::Debug for PendingReset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingReset")
            .field("id", &self.id)
            .field("key_id", &self.key_id)
            .field("kind", &self.kind)
            .field("account", &self.account)
            .field("expires_at", &self.expires_at)
            .field("stage", &self.stage())
            .finish_non_exhaustive()
    }
}

/// The bytes are no row of this version.
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
        f.write_str("the stored bytes are no pending reset of this version")
    }
}

impl core::error::Error for RowError {}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn second(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    fn text(&mut self, bytes: usize) -> Option<&str> {
        let (head, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        core::str::from_utf8(head).ok()
    }
}

fn read(reader: &mut Reader<'_>) -> Option<PendingReset> {
    if reader.byte()? != VERSION {
        return None;
    }
    let id = AttemptId::from_bytes(reader.array()?);
    let key_id = KeyId::new(u16::from_be_bytes(reader.array()?));
    let kind = match reader.byte()? {
        1 => Kind::Link,
        2 => Kind::Code,
        3 => Kind::Decoy,
        4 => Kind::Change,
        _ => return None,
    };
    let account_bytes = usize::from(reader.byte()?);
    let account = AccountId::new(reader.text(account_bytes)?).ok()?;
    let (subject, contact, stamp) = (reader.array()?, reader.array()?, reader.array()?);
    let (created_at, expires_at) = (reader.second()?, reader.second()?);
    let progress = match reader.byte()? {
        1 => Progress::Live,
        2 => Progress::Running(Lease {
            until: reader.second()?,
            hash_seen: reader.array()?,
            hash_to_come: reader.array()?,
        }),
        3 => Progress::Settled,
        4 => Progress::Ended,
        _ => return None,
    };
    let seal = reader.array()?;
    Some(PendingReset {
        id,
        key_id,
        kind,
        account,
        subject,
        contact,
        stamp,
        created_at,
        expires_at,
        progress,
        seal,
    })
}
