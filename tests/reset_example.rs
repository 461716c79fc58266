//! The example `reset`, driven through its pipes: the whole flow, and every way to leave it early.
#![cfg(feature = "common-passwords")]

#[path = "support/program.rs"]
mod program;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Output};
use std::thread::JoinHandle;

const GOOD: &str = "plum-kettle-42";
const PROOFS: [&str; 2] =
    ["Proved: the old password is refused.", "Proved: the new password is accepted."];

#[test]
fn a_script_resets_by_link() {
    let output = walk(&["--take-from-outbox"], "ada\nlink\nplum-kettle-42\nplum-kettle-42\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = lines(&output.stdout);
    for line in PROOFS {
        assert!(lines.iter().any(|own| own == line), "{line}");
    }
    assert_eq!(lines.last().unwrap(), "Proved: the link is refused.");
    // The accounts, what the policy asks, the message as delivered, what follows.
    for line in [
        "  ada: Ada Lovelace <ada@example.org>",
        "  grace: Grace Hopper <grace@example.org>",
        "  at least 8 characters",
        "To: ada@example.org",
        "Subject: Reset your password for example.org",
        "Hello Ada Lovelace,",
        "The password was changed. What follows:",
        "  end all sessions",
        "Settled.",
        "Subject: Your password for example.org was changed",
    ] {
        assert!(lines.iter().any(|own| own == line), "{line}");
    }
}

#[test]
fn a_script_resets_by_code_after_asking_for_nobody() {
    let answers = "nobody@example.org\ncode\n GRACE@example.org \ncode\nplum-kettle-42\n";
    let output = walk(&["--take-from-outbox"], &format!("{answers}{GOOD}"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = lines(&output.stdout);
    assert_eq!(lines.last().unwrap(), "Proved: the code is refused.");
    // The same answer, and then what only the operator sees.
    let answer = "Answer: if there is such an account, a message is on its way.";
    let answers: Vec<_> = (0..lines.len()).filter(|at| lines[*at] == answer).collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(lines[answers[0] + 1], "Operator: no secret was sent (request_unknown).");
    assert_eq!(lines[answers[1] + 2], "To: grace@example.org");
}

#[test]
fn prompts_and_mistakes_are_never_on_standard_output() {
    let answers = "@\nada\npost\nlink\nada@example.org\nada@example.org\nplum\nkettle\n12345678\n12345678\nquit\n";
    let output = walk(&["--take-from-outbox"], answers);
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    for part in [
        "Who lost the password",
        "By link or by code?",
        "either link or code",
        "The new password?",
        "The new password again?",
        "must not be similar to your email address",
        "the two passwords are not the same",
        // Every violation, not the first alone.
        "easy to guess",
        "must not consist of digits only",
    ] {
        assert!(err.contains(part), "{part}\n{err}");
        assert!(!out.contains(part), "{part}\n{out}");
    }
    assert!(out.contains("To: ada@example.org"));
    assert!(!err.contains("To: ada@example.org"));
    // What was typed as a password is not repeated; `ada@example.org` is in the message.
    for typed in ["plum", "kettle", "12345678"] {
        assert!(!out.contains(typed) && !err.contains(typed), "{typed}");
    }
}

#[test]
fn a_prompt_ends_its_line_when_the_answer_comes_from_a_pipe() {
    let output = walk(&["--take-from-outbox"], "ada\nlink\nplum-kettle-42\nplum-kettle-42\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let prompts = [
        "Who lost the password (e-mail or user name)?",
        "By link or by code?",
        "The new password?",
        "The new password again?",
    ];
    assert_eq!(lines(&output.stderr), prompts);
}

#[test]
fn a_whole_link_or_its_token_may_be_pasted_after_a_wrong_one() {
    for bare in [false, true] {
        let mut person = Person::sits_down();
        person.types("ada");
        person.types("link");
        let link = person.reads(|line| line.starts_with("https://"));
        let (page, token) = link.split_once("token=").unwrap();
        assert_eq!(page, "https://example.org/reset#");
        assert_eq!(token.len(), 80);
        person.types(&format!("{}{}", &link[..link.len() - 1], altered(&link[link.len() - 1..])));
        person.types("");
        person.types(if bare { token } else { &link });
        person.types(GOOD);
        person.types(GOOD);
        let (status, out, err) = person.leaves();
        assert_eq!(status, Some(0), "{err}");
        assert_eq!(err.matches("Refused.").count(), 2, "{err}");
        assert_eq!(out.last().unwrap(), "Proved: the link is refused.");
    }
}

#[test]
fn wrong_codes_are_counted_until_none_is_left_and_another_message_helps() {
    let mut person = Person::sits_down();
    person.types("grace");
    person.types("code");
    let code = person.reads(is_code);
    for symbol in ["B", "C", "D", "F", "G"] {
        let wrong = format!("{}{}", &code[..code.len() - 1], symbol);
        person.types(&if wrong == code { code.replace(symbol, "H") } else { wrong });
    }
    // Asked from the beginning, since the first code is spent.
    person.types("grace");
    person.types("code");
    let second = person.reads(is_code);
    assert_ne!(second, code);
    person.types(&code);
    // Lower case and without the dash, as people type.
    person.types(&second.replace('-', "").to_lowercase());
    person.types(GOOD);
    person.types(GOOD);
    let (status, out, err) = person.leaves();
    assert_eq!(status, Some(0), "{err}");
    let left: Vec<_> = err.matches("Tries left: ").collect();
    assert_eq!(left.len(), 5, "{err}");
    for said in ["left: 4.", "left: 3.", "left: 2.", "left: 1.", "no try is left"] {
        assert!(err.contains(said), "{said}\n{err}");
    }
    assert_eq!(out.last().unwrap(), "Proved: the code is refused.");
}

#[test]
fn a02_a_right_code_is_not_spent_by_refused_and_mistyped_passwords() {
    // More refused passwords than a handle has tries.
    let weak = "lovelace\nlovelace\n".repeat(7);
    let answers = format!("ada\ncode\n{weak}{GOOD}\nplum-kettle-43\n{GOOD}\n{GOOD}\r\n");
    let output = walk(&["--take-from-outbox"], &answers);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(!text(&output.stderr).contains("Refused"), "{output:?}");
}

#[test]
fn quit_and_the_end_of_input_are_understood_at_every_prompt() {
    let answers = ["ada", "link", GOOD];
    for answered in 0..=answers.len() {
        let before: String =
            answers.iter().take(answered).map(|answer| format!("{answer}\n")).collect();
        for (last, said) in [
            ("quit\n", "quit: the password was not changed"),
            (" quit ", "quit: the password was not changed"),
            ("", "end of input before the password was changed"),
        ] {
            let output = walk(&["--take-from-outbox"], &format!("{before}{last}"));
            assert_eq!(output.status.code(), Some(1), "{before}{last}");
            assert!(text(&output.stderr).ends_with(&format!("{said}\n")), "{output:?}");
            assert!(!text(&output.stdout).contains("Proved"));
        }
    }
    // The prompt for the secret, which a script does not see.
    for (last, said) in [("quit\n", "quit"), ("", "end of input")] {
        let output = walk(&[], &format!("ada\ncode\n{last}"));
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(&format!("The code?\n{said}")), "{output:?}");
    }
}

#[test]
fn bytes_that_are_no_text_and_endless_lines_end_the_walk_with_a_message() {
    for (answers, said) in [
        (b"ada\nlink\nplum\xff\nplum\xff\n".to_vec(), "a line of the input is not UTF-8\n"),
        (
            [b"ada\nlink\n", vec![b'x'; 20_000].as_slice()].concat(),
            "a line of the input is too long\n",
        ),
    ] {
        let output = run(&["--take-from-outbox"], &answers);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).ends_with(said), "{output:?}");
        assert!(!text(&output.stderr).contains("plum"));
    }
}

