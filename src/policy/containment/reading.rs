use super::super::fold;

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

    pub(super) fn read(self, character: char) -> Option<char> {
        self.letter(character).or_else(|| fold::plain(character))
    }

    /// [`Reading::read`] of what a name has: its leet is in its digits, as a symbol divides words.
    #[inline]
    pub(super) fn read_in_name(self, character: char) -> Option<char> {
        let ascii = self.ascii_in_names();
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
