mod common;
mod error;
mod name;
mod place;
mod set;
mod table;
mod tables;
mod value;

pub use error::PolicyConfigError;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_core::de::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CharacterSet, Policy, PolicyBuilder, PolicyError, Preset, Reduction, WhiteSpace};
use common::Common;
use place::Place;
use table::table;
use tables::{AtLeast, AtLeastKinds, MaxBreaches, MaxPersonal, MaxSequence, OfLengths};
use value::Value;

/// A policy as data: what a configuration file or a column of a table of tenants holds.
///
/// It is read and written by any format of `serde` that describes itself, such as TOML and JSON. A field
/// that is not known is refused, and so is a value that does not fit; the message has the path of the
/// field, such as `of_lengths[1].rules.at_least.digit`.
///
/// ```
/// # #[cfg(feature = "common-passwords")] {
/// use std::collections::HashMap;
///
/// use repass::policy::{Personal, Policy};
///
/// let tenants: HashMap<String, HashMap<String, Policy>> = toml::from_str(
///     r#"
///     [plum.password]
///     preset = "nist_mfa"
///     context_words = ["Plum Bank"]
///
///     [orbit.password]
///     min_length = 12
///     at_least = { upper = 1, digit = 1 }
///     warn = { min_length = 15 }
///     "#,
/// )?;
/// let policy = &tenants["orbit"]["password"];
/// let violations = policy.check("kettle", &Personal::none()).unwrap_err();
/// assert_eq!(violations[0].code(), "password_too_short");
///
/// let error = toml::from_str::<Policy>("at_least = { digits = 1 }").err().unwrap();
/// assert!(error.message().starts_with("at_least: unknown field `digits`"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is not said
///
/// A configuration without `preset` asks for 15 characters and refuses the embedded list of common
/// passwords, as NIST SP 800-63B-4 section 3.1.1.2 does where the password is the only factor, unless
/// `min_length` and `not_common` say otherwise. So an empty one is no open door, and what is weaker is
/// there to be read. With `preset`, everything begins as the preset has it, and what the standard
/// forbids does not build. The rules of `warn` and `of_lengths` stand beside those and begin with none.
///
/// A configuration means the same in every build: what a build has not got is refused.
///
/// # Fields
///
#[doc = include_str!("config/fields.md")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyConfig {
    preset: Option<Preset>,
    max_bytes: Option<usize>,
    max_personal: Option<MaxPersonal>,
    max_similarity: Option<f64>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    not_common: Option<Common>,
    not_derived_from_common: Option<Vec<Reduction>>,
    not_entirely_numeric: Option<bool>,
    at_least: Option<AtLeast>,
    at_least_kinds: Option<AtLeastKinds>,
    active_directory_kinds: Option<bool>,
    no_white_space: Option<WhiteSpace>,
    no_control_characters: Option<bool>,
    allowed_characters: Option<CharacterSet>,
    illegal_characters: Option<CharacterSet>,
    max_repeat: Option<usize>,
    max_class_repeat: Option<usize>,
    min_distinct: Option<usize>,
    max_occurrences: Option<usize>,
    max_sequence: Option<MaxSequence>,
    max_keyboard_walk: Option<usize>,
    context_words: Option<Vec<String>>,
    not_containing: Option<Vec<String>>,
    no_personal_names: Option<bool>,
    no_palindrome: Option<bool>,
    min_changed: Option<usize>,
    not_rearranged: Option<bool>,
    not_among_last: Option<usize>,
    max_breaches: Option<MaxBreaches>,
    of_lengths: Option<Vec<OfLengths>>,
    warn: Option<Box<Self>>,
}

table!(optional PolicyConfig {
    preset,
    max_bytes,
    max_personal,
    max_similarity,
    min_length,
    max_length,
    not_common,
    not_derived_from_common,
    not_entirely_numeric,
    at_least,
    at_least_kinds,
    active_directory_kinds,
    no_white_space,
    no_control_characters,
    allowed_characters,
    illegal_characters,
    max_repeat,
    max_class_repeat,
    min_distinct,
    max_occurrences,
    max_sequence,
    max_keyboard_walk,
    context_words,
    not_containing,
    no_personal_names,
    no_palindrome,
    min_changed,
    not_rearranged,
    not_among_last,
    max_breaches,
    of_lengths,
    warn,
});

