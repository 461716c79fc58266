//! The policies that can be asked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use repass::policy::{
    BuildListError, CommonPasswords, Policy, PolicyBuilder, PolicyConfig, Preset, WhenUnknown,
};

use crate::arguments::Arguments;
use crate::nearest::nearest;

/// Where the policies are that have a name and are no presets.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/policies");

pub(crate) fn policy(arguments: &Arguments) -> Result<Policy, String> {
    let mut builder = begun(&arguments.policy)?;
    // Those of a file give way to those of the command line.
    if !arguments.context.is_empty() {
        builder = builder.context_words(arguments.context.clone());
    }
    for path in &arguments.words {
        builder = builder.not_among(list(path)?);
    }
    builder.build().map_err(|error| format!("{}: {error}", arguments.policy))
}

/// The names of all policies, each with a line about it.
pub(crate) fn names() -> Result<String, String> {
    let mut text = String::from("Presets:\n");
    for preset in Preset::ALL {
        text += &format!("  {:<18}  {}\n", preset.name(), about(preset));
    }
    text += "\nFiles of examples/policies:\n";
    for (name, path) in files()? {
        let path = path.to_string_lossy();
        let content = self::text(&path)?;
        let first = content.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
        text += &format!("  {name:<18}  {first}\n");
    }
    Ok(text)
}

fn begun(name: &str) -> Result<PolicyBuilder, String> {
    if let Some(preset) = Preset::of_name(name) {
        return Ok(of_preset(preset));
    }
    let files = files()?;
    if let Some((_, path)) = files.iter().find(|(known, _)| known == name) {
        return configured(&path.to_string_lossy());
    }
    let is_path = Path::new(name).exists() || name.contains(['/', '\\', '.']);
    if is_path {
        return configured(name);
    }
    let mut known: Vec<_> = files.iter().map(|(known, _)| known.as_str()).collect();
    known.extend(Preset::ALL.map(Preset::name));
    let nearest = nearest(name, known).unwrap_or_default();
    Err(format!("unknown policy {name:?}; did you mean {nearest:?}? --list prints all names"))
}

fn of_preset(preset: Preset) -> PolicyBuilder {
    let builder = Policy::preset(preset);
    match preset {
        // Only a service can know these: a word of its own, and whether the password was in a breach.
        Preset::AsvsL2 => builder.context_words(["repass"]).max_breaches(0, WhenUnknown::Refuse),
        _ => builder,
    }
}

const fn about(preset: Preset) -> &'static str {
    match preset {
        Preset::NistSingleFactor => "NIST SP 800-63B-4: the password is the only factor",
        Preset::NistMfa => "NIST SP 800-63B-4: the password is one factor of several",
        Preset::AsvsL1 => "OWASP ASVS 5.0, level 1",
        Preset::AsvsL2 => "OWASP ASVS 5.0, level 2, with \"repass\" as the word of the service",
        Preset::Pci => "PCI DSS 4.0.1",
        Preset::ActiveDirectory => "Active Directory: the default domain policy",
        Preset::Django => "the four validators of Django's project template",
        _ => "",
    }
}

/// The files of the folder, by name.
fn files() -> Result<Vec<(String, PathBuf)>, String> {
    let failed = |error| format!("{FOLDER}: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(FOLDER).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml")
            && let Some(name) = path.file_stem()
        {
            files.push((name.to_string_lossy().into_owned(), path));
        }
    }
    files.sort();
    Ok(files)
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
