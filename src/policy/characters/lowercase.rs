use core::char::ToLowercase;
use core::str::Chars;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::policy::characters::fold;

const CAPITAL_SIGMA: char = '\u{3A3}';
const SMALL_SIGMA: char = '\u{3C3}';
const FINAL_SIGMA: char = '\u{3C2}';

/// The characters of a text in lower case, by the full mapping of `str::to_lowercase` and Python's
/// `str.lower`, without a copy of the text.
///
/// The one mapping that looks at its surroundings is that of the capital sigma. It looks past
/// case-ignorable characters only, and a sigma is not one of them, so a text is walked at most
/// three times in all.
#[derive(Clone)]
pub(in crate::policy) struct Lowercase<'a> {
    text: &'a str,
    rest: Chars<'a>,
    pending: Option<ToLowercase>,
}

impl<'a> Lowercase<'a> {
    pub(in crate::policy) fn of(text: &'a str) -> Self {
        Self { text, rest: text.chars(), pending: None }
    }

    /// Unicode's condition Final_Sigma (The Unicode Standard, table 3-17), just after the sigma was
    /// taken from `rest`.
    fn ends_word(&self) -> bool {
        let after = self.rest.as_str();
        let taken = after.len().saturating_add(CAPITAL_SIGMA.len_utf8());
        let before = self.text.get(..self.text.len().saturating_sub(taken)).unwrap_or_default();
        let mut behind = before.chars().rev().skip_while(|character| is_case_ignorable(*character));
        let mut ahead = after.chars().skip_while(|character| is_case_ignorable(*character));
        behind.next().is_some_and(is_cased) && !ahead.next().is_some_and(is_cased)
    }

    /// What `character`, just taken from `rest`, begins with in lower case.
    fn look_up(&mut self, character: char) -> Option<char> {
        match character {
            CAPITAL_SIGMA if self.ends_word() => Some(FINAL_SIGMA),
            CAPITAL_SIGMA => Some(SMALL_SIGMA),
            _ if fold::is_common_small(character) => Some(character),
            _ => fold::small_of_capital(character)
                // Far cheaper to ask than to look up a mapping, and each of these maps to itself.
                .or_else(|| character.is_lowercase().then_some(character))
                .or_else(|| self.pending.insert(character.to_lowercase()).next()),
        }
    }
}

impl Iterator for Lowercase<'_> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        if let Some(pending) = &mut self.pending {
            if let Some(character) = pending.next() {
                return Some(character);
            }
            self.pending = None;
        }
        match self.rest.next()? {
            character if character.is_ascii() => Some(character.to_ascii_lowercase()),
            character if fold::is_plain_letter(character) => Some(character),
            character => self.look_up(character),
        }
    }
}

/// Unicode's property Cased.
fn is_cased(character: char) -> bool {
    character.is_lowercase()
        || character.is_uppercase()
        || character.general_category() == GeneralCategory::TitlecaseLetter
}

/// Unicode's property Case_Ignorable: five general categories, and the word breaks MidLetter,
/// MidNumLet, Single_Quote.
fn is_case_ignorable(character: char) -> bool {
    matches!(
        character,
        '\'' | '.'
            | ':'
            | '\u{B7}'
            | '\u{387}'
            | '\u{55F}'
            | '\u{5F4}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{FE13}'
            | '\u{FE52}'
            | '\u{FE55}'
            | '\u{FF07}'
            | '\u{FF0E}'
            | '\u{FF1A}'
    ) || matches!(
        character.general_category(),
        GeneralCategory::NonspacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::Format
            | GeneralCategory::ModifierLetter
            | GeneralCategory::ModifierSymbol
    )
}