/// Of lists that `refuse_too_many` looks at; Active Directory has five kinds.
const MOST_ITEMS: usize = 8;

impl PolicyConfig {
    /// The fewest code points of a configuration that says neither how many nor which preset.
    pub const DEFAULT_MIN_LENGTH: usize = 15;

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyConfigError`], which names the field.
    pub fn build(self) -> Result<Policy, PolicyConfigError> {
        self.into_builder()?.build().map_err(|error| rules_error(Place::Whole, error))
    }

    /// Begins a policy with these rules, for a host that adds lists and rules of its own.
    ///
    /// ```
    /// use repass::policy::{CommonPasswords, PolicyConfig};
    ///
    /// let config: PolicyConfig = toml::from_str("min_length = 12\nnot_common = false")?;
    /// let list = CommonPasswords::build(["plum-kettle-42"])?;
    /// let list = CommonPasswords::from_shared(std::sync::Arc::new(list))?;
    /// let policy = config.into_builder()?.not_among(list).build()?;
    /// # let _ = policy;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PolicyConfigError`] for what this finds before [`PolicyBuilder::build`] does.
    pub fn into_builder(mut self) -> Result<PolicyBuilder, PolicyConfigError> {
        if self.preset.is_none() {
            self.min_length = self.min_length.or(Some(Self::DEFAULT_MIN_LENGTH));
            self.not_common = self.not_common.or(Some(Common::Whole));
        }
        let begun = self.preset.map_or_else(Policy::builder, Policy::preset);
        self.upon(begun, Place::Whole)
    }

    /// What the table at `place` says, upon what it begins with.
    fn upon(
        self,
        mut builder: PolicyBuilder,
        place: Place<'_>,
    ) -> Result<PolicyBuilder, PolicyConfigError> {
        self.refuse_too_many(place)?;
        self.switch(&mut builder.rules, place)?;
        let list = Place::Field(&place, "of_lengths");
        for (number, OfLengths { min, max, rules }) in
            self.of_lengths.into_iter().flatten().enumerate()
        {
            let item = Place::Item(&list, number);
            let rules = rules.beside(Place::Field(&item, "rules"), true)?;
            builder = builder.of_lengths(min..=max, rules);
        }
        let wishes = self.warn.map(|wishes| wishes.beside(Place::Field(&place, "warn"), false));
        Ok(builder
            .given(wishes.transpose()?, PolicyBuilder::warn)
            .given(self.max_bytes, PolicyBuilder::max_bytes)
            .given(self.max_personal, |builder, most| {
                builder.max_personal(most.attributes, most.bytes_of_each)
            })
            .given(self.max_similarity, PolicyBuilder::max_similarity)
            .given(self.min_length, PolicyBuilder::min_length)
            .given(self.max_length, PolicyBuilder::max_length)
            .given(self.not_derived_from_common, PolicyBuilder::not_derived_from_common)
            .given(self.at_least, |builder, at_least| at_least.add_to(builder))
            .given(self.at_least_kinds, |builder, kinds| {
                builder.at_least_kinds(kinds.count, kinds.of)
            })
            .given(self.no_white_space, PolicyBuilder::no_white_space)
            .given(self.allowed_characters, PolicyBuilder::allowed_characters)
            .given(self.illegal_characters, PolicyBuilder::illegal_characters)
            .given(self.max_repeat, PolicyBuilder::max_repeat)
            .given(self.max_class_repeat, PolicyBuilder::max_class_repeat)
            .given(self.min_distinct, PolicyBuilder::min_distinct)
            .given(self.max_occurrences, PolicyBuilder::max_occurrences)
            .given(self.max_sequence, |builder, sequence| {
                builder.max_sequence(sequence.characters, sequence.ends)
            })
            .given(self.max_keyboard_walk, PolicyBuilder::max_keyboard_walk)
            .given(self.context_words, PolicyBuilder::context_words)
            .given(self.not_containing, PolicyBuilder::not_containing)
            .given(self.min_changed, PolicyBuilder::min_changed)
            .given(self.not_among_last, PolicyBuilder::not_among_last)
            .given(self.max_breaches, |builder, most| {
                builder.max_breaches(most.count, most.when_unknown)
            }))
    }

