use core::fmt;

use crate::key::KeyId;

/// Why a password could not be hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashError {
    /// The stored string claims to be of a scheme and is not well-formed.
    Malformed,
    /// The stored string is of a scheme that this hasher does not know.
    UnsupportedScheme,
    /// The stored string asks for more than is allowed; nothing was computed.
    OverCeiling {
        /// Which one is too high; for Argon2 `m`, `t` or `p`.
        parameter: &'static str,
    },
    /// The stored string names a pepper that this hasher does not have; nothing was computed.
    UnknownPepper {
        /// Its key.
        id: KeyId,
    },
    /// As many hashes as the hasher has slots are being computed: try again later.
    Busy,
    /// There is no memory for the hash: try again later.
    OutOfMemory,
}

impl HashError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "hash_malformed",
            Self::UnsupportedScheme => "hash_unsupported_scheme",
            Self::OverCeiling { .. } => "hash_over_ceiling",
            Self::UnknownPepper { .. } => "hash_unknown_pepper",
            Self::Busy => "hash_busy",
            Self::OutOfMemory => "hash_out_of_memory",
        }
    }

    /// Whether the same call may succeed later: nothing was decided about the password.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::OutOfMemory)
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the stored hash is not well-formed"),
            Self::UnsupportedScheme => f.write_str("the stored hash is of an unknown scheme"),
            Self::OverCeiling { parameter } => {
                write!(f, "the stored hash asks for more than is allowed ({parameter})")
            }
            Self::UnknownPepper { id } => {
                write!(f, "the stored hash was made with the pepper {id}, which is not here")
            }
            Self::Busy => f.write_str("too many hashes are being computed"),
            Self::OutOfMemory => f.write_str("there is no memory for the hash"),
        }
    }
}

impl core::error::Error for HashError {}