#[test]
fn wrong_arguments_end_with_status_2_and_help_with_0() {
    for arguments in [&["--loud"][..], &["ada"], &["--take-from-outbox", "-"]] {
        let output = walk(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).starts_with("unknown argument "), "{output:?}");
    }
    let output = walk(&["--help"], "");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("--take-from-outbox"));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_reader_that_leaves_early_is_no_panic_and_no_success() {
    let mut child = program::spawn("reset", &["--take-from-outbox"]);
    drop(child.stdout.take());
    // The example may have ended before it reads.
    let _ = child.stdin.take().unwrap().write_all(b"ada\nlink\nplum-kettle-42\nplum-kettle-42\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!text(&output.stderr).contains("panicked"), "{output:?}");
}

/// Somebody who reads the message before typing on.
struct Person {
    child: Child,
    types: ChildStdin,
    reads: BufReader<ChildStdout>,
    complaints: JoinHandle<String>,
    seen: Vec<String>,
}

impl Person {
    fn sits_down() -> Self {
        let mut child = program::spawn("reset", &[]);
        let types = child.stdin.take().unwrap();
        let reads = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take().unwrap();
        // Read aside, so that a full pipe never stops the example.
        let complaints = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap());
        Self { child, types, reads, complaints, seen: Vec::new() }
    }

    fn types(&mut self, line: &str) {
        writeln!(self.types, "{line}").unwrap();
    }

    fn reads(&mut self, until: impl Fn(&str) -> bool) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.reads.read_line(&mut line).unwrap(), 0, "{:?}", self.seen);
            let line = line.trim_end().to_owned();
            self.seen.push(line.clone());
            if until(&line) {
                return line;
            }
        }
    }

    fn leaves(mut self) -> (Option<i32>, Vec<String>, String) {
        drop(self.types);
        self.seen.extend(self.reads.lines().map(Result::unwrap));
        let status = self.child.wait().unwrap();
        (status.code(), self.seen, self.complaints.join().unwrap())
    }
}

/// Eight letters without vowels, a dash in the middle.
fn is_code(line: &str) -> bool {
    let letter = |letter: u8| letter.is_ascii_uppercase() && !b"AEIOUY".contains(&letter);
    line.len() == 9
        && line
            .bytes()
            .enumerate()
            .all(|(at, byte)| (at == 4) == (byte == b'-') && (at == 4 || letter(byte)))
}

fn altered(character: &str) -> &'static str {
    if character == "A" { "B" } else { "A" }
}

fn text(stream: &[u8]) -> &str {
    core::str::from_utf8(stream).unwrap()
}

fn lines(stream: &[u8]) -> Vec<String> {
    text(stream).lines().map(str::to_owned).collect()
}

fn walk(arguments: &[&str], answers: &str) -> Output {
    run(arguments, answers.as_bytes())
}

fn run(arguments: &[&str], answers: &[u8]) -> Output {
    let mut child = program::spawn("reset", arguments);
    // A few lines fit the pipe; where they are not read, the example has ended.
    let _ = child.stdin.take().unwrap().write_all(answers);
    child.wait_with_output().unwrap()
}
