//! A reader of the attribute `passwordrules`, from Apple's "Customizing Password AutoFill Rules". It
//! panics at a text that is not in the syntax, and shares no code with the crate.

use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) max_consecutive: Option<usize>,
    pub(crate) required: Vec<Characters>,
    allowed: Option<Characters>,
}

impl Rules {
    pub(crate) fn read(text: &str) -> Self {
        let mut rules = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (name, value) = rest.split_once(':').expect("a colon");
            let value = value.trim_start();
            rest = match name {
                "minlength" => number(value, &mut rules.min_length),
                "maxlength" => number(value, &mut rules.max_length),
                "max-consecutive" => number(value, &mut rules.max_consecutive),
                "required" => {
                    let (classes, rest) = Characters::read(value);
                    rules.required.push(classes);
                    rest
                }
                "allowed" => {
                    let (classes, rest) = Characters::read(value);
                    assert_eq!(rules.allowed.replace(classes), None, "{text}");
                    rest
                }
                _ => panic!("{text}: {name}"),
            };
            if !rest.is_empty() {
                rest = rest.strip_prefix(';').expect("a semicolon").trim_start();
            }
        }
        rules
    }

    /// All that is allowed or required; without either, printable ASCII.
    pub(crate) fn permitted(&self) -> Characters {
        let named = self.required.iter().chain(&self.allowed);
        named
            .cloned()
            .reduce(Characters::or)
            .unwrap_or_else(|| Characters::named("ascii-printable"))
    }

    pub(crate) fn allow(&self, password: &str) -> bool {
        let characters: Vec<char> = password.chars().collect();
        let permitted = self.permitted();
        let longest = self.max_consecutive.unwrap_or(usize::MAX);
        characters.len() >= self.min_length.unwrap_or(0)
            && characters.len() <= self.max_length.unwrap_or(usize::MAX)
            && characters.iter().all(|one| permitted.contains(*one))
            && self.required.iter().all(|of| characters.iter().any(|one| of.contains(*one)))
            && characters.chunk_by(PartialEq::eq).all(|run| run.len() <= longest)
    }
}

/// Reads a number, and gives what follows it.
fn number<'a>(text: &'a str, into: &mut Option<usize>) -> &'a str {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number = digits.parse().expect("a number");
    assert!(number > 0 && into.replace(number).is_none(), "{text}");
    rest
}

/// One class of characters or several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Characters {
    pub(crate) ascii: BTreeSet<char>,
    pub(crate) unicode: bool,
}

impl Characters {
    pub(crate) fn contains(&self, character: char) -> bool {
        self.unicode || self.ascii.contains(&character)
    }

    /// Reads a list of classes, and gives what follows it.
    fn read(text: &str) -> (Self, &str) {
        let (mut all, mut rest) = Self::read_one(text);
        while let Some(next) = rest.strip_prefix(',') {
            let (class, behind) = Self::read_one(next.trim_start());
            (all, rest) = (all.or(class), behind);
        }
        (all, rest)
    }

    fn read_one(text: &str) -> (Self, &str) {
        if let Some(custom) = text.strip_prefix('[') {
            let (mut characters, mut rest) = custom.split_once(']').expect("a bracket");
            // Of two brackets the first is a character and the second the end.
            if let Some(behind) = rest.strip_prefix(']') {
                characters = &custom[..=characters.len()];
                rest = behind;
            }
            assert!(characters.chars().skip(1).all(|character| character != '-'), "{text}");
            return (Self::of(|character| characters.contains(character)), rest);
        }
        let end = text.find([',', ';']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        (Self::named(name), rest)
    }

    fn named(name: &str) -> Self {
        match name {
            "upper" => Self::of(|character| character.is_ascii_uppercase()),
            "lower" => Self::of(|character| character.is_ascii_lowercase()),
            "digit" => Self::of(|character| character.is_ascii_digit()),
            "special" => {
                Self::of(|character| "-~!@#$%^&*_+=`|(){}[:;\"'<>,.?] \\/".contains(character))
            }
            "ascii-printable" => Self::of(|_| true),
            "unicode" => Self { unicode: true, ..Self::of(|_| true) },
            _ => panic!("the class {name:?}"),
        }
    }

    fn of(has: impl Fn(char) -> bool) -> Self {
        Self { ascii: (' '..='~').filter(|character| has(*character)).collect(), unicode: false }
    }

    fn or(mut self, other: Self) -> Self {
        self.ascii.extend(other.ascii);
        Self { ascii: self.ascii, unicode: self.unicode || other.unicode }
    }
}
