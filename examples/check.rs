//! Checks passwords from standard input against a policy, one JSON object a line.
//!
//! ```text
//! $ cargo run --example check -- --policy django
//! {"password": "emily.rose", "user": {"username": "rose.emily"}}
//! {"ok":false,"violations":[{"attribute":"username","code":"password_too_similar"}]}
//! ```
//!
//! `user` may be missing or null, and so may each of `username`, `first_name`, `last_name` and
//! `email` in it; other names are not looked at. A line that is not such an object is answered by
//! `{"error": "...", "line": n}`, which repeats nothing of it, and the run goes on.
//! `--requirements` prints what the policy asks instead.
//!
//! Exit status: 0; 1 if a line was malformed; 2 if the arguments were wrong or a stream failed.

use std::io::{self, BufRead, ErrorKind, Write};
use std::process::ExitCode;

use repass::policy::{CharacterClass, Classes, Personal, Policy, PolicyError, Violation};
use serde_json::{Map, Value, json};

const USAGE: &str = "\
usage: check --policy NAME [--requirements]
policies:
  django          the four validators of Django's project template
  django-classes  the same, and a lower-case letter, an upper-case letter, a digit and a symbol";

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    let (policy, requirements) = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(message) => {
            eprintln!("check: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let output = io::stdout().lock();
    let done = if requirements {
        list(&policy, output)
    } else {
        check(&policy, io::stdin().lock(), output)
    };
    match done {
        Ok(malformed) => ExitCode::from(u8::from(malformed)),
        // Whoever read the answers has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("check: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<(Policy, bool), String> {
    let (mut policy, mut requirements) = (None, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--policy" => policy = Some(named(rest.next().ok_or("--policy needs a name")?)?),
            "--requirements" => requirements = true,
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    Ok((policy.ok_or("no policy is named")?, requirements))
}

fn named(name: &str) -> Result<Policy, String> {
    match name {
        "django" => Ok(Policy::django()),
        "django-classes" => django_with_classes().map_err(|error| error.to_string()),
        _ => Err(format!("unknown policy {name:?}")),
    }
}

fn django_with_classes() -> Result<Policy, PolicyError> {
    Policy::builder()
        .max_similarity(0.7)
        .min_length(8)
        .not_common()
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
        .build()
}

fn list(policy: &Policy, mut output: impl Write) -> io::Result<bool> {
    for requirement in policy.requirements() {
        writeln!(output, "{requirement}")?;
    }
    Ok(false)
}

/// Answers every line; tells whether one was malformed.
fn check(policy: &Policy, input: impl BufRead, mut output: impl Write) -> io::Result<bool> {
    let mut malformed = false;
    for (number, line) in (1_u64..).zip(input.split(b'\n')) {
        let answer = match answer(policy, &line?) {
            Ok(answer) => answer,
            Err(error) => {
                malformed = true;
                json!({"error": error, "line": number})
            }
        };
        writeln!(output, "{answer}")?;
    }
    Ok(malformed)
}

fn answer(policy: &Policy, line: &[u8]) -> Result<Value, String> {
    let line = core::str::from_utf8(line)
        .map_err(|error| format!("not UTF-8 from byte {}", error.valid_up_to()))?;
    let value: Value = serde_json::from_str(line)
        .map_err(|error| format!("not JSON at column {}", error.column()))?;
    let object = value.as_object().ok_or("not an object")?;
    let password = text(object, "password")?.ok_or("password is missing")?;
    let about = match object.get("user") {
        None | Some(Value::Null) => Personal::none(),
        Some(Value::Object(user)) => Personal::none()
            .username(text(user, "username")?)
            .first_name(text(user, "first_name")?)
            .last_name(text(user, "last_name")?)
            .email(text(user, "email")?),
        Some(_) => return Err("user is neither an object nor null".into()),
    };
    let violations: Vec<Value> = match policy.check(password, &about) {
        Ok(()) => Vec::new(),
        Err(violations) => violations.iter().map(described).collect(),
    };
    Ok(json!({"ok": violations.is_empty(), "violations": violations}))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

fn described(violation: &Violation) -> Value {
    let code = violation.code();
    match violation {
        Violation::TooManyBytes { max_bytes } => json!({"code": code, "max_bytes": max_bytes}),
        Violation::TooSimilar { attribute } => json!({"code": code, "attribute": attribute.name()}),
        Violation::TooShort { min_length } => json!({"code": code, "min_length": min_length}),
        Violation::TooLong { max_length } => json!({"code": code, "max_length": max_length}),
        Violation::WhiteSpace { position, .. }
        | Violation::ControlCharacter { position }
        | Violation::CharacterNotAllowed { position }
        | Violation::IllegalCharacter { position } => json!({"code": code, "position": position}),
        Violation::Repeated { max_repeat, position } => {
            json!({"code": code, "max_repeat": max_repeat, "position": position})
        }
        Violation::ClassRepeated { max_class_repeat, position } => {
            json!({"code": code, "max_class_repeat": max_class_repeat, "position": position})
        }
        Violation::TooFewDistinct { min_distinct } => {
            json!({"code": code, "min_distinct": min_distinct})
        }
        Violation::MissingFromSet { at_least, set } => {
            json!({"code": code, "at_least": at_least, "set": set.to_string()})
        }
        Violation::TooFewCategories { at_least, of } => {
            let of: Vec<_> = of.iter().map(ToString::to_string).collect();
            json!({"code": code, "at_least": at_least, "of": of})
        }
        Violation::Sequence { max_sequence, position } => {
            json!({"code": code, "max_sequence": max_sequence, "position": position})
        }
        Violation::KeyboardWalk { max_keyboard_walk, position } => {
            json!({"code": code, "max_keyboard_walk": max_keyboard_walk, "position": position})
        }
        Violation::PersonalName { attribute } => {
            json!({"code": code, "attribute": attribute.name()})
        }
        Violation::MissingClasses { missing } => json!({"code": code, "missing": counts(missing)}),
        _ => json!({"code": code}),
    }
}

fn counts(classes: &Classes) -> Map<String, Value> {
    classes.iter().map(|(class, count)| (class.name().to_owned(), count.into())).collect()
}
