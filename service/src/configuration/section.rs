//! Reads one table of a configuration, and tells what it cannot read.

use alloc::collections::BTreeSet;
use core::fmt::Display;
use core::ops::RangeInclusive;
use core::time::Duration;

use super::ConfigurationError;
use super::Secret;

/// A table of a configuration. Each setting is taken once, and what is left over in the end is an
/// error: a setting that is misspelt must not be one that is left out.
#[derive(Debug)]
pub(crate) struct Section {
    path: String,
    table: toml::Table,
    known: Vec<&'static str>,
}

type Read<T> = Result<T, ConfigurationError>;

impl Section {
    pub(crate) fn root(text: &str) -> Read<Self> {
        let table = toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| {
                text.get(..span.start).unwrap_or_default().matches('\n').count().saturating_add(1)
            });
            let reason = format!("line {line} is not TOML: {}", error.message());
            ConfigurationError::new("the file", reason, "listen = \"127.0.0.1:8080\"")
        })?;
        Ok(Self { path: String::new(), table, known: Vec::new() })
    }

    /// The full name of a setting.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// What is wrong with a setting of this section.
    pub(crate) fn error(
        &self,
        key: &str,
        reason: impl Display,
        example: &str,
    ) -> ConfigurationError {
        ConfigurationError::new(self.path_of(key), reason, example)
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<toml::Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// A table within this one.
    pub(crate) fn section(&mut self, key: &'static str) -> Read<Option<Self>> {
        let path = self.path_of(key);
        match self.take(key) {
            None => Ok(None),
            Some(toml::Value::Table(table)) => Ok(Some(Self { path, table, known: Vec::new() })),
            Some(_) => Err(ConfigurationError::new(&path, "must be a table", format!("[{path}]"))),
        }
    }

    /// A list of tables.
    pub(crate) fn sections(&mut self, key: &'static str) -> Read<Vec<Self>> {
        let path = self.path_of(key);
        let wrong =
            || ConfigurationError::new(&path, "must be a list of tables", format!("[[{path}]]"));
        let values = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(toml::Value::Array(values)) => values,
            Some(_) => return Err(wrong()),
        };
        let tables = values.into_iter().enumerate().map(|(at, value)| match value {
            toml::Value::Table(table) => {
                Ok(Self { path: format!("{path}[{at}]"), table, known: Vec::new() })
            }
            _ => Err(wrong()),
        });
        tables.collect()
    }

    /// The tables in this one, whose names are the operator's.
    pub(crate) fn named_sections(mut self) -> Read<Vec<(String, Self)>> {
        let table = core::mem::take(&mut self.table);
        let tables = table.into_iter().map(|(name, value)| {
            let path = self.path_of(&name);
            match value {
                toml::Value::Table(table) => Ok((name, Self { path, table, known: Vec::new() })),
                _ => Err(ConfigurationError::new(&path, "must be a table", format!("[{path}]"))),
            }
        });
        tables.collect()
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str, example: &str) -> Read<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.error(key, "must be a text that is not empty", example)),
        }
    }

    pub(crate) fn required_text(&mut self, key: &'static str, example: &str) -> Read<String> {
        self.text(key, example)?.ok_or_else(|| self.error(key, "is missing", example))
    }

    /// A text that is read as something else.
    pub(crate) fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Read<Option<T>> {
        let text = self.text(key, example)?;
        let parsed = text.map(|text| parse(&text)).transpose();
        parsed.map_err(|error| self.error(key, error, example))
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, key: &'static str, example: &str) -> Read<Vec<String>> {
        let values = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(toml::Value::Array(values)) => values,
            Some(_) => return Err(self.error(key, "must be a list of texts", example)),
        };
        let texts = values.into_iter().map(|value| match value {
            toml::Value::String(text) if !text.is_empty() => Ok(text),
            _ => Err(self.error(key, "must be a list of texts", example)),
        });
        texts.collect()
    }

    /// A secret: a text, or `{ file = "PATH" }`.
    pub(crate) fn secret(&mut self, key: &'static str, example: &str) -> Read<Option<Secret>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        self.as_secret(value, key, example).map(Some)
    }

    fn as_secret(&self, value: toml::Value, key: &str, example: &str) -> Read<Secret> {
        match value {
            toml::Value::String(text) if !text.is_empty() => Ok(Secret::new(text)),
            toml::Value::Table(mut table) if table.len() == 1 => {
                let Some(toml::Value::String(path)) = table.remove("file") else {
                    return Err(self.error(key, "must be a text or { file = \"PATH\" }", example));
                };
                let read = std::fs::read_to_string(path);
                let text = read.map_err(|error| self.error(key, error, example))?;
                Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            _ => Err(self.error(key, "must be a text or { file = \"PATH\" }", example)),
        }
    }

    /// Secrets that other programs send, by names that the configuration chooses.
    pub(crate) fn secrets(
        &mut self,
        key: &'static str,
        example: &str,
    ) -> Read<Option<Vec<(String, Secret)>>> {
        let table = match self.take(key) {
            None => return Ok(None),
            Some(toml::Value::Table(table)) => table,
            Some(_) => return Err(self.error(key, "must be a table", example)),
        };
        let secrets = table.into_iter().map(|(name, value)| {
            let full = format!("{key}.{name}");
            let secret = self.as_secret(value, &full, example)?;
            Ok((name, self.long_enough(secret, &full, example)?))
        });
        secrets.collect::<Read<_>>().map(Some)
    }

    /// A secret that another program sends. Its tries are not counted, so it must not be one that can be
    /// guessed.
    pub(crate) fn caller_secret(&mut self, key: &'static str, example: &str) -> Read<Secret> {
        let secret = self.optional_caller_secret(key, example)?;
        secret.ok_or_else(|| self.error(key, "is missing", example))
    }

    /// The same where it can be missing.
    pub(crate) fn optional_caller_secret(
        &mut self,
        key: &'static str,
        example: &str,
    ) -> Read<Option<Secret>> {
        let secret = self.secret(key, example)?;
        secret.map(|secret| self.long_enough(secret, key, example)).transpose()
    }

    fn long_enough(&self, secret: Secret, key: &str, example: &str) -> Read<Secret> {
        let different: BTreeSet<char> = secret.expose().chars().collect();
        if secret.expose().len() >= Secret::SHORTEST && different.len() >= Secret::LEAST_DIFFERENT {
            return Ok(secret);
        }
        let reason = format!(
            "must have at least {} characters, and {} different ones, because guesses are not counted",
            Secret::SHORTEST,
            Secret::LEAST_DIFFERENT
        );
        Err(self.error(key, reason, example))
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Read<bool> {
        match self.take(key) {
            None => Ok(false),
            Some(toml::Value::Boolean(flag)) => Ok(flag),
            Some(_) => Err(self.error(key, "must be true or false", &format!("{key} = true"))),
        }
    }

    /// A whole number within a range.
    pub(crate) fn number(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Read<Option<u32>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
        if let Some(number) = number.filter(|number| range.contains(number)) {
            return Ok(Some(number));
        }
        let (from, to) = (range.start(), range.end());
        let reason = format!("must be a whole number from {from} to {to}");
        Err(self.error(key, reason, &format!("{key} = {from}")))
    }

    pub(crate) fn seconds(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Read<Option<Duration>> {
        let seconds = self.number(key, range)?;
        Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
    }

    /// Refuses what nobody asked for.
    pub(crate) fn end(self) -> Read<()> {
        let Some(key) = self.table.keys().next() else { return Ok(()) };
        let mut known = self.known.clone();
        known.sort_unstable();
        known.dedup();
        let reason = "is no setting of this section";
        Err(ConfigurationError::new(self.path_of(key), reason, known.join(", ")))
    }
}
