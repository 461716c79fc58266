mod error;

pub use error::PolicyConfigError;

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde_core::de::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::{Field, FieldError, Value};
use super::rule::{Ask, Rules, TABLE, Visit};
use super::{Policy, PolicyBuilder, PolicyError, Preset};

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
/// use repass::secret::Password;
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
/// let violations = policy.check(&Password::new("kettle")?, &Personal::none()).unwrap_err();
/// assert_eq!(violations[0].code(), "password_too_short");
///
/// let error = toml::from_str::<Policy>("at_least = { digits = 1 }").err().unwrap();
/// assert!(error.message().starts_with("at_least.digits is not known (did you mean digit?)"));
/// let error = toml::from_str::<Policy>(r#"min_length = "12""#).err().unwrap();
/// assert!(error.message().starts_with(
///     r#"min_length is "12" and must be a whole number from 0, such as 15"#
/// ));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is not said
///
/// A configuration without `preset` asks for 15 characters and refuses the embedded list of common
/// passwords, as NIST SP 800-63B-4 section 3.1.1.2 does where the password is the only factor, unless
/// `min_length` and `not_common` say otherwise. So an empty one still asks for a good password, and what
/// is weaker is there to be read. With `preset`, everything begins as the preset has it, and what the
/// standard forbids does not build. The rules of `warn` and `of_lengths` are asked besides those and
/// begin with none.
///
/// A configuration means the same in every build: what a build has not got is refused.
///
/// # Fields
///
#[doc = include_str!("config/fields.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyConfig {
    preset: Option<Preset>,
    rules: Rules,
    /// The keys of rules that are switched off, with the values that say so: `false`, 0, or `{}`.
    off: Vec<(&'static str, Value)>,
    of_lengths: Vec<OfLengths>,
    warn: Option<Box<Self>>,
}

#[derive(Clone, Debug, PartialEq)]
struct OfLengths {
    min: usize,
    max: usize,
    rules: PolicyConfig,
}

impl PolicyConfig {
    /// The fewest code points of a configuration that says neither how many nor which preset.
    pub const DEFAULT_MIN_LENGTH: usize = 15;

    const NONE: Self = Self {
        preset: None,
        rules: Rules::NONE,
        off: Vec::new(),
        of_lengths: Vec::new(),
        warn: None,
    };

