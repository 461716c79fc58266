use core::fmt;

/// How a text message is cut into the pieces that a network carries and bills.
///
/// A text of characters of the GSM 7-bit default alphabet and its extension (3GPP TS 23.038, sections 6.2.1
/// and 6.2.1.1) has 160 septets in one segment, or 153 in each of several. Characters of the extension,
/// `^{}\[~]|€` and the form feed, take two septets. Any other text is sent in UCS-2: 70 code units of 16
/// bits in one segment, or 67 in each of several. No character is split between two segments.
///
/// ```
/// use repass::message::{Encoding, Segments};
///
/// let plain = Segments::of(&"a".repeat(160));
/// assert_eq!((plain.encoding(), plain.count()), (Encoding::Gsm7, 1));
/// assert_eq!(Segments::of(&"a".repeat(161)).count(), 2);
/// let other = Segments::of("\u{4f60}\u{597d}");
/// assert_eq!((other.encoding(), other.count()), (Encoding::Ucs2, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segments {
    encoding: Encoding,
    count: usize,
}

/// How a text message is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// The GSM 7-bit default alphabet and its extension table.
    Gsm7,
    /// UCS-2: code units of 16 bits.
    Ucs2,
}

impl Encoding {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }

    /// The units of one segment alone, and of each of several.
    const fn sizes(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gsm7 => "GSM 7-bit",
            Self::Ucs2 => "UCS-2",
        })
    }
}

impl Segments {
    /// The most segments of a text message of this crate: 459 septets, or 201 code units. A flow whose
    /// texts can be longer does not build.
    pub const MAX: usize = 3;

    /// Counts the segments of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let is_gsm7 = text.chars().all(|character| septets(character).is_some());
        let encoding = if is_gsm7 { Encoding::Gsm7 } else { Encoding::Ucs2 };
        let units = |character: char| match encoding {
            Encoding::Gsm7 => septets(character).unwrap_or(1),
            Encoding::Ucs2 => character.len_utf16(),
        };
        let (alone, each) = encoding.sizes();
        let all = text.chars().fold(0_usize, |all, next| all.saturating_add(units(next)));
        if all <= alone {
            return Self { encoding, count: 1 };
        }
        let (mut count, mut used) = (1_usize, 0_usize);
        for units in text.chars().map(units) {
            used = used.saturating_add(units);
            if used > each {
                (count, used) = (count.saturating_add(1), units);
            }
        }
        Self { encoding, count }
    }

    /// How the text is encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many segments there are, at least one.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// How many septets a character takes; `None` if it is not in the alphabet.
pub(super) const fn septets(character: char) -> Option<usize> {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' '..='#' | '%'..='?' => Some(1),
        '@' | '\u{a3}' | '$' | '\u{a5}' | '\u{e8}' | '\u{e9}' | '\u{f9}' | '\u{ec}' | '\u{f2}'
        | '\u{c7}' | '\n' | '\u{d8}' | '\u{f8}' | '\r' | '\u{c5}' | '\u{e5}' | '\u{394}' | '_'
        | '\u{3a6}' | '\u{393}' | '\u{39b}' | '\u{3a9}' | '\u{3a0}' | '\u{3a8}' | '\u{3a3}'
        | '\u{398}' | '\u{39e}' | '\u{c6}' | '\u{e6}' | '\u{df}' | '\u{c9}' | '\u{a4}'
        | '\u{a1}' | '\u{c4}' | '\u{d6}' | '\u{d1}' | '\u{dc}' | '\u{a7}' | '\u{bf}' | '\u{e4}'
        | '\u{f6}' | '\u{f1}' | '\u{fc}' | '\u{e0}' => Some(1),
        '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '\u{20ac}' | '\u{c}' => Some(2),
        _ => None,
    }
}
