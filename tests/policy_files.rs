//! The policies of `examples/policies`: what they are for is accepted and refused.
#![cfg(feature = "common-passwords")]

#[path = "support/shown.rs"]
mod shown;

use core::time::Duration;
use repass::policy::{
    Breach, BreachAnswer, BreachUnknown, CommonPasswords, Evidence, Personal, Policy,
    PolicyBuilder, PolicyConfig, Violations,
};
use shown::typed;

fn builder(name: &str) -> PolicyBuilder {
    let path = format!("{}/examples/policies/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str::<PolicyConfig>(&text).unwrap().into_builder().unwrap()
}

/// The codes of what is wrong with each password, of an owner called Emily Rose.
fn says(builder: PolicyBuilder, cases: &[(&str, &[&str])]) {
    let policy = builder.build().unwrap();
    for (password, expected) in cases {
        assert_eq!(codes(policy.check(&typed(password), &emily())), *expected, "{password}");
    }
}

fn emily() -> Personal<'static> {
    Personal::none()
        .username("emily.rose")
        .first_name("Emily")
        .last_name("Rose")
        .email("e.rose@mail.example")
}

fn codes(found: Result<(), Violations>) -> Vec<&'static str> {
    found.err().iter().flat_map(|found| found.iter()).map(|violation| violation.code()).collect()
}

/// How many of the last passwords are refused: `last`, and no more.
fn remembers(policy: &Policy, last: usize) {
    for (age, is_refused) in [(last, true), (last + 1, false)] {
        let mut earlier = vec!["another"; age];
        earlier[age - 1] = "Kettle orbit 42";
        let earlier = earlier.into_iter().map(|earlier| (earlier, Duration::ZERO));
        let new = typed("Kettle orbit 42");
        let history = policy.check_history(&new, earlier, |earlier| earlier == "Kettle orbit 42");
        let evidence = Evidence::of_reset().history(&history);
        let found = codes(policy.check_with(&new, &emily(), evidence));
        assert_eq!(found.contains(&"password_used_before"), is_refused, "{age}");
    }
}

fn warnings(policy: &Policy, password: &str) -> Vec<&'static str> {
    codes(policy.warnings(&typed(password), &emily()).map_or(Ok(()), Err))
}

#[test]
fn bank() {
    says(
        builder("bank"),
        &[
            ("kettle orbit 42", &[]),
            ("kettle orbit 4", &["password_too_short"]),
            ("kettle orbit plum", &["password_missing_classes"]),
            ("passwordpassword1", &["password_common_affixed"]),
            ("emily kettle 42 orbit", &["password_has_personal_name"]),
            ("P1um-Bank-2026-2026", &["password_is_context_word"]),
        ],
    );
    let policy = builder("bank").build().unwrap();
    remembers(&policy, 4);
    assert_eq!(warnings(&policy, "kettle-abcd-42orbit"), ["password_has_sequence"]);
    let old = typed(" orbit 42kettle");
    let new = typed("kettle orbit 42");
    let unused = policy.check_history(&new, [], |(): ()| true);
    let unreachable = BreachAnswer::new(&new, Breach::Unknown(BreachUnknown::Unreachable));
    let change = Evidence::of_change(&old).history(&unused).breach(&unreachable);
    let found = policy.check_with(&new, &emily(), change);
    assert_eq!(codes(found), ["password_rearranged_rotated", "password_breach_unknown"]);
}

#[test]
fn intranet() {
    says(
        builder("intranet"),
        &[
            ("kettle orbit", &[]),
            ("kettle orbi", &["password_too_short"]),
            ("aaaabbbbcccc", &[]),
            ("plumintranet2026", &["password_is_context_word"]),
            ("123456789012", &["password_too_common"]),
        ],
    );
    let policy = builder("intranet").build().unwrap();
    assert_eq!(warnings(&policy, "kettle orbit"), ["password_too_short"]);
    let new = typed("kettle orbit");
    let unreachable = BreachAnswer::new(&new, Breach::Unknown(BreachUnknown::Unreachable));
    assert!(policy.check_with(&new, &emily(), Evidence::of_reset().breach(&unreachable)).is_ok());
    let seen = BreachAnswer::new(&new, Breach::seen(1));
    let found = policy.check_with(&new, &emily(), Evidence::of_reset().breach(&seen));
    assert_eq!(codes(found), ["password_breached"]);
}

