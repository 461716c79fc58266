use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::derive::{Subkeys, extract};
use crate::secret::{RandomError, draw};

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

/// Secret key material of at least 256 bits; wiped on drop, never shown.
///
/// Every use gets a subkey of its own by HKDF-SHA256 (RFC 5869).
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// The least length of key material, in bytes.
    pub const MIN_BYTES: usize = 32;

    /// Takes key material from a secret store, of any length from [`Key::MIN_BYTES`] on.
    ///
    /// # Errors
    ///
    /// [`KeyError::TooShort`], and [`KeyError::Predictable`] for bytes of fewer than eight
    /// different values, which no random key of this length has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() < Self::MIN_BYTES {
            return Err(KeyError::TooShort { bytes: bytes.len() });
        }
        let mut seen = [false; 256];
        for byte in bytes {
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                *seen = true;
            }
        }
        let distinct = seen.iter().filter(|seen| **seen).count();
        seen.zeroize();
        if distinct < 8 {
            return Err(KeyError::Predictable);
        }
        Ok(Self(extract(bytes)))
    }

    /// Draws a new key.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the generator fails.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RandomError> {
        draw(rng).map(Self)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// The keys in use: one signs, all verify. Cheap to clone.
///
/// To rotate, [`rotate`](Keyring::rotate) in the new key; [`remove`](Keyring::remove) the former
/// one when the longest-lived link is past and [`owed`](crate::service::Service::owed) is empty:
/// what a removed key made is refused. That ends the sessions whose tag it made, so where sessions
/// carry tags a key stays as long as the longest of them.
///
/// ```
/// use repass::key::{Key, KeyId, Keyring};
///
/// let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let ring = ring.rotate(KeyId::new(2), Key::generate(&mut repass::SysRng)?)?;
/// assert_eq!(ring.signing_id(), KeyId::new(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keyring {
    signing: Arc<Entry>,
    others: Vec<Arc<Entry>>,
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
        self.others.push(core::mem::replace(&mut self.signing, newest));
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
        self.others.push(entry);
        Ok(self)
    }

    /// Takes a key out: what it made is refused from now on.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] for the key that signs, [`KeyError::Unknown`] for one that is not here.
    pub fn remove(mut self, id: KeyId) -> Result<Self, KeyError> {
        if self.signing.id == id {
            return Err(KeyError::Signing { id });
        }
        let before = self.others.len();
        self.others.retain(|entry| entry.id != id);
        if self.others.len() == before {
            return Err(KeyError::Unknown { id });
        }
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

    fn admit(&self, id: KeyId, key: Key) -> Result<Arc<Entry>, KeyError> {
        for entry in self.entries() {
            if entry.id == id {
                return Err(KeyError::DuplicateId { id });
            }
            if entry.key.0.ct_eq(&*key.0).into() {
                return Err(KeyError::DuplicateKey { id: entry.id });
            }
        }
        if self.entries().count() >= Self::MAX_KEYS {
            return Err(KeyError::TooMany);
        }
        Ok(Entry::new(id, key))
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        core::iter::once(&*self.signing).chain(self.others.iter().map(|entry| &**entry))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl Entry {
    fn new(id: KeyId, key: Key) -> Arc<Self> {
        Arc::new(Self { id, subkeys: Subkeys::expand(&key.0), key })
    }
}

/// Why a key or a change of a keyring was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyError {
    /// The key material is shorter than [`Key::MIN_BYTES`].
    TooShort {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The key material has fewer than eight different byte values.
    Predictable,
    /// The ring already has a key of this id.
    DuplicateId {
        /// The id.
        id: KeyId,
    },
    /// The ring already has this key under another id.
    DuplicateKey {
        /// The id under which it stands.
        id: KeyId,
    },
    /// The ring is full.
    TooMany,
    /// The key signs, so it cannot be removed.
    Signing {
        /// The id.
        id: KeyId,
    },
    /// The ring has no key of this id.
    Unknown {
        /// The id.
        id: KeyId,
    },
}

impl KeyError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "key_too_short",
            Self::Predictable => "key_predictable",
            Self::DuplicateId { .. } => "key_duplicate_id",
            Self::DuplicateKey { .. } => "key_duplicate",
            Self::TooMany => "key_too_many",
            Self::Signing { .. } => "key_signing",
            Self::Unknown { .. } => "key_unknown",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { bytes } => {
                write!(f, "a key needs {} bytes, this one has {bytes}", Key::MIN_BYTES)
            }
            Self::Predictable => f.write_str("the key material is not random"),
            Self::DuplicateId { id } => write!(f, "the keyring already has a key {id}"),
            Self::DuplicateKey { id } => write!(f, "the keyring has this key already, as key {id}"),
            Self::TooMany => write!(f, "a keyring holds at most {} keys", Keyring::MAX_KEYS),
            Self::Signing { id } => write!(f, "key {id} signs and cannot be removed"),
            Self::Unknown { id } => write!(f, "the keyring has no key {id}"),
        }
    }
}

impl core::error::Error for KeyError {}
