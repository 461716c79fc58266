//! Checks passwords from standard input against a policy, one JSON object a line.
//!
//! ```text
//! $ cargo run --example check -- --policy django
//! {"password": "emily.rose", "user": {"username": "rose.emily"}}
//! {"ok":false,"violations":[{"attribute":"username","code":"password_too_similar"}]}
//! ```
//!
//! `user` may be missing or null, and so may each of `username`, `first_name`, `last_name` and `email`
//! in it. `old` is the password that is replaced, and `earlier` the passwords before it, newest first.
//! They are in clear text here, where a service has hashes. `breaches` says how often the password was
//! seen in breaches; it is 0 if it is missing, because this program asks no source. Other names are
//! ignored. A line that is no such object is answered by `{"error": "...", "line": n}`, which repeats
//! nothing of the line, and the next line is read.
//!
//! `--policy` takes the name of a preset, the name of a file of `examples/policies` or a path.
//! `--help` prints the other arguments and `--list` the names.
//!
//! The exit status is 1 if a line was malformed, 2 if the arguments or a file were wrong or a stream
//! failed, and else 0.

mod answer;
mod arguments;
mod nearest;
mod policies;
mod question;

use std::io::{self, BufRead, ErrorKind, Write};
use std::process::ExitCode;

use repass::policy::Policy;
use serde_json::json;

use answer::Answers;
use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let texts: Vec<String> =
        std::env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned()).collect();
    let command = Command::parse(&texts)
        .map_err(|message| format!("{message}\n`check --help` prints the arguments"));
    match command.and_then(run) {
        Ok(malformed) => ExitCode::from(u8::from(malformed)),
        Err(message) => {
            eprintln!("check: {message}");
            ExitCode::from(2)
        }
    }
}

/// Does what the command line asks for; tells whether a line of the input was malformed.
fn run(command: Command) -> Result<bool, String> {
    let mut output = io::stdout().lock();
    let done = match command {
        Command::Help => output.write_all(arguments::HELP.as_bytes()).map(|()| false),
        Command::List => output.write_all(policies::names()?.as_bytes()).map(|()| false),
        Command::Check(arguments) => answer(&arguments, &policies::policy(&arguments)?, output),
    };
    match done {
        // The reader of the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        done => done.map_err(|error| error.to_string()),
    }
}

fn answer(arguments: &Arguments, policy: &Policy, mut output: impl Write) -> io::Result<bool> {
    if !arguments.requirements {
        let answers = Answers { policy, explain: arguments.explain };
        return check(&answers, io::stdin().lock(), output);
    }
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
