use alloc::borrow::Cow;
use alloc::sync::Arc;
use core::fmt;

use super::catalogue::{OwnGroup, Wording, key};
use super::statement::{Fact, Statement};
use super::{Catalogue, CatalogueKey, Param};

/// One rule of a [`Policy`](super::Policy), to tell people before they choose a password.
///
/// `Display` is a short English phrase, such as `at least 8 characters`; a [`Catalogue`] has it in other
/// languages.
///
/// With the feature `serde` it has the shape of a [`Violation`](super::Violation) without a position:
/// `{"code": "password_too_short", "params": {"min_length": 8}}`. A requirement for some lengths has the
/// parameters `min`, `max` and `requirement`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    code: &'static str,
    statement: Statement,
}

impl Requirement {
    /// The code of the [`Violation`](super::Violation) that says the rule is not met.
    ///
    /// Some rules have several violations: `password_derived_from_common` is the code for those that
    /// begin with `password_common_`, `password_rearranged` begins the others of its rule, and what is
    /// not known of breaches and of earlier passwords has codes of its own.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The parameters of the rule, by name.
    pub fn params(&self) -> impl Iterator<Item = (&'static str, &Param)> + Clone {
        self.statement.params()
    }

    /// The parameter of this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params().find(|(other, _)| *other == name).map(|(_, param)| param)
    }

    /// The requirement that this text says, of a rule whose violation has this code.
    pub(super) const fn of(code: &'static str, key: &'static CatalogueKey) -> Self {
        Self { code, statement: Statement::of(key) }
    }

    /// What a rule of the host's own asks.
    pub(super) const fn own(code: &'static str, text: Cow<'static, str>) -> Self {
        Self { code, statement: Statement::own(OwnGroup::Requirement, code, text) }
    }

    /// The same, of passwords of some lengths only.
    pub(super) fn of_lengths(self, min: usize, max: usize) -> Self {
        Self::of(self.code, const { key("requirement_of_lengths") })
            .number("min", min)
            .number("max", max)
            .with("requirement", Fact::Requirement(Arc::new(self)))
    }

    pub(super) fn with(self, name: &'static str, fact: Fact) -> Self {
        Self { statement: self.statement.with(name, fact), ..self }
    }

    pub(super) fn number(self, name: &'static str, number: usize) -> Self {
        self.with(name, Fact::Number(number))
    }

    pub(super) fn wording(&self) -> Wording<'_> {
        self.statement.wording()
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::in_english(self.wording()).fmt(f)
    }
}
