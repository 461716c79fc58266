//! Lines to and from a person at a terminal, or a pipe.

use core::error::Error;
use core::fmt::Display;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

pub(crate) type Result<T, E = Box<dyn Error>> = core::result::Result<T, E>;

/// The status of a program whose claims were proved or not, or that could not go on.
pub(crate) fn ended(result: Result<bool>) -> ExitCode {
    match result {
        Ok(proved) => end(proved),
        Err(error) => {
            let gone = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if gone != Some(ErrorKind::BrokenPipe) {
                complain(error);
            }
            end(false)
        }
    }
}

pub(crate) fn end(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

pub(crate) fn print(line: impl Display) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// For the person at the terminal. An error is ignored, as nothing depends on the text.
pub(crate) fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Asks until the answer can be read.
pub(crate) fn ask_until<T, E: Display>(
    prompt: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T> {
    loop {
        match read(ask(prompt)?.trim()) {
            Ok(answer) => return Ok(answer),
            Err(error) => complain(error),
        }
    }
}

/// The longest line that is read: longer than any password or link.
const LINE: usize = 8192;

/// One line of an answer, as typed but for its end.
pub(crate) fn ask(prompt: &str) -> Result<String> {
    // A pipe does not echo the answer, so the prompt must end its own line there.
    let end = if io::stdin().is_terminal() { ' ' } else { '\n' };
    let _ = write!(io::stderr(), "{prompt}{end}").and_then(|()| io::stderr().flush());
    // The capacity for all of it: a buffer that grows leaves a copy of the password behind.
    let mut line = Vec::with_capacity(LINE);
    io::stdin().lock().take(LINE as u64).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err("end of input before the password was changed".into());
    }
    if line.len() == LINE && !line.ends_with(b"\n") {
        return Err("a line of the input is too long".into());
    }
    while line.ends_with(b"\n") || line.ends_with(b"\r") {
        line.pop();
    }
    let line = String::from_utf8(line).map_err(|_| "a line of the input is not UTF-8")?;
    if line.trim() == "quit" { Err("quit: the password was not changed".into()) } else { Ok(line) }
}
