//! What is looked for: every eight bytes in a row of a secret, in whatever form it may be written.

use std::str::from_utf8;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

const WINDOW: usize = 8;
const FILTER_BITS: u32 = 16;

/// Windows of the secrets of a case.
#[derive(Clone)]
pub struct Secrets {
    /// Sorted.
    windows: Vec<u64>,
    /// A bit for each hash that a window has, since nearly every place of a block has none.
    filter: Vec<u64>,
    zero_from: usize,
}

impl Secrets {
    /// Secrets as they are, and in every form that [`forms`] knows.
    pub fn of<const N: usize>(secrets: [&[u8]; N]) -> Self {
        let none = Self {
            windows: Vec::new(),
            filter: vec![0; 1 << FILTER_BITS >> 6],
            zero_from: usize::MAX,
        };
        secrets.into_iter().fold(none, Self::and)
    }

    #[must_use]
    pub fn and(mut self, secret: &[u8]) -> Self {
        assert!(secret.len() >= WINDOW, "too short to be told from what is there by chance");
        for form in forms(secret) {
            self.windows.extend(form.windows(WINDOW).map(number));
        }
        self.windows.sort_unstable();
        self.windows.dedup();
        for window in &self.windows {
            let (limb, bit) = place(*window);
            self.filter[limb] |= bit;
        }
        self
    }

    /// Of what is computed from a secret and has no form that could be looked for: blocks of this size
    /// and above have to be zero when they are given back.
    #[must_use]
    pub fn and_blocks_from(self, bytes: usize) -> Self {
        Self { zero_from: bytes, ..self }
    }

    pub fn are_in(&self, block: &[u8]) -> bool {
        if block.len() >= self.zero_from && block.iter().any(|byte| *byte != 0) {
            return true;
        }
        block.windows(WINDOW).map(number).any(|window| {
            let (limb, bit) = place(window);
            self.filter[limb] & bit != 0 && self.windows.binary_search(&window).is_ok()
        })
    }
}

fn number(window: &[u8]) -> u64 {
    window.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn place(window: u64) -> (usize, u64) {
    let hash = window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - FILTER_BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}

/// As it is, backwards, in words of the other byte order, in hexadecimal, in base64; and for a text in
/// either case and as code points of four bytes.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = vec![secret.to_vec()];
    if let Some(text) = from_utf8(secret).ok().filter(|text| !text.contains(char::is_control)) {
        texts.push(text.to_lowercase().into_bytes());
        texts.push(text.to_uppercase().into_bytes());
        for text in texts.clone() {
            let reversed: String = String::from_utf8(text).unwrap().chars().rev().collect();
            texts.push(reversed.into_bytes());
        }
        for text in texts.clone() {
            let code_points = String::from_utf8(text).unwrap();
            texts.push(code_points.chars().flat_map(|one| u32::from(one).to_ne_bytes()).collect());
        }
    }
    for size in [4, 8] {
        texts.push(secret.chunks(size).flat_map(|word| word.iter().rev()).copied().collect());
    }
    texts.push(secret.iter().rev().copied().collect());
    for encoding in [HEXLOWER, HEXUPPER] {
        texts.push(encoding.encode(secret).into_bytes());
    }
    for encoding in [BASE64_NOPAD, BASE64URL_NOPAD] {
        for start in 0..3 {
            let whole = &secret[start..];
            let whole = &whole[..whole.len() / 3 * 3];
            texts.push(encoding.encode(whole).into_bytes());
        }
    }
    texts
}
