//! The example `stateless`: what it claims it proves, and it says nothing else.

#[path = "support/program.rs"]
mod program;

use std::process::Command;

#[test]
fn it_walks_the_road_and_is_refused_every_other_way() {
    let output = program::spawn("stateless", &[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let (sent, others) = said.split_once('\n').unwrap();
    let token =
        sent.strip_prefix("Sent to ada@example.org: https://example.org/reset?account=1#token=");
    assert_eq!(token.map(str::len), Some(80));
    let answer = "Answer: refused.";
    let refused = |which, code| format!("Refused: a link {which} ({code}). {answer}");
    let expected = [
        refused("after half an hour", "token_expired"),
        refused("of another tenant", "token_forged"),
        refused("with the id of grace", "token_other_state"),
        refused("with more behind it", "token_malformed"),
        "Proved: the link sets a new password.".to_owned(),
        "Proved: the new password signs in.".to_owned(),
        "Proved: the old one does not.".to_owned(),
        "Proved: a second submit sets nothing.".to_owned(),
        refused("that was used", "token_other_state"),
        refused("sent before it", "token_other_state"),
        refused("of a password that changed since", "token_other_state"),
    ];
    assert_eq!(others.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn an_argument_is_a_mistake() {
    let output = program::spawn("stateless", &["--help"]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_reader_that_leaves_early_is_no_panic_and_no_success() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(program::built("stateless")).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
