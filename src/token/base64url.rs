//! base64url without padding (RFC 4648, section 5) of whole groups: three bytes, four characters.
//!
//! A table would be read at an index that the secret text chooses, and a general decoder has to look
//! at lengths and padding that a token does not have. Both functions do the same operations for every
//! text of a length, without a table and without a branch on a character, so the compiler works on
//! sixteen characters at a time.

/// Writes the characters of `bytes`: four for each three bytes. Both lengths are whole groups.
#[inline]
pub(super) fn encode(bytes: &[u8], text: &mut [u8]) {
    let (groups, _) = bytes.as_chunks::<3>();
    let (symbols, _) = text.as_chunks_mut::<4>();
    for ([a, b, c], symbols) in groups.iter().zip(symbols) {
        // The four groups of six bits, each at the low end of a byte.
        let bits = u32::from_be_bytes([0, *a, *b, *c]);
        let spread = (bits & 0xfc_0000) << 6 | (bits & 0x3_f000) << 4 | (bits & 0xfc0) << 2;
        *symbols = (spread | bits & 0x3f).to_be_bytes();
    }
    for symbol in text {
        *symbol = character_of(*symbol);
    }
}

/// Reads the characters of `text`, which it overwrites with their values; `None` when one of them is
/// outside of the alphabet. The lengths are 4 × `n` characters and 3 × `n` bytes.
#[inline]
#[must_use]
pub(super) fn decode(text: &mut [u8], bytes: &mut [u8]) -> Option<()> {
    let mut foreign = 0;
    for character in &mut *text {
        let distance = distance_of(*character);
        *character = character.wrapping_add(distance);
        foreign |= mask(distance == 0);
    }
    let (octets, symbols) = text.as_chunks::<8>();
    let (sextets, groups) = bytes.as_chunks_mut::<6>();
    for (octet, sextet) in octets.iter().zip(sextets) {
        let [_, _, joined @ ..] = joined(*octet);
        *sextet = joined;
    }
    // What is left when the number of groups is odd.
    for (symbols, group) in symbols.as_chunks::<4>().0.iter().zip(groups.as_chunks_mut::<3>().0) {
        let [a, b, c, d] = *symbols;
        let [.., first, second, third] = joined([0, 0, 0, 0, a, b, c, d]);
        *group = [first, second, third];
    }
    (foreign == 0).then_some(())
}

/// The six low bits of each byte, joined at the low end: first in pairs, then in fours, then all.
#[inline]
fn joined(symbols: [u8; 8]) -> [u8; 8] {
    let bits = u64::from_be_bytes(symbols);
    let bits = bits & 0x003f_003f_003f_003f | (bits & 0x3f00_3f00_3f00_3f00) >> 2;
    let bits = bits & 0x0000_0fff_0000_0fff | (bits & 0x0fff_0000_0fff_0000) >> 4;
    let bits = bits & 0x00ff_ffff | (bits & 0x00ff_ffff_0000_0000) >> 8;
    bits.to_be_bytes()
}

/// The character of a value below 64.
#[inline]
fn character_of(value: u8) -> u8 {
    // Each step is the distance between the ranges of the alphabet: A to Z, a to z, 0 to 9, -, _.
    let letter = value.wrapping_add(b'A');
    let lower = mask(value > 25) & 6;
    let digit = mask(value > 51) & 75_u8.wrapping_neg();
    let dash = mask(value > 61) & 13_u8.wrapping_neg();
    let underscore = mask(value > 62) & 49;
    letter.wrapping_add(lower).wrapping_add(digit).wrapping_add(dash).wrapping_add(underscore)
}

/// What a character is away from its value; 0 when it has none, which no character with a value is.
#[inline]
fn distance_of(character: u8) -> u8 {
    let upper = mask(character.wrapping_sub(b'A') < 26) & b'A'.wrapping_neg();
    let lower = mask(character.wrapping_sub(b'a') < 26) & 26_u8.wrapping_sub(b'a');
    let digit = mask(character.wrapping_sub(b'0') < 10) & (52 - b'0');
    let dash = mask(character == b'-') & (62 - b'-');
    let underscore = mask(character == b'_') & 63_u8.wrapping_sub(b'_');
    upper | lower | digit | dash | underscore
}

/// Ones for `true`, zeros for `false`; without a branch also where nothing is optimised.
#[inline]
pub(super) fn mask(condition: bool) -> u8 {
    u8::from(condition).wrapping_neg()
}
