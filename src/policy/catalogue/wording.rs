use crate::policy::characters::category::Categories;
use crate::policy::characters::classes::Classes;
use crate::policy::list::reduction::Reductions;
use crate::policy::{Attribute, Category, CharacterClass, CharacterSet, Reduction, Requirement};

use super::CatalogueKey;
use super::english::key;

/// Which text says something, and what its placeholders stand for.
#[derive(Clone, Copy)]
pub(in crate::policy) struct Wording<'a> {
    pub(super) source: Source<'a>,
    params: Option<&'a dyn Params>,
    position: Option<usize>,
    count: Option<usize>,
}

/// The values of the placeholders of a text.
pub(in crate::policy) trait Params {
    fn value(&self, parameter: &str) -> Option<ParamValue<'_>>;
}

#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Shipped(&'static CatalogueKey),
    /// What a host has besides: its own words, unless a catalogue has others.
    Own {
        group: OwnGroup,
        name: &'a str,
        text: &'a str,
    },
}

/// The value of a placeholder. None of it is, or is made from, what somebody typed.
#[derive(Clone, Copy)]
pub(in crate::policy) enum ParamValue<'a> {
    Number(usize),
    Attribute(Attribute),
    Class(CharacterClass, usize),
    Classes(&'a Classes),
    Category(&'a Category),
    Categories(&'a Categories),
    Reduction(Reduction),
    Reductions(Reductions),
    Set(&'a CharacterSet),
    /// A name or an example, which is the same in every language.
    Text(&'a str),
    Requirement(&'a Requirement),
}

impl<'a> Wording<'a> {
    pub(in crate::policy) const fn of(key: &'static CatalogueKey) -> Self {
        Self::from(Source::Shipped(key))
    }

    pub(in crate::policy) const fn own(group: OwnGroup, name: &'a str, text: &'a str) -> Self {
        Self::from(Source::Own { group, name, text })
    }

    const fn from(source: Source<'a>) -> Self {
        Self { source, params: None, position: None, count: None }
    }

    pub(in crate::policy) const fn with(self, params: &'a dyn Params) -> Self {
        Self { params: Some(params), ..self }
    }

    /// The same with where something is, from 0.
    pub(in crate::policy) const fn at(self, position: usize) -> Self {
        Self { position: Some(position), ..self }
    }

    const fn counting(self, count: usize) -> Self {
        Self { count: Some(count), ..self }
    }

    /// The value of `{parameter}`.
    pub(super) fn value(&self, parameter: &str) -> Option<ParamValue<'a>> {
        // People count from 1.
        let position = self.position.map(|position| position.saturating_add(1));
        match (parameter, position, self.count) {
            ("position", Some(position), _) => Some(ParamValue::Number(position)),
            ("count", _, Some(count)) => Some(ParamValue::Number(count)),
            _ => self.params?.value(parameter),
        }
    }

    /// The number that the plural form depends on.
    pub(super) fn count(&self) -> Option<usize> {
        let Source::Shipped(key) = self.source else { return None };
        match self.value(key.counts()?)? {
            ParamValue::Number(count) => Some(count),
            _ => None,
        }
    }
}

/// What only a host knows the names of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::policy) enum OwnGroup {
    Attribute,
    Requirement,
    Violation,
}

impl OwnGroup {
    const ALL: [Self; 3] = [Self::Attribute, Self::Requirement, Self::Violation];

    /// What stands before the first dot of such a key.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Attribute => "own_attribute",
            Self::Requirement => "own_requirement",
            Self::Violation => "own_violation",
        }
    }

    pub(super) fn of_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.prefix() == prefix)
    }
}

impl Attribute {
    pub(super) const fn wording(self) -> Wording<'static> {
        Wording::of(match self {
            Self::Username => const { key("attribute_username") },
            Self::FirstName => const { key("attribute_first_name") },
            Self::LastName => const { key("attribute_last_name") },
            Self::Email => const { key("attribute_email") },
            Self::Other(name) => return Wording::own(OwnGroup::Attribute, name, name),
        })
    }
}

impl CharacterClass {
    pub(super) fn counted(self, count: usize) -> Wording<'static> {
        let key = match self {
            Self::Lower => const { key("class_lower") },
            Self::Upper => const { key("class_upper") },
            Self::Letter => const { key("class_letter") },
            Self::OtherLetter => const { key("class_other_letter") },
            Self::Digit => const { key("class_digit") },
            Self::Symbol => const { key("class_symbol") },
        };
        Wording::of(key).counting(count)
    }

    pub(super) const fn kind(self) -> Wording<'static> {
        Wording::of(match self {
            Self::Lower => const { key("kind_lower") },
            Self::Upper => const { key("kind_upper") },
            Self::Letter => const { key("kind_letter") },
            Self::OtherLetter => const { key("kind_other_letter") },
            Self::Digit => const { key("kind_digit") },
            Self::Symbol => const { key("kind_symbol") },
        })
    }
}

impl Reduction {
    pub(super) const fn wording(self) -> Wording<'static> {
        Wording::of(match self {
            Self::Affixes => const { key("reduction_affixes") },
            Self::Repetition => const { key("reduction_repetition") },
            Self::Reversal => const { key("reduction_reversal") },
            Self::Leet => const { key("reduction_leet") },
            Self::Folding => const { key("reduction_folding") },
        })
    }
}
