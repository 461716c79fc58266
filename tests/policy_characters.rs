//! Every code point that is assigned in Unicode 14.0.0, against what CPython 3.11 does with it.

use repass::policy::{Personal, Policy, PolicyBuilder};
use serde_json::Value;

#[test]
fn words_end_where_they_do_in_python() {
    let policy =
        build(Policy::builder().allow_control_characters().allow_blank().max_similarity(1.0));
    compare("divides", |character| {
        let value = format!("aa{character}bbb");
        policy.check_as_typed("aa", &Personal::none().username(value.as_str())).is_err()
    });
}

#[test]
fn digits_are_those_of_python() {
    let policy =
        build(Policy::builder().allow_control_characters().allow_blank().not_entirely_numeric());
    compare("digit", |character| {
        policy.check_as_typed(&character.to_string(), &Personal::none()).is_err()
    });
}

#[cfg(feature = "common-passwords")]
#[test]
fn white_space_is_that_of_python() {
    let policy = build(
        Policy::builder()
            .allow_control_characters()
            .allow_blank()
            .not_among(repass::policy::CommonPasswords::django()),
    );
    compare("strip", |character| {
        policy
            .check_as_typed(&format!("{character}password{character}"), &Personal::none())
            .is_err()
    });
}

/// A text resembles its own lower case entirely, and only if the capital sigma was lowered as it
/// should be: the final one and the other are different letters. That `str::to_lowercase` is
/// Python's `str.lower` on these is what Unicode says.
#[test]
fn letters_are_lowered_as_by_the_standard_library() {
    let policy =
        build(Policy::builder().allow_control_characters().allow_blank().max_similarity(1.0));
    for character in characters("assigned") {
        let text =
            format!("x{character}y {character}\u{3A3} x\u{3A3}{character}y x{character}\u{3A3}");
        let lowered = text.to_lowercase();
        let resembles =
            policy.check_as_typed(&lowered, &Personal::none().username(text.as_str())).is_err();
        assert!(resembles, "U+{:04X}", u32::from(character));
    }
}

fn compare(name: &str, holds: impl Fn(char) -> bool) {
    let mut expected = characters(name).peekable();
    for character in characters("assigned") {
        let is_expected = expected.next_if_eq(&character).is_some();
        assert_eq!(holds(character), is_expected, "U+{:04X}", u32::from(character));
    }
    assert_eq!(expected.next(), None);
}

fn characters(name: &str) -> impl Iterator<Item = char> {
    let all: Value = serde_json::from_str(include_str!("vectors/python-characters.json")).unwrap();
    let ranges: Vec<(u32, u32)> = serde_json::from_value(all[name].clone()).unwrap();
    ranges.into_iter().flat_map(|(first, last)| first..=last).filter_map(char::from_u32)
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}