    /// Lists whose product [`PolicyBuilder::build`] looks through: a stranger may have written them.
    fn refuse_too_many(&self, place: Place<'_>) -> Result<(), PolicyConfigError> {
        let at_least = Place::Field(&place, "at_least");
        let kinds = Place::Field(&place, "at_least_kinds");
        let lists = [
            (Place::Field(&at_least, "sets"), self.at_least.as_ref().map_or(0, AtLeast::sets)),
            (
                Place::Field(&kinds, "of"),
                self.at_least_kinds.as_ref().map_or(0, AtLeastKinds::kinds),
            ),
            (Place::Field(&place, "of_lengths"), self.of_lengths.as_ref().map_or(0, Vec::len)),
        ];
        match lists.into_iter().find(|(_, items)| *items > MOST_ITEMS) {
            Some((field, _)) => {
                Err(PolicyConfigError::TooMany { field: field.to_string(), most: MOST_ITEMS })
            }
            None => Ok(()),
        }
    }

    /// What is true or false: asks it, or no longer.
    fn switch(&self, rules: &mut Policy, place: Place<'_>) -> Result<(), PolicyConfigError> {
        if let Some(common) = self.not_common {
            rules.not_common = common.list();
            rules.not_among = None;
            if common != Common::Nothing && rules.not_common.is_none() {
                let field = Place::Field(&place, "not_common").to_string();
                return Err(PolicyConfigError::NoEmbeddedList { field });
            }
        }
        if let Some(is_asked) = self.active_directory_kinds {
            if self.at_least_kinds.is_some() {
                let field = Place::Field(&place, "active_directory_kinds").to_string();
                return Err(PolicyConfigError::GivenTwice { field, other: "at_least_kinds" });
            }
            let kinds = is_asked.then(|| Policy::builder().active_directory_kinds().rules);
            rules.categories = kinds.and_then(|rules| rules.categories);
        }
        for (rule, is_asked) in [
            (&mut rules.not_entirely_numeric, self.not_entirely_numeric),
            (&mut rules.no_control_characters, self.no_control_characters),
            (&mut rules.no_personal_names, self.no_personal_names),
            (&mut rules.no_palindrome, self.no_palindrome),
            (&mut rules.not_rearranged, self.not_rearranged),
        ] {
            *rule = is_asked.unwrap_or(*rule);
        }
        Ok(())
    }

    /// The policy of the table at `place`, which is within another.
    fn beside(self, place: Place<'_>, is_interval: bool) -> Result<Policy, PolicyConfigError> {
        if self == Self::default() {
            return Err(PolicyConfigError::AsksNothing { field: place.to_string() });
        }
        let would_not_be_asked = [
            ("max_bytes", is_interval && self.max_bytes.is_some()),
            ("max_personal", is_interval && self.max_personal.is_some()),
            ("of_lengths", is_interval && self.of_lengths.is_some()),
            ("min_changed", is_interval && self.min_changed.is_some()),
            ("not_rearranged", is_interval && self.not_rearranged.is_some()),
            ("not_among_last", is_interval && self.not_among_last.is_some()),
            ("max_breaches", is_interval && self.max_breaches.is_some()),
            ("warn", self.warn.is_some()),
        ];
        if let Some((field, _)) = would_not_be_asked.into_iter().find(|(_, is_there)| *is_there) {
            return Err(rules_error(place, PolicyError::RuleOutOfPlace { field }));
        }
        let begun = self.preset.map_or_else(PolicyBuilder::without_ceilings, Policy::preset);
        self.upon(begun, place)?.build().map_err(|error| rules_error(place, error))
    }
}

impl PolicyBuilder {
    /// For rules beside others, whose ceilings hold.
    fn without_ceilings() -> Self {
        let mut builder = Self::new();
        builder.rules.max_bytes = None;
        builder.rules.max_personal = None;
        builder
    }

    fn given<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => set(self, value),
            None => self,
        }
    }
}

fn rules_error(place: Place<'_>, error: PolicyError) -> PolicyConfigError {
    PolicyConfigError::Rules { table: place.to_string(), error }
}

impl TryFrom<PolicyConfig> for Policy {
    type Error = PolicyConfigError;

    fn try_from(config: PolicyConfig) -> Result<Self, PolicyConfigError> {
        config.build()
    }
}

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::read(from, Place::Whole)
    }
}

impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.write(to)
    }
}

/// Reads a [`PolicyConfig`] and builds it.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        PolicyConfig::deserialize(from)?.build().map_err(D::Error::custom)
    }
}
