use alloc::borrow::Cow;

use unicode_normalization::char::compose;

/// `text` with the letters of Hangul composed into syllables, as a `Password` has them. They are no
/// marks that folding would drop, so that a name spelled in letters would not meet a password.
pub(in crate::policy) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_part) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(Syllables::of(text.chars()).collect())
}

/// The characters of a text, the letters of Hangul composed into syllables: what NFC makes of them (The Unicode
/// Standard, section 3.12), and nothing else of what it does. Keeps one character at a time.
#[derive(Clone)]
pub(in crate::policy) struct Syllables<C> {
    characters: C,
    ahead: Option<char>,
}

impl<C: Iterator<Item = char>> Syllables<C> {
    pub(in crate::policy) const fn of(characters: C) -> Self {
        Self { characters, ahead: None }
    }
}

impl<C: Iterator<Item = char>> Iterator for Syllables<C> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        let mut character = self.ahead.take().or_else(|| self.characters.next())?;
        // Only what a syllable can begin with has to see what follows.
        while matches!(character, '\u{1100}'..='\u{1112}' | '\u{AC00}'..='\u{D7A3}') {
            self.ahead = self.characters.next();
            let Some(next) = self.ahead.filter(|next| is_part(*next)) else { break };
            let Some(syllable) = compose(character, next) else { break };
            character = syllable;
        }
        Some(character)
    }
}

const fn is_part(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11FF}')
}
