//! The command line.

/// What the command line asks for.
pub(crate) enum Command {
    Help,
    List,
    Check(Arguments),
}

pub(crate) struct Arguments {
    /// A name or a path.
    pub(crate) policy: String,
    pub(crate) context: Vec<String>,
    /// Paths of lists.
    pub(crate) words: Vec<String>,
    pub(crate) explain: bool,
    pub(crate) requirements: bool,
}

impl Command {
    pub(crate) fn parse(texts: &[String]) -> Result<Self, String> {
        let mut policy = None;
        let (mut context, mut words) = (Vec::new(), Vec::new());
        let (mut explain, mut requirements) = (false, false);
        let mut rest = texts.iter();
        while let Some(flag) = rest.next() {
            let mut value = |what: &str| rest.next().cloned().ok_or(format!("{flag} needs {what}"));
            match flag.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--list" => return Ok(Self::List),
                "--policy" if policy.is_some() => return Err("--policy is given twice".into()),
                "--policy" => policy = Some(value("a name or a file")?),
                "--context" => context.push(value("a word")?),
                "--words" => words.push(value("a file")?),
                "--explain" => explain = true,
                "--requirements" => requirements = true,
                _ => return Err(format!("unknown argument {flag:?}")),
            }
        }
        let policy = policy.ok_or("--policy is missing")?;
        Ok(Self::Check(Arguments { policy, context, words, explain, requirements }))
    }
}

pub(crate) const HELP: &str = r#"Checks passwords from standard input against a policy.

Usage:
  check --policy NAME|FILE [--context WORD]... [--words FILE]... [--explain | --requirements]
  check --list
  check --help

Options:
  --policy NAME|FILE  the policy: a name of --list, or a TOML file with the fields of PolicyConfig
  --context WORD      a word of your service, such as its name; passwords derived from it are refused
  --words FILE        more passwords to refuse, one per line, the most common first
  --explain           add sentences, advice, requirements and warnings to each answer
  --requirements      print what the policy requires, one rule per line, instead of reading anything
  --list              print the names of the policies that come with this program
  --help              print this text

Each line of the input is a JSON object. Only "password" is required:
  {"password": "emily.rose", "user": {"username": "rose.emily"}, "old": null, "earlier": [], "breaches": 0}
Each line of the output is the answer to a line of the input:
  {"ok":false,"violations":[{"attribute":"username","code":"password_too_similar"}]}

Exit status:
  0  every line was answered, whether its password was accepted or refused
  1  a line was malformed
  2  the arguments or a file were wrong, or a stream failed
"#;
