//! Issues, inspects and verifies tokens of wire format 1, for people who debug an integration.
//!
//! ```text
//! $ cargo run --example token -- issue --key-hex 8a1c...e215 --key-id 1 --purpose reset \
//!       --subject 42 --state 'the password hash' --state ada@example.org
//! AGkhW7g...
//! $ cargo run --example token -- verify --key-hex 8a1c...e215 --key-id 1 --purpose reset \
//!       --subject 42 --state 'another password hash' --state ada@example.org AGkhW7g...
//! token: token_other_state: the token is bound to another account or state
//! ```
//!
//! `--subject` and `--state` make a stateless token; without them it is a link with a random attempt
//! id, which stands on standard error. `--state` may come several times; the first is what the use
//! of the token changes. A token that is issued is good for 30 minutes unless `--expires` says
//! otherwise; the longest life, which a service sets, is not checked. `inspect` shows what a token
//! claims, and says whether it holds when there is a key.
//!
//! Exit status: 0 only for a token that holds, or was issued, and for `--help` alone; 1 for any other
//! token, with the reason on standard error; 2 if the arguments were wrong. After a command no text
//! in the place of the token is help, and after `--` none is an option: write `-- "$TOKEN"` for one
//! that a stranger sent.

use core::fmt::Display;
use core::time::Duration;
use std::io::{self, Write};
use std::process::ExitCode;

use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::secret::Seed;
use repass::time::{self, UtcDateTime};
use repass::token::{Signer, State, StatelessSigner, Unverified};

const USAGE: &str = "\
usage: token issue|inspect|verify --key-hex HEX --key-id NUMBER --purpose NAME [--tenant NAME]
             [--subject ID --state TEXT ...] [--expires UNIX] [--now UNIX] [--] [TOKEN]
  issue    prints a token
  inspect  shows what TOKEN claims; --key-hex, --key-id and --purpose may be missing
  verify   shows what TOKEN says, if it holds
  --       ends the options: what follows is TOKEN, whatever it looks like
  --help   alone: prints this";

/// The longest life is the service's own choice: here any is fine.
const LIFE: Duration = Duration::MAX;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    match Arguments::parse(&arguments).and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Help) => match say(USAGE) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(1),
        },
        Err(Failure::Usage(message)) => {
            eprintln!("token: {message}\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Refused(reason)) => {
            eprintln!("token: {reason}");
            ExitCode::from(1)
        }
    }
}

enum Failure {
    /// None, but nothing is done.
    Help,
    Usage(String),
    Refused(String),
}

fn usage(message: impl Display) -> Failure {
    Failure::Usage(message.to_string())
}

#[derive(Default)]
struct Arguments {
    command: String,
    key_hex: Option<String>,
    key_id: Option<u16>,
    purpose: Option<String>,
    tenant: Option<String>,
    subject: Option<String>,
    state: Vec<String>,
    expires: Option<UtcDateTime>,
    now: Option<UtcDateTime>,
    token: Option<String>,
}

impl Arguments {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let (command, rest) = arguments.split_first().ok_or_else(|| usage("no command"))?;
        if command == "--help" && rest.is_empty() {
            return Err(Failure::Help);
        }
        if !["issue", "inspect", "verify"].contains(&command.as_str()) {
            return Err(usage("the first argument is issue, inspect or verify"));
        }
        let mut parsed = Self { command: command.clone(), ..Self::default() };
        let (mut rest, mut options_end) = (rest.iter(), false);
        while let Some(argument) = rest.next() {
            if argument == "--" && !options_end {
                options_end = true;
                continue;
            }
            if options_end || !argument.starts_with("--") {
                if parsed.token.replace(argument.clone()).is_some() {
                    return Err(usage("more than one token"));
                }
                continue;
            }
            let mut value = || {
                let value = rest.next().ok_or_else(|| usage(format!("{argument} needs a value")));
                value.cloned()
            };
            let again = match argument.as_str() {
                "--key-hex" => parsed.key_hex.replace(value()?).is_some(),
                "--key-id" => parsed.key_id.replace(number(argument, &value()?)?).is_some(),
                "--purpose" => parsed.purpose.replace(value()?).is_some(),
                "--tenant" => parsed.tenant.replace(value()?).is_some(),
                "--subject" => parsed.subject.replace(value()?).is_some(),
                "--state" => {
                    parsed.state.push(value()?);
                    false
                }
                "--expires" => parsed.expires.replace(moment(argument, &value()?)?).is_some(),
                "--now" => parsed.now.replace(moment(argument, &value()?)?).is_some(),
                _ => {
                    // What follows an equals sign may be a key.
                    let (name, _) = argument.split_once('=').unwrap_or((argument, ""));
                    return Err(usage(format!("unknown argument {name}")));
                }
            };
            if again {
                return Err(usage(format!("{argument} comes twice")));
            }
        }
        if (parsed.command == "issue") == parsed.token.is_some() {
            return Err(usage("issue takes no token, inspect and verify take one"));
        }
        if parsed.subject.is_some() == parsed.state.is_empty() {
            return Err(usage("--subject and --state come together"));
        }
        Ok(parsed)
    }

    #[expect(clippy::disallowed_methods, reason = "programs read clocks, the crate does not")]
    fn now(&self) -> UtcDateTime {
        self.now.unwrap_or_else(UtcDateTime::now)
    }

    fn ring(&self) -> Result<Keyring, Failure> {
        let key = self.key_hex.as_ref().ok_or_else(|| usage("--key-hex is missing"))?;
        let id = self.key_id.ok_or_else(|| usage("--key-id is missing"))?;
        Ok(Keyring::new(KeyId::new(id), Key::from_hex(key).map_err(usage)?))
    }

    fn scope(&self) -> Result<Scope, Failure> {
        let purpose = self.purpose.as_ref().ok_or_else(|| usage("--purpose is missing"))?;
        let scope = Scope::new(Purpose::new(purpose).map_err(usage)?);
        match &self.tenant {
            Some(tenant) => scope.for_tenant(tenant).map_err(usage),
            None => Ok(scope),
        }
    }

    /// Whose token it is and to what it is bound, for the stateless kind.
    fn bound(&self) -> Result<Option<(AccountId, State)>, Failure> {
        let (Some(subject), Some((changed, others))) = (&self.subject, self.state.split_first())
        else {
            return Ok(None);
        };
        let state = others.iter().fold(State::changed_by_use(changed), State::and);
        Ok(Some((AccountId::new(subject).map_err(usage)?, state)))
    }
}

