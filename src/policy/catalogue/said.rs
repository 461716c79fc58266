use core::fmt;

use super::english::key;
use super::wording::{ParamValue, Source, Wording};
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

/// The value of a placeholder, in the language of a catalogue.
pub(super) struct Filled<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) value: ParamValue<'a>,
}

impl fmt::Display for Filled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list_and = const { key("list_and") };
        let wording = match self.value {
            ParamValue::Number(number) => return write!(f, "{number}"),
            ParamValue::Text(text) => return f.write_str(text),
            ParamValue::Set(set) | ParamValue::Category(Category::Set(set)) => match set.class() {
                Some(class) => class.kind(),
                None => return set.list(f),
            },
            ParamValue::Classes(classes) => {
                let counted = classes.iter().map(|(class, count)| ParamValue::Class(class, count));
                return self.list(f, counted, list_and);
            }
            ParamValue::Categories(categories) => {
                return self.list(f, categories.iter().map(ParamValue::Category), list_and);
            }
            ParamValue::Reductions(reductions) => {
                let list_or = const { key("list_or") };
                return self.list(f, reductions.iter().map(ParamValue::Reduction), list_or);
            }
            ParamValue::Category(Category::Class(class)) => class.kind(),
            ParamValue::Class(class, count) => class.counted(count),
            ParamValue::Reduction(reduction) => reduction.wording(),
            ParamValue::Attribute(attribute) => attribute.wording(),
            ParamValue::Requirement(requirement) => requirement.wording(),
        };
        Said { catalogue: self.catalogue, wording }.fmt(f)
    }
}

impl<'a> Filled<'a> {
    fn list(
        &self,
        f: &mut fmt::Formatter<'_>,
        values: impl Iterator<Item = ParamValue<'a>>,
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
        Catalogue::part_in_english(ParamValue::Category(self)).fmt(f)
    }
}

impl fmt::Display for CharacterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::part_in_english(ParamValue::Set(self)).fmt(f)
    }
}
