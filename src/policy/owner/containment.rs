mod automaton;
mod buffer;
mod edges;
mod fingerprint;
mod part;
mod reading;
mod stretches;
mod trigrams;

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::policy::characters::syllables;
use crate::policy::text::Text;
use crate::policy::{Attribute, Personal};
use automaton::{Automaton, Room, Walk, Word};
use fingerprint::Fingerprint;
use part::NamePart;
use reading::Reading;
use stretches::stretches;
use trigrams::Trigrams;

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
pub(in crate::policy) const SHORTEST: usize = 3;

/// Of an attribute so many words are looked for one by one, which bounds the work; the whole always is.
pub(in crate::policy) const MOST_WORDS: usize = 16;

/// The first attribute of which a name is in `password`, forwards or backwards, or in which the whole
/// password is; letter case, marks, separators and leet do not matter.
///
/// Nearly every attribute is ruled out by the trigrams of the password; the first that is not has an automaton
/// built of the password, and from then on each is walked through it once for each reading. Texts that are too
/// long for that are searched by `str::contains`, so that no length switches the rule off.
pub(in crate::policy) fn contained_attribute(
    password: &str,
    about: &Personal<'_>,
) -> Option<Attribute> {
    let longest = about.present().map(|(_, value)| value.len()).max()?;
    let number = stretches(password, longest)
        .filter_map(|stretch| number_of_contained(stretch, about))
        .min()?;
    about.present().nth(number).map(|(attribute, _)| attribute)
}

fn number_of_contained(password: &str, about: &Personal<'_>) -> Option<usize> {
    let mut trigrams = Trigrams::none();
    trigrams.fill(password);
    let may_be_related = |value: &str| {
        let value = syllables::composed(value);
        trigrams.may_be_related(&value, name_of(&value))
    };
    let first = about.present().position(|(_, value)| may_be_related(value))?;
    let readings = || Reading::ALL.into_iter().filter(|reading| reading.may_differ(password));
    if readings().any(|it| it.letters_of_password(password).nth(automaton::LONGEST).is_some()) {
        let all = readings().map(|reading| Searched::new(password, reading)).collect::<Vec<_>>();
        return number_of(about, first, None, |value| is_related(&all, &trigrams, value));
    }
    let mut room = Room::empty();
    let mut least = None;
    for reading in readings() {
        let letters = || reading.letters_of_password(password);
        let (password, word) = Automaton::of(letters(), &mut room);
        let whole = Fingerprint::of(letters());
        let mut reader = Reader { password, whole, reading, word, trigrams: &trigrams };
        least = number_of(about, first, least, |value| reader.is_related(value)).or(least);
    }
    least
}

/// The number of the first attribute of which it `is_related`, from `first` on and before `end`.
fn number_of(
    about: &Personal<'_>,
    first: usize,
    end: Option<usize>,
    mut is_related: impl FnMut(&str) -> bool,
) -> Option<usize> {
    let numbered = about.present().enumerate().skip(first);
    let mut values = numbered.take_while(|(number, _)| end.is_none_or(|end| *number < end));
    values.find(|(_, (_, value))| is_related(&syllables::composed(value))).map(|(number, _)| number)
}

/// Of an address the part before the at sign tells who it is. A value with white space is no address, nor is
/// one that begins with its only at sign: there that is a sign like any other.
pub(in crate::policy) fn name_of(value: &str) -> &str {
    value
        .rsplit_once('@')
        .map(|(name, _)| name)
        .filter(|name| is_name(name) && !value.contains(char::is_whitespace))
        .unwrap_or(value)
}

fn is_name(local_part: &str) -> bool {
    NamePart::letters_of(local_part).next().is_some()
}

pub(in crate::policy) fn divides(character: char) -> bool {
    matches!(NamePart::of(character), NamePart::Divider)
}

/// A password that is read in one way, to walk attributes through.
struct Reader<'a> {
    password: Automaton<'a>,
    whole: Fingerprint,
    reading: Reading,
    word: Word<'a>,
    trigrams: &'a Trigrams,
}

