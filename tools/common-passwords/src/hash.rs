//! The hash of `src/policy/common/hash.rs`, written a second time: a mistake in one of them makes entries get lost.

pub fn of(seed: u64, text: &[u8]) -> u64 {
    let mut state = seed;
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let product = (state ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state = product ^ (product >> 32);
    }
    let mut hash = state ^ text.len() as u64;
    for factor in [0xFF51_AFD7_ED55_8CCD, 0xC4CE_B9FE_1A85_EC53_u64] {
        hash = (hash ^ (hash >> 33)).wrapping_mul(factor);
    }
    hash ^ (hash >> 33)
}
