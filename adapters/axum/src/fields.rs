//! The fields of a body: texts by name, each once, read from JSON or from a form.

mod form;
mod json;
mod query;

use core::fmt;

use axum::http::Uri;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// The fields of one body. They are wiped on drop, and `Debug` shows nothing of them.
///
/// A field that is there twice is refused when the body is read: two programs that read the same bytes
/// could otherwise see two secrets.
pub(crate) struct Fields(Vec<Field>);

/// The names of a route, and the text of the field.
type Field = (&'static str, Zeroizing<String>);

impl Fields {
    /// Reads a JSON object of texts, with no other names than these.
    pub(crate) fn from_json(body: &[u8], names: &'static [&'static str]) -> Result<Self, Problem> {
        json::read(body, names).map(Self)
    }

    /// Reads `application/x-www-form-urlencoded`, with no other names than these.
    pub(crate) fn from_form(body: &[u8], names: &'static [&'static str]) -> Result<Self, Problem> {
        form::read(body, names).map(Self)
    }

    /// Takes a field out; an empty one counts as absent.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Zeroizing<String>> {
        let at = self.0.iter().position(|(other, _)| *other == name)?;
        let (_, text) = self.0.swap_remove(at);
        Some(text).filter(|text| !text.is_empty())
    }

    /// Takes out a field that has to be there.
    pub(crate) fn need(&mut self, name: &'static str) -> Result<Zeroizing<String>, Problem> {
        self.take(name).ok_or(Problem::field("field_missing", name))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The parameter of a query, decoded; `None` if it is absent or empty.
pub(crate) fn parameter(uri: &Uri, name: &str) -> Result<Option<Zeroizing<String>>, Problem> {
    query::parameter(uri.query().unwrap_or_default(), name)
}

/// Adds a field whose name is one of these, and was not there before.
fn add(
    fields: &mut Vec<Field>,
    names: &'static [&'static str],
    name: &str,
    text: Zeroizing<String>,
) -> Result<(), Problem> {
    let known = names.iter().find(|known| **known == name);
    let known = *known.ok_or(Problem::malformed("field_unknown"))?;
    if fields.iter().any(|(other, _)| *other == known) {
        return Err(Problem::field("field_repeated", known));
    }
    fields.push((known, text));
    Ok(())
}
