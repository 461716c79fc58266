//! Fields of a configuration, before they are rules.

mod classes;
mod deserialized;
mod error;
mod pattern;
mod set;

pub(super) use error::FieldError;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::fmt::Write as _;

use super::change::changes_fewer;

/// A value as a format has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Flag(bool),
    Number(usize),
    /// A number that is below 0 or has a fraction.
    Ratio(f64),
    Text(String),
    List(Vec<Self>),
    Table(Vec<(String, Self)>),
    /// What no field takes, as it is written: nothing at all, or a date.
    Other(String),
}

impl Value {
    pub(super) fn table<'a>(fields: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Table(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    pub(super) fn texts(texts: &[String]) -> Self {
        Self::List(texts.iter().map(|text| Self::Text(text.clone())).collect())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// As TOML has it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut next = |f: &mut fmt::Formatter<'_>| {
            f.write_str(separator)?;
            separator = ", ";
            Ok(())
        };
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Ratio(ratio) => write_ratio(*ratio, f),
            Self::Text(text) => write_quoted(text, f),
            Self::Other(written) => f.write_str(written),
            Self::List(items) => {
                f.write_str("[")?;
                items.iter().try_for_each(|item| {
                    next(f)?;
                    write!(f, "{item}")
                })?;
                f.write_str("]")
            }
            Self::Table(fields) => {
                if fields.is_empty() {
                    return f.write_str("{}");
                }
                f.write_str("{ ")?;
                fields.iter().try_for_each(|(name, value)| {
                    next(f)?;
                    write!(f, "{} = {value}", Key(name))
                })?;
                f.write_str(" }")
            }
        }
    }
}

/// A value and the path of its field, such as `of_lengths[1].rules.at_least.digit`.
#[derive(Clone)]
pub(super) struct Field<'a> {
    pub(super) value: &'a Value,
    path: String,
}

impl<'a> Field<'a> {
    /// The most items of a list, since a stranger may have written the configuration: `build` looks at
    /// every character for each.
    pub(super) const MOST_ITEMS: usize = 8;

    pub(super) const fn whole(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    pub(super) fn into_path(self) -> String {
        self.path
    }

    pub(super) fn number(&self) -> Result<usize, FieldError> {
        match self.value {
            Value::Number(number) => Ok(*number),
            Value::Ratio(ratio) if *ratio >= usize::MAX as f64 => {
                Err(self.misfit(&format!("a whole number from 0 to {}", usize::MAX)))
            }
            _ => Err(self.misfit("a whole number from 0")),
        }
    }

    pub(super) fn number_from_1(&self) -> Result<usize, FieldError> {
        match self.value {
            Value::Number(0) => Err(self.misfit("a whole number from 1")),
            _ => self.number(),
        }
    }

    pub(super) fn ratio(&self) -> Result<f64, FieldError> {
        match self.value {
            Value::Ratio(ratio) => Ok(*ratio),
            Value::Number(number) => Ok(*number as f64),
            _ => Err(self.misfit("a number")),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, FieldError> {
        match self.value {
            Value::Flag(flag) => Ok(*flag),
            _ => Err(self.misfit("true or false")),
        }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        match self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A value with one of these names.
    pub(super) fn name<T: Copy>(
        &self,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, FieldError> {
        let named = all.iter().copied().find(|value| self.text() == Some(name(*value)));
        named.ok_or_else(|| {
            let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
            let nearest = self.text().and_then(|text| nearest(text, &names));
            let quoted = names.iter().map(|name| format!("\"{name}\""));
            self.misfit(&joined(quoted, "or")).or_rather(nearest)
        })
    }

    pub(super) fn list(&self) -> Result<impl Iterator<Item = Field<'a>> + use<'a>, FieldError> {
        let Value::List(items) = self.value else { return Err(self.misfit("a list")) };
        let path = self.path.clone();
        let item = move |(number, value)| Field { value, path: format!("{path}[{number}]") };
        Ok(items.iter().enumerate().map(item))
    }

    /// A list of [`MOST_ITEMS`](Self::MOST_ITEMS) at most.
    pub(super) fn short_list(
        &self,
    ) -> Result<impl Iterator<Item = Field<'a>> + use<'a>, FieldError> {
        match self.value {
            Value::List(items) if items.len() > Self::MOST_ITEMS => {
                Err(FieldError::TooMany { field: self.path.clone(), most: Self::MOST_ITEMS })
            }
            _ => self.list(),
        }
    }

    pub(super) fn texts(&self) -> Result<Vec<String>, FieldError> {
        let text =
            |item: Field<'a>| item.text().map(String::from).ok_or_else(|| item.misfit("a text"));
        self.list()?.map(text).collect()
    }

    /// A table with fields of these names only.
    pub(super) fn table(&self, names: &'static [&'static str]) -> Result<Table<'a>, FieldError> {
        let Value::Table(fields) = self.value else {
            return Err(self.misfit(&match names_of(names) {
                Some(names) => format!("a table of {names}"),
                None => "a table of rules".into(),
            }));
        };
        let mut before: Vec<&str> = Vec::new();
        for (name, _) in fields {
            if !names.contains(&&**name) {
                return Err(FieldError::UnknownField {
                    field: self.path_of(name),
                    nearest: nearest(name, names),
                    known: names_of(names).unwrap_or_default(),
                    rule: "",
                    example: "",
                });
            }
            if before.contains(&&**name) {
                return Err(FieldError::Twice { field: self.path_of(name) });
            }
            before.push(name);
        }
        Ok(Table { fields, of: self.clone() })
    }

    /// The error for a value that is not `allowed`.
    pub(super) fn misfit(&self, allowed: &str) -> FieldError {
        let field = if self.path.is_empty() { "the configuration" } else { &self.path };
        FieldError::Misfit {
            field: field.into(),
            value: cut(&self.value.to_string()),
            allowed: allowed.into(),
            nearest: None,
            rule: "",
            example: "",
        }
    }

    /// The error for an item that has the same set as one before it.
    pub(super) fn same_set_as(&self, other: &Self) -> FieldError {
        FieldError::SameSet { field: self.path.clone(), other: other.path.clone() }
    }

    #[cfg(not(feature = "common-passwords"))]
    pub(super) fn no_embedded_list(&self) -> FieldError {
        FieldError::NoEmbeddedList { field: self.path.clone() }
    }

    pub(super) fn path_of(&self, name: &str) -> String {
        let name = cut(&Key(name).to_string());
        if self.path.is_empty() { name } else { format!("{}.{name}", self.path) }
    }
}

/// The fields of a table.
pub(super) struct Table<'a> {
    fields: &'a [(String, Value)],
    of: Field<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn get(&self, name: &str) -> Option<Field<'a>> {
        let (name, value) = self.fields.iter().find(|(other, _)| other == name)?;
        Some(Field { value, path: self.of.path_of(name) })
    }

    pub(super) fn required(&self, name: &str) -> Result<Field<'a>, FieldError> {
        self.get(name).ok_or_else(|| FieldError::Missing {
            field: self.of.path_of(name),
            rule: "",
            example: "",
        })
    }

