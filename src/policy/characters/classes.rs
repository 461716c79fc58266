use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::policy::characters::fold;

/// A class of characters, by Unicode general category. A character belongs to one class or to none,
/// but for [`CharacterClass::Letter`], which takes in three others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CharacterClass {
    /// Lowercase letters: Ll.
    Lower,
    /// Uppercase letters: Lu.
    Upper,
    /// Letters of any kind: L*.
    Letter,
    /// Letters that are neither lowercase nor uppercase, such as ideographs: Lt, Lm, Lo.
    OtherLetter,
    /// Decimal digits of any script: Nd.
    Digit,
    /// Punctuation, symbols and spaces: P*, S* and Zs. The space is among them, as in OWASP's list
    /// of special characters.
    Symbol,
}

impl CharacterClass {
    pub(in crate::policy) const ALL: [Self; 6] =
        [Self::Lower, Self::Upper, Self::Letter, Self::OtherLetter, Self::Digit, Self::Symbol];

    /// The classes that have no character in common.
    pub(in crate::policy) const DISJOINT: [Self; 5] =
        [Self::Lower, Self::Upper, Self::OtherLetter, Self::Digit, Self::Symbol];

    /// The general categories and groups of them that the class is.
    pub(in crate::policy) const fn category_names(self) -> &'static [&'static str] {
        match self {
            Self::Lower => &["Ll"],
            Self::Upper => &["Lu"],
            Self::Letter => &["L"],
            Self::OtherLetter => &["Lt", "Lm", "Lo"],
            Self::Digit => &["Nd"],
            Self::Symbol => &["P", "S", "Zs"],
        }
    }

    /// The stable name: `lower`, `upper`, `letter`, `other_letter`, `digit`, `symbol`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Letter => "letter",
            Self::OtherLetter => "other_letter",
            Self::Digit => "digit",
            Self::Symbol => "symbol",
        }
    }

    /// Whether `character` is of this class.
    #[must_use]
    pub fn contains(self, character: char) -> bool {
        Self::of(character).is_some_and(|class| self.includes(class))
    }

    /// Whether a character whose narrowest class is `narrowest` is of this class.
    pub(in crate::policy) fn includes(self, narrowest: Self) -> bool {
        narrowest == self || (self == Self::Letter && narrowest.is_of_letters())
    }

    const fn is_of_letters(self) -> bool {
        matches!(self, Self::Lower | Self::Upper | Self::OtherLetter)
    }

    /// The narrowest class.
    pub(in crate::policy) fn of(character: char) -> Option<Self> {
        match character {
            'a'..='z' => return Some(Self::Lower),
            'A'..='Z' => return Some(Self::Upper),
            '0'..='9' => return Some(Self::Digit),
            ' '..='~' => return Some(Self::Symbol),
            _ if fold::is_common_small(character) => return Some(Self::Lower),
            _ if fold::small_of_capital(character).is_some() => return Some(Self::Upper),
            _ if fold::is_plain_letter(character) => return Some(Self::OtherLetter),
            _ => {}
        }
        match character.general_category() {
            GeneralCategory::LowercaseLetter => Some(Self::Lower),
            GeneralCategory::UppercaseLetter => Some(Self::Upper),
            GeneralCategory::DecimalNumber => Some(Self::Digit),
            GeneralCategory::SpaceSeparator => Some(Self::Symbol),
            _ => match character.general_category_group() {
                GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol => {
                    Some(Self::Symbol)
                }
                GeneralCategoryGroup::Letter => Some(Self::OtherLetter),
                _ => None,
            },
        }
    }
}

/// How many characters of each class are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) struct Classes {
    lower: usize,
    upper: usize,
    letter: usize,
    other_letter: usize,
    digit: usize,
    symbol: usize,
}

impl Classes {
    pub(in crate::policy) const NONE: Self =
        Self { lower: 0, upper: 0, letter: 0, other_letter: 0, digit: 0, symbol: 0 };

    /// The number asked of `class`; 0 when it is not asked for.
    pub(in crate::policy) const fn count(&self, class: CharacterClass) -> usize {
        match class {
            CharacterClass::Lower => self.lower,
            CharacterClass::Upper => self.upper,
            CharacterClass::Letter => self.letter,
            CharacterClass::OtherLetter => self.other_letter,
            CharacterClass::Digit => self.digit,
            CharacterClass::Symbol => self.symbol,
        }
    }

    /// The classes that are asked for, each with its number, in the order lower, upper,
    /// letter, other letter, digit, symbol.
    pub(in crate::policy) fn iter(&self) -> impl Iterator<Item = (CharacterClass, usize)> + use<> {
        [
            (CharacterClass::Lower, self.lower),
            (CharacterClass::Upper, self.upper),
            (CharacterClass::Letter, self.letter),
            (CharacterClass::OtherLetter, self.other_letter),
            (CharacterClass::Digit, self.digit),
            (CharacterClass::Symbol, self.symbol),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }

    pub(in crate::policy) fn asks_nothing(&self) -> bool {
        *self == Self::NONE
    }

    pub(in crate::policy) fn with(mut self, class: CharacterClass, count: usize) -> Self {
        *self.count_mut(class) = count;
        self
    }

    /// What both ask.
    pub(in crate::policy) fn or_more(&self, other: &Self) -> Self {
        other
            .iter()
            .fold(*self, |both, (class, count)| both.with(class, count.max(both.count(class))))
    }

    /// The fewest characters that have them all, as so many of each class: letters of any kind are those
    /// that are asked for besides the others.
    pub(in crate::policy) fn fewest(&self) -> Self {
        let others = self.lower.saturating_add(self.upper).saturating_add(self.other_letter);
        Self { letter: self.letter.saturating_sub(others), ..*self }
    }

    /// The fewest characters that have them all.
    pub(in crate::policy) fn total(&self) -> usize {
        self.fewest().iter().map(|(_, count)| count).fold(0, usize::saturating_add)
    }

    /// The fewest characters of `class` that have them all.
    pub(in crate::policy) fn total_of(&self, class: CharacterClass) -> usize {
        let of_class = self.iter().filter(|(other, _)| class.includes(*other));
        of_class.fold(Self::NONE, |all, (other, count)| all.with(other, count)).total()
    }

    /// What remains asked for after `password`: each class that falls short, with the number the
    /// rule asks of it.
    pub(in crate::policy) fn missing_from(&self, password: &str) -> Self {
        let mut open = *self;
        let mut characters = password.chars();
        while !open.asks_nothing() {
            let Some(character) = characters.next() else { break };
            if let Some(class) = CharacterClass::of(character) {
                let count = open.count_mut(class);
                *count = count.saturating_sub(1);
                if class.is_of_letters() {
                    open.letter = open.letter.saturating_sub(1);
                }
            }
        }
        open.iter().fold(Self::NONE, |missing, (class, _)| missing.with(class, self.count(class)))
    }

    fn count_mut(&mut self, class: CharacterClass) -> &mut usize {
        match class {
            CharacterClass::Lower => &mut self.lower,
            CharacterClass::Upper => &mut self.upper,
            CharacterClass::Letter => &mut self.letter,
            CharacterClass::OtherLetter => &mut self.other_letter,
            CharacterClass::Digit => &mut self.digit,
            CharacterClass::Symbol => &mut self.symbol,
        }
    }
}
