//! Makes `src/policy/list/common/passwords.bin` of repass from the texts beside it, and lists of your
//! own from a file of words. SOURCES.md says what the texts are.
//!
//! ```text
//! common-passwords                            writes passwords.bin
//! common-passwords --check [FILE]             compares it, or FILE, instead: status 1 on a difference
//! common-passwords build --words FILE -o OUT  makes a list of the lines of FILE, the most common first
//! ```
//!
//! The same texts always make the same bytes.

mod sources;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use repass::policy::CommonPasswords;

const USAGE: &str = "usage: common-passwords [--check [FILE] | build --words FILE -o OUT]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("common-passwords: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let embedded = here.join("../../src/policy/list/common/passwords.bin");
    match arguments {
        [] => write(&embedded, &sources::embedded(here)?),
        ["--check"] => check(&embedded, here),
        ["--check", file] => check(Path::new(file), here),
        ["build", "--words", words, "-o", out] | ["build", "-o", out, "--words", words] => {
            let words = String::from_utf8(read(Path::new(words))?)
                .map_err(|error| format!("{words}: {error}"))?;
            let bytes = CommonPasswords::build(words.lines()).map_err(|error| error.to_string())?;
            write(Path::new(out), &bytes)
        }
        _ => Err(USAGE.into()),
    }
}

fn check(present: &Path, here: &Path) -> Result<(), String> {
    if read(present)? == sources::embedded(here)? {
        Ok(())
    } else {
        Err(format!("{} is not what this program makes", present.display()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let list = CommonPasswords::from_bytes(bytes).map_err(|error| error.to_string())?;
    let (entries, length) = (list.entries(), bytes.len());
    println!("{entries} entries, {length} bytes, {:.3} an entry", length as f64 / entries as f64);
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
