//! The example `check`, driven through its pipes.
#![cfg(feature = "common-passwords")]

#[path = "support/program.rs"]
mod program;

use std::io::Write;
use std::process::Output;

use serde_json::{Value, json};

#[test]
fn every_django_case_is_answered_as_django_does() {
    let cases: Vec<Value> = include_str!("vectors/django.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|case: &Value| case["kind"] == "default")
        .collect();
    let input: String = cases
        .iter()
        .map(|case| format!("{}\n", json!({"password": case["password"], "user": case["user"]})))
        .collect();
    let output = check(&["--policy", "django"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let answers = answers(&output);
    assert_eq!(answers.len(), 1_499);
    for (answer, case) in answers.iter().zip(&cases) {
        let ok = case["errors"] == json!([]);
        assert_eq!(*answer, json!({"ok": ok, "violations": case["errors"]}), "{case}");
    }
}

#[test]
fn a_malformed_line_is_numbered_and_the_run_goes_on() {
    let good = r#"{"password": "plum-kettle-42"}"#;
    let malformed: [(&[u8], &str); 9] = [
        (b"", "not JSON at column 0"),
        (b"{\"password\": \"hunter2-hunter2\"", "not JSON at column 30"),
        (b"{\"password\": \"hunter2\"} x", "not JSON at column 25"),
        (b"[\"hunter2\"]", "not an object"),
        (b"{\"passwort\": \"hunter2\"}", "password is missing"),
        (b"{\"password\": 1234567}", "password is not a string"),
        (
            b"{\"password\": \"hunter2\", \"user\": \"hunter2\"}",
            "user is neither an object nor null",
        ),
        (b"{\"password\": \"hunter2\", \"user\": {\"email\": 7}}", "email is not a string"),
        (b"{\"password\": \"hunter2\xFF\"}", "not UTF-8 from byte 21"),
    ];
    for (line, error) in malformed {
        let input = [good.as_bytes(), line, good.as_bytes(), b""].join(&b'\n');
        let output = check(&["--policy", "django"], &input);
        assert_eq!(output.status.code(), Some(1), "{error}");
        let accepted = json!({"ok": true, "violations": []});
        assert_eq!(
            answers(&output),
            [accepted.clone(), json!({"error": error, "line": 2}), accepted]
        );
        for stream in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(stream).contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn missing_and_null_attributes_and_unknown_names_are_fine() {
    let input = concat!(
        r#"{"password": "plum-kettle-42", "user": null}"#,
        "\n",
        r#"{"password": "plum-kettle-42", "user": {}}"#,
        "\n",
        r#"{"password": "plum-kettle-42", "user": {"username": null, "shoe_size": 42}, "note": 1}"#,
        "\r\n",
        r#"{"password": "plum-kettle-42"}"#,
    );
    let output = check(&["--policy", "django"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(answers(&output), vec![json!({"ok": true, "violations": []}); 4]);
}

#[test]
fn parameters_stand_beside_the_code() {
    let long = "x".repeat(1_025);
    let input = format!(
        "{}\n{}\n",
        json!({"password": "Emily", "user": {"first_name": "Emily"}}),
        json!({"password": long})
    );
    let output = check(&["--policy", "django-classes"], input.as_bytes());
    let expected = [
        json!({"ok": false, "violations": [
            {"code": "password_too_similar", "attribute": "first name"},
            {"code": "password_too_short", "min_length": 8},
            {"code": "password_too_common"},
            {"code": "password_missing_classes", "missing": {"digit": 1, "symbol": 1}},
        ]}),
        json!({"ok": false, "violations": [{"code": "password_too_many_bytes", "max_bytes": 1024}]}),
    ];
    assert_eq!(answers(&output), expected);
}

#[test]
fn empty_input_is_no_mistake() {
    let output = check(&["--policy", "django"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
}

#[test]
fn wrong_arguments_end_with_status_2_and_the_names() {
    let wrong: [&[&str]; 5] =
        [&[], &["--policy"], &["--policy", "nist"], &["--policy", "django", "--loud"], &["django"]];
    for arguments in wrong {
        let output = check(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).contains("  django "), "{arguments:?}");
    }
}

#[test]
fn the_requirements_are_one_a_line() {
    let output = check(&["--policy", "django", "--requirements"], b"");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = [
        "not close to your personal information",
        "at least 8 characters",
        "not a password that many people use",
        "not only digits",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_reader_that_leaves_early_is_no_panic() {
    let mut child = program::spawn("check", &["--policy", "django"]);
    drop(child.stdout.take());
    let line = b"{\"password\": \"plum-kettle-42\"}\n".repeat(10_000);
    // The example may have ended before all of it is written.
    let _ = child.stdin.take().unwrap().write_all(&line);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn check(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = program::spawn("check", arguments);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // With wrong arguments nobody reads.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn answers(output: &Output) -> Vec<Value> {
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}
