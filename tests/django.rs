//! Verdict for verdict with Django 5.2.19: the vectors in tests/vectors/django.jsonl are outputs of
//! the real Django.
#![cfg(feature = "common-passwords")]

use repass::policy::{CommonPasswords, Personal, Policy, PolicyBuilder, Preset, Violation};
use serde_json::{Value, json};

#[test]
fn the_project_template() {
    let policy = Policy::django();
    assert_eq!(agreeing("default", |_| policy.clone()), 1_499);
}

#[test]
fn the_preset() {
    let policy = Policy::preset(Preset::Django).build().unwrap();
    assert_eq!(agreeing("default", |_| policy.clone()), 1_499);
}

#[test]
fn the_similarity_validator() {
    let count = agreeing("similarity", |case| {
        let max_similarity = case["max_similarity"].as_f64().unwrap();
        unlimited().max_similarity(max_similarity).build().unwrap()
    });
    assert_eq!(count, 2_253);
}

#[test]
fn the_common_password_validator() {
    let policy = unlimited().not_among(CommonPasswords::django()).build().unwrap();
    assert_eq!(agreeing("common", |_| policy.clone()), 601);
}

#[test]
fn the_numeric_validator() {
    let policy = unlimited().not_entirely_numeric().build().unwrap();
    assert_eq!(agreeing("numeric", |_| policy.clone()), 99);
}

#[test]
fn the_minimum_length_validator() {
    let count = agreeing("min_length", |case| {
        let min_length = case["min_length"].as_u64().unwrap().try_into().unwrap();
        unlimited().min_length(min_length).build().unwrap()
    });
    assert_eq!(count, 44);
}

/// The ratio is read off the verdicts: refused at exactly the ratio, accepted at the next number
/// above it.
#[test]
fn the_ratio_to_the_last_bit() {
    let mut count = 0;
    for case in vectors("quick_ratio") {
        let ratio = hexadecimal(case["ratio_hex"].as_str().unwrap());
        let (password, attribute) = sides(&case);
        if ratio >= 0.1 {
            assert!(resembles(&password, &attribute, ratio), "{case} is refused at its ratio");
        }
        if ratio < 1.0 {
            let above = ratio.next_up().max(0.1);
            assert!(!resembles(&password, &attribute, above), "{case} is accepted above its ratio");
        }
        count += 1;
    }
    assert_eq!(count, 386);
}

/// Django leaves a pair out when the password is ten times as long and the ratio cannot be reached.
#[test]
fn the_length_guard_never_changes_a_verdict() {
    let mut skipped = 0;
    for case in vectors("quick_ratio") {
        let (password, part) = (case["a"].as_str().unwrap(), case["b"].as_str().unwrap());
        let (long, short) = (password.chars().count(), part.chars().count());
        let skips = long >= 10 * short && (short as f64) < 0.7 / 2.0 * long as f64;
        assert_eq!(case["skip_0.7"], skips, "{case}");
        if skips {
            assert!(!resembles(password, part, 0.7), "{case}");
            skipped += 1;
        }
    }
    assert!(skipped > 0);
}

#[test]
fn the_vectors_are_all_used() {
    assert_eq!(lines().count(), 1_499 + 2_253 + 601 + 99 + 44 + 386);
}

/// Asks `policy` about every case of `kind` and compares the errors with Django's; gives the number
/// of cases.
fn agreeing(kind: &str, policy: impl Fn(&Value) -> Policy) -> usize {
    let mut count = 0;
    for case in vectors(kind) {
        let user = &case["user"];
        let about = Personal::none()
            .username(user["username"].as_str())
            .first_name(user["first_name"].as_str())
            .last_name(user["last_name"].as_str())
            .email(user["email"].as_str());
        let password = case["password"].as_str().unwrap();
        let errors = match policy(&case).check_as_typed(password, &about) {
            Ok(()) => Vec::new(),
            Err(violations) => violations.iter().map(error).collect(),
        };
        assert_eq!(Value::from(errors), case["errors"], "{case}");
        count += 1;
    }
    count
}

fn error(violation: &Violation) -> Value {
    let mut error = json!({"code": violation.code()});
    for (name, param) in violation.params() {
        error[name] = match param.number() {
            Some(number) => json!(number),
            None => json!(param.to_string()),
        };
    }
    error
}

fn unlimited() -> PolicyBuilder {
    Policy::builder().max_bytes(usize::MAX).allow_control_characters().allow_blank()
}

/// The measure is symmetrical, so the side that is one word stands as the attribute, which is then
/// its only part. Two empty texts meet where an attribute begins with a separator.
fn sides(case: &Value) -> (String, String) {
    let (a, b) = (case["a"].as_str().unwrap(), case["b"].as_str().unwrap());
    let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphanumeric);
    match (a, b) {
        ("", "") => (String::new(), "-".into()),
        (a, b) if is_word(b) || b.is_empty() => (a.into(), b.into()),
        (a, b) => (b.into(), a.into()),
    }
}

fn resembles(password: &str, attribute: &str, max_similarity: f64) -> bool {
    let policy = unlimited().max_similarity(max_similarity).build().unwrap();
    policy.check_as_typed(password, &Personal::none().username(attribute)).is_err()
}

fn vectors(kind: &str) -> impl Iterator<Item = Value> {
    lines().filter(move |case| case["kind"] == kind)
}

fn lines() -> impl Iterator<Item = Value> {
    include_str!("vectors/django.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}

/// Reads C99's form of a double, such as `0x1.8p-1`.
fn hexadecimal(text: &str) -> f64 {
    let (mantissa, exponent) = text.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap();
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap();
    let shift = exponent.parse::<i32>().unwrap() - 4 * i32::try_from(fraction.len()).unwrap();
    digits as f64 * 2_f64.powi(shift)
}
