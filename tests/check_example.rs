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
    let output = check(&["--policy", "system_001"], input.as_bytes());
    let expected = [
        json!({"ok": false, "violations": [
            {"code": "password_too_similar", "attribute": "first name"},
            {"code": "password_too_short", "min_length": 8},
            {"code": "password_too_common"},
            {"code": "password_missing_classes", "classes": {"digit": 1, "symbol": 1}},
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
fn wrong_arguments_end_with_status_2_and_the_way_to_the_help() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["--policy"],
        &["--policy", "django", "--loud"],
        &["--config", "policy.toml"],
        &["django"],
        &["--policy", "django", "--context"],
        &["--policy", "django", "--words"],
        &["--policy", "django", "--policy", "pci"],
    ];
    for arguments in wrong {
        let output = check(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8_lossy(&output.stderr).contains("check --help"), "{arguments:?}");
    }
}

#[test]
fn d14_help_is_no_mistake() {
    let ways: [&[&str]; 3] = [&["--help"], &["-h"], &["--policy", "django", "--help"]];
    for arguments in ways {
        let output = check(arguments, b"");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty());
        let text = String::from_utf8(output.stdout).unwrap();
        for argument in
            ["--help", "--list", "--policy", "--context", "--words", "--explain", "--requirements"]
        {
            assert!(text.contains(&format!("\n  {argument} ")), "{argument}");
        }
    }
}

#[test]
fn d14_the_list_has_every_preset_and_every_file_with_a_line_about_it() {
    let output = check(&["--list"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    let (presets, files) = text.split_once("\n\n").unwrap();
    let listed = |part: &str| -> Vec<(String, String)> {
        let lines = part.lines().skip(1).map(|line| line.trim().split_once("  ").unwrap());
        lines.map(|(name, about)| (name.to_owned(), about.trim().to_owned())).collect()
    };
    let (presets, files) = (listed(presets), listed(files));
    assert_eq!(
        presets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        Preset::ALL.map(Preset::name)
    );
    assert!(presets.iter().chain(&files).all(|(_, about)| !about.is_empty()), "{text}");

    let mut expected: Vec<_> = policy_files()
        .map(|(name, content)| {
            let first = content.lines().next().unwrap().strip_prefix("# ").unwrap();
            (name, first.to_owned())
        })
        .collect();
    expected.sort();
    assert_eq!(files, expected);
    for name in
        ["active_directory", "bank", "intranet", "keycloak", "school", "system_000", "system_001"]
    {
        assert!(files.iter().any(|(listed, _)| listed == name), "{name}");
    }
}

#[test]
fn d14_every_file_of_the_list_is_a_policy_by_its_name_and_by_its_path() {
    for (name, content) in policy_files() {
        let policy: Policy =
            toml::from_str(&content).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected: String = policy.requirements().map(|asked| format!("{asked}\n")).collect();
        for policy in [name.clone(), format!("{POLICIES}/{name}.toml")] {
            let output = check(&["--policy", &policy, "--requirements"], b"");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{policy}");
            assert_eq!(output.status.code(), Some(0), "{policy}");
        }
        let input = b"{\"password\": \"Plum-kettle-42-orbit\"}\n{\"password\": \"1234\"}\n";
        let answers = answers(&check(&["--policy", &name], input));
        let accepted: Vec<_> = answers.iter().map(|answer| answer["ok"].clone()).collect();
        assert_eq!(accepted, [true, false], "{name}");
    }
}

/// A name means one policy, whether it is read as that of the preset or of the file.
#[test]
fn d14_a_file_that_is_called_as_a_preset_says_the_same() {
    for (name, content) in policy_files() {
        if let Some(preset) = Preset::of_name(&name) {
            let of_file: Policy = toml::from_str(&content).unwrap();
            assert_eq!(of_file, Policy::preset(preset).build().unwrap(), "{name}");
        }
    }
}

#[test]
fn d14_an_unknown_name_is_answered_with_the_nearest() {
    for (name, nearest) in [
        ("nist", "nist_mfa"),
        ("bnak", "bank"),
        ("Django", "django"),
        ("keyclock", "keycloak"),
        ("system_002", "system_000"),
        ("django-classes", "django"),
    ] {
        let output = check(&["--policy", name], b"");
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty());
        let message = String::from_utf8(output.stderr).unwrap();
        for part in [format!("{name:?}"), format!("did you mean {nearest:?}?"), "--list".into()] {
            assert!(message.contains(&part), "{part}: {message}");
        }
    }
}

const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/policies");

/// What is in the folder, by name.
fn policy_files() -> impl Iterator<Item = (String, String)> {
    std::fs::read_dir(POLICIES).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let name = name.strip_suffix(".toml").unwrap_or_else(|| panic!("{name}")).to_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    })
}

