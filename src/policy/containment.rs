mod automaton;
mod buffer;
mod edges;
mod part;
mod reading;
mod stretches;
mod trigrams;

use super::text::Text;
use super::{Attribute, Personal};
use automaton::{Automaton, Room, Walk, Word};
use part::NamePart;
use reading::Reading;
use stretches::stretches;
use trigrams::Trigrams;

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
pub(super) const SHORTEST: usize = 3;

/// Of an attribute so many words are looked for one by one, which bounds the work; the whole always is.
const MOST_WORDS: usize = 16;

/// The first attribute of which a name is in `password`, forwards or backwards, or in which the whole
/// password is; letter case, marks, separators and leet do not matter.
///
/// Nearly every attribute is ruled out by the trigrams of the password; the first that is not has an automaton
/// built of the password, and from then on each is walked through it once for each reading. Texts that are too
/// long for that are searched by `str::contains`, so that no length switches the rule off.
pub(super) fn contained_attribute(password: &str, about: &Personal<'_>) -> Option<Attribute> {
    let longest = about.present().map(|(_, value)| value.len()).max()?;
    let number = stretches(password, longest)
        .filter_map(|stretch| number_of_contained(stretch, about))
        .min()?;
    about.present().nth(number).map(|(attribute, _)| attribute)
}

fn number_of_contained(password: &str, about: &Personal<'_>) -> Option<usize> {
    let mut trigrams = Trigrams::none();
    trigrams.fill(password);
    let may_be_related = |value: &str| trigrams.may_be_related(value, name_of(value));
    let first = about.present().position(|(_, value)| may_be_related(value))?;
    let mut room = Room::empty();
    let mut least = None;
    for reading in Reading::ALL.into_iter().filter(|reading| reading.may_differ(password)) {
        let letters = password.chars().filter_map(|character| reading.read(character));
        let number = if letters.clone().nth(automaton::LONGEST).is_none() {
            let (password, word) = Automaton::of(letters, &mut room);
            let mut reader = Reader { password, reading, word, trigrams: &trigrams };
            number_of(about, first, least, |value| reader.is_related(value))
        } else {
            let searched = Searched { password: Text::of(letters), trigrams: &trigrams, reading };
            number_of(about, first, least, |value| searched.is_related(value))
        };
        least = number.or(least);
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
    values.find(|(_, (_, value))| is_related(value)).map(|(number, _)| number)
}

/// Of an address the part before the at sign tells who it is. A value with white space is no address, nor is
/// one that begins with its only at sign: there that is a sign like any other.
pub(super) fn name_of(value: &str) -> &str {
    value
        .rsplit_once('@')
        .map(|(name, _)| name)
        .filter(|name| is_name(name) && !value.contains(char::is_whitespace))
        .unwrap_or(value)
}

fn is_name(local_part: &str) -> bool {
    NamePart::letters_of(local_part).next().is_some()
}

fn is_looked_for(word: &str) -> bool {
    NamePart::letters_of(word).take(SHORTEST).count() == SHORTEST
}

fn divides(character: char) -> bool {
    matches!(NamePart::of(character), NamePart::Divider)
}

/// A password that is read in one way, to walk attributes through.
struct Reader<'a> {
    password: Automaton<'a>,
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
        (words == 0 && self.holds_all_of(name))
            || (self.trigrams.may_be_in(value) && self.is_in(value))
    }

    fn holds_all_of(&mut self, name: &str) -> bool {
        self.word.clear();
        let letters = self.reading.letters_of_name(name);
        letters.for_each(|letter| self.word.push(&self.password, letter));
        self.word.is_looked_for() && self.word.is_held_by(&self.password)
    }

    /// Whether the password is in `value`, forwards or backwards.
    fn is_in(&self, value: &str) -> bool {
        let whole = self.password.letters();
        let is_in = |walk: &mut Walk, letter| {
            *walk = self.password.step(*walk, self.password.number(letter));
            walk.length == whole
        };
        let letters = || self.reading.letters_of_name(value);
        let (mut walk, mut back) = (Walk::default(), Walk::default());
        whole >= SHORTEST
            && value.len() >= whole
            && (letters().any(|letter| is_in(&mut walk, letter))
                || letters().rev().any(|letter| is_in(&mut back, letter)))
    }
}

/// A password that is read in one way, to search for names.
struct Searched<'a> {
    password: Text,
    trigrams: &'a Trigrams,
    reading: Reading,
}

impl Searched<'_> {
    fn is_related(&self, value: &str) -> bool {
        let name = name_of(value);
        let words = || name.split(divides).filter(|word| is_looked_for(word));
        words().take(MOST_WORDS).any(|word| self.holds(word))
            || (words().next().is_none() && self.holds(name))
            || (self.trigrams.may_be_in(value) && self.is_in(value))
    }

    fn holds(&self, name: &str) -> bool {
        self.trigrams.may_hold(name) && {
            let letters = self.reading.letters_of_name(name);
            let holds = |name: Text| self.password.as_str().contains(name.as_str());
            holds(Text::of(letters.clone())) || holds(Text::of(letters.rev()))
        }
    }

    fn is_in(&self, value: &str) -> bool {
        let password = self.password.as_str();
        let letters = self.reading.letters_of_name(value);
        let is_in = |value: Text| value.as_str().contains(password);
        password.chars().nth(SHORTEST.saturating_sub(1)).is_some()
            && (is_in(Text::of(letters.clone())) || is_in(Text::of(letters.rev())))
    }
}
