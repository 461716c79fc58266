//! Django's list of common passwords, embedded: 19,640 entries of 1 to 33 characters, in the order
//! of their bytes.
//!
//! A filter with 8 bits a key answers nearly every password that is not on the list from three
//! bytes close together. The exact list is asked only when the filter says yes, so that there is no
//! false alarm and no miss. Nothing is built at start-up and the password is not copied: it is
//! lower-cased and compared byte by byte as it is read.
//!
//! `passwords.bin` is made by tools/common-passwords from a file of Django's, whose licence (BSD-3)
//! stands beside it.

mod blocks;
mod filter;
mod hash;

use blocks::Blocks;
use filter::Filter;

use super::lowercase::Lowercase;

/// Whether `password` is on the list once lower-cased and stripped: Django's
/// `CommonPasswordValidator`.
pub(super) fn contains(password: &str) -> bool {
    // White space is neither cased nor case-ignorable, so stripping before lower-casing gives the
    // same text.
    let stripped = strip(password);
    LIST.as_ref().is_some_and(|list| list.contains(stripped))
}

const BYTES: &[u8] = include_bytes!("common/passwords.bin");
static LIST: Option<List<'static>> = List::parse(BYTES);
const _: () = assert!(LIST.is_some(), "the embedded list does not read");

/// The list as it lies in the binary, format 1, numbers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 0..4 | `RPW` and the version, 1 |
/// | 4..8 | bytes of the longest entry |
/// | 8..16 | seed of the hash |
/// | 16..20 | slots in a segment of the filter, a power of two |
/// | 20..24 | bytes of the filter |
/// | 24..28 | number of blocks |
/// | 28.. | the filter; the first four bytes of each block's first entry, padded with zeros; where each block begins; the blocks |
struct List<'a> {
    longest: usize,
    seed: u64,
    filter: Filter<'a>,
    blocks: Blocks<'a>,
}

impl<'a> List<'a> {
    const fn parse(bytes: &'a [u8]) -> Option<Self> {
        let Some((b"RPW\x01", bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((longest, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((seed, bytes)) = bytes.split_first_chunk::<8>() else { return None };
        let Some((segment, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((filter_length, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((blocks, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let filter_length = u32::from_le_bytes(*filter_length) as usize;
        let Some((slots, bytes)) = bytes.split_at_checked(filter_length) else { return None };
        let Some(filter) = Filter::new(slots, u32::from_le_bytes(*segment)) else { return None };
        let Some(blocks) = Blocks::new(bytes, u32::from_le_bytes(*blocks) as usize) else {
            return None;
        };
        Some(Self {
            longest: u32::from_le_bytes(*longest) as usize,
            seed: u64::from_le_bytes(*seed),
            filter,
            blocks,
        })
    }

    fn contains(&self, stripped: &str) -> bool {
        if stripped.is_ascii() {
            return stripped.len() <= self.longest
                && self
                    .filter
                    .may_contain(hash::of_ascii_lowercased(self.seed, stripped.as_bytes()))
                && self.blocks.contains(stripped.bytes().map(|byte| byte.to_ascii_lowercase()));
        }
        let lowered = utf8(Lowercase::of(stripped));
        hash::of_bytes(self.seed, lowered.clone(), self.longest)
            .is_some_and(|hash| self.filter.may_contain(hash))
            && self.blocks.contains(lowered)
    }
}

/// Python's `str.strip`: Unicode's White_Space and the four separators U+001C to U+001F.
fn strip(password: &str) -> &str {
    if let [first, .., last] = password.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return password;
    }
    password.trim_matches(|character: char| {
        character.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&character)
    })
}

fn utf8(text: Lowercase<'_>) -> impl Iterator<Item = u8> + Clone {
    text.flat_map(|character| {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        bytes.into_iter().take(length)
    })
}