#[test]
fn the_requirements_are_one_a_line() {
    let output = check(&["--policy", "django", "--requirements"], b"");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = [
        "not similar to your personal information",
        "at least 8 characters",
        "not a common password",
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
    let output = check(&["--policy", &config], input.as_bytes());
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
    assert_eq!(refused(&["--policy", &config]), [true, false]);
    assert_eq!(refused(&["--policy", &config, "--context", "Plum Bank"]), [false, true]);
}

#[test]
fn an_explanation_has_sentences_requirements_and_warnings() {
    let config = file(
        "explain.toml",
        b"min_length = 8\nnot_common = false\n[warn]\nmin_length = 15\nno_palindrome = true\n",
    );
    let input = b"{\"password\": \"plum\"}\n{\"password\": \"plum-kettle-42\"}\n";
    let output = check(&["--policy", &config, "--explain"], input);
    let requirements = |length: &str| {
        json!([
            {"code": "password_too_many_bytes", "text": "at most 1024 bytes", "state": "met"},
            {"code": "password_too_short", "text": "at least 8 characters", "state": length},
            {"code": "password_has_control_character", "text": "no control characters, such as tabs or line breaks", "state": "met"},
            {
                "code": "password_blank",
                "text": "not only spaces or invisible characters",
                "state": "met",
            },
        ])
    };
    let advice = "Combine three or more random words: a long password is easy to remember and hard to guess.";
    let too_short = |min_length: usize| {
        json!({
            "code": "password_too_short",
            "min_length": min_length,
            "text": format!("Your new password must have at least {min_length} characters."),
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
            json!([{"code": "password_rearranged_reversed"}]),
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
    let output = check(&["--policy", &config], lines.collect::<String>().as_bytes());
    for (answer, (line, expected)) in answers(&output).iter().zip(&cases) {
        assert_eq!(answer["violations"], *expected, "{line}");
    }
    assert_eq!(answers(&output).len(), cases.len());
}

#[test]
fn disguises_have_their_parameters() {
    let config = file(
        "parameters.toml",
        b"min_length = 8\nnot_common = false\nnot_derived_from_common = ['leet']\n",
    );
    let words = file("disguised", b"plumkettle");
    let input = br#"{"password": "p1umk3ttle"}"#;
    let found = answers(&check(&["--policy", &config, "--words", &words], input));
    assert_eq!(found[0]["violations"], json!([{"code": "password_common_leet"}]));
}

#[test]
fn a_file_that_does_not_fit_is_named_with_the_place() {
    let long = [b"plum\n".as_slice(), &b"x".repeat(256)].concat();
    let cases: [(&str, &str, &[u8], &[&str]); 7] = [
        (
            "--policy",
            "lenght.toml",
            b"min_length = 8\nmax_lenght = 9",
            &["max_lenght is not known (did you mean max_length?)"],
        ),
        (
            "--policy",
            "kind.toml",
            b"max_repeat = true",
            &["max_repeat is true and must be a whole number from 0, such as 3"],
        ),
        ("--policy", "syntax.toml", b"max_repeat = ", &["line 1"]),
        (
            "--policy",
            "range.toml",
            b"max_length = 9",
            &["min_length requires 15 characters, but max_length allows at most 9"],
        ),
        ("--words", "long", &long, &["line 2", "255 bytes"]),
        ("--words", "no-utf8", b"plum\nkettle\n\xFF", &["line 3", "UTF-8"]),
        ("--words", "blank", b"\n \n", &["no word"]),
    ];
    for (flag, name, bytes, expected) in cases {
        let path = file(name, bytes);
        refused_file(flag, &path, expected);
    }
    for flag in ["--policy", "--words"] {
        refused_file(flag, "there-is-no-such-file.toml", &[]);
    }
}

fn refused_file(flag: &str, path: &str, expected: &[&str]) {
    let output = match flag {
        "--policy" => check(&[flag, path], b""),
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
