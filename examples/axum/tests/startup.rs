//! The program at a terminal: how an account is added, and what it says when it cannot start.

use core::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

type Result<T = ()> = core::result::Result<T, Box<dyn Error>>;

const KEY: &str = "base64:ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU=";

/// Runs the program; whether it succeeded, and what it wrote to the error output.
fn run(key: &str, arguments: &[&str], input: &str) -> Result<(bool, String)> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_repass-axum-example"));
    program.args(arguments).env("REPASS_KEY", key);
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn()?;
    // A program that ends before it reads closes the pipe.
    let _ = child.stdin.take().ok_or("no input")?.write_all(input.as_bytes());
    let output = child.wait_with_output()?;
    Ok((output.status.success(), String::from_utf8(output.stderr)?))
}

#[test]
fn an_account_is_added_once_and_with_a_good_password() -> Result {
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("database").to_string_lossy().into_owned();
    let add =
        |password: &str| run(KEY, &["--add-user", &database, "ada", "ada@example.org"], password);
    let (done, said) = add("12345\n")?;
    assert!(!done && said.contains("the password cannot be used: "), "{said}");
    let (done, said) = add("plum-kettle-42\n")?;
    assert!(done, "{said}");
    let (done, said) = add("plum-kettle-43\n")?;
    assert!(!done && said.ends_with("NAME cannot be used: there is such an account\n"), "{said}");
    Ok(())
}

#[test]
fn what_cannot_be_used_is_named() -> Result {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (database, messages) = (path("database"), path("messages"));
    let malformed = "REPASS_KEY cannot be used: the text is not a key in hex or base64\n";
    let none = path("no/such/folder/database");
    for (key, arguments, right) in [
        ("secret", [&*database, &messages, "127.0.0.1:0"], malformed),
        // Without its prefix it could be hexadecimal.
        (
            "ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU=",
            [&database, &messages, "127.0.0.1:0"],
            malformed,
        ),
        (KEY, [&database, &messages, "nowhere"], "ADDRESS cannot be used: "),
        (KEY, [&none, &messages, "127.0.0.1:0"], "DATABASE cannot be used: the database failed: "),
    ] {
        let (done, said) = run(key, &arguments, "")?;
        assert!(!done && said.starts_with(right), "{said}");
    }
    Ok(())
}
