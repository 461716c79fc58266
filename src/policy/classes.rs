use core::fmt;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::quantity::Quantity;

/// A class of characters, by Unicode general category; a character belongs to one class or to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CharacterClass {
    /// Lower-case letters: Ll.
    Lower,
    /// Upper-case letters: Lu.
    Upper,
    /// Decimal digits of any script: Nd.
    Digit,
    /// Punctuation, symbols and spaces: P*, S* and Zs. The space is among them, as in OWASP's list
    /// of special characters.
    Symbol,
}

impl CharacterClass {
    /// The stable name: `lower`, `upper`, `digit`, `symbol`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Digit => "digit",
            Self::Symbol => "symbol",
        }
    }

    pub(super) fn of(character: char) -> Option<Self> {
        match character.general_category() {
            GeneralCategory::LowercaseLetter => Some(Self::Lower),
            GeneralCategory::UppercaseLetter => Some(Self::Upper),
            GeneralCategory::DecimalNumber => Some(Self::Digit),
            GeneralCategory::SpaceSeparator => Some(Self::Symbol),
            _ => match character.general_category_group() {
                GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol => {
                    Some(Self::Symbol)
                }
                _ => None,
            },
        }
    }

    const fn quantity(self, count: usize) -> Quantity {
        match self {
            Self::Lower => Quantity { count, one: "lower-case letter", many: "lower-case letters" },
            Self::Upper => Quantity { count, one: "upper-case letter", many: "upper-case letters" },
            Self::Digit => Quantity { count, one: "digit", many: "digits" },
            Self::Symbol => Quantity { count, one: "symbol", many: "symbols" },
        }
    }
}

/// How many characters of each class are asked for.
///
/// `Display` is an English enumeration: `1 upper-case letter, 2 digits and 1 symbol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Classes {
    lower: usize,
    upper: usize,
    digit: usize,
    symbol: usize,
}

impl Classes {
    pub(super) const NONE: Self = Self { lower: 0, upper: 0, digit: 0, symbol: 0 };

    /// The number asked of `class`; 0 when it is not asked for.
    #[must_use]
    pub const fn count(&self, class: CharacterClass) -> usize {
        match class {
            CharacterClass::Lower => self.lower,
            CharacterClass::Upper => self.upper,
            CharacterClass::Digit => self.digit,
            CharacterClass::Symbol => self.symbol,
        }
    }

    /// The classes that are asked for, each with its number, in the order lower, upper, digit,
    /// symbol.
    pub fn iter(&self) -> impl Iterator<Item = (CharacterClass, usize)> + use<> {
        [
            (CharacterClass::Lower, self.lower),
            (CharacterClass::Upper, self.upper),
            (CharacterClass::Digit, self.digit),
            (CharacterClass::Symbol, self.symbol),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }

    pub(super) fn asks_nothing(&self) -> bool {
        *self == Self::NONE
    }

    pub(super) fn with(mut self, class: CharacterClass, count: usize) -> Self {
        *self.count_mut(class) = count;
        self
    }

    pub(super) fn total(&self) -> usize {
        self.iter().fold(0, |sum, (_, count)| count.saturating_add(sum))
    }

    /// What remains asked for after `password`: each class that falls short, with the number the
    /// rule asks of it.
    pub(super) fn missing_from(&self, password: &str) -> Self {
        let mut open = *self;
        let mut characters = password.chars();
        while !open.asks_nothing() {
            let Some(character) = characters.next() else { break };
            if let Some(class) = CharacterClass::of(character) {
                let count = open.count_mut(class);
                *count = count.saturating_sub(1);
            }
        }
        open.iter().fold(Self::NONE, |missing, (class, _)| missing.with(class, self.count(class)))
    }

    fn count_mut(&mut self, class: CharacterClass) -> &mut usize {
        match class {
            CharacterClass::Lower => &mut self.lower,
            CharacterClass::Upper => &mut self.upper,
            CharacterClass::Digit => &mut self.digit,
            CharacterClass::Symbol => &mut self.symbol,
        }
    }
}

impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.iter().count();
        for (class, count) in self.iter() {
            left = left.saturating_sub(1);
            let then = match left {
                0 => "",
                1 => " and ",
                _ => ", ",
            };
            write!(f, "{}{then}", class.quantity(count))?;
        }
        Ok(())
    }
}
