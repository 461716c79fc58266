//! Reads the vectors of the flow and of sign-ins, and draws what they say.

use repass::rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

/// A generator that gives the bytes of a vector.
pub(crate) struct Fixed<'a>(pub(crate) &'a [u8]);

impl TryRng for Fixed<'_> {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        panic!("bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        panic!("bytes are asked for")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.copy_from_slice(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed<'_> {}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn bytes(hex: &Value) -> Vec<u8> {
    let (pairs, rest) = text(hex).as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    let byte = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16);
    pairs.iter().map(|pair| byte(pair).unwrap()).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
