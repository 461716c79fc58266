use alloc::string::String;
use core::fmt;

use crate::policy::CharacterSet;

/// A class of characters in the syntax of `passwordrules`.
///
/// `Display` is its name there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleClass {
    /// `a` to `z`.
    Lower,
    /// `A` to `Z`.
    Upper,
    /// `0` to `9`.
    Digit,
    /// The punctuation of ASCII and the space.
    Special,
    /// All printable ASCII, and so the space too.
    AsciiPrintable,
    /// Every character.
    Unicode,
    /// Characters of printable ASCII.
    Custom(CharacterSet),
}

impl fmt::Display for RuleClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = match self {
            Self::Lower => return f.write_str("lower"),
            Self::Upper => return f.write_str("upper"),
            Self::Digit => return f.write_str("digit"),
            Self::Special => return f.write_str("special"),
            Self::AsciiPrintable => return f.write_str("ascii-printable"),
            Self::Unicode => return f.write_str("unicode"),
            Self::Custom(set) => set,
        };
        // A dash counts as the first character alone, a bracket as the last.
        let middle = (' '..='~').filter(|character| !matches!(character, '-' | ']'));
        f.write_str("[")?;
        ['-']
            .into_iter()
            .chain(middle)
            .chain([']'])
            .filter(|character| set.contains(*character))
            .try_for_each(|character| write!(f, "{character}"))?;
        f.write_str("]")
    }
}

/// One character class or several: any character of any of them.
///
/// Two that have the same characters are equal, however they were written; `Display` is the shortest
/// list of classes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuleClasses {
    /// A bit for each character of printable ASCII; all of them if it is `unicode`.
    ascii: u128,
    unicode: bool,
}

impl RuleClasses {
    pub(super) const LOWER: Self = Self::range(b'a', b'z');
    pub(super) const UPPER: Self = Self::range(b'A', b'Z');
    pub(super) const DIGIT: Self = Self::range(b'0', b'9');
    pub(super) const PRINTABLE: Self = Self::range(b' ', b'~');
    pub(super) const SPECIAL: Self =
        Self::PRINTABLE.without(Self::LOWER).without(Self::UPPER).without(Self::DIGIT);
    pub(super) const UNICODE: Self = Self { ascii: Self::PRINTABLE.ascii, unicode: true };

    /// The classes, in the order lower, upper, digit, special, and what is left as a class of its own.
    pub fn iter(&self) -> impl Iterator<Item = RuleClass> + use<> {
        let mut left = *self;
        [
            (Self::UNICODE, RuleClass::Unicode),
            (Self::PRINTABLE, RuleClass::AsciiPrintable),
            (Self::LOWER, RuleClass::Lower),
            (Self::UPPER, RuleClass::Upper),
            (Self::DIGIT, RuleClass::Digit),
            (Self::SPECIAL, RuleClass::Special),
        ]
        .into_iter()
        .map(Some)
        .chain([None])
        .filter_map(move |named| match named {
            Some((all, class)) if all.is_within(left) => {
                left = left.without(all);
                Some(class)
            }
            None if !left.is_empty() => Some(RuleClass::Custom(left.printable())),
            _ => None,
        })
    }

    /// Whether `character` is in one of the classes.
    #[must_use]
    pub fn contains(&self, character: char) -> bool {
        self.unicode || self.ascii & Self::of([character]).ascii != 0
    }

    /// Of `characters` those of printable ASCII.
    pub(super) fn of(characters: impl IntoIterator<Item = char>) -> Self {
        let printable = |character: &char| (' '..='~').contains(character);
        let ascii = characters
            .into_iter()
            .filter(printable)
            .filter_map(|character| 1_u128.checked_shl(u32::from(character)))
            .fold(0, |ascii, bit| ascii | bit);
        Self { ascii, unicode: false }
    }

    /// The class of a name, in any letter case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let classes = [
            ("lower", Self::LOWER),
            ("upper", Self::UPPER),
            ("digit", Self::DIGIT),
            ("special", Self::SPECIAL),
            ("ascii-printable", Self::PRINTABLE),
            ("unicode", Self::UNICODE),
        ];
        let (_, class) = classes.iter().find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(*class)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, unicode: self.unicode || other.unicode }
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

    /// Whether there is more in it than printable ASCII.
    pub(super) const fn is_unicode(self) -> bool {
        self.unicode
    }

    /// Its characters of printable ASCII, in rising order.
    pub(super) fn characters(self) -> impl Iterator<Item = char> + Clone {
        (' '..='~').filter(move |character| self.contains(*character))
    }

    /// The same as a set.
    pub(super) fn printable(self) -> CharacterSet {
        CharacterSet::of(&self.characters().collect::<String>())
    }

    const fn range(first: u8, last: u8) -> Self {
        let above = u128::MAX << last << 1;
        Self { ascii: u128::MAX << first & !above, unicode: false }
    }
}

impl fmt::Display for RuleClasses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        self.iter().try_for_each(|class| {
            write!(f, "{comma}{class}")?;
            comma = ", ";
            Ok(())
        })
    }
}

impl fmt::Debug for RuleClasses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleClasses({self})")
    }
}
