use core::fmt;

use super::{Key, KeyId, Keyring};

/// Why a key or a change of a keyring was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is no key in the encoding that it should have.
    Malformed,
    /// The key material is shorter than [`Key::MIN_BYTES`].
    TooShort {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The key material is longer than [`Key::MAX_BYTES`].
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The key material has fewer than eight different byte values, or repeats itself.
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
    /// The key signs, so it can be neither retired nor removed.
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
            Self::Malformed => "key_malformed",
            Self::TooShort { .. } => "key_too_short",
            Self::TooLong { .. } => "key_too_long",
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
            Self::Malformed => f.write_str("the text is not a key in hex or base64"),
            Self::TooShort { bytes } => {
                write!(f, "a key needs {} bytes, this one has {bytes}", Key::MIN_BYTES)
            }
            Self::TooLong { bytes } => {
                write!(f, "a key has at most {} bytes, this one has {bytes}", Key::MAX_BYTES)
            }
            Self::Predictable => f.write_str("the key material is not random"),
            Self::DuplicateId { id } => write!(f, "the keyring already has a key {id}"),
            Self::DuplicateKey { id } => write!(f, "the keyring has this key already, as key {id}"),
            Self::TooMany => write!(f, "a keyring holds at most {} keys", Keyring::MAX_KEYS),
            Self::Signing { id } => write!(f, "key {id} signs: rotate another one in first"),
            Self::Unknown { id } => write!(f, "the keyring has no key {id}"),
        }
    }
}

impl core::error::Error for KeyError {}
