use core::fmt;

use super::english::key;
use super::wording::{Source, Value, Wording};
use super::{Catalogue, CatalogueKey};
use crate::policy::{Category, CharacterSet};
use crate::template::{Piece, Pieces};

/// A wording in the language of a catalogue.
pub(super) struct Said<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) wording: Wording<'a>,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.wording.source {
            Source::Shipped(key) => self.catalogue.text(key, self.wording.count()),
            Source::Own { group, name, text } => match self.catalogue.own_text(group, name) {
                Some(text) => text,
                // The host's words stand as they are: braces in them are no placeholders.
                None => return f.write_str(text),
            },
        };
        for piece in Pieces::of(text) {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Placeholder(name) => {
                    if let Some(value) = self.wording.value(name) {
                        Filled { catalogue: self.catalogue, value }.fmt(f)?;
                    }
                }
                Piece::Unbalanced => {}
            }
        }
        Ok(())
    }
}

/// What a placeholder stands for, in the language of a catalogue.
pub(super) struct Filled<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) value: Value<'a>,
}

impl fmt::Display for Filled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list_and = const { key("list_and") };
        let wording = match self.value {
            Value::Number(number) => return write!(f, "{number}"),
            Value::Text(text) => return f.write_str(text),
            Value::Set(set) | Value::Category(Category::Set(set)) => match set.class() {
                Some(class) => class.kind(),
                None => return set.list(f),
            },
            Value::Classes(classes) => {
                let counted = classes.iter().map(|(class, count)| Value::Class(class, count));
                return self.list(f, counted, list_and);
            }
            Value::Categories(categories) => {
                return self.list(f, categories.iter().map(Value::Category), list_and);
            }
            Value::Reductions(reductions) => {
                let list_or = const { key("list_or") };
                return self.list(f, reductions.iter().map(Value::Reduction), list_or);
            }
            Value::Category(Category::Class(class)) => class.kind(),
            Value::Class(class, count) => class.counted(count),
            Value::Reduction(reduction) => reduction.wording(),
            Value::Attribute(attribute) => attribute.wording(),
            Value::Requirement(requirement) => requirement.wording(),
        };
        Said { catalogue: self.catalogue, wording }.fmt(f)
    }
}

impl<'a> Filled<'a> {
    fn list(
        &self,
        f: &mut fmt::Formatter<'_>,
        values: impl Iterator<Item = Value<'a>>,
        last: &'static CatalogueKey,
    ) -> fmt::Result {
        let mut values = values.peekable();
        let mut is_first = true;
        while let Some(value) = values.next() {
            if !is_first {
                let key = if values.peek().is_some() { const { key("list_next") } } else { last };
                write!(f, "{}", Said { catalogue: self.catalogue, wording: Wording::of(key) })?;
            }
            is_first = false;
            write!(f, "{}", Filled { catalogue: self.catalogue, value })?;
        }
        Ok(())
    }
}

/// `lowercase letters`, or the characters of the set.
impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::part_in_english(Value::Category(self)).fmt(f)
    }
}

impl fmt::Display for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::part_in_english(Value::Set(self)).fmt(f)
    }
}
