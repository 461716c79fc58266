/// A plural category of Unicode CLDR: which form of a text a number takes.
///
/// A language is a function from the number to one of these, for
/// [`Catalogue::from_texts`](crate::policy::Catalogue::from_texts). CLDR's "Language Plural Rules" has those
/// of every language; the numbers here are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Plural {
    /// `zero`: Arabic 0, Latvian 10.
    Zero,
    /// `one`: English 1, Russian 21.
    One,
    /// `two`: Arabic 2, Hebrew 2.
    Two,
    /// `few`: Polish 3, Arabic 7.
    Few,
    /// `many`: Polish 5, Arabic 11.
    Many,
    /// `other`: what is left, and every number of a language that has no plural forms.
    Other,
}

impl Plural {
    /// Every category.
    pub const ALL: [Self; 6] =
        [Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other];

    /// The name in CLDR: `zero`, `one`, `two`, `few`, `many`, `other`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }

    /// The rule of English, which German, Dutch and others share: 1 is `one`, the rest `other`.
    #[must_use]
    pub const fn english(count: usize) -> Self {
        if count == 1 { Self::One } else { Self::Other }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plural| plural.name() == name)
    }
}
