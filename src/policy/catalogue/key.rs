use crate::language::Plural;
use crate::policy::const_eq::is_same;

/// A text that a [`Catalogue`](super::Catalogue) may have: its name, what may stand in it, and its
/// English.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CatalogueKey {
    name: &'static str,
    parameters: &'static [&'static str],
    is_counted: bool,
    one: &'static str,
    other: &'static str,
}

impl CatalogueKey {
    /// The most parameters of a text besides the position.
    pub(in crate::policy) const MOST_PARAMS: usize = 3;

    /// The stable name, such as `password_too_short`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What may stand in the text, without the braces.
    #[must_use]
    pub const fn parameters(&self) -> &'static [&'static str] {
        self.parameters
    }

    /// The parameter that the plural form depends on, if the text has plural forms.
    #[must_use]
    pub fn counts(&self) -> Option<&'static str> {
        self.parameters.first().copied().filter(|_| self.is_counted)
    }

    /// The English text; the same for every form if it has none.
    #[must_use]
    pub const fn english(&self, form: Plural) -> &'static str {
        match form {
            Plural::One => self.one,
            _ => self.other,
        }
    }

    /// Whether it has no more parameters than a violation or a requirement can hold.
    pub(super) const fn fits(&self) -> bool {
        let (mut parameters, mut count) = (self.parameters, 0_usize);
        while let [parameter, others @ ..] = parameters {
            if !is_same(parameter, "position") {
                count = count.saturating_add(1);
            }
            parameters = others;
        }
        count <= Self::MOST_PARAMS
    }

    pub(super) const fn plain(
        name: &'static str,
        parameters: &'static [&'static str],
        text: &'static str,
    ) -> Self {
        Self { name, parameters, is_counted: false, one: text, other: text }
    }

    /// A text with plural forms of the first parameter.
    pub(super) const fn counted(
        name: &'static str,
        parameters: &'static [&'static str],
        one: &'static str,
        other: &'static str,
    ) -> Self {
        Self { name, parameters, is_counted: true, one, other }
    }

    /// A text with plural forms of the first parameter that are the same in English.
    pub(super) const fn alike(
        name: &'static str,
        parameters: &'static [&'static str],
        text: &'static str,
    ) -> Self {
        Self::counted(name, parameters, text, text)
    }
}
