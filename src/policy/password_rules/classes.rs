use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Characters in the syntax of `passwordrules`: some of printable ASCII, or every character.
///
/// `Display` is the shortest list of classes that have these characters, in one order.
#[derive(Clone, Copy)]
pub(super) struct RuleClasses {
    /// A bit for each character of printable ASCII; all of them if it is `unicode`.
    ascii: u128,
    unicode: bool,
}

impl RuleClasses {
    const LOWER: Self = Self::range(b'a', b'z');
    const UPPER: Self = Self::range(b'A', b'Z');
    pub(super) const DIGIT: Self = Self::range(b'0', b'9');
    const PRINTABLE: Self = Self::range(b' ', b'~');
    const SPECIAL: Self =
        Self::PRINTABLE.without(Self::LOWER).without(Self::UPPER).without(Self::DIGIT);
    pub(super) const UNICODE: Self = Self { unicode: true, ..Self::PRINTABLE };

    /// Classes that have a name; the larger come first, so that the list is short.
    const NAMED: [(Self, &str); 6] = [
        (Self::UNICODE, "unicode"),
        (Self::PRINTABLE, "ascii-printable"),
        (Self::LOWER, "lower"),
        (Self::UPPER, "upper"),
        (Self::DIGIT, "digit"),
        (Self::SPECIAL, "special"),
    ];

    /// Those of `characters` that are printable ASCII.
    pub(super) fn of(characters: impl IntoIterator<Item = char>) -> Self {
        let printable = |character: &char| (' '..='~').contains(character);
        let ascii = characters
            .into_iter()
            .filter(printable)
            .filter_map(|character| 1_u128.checked_shl(u32::from(character)))
            .fold(0, |ascii, bit| ascii | bit);
        Self { ascii, unicode: false }
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self { ascii: self.ascii & !other.ascii, unicode: self.unicode && !other.unicode }
    }

    pub(super) const fn is_within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    pub(super) const fn is_empty(self) -> bool {
        self.ascii == 0 && !self.unicode
    }

    /// Its characters of printable ASCII, in rising order.
    pub(super) fn characters(self) -> impl Iterator<Item = char> + Clone {
        (' '..='~').filter(move |character| Self::of([*character]).is_within(self))
    }

    const fn range(first: u8, last: u8) -> Self {
        let above = u128::MAX << last << 1;
        Self { ascii: u128::MAX << first & !above, unicode: false }
    }
}

impl fmt::Display for RuleClasses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = *self;
        let mut comma = "";
        for (class, name) in Self::NAMED {
            if class.is_within(left) {
                write!(f, "{comma}{name}")?;
                comma = ", ";
                left = left.without(class);
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        // A dash is a character only if it comes first, and a closing bracket only if it comes last.
        let mut custom: Vec<char> = left.characters().collect();
        custom.sort_by_key(|character| match character {
            '-' => 0,
            ']' => 2,
            _ => 1,
        });
        write!(f, "{comma}[{}]", String::from_iter(custom))
    }
}
