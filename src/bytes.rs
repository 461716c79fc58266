//! Reading and writing the fields of a byte format in their order.

use alloc::vec::Vec;

/// Takes fields off the front of a byte string; `None` means that the bytes end too early.
#[derive(Clone)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn short(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn second(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// A text behind its length in one byte.
    pub(crate) fn short_text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.byte()?);
        self.text(length)
    }

    /// A text behind its length in two bytes.
    pub(crate) fn long_text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.short()?);
        self.text(length)
    }

    /// `Some` when every byte was read: each value has one spelling.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        core::str::from_utf8(head).ok()
    }
}

/// Appends a text behind its length in one byte; the types of such texts end below 256 bytes.
pub(crate) fn put_short_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(text.as_bytes());
}

/// Appends a text behind its length in two bytes; the types of such texts end below 65,536 bytes.
pub(crate) fn put_long_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}
