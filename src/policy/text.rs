use alloc::string::String;
use core::mem;

use zeroize::{Zeroize, Zeroizing};

/// A text that was derived from a password: up to 1,536 bytes without an allocation, wiped on drop.
pub(super) struct Text {
    short: [u8; Self::SHORT],
    length: usize,
    long: Zeroizing<String>,
}

impl Text {
    /// 1,024 bytes and half as much again: the lower case of a letter of two bytes may have three.
    pub(super) const SHORT: usize = 1_536;

    pub(super) fn of(characters: impl Iterator<Item = char> + Clone) -> Self {
        let mut text =
            Self { short: [0; Self::SHORT], length: 0, long: Zeroizing::new(String::new()) };
        // Measured first: a buffer that grows would leave copies behind.
        let length = characters.clone().map(char::len_utf8).sum();
        if length > Self::SHORT {
            text.long.reserve_exact(length);
            text.long.extend(characters);
            return text;
        }
        text.length = length;
        let mut free: &mut [u8] = &mut text.short;
        for character in characters {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            if let Some((place, rest)) = mem::take(&mut free).split_at_mut_checked(bytes.len()) {
                place.copy_from_slice(bytes);
                free = rest;
            }
        }
        text
    }

    pub(super) fn as_str(&self) -> &str {
        if self.long.is_empty() {
            core::str::from_utf8(self.as_bytes()).unwrap_or_default()
        } else {
            &self.long
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() {
            self.short.get(..self.length).unwrap_or_default()
        } else {
            self.long.as_bytes()
        }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        if let Some(used) = self.short.get_mut(..self.length) {
            used.zeroize();
        }
    }
}
