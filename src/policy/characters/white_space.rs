/// Where white space is refused: code points with Unicode's property White_Space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhiteSpace {
    /// Anywhere in the password.
    Anywhere,
    /// As the first or the last character, where people do not see it and forms cut it off.
    AtTheEnds,
}

impl WhiteSpace {
    #[cfg(feature = "serde")]
    pub(in crate::policy) const ALL: [Self; 2] = [Self::Anywhere, Self::AtTheEnds];

    /// The name in a configuration.
    #[cfg(feature = "serde")]
    pub(in crate::policy) const fn name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::AtTheEnds => "at_the_ends",
        }
    }

    /// White_Space of the Unicode Character Database, PropList.txt: the property is stable in what it has.
    pub(in crate::policy) const RANGES: [(char, char); 10] = [
        ('\t', '\r'),
        (' ', ' '),
        ('\u{85}', '\u{85}'),
        ('\u{A0}', '\u{A0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{2000}', '\u{200A}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{202F}', '\u{202F}'),
        ('\u{205F}', '\u{205F}'),
        ('\u{3000}', '\u{3000}'),
    ];

    /// The place of the first white space that is refused, in code points from 0.
    pub(in crate::policy) fn position_in(self, password: &str) -> Option<usize> {
        match self {
            Self::Anywhere => password.chars().position(char::is_whitespace),
            Self::AtTheEnds if password.starts_with(char::is_whitespace) => Some(0),
            Self::AtTheEnds if password.ends_with(char::is_whitespace) => {
                Some(password.chars().count().saturating_sub(1))
            }
            Self::AtTheEnds => None,
        }
    }
}