impl Reader<'_> {
    /// Whether the password holds a name of `value`, forwards or backwards, or is in it.
    fn is_related(&mut self, value: &str) -> bool {
        let name = name_of(value);
        let mut words = 0_usize;
        self.word.clear();
        for character in name.chars().chain([' ']) {
            if let Some(letter) = self.reading.read_in_name(character) {
                self.word.push(&self.password, letter);
            } else if divides(character) {
                if self.word.is_looked_for() {
                    if self.word.is_held_by(&self.password) {
                        return true;
                    }
                    words = words.saturating_add(1);
                    if words == MOST_WORDS {
                        break;
                    }
                }
                self.word.clear();
            }
        }
        (words == 0 && self.holds_all_of(name)) || self.is_in(value)
    }

    fn holds_all_of(&mut self, name: &str) -> bool {
        self.word.clear();
        let letters = self.reading.letters_of_name(name);
        letters.for_each(|letter| self.word.push(&self.password, letter));
        self.word.is_looked_for() && self.word.is_held_by(&self.password)
    }

    /// Whether the password is in `value`, forwards or backwards.
    fn is_in(&self, value: &str) -> bool {
        let whole = self.whole.letters();
        let is_in = |walk: &mut Walk, letter| {
            *walk = self.password.step(*walk, self.password.number(letter));
            walk.length == whole
        };
        let letters = || self.reading.letters_of_name(value);
        let (mut walk, mut back) = (Walk::default(), Walk::default());
        whole >= SHORTEST
            && value.len() >= whole
            && self.trigrams.may_be_in(value)
            && self.whole.may_be_in(letters())
            && (letters().any(|letter| is_in(&mut walk, letter))
                || letters().rev().any(|letter| is_in(&mut back, letter)))
    }
}

/// A password that is read in one way, to search for names.
struct Searched {
    password: Text,
    reading: Reading,
    letters: usize,
}

impl Searched {
    fn new(password: &str, reading: Reading) -> Self {
        let password = Text::from(password, reading.letters_of_password(password));
        let letters = password.as_str().chars().count();
        Self { password, reading, letters }
    }

    /// Whether the password holds `name`, which has so many letters, forwards or backwards.
    fn holds(&self, name: &str, letters: usize) -> bool {
        match letters.cmp(&self.letters) {
            Ordering::Less => self.in_either_direction(name, |name| self.password().contains(name)),
            Ordering::Equal => self.is_all_of(name),
            Ordering::Greater => false,
        }
    }

    /// Whether the password is in `value`, which has so many letters, forwards or backwards.
    fn is_in(&self, value: &str, letters: usize) -> bool {
        match letters.cmp(&self.letters) {
            _ if self.letters < SHORTEST => false,
            Ordering::Less => false,
            Ordering::Equal => self.is_all_of(value),
            Ordering::Greater => {
                self.in_either_direction(value, |value| value.contains(self.password()))
            }
        }
    }

    /// Costs no copy, and for most names no more than a look at both ends.
    fn is_all_of(&self, name: &str) -> bool {
        let (letters, password) = (self.reading.letters_of_name(name), self.password().chars());
        letters.clone().eq(password.clone()) || letters.rev().eq(password)
    }

    fn in_either_direction(&self, name: &str, is_related: impl Fn(&str) -> bool) -> bool {
        let mut name = Text::from(name, self.reading.letters_of_name(name));
        is_related(name.as_str()) || {
            name.reverse();
            is_related(name.as_str())
        }
    }

    fn password(&self) -> &str {
        self.password.as_str()
    }
}

/// Whether in one of its readings the password holds a name of `value` or is in it.
fn is_related(password: &[Searched], trigrams: &Trigrams, value: &str) -> bool {
    let name = name_of(value);
    let longest = password.iter().map(|searched| searched.letters).max().unwrap_or(0);
    let holds = |name: &str, letters: usize| {
        letters <= longest
            && trigrams.may_hold(name)
            && password.iter().any(|searched| searched.holds(name, letters))
    };
    let words = name.split(divides).map(|word| (word, NamePart::letters_of(word).count()));
    let mut words = words.filter(|(_, letters)| *letters >= SHORTEST).take(MOST_WORDS).peekable();
    let has_words = words.peek().is_some();
    words.any(|(word, letters)| holds(word, letters))
        || (!has_words && holds(name, NamePart::letters_of(name).count()))
        || {
            let letters = NamePart::letters_of(value).count();
            password.iter().any(|searched| searched.is_in(value, letters))
        }
}
