const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of an ASCII text's lower-case form.
pub(super) fn of_ascii_lowercased(seed: u64, text: &[u8]) -> u64 {
    let (words, tail) = text.as_chunks::<8>();
    let mut state = seed;
    for word in words {
        state = mix(state, ascii_lowercased(u64::from_le_bytes(*word)));
    }
    if !tail.is_empty() {
        let word = tail.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        state = mix(state, ascii_lowercased(word));
    }
    finish(state, text.len())
}

/// The hash of bytes as they come; `None` when there are more than `longest`.
pub(super) fn of_bytes(seed: u64, bytes: impl Iterator<Item = u8>, longest: usize) -> Option<u64> {
    let (mut state, mut word, mut length) = (seed, [0; 8], 0_usize);
    for byte in bytes {
        if length == longest {
            return None;
        }
        if let Some(place) = word.get_mut(length % 8) {
            *place = byte;
        }
        length = length.saturating_add(1);
        if length % 8 == 0 {
            state = mix(state, u64::from_le_bytes(word));
            word = [0; 8];
        }
    }
    if length % 8 != 0 {
        state = mix(state, u64::from_le_bytes(word));
    }
    Some(finish(state, length))
}

fn mix(state: u64, word: u64) -> u64 {
    let product = (state ^ word).wrapping_mul(MULTIPLIER);
    product ^ product >> 32
}

/// The finaliser of MurmurHash3 (Austin Appleby, public domain).
fn finish(state: u64, length: usize) -> u64 {
    let mut hash = state ^ length as u64;
    hash = (hash ^ hash >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ hash >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ hash >> 33
}

/// Lower-cases eight ASCII bytes at once: the top bit of each is set where the byte lies between `A` and `Z`.
fn ascii_lowercased(word: u64) -> u64 {
    const TOP: u64 = u64::from_le_bytes([0x80; 8]);
    let from_a = word.wrapping_add(const { u64::from_le_bytes([0x80 - b'A'; 8]) });
    let above_z = word.wrapping_add(const { u64::from_le_bytes([0x7F - b'Z'; 8]) });
    word | ((from_a ^ above_z) & TOP) >> 2
}
