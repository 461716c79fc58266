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
    for character in text.chars().filter(|character| !is_skipped(*character)) {
        *free.next()? = shape.alphabet().symbol_of(narrow(character)?)?;
    }
    free.next().is_none().then_some(symbols)
}

/// White space, dashes, and what cannot be seen but comes along when a text is copied.
const fn is_skipped(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_whitespace() || matches!(character, '-' | '\u{b}');
    }
    character.is_whitespace()
        || matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
        // Soft hyphen, spaces without width, joiners, marks of direction, byte order mark.
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The ASCII letter or digit that was typed, also where a keyboard of another script has another in
/// its place: full-width forms, Arabic-Indic and Extended Arabic-Indic digits.
fn narrow(character: char) -> Option<u8> {
    let code_point = u32::from(character);
    let narrow = match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => code_point,
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            code_point.saturating_sub(0xff10 - 0x30)
        }
        '\u{660}'..='\u{669}' => code_point.saturating_sub(0x660 - 0x30),
        '\u{6f0}'..='\u{6f9}' => code_point.saturating_sub(0x6f0 - 0x30),
        _ => return None,
    };
    u8::try_from(narrow).ok()
}
