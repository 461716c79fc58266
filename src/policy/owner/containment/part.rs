use crate::policy::characters::fold;

/// What a character of a password is; characters that some reading takes for one another are one letter.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Letter(char),
    /// A letter where leet is read, and nothing else.
    Symbol(char),
    Nothing,
}

impl Part {
    pub(super) fn of(character: char) -> Self {
        match ASCII.get(character as usize) {
            Some(part) => *part,
            None => {
                fold::plain(character).map_or(Self::Nothing, |plain| Self::Letter(alike(plain)))
            }
        }
    }

    const fn of_ascii(character: char) -> Self {
        match (fold::plain_ascii(character), fold::leet(character)) {
            (Some(plain), _) => Self::Letter(alike(plain)),
            (None, []) => Self::Nothing,
            (None, _) => Self::Symbol(alike(character)),
        }
    }
}

static ASCII: [Part; 128] = {
    let mut parts = [Part::Nothing; 128];
    let mut slots: &mut [Part] = &mut parts;
    let mut byte = 0_u8;
    while let [slot, rest @ ..] = slots {
        *slot = Part::of_ascii(byte as char);
        byte = byte.saturating_add(1);
        slots = rest;
    }
    parts
};

static ASCII_IN_NAMES: [NamePart; 128] = {
    let mut parts = [NamePart::Nothing; 128];
    let mut slots: &mut [NamePart] = &mut parts;
    let mut byte = 0_u8;
    while let [slot, rest @ ..] = slots {
        *slot = NamePart::of_part(Part::of_ascii(byte as char));
        byte = byte.saturating_add(1);
        slots = rest;
    }
    parts
};

/// The letter that stands for all that `character` may be read as: a 1 is an I or an L.
const fn alike(character: char) -> char {
    match (character, fold::leet(character)) {
        ('l', _) => 'i',
        (_, [first, ..]) => *first,
        (_, []) => character,
    }
}

/// What a character of a name is.
#[derive(Clone, Copy)]
pub(super) enum NamePart {
    Letter(char),
    /// Stands between words.
    Divider,
    /// A mark, or a symbol that has one.
    Nothing,
}

impl NamePart {
    /// A symbol of a name is not read, nor is one that is left of it without its marks.
    #[inline]
    pub(super) fn of(character: char) -> Self {
        match ASCII_IN_NAMES.get(character as usize) {
            Some(part) => *part,
            None => Self::of_other(character),
        }
    }

    fn of_other(character: char) -> Self {
        match Part::of(character) {
            Part::Symbol(_) | Part::Nothing if fold::is_mark(character) => Self::Nothing,
            part => Self::of_part(part),
        }
    }

    const fn of_part(part: Part) -> Self {
        match part {
            Part::Letter(letter) if letter.is_ascii() => match fold::plain_ascii(letter) {
                Some(letter) => Self::Letter(letter),
                None => Self::Nothing,
            },
            Part::Letter(letter) => Self::Letter(letter),
            Part::Symbol(_) | Part::Nothing => Self::Divider,
        }
    }

    /// The letters of `name`.
    pub(super) fn letters_of(name: &str) -> impl Iterator<Item = char> {
        name.chars().filter_map(|character| Self::of(character).letter())
    }

    const fn letter(self) -> Option<char> {
        match self {
            Self::Letter(letter) => Some(letter),
            Self::Divider | Self::Nothing => None,
        }
    }
}