    /// The fields of rules, each with a value of it as TOML writes it.
    ///
    /// ```
    /// use repass::policy::PolicyConfig;
    ///
    /// assert!(PolicyConfig::fields().any(|field| field == ("max_repeat", "3")));
    /// ```
    pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
        Rules::FIELDS.iter().copied()
    }

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyConfigError`], which names the field.
    pub fn build(self) -> Result<Policy, PolicyConfigError> {
        self.into_builder()?.build().map_err(|error| in_table("", error))
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
    pub fn into_builder(self) -> Result<PolicyBuilder, PolicyConfigError> {
        let begun = match self.preset {
            Some(preset) => Policy::preset(preset),
            None => self.begun_by_default()?,
        };
        self.upon(begun, "")
    }

    /// What nobody said.
    fn begun_by_default(&self) -> Result<PolicyBuilder, PolicyConfigError> {
        let is_off = |key| self.off.iter().any(|(off, _)| *off == key);
        let says = |key, is_there: bool| is_there || is_off(key);
        let mut begun = Policy::builder();
        if !says("min_length", self.rules.min_length.is_some()) {
            begun = begun.min_length(Self::DEFAULT_MIN_LENGTH);
        }
        if !says("not_common", self.rules.not_common.is_some()) {
            #[cfg(feature = "common-passwords")]
            return Ok(begun.not_common());
            #[cfg(not(feature = "common-passwords"))]
            return Err(PolicyConfigError::NoEmbeddedList);
        }
        Ok(begun)
    }

    /// What this says, upon what it begins with.
    fn upon(
        self,
        mut builder: PolicyBuilder,
        table: &str,
    ) -> Result<PolicyBuilder, PolicyConfigError> {
        for (key, _) in self.off {
            builder.rules.switch_off(key);
        }
        builder.rules.add(self.rules);
        let field = |name: &str| match table {
            "" => name.into(),
            table => alloc::format!("{table}.{name}"),
        };
        for (number, OfLengths { min, max, rules }) in self.of_lengths.into_iter().enumerate() {
            let table = field(&alloc::format!("of_lengths[{number}].rules"));
            builder = builder.of_lengths(min..=max, rules.beside(&table)?);
        }
        match self.warn {
            Some(wishes) => Ok(builder.warn(wishes.beside(&field("warn"))?)),
            None => Ok(builder),
        }
    }

    /// The policy of a table that is within another, whose ceilings hold.
    fn beside(self, table: &str) -> Result<Policy, PolicyConfigError> {
        let begun = self.preset.map_or_else(PolicyBuilder::within_another, Policy::preset);
        self.upon(begun, table)?.build().map_err(|error| in_table(table, error))
    }

    fn read(given: &Field<'_>) -> Result<Self, FieldError> {
        let mut config = Self::NONE;
        let table = given.table(TABLE).map_err(|error| match error {
            FieldError::UnknownField { nearest: Some(nearest), .. } => {
                Self::with_example(nearest, error)
            }
            error => error,
        })?;
        for (key, field) in table.each() {
            config.read_field(key, field).map_err(|error| Self::with_example(key, error))?;
        }
        Ok(config)
    }

    fn read_field(&mut self, key: &str, given: Field<'_>) -> Result<(), FieldError> {
        match key {
            "preset" => self.preset = Some(given.name(&Preset::ALL, Preset::name)?),
            "of_lengths" => self.of_lengths = Self::read_of_lengths(&given)?,
            "warn" => self.warn = Some(Box::new(Self::read_within(&given, false)?)),
            _ => {
                let value = given.value;
                let off = self.rules.read(key, given)?;
                self.off.extend(off.map(|key| (key, value.clone())));
            }
        }
        Ok(())
    }

    /// Adds an example of the field to an error that has none.
    fn with_example(key: &str, error: FieldError) -> FieldError {
        const OTHERS: [(&str, &str); 3] = [
            ("preset", "\"nist_single_factor\""),
            ("of_lengths", "[{ min = 15, max = 19, rules = { at_least = { digit = 1 } } }]"),
            ("warn", "{ min_length = 20 }"),
        ];
        match Self::fields().chain(OTHERS).find(|(field, _)| *field == key) {
            Some((field, example)) => error.of_rule(field, example),
            None => error,
        }
    }

    fn read_of_lengths(given: &Field<'_>) -> Result<Vec<OfLengths>, FieldError> {
        let item = |item: Field<'_>| {
            let table = item.table(&["min", "max", "rules"])?;
            Ok(OfLengths {
                min: table.required("min")?.number()?,
                max: table.required("max")?.number()?,
                rules: Self::read_within(&table.required("rules")?, true)?,
            })
        };
        given.short_list()?.map(item).collect()
    }

    /// Reads a table of rules that is within another.
    fn read_within(given: &Field<'_>, is_interval: bool) -> Result<Self, FieldError> {
        let config = Self::read(given)?;
        if config == Self::NONE {
            return Err(FieldError::AsksNothing { field: given.clone().into_path() });
        }
        let field = if config.warn.is_some() {
            Some("warn")
        } else if let Some(idle) = config.idle_off() {
            Some(idle)
        } else if is_interval && !config.of_lengths.is_empty() {
            Some("of_lengths")
        } else {
            config.rules.out_of_interval().filter(|_| is_interval)
        };
        match field {
            Some(field) => Err(FieldError::OutOfPlace { field: given.path_of(field) }),
            None => Ok(config),
        }
    }

    /// The first key of a rule that is switched off although it is not there: within another policy only what
    /// a preset brings is.
    fn idle_off(&self) -> Option<&'static str> {
        let preset = self.preset.map(|preset| Policy::preset(preset).rules.without_defaults());
        let is_there = |key| preset.as_ref().is_some_and(|rules| rules.has(key));
        self.off.iter().map(|(key, _)| *key).find(|key| !is_there(key))
    }

    fn write(&self) -> Value {
        let mut written = Written(Vec::new());
        let preset = self.preset.map(|preset| ("preset", preset.name().into()));
        self.rules.each(&mut written);
        let off = self.off.iter().cloned();
        let of_lengths = self.of_lengths.iter().map(OfLengths::write).collect();
        let of_lengths = Some(("of_lengths", Value::List(of_lengths)));
        let of_lengths = of_lengths.filter(|_| !self.of_lengths.is_empty());
        let warn = self.warn.as_ref().map(|warn| ("warn", warn.write()));
        // Policies within this one come last, as people write them.
        Value::table(preset.into_iter().chain(off).chain(written.0).chain(of_lengths).chain(warn))
    }
}

impl OfLengths {
    fn write(&self) -> Value {
        let (min, max) = (self.min.into(), self.max.into());
        Value::table([("min", min), ("max", max), ("rules", self.rules.write())])
    }
}

/// Every rule as its field.
struct Written(Vec<(&'static str, Value)>);

impl Visit for Written {
    fn visit<R: Ask>(&mut self, rule: &R) {
        self.0.push((R::KEY, rule.write()));
    }
}

fn in_table(table: &str, error: PolicyError) -> PolicyConfigError {
    PolicyConfigError::Rules { table: table.into(), error }
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self::NONE
    }
}

impl TryFrom<PolicyConfig> for Policy {
    type Error = PolicyConfigError;

    fn try_from(config: PolicyConfig) -> Result<Self, PolicyConfigError> {
        config.build()
    }
}

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Self::read(&Field::whole(&value)).map_err(D::Error::custom)
    }
}

impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(to)
    }
}

/// Reads a [`PolicyConfig`] and builds it.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        PolicyConfig::deserialize(from)?.build().map_err(D::Error::custom)
    }
}
