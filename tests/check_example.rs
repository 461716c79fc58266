//! The example `check`, driven through its pipes.
#![cfg(feature = "common-passwords")]

#[path = "support/program.rs"]
mod program;

use std::io::Write;
use std::path::Path;
use std::process::Output;

use repass::policy::{Policy, Preset, WhenUnknown};
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
    let malformed: [(&[u8], &str); 13] = [
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
        (b"{\"password\": \"hunter2\", \"old\": 7}", "old is not a string"),
        (b"{\"password\": \"hunter2\", \"old\": [\"hunter2\"]}", "old is not a string"),
        (
            b"{\"password\": \"hunter2\", \"earlier\": \"hunter2\"}",
            "earlier is not a list of strings",
        ),
        (
            b"{\"password\": \"hunter2\", \"earlier\": [\"hunter2\", 7]}",
            "earlier is not a list of strings",
        ),
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
    let wrong: [&[&str]; 10] = [
        &[],
        &["--policy"],
        &["--policy", "nist"],
        &["--policy", "django", "--loud"],
        &["django"],
        &["--config"],
        &["--policy", "django", "--context"],
        &["--policy", "django", "--words"],
        &["--policy", "django", "--policy", "pci"],
        &["--policy", "django", "--config", "policy.toml"],
    ];
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
fn every_preset_is_a_policy() {
    for preset in Preset::ALL {
        let name = preset.name();
        let arguments = ["--policy", name, "--context", "Plum Bank", "--requirements"];
        let output = check(&arguments, b"");
        let mut builder = Policy::preset(preset).context_words(["Plum Bank"]);
        if preset == Preset::AsvsL2 {
            builder = builder.max_breaches(0, WhenUnknown::Refuse);
        }
        let policy = builder.build().unwrap();
        let expected: String = policy.requirements().map(|asked| format!("{asked}\n")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
        assert_eq!(output.status.code(), Some(0), "{name}");

        // Nobody has to say more than the name.
        let input = b"{\"password\": \"Plum-kettle-42-orbit\"}\n{\"password\": \"1234\"}\n";
        let answers = answers(&check(&["--policy", name], input));
        let accepted: Vec<_> = answers.iter().map(|answer| answer["ok"].clone()).collect();
        assert_eq!(accepted, [true, false], "{name}");
    }
}

#[test]
fn what_a_source_of_breaches_said_is_taken_from_the_line() {
    let input = concat!(
        r#"{"password": "plum-kettle-42", "breaches": 3}"#,
        "\n",
        r#"{"password": "plum-kettle-42", "breaches": 0}"#,
        "\n",
        r#"{"password": "plum-kettle-42", "breaches": "3"}"#,
    );
    let output = check(&["--policy", "asvs_l2"], input.as_bytes());
    let expected = [
        json!({"ok": false, "violations": [
            {"code": "password_breached", "count": 3, "max_breaches": 0},
        ]}),
        json!({"ok": true, "violations": []}),
        json!({"error": "breaches is not a count", "line": 3}),
    ];
    assert_eq!(answers(&output), expected);
}

#[test]
fn a_policy_comes_out_of_a_file() {
    let config = file("policy.toml", b"min_length = 12\nmax_repeat = 2\nnot_common = false\n");
    let input = concat!(r#"{"password": "plummm-kettle"}"#, "\n", r#"{"password": "password"}"#);
    let output = check(&["--config", &config], input.as_bytes());
    let expected = [
        json!({"ok": false, "violations": [
            {"code": "password_repeats_character", "max_repeat": 2, "position": 3},
        ]}),
        json!({"ok": false, "violations": [{"code": "password_too_short", "min_length": 12}]}),
    ];
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(answers(&output), expected);
}

#[test]
fn a_list_and_words_of_the_service_are_refused_too() {
    let words = file("words", b"plum-kettle-42\n\nOrbit-Kettle-42\r\n");
    let more = file("more-words", b"tea-kettle-42");
    let arguments =
        ["--policy", "django", "--words", &words, "--context", "plumbank", "--words", &more];
    let passwords =
        ["Plum-kettle-42", "orbit-kettle-42", "tea-kettle-42", "P1umBank!", "copper-kettle-42"];
    let input: String =
        passwords.iter().map(|password| json!({"password": password}).to_string() + "\n").collect();
    let codes: Vec<_> = answers(&check(&arguments, input.as_bytes()))
        .iter()
        .map(|answer| answer["violations"][0]["code"].clone())
        .collect();
    let common = json!("password_too_common");
    assert_eq!(
        codes,
        [common.clone(), common.clone(), common, json!("password_is_context_word"), Value::Null]
    );
}

#[test]
fn words_of_the_command_line_stand_for_those_of_the_file() {
    let config = file("context.toml", b"min_length = 8\ncontext_words = ['orbit']");
    let input = concat!(r#"{"password": "orbitorbit"}"#, "\n", r#"{"password": "plumbank1"}"#);
    let refused = |arguments: &[&str]| {
        let output = check(arguments, input.as_bytes());
        answers(&output).iter().map(|answer| answer["ok"] == json!(false)).collect::<Vec<_>>()
    };
    assert_eq!(refused(&["--config", &config]), [true, false]);
    assert_eq!(refused(&["--config", &config, "--context", "Plum Bank"]), [false, true]);
}

#[test]
fn an_explanation_has_sentences_requirements_and_warnings() {
    let config = file(
        "explain.toml",
        b"min_length = 8\nnot_common = false\n[warn]\nmin_length = 15\nno_palindrome = true\n",
    );
    let input = b"{\"password\": \"plum\"}\n{\"password\": \"plum-kettle-42\"}\n";
    let output = check(&["--config", &config, "--explain"], input);
    let requirements = |length: &str| {
        json!([
            {"code": "password_too_many_bytes", "text": "at most 1024 bytes", "state": "met"},
            {"code": "password_too_short", "text": "at least 8 characters", "state": length},
        ])
    };
    let advice = "Put several words together that have nothing to do with each other.";
    let too_short = |min_length: usize| {
        json!({
            "code": "password_too_short",
            "min_length": min_length,
            "text": format!("Your new password needs {min_length} characters or more."),
        })
    };
    let expected = [
        json!({
            "ok": false,
            "violations": [too_short(8)],
            "warnings": [too_short(15)],
            "advice": [{"code": "advice_several_words", "text": advice}],
            "requirements": requirements("unmet"),
        }),
        json!({
            "ok": true,
            "violations": [],
            "warnings": [too_short(15)],
            "advice": [],
            "requirements": requirements("met"),
        }),
    ];
    assert_eq!(answers(&output), expected);
}

#[test]
fn the_change_and_the_history_are_asked_about() {
    let config = file(
        "change.toml",
        b"min_length = 8\nmin_changed = 4\nnot_rearranged = true\nnot_among_last = 2\n",
    );
    let cases = [
        (
            json!({"old": "plum-kettle-43", "earlier": []}),
            json!([{"code": "password_too_little_changed", "min_changed": 4}]),
        ),
        (
            json!({"old": "24-elttek-mulp", "earlier": []}),
            json!([{"code": "password_rearranged", "how": "reversed"}]),
        ),
        (
            json!({"earlier": ["orbit", "plum-kettle-42"]}),
            json!([{"code": "password_used_before", "last": 2}]),
        ),
        (json!({"earlier": ["orbit", "orbit-2", "plum-kettle-42"]}), json!([])),
        (json!({}), json!([])),
        (json!({"old": null, "earlier": null}), json!([])),
    ];
    let lines = cases.iter().map(|(line, _)| {
        let mut line = line.clone();
        line["password"] = "plum-kettle-42".into();
        line.to_string() + "\n"
    });
    let output = check(&["--config", &config], lines.collect::<String>().as_bytes());
    for (answer, (line, expected)) in answers(&output).iter().zip(&cases) {
        assert_eq!(answer["violations"], *expected, "{line}");
    }
    assert_eq!(answers(&output).len(), cases.len());
}

#[test]
fn disguises_and_too_much_information_have_their_parameters() {
    let config = file(
        "parameters.toml",
        b"min_length = 8\nnot_common = false\nnot_derived_from_common = ['leet']\nmax_personal = { attributes = 1, bytes_of_each = 20 }\n",
    );
    let words = file("disguised", b"plumkettle");
    let input = concat!(
        r#"{"password": "p1umk3ttle"}"#,
        "\n",
        r#"{"password": "plum-kettle-42", "user": {"username": "emily", "last_name": "Rose"}}"#,
    );
    let found: Vec<_> =
        answers(&check(&["--config", &config, "--words", &words], input.as_bytes()))
            .iter()
            .map(|answer| answer["violations"].clone())
            .collect();
    let expected = [
        json!([{"code": "password_common_leet", "by": "leet"}]),
        json!([{"code": "personal_information_too_large", "max_attributes": 1, "max_bytes": 20}]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_file_that_does_not_fit_is_named_with_the_place() {
    let long = [b"plum\n".as_slice(), &b"x".repeat(256)].concat();
    let cases: [(&str, &str, &[u8], &[&str]); 7] = [
        ("--config", "lenght.toml", b"min_length = 8\nmax_lenght = 9", &["line 2", "max_lenght"]),
        ("--config", "kind.toml", b"max_repeat = true", &["line 1", "max_repeat: "]),
        ("--config", "syntax.toml", b"max_repeat = ", &["line 1"]),
        ("--config", "range.toml", b"max_length = 9", &["min_length 15 is above max_length 9"]),
        ("--words", "long", &long, &["line 2", "255 bytes"]),
        ("--words", "no-utf8", b"plum\nkettle\n\xFF", &["line 3", "UTF-8"]),
        ("--words", "blank", b"\n \n", &["no word"]),
    ];
    for (flag, name, bytes, expected) in cases {
        let path = file(name, bytes);
        refused_file(flag, &path, expected);
    }
    for flag in ["--config", "--words"] {
        refused_file(flag, "there-is-no-such-file", &[]);
    }
}

fn refused_file(flag: &str, path: &str, expected: &[&str]) {
    let output = match flag {
        "--config" => check(&[flag, path], b""),
        _ => check(&["--policy", "django", flag, path], b""),
    };
    assert_eq!(output.status.code(), Some(2), "{path}");
    assert!(output.stdout.is_empty(), "{path}");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in [&[path], expected].concat() {
        assert!(message.contains(part), "{part}: {message}");
    }
}

/// A file of that name, for one test alone.
fn file(name: &str, bytes: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check_example");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
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
