//! What a violation or a requirement says, before it is said in a language.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::catalogue::{OwnGroup, ParamValue, Params, Wording};
use super::characters::category::Categories;
use super::characters::classes::Classes;
use super::list::reduction::Reductions;
use super::{Attribute, Catalogue, CatalogueKey, CharacterSet, Requirement};

/// A parameter of a [`Violation`](super::Violation) or a [`Requirement`]: a number, a name, a set of
/// characters or a list of such. None is a part of the password, or made from one.
///
/// `Display` is its English text, which lists no more of a set than [`CharacterSet`] does. With the feature
/// `serde` a number is a number, classes are a map of names to numbers, a set is the whole of it as in a
/// configuration, kinds of characters and reductions are lists, a requirement for some lengths is as
/// [`Requirement`], and an attribute, a class, a reduction or a reason is its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Param(Fact);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    Number(usize),
    Name(&'static str),
    /// For people: it is in texts, and no parameter of an answer.
    Example(Box<str>),
    Attribute(Attribute),
    Classes(Box<Classes>),
    Kinds(Categories),
    Reductions(Reductions),
    Requirement(Arc<Requirement>),
    Set(Box<CharacterSet>),
}

impl Fact {
    pub(super) fn classes(classes: Classes) -> Self {
        Self::Classes(Box::new(classes))
    }

    pub(super) fn set(set: &CharacterSet) -> Self {
        Self::Set(Box::new(set.clone()))
    }

    /// As many characters of an endless pattern as a rule refuses, of which the first eight are shown.
    pub(super) fn example(pattern: &str, characters: usize) -> Self {
        const SHOWN: usize = 8;
        let mut example: String = pattern.chars().cycle().take(characters.min(SHOWN)).collect();
        if characters > SHOWN {
            example.push('…');
        }
        Self::Example(example.into())
    }
}

impl Param {
    /// The number, if it is one.
    #[must_use]
    pub const fn number(&self) -> Option<usize> {
        match self.0 {
            Fact::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The attribute of the owner, if it is one.
    #[must_use]
    pub const fn attribute(&self) -> Option<Attribute> {
        match self.0 {
            Fact::Attribute(attribute) => Some(attribute),
            _ => None,
        }
    }

    /// The set of characters, if it is one.
    #[must_use]
    pub const fn set(&self) -> Option<&CharacterSet> {
        match &self.0 {
            Fact::Set(set) => Some(set),
            _ => None,
        }
    }

    pub(super) fn value(&self) -> ParamValue<'_> {
        match &self.0 {
            Fact::Number(number) => ParamValue::Number(*number),
            Fact::Name(name) => ParamValue::Text(name),
            Fact::Example(text) => ParamValue::Text(text),
            Fact::Attribute(attribute) => ParamValue::Attribute(*attribute),
            Fact::Classes(classes) => ParamValue::Classes(classes),
            Fact::Kinds(kinds) => ParamValue::Categories(kinds),
            Fact::Reductions(reductions) => ParamValue::Reductions(*reductions),
            Fact::Requirement(requirement) => ParamValue::Requirement(requirement),
            Fact::Set(set) => ParamValue::Set(set),
        }
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::part_in_english(self.value()).fmt(f)
    }
}

/// Which text says something, and its parameters. What is large in them is on the heap, so that a list of
/// violations is cheap to make.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Statement {
    source: Source,
    params: [Option<(&'static str, Param)>; CatalogueKey::MOST_PARAMS],
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Source {
    Shipped(&'static CatalogueKey),
    /// What only a host has: its own words, unless a catalogue has others.
    Own {
        group: OwnGroup,
        code: &'static str,
        text: Cow<'static, str>,
    },
}

impl Statement {
    pub(super) const fn of(key: &'static CatalogueKey) -> Self {
        Self::from(Source::Shipped(key))
    }

    pub(super) const fn own(group: OwnGroup, code: &'static str, text: Cow<'static, str>) -> Self {
        Self::from(Source::Own { group, code, text })
    }

    const fn from(source: Source) -> Self {
        Self { source, params: [const { None }; CatalogueKey::MOST_PARAMS] }
    }

    /// The name of the text, or the code of the host's rule.
    pub(super) const fn name(&self) -> &'static str {
        match &self.source {
            Source::Shipped(key) => key.name(),
            Source::Own { code, .. } => code,
        }
    }

    /// Adds a parameter of the key. There is a place for each: a key that has more does not compile.
    pub(super) fn with(mut self, name: &'static str, fact: Fact) -> Self {
        if let Some(free) = self.params.iter_mut().find(|param| param.is_none()) {
            *free = Some((name, Param(fact)));
        }
        self
    }

    /// The parameters for programs.
    pub(super) fn params(&self) -> impl Iterator<Item = (&'static str, &Param)> + Clone {
        self.all().filter(|(_, param)| !matches!(param.0, Fact::Example(_)))
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &Param)> + Clone {
        self.params.iter().flatten().map(|(name, param)| (*name, param))
    }

    pub(super) fn wording(&self) -> Wording<'_> {
        let wording = match &self.source {
            Source::Shipped(key) => Wording::of(key),
            Source::Own { group, code, text } => Wording::own(*group, code, text),
        };
        wording.with(self)
    }
}

impl Params for Statement {
    fn value(&self, parameter: &str) -> Option<ParamValue<'_>> {
        self.all().find(|(name, _)| *name == parameter).map(|(_, param)| param.value())
    }
}
