use crate::policy::characters::fold;

/// What the characters that may stand for letters are read as.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    AsTyped,
    /// The first letter of those that it may stand for.
    FirstLeet,
    LastLeet,
}

impl Reading {
    pub(super) const ALL: [Self; 3] = [Self::AsTyped, Self::FirstLeet, Self::LastLeet];

    /// Whether `password` reads otherwise than in the readings before.
    pub(super) fn may_differ(self, password: &str) -> bool {
        let least = match self {
            Self::AsTyped => return true,
            Self::FirstLeet => 1,
            Self::LastLeet => 2,
        };
        password.chars().any(|character| fold::leet(character).len() >= least)
    }

    #[inline]
    fn read(self, character: char) -> Option<char> {
        match self.tables().in_passwords.get(character as usize) {
            Some(letter) => *letter,
            None => self.letter(character).or_else(|| fold::plain(character)),
        }
    }

    pub(super) fn letters_of_password(
        self,
        password: &str,
    ) -> impl Iterator<Item = char> + Clone + use<'_> {
        password.chars().filter_map(move |character| self.read(character))
    }

    /// [`Reading::read`] of what a name has: its leet is in its digits, as a symbol divides words.
    #[inline]
    pub(super) fn read_in_name(self, character: char) -> Option<char> {
        let ascii = &self.tables().in_names;
        if let Some(letter) = ascii.get(character as usize) {
            return *letter;
        }
        let plain = fold::plain(character)?;
        match ascii.get(plain as usize) {
            Some(letter) => *letter,
            None => self.letter(plain).or(Some(plain)),
        }
    }

    pub(super) fn letters_of_name(
        self,
        name: &str,
    ) -> impl DoubleEndedIterator<Item = char> + Clone + use<'_> {
        name.chars().filter_map(move |character| self.read_in_name(character))
    }

    const fn letter(self, character: char) -> Option<char> {
        match (self, fold::leet(character)) {
            (Self::FirstLeet, [letter, ..]) | (Self::LastLeet, [.., letter]) => Some(*letter),
            _ => None,
        }
    }

    const fn tables(self) -> &'static Tables {
        const AS_TYPED: Tables = Tables::of(Reading::AsTyped);
        const FIRST_LEET: Tables = Tables::of(Reading::FirstLeet);
        const LAST_LEET: Tables = Tables::of(Reading::LastLeet);
        match self {
            Self::AsTyped => &AS_TYPED,
            Self::FirstLeet => &FIRST_LEET,
            Self::LastLeet => &LAST_LEET,
        }
    }
}

/// What the characters of ASCII are read as.
struct Tables {
    in_passwords: [Option<char>; 128],
    in_names: [Option<char>; 128],
}

impl Tables {
    const fn of(reading: Reading) -> Self {
        let mut tables = Self { in_passwords: [None; 128], in_names: [None; 128] };
        let mut in_passwords: &mut [Option<char>] = &mut tables.in_passwords;
        let mut in_names: &mut [Option<char>] = &mut tables.in_names;
        let mut byte = 0_u8;
        while let ([password, passwords @ ..], [name, names @ ..]) = (in_passwords, in_names) {
            let plain = fold::plain_ascii(byte as char);
            let letter = reading.letter(byte as char);
            *password = if letter.is_some() { letter } else { plain };
            *name = if plain.is_some() { *password } else { None };
            byte = byte.saturating_add(1);
            (in_passwords, in_names) = (passwords, names);
        }
        tables
    }
}