    /// Every field, in the order of the table.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        let field = |(name, value): &'a (String, Value)| {
            (&**name, Field { value, path: self.of.path_of(name) })
        };
        self.fields.iter().map(field)
    }
}

/// The names of a short table in a row, `characters and ends`.
fn names_of(names: &[&str]) -> Option<String> {
    const SHORT: usize = 8;
    (names.len() <= SHORT).then(|| joined(names.iter().map(ToString::to_string), "and"))
}

/// `one, another or a third`.
fn joined(items: impl Iterator<Item = String>, last: &str) -> String {
    let mut items: Vec<_> = items.collect();
    match items.pop() {
        Some(end) if items.is_empty() => end,
        Some(end) => format!("{} {last} {end}", items.join(", ")),
        None => String::new(),
    }
}

/// The name that was meant, if one is like it: in any letter case, and with other separators.
fn nearest(name: &str, names: &[&'static str]) -> Option<&'static str> {
    // No name is as long, and a stranger may have written one that is long indeed.
    const LONGEST: usize = 64;
    let written: String = name
        .chars()
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .map(|character| if matches!(character, '-' | ' ') { '_' } else { character })
        .collect();
    // Two for `lowre`, as what changed places counts twice.
    let most = written.chars().count().saturating_add(1) / 3;
    (0..=most.max(1)).find_map(|changes| {
        let is_near = |other: &&&str| changes_fewer(&written, other, changes.saturating_add(1));
        names.iter().find(is_near).copied()
    })
}

/// What was written, as far as an error shows it.
fn cut(written: &str) -> String {
    const SHOWN: usize = 64;
    match written.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", written.get(..end).unwrap_or_default()),
        None => written.into(),
    }
}

/// A name as TOML has it: in quotes where it is no plain one.
struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-');
        if !self.0.is_empty() && self.0.chars().all(is_plain) {
            return f.write_str(self.0);
        }
        write_quoted(self.0, f)
    }
}

/// A text as TOML has it, on one line.
fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    text.chars().try_for_each(|character| match character {
        '"' | '\\' => write!(f, "\\{character}"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        // What cannot be printed, or changes how its neighbours are shown.
        _ if character.escape_debug().count() > 1 && character != '\'' => {
            write!(f, "\\U{:08X}", u32::from(character))
        }
        _ => f.write_char(character),
    })?;
    f.write_str("\"")
}

/// A number as TOML has it: `3.0` is no whole number, and -1 has no fraction.
fn write_ratio(ratio: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let written = format!("{ratio:?}");
    match written.strip_suffix(".0") {
        Some(whole) if ratio < 0.0 => f.write_str(whole),
        _ if ratio.is_nan() => f.write_str("nan"),
        _ => f.write_str(&written),
    }
}
