//! Makes `src/policy/common/passwords.bin` of repass from a text with one lower-case password a
//! line.
//!
//! `cargo run --release` writes the file; with `--check` it compares instead and exits with status
//! 1 on a difference. The same text always makes the same bytes. The format is described in
//! `src/policy/common.rs`.

mod blocks;
mod filter;
mod hash;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("common-passwords: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = here.join("django-common-passwords.txt");
    let target = here.join("../../src/policy/common/passwords.bin");
    let text = std::fs::read_to_string(&source)
        .map_err(|error| format!("{}: {error}", source.display()))?;
    let made = list(&text)?;
    match arguments {
        [] => {
            std::fs::write(&target, &made).map_err(|error| format!("{}: {error}", target.display()))
        }
        [flag] if flag == "--check" => {
            let present =
                std::fs::read(&target).map_err(|error| format!("{}: {error}", target.display()))?;
            if present == made {
                Ok(())
            } else {
                Err("passwords.bin is not what this program makes".into())
            }
        }
        _ => Err("usage: common-passwords [--check]".into()),
    }
}

fn list(text: &str) -> Result<Vec<u8>, String> {
    let entries: BTreeSet<&[u8]> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::as_bytes).collect();
    let longest = entries.iter().map(|entry| entry.len()).max().ok_or("the text has no entries")?;
    let (seed, filter) = filter::build(&entries).ok_or("no seed made a filter")?;
    let blocks = blocks::build(&entries)?;

    let mut bytes = b"RPW\x01".to_vec();
    bytes.extend(number(longest)?);
    bytes.extend(seed.to_le_bytes());
    bytes.extend(number(filter.segment)?);
    bytes.extend(number(filter.slots.len())?);
    bytes.extend(number(blocks.heads.len())?);
    bytes.extend(filter.slots);
    bytes.extend(blocks.heads.concat());
    for start in blocks.starts {
        bytes.extend(number(start)?);
    }
    bytes.extend(blocks.entries);
    println!(
        "{} entries, {} bytes, {:.2} an entry",
        entries.len(),
        bytes.len(),
        bytes.len() as f64 / entries.len() as f64
    );
    Ok(bytes)
}

fn number(value: usize) -> Result<[u8; 4], String> {
    u32::try_from(value).map(u32::to_le_bytes).map_err(|_| format!("{value} does not fit 32 bits"))
}
