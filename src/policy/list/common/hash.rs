//! The hash of the filter. The last 16 bytes of a text, or all if it has fewer, make two words that
//! overlap as they must, so that no loop depends on the rest of the length; what is before them is
//! taken 16 bytes at a time. The multiplication is that of wyhash (Wang Yi, public domain).

/// Two words of eight bytes.
type Pair = (u64, u64);

/// The hash of an ASCII text's lowercase form; `None` when `text` is not ASCII.
pub(super) fn of_ascii_lowercased(seed: u64, text: &[u8]) -> Option<u64> {
    let mut all = 0;
    let hash = of_mapped(seed, text, |(first, last)| {
        all |= first | last;
        (ascii_lowercased(first), ascii_lowercased(last))
    });
    (all & TOP == 0).then_some(hash)
}

/// The hash of `text` as it is.
pub(super) fn of(seed: u64, text: &[u8]) -> u64 {
    of_mapped(seed, text, |pair| pair)
}

#[inline]
fn of_mapped(seed: u64, text: &[u8], mut map: impl FnMut(Pair) -> Pair) -> u64 {
    let mut state = seed;
    let pair = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>())
    {
        let first = match text.last_chunk::<16>() {
            None => *first,
            Some(last) => {
                let before = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
                for chunk in before.as_chunks::<16>().0 {
                    state = mix(state, map(halves(u128::from_le_bytes(*chunk))));
                }
                *last.first_chunk::<8>().unwrap_or(first)
            }
        };
        (u64::from_le_bytes(first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
    } else {
        match text {
            [first, middle, last] => (u32::from_le_bytes([*first, *middle, *last, 0]).into(), 0),
            [first, last] => (u16::from_le_bytes([*first, *last]).into(), 0),
            [only] => ((*only).into(), 0),
            _ => (0, 0),
        }
    };
    finish(state, map(pair), text.len())
}

#[expect(clippy::cast_possible_truncation, reason = "each half leaves out the other")]
const fn halves(chunk: u128) -> Pair {
    (chunk as u64, (chunk >> 64) as u64)
}

/// A multiplication to 128 bits whose halves are folded together.
const fn mix(state: u64, (first, last): Pair) -> u64 {
    let first = (first ^ state ^ 0xA076_1D64_78BD_642F) as u128;
    let (low, high) = halves(first.wrapping_mul((last ^ 0xE703_7ED1_A0B4_28DB) as u128));
    low ^ high
}

const fn finish(state: u64, pair: Pair, length: usize) -> u64 {
    mix(mix(state, pair), (length as u64, 0x8EBC_6AF0_9C88_C6E3))
}

const TOP: u64 = u64::from_le_bytes([0x80; 8]);

/// Lowercases eight ASCII bytes at once: the top bit of each is set where the byte lies between
/// `A` and `Z`.
const fn ascii_lowercased(word: u64) -> u64 {
    let from_a = word.wrapping_add(const { u64::from_le_bytes([0x80 - b'A'; 8]) });
    let above_z = word.wrapping_add(const { u64::from_le_bytes([0x7F - b'Z'; 8]) });
    word | ((from_a ^ above_z) & TOP) >> 2
}
