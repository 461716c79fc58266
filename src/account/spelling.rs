//! Spellings that mean the same, as keyboards, clipboards and operating systems produce them.

use alloc::borrow::Cow;
use alloc::string::String;

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The text without what comes along unseen at either end when it is pasted: white space, byte order
/// marks, marks of direction and other format characters (general category Cf).
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || character.general_category() == GeneralCategory::Format
    })
}

/// Normalization Form C. Which form a keyboard produces is not the choice of the person who types.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// ASCII letters in lower case, Normalization Form C (RFC 6532, section 3.1).
pub(super) fn canonical_address(text: &str) -> String {
    let mut text = nfc(text).into_owned();
    text.make_ascii_lowercase();
    text
}

/// The mappings of the profile UsernameCaseMapped (RFC 8265, section 3.3): width, lowercase, and
/// Normalization Form C, after trimming.
pub(super) fn canonical_login(text: &str) -> String {
    let text = trimmed(text);
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    nfc(&narrow(text).to_lowercase()).into_owned()
}

/// Fullwidth and halfwidth characters as the ordinary ones that they are variants of (their
/// decomposition mapping, Unicode Standard Annex #11).
pub(super) fn narrow(text: &str) -> String {
    text.chars().map(ordinary).collect()
}

fn ordinary(character: char) -> char {
    // Hangul letters and the macron decompose further than their width.
    let back = match character {
        '\u{ff01}'..='\u{ff5e}' => 0xff01 - 0x21,
        '\u{ffa0}' => 0xffa0 - 0x3164,
        '\u{ffa1}'..='\u{ffbe}' => 0xffa1 - 0x3131,
        '\u{ffc2}'..='\u{ffc7}' => 0xffc2 - 0x314f,
        '\u{ffca}'..='\u{ffcf}' => 0xffca - 0x3155,
        '\u{ffd2}'..='\u{ffd7}' => 0xffd2 - 0x315b,
        '\u{ffda}'..='\u{ffdc}' => 0xffda - 0x3161,
        '\u{ffe3}' => 0xffe3 - 0xaf,
        '\u{3000}' | '\u{ff5f}'..='\u{ffee}' => return decomposed(character),
        _ => return character,
    };
    let ordinary = u32::from(character).checked_sub(back).and_then(char::from_u32);
    ordinary.unwrap_or(character)
}

fn decomposed(character: char) -> char {
    let mut decomposed = character;
    decompose_compatible(character, |part| decomposed = part);
    decomposed
}
