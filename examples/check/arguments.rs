//! What is asked for on the command line.

use repass::policy::Preset;

/// Where the rules come from.
pub(crate) enum Source {
    Named(String),
    Config(String),
}

pub(crate) struct Arguments {
    pub(crate) source: Source,
    pub(crate) context: Vec<String>,
    /// Paths of lists.
    pub(crate) words: Vec<String>,
    pub(crate) explain: bool,
    pub(crate) requirements: bool,
}

impl Arguments {
    pub(crate) fn parse(texts: &[String]) -> Result<Self, String> {
        let mut sources = Vec::new();
        let (mut context, mut words) = (Vec::new(), Vec::new());
        let (mut explain, mut requirements) = (false, false);
        let mut rest = texts.iter();
        while let Some(flag) = rest.next() {
            let mut value = |what: &str| rest.next().cloned().ok_or(format!("{flag} needs {what}"));
            match flag.as_str() {
                "--policy" => sources.push(Source::Named(value("a name")?)),
                "--config" => sources.push(Source::Config(value("a file")?)),
                "--context" => context.push(value("a word")?),
                "--words" => words.push(value("a file")?),
                "--explain" => explain = true,
                "--requirements" => requirements = true,
                _ => return Err(format!("unknown argument {flag:?}")),
            }
        }
        match (sources.pop(), sources.is_empty()) {
            (Some(source), true) => Ok(Self { source, context, words, explain, requirements }),
            (Some(_), false) => Err("more than one policy is named".into()),
            (None, _) => Err("no policy is named".into()),
        }
    }
}

pub(crate) fn usage() -> String {
    let mut text = String::from(
        "\
usage: check --policy NAME | --config FILE [--context WORD]... [--words FILE]... [--explain | --requirements]
  --config FILE   the rules, as the documentation of PolicyConfig has them, in TOML
  --context WORD  a word of the service's own, such as its name, which is refused with its like
  --words FILE    passwords to refuse as well, one a line, the most common first
  --explain       adds sentences, advice, requirements and warnings to each answer
  --requirements  prints what the policy asks, one rule a line
policies:",
    );
    for preset in Preset::ALL {
        text += &format!("\n  {:<18}  {}", preset.name(), about(preset));
    }
    text + "\n  django-classes      as django, and a lower-case letter, an upper-case letter, a digit and a symbol"
}

const fn about(preset: Preset) -> &'static str {
    match preset {
        Preset::NistSingleFactor => "NIST SP 800-63B-4, the password alone",
        Preset::NistMfa => "NIST SP 800-63B-4, the password as one factor of several",
        Preset::AsvsL1 => "OWASP ASVS 5.0, level 1",
        Preset::AsvsL2 => "OWASP ASVS 5.0, level 2, with `repass` for a word of the service's own",
        Preset::Pci => "PCI DSS 4.0.1",
        Preset::ActiveDirectory => "the complexity requirements of Active Directory",
        Preset::Django => "the four validators of Django's project template",
        Preset::System000 => "letters, numbers and special characters, as a reseller's API asks",
        Preset::System001 => "Django's validators and four classes of characters",
        _ => "",
    }
}
