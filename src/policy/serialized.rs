use serde_core::ser::{Serialize, SerializeStruct, Serializer};

use super::catalogue::{Value, Wording};
use super::{Advice, Attribute, Category, CheckState, Checked, Requirement, Violation, Violations};
use crate::coded;

/// A parameter of a violation or a requirement.
#[derive(Clone, Copy)]
enum Parameter<'a> {
    /// What its text has a placeholder for.
    Shown(Value<'a>),
    /// What its text depends on.
    Named(&'static str),
}

impl Serialize for Parameter<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Shown(value) => value.serialize(to),
            Self::Named(name) => to.serialize_str(name),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number.serialize(to),
            Self::Attribute(attribute) => to.serialize_str(match attribute {
                Attribute::Username => "username",
                Attribute::FirstName => "first_name",
                Attribute::LastName => "last_name",
                Attribute::Email => "email",
                Attribute::Other(name) => name,
            }),
            Self::Class(class, _) => to.serialize_str(class.name()),
            Self::Classes(classes) => {
                to.collect_map(classes.iter().map(|(class, count)| (class.name(), count)))
            }
            Self::Category(Category::Class(class)) => to.serialize_str(class.name()),
            Self::Category(Category::Set(set)) => set.serialize(to),
            Self::Set(set) => set.serialize(to),
            Self::Categories(categories) => to.collect_seq(categories.iter().map(Value::Category)),
            Self::Reduction(reduction) => to.serialize_str(reduction.name()),
            Self::Reductions(reductions) => {
                to.collect_seq(reductions.iter().map(|reduction| reduction.name()))
            }
            Self::Requirement(requirement) => requirement.serialize(to),
        }
    }
}

fn serialize<S: Serializer>(
    to: S,
    code: &str,
    wording: Wording<'_>,
    named: Option<(&'static str, &'static str)>,
    position: Option<usize>,
) -> Result<S::Ok, S::Error> {
    // People count from 1, programs from 0: the position is a field of its own.
    let shown = wording.values().filter(|(name, _)| *name != "position");
    let shown = shown.map(|(name, value)| (name, Parameter::Shown(value)));
    let named = named.map(|(name, value)| (name, Parameter::Named(value)));
    coded::serialize(to, code, shown.chain(named), position)
}

/// `{"code": "password_too_short", "params": {"min_length": 8}}`, and `position` where there is one.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let named = match self {
            Self::WhiteSpace { place, .. } => Some(("place", place.name())),
            Self::Rearranged { how } => Some(("how", how.name())),
            Self::BreachUnknown { reason } => Some(("reason", reason.code())),
            _ => None,
        };
        serialize(to, self.code(), self.wording(), named, self.position())
    }
}

/// A list of violations.
impl Serialize for Violations {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self)
    }
}

/// `{"code": "password_too_short", "params": {"min_length": 8}}`.
impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let named = match self {
            Self::NoWhiteSpace { place } => Some(("place", place.name())),
            _ => None,
        };
        serialize(to, self.code(), self.wording(), named, None)
    }
}

/// `{"requirement": {"code": …, "params": {…}}, "state": "unmet"}`.
impl Serialize for Checked {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut checked = to.serialize_struct("Checked", 2)?;
        checked.serialize_field("requirement", &self.requirement)?;
        checked.serialize_field("state", &self.state)?;
        checked.end()
    }
}

/// Its name.
impl Serialize for CheckState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// `{"code": "advice_several_words", "params": {}}`.
impl Serialize for Advice {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        coded::serialize(to, self.code(), coded::NONE, None)
    }
}
