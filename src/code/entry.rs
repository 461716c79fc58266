use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::CodeShape;
use super::typed::{NONE, Symbols};

/// The longest text that is read as a code, in bytes.
const MAX_BYTES: usize = 64;

/// Reads what a person typed; `None` for what no code of this shape can be.
pub(super) fn read(shape: &CodeShape, text: &str) -> Option<Symbols> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut symbols = Symbols::new([NONE; CodeShape::MAX_LENGTH]);
    let mut free = symbols.iter_mut().take(shape.length());
    // Brackets, quotes and the full stop of a sentence are copied along with a code.
    let text = text.trim_matches(|character| is_skipped(character) || is_punctuation(character));
    for character in text.chars().filter(|character| !is_skipped(*character)) {
        *free.next()? = shape.alphabet().symbol_of(narrow(character)?)?;
    }
    free.next().is_none().then_some(symbols)
}

/// White space, dashes, and what cannot be seen but comes along when a text is copied.
fn is_skipped(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_whitespace() || matches!(character, '-' | '\u{b}');
    }
    character.is_whitespace()
        || matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
        // Soft hyphen, spaces without width, joiners, marks of direction, byte order mark.
        || character.general_category() == GeneralCategory::Format
}

fn is_punctuation(character: char) -> bool {
    character.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// The ASCII letter or digit that was typed, also where a keyboard of another script has another in
/// its place: full-width letters, and decimal digits of every script.
fn narrow(character: char) -> Option<u8> {
    let code_point = u32::from(character);
    let narrow = match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => code_point,
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            code_point.saturating_sub(0xff10 - 0x30)
        }
        _ => return decimal(character),
    };
    u8::try_from(narrow).ok()
}

/// The ASCII digit of a decimal digit (general category Nd). Unicode encodes those of a script from
/// zero to nine, one after the other, so the value follows from how many come before.
fn decimal(character: char) -> Option<u8> {
    let is_decimal = |code_point: &u32| {
        let character = char::from_u32(*code_point);
        character.map(|digit| digit.general_category()) == Some(GeneralCategory::DecimalNumber)
    };
    let code_point = u32::from(character);
    if !is_decimal(&code_point) {
        return None;
    }
    let before = (0..code_point).rev().take_while(is_decimal).count().checked_rem(10)?;
    u8::try_from(before).ok()?.checked_add(b'0')
}
