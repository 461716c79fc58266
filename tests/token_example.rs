//! The example `token`: what it issues it verifies, and its exit status is 0 for nothing else.

#[path = "support/program.rs"]
mod program;

use std::process::{Command, Output};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER_KEY: &str = "200102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const RESET: [&str; 6] = ["--key-hex", KEY, "--key-id", "7", "--purpose", "reset"];
const BOUND: [&str; 6] = ["--subject", "42", "--state", "hash", "--state", "ada@example.org"];
const TIMES: [&str; 4] = ["--now", "1700000000", "--expires", "1700000600"];

#[test]
fn what_is_issued_is_verified() {
    for more in
        [&[][..], &["--tenant", "acme"], &BOUND, &[&BOUND[..], &["--tenant", "acme"]].concat()]
    {
        let token = issue(&[&RESET[..], &TIMES, more].concat());
        let output = run("verify", &[&RESET[..], &TIMES[..2], more, &[&token]].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = text(&output.stdout);
        for line in ["verified", "version: 1", "key id: 7"] {
            assert!(said.lines().any(|own| own == line), "{said}");
        }
        assert!(said.contains("expires at: 1700000600 (2023-11-14 22:23:20"), "{said}");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn the_attempt_is_told_and_found_again() {
    let output = run("issue", &RESET);
    let told = text(&output.stderr);
    let id = told.trim_end().strip_prefix("token: the attempt is ").unwrap();
    assert_eq!(id.len(), 40);
    let token = text(&output.stdout).trim_end().to_owned();
    // Both by the clock of the machine.
    let verified = run("verify", &[&RESET[..], &[&token]].concat());
    assert_eq!(verified.status.code(), Some(0));
    assert!(text(&verified.stdout).ends_with(&format!("attempt id: {id}\n")));
}

#[test]
fn a_token_that_does_not_hold_ends_with_status_1_and_the_reason() {
    let stored = issue(&[&RESET[..], &TIMES].concat());
    let bound = issue(&[&RESET[..], &TIMES, &BOUND].concat());
    // A character of the tag.
    let other = if &stored[60..61] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &stored[..60], &stored[61..]);
    let now = &TIMES[..2];
    let [other_key, other_id, other_purpose] =
        [(1, OTHER_KEY), (3, "8"), (5, "invitation")].map(|(place, value)| {
            let mut arguments = RESET;
            arguments[place] = value;
            arguments
        });
    let state = |at: usize, value| {
        let mut arguments = BOUND;
        arguments[at] = value;
        arguments
    };
    let cases: [(&str, Vec<&str>, &str); 13] = [
        (&stored[1..], [&RESET[..], now].concat(), "token_malformed"),
        ("", [&RESET[..], now].concat(), "token_malformed"),
        (&stored, [&other_id[..], now].concat(), "token_unknown_key"),
        (&forged, [&RESET[..], now].concat(), "token_forged"),
        (&stored, [&other_key[..], now].concat(), "token_forged"),
        (&stored, [&other_purpose[..], now].concat(), "token_forged"),
        (&stored, [&RESET[..], now, &["--tenant", "acme"]].concat(), "token_forged"),
        (&stored, [&RESET[..], now, &BOUND].concat(), "token_forged"),
        (&bound, [&RESET[..], now].concat(), "token_forged"),
        (&stored, [&RESET[..], &["--now", "1700000600"]].concat(), "token_expired"),
        (&bound, [&RESET[..], now, &state(1, "43")].concat(), "token_other_state"),
        (&bound, [&RESET[..], now, &state(3, "another hash")].concat(), "token_other_state"),
        (&bound, [&RESET[..], now, &BOUND[..4]].concat(), "token_other_state"),
    ];
    for (token, arguments, code) in cases {
        for command in ["verify", "inspect"] {
            let output = run(command, &[&arguments[..], &[token]].concat());
            assert_eq!(output.status.code(), Some(1), "{command}, {code}");
            let reason = text(&output.stderr);
            assert!(reason.starts_with(&format!("token: {code}: ")), "{command}: {reason}");
            assert!(!text(&output.stdout).lines().any(|line| line == "verified"), "{command}");
            assert!(!reason.contains(&KEY[..8]));
        }
    }
}

#[test]
fn inspect_shows_what_a_token_claims_without_a_key() {
    let token = issue(&[&RESET[..], &TIMES].concat());
    let output = run("inspect", &[&token]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "token: nothing was verified: there is no --key-hex\n");
    let shown = text(&output.stdout);
    assert!(
        shown.starts_with("unverified\nversion: 1\nkey id: 7\nexpires at: 1700000600 "),
        "{shown}"
    );
    let verified = run("inspect", &[&RESET[..], &TIMES[..2], &[&token]].concat());
    assert_eq!(verified.status.code(), Some(0));
    assert!(text(&verified.stdout).starts_with(shown));
}

#[test]
fn wrong_arguments_end_with_status_2_and_the_usage() {
    let token = &"A".repeat(80);
    let short = ["--key-hex", "c0ffee", "--key-id", "7", "--purpose", "reset"];
    let attached = &format!("--key-hex={KEY}");
    let wrong: [Vec<&str>; 23] = [
        vec![],
        vec!["sign"],
        vec!["issue"],
        vec![KEY, "issue"],
        [&["verify"][..], &[attached], &RESET[2..], &[token]].concat(),
        [&["verify"][..], &RESET, &RESET[..2], &[token]].concat(),
        [&["verify"][..], &RESET, &["--now", "1", "--now", "2"], &[token]].concat(),
        [&["issue"][..], &RESET, &[token]].concat(),
        [&["verify"][..], &RESET].concat(),
        [&["verify"][..], &RESET, &[token, token]].concat(),
        [&["verify"][..], &RESET[..2], &[token]].concat(),
        [&["verify"][..], &RESET[..4], &[token]].concat(),
        [&["issue"][..], &short].concat(),
        [&["issue"][..], &RESET, &["--key-id", "65536"]].concat(),
        [&["issue"][..], &RESET, &["--purpose", "Reset"]].concat(),
        [&["issue"][..], &RESET, &["--subject", "42"]].concat(),
        [&["issue"][..], &RESET, &["--expires", "tomorrow"]].concat(),
        [&["issue"][..], &RESET, &["--loud"]].concat(),
        vec!["--help", "verify"],
        vec!["verify", "--help"],
        [&["issue"][..], &RESET, &["--help"]].concat(),
        [&["issue"][..], &RESET, &["--", "--help"]].concat(),
        [&["verify"][..], &RESET, &["--", token, "--"]].concat(),
    ];
    for arguments in wrong {
        let output = program::spawn("token", &arguments).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert!(said.contains("usage: token issue|inspect|verify"), "{said}");
        assert!(!said.contains(&KEY[..8]) && !said.contains("c0ffee"), "{said}");
    }
}

#[test]
fn help_alone_is_no_mistake() {
    let output = program::spawn("token", &["--help"]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("usage: token issue|inspect|verify"));
    assert!(output.stderr.is_empty());
}

#[test]
fn no_text_in_the_place_of_a_token_is_taken_for_one_that_holds() {
    let texts = [
        "--help",
        "-h",
        "-help",
        "--",
        "---",
        "-",
        "",
        " ",
        "--version",
        "--key-hex",
        "--key-id",
        "--purpose",
        "--tenant",
        "--subject",
        "--state",
        "--expires",
        "--now",
        "--now=1",
        "--no",
        "--help ",
        " --help",
        "issue",
        "verify",
        "--help=1",
        "0",
    ];
    for text_of_a_stranger in texts {
        for command in ["verify", "inspect"] {
            let plain = run(command, &[&RESET[..], &[text_of_a_stranger]].concat());
            let status = plain.status.code();
            assert!(matches!(status, Some(1 | 2)), "{command} {text_of_a_stranger:?}: {status:?}");
            assert!(plain.stdout.is_empty());
            // After `--` it is a token that does not hold.
            let ended = run(command, &[&RESET[..], &["--", text_of_a_stranger]].concat());
            assert_eq!(ended.status.code(), Some(1), "{command} -- {text_of_a_stranger:?}");
            assert!(text(&ended.stderr).starts_with("token: token_malformed: "));
            assert!(ended.stdout.is_empty());
        }
    }
}

#[test]
fn a_token_after_the_end_of_the_options_holds() {
    let token = issue(&[&RESET[..], &TIMES].concat());
    let output = run("verify", &[&RESET[..], &TIMES[..2], &["--", &token]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_reader_that_leaves_early_is_no_panic_and_no_success() {
    let token = issue(&[&RESET[..], &TIMES].concat());
    for arguments in [
        [&["verify"][..], &RESET, &TIMES[..2], &[&token]].concat(),
        [&["issue"][..], &RESET].concat(),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(program::built("token"));
        let output = command.args(&arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(text(&output.stderr).contains("token: standard output: "), "{output:?}");
    }
}

fn issue(arguments: &[&str]) -> String {
    let output = run("issue", arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let token = text(&output.stdout).trim_end().to_owned();
    assert_eq!(token.len(), 80);
    token
}

fn run(command: &str, arguments: &[&str]) -> Output {
    let arguments = [&[command], arguments].concat();
    program::spawn("token", &arguments).wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap()
}
