//! The hash of `src/policy/common/hash.rs`, written a second time: a mistake in one of them makes
//! entries get lost.

pub fn of(seed: u64, text: &[u8]) -> u64 {
    let mut state = seed;
    let mut start = 0;
    while text.len() - start > 8 {
        state =
            mix(state, u64::from_le_bytes(text[start..start + 8].try_into().expect("eight bytes")));
        start += 8;
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().rev().zip(text.iter().rev()) {
        *to = *from;
    }
    mix(mix(state, u64::from_le_bytes(last)), text.len() as u64)
}

fn mix(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word ^ 0xA076_1D64_78BD_642F) * 0xE703_7ED1_A0B4_28DB;
    product as u64 ^ (product >> 64) as u64
}
