//! Keys that sign tokens, derive codes and seal rows, and their rotation.

mod derive;
mod error;
mod material;
mod ring;

pub use self::error::KeyError;
pub use self::material::Key;
pub use self::ring::{KeyId, Keyring};

pub(crate) use self::derive::{ABSENT, Mac, PartsDigest, Subkeys, Tag, length_of};
