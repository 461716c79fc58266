//! Checks passwords from standard input against a policy, one JSON object a line.
//!
//! ```text
//! $ cargo run --example check -- --policy django
//! {"password": "emily.rose", "user": {"username": "rose.emily"}}
//! {"ok":false,"violations":[{"attribute":"username","code":"password_too_similar"}]}
//! ```
//!
//! `user` may be missing or null, and so may each of `username`, `first_name`, `last_name` and
//! `email` in it. `old` is the password until now, and `earlier` a list of the ones before, newest
//! first: in clear, for trying out, where a service has hashes. `breaches` is how often a source has
//! seen the password in breaches; nobody is asked here, so that it is 0 without it. Other names are
//! not looked at. A line that is not such an object is answered by `{"error": "...", "line": n}`, which
//! repeats nothing of it, and the run goes on.
//!
//! `--explain` adds to each answer the sentences, advice, what the policy asks, met or unmet, and what
//! it only warns of; `--requirements` prints what the policy asks instead of reading anything.
//!
//! Exit status: 0; 1 if a line was malformed; 2 if the arguments or a file were wrong or a stream
//! failed.

mod answer;
mod arguments;
mod policies;
mod question;

use std::io::{self, BufRead, ErrorKind, Write};
use std::process::ExitCode;

use repass::policy::Policy;
use serde_json::json;

use answer::Answers;
use arguments::Arguments;

fn main() -> ExitCode {
    let texts: Vec<String> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    let arguments = match Arguments::parse(&texts) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("check: {message}\n{}", arguments::usage());
            return ExitCode::from(2);
        }
    };
    let policy = match policies::policy(&arguments) {
        Ok(policy) => policy,
        Err(message) => {
            eprintln!("check: {message}");
            return ExitCode::from(2);
        }
    };
    let output = io::stdout().lock();
    let done = if arguments.requirements {
        list(&policy, output)
    } else {
        let answers = Answers { policy: &policy, explain: arguments.explain };
        check(&answers, io::stdin().lock(), output)
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

fn list(policy: &Policy, mut output: impl Write) -> io::Result<bool> {
    for requirement in policy.requirements() {
        writeln!(output, "{requirement}")?;
    }
    Ok(false)
}

/// Answers every line; tells whether one was malformed.
fn check(answers: &Answers<'_>, input: impl BufRead, mut output: impl Write) -> io::Result<bool> {
    let mut malformed = false;
    for (number, line) in (1_u64..).zip(input.split(b'\n')) {
        let answer = match answers.to_line(&line?) {
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
