use alloc::format;
use alloc::string::String;

use super::wording::OwnGroup;
use super::{CatalogueError, english};
use crate::language::Plural;
use crate::template::{Piece, Pieces};

/// One text of a host's, checked.
#[derive(Debug)]
pub(super) struct Entry {
    group: Option<OwnGroup>,
    name: String,
    form: Option<Plural>,
    pub(super) text: String,
}

/// By what entries are sorted and found.
pub(super) type Place<'a> = (Option<OwnGroup>, &'a str, Option<Plural>);

impl Entry {
    pub(super) fn parse(written: &str, text: &str) -> Result<Self, CatalogueError> {
        let key = || cut(written);
        let (first, rest) = written.split_once('.').unzip();
        let group = first.and_then(OwnGroup::of_prefix);
        let (name, form, parameters) = match (group, rest.filter(|name| !name.is_empty())) {
            (Some(_), Some(name)) => (name, None, [].as_slice()),
            _ => {
                let name = first.unwrap_or(written);
                let known = english::keys().find(|known| known.name() == name);
                let known = known.ok_or_else(|| CatalogueError::UnknownKey { key: key() })?;
                let form = rest.map(|form| {
                    let form = Plural::of_name(form).filter(|_| known.counts().is_some());
                    form.ok_or_else(|| CatalogueError::UnknownForm { key: key() })
                });
                (name, form.transpose()?, known.parameters())
            }
        };
        for piece in Pieces::of(text) {
            match piece {
                Piece::Placeholder(name) if !parameters.contains(&name) => {
                    let placeholder = cut(name);
                    return Err(CatalogueError::UnknownPlaceholder { key: key(), placeholder });
                }
                Piece::Unbalanced => return Err(CatalogueError::Unbalanced { key: key() }),
                Piece::Placeholder(_) | Piece::Text(_) => {}
            }
        }
        Ok(Self { group, name: name.into(), form, text: text.into() })
    }

    pub(super) fn place(&self) -> Place<'_> {
        (self.group, &self.name, self.form)
    }

    /// The key as it is written.
    pub(super) fn key(&self) -> String {
        match (self.group, self.form) {
            (Some(group), _) => cut(&format!("{}.{}", group.prefix(), self.name)),
            (None, Some(form)) => format!("{}.{}", self.name, form.name()),
            (None, None) => self.name.clone(),
        }
    }
}

fn cut(written: &str) -> String {
    written.chars().take(64).collect()
}
