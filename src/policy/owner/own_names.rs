//! Passwords that are nothing but names of their owner.

use crate::policy::characters::fold;
use crate::policy::characters::syllables::Syllables;
use crate::policy::owner::containment::{MOST_WORDS, divides, name_of};
use crate::policy::{Attribute, Personal};

/// From so many places where a name ends, and from the beginning, the next name is looked for, which bounds
/// the work.
const MOST_ENDS: usize = 32;

/// The search ends after this many steps. A step is a byte of an attribute, or a character that is compared
/// with a name. The names of a person need far fewer.
const MOST_STEPS: usize = 1 << 16;

/// Names with fewer letters and digits in all make no password.
const FEWEST_LETTERS: usize = 3;

/// The attribute of the first name, if `password` is nothing but names of the owner, forwards or all of it
/// backwards, with nothing but digits and symbols behind them, or before them if they are backwards; letter
/// case, marks, separators and leet do not matter.
///
/// NIST SP 800-63B-4 section 3.1.1.2: the user name and its derivatives, compared with the entire password.
pub(in crate::policy) fn derived_from(password: &str, about: &Personal<'_>) -> Option<Attribute> {
    if has_other_letters(password, about) {
        return None;
    }
    let is_other = |character| !is_letter(character);
    let without_tail = password.trim_end_matches(is_other);
    let names = without_tail.trim_start_matches(is_other).chars().count();
    let mut steps = MOST_STEPS;
    made_of_names(password.chars(), without_tail.chars().count(), about, &mut steps)
        .or_else(|| made_of_names(without_tail.chars().rev(), names, about, &mut steps))
        // What is a digit may be the first letter of a name.
        .or_else(|| {
            let least = password.trim_start_matches(is_other).chars().count();
            made_of_names(password.chars().rev(), least, about, &mut steps)
        })
}

/// Whether the password has a letter of ASCII that no name has, or nothing is known. This rules out nearly
/// every password at little cost.
fn has_other_letters(password: &str, about: &Personal<'_>) -> bool {
    let (mut of_names, mut is_nothing_known) = (0, true);
    about.find(|value| {
        of_names |= letters_in(value, &OF_NAMES);
        is_nothing_known = false;
        false
    });
    is_nothing_known || letters_in(password, &OF_PASSWORDS) & !of_names != 0
}

fn letters_in(text: &str, of_bytes: &[u32; 256]) -> u32 {
    let of = |byte: u8| of_bytes.get(usize::from(byte)).copied().unwrap_or(0);
    text.bytes().fold(0, |all, byte| all | of(byte))
}

/// For each byte of a password a bit for its letter, if it is one of ASCII. Others rule nothing out.
const OF_PASSWORDS: [u32; 256] = letters_of_bytes(false);

/// For each byte of a name a bit for each letter of ASCII that it is read as: those that it is leet for, and
/// of what is beyond ASCII any.
const OF_NAMES: [u32; 256] = letters_of_bytes(true);

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "only the compiler comes here"
)]
const fn letters_of_bytes(of_names: bool) -> [u32; 256] {
    let mut letters = [0; 256];
    let mut byte = 0_u8;
    loop {
        letters[byte as usize] = letters_of_byte(byte, of_names);
        if byte == u8::MAX {
            return letters;
        }
        byte += 1;
    }
}

const fn letters_of_byte(byte: u8, of_names: bool) -> u32 {
    if byte.is_ascii_alphabetic() {
        return 1 << (byte & 31);
    }
    if !of_names {
        return 0;
    }
    if !byte.is_ascii() {
        return u32::MAX;
    }
    let (mut leet, mut all) = (fold::leet(byte as char), 0);
    while let [letter, others @ ..] = leet {
        all |= 1 << (*letter as u32 & 31);
        leet = others;
    }
    all
}

/// The names that a password may be made of: the whole of an attribute, of an e-mail address the part before
/// the at sign as well, and each word of two letters or more.
pub(in crate::policy) fn names_of(value: &str) -> impl Iterator<Item = &str> {
    let name = name_of(value);
    let words = name.split(divides).filter(|word| letters_of(word).nth(1).is_some());
    [value]
        .into_iter()
        .chain((name != value).then_some(name))
        .chain(words.take(MOST_WORDS).filter(move |word| *word != name))
}

/// Whether names follow one another in `text` until `least` characters are taken, and what is behind them
/// is no name.
fn made_of_names(
    text: impl Iterator<Item = char> + Clone,
    least: usize,
    about: &Personal<'_>,
    steps: &mut usize,
) -> Option<Attribute> {
    // Where a name ends, and the attribute of the first one on the way there.
    let mut reached = [(0_usize, None); MOST_ENDS + 1];
    let mut count = 1_usize;
    for number in 0..=MOST_ENDS {
        let (start, first) = *reached.get(..count)?.get(number)?;
        let mut rest = text.clone();
        if let Some(last) = start.checked_sub(1) {
            rest.nth(last);
        }
        let has_letters =
            || text.clone().take(start).filter_map(fold::plain).nth(FEWEST_LETTERS - 1).is_some();
        // A number that goes on behind a name of digits is another number.
        let is_tail =
            || least > 0 || rest.clone().all(|character| fold::plain(character).is_none());
        if start >= least && has_letters() && is_tail() {
            return first;
        }
        for (attribute, value) in about.present() {
            *steps = steps.checked_sub(value.len())?;
            for name in names_of(value) {
                let Some(length) = length_of(name, rest.clone(), steps) else { continue };
                let end = start.saturating_add(length);
                let is_new = reached.iter().take(count).all(|(known, _)| *known != end);
                if is_new && let Some(place) = reached.get_mut(count) {
                    *place = (end, first.or(Some(attribute)));
                    count = count.saturating_add(1);
                }
            }
        }
    }
    None
}

/// How many characters `name` takes at the beginning of `text`, if it is there.
fn length_of(name: &str, text: impl Iterator<Item = char>, steps: &mut usize) -> Option<usize> {
    let mut letters = letters_of(name);
    let mut next = letters.next()?;
    for (at, character) in text.enumerate() {
        *steps = steps.checked_sub(1)?;
        if is_read_as(character, next) {
            match letters.next() {
                Some(letter) => next = letter,
                None => return at.checked_add(1),
            }
        } else if fold::plain(character).is_some() {
            return None;
        }
    }
    None
}

fn letters_of(name: &str) -> impl Iterator<Item = char> {
    Syllables::of(name.chars()).filter_map(fold::plain)
}

/// Whether `character` of a password is `letter` of a name; either may be leet for the other.
fn is_read_as(character: char, letter: char) -> bool {
    let plain = fold::plain(character);
    plain == Some(letter)
        || fold::leet(character).contains(&letter)
        || plain.is_some_and(|plain| fold::leet(letter).contains(&plain))
}

pub(in crate::policy) fn is_letter(character: char) -> bool {
    fold::plain(character).is_some() && fold::is_alphabetic(character)
}
