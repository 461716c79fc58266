//! The hash of the filter: a text is taken in words of eight bytes, the last of which reaches back
//! into the one before, so that no loop depends on the rest of the length. A text of less than
//! eight bytes is one word, in its upper bytes.

/// The hash of an ASCII text's lower-case form.
pub(super) fn of_ascii_lowercased(seed: u64, text: &[u8]) -> u64 {
    let Some(last) = text.last_chunk::<8>() else {
        return finish(mix(seed, ascii_lowercased(short(text))), text.len());
    };
    let before = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let state = before
        .as_chunks::<8>()
        .0
        .iter()
        .fold(seed, |state, word| mix(state, ascii_lowercased(u64::from_le_bytes(*word))));
    finish(mix(state, ascii_lowercased(u64::from_le_bytes(*last))), text.len())
}

/// The hash of bytes as they come; `None` when there are more than `longest`.
pub(super) fn of_bytes(seed: u64, bytes: impl Iterator<Item = u8>, longest: usize) -> Option<u64> {
    let (mut state, mut word, mut length) = (seed, 0_u64, 0_usize);
    for byte in bytes {
        if length == longest {
            return None;
        }
        if length > 0 && length % 8 == 0 {
            state = mix(state, word);
        }
        word = word >> 8 | u64::from(byte) << 56;
        length = length.saturating_add(1);
    }
    Some(finish(mix(state, word), length))
}

/// The word of less than eight bytes, from reads that overlap.
fn short(text: &[u8]) -> u64 {
    let shift = |place: usize| (place as u32).wrapping_mul(8);
    let word = match (text.first_chunk::<4>(), text.last_chunk::<4>(), text) {
        (Some(first), Some(last), _) => {
            let last = u64::from(u32::from_le_bytes(*last));
            u64::from(u32::from_le_bytes(*first))
                | last.wrapping_shl(shift(text.len().wrapping_sub(4)))
        }
        (_, _, [first, middle, last]) => u64::from(u32::from_le_bytes([*first, *middle, *last, 0])),
        (_, _, [first, last]) => u64::from(u16::from_le_bytes([*first, *last])),
        (_, _, [only]) => u64::from(*only),
        _ => 0,
    };
    word.wrapping_shl(64_u32.wrapping_sub(shift(text.len())))
}

/// A multiplication to 128 bits whose halves are folded together, as in wyhash (Wang Yi, public
/// domain).
fn mix(state: u64, word: u64) -> u64 {
    let product =
        u128::from(state ^ word ^ 0xA076_1D64_78BD_642F).wrapping_mul(0xE703_7ED1_A0B4_28DB);
    product as u64 ^ (product >> 64) as u64
}

fn finish(state: u64, length: usize) -> u64 {
    mix(state, length as u64)
}

/// Lower-cases eight ASCII bytes at once: the top bit of each is set where the byte lies between
/// `A` and `Z`.
fn ascii_lowercased(word: u64) -> u64 {
    const TOP: u64 = u64::from_le_bytes([0x80; 8]);
    let from_a = word.wrapping_add(const { u64::from_le_bytes([0x80 - b'A'; 8]) });
    let above_z = word.wrapping_add(const { u64::from_le_bytes([0x7F - b'Z'; 8]) });
    word | ((from_a ^ above_z) & TOP) >> 2
}
