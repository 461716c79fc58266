use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use serde_core::de::value::MapAccessDeserializer;
use serde_core::de::{Deserializer, Error, MapAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::place::Place;
use super::table::table;
use super::value::{Name as _, Value};
use crate::policy::{Category, CharacterClass, CharacterSet, general_category};

/// `"!$%"`, each character of the text, or `{ characters = "!$%", ranges = ["a-z"], categories = ["Nd"] }`.
impl Value for CharacterSet {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(SetReader(at))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match Set::of(self) {
            Set { characters: Some(characters), ranges: None, categories: None } => {
                to.serialize_str(&characters)
            }
            set => set.write(to),
        }
    }
}

struct SetReader<'a>(Place<'a>);

impl<'de> Visitor<'de> for SetReader<'_> {
    type Value = CharacterSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expects("characters, or a table of characters and ranges,", f)
    }

    fn visit_str<E: Error>(self, characters: &str) -> Result<CharacterSet, E> {
        Ok(CharacterSet::of(characters))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CharacterSet, A::Error> {
        let Set { characters, ranges, categories } =
            Set::read(MapAccessDeserializer::new(map), self.0)?;
        let characters = characters.as_deref().unwrap_or_default().chars();
        let ranges = ranges.into_iter().flatten().map(|Range(range)| range.into_inner());
        // At once, for one after the other would take the square of their number.
        let set = CharacterSet::merged(ranges.chain(characters.map(|one| (one, one))).collect());
        let names = categories.iter().flatten().map(|GeneralCategory(name)| name.as_str());
        Ok(match CharacterSet::of_categories(names).filter(|named| !named.is_empty()) {
            Some(named) if set.is_empty() => named,
            Some(named) => set.and(&named),
            None => set,
        })
    }
}

struct Set {
    characters: Option<String>,
    ranges: Option<Vec<Range>>,
    categories: Option<Vec<GeneralCategory>>,
}

table!(optional Set { characters, ranges, categories });

impl Set {
    /// Three neighbours or more as a range.
    fn of(set: &CharacterSet) -> Self {
        let named: Vec<_> = set.category_names().map(|name| GeneralCategory(name.into())).collect();
        if !named.is_empty() {
            return Self { characters: None, ranges: None, categories: Some(named) };
        }
        let ranges = set.ranges().iter().map(|(first, last)| *first..=*last);
        let (ranges, characters): (Vec<_>, Vec<_>) =
            ranges.partition(|range| range.clone().nth(2).is_some());
        let ranges: Vec<_> = ranges.into_iter().map(Range).collect();
        Self {
            characters: (ranges.is_empty() || !characters.is_empty())
                .then(|| characters.into_iter().flatten().collect()),
            ranges: (!ranges.is_empty()).then_some(ranges),
            categories: None,
        }
    }
}

/// The name of a general category or of a group of them.
struct GeneralCategory(String);

impl Value for GeneralCategory {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        let name = String::read(from, at)?;
        if general_category::of_name(&name).is_some() {
            return Ok(Self(name));
        }
        let what = "is no general category such as `Nd`, and no group such as `N`";
        Err(D::Error::custom(at.says(alloc::format!("`{name}` {what}"))))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

/// `"a-z"`.
struct Range(RangeInclusive<char>);

impl Value for Range {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        let text = String::read(from, at)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next(), characters.next(), characters.next()) {
            (Some(first), Some('-'), Some(last), None) if first <= last => Ok(Self(first..=last)),
            _ => Err(D::Error::custom(
                at.says(alloc::format!("`{text}` is no range of characters such as `a-z`")),
            )),
        }
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}-{}", self.0.start(), self.0.end()))
    }
}

/// The name of a class, or the table of a set.
impl Value for Category {
    fn read<'de, D: Deserializer<'de>>(from: D, at: Place<'_>) -> Result<Self, D::Error> {
        from.deserialize_any(CategoryReader(at))
    }

    fn write<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Class(class) => class.write(to),
            // As a table in any case, for a text would be the name of a class.
            Self::Set(set) => Set::of(set).write(to),
        }
    }
}

struct CategoryReader<'a>(Place<'a>);

impl<'de> Visitor<'de> for CategoryReader<'_> {
    type Value = Category;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expects("the name of a class, or a table of characters and ranges,", f)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Category, E> {
        CharacterClass::parse(name, self.0).map(Category::Class)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Category, A::Error> {
        SetReader(self.0).visit_map(map).map(Category::Set)
    }
}

/// As in a configuration: the characters as a text, or `{ characters = "!$%", ranges = ["a-z"] }`.
impl Serialize for CharacterSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.write(to)
    }
}