#[test]
fn school() {
    says(
        builder("school"),
        &[
            ("tea moon duck", &[]),
            ("tea moon du", &["password_too_short"]),
            ("emily moon duck", &["password_has_personal_name"]),
            ("plumfield duck", &["password_has_forbidden_word"]),
            ("tea moon aaaa", &["password_repeats_character"]),
            ("tea moon abcd", &["password_has_sequence"]),
            ("tea moon qwer", &["password_has_keyboard_walk"]),
            ("tea\tmoon duck", &["password_has_control_character"]),
            ("42basketball!7", &["password_common_affixed"]),
        ],
    );
}

#[test]
fn keycloak() {
    let long = "Kettle-42 ".repeat(7);
    says(
        builder("keycloak"),
        &[
            ("Kettle-4", &[]),
            ("Kettl-4", &["password_too_short"]),
            (&long[..64], &[]),
            (&long[..65], &["password_too_long"]),
            ("kettle-4", &["password_missing_classes"]),
            ("KETTLE-4", &["password_missing_classes"]),
            ("Kettle-x", &["password_missing_classes"]),
            ("Kettle42", &["password_missing_classes"]),
            ("Emily.Rose-42", &["password_has_personal_name"]),
            ("P@ssw0rd", &["password_too_common"]),
        ],
    );
    remembers(&builder("keycloak").build().unwrap(), 3);
}

#[test]
fn active_directory() {
    says(
        builder("active_directory"),
        &[
            ("Kettle4", &[]),
            ("Kettl4", &["password_too_short"]),
            ("kettle4", &["password_too_few_kinds"]),
            ("Rosewater4", &["password_has_personal_name"]),
        ],
    );
    remembers(&builder("active_directory").build().unwrap(), 24);
}

#[test]
fn system_000_eight_characters_with_letters_numbers_and_special_characters() {
    says(
        builder("system_000"),
        &[
            ("plumke4!", &[]),
            ("PLUMKE4!", &[]),
            ("plume4!", &["password_too_short"]),
            ("plumket4", &["password_missing_classes"]),
            ("plumket!", &["password_missing_classes"]),
            ("1234567!", &["password_missing_classes"]),
            ("passw0rd!", &[]),
        ],
    );
}

#[test]
fn system_001_django_and_four_classes() {
    says(
        builder("system_001"),
        &[
            ("pluMke4!", &[]),
            ("pluM ke4", &[]),
            ("pluM k4", &["password_too_short"]),
            ("plumke4!", &["password_missing_classes"]),
            ("PLUMKE4!", &["password_missing_classes"]),
            ("pluMket!", &["password_missing_classes"]),
            ("pluMket4", &["password_missing_classes"]),
            (
                "7340915",
                &["password_too_short", "password_entirely_numeric", "password_missing_classes"],
            ),
        ],
    );
    let policy = builder("system_001").build().unwrap();
    // 2 * 7 of 20 code points are shared, and 2 * 6 of 20.
    let about = Personal::none().username("abcdefghij");
    assert_eq!(codes(policy.check(&typed("abcdefgXY4"), &about))[0], "password_too_similar");
    assert_eq!(codes(policy.check(&typed("abcdefWXY4"), &about)), ["password_missing_classes"]);
    // The list is Django's and no longer one.
    let is_accepted = policy.check(&typed("P@ssw0rd"), &emily()).is_ok();
    assert_eq!(is_accepted, !CommonPasswords::django().contains("P@ssw0rd"));
    assert_eq!(
        codes(policy.check(&typed(&"x".repeat(1_025)), &emily())),
        ["password_too_many_bytes"]
    );
}
