use alloc::string::String;

use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::joining::{joins_former, joins_next};

/// The longest name in a message, in characters.
pub(crate) const NAME_CHARACTERS: usize = 80;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Canonical_Combining_Class of what kills a vowel and ties letters together.
const VIRAMA: u8 = 9;

/// A name as a message shows it: without controls, line breaks and direction marks, which could
/// forge a line or turn text around, without white space at its ends, and cut to 80 characters.
///
/// Of the format characters only the joiners are kept, and they only where letters need them
/// (RFC 5892, appendices A.1 and A.2).
pub(crate) fn plain(name: &str) -> String {
    let is_ready = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if name.len() <= NAME_CHARACTERS && name.bytes().all(is_ready) {
        return name.trim_matches(' ').into();
    }
    let mut shown: String =
        Shown::of(name).skip_while(|first| first.is_whitespace()).take(NAME_CHARACTERS).collect();
    let end = shown.trim_end_matches(|last: char| last.is_whitespace() || is_joiner(last)).len();
    shown.truncate(end);
    shown
}

/// The characters of a name that are shown.
struct Shown<I: Iterator<Item = char> + Clone> {
    rest: I,
    /// Whether it matters what is before a character.
    has_joiners: bool,
    /// Whether the character before is a virama.
    after_virama: bool,
    /// Whether the letter before, marks aside, joins the next one.
    joins_next: bool,
}

impl Shown<core::str::Chars<'_>> {
    fn of(name: &str) -> Shown<impl Iterator<Item = char> + Clone + use<'_>> {
        let rest = name.chars().filter(|character| is_joiner(*character) || is_shown(*character));
        let has_joiners = name.contains([NON_JOINER, JOINER]);
        Shown { rest, has_joiners, after_virama: false, joins_next: false }
    }
}

impl<I: Iterator<Item = char> + Clone> Iterator for Shown<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            let character = self.rest.next()?;
            if is_joiner(character) {
                let between_letters = || {
                    let letter = self.rest.clone().find(|next| !is_mark(*next));
                    self.joins_next && letter.is_some_and(joins_former)
                };
                let is_needed = self.after_virama || character == NON_JOINER && between_letters();
                if !is_needed {
                    continue;
                }
                (self.after_virama, self.joins_next) = (false, false);
            } else if self.has_joiners {
                self.after_virama = canonical_combining_class(character) == VIRAMA;
                if !is_mark(character) {
                    self.joins_next = joins_next(character);
                }
            }
            return Some(character);
        }
    }
}

const fn is_joiner(character: char) -> bool {
    matches!(character, NON_JOINER | JOINER)
}

pub(super) fn is_shown(character: char) -> bool {
    // Most characters of names are, and this is known faster.
    if character.is_alphanumeric() {
        return true;
    }
    !matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// Joining_Type T, as far as it is shown.
fn is_mark(character: char) -> bool {
    !character.is_ascii()
        && matches!(
            character.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
}
