mod stretches;
mod suffixes;
mod trigrams;

use super::text::Text;
use super::{Attribute, Personal, fold};
use stretches::stretches;
use suffixes::Suffixes;
use trigrams::Trigrams;

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
pub(super) const SHORTEST: usize = 3;

/// Of an attribute so many words are looked for one by one, which bounds the work; the whole always is.
const MOST_WORDS: usize = 16;

/// The first attribute of which a name is in `password`, forwards or backwards, or in which the whole
/// password is; letter case, marks, separators and leet do not matter.
///
/// Nearly every name is ruled out by the trigrams of the password; the first that is not has the suffixes
/// of the password sorted, and from then on each is found by bisection. Texts that are too long for that
/// are searched by `str::contains`, which is linear in both, so that no length switches the rule off.
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
    let mut rest = about
        .present()
        .enumerate()
        .skip_while(|(_, (_, value))| {
            !is_related(value, |name| trigrams.may_hold(name), |value| trigrams.may_be_in(value))
        })
        .peekable();
    rest.peek()?;
    let mut readers = Reading::ALL.map(|reading| Reader::new(password, reading));
    readers.iter_mut().flatten().for_each(|reader| reader.password.sort());
    let holds = |name: &str| {
        trigrams.may_hold(name) && readers.iter().flatten().any(|reader| reader.holds(name))
    };
    let is_in = |value: &str| {
        trigrams.may_be_in(value) && readers.iter().flatten().any(|reader| reader.is_in(value))
    };
    rest.find(|(_, (_, value))| is_related(value, holds, is_in)).map(|(number, _)| number)
}

/// Whether the password holds a name of `value` or is in it, by the answers of the two questions.
fn is_related(value: &str, holds: impl Fn(&str) -> bool, is_in: impl FnOnce(&str) -> bool) -> bool {
    // Of an address the part before the at sign tells who it is.
    let name = value.rsplit_once('@').map_or(value, |(name, _)| name);
    name.split(divides).take(MOST_WORDS).any(&holds) || holds(name) || is_in(value)
}

fn divides(character: char) -> bool {
    fold::plain(character).is_none() && !fold::is_mark(character)
}

/// What the characters that may stand for letters are read as.
#[derive(Clone, Copy)]
enum Reading {
    AsTyped,
    /// The first letter of those that it may stand for.
    FirstLeet,
    LastLeet,
}

impl Reading {
    const ALL: [Self; 3] = [Self::AsTyped, Self::FirstLeet, Self::LastLeet];

    /// Whether `password` reads otherwise than in the readings before.
    fn may_differ(self, password: &str) -> bool {
        let least = match self {
            Self::AsTyped => return true,
            Self::FirstLeet => 1,
            Self::LastLeet => 2,
        };
        password.chars().any(|character| fold::leet(character).len() >= least)
    }

    fn read(self, character: char) -> Option<char> {
        self.letter(character).or_else(|| fold::plain(character))
    }

    /// [`Reading::read`] of what a name has: its leet is in its digits, as a symbol divides words.
    #[inline]
    fn read_in_name(self, character: char) -> Option<char> {
        match self.ascii_in_names().get(character as usize) {
            Some(letter) => *letter,
            None => self.read(fold::plain(character)?),
        }
    }

    const fn letter(self, character: char) -> Option<char> {
        match (self, fold::leet(character)) {
            (Self::FirstLeet, [letter, ..]) | (Self::LastLeet, [.., letter]) => Some(*letter),
            _ => None,
        }
    }

    const fn ascii_in_names(self) -> &'static [Option<char>; 128] {
        const AS_TYPED: [Option<char>; 128] = Reading::AsTyped.read_ascii_in_names();
        const FIRST_LEET: [Option<char>; 128] = Reading::FirstLeet.read_ascii_in_names();
        const LAST_LEET: [Option<char>; 128] = Reading::LastLeet.read_ascii_in_names();
        match self {
            Self::AsTyped => &AS_TYPED,
            Self::FirstLeet => &FIRST_LEET,
            Self::LastLeet => &LAST_LEET,
        }
    }

    const fn read_ascii_in_names(self) -> [Option<char>; 128] {
        let mut letters = [None; 128];
        let mut slots: &mut [Option<char>] = &mut letters;
        let mut byte = 0_u8;
        while let [slot, rest @ ..] = slots {
            let plain = fold::plain_ascii(byte as char);
            *slot = match (plain, self.letter(byte as char)) {
                (Some(_), Some(letter)) => Some(letter),
                (plain, _) => plain,
            };
            byte = byte.saturating_add(1);
            slots = rest;
        }
        letters
    }
}

struct Reader {
    password: Suffixes,
    reading: Reading,
}

impl Reader {
    /// `None` when another reader finds the same.
    fn new(password: &str, reading: Reading) -> Option<Self> {
        reading.may_differ(password).then(|| {
            let read = password.chars().filter_map(|character| reading.read(character));
            Self { password: Suffixes::unsorted(Text::of(read)), reading }
        })
    }

    /// A name backwards is in the password where the name is in the password backwards.
    fn holds(&self, name: &str) -> bool {
        self.password.hold(self.letters(name)) || self.password.hold(self.letters(name).rev())
    }

    fn is_in(&self, value: &str) -> bool {
        let password = self.password.text();
        let is_in = |value: Text| value.as_str().contains(password);
        password.chars().nth(SHORTEST.saturating_sub(1)).is_some()
            && (is_in(Text::of(self.letters(value))) || is_in(Text::of(self.letters(value).rev())))
    }

    fn letters<'a>(
        &self,
        name: &'a str,
    ) -> impl DoubleEndedIterator<Item = char> + Clone + use<'a> {
        let reading = self.reading;
        name.chars().filter_map(move |character| reading.read_in_name(character))
    }
}
