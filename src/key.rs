//! Keys that sign tokens, derive codes and seal rows, and their rotation.

mod derive;
mod ring;

pub use self::ring::{Key, KeyError, KeyId, Keyring};

pub(crate) use self::derive::{Mac, Subkeys, Tag, length_of};
