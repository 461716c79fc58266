//! Passwords that have only spaces or invisible characters.

/// Whether `password` has characters and none of them is visible.
pub(in crate::policy) fn is_blank(password: &str) -> bool {
    !password.is_empty() && password.chars().all(shows_nothing)
}

/// Whether `character` is not visible: it has Unicode's property White_Space or
/// Default_Ignorable_Code_Point, or the general category Cc, or is the Braille pattern without dots.
pub(in crate::policy) fn shows_nothing(character: char) -> bool {
    match character {
        '!'..='~' => false,
        '\u{2800}' => true,
        _ => character.is_whitespace() || character.is_control() || is_ignorable(character),
    }
}

/// Default_Ignorable_Code_Point of the Unicode Character Database, DerivedCoreProperties.txt of 16.0.0.
const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}
