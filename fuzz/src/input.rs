//! Everything that a run draws comes out of the input, so that each run can be run again.

use core::convert::Infallible;

use repass::key::Key;
use repass::rand_core::{TryCryptoRng, TryRng};

/// The bytes of the fuzzer, read from the front; zero when they are used up.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// Whether the next byte is odd.
    pub fn odd(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// An index below `length`; `None` for an empty slice.
    pub fn index(&mut self, length: usize) -> Option<usize> {
        usize::from(self.byte()).checked_rem(length)
    }

    /// Up to as many bytes as the next byte says.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Alters bytes by what is left: offsets and what is put there; at the end it is added.
    pub fn edit(&mut self, bytes: &mut Vec<u8>) {
        while !self.is_empty() {
            let Some(offset) = self.index(bytes.len() + 1) else { return };
            match bytes.get_mut(offset) {
                Some(byte) => *byte = self.byte(),
                None => bytes.push(self.byte()),
            }
        }
    }
}

/// A key for each number.
pub fn key(number: u8) -> Key {
    Key::generate(&mut Draw(u64::from(number) << 32)).unwrap()
}

/// SplitMix64: no secret, but never the same value twice within a run.
pub struct Draw(pub u64);

impl TryRng for Draw {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Draw {}
