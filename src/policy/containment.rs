use super::text::Text;
use super::{Attribute, Personal, fold};

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
const SHORTEST: usize = 3;

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
        let name = value.rsplit_once('@').map_or(value, |(local, _)| local);
        self.holds(name) || name.split(divides).any(|word| self.holds(word)) || self.is_in(value)
    }

    fn holds(&self, name: &str) -> bool {
        let read = || name.chars().filter_map(|character| self.reading.read(character));
        if read().nth(SHORTEST.saturating_sub(1)).is_none()
            || !Characters::of(read()).are_among(&self.characters)
        {
            return false;
        }
        let password = self.password.as_str();
        password.contains(Text::of(read()).as_str())
            || password.contains(Text::of(read().rev()).as_str())
    }

    fn is_in(&self, value: &str) -> bool {
        let read = || value.chars().filter_map(|character| self.reading.read(character));
        if self.length < SHORTEST || !self.characters.are_among(&Characters::of(read())) {
            return false;
        }
        let password = self.password.as_str();
        Text::of(read()).as_str().contains(password)
            || Text::of(read().rev()).as_str().contains(password)
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
    fn of(characters: impl Iterator<Item = char>) -> Self {
        let mut found = Self { ascii: 0, has_others: false };
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
