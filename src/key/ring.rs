use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::derive::Subkeys;
use super::{Key, KeyError};

/// Names a key of a [`Keyring`]; it travels in every token and stands in every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u16);

impl KeyId {
    /// Makes the id of a number that the service chooses and never uses for another key.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The keys in use: one signs, all verify. Cheap to clone.
///
/// To replace a key:
///
/// 1. [`rotate`](Keyring::rotate) in the new key. Where several processes share the keys, give it to
///    all of them with [`verify_with`](Keyring::verify_with) before one signs with it.
/// 2. [`retire`](Keyring::retire) the former key when the longest-lived link is over: after 12 hours
///    and 30 minutes for the links of a [`Flow`](crate::reset::Flow). Until then both verify.
/// 3. [`remove`](Keyring::remove) it when no entry of it waits in the queue, when
///    [`housekeep`](crate::recovery::Recovery::housekeep) has run once more than a minute after the
///    last commit and what it resumed is settled, and, where sessions carry tags, when the longest of
///    them is over. Nothing that a removed key made is valid.
///
/// ```
/// use core::time::Duration;
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::time::UtcDateTime;
///
/// let (old, new) = (KeyId::new(1), KeyId::new(2));
/// let ring = Keyring::new(old, Key::generate(&mut repass::SysRng)?);
///
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let ring = ring.rotate(new, Key::generate(&mut repass::SysRng)?)?;
/// let ring = ring.retire(old, now + Duration::from_secs(45_000))?;
/// assert_eq!(ring.signing_id(), new);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keyring {
    signing: Arc<Entry>,
    others: Vec<Verifying>,
}

/// A key that no longer signs, or does not yet.
#[derive(Clone)]
struct Verifying {
    entry: Arc<Entry>,
    /// The first moment at which tokens and handles of it are refused.
    until: Option<UtcDateTime>,
}

struct Entry {
    id: KeyId,
    key: Key,
    subkeys: Subkeys,
}

impl Keyring {
    /// The most keys that a ring holds.
    pub const MAX_KEYS: usize = 16;

    /// Starts a ring with the key that signs.
    #[must_use]
    pub fn new(id: KeyId, key: Key) -> Self {
        Self { signing: Entry::new(id, key), others: Vec::new() }
    }

    /// Adds a key that signs from now on; the former ones verify.
    ///
    /// # Errors
    ///
    /// [`KeyError::DuplicateId`], [`KeyError::DuplicateKey`] or [`KeyError::TooMany`].
    pub fn rotate(mut self, id: KeyId, key: Key) -> Result<Self, KeyError> {
        let newest = self.admit(id, key)?;
        let former = core::mem::replace(&mut self.signing, newest);
        self.others.push(Verifying { entry: former, until: None });
        Ok(self)
    }

    /// Adds a key that only verifies: one that another instance already signs with, or one that
    /// signed before.
    ///
    /// # Errors
    ///
    /// [`KeyError::DuplicateId`], [`KeyError::DuplicateKey`] or [`KeyError::TooMany`].
    pub fn verify_with(mut self, id: KeyId, key: Key) -> Result<Self, KeyError> {
        let entry = self.admit(id, key)?;
        self.others.push(Verifying { entry, until: None });
        Ok(self)
    }

    /// Ends the overlap of a key that only verifies: from `until` on its tokens and handles are
    /// refused, and so are the codes that need those handles.
    ///
    /// Rows that it sealed and sessions that it tagged hold until it is removed, so that a commit
    /// which began in time is finished. Said again, the last `until` counts.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] for the key that signs, [`KeyError::Unknown`] for one that is not here.
    pub fn retire(mut self, id: KeyId, until: UtcDateTime) -> Result<Self, KeyError> {
        let position = self.position(id)?;
        if let Some(other) = self.others.get_mut(position) {
            other.until = Some(until);
        }
        Ok(self)
    }

    /// Takes a key out: nothing that it made holds from now on.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] for the key that signs, [`KeyError::Unknown`] for one that is not here.
    pub fn remove(mut self, id: KeyId) -> Result<Self, KeyError> {
        let position = self.position(id)?;
        self.others.remove(position);
        Ok(self)
    }

    /// The id of the key that signs.
    #[must_use]
    pub fn signing_id(&self) -> KeyId {
        self.signing.id
    }

    /// The ids of all keys, the signing one first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.entries().map(|entry| entry.id)
    }

    pub(crate) fn signing(&self) -> &Subkeys {
        &self.signing.subkeys
    }

    pub(crate) fn subkeys(&self, id: KeyId) -> Option<&Subkeys> {
        self.entries().find(|entry| entry.id == id).map(|entry| &entry.subkeys)
    }

    /// Whether tokens and handles of the key are no longer taken.
    pub(crate) fn is_retired(&self, id: KeyId, now: UtcDateTime) -> bool {
        self.retired_from(id).is_some_and(|until| now >= until)
    }

    /// The first moment at which tokens and handles of the key are no longer taken, if it was set.
    pub(crate) fn retired_from(&self, id: KeyId) -> Option<UtcDateTime> {
        self.others.iter().find(|other| other.entry.id == id).and_then(|other| other.until)
    }

    fn admit(&self, id: KeyId, key: Key) -> Result<Arc<Entry>, KeyError> {
        for entry in self.entries() {
            if entry.id == id {
                return Err(KeyError::DuplicateId { id });
            }
            if entry.key.is_same(&key) {
                return Err(KeyError::DuplicateKey { id: entry.id });
            }
        }
        if self.entries().count() >= Self::MAX_KEYS {
            return Err(KeyError::TooMany);
        }
        Ok(Entry::new(id, key))
    }

    /// Where a key that only verifies stands.
    fn position(&self, id: KeyId) -> Result<usize, KeyError> {
        if self.signing.id == id {
            return Err(KeyError::Signing { id });
        }
        let position = self.others.iter().position(|other| other.entry.id == id);
        position.ok_or(KeyError::Unknown { id })
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        core::iter::once(&*self.signing).chain(self.others.iter().map(|other| &*other.entry))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl Entry {
    fn new(id: KeyId, key: Key) -> Arc<Self> {
        Arc::new(Self { id, subkeys: key.subkeys(), key })
    }
}
