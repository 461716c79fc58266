//! The policy that the arguments ask for.

use std::fs;
use std::sync::Arc;

use repass::policy::{
    BuildListError, CharacterClass, CommonPasswords, Policy, PolicyBuilder, PolicyConfig, Preset,
    WhenUnknown,
};

use crate::arguments::{Arguments, Source, usage};

pub(crate) fn policy(arguments: &Arguments) -> Result<Policy, String> {
    let (mut builder, source) = match &arguments.source {
        Source::Named(name) => (named(name)?, name),
        Source::Config(path) => (configured(path)?, path),
    };
    // Those of a file give way to those of the command line.
    if !arguments.context.is_empty() {
        builder = builder.context_words(arguments.context.clone());
    }
    for path in &arguments.words {
        builder = builder.not_among(list(path)?);
    }
    builder.build().map_err(|error| format!("{source}: {error}"))
}

fn named(name: &str) -> Result<PolicyBuilder, String> {
    if name == "django-classes" {
        return Ok(django_with_classes());
    }
    let preset =
        Preset::of_name(name).ok_or_else(|| format!("unknown policy {name:?}\n{}", usage()))?;
    let builder = Policy::preset(preset);
    Ok(match preset {
        // What only a host can know: a word of its own, and whether the password was seen in breaches.
        Preset::AsvsL2 => builder.context_words(["repass"]).max_breaches(0, WhenUnknown::Refuse),
        _ => builder,
    })
}

fn django_with_classes() -> PolicyBuilder {
    Policy::builder()
        .max_similarity(0.7)
        .min_length(8)
        .not_common()
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
}

fn configured(path: &str) -> Result<PolicyBuilder, String> {
    let config: PolicyConfig =
        toml::from_str(&text(path)?).map_err(|error| format!("{path}: {error}"))?;
    config.into_builder().map_err(|error| format!("{path}: {error}"))
}

fn list(path: &str) -> Result<CommonPasswords<'static>, String> {
    let bytes = CommonPasswords::build(text(path)?.lines()).map_err(|error| match error {
        BuildListError::WordTooLong { number } => format!("{path}, line {number}: {error}"),
        _ => format!("{path}: {error}"),
    })?;
    CommonPasswords::from_shared(Arc::new(bytes)).map_err(|error| format!("{path}: {error}"))
}

fn text(path: &str) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("{path}, line {line}: not UTF-8")
    })
}
