use super::text::Text;
use super::{Attribute, Personal, fold};

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
const SHORTEST: usize = 3;

/// Of an attribute so many words are looked for one by one, which bounds the work; the whole always is.
const MOST_WORDS: usize = 16;

/// The first attribute of which a name is in `password`, forwards or backwards, or in which the whole
/// password is; letter case, marks, separators and leet do not matter.
///
/// Every search is `str::contains`, which is linear in both texts, and no length switches it off.
pub(super) fn contained_attribute(password: &str, about: &Personal<'_>) -> Option<Attribute> {
    Reading::ALL
        .into_iter()
        .filter(|reading| reading.may_differ(password))
        .map(|reading| Reader::new(password, reading))
        .flat_map(|reader| {
            about.present().find(|(_, value)| reader.finds(value)).map(|(attribute, _)| attribute)
        })
        .min_by_key(|found| about.present().position(|(attribute, _)| attribute == *found))
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
        let letters = fold::leet(character);
        let letter = match self {
            Self::AsTyped => None,
            Self::FirstLeet => letters.first(),
            Self::LastLeet => letters.last(),
        };
        letter.copied().or_else(|| fold::plain(character))
    }
}

struct Reader {
    password: Text,
    characters: Characters,
    length: usize,
    reading: Reading,
}

impl Reader {
    fn new(password: &str, reading: Reading) -> Self {
        let read = password.chars().filter_map(|character| reading.read(character));
        Self {
            characters: Characters::of(read.clone()),
            length: read.clone().count(),
            password: Text::of(read),
            reading,
        }
    }

    fn finds(&self, value: &str) -> bool {
        // Of an address the part before the at sign tells who it is.
        let (name, host) = value.rsplit_once('@').unwrap_or((value, ""));
        let mut all = Characters::NONE;
        let mut may_hold_all = true;
        for (number, word) in name.split(divides).enumerate() {
            let characters = Characters::of(self.letters(word));
            let may_hold = characters.are_among(&self.characters);
            if may_hold && number < MOST_WORDS && self.holds(word) {
                return true;
            }
            may_hold_all &= may_hold;
            all = all.and(&characters);
        }
        if may_hold_all && self.holds(name) {
            return true;
        }
        let all = all.and(&Characters::of(self.letters(host)));
        self.length >= SHORTEST && self.characters.are_among(&all) && self.is_in(value)
    }

    fn holds(&self, name: &str) -> bool {
        let password = self.password.as_str();
        self.letters(name).nth(SHORTEST.saturating_sub(1)).is_some()
            && (password.contains(Text::of(self.letters(name)).as_str())
                || password.contains(Text::of(self.letters(name).rev()).as_str()))
    }

    fn is_in(&self, value: &str) -> bool {
        let password = self.password.as_str();
        Text::of(self.letters(value)).as_str().contains(password)
            || Text::of(self.letters(value).rev()).as_str().contains(password)
    }

    /// A name has no leet but in its digits: a symbol of it divides words.
    fn letters<'a>(
        &self,
        name: &'a str,
    ) -> impl DoubleEndedIterator<Item = char> + Clone + use<'a> {
        let reading = self.reading;
        name.chars().filter_map(move |character| {
            let plain = fold::plain(character)?;
            reading.read(plain)
        })
    }
}

fn divides(character: char) -> bool {
    fold::plain(character).is_none() && !fold::is_mark(character)
}

/// Which characters occur: enough to rule nearly every name out without a search.
struct Characters {
    ascii: u128,
    has_others: bool,
}

impl Characters {
    const NONE: Self = Self { ascii: 0, has_others: false };

    fn and(&self, others: &Self) -> Self {
        Self { ascii: self.ascii | others.ascii, has_others: self.has_others || others.has_others }
    }

    fn of(characters: impl Iterator<Item = char>) -> Self {
        let mut found = Self::NONE;
        for character in characters {
            // Beyond ASCII there is no bit to set.
            let bit = 1_u128.checked_shl(u32::from(character)).unwrap_or(0);
            found.ascii |= bit;
            found.has_others |= bit == 0;
        }
        found
    }

    fn are_among(&self, others: &Self) -> bool {
        self.ascii & !others.ascii == 0 && (others.has_others || !self.has_others)
    }
}