fn number(argument: &str, value: &str) -> Result<u16, Failure> {
    value.parse().map_err(|_| usage(format!("{argument} is a number up to {}", u16::MAX)))
}

fn moment(argument: &str, value: &str) -> Result<UtcDateTime, Failure> {
    let seconds = value.parse().ok();
    seconds
        .and_then(|seconds| UtcDateTime::from_unix_timestamp(seconds).ok())
        .ok_or_else(|| usage(format!("{argument} is in seconds since 1970")))
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let text = arguments.token.as_deref().unwrap_or_default();
    match arguments.command.as_str() {
        "issue" => issue(arguments),
        "inspect" => inspect(text, arguments),
        _ => verify(text, arguments),
    }
}

fn issue(arguments: &Arguments) -> Result<(), Failure> {
    let (ring, scope) = (arguments.ring()?, arguments.scope()?);
    let expires_at = arguments
        .expires
        .unwrap_or_else(|| arguments.now().saturating_add(time::Duration::minutes(30)));
    let token = match arguments.bound()? {
        Some((subject, state)) => {
            StatelessSigner::new(ring, scope, LIFE).sign(&subject, &state, expires_at)
        }
        None => {
            let id = AttemptId::new(Seed::generate(&mut repass::SysRng).map_err(usage)?);
            eprintln!("token: the attempt is {id}");
            Signer::links(ring, scope, LIFE).sign(id, expires_at)
        }
    };
    say(token.map_err(usage)?.expose_secret())
}

fn inspect(text: &str, arguments: &Arguments) -> Result<(), Failure> {
    let claims = Unverified::parse(text).map_err(|error| refused(error.code(), error))?;
    let bits: String = claims.bits().iter().map(|byte| format!("{byte:02x}")).collect();
    say("unverified")?;
    show(claims.key_id(), claims.expires_at())?;
    say(format!("attempt id, or state: {bits}"))?;
    if arguments.key_hex.is_none() {
        return Err(Failure::Refused("nothing was verified: there is no --key-hex".into()));
    }
    verify(text, arguments)
}

fn verify(text: &str, arguments: &Arguments) -> Result<(), Failure> {
    let (ring, scope, now) = (arguments.ring()?, arguments.scope()?, arguments.now());
    match arguments.bound()? {
        Some((subject, state)) => {
            let signer = StatelessSigner::new(ring, scope, LIFE);
            let bound = signer.verify(text, now).and_then(|unbound| unbound.bind(&subject, &state));
            let bound = bound.map_err(|error| refused(error.code(), error))?;
            say("verified")?;
            show(bound.key_id(), bound.expires_at())?;
            say(format!("subject: {}", bound.subject()))?;
        }
        None => {
            let verified = Signer::links(ring, scope, LIFE).verify(text, now);
            let verified = verified.map_err(|error| refused(error.code(), error))?;
            say("verified")?;
            show(verified.key_id(), verified.expires_at())?;
            say(format!("attempt id: {}", verified.id()))?;
        }
    }
    Ok(())
}

fn refused(code: &str, error: impl Display) -> Failure {
    Failure::Refused(format!("{code}: {error}"))
}

fn show(key_id: KeyId, expires_at: UtcDateTime) -> Result<(), Failure> {
    say("version: 1")?;
    say(format!("key id: {key_id}"))?;
    say(format!("expires at: {} ({expires_at})", expires_at.unix_timestamp()))
}

/// Writes a line; a reader that left is none that a token holds for.
fn say(line: impl Display) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}").map_err(|error| refused("standard output", error))
}
