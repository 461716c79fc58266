use alloc::format;
use alloc::string::String;
use core::fmt;

/// Why a configuration cannot be read. It reaches a host as the text of the format's error.
#[derive(Debug)]
pub(in crate::policy) enum FieldError {
    /// No field has this name.
    UnknownField {
        /// The field, with its path: `of_lengths[1].rules.at_leest`.
        field: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
        /// The names that are known there, `characters and ends`; empty where they are many.
        known: String,
        /// The rule that the field is of, or is meant to be; empty if nobody knows.
        rule: &'static str,
        /// A value of the rule, as TOML writes it.
        example: &'static str,
    },
    /// A field has a value that it does not take.
    Misfit {
        field: String,
        /// As TOML writes it; of a long one its first 64 characters.
        value: String,
        /// What the field takes.
        allowed: String,
        /// The name that was probably meant, where the field takes names.
        nearest: Option<&'static str>,
        rule: &'static str,
        example: &'static str,
    },
    /// A table lacks a field.
    Missing { field: String, rule: &'static str, example: &'static str },
    /// A field occurs twice.
    Twice { field: String },
    /// Two items of a list have the same set.
    SameSet { field: String, other: String },
    /// The embedded list is asked for, which this build does not have.
    #[cfg(not(feature = "common-passwords"))]
    NoEmbeddedList { field: String },
    /// A list has more items than a policy is built of in a bounded time.
    TooMany { field: String, most: usize },
    /// A table of rules has none.
    AsksNothing { field: String },
    /// The rule would not be asked there.
    OutOfPlace { field: String },
}

impl FieldError {
    /// Adds an example of the rule that the field is of.
    pub(in crate::policy) const fn such_as(mut self, example: &'static str) -> Self {
        if let Some((_, known)) = self.rule_mut() {
            *known = example;
        }
        self
    }

    /// Adds which rule the field is of, with an example, unless that is known.
    pub(in crate::policy) const fn of_rule(
        mut self,
        name: &'static str,
        value: &'static str,
    ) -> Self {
        if let Some((rule, example)) = self.rule_mut()
            && rule.is_empty()
        {
            (*rule, *example) = (name, value);
        }
        self
    }

    const fn rule_mut(&mut self) -> Option<(&mut &'static str, &mut &'static str)> {
        match self {
            Self::UnknownField { rule, example, .. }
            | Self::Misfit { rule, example, .. }
            | Self::Missing { rule, example, .. } => Some((rule, example)),
            _ => None,
        }
    }

    /// Adds what else is allowed.
    pub(in crate::policy) fn or(mut self, also: &str) -> Self {
        if let Self::Misfit { allowed, .. } = &mut self {
            *allowed = format!("{allowed}, or {also}");
        }
        self
    }

    /// Adds which name was probably meant.
    pub(in crate::policy) fn or_rather(mut self, name: Option<&'static str>) -> Self {
        if let Self::Misfit { nearest, .. } = &mut self {
            *nearest = name;
        }
        self
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { field, nearest, known, rule, example } => {
                write!(f, "{field} is not known")?;
                if let Some(nearest) = nearest {
                    write!(f, " (did you mean {nearest}?)")?;
                }
                if !known.is_empty() {
                    write!(f, "; allowed fields are {known}")?;
                }
                write_example(f, rule, example)
            }
            Self::Misfit { field, value, allowed, nearest, rule, example } => {
                write!(f, "{field} is {value} and must be {allowed}")?;
                // Of a field within the rule, the value of the whole rule is no example.
                let is_whole = !rule.is_empty() && field.rsplit('.').next() == Some(rule);
                if is_whole {
                    write!(f, ", such as {example}")?;
                }
                if let Some(nearest) = nearest {
                    write!(f, " (did you mean \"{nearest}\"?)")?;
                }
                if is_whole { Ok(()) } else { write_example(f, rule, example) }
            }
            Self::Missing { field, rule, example } => {
                write!(f, "{field} is missing")?;
                write_example(f, rule, example)
            }
            Self::Twice { field } => write!(f, "{field} occurs twice"),
            Self::SameSet { field, other } => {
                write!(f, "{field} has the same set as {other}: write the set once")
            }
            Self::OutOfPlace { field } => {
                write!(f, "{field} has no effect here")
            }
            #[cfg(not(feature = "common-passwords"))]
            Self::NoEmbeddedList { field } => {
                write!(f, "{field} must be false, because no list of common passwords is built in")
            }
            Self::TooMany { field, most } => write!(f, "{field} has more than {most} items"),
            Self::AsksNothing { field } => write!(f, "{field} must contain at least one rule"),
        }
    }
}

fn write_example(f: &mut fmt::Formatter<'_>, rule: &str, example: &str) -> fmt::Result {
    if rule.is_empty() { Ok(()) } else { write!(f, "; for example: {rule} = {example}") }
}
