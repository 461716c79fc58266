//! What the cases have in common.

use std::convert::Infallible;

use repass::key::{Key, KeyId, Keyring};
use repass::rand_core::{TryCryptoRng, TryRng};

/// Letters alone, so that every reading of a password has pieces of it.
pub const PASSWORD: &str = "qzjVwxKpgfYbhDmlcnTrsuogQw";

pub const BYTES: [u8; 32] = *b"\x8a\x1c\x0e\x5b\xd1\xf2\x76\x4a\x9e\x03\xc7\xb8\x5d\x2f\x6e\x91\
    \x0b\x4d\x83\xa6\xf7\xc2\x5e\x19\xd0\x34\xab\x6c\x7f\x98\xe2\x15";
pub const OTHER_BYTES: [u8; 32] = *b"\x27\xf0\xb9\x51\x4c\x8e\x3d\xa6\x71\x5b\x0c\x92\xee\x48\xd3\
    \xf1\x6a\x05\xc7\xbe\x39\xf2\x84\x1d\x6e\x9b\x70\xa3\x5c\xd2\x18\x4f";

pub fn key_of(material: &[u8]) -> Key {
    Key::from_bytes(material).unwrap()
}

/// A ring of one key, of [`BYTES`].
pub fn ring() -> Keyring {
    Keyring::new(KeyId::new(1), key_of(&BYTES))
}

/// A generator that gives these bytes, over and over.
pub struct Draws<'a> {
    bytes: std::iter::Cycle<std::slice::Iter<'a, u8>>,
}

impl<'a> Draws<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter().cycle() }
    }
}

impl TryRng for Draws<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(&mut self.bytes).for_each(|(byte, drawn)| *byte = *drawn);
        Ok(())
    }
}

impl TryCryptoRng for Draws<'_> {}
