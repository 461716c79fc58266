use serde_core::ser::{Serialize, SerializeStruct, Serializer};

use super::catalogue::ParamValue;
use super::{
    Advice, Attribute, Category, CharacterSet, CheckState, Checked, Param, Requirement, Violation,
    Violations,
};
use crate::coded;

impl Serialize for Param {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(to)
    }
}

impl Serialize for ParamValue<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number.serialize(to),
            Self::Text(text) => to.serialize_str(text),
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
            Self::Categories(categories) => {
                to.collect_seq(categories.iter().map(ParamValue::Category))
            }
            Self::Reduction(reduction) => to.serialize_str(reduction.name()),
            Self::Reductions(reductions) => {
                to.collect_seq(reductions.iter().map(|reduction| reduction.name()))
            }
            Self::Requirement(requirement) => requirement.serialize(to),
        }
    }
}

/// `{"code": "password_too_short", "params": {"min_length": 8}}`, and `position` where there is one.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        coded::serialize(to, self.code(), self.params(), self.position())
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
        coded::serialize(to, self.code(), self.params(), None)
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

/// As in a configuration: the characters as a text, or `{ characters = "!$%", ranges = ["a-z"] }`.
impl Serialize for CharacterSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(to)
    }
}
