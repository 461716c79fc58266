use alloc::vec::Vec;
use core::mem;

use zeroize::{Zeroize, Zeroizing};

/// 1,024 bytes and half as much again: the lower case of a letter of two bytes may have three.
pub(super) const SHORT: usize = 1_536;

/// A text that was derived from a password: up to 1,536 bytes without an allocation, wiped on drop.
pub(super) struct Text {
    short: ShortText<SHORT>,
    long: Zeroizing<Vec<u8>>,
}

impl Text {
    pub(super) fn of(characters: impl Iterator<Item = char> + Clone) -> Self {
        let measured = characters.clone();
        Self::within(|| measured.map(char::len_utf8).sum(), characters)
    }

    /// A text of one character at most for each of `source`.
    pub(super) fn from(source: &str, characters: impl Iterator<Item = char> + Clone) -> Self {
        // One of ASCII becomes one of ASCII, and no other is longer than two of them.
        let bytes = if source.is_ascii() { 1 } else { 2 };
        Self::within(|| source.len().saturating_mul(bytes), characters)
    }

    fn within(
        size: impl FnOnce() -> usize,
        characters: impl Iterator<Item = char> + Clone,
    ) -> Self {
        let mut text = Self { short: ShortText::new(), long: Zeroizing::new(Vec::new()) };
        if !text.short.fill(characters.clone()) {
            // Measured first: a buffer that grows would leave copies behind.
            let size = size();
            text.long.reserve_exact(size);
            text.long.resize(size, 0);
            let (_, length) = write(&mut text.long, characters);
            text.long.truncate(length);
        }
        text
    }

    /// Puts the characters in the opposite order.
    pub(super) fn reverse(&mut self) {
        if self.long.is_empty() { self.short.reverse() } else { reverse(&mut self.long) }
    }

    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() { self.short.as_bytes() } else { &self.long }
    }
}

/// A text of up to `N` bytes that can be written over; wiped on drop.
pub(super) struct ShortText<const N: usize> {
    bytes: [u8; N],
    length: usize,
    /// How many bytes were ever written.
    used: usize,
}

impl<const N: usize> ShortText<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], length: 0, used: 0 }
    }

    /// Whether there was room for all of `characters`.
    pub(super) fn fill(&mut self, characters: impl Iterator<Item = char>) -> bool {
        let (is_short, length) = write(&mut self.bytes, characters);
        self.length = length;
        self.used = self.used.max(length);
        is_short
    }

    /// [`ShortText::fill`] with the lower case of `ascii`, and the place where it is now.
    pub(super) fn fill_ascii_lowercased(&mut self, ascii: &[u8]) -> Option<&mut [u8]> {
        let text = self.bytes.get_mut(..ascii.len())?;
        self.length = ascii.len();
        self.used = self.used.max(self.length);
        text.copy_from_slice(ascii);
        text.make_ascii_lowercase();
        Some(text)
    }

    /// Puts the characters in the opposite order.
    pub(super) fn reverse(&mut self) {
        reverse(self.bytes.get_mut(..self.length).unwrap_or_default());
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl<const N: usize> Drop for ShortText<N> {
    fn drop(&mut self) {
        if let Some(used) = self.bytes.get_mut(..self.used) {
            used.zeroize();
        }
    }
}

/// Whether there was room for all of `characters` in `bytes`, and how much of it they take.
fn write(bytes: &mut [u8], mut characters: impl Iterator<Item = char>) -> (bool, usize) {
    let room = bytes.len();
    let mut places = bytes.iter_mut();
    let mut write = |byte| places.next().map(|place| *place = byte).is_some();
    let is_short =
        characters.all(|character| match character.encode_utf8(&mut [0; 4]).as_bytes() {
            [only] => write(*only),
            [first, last] => write(*first) && write(*last),
            bytes => bytes.iter().all(|byte| write(*byte)),
        });
    (is_short, room.saturating_sub(places.len()))
}

fn reverse(mut text: &mut [u8]) {
    text.reverse();
    if text.is_ascii() {
        return;
    }
    // A character is now its continuation bytes and then its first.
    let is_first = |byte: u8| byte >> 6 != 0b10;
    loop {
        let length = match *text {
            [] => return,
            [first, ..] if is_first(first) => 1,
            [_, first, ..] if is_first(first) => 2,
            [_, _, first, ..] if is_first(first) => 3,
            _ => 4,
        };
        let Some((character, rest)) = text.split_at_mut_checked(length) else { return };
        if let [last, between @ .., first] = character {
            mem::swap(first, last);
            between.reverse();
        }
        text = rest;
    }
}
