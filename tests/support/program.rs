//! Starts an example of the package with pipes for its three streams.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub(crate) fn spawn(example: &str, arguments: &[&str]) -> Child {
    Command::new(built(example))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// `cargo test` builds the examples beside the tests; `cargo test --test NAME` alone does not.
pub(crate) fn built(example: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().unwrap().parent().unwrap();
    let program =
        profile.join("examples").join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--example", example]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        // Of several tests that build at once, cargo lets one go first.
        assert!(build.status().unwrap().success());
    }
    program
}
