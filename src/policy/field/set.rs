use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::{Field, FieldError, Value, pattern};
use crate::policy::characters::general_category;
use crate::policy::{Category, CharacterClass, CharacterSet};

const FIELDS: &[&str] = &["characters", "ranges", "categories"];

/// `"!$%"`, each character of the text, or `{ characters = "!$%", ranges = ["a-z"], categories = ["Nd"] }`.
impl CharacterSet {
    pub(in crate::policy) fn read(given: &Field<'_>) -> Result<Self, FieldError> {
        match given.value {
            Value::Text(characters) => Self::of_characters(given, characters),
            Value::Table(_) => Self::read_table(given),
            _ => Err(given
                .misfit("a text of characters, or a table of characters, ranges and categories")),
        }
    }

    fn read_table(given: &Field<'_>) -> Result<Self, FieldError> {
        let table = given.table(FIELDS)?;
        let characters = match table.get("characters") {
            Some(given) => {
                let characters = given.text().ok_or_else(|| given.misfit("a text"))?;
                Self::of_characters(&given, characters)?
            }
            None => Self::of(""),
        };
        let ranges = table.get("ranges").map(|ranges| ranges.list()).transpose()?;
        let ranges =
            ranges.into_iter().flatten().map(|item| range(&item).map(RangeInclusive::into_inner));
        let ranges = ranges.collect::<Result<Vec<_>, _>>()?;
        // All at once, for one after the other would take the square of their number.
        let set = characters.and(&Self::merged(ranges));
        let names = table.get("categories").map(|names| names.list()).transpose()?;
        let names = names.into_iter().flatten().map(|item| category(&item));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            // Categories are looked up in all of Unicode.
            return Ok(set);
        }
        Ok(match Self::of_categories(names) {
            Some(named) if set.is_empty() => named,
            Some(named) => set.and(&named),
            None => set,
        })
    }

    /// Each character counts; what looks like a pattern was meant otherwise.
    fn of_characters(given: &Field<'_>, characters: &str) -> Result<Self, FieldError> {
        match pattern::advice_for(characters) {
            Some(advice) => Err(given.misfit(&advice)),
            None => Ok(Self::of(characters)),
        }
    }

    pub(in crate::policy) fn write(&self) -> Value {
        match &*self.fields() {
            [("characters", characters)] => characters.clone(),
            _ => self.write_table(),
        }
    }

    fn write_table(&self) -> Value {
        Value::table(self.fields())
    }

    /// Three neighbours or more as a range, and the characters as they were written.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let named: Vec<_> = self.category_names().map(Value::from).collect();
        if !named.is_empty() {
            return Vec::from([("categories", Value::List(named))]);
        }
        let ranges = self.runs().iter().map(|(first, last)| *first..=*last);
        let (ranges, characters): (Vec<_>, Vec<_>) =
            ranges.partition(|range| range.clone().nth(2).is_some());
        let characters = characters.into_iter().flatten().chain(self.written().chars());
        // Letters first, so that no text looks like a pattern.
        let (mut characters, others): (String, String) =
            characters.partition(|one| one.is_alphanumeric());
        characters.push_str(&others);
        let range =
            |range: RangeInclusive<char>| Value::Text(format!("{}-{}", range.start(), range.end()));
        let mut fields = Vec::new();
        if ranges.is_empty() || !characters.is_empty() {
            fields.push(("characters", Value::Text(characters)));
        }
        if !ranges.is_empty() {
            fields.push(("ranges", Value::List(ranges.into_iter().map(range).collect())));
        }
        fields
    }
}

/// `"a-z"`.
fn range(given: &Field<'_>) -> Result<RangeInclusive<char>, FieldError> {
    let mut characters = given.text().unwrap_or_default().chars();
    match (characters.next(), characters.next(), characters.next(), characters.next()) {
        (Some(first), Some('-'), Some(last), None) if first <= last => Ok(first..=last),
        _ => Err(given.misfit("a range of characters, such as \"a-z\"")),
    }
}

/// The name of a general category or of a group of them.
fn category<'a>(given: &Field<'a>) -> Result<&'a str, FieldError> {
    let name = given.text().filter(|name| general_category::of_name(name).is_some());
    name.ok_or_else(|| given.misfit("a general category such as \"Nd\", or a group such as \"N\""))
}

/// The name of a class, or the table of a set.
impl Category {
    pub(in crate::policy) fn read(given: &Field<'_>) -> Result<Self, FieldError> {
        if let Value::Table(_) = given.value {
            return CharacterSet::read_table(given).map(Self::Set);
        }
        let class = given.name(&CharacterClass::ALL, CharacterClass::name);
        class
            .map(Self::Class)
            .map_err(|error| error.or("a table of characters, ranges and categories"))
    }

    pub(in crate::policy) fn write(&self) -> Value {
        match self {
            Self::Class(class) => class.name().into(),
            // As a table in any case, for a text would be the name of a class.
            Self::Set(set) => set.write_table(),
        }
    }
}
