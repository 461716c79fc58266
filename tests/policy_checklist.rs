//! The requirements as a list of what is met, and what is advised.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::prelude::*;
use repass::policy::{
    Advice, CharacterClass, CharacterSet, CheckState, CommonPasswords, Evidence, Personal, Policy,
    PolicyBuilder, Reduction, Requirement, Rule, SequenceEnds, Violation, Violations, WhenUnknown,
    WhiteSpace,
};
use repass::secret::Password;
use serde_json::Value;

fn typed(text: &str) -> Password {
    Password::verbatim(text).unwrap()
}

/// Refuses what has its character; all have one code.
#[derive(Debug)]
struct Without(char);

impl Rule for Without {
    fn code(&self) -> &'static str {
        // One that another rule has too.
        "password_too_short"
    }

    fn requirement(&self) -> Cow<'static, str> {
        format!("without {}", self.0).into()
    }

    fn message(&self) -> Cow<'static, str> {
        format!("has {}", self.0).into()
    }

    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        !password.contains(self.0)
    }
}

fn list() -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(["plumkettle", "aaaa", "1234"]).unwrap();
    CommonPasswords::from_shared(Arc::new(bytes)).unwrap()
}

/// A policy of those rules whose bit is set in `rules`.
fn policy_of(rules: u32, number: usize) -> PolicyBuilder {
    let steps: [&dyn Fn(PolicyBuilder) -> PolicyBuilder; 23] = [
        &|policy| policy.min_length(number),
        &|policy| policy.max_length(number + 8),
        &|policy| policy.max_similarity(0.7),
        &|policy| policy.not_among(list()),
        &|policy| policy.not_among(list()).not_derived_from_common(Reduction::ALL),
        &|policy| policy.not_entirely_numeric(),
        &|policy| policy.at_least(1, CharacterClass::Upper).at_least(1, CharacterClass::Digit),
        &|policy| policy.at_least(1, CharacterSet::of("!$")),
        &|policy| policy.at_least(2, CharacterSet::of("!%a")),
        &|policy| policy.at_least_kinds(2, [CharacterClass::Lower, CharacterClass::Digit]),
        &|policy| policy.at_most(2, CharacterClass::Digit).at_most(4, CharacterClass::Letter),
        &|policy| policy.no_white_space(WhiteSpace::Anywhere).no_control_characters(),
        &|policy| policy.illegal_characters(CharacterSet::of("z!")),
        &|policy| policy.max_repeat(2).max_class_repeat(4),
        &|policy| policy.min_distinct(3),
        &|policy| policy.max_occurrences(2),
        &|policy| policy.not_containing(["plum"]),
        &|policy| policy.max_sequence(2, SequenceEnds::Apart).max_keyboard_walk(2),
        &|policy| policy.context_words(["Plum Bank"]),
        &|policy| policy.no_personal_names(),
        &|policy| policy.no_palindrome(),
        &|policy| policy.rule(Without('a')).rule(Without('b')),
        &|policy| {
            policy
                .min_changed(2)
                .not_rearranged()
                .not_among_last(3)
                .max_breaches(0, WhenUnknown::Refuse)
        },
    ];
    (0..)
        .zip(steps)
        .filter(|(bit, _)| rules >> bit & 1 == 1)
        .fold(Policy::builder().max_bytes(24), |policy, (_, step)| step(policy))
}

/// Whether the violation says that the requirement is not met, from the facts of both.
fn says(violation: &Violation, requirement: &Requirement) -> bool {
    let (found, text) = (violation.to_string(), requirement.to_string());
    if let Some(what) = found.strip_prefix("has ") {
        return text.ends_with(&format!("without {what}"));
    }
    if ["without a", "without b"].iter().any(|own| text.ends_with(own)) {
        return false;
    }
    let found = serde_json::to_value(violation).unwrap();
    let asked = serde_json::to_value(requirement).unwrap();
    let asked = asked["params"].get("requirement").unwrap_or(&asked);
    let code = |said: &Value| said["code"].as_str().unwrap().to_owned();
    let is_same = |(name, value): (&String, &Value)| {
        // Of the classes that are asked for, some may be there.
        name == "classes" || asked["params"].get(name).is_none_or(|asked| asked == value)
    };
    match (code(&found), code(asked)) {
        (found, asked) if found.starts_with("password_common_") => {
            asked == "password_derived_from_common"
        }
        (of_found, asked) => {
            of_found == asked && found["params"].as_object().unwrap().iter().all(is_same)
        }
    }
}

proptest! {
    #[test]
    fn what_is_unmet_is_what_is_violated(
        rules in any::<u32>(),
        inner in any::<u32>(),
        numbers in (1_usize..6, 1_usize..6),
        lengths in (0_usize..6, 3_usize..9),
        password in "(plum|kettle|[a-c1-3!% ]|(aaaa)|(1234)|z|é|日|Plum1){0,7}",
        value in "(plum|[a-c1-3]){0,4}",
    ) {
        // Rules that need more than the password have no place in an interval.
        let interval = policy_of(inner & !(1 << 19), numbers.1).build();
        let outer = policy_of(rules, numbers.0);
        let policy = match interval {
            Ok(interval) => outer.clone().of_lengths(lengths.0..=lengths.1, interval).build(),
            Err(error) => Err(error),
        };
        let Ok(policy) = policy.or_else(|_| outer.build()) else { return Ok(()) };
        let about = Personal::none().username(value.as_str());

        let checklist = policy.checklist(&typed(&password), &about);
        let asked: Vec<_> = checklist.iter().map(|line| line.requirement.clone()).collect();
        prop_assert_eq!(asked, policy.requirements().collect::<Vec<_>>());

        // One to one, in the same order.
        let unmet: Vec<_> =
            checklist.iter().filter(|line| line.state == CheckState::Unmet).collect();
        let violations = policy.check_as_typed(&password, &about).err();
        let violations = violations.as_deref().unwrap_or_default();
        prop_assert_eq!(unmet.len(), violations.len());
        for (line, violation) in unmet.iter().zip(violations) {
            prop_assert!(says(violation, &line.requirement), "{violation:?} {line:?}");
        }

        let length = password.chars().count();
        for line in &checklist {
            let bound = |name| line.requirement.param(name).and_then(|bound| bound.number());
            let is_of_length = bound("min").is_none_or(|min| min <= length)
                && bound("max").is_none_or(|max| length <= max);
            let is_asked = match line.requirement.code() {
                "password_too_many_bytes" => true,
                _ if password.len() > 24 || !is_of_length => false,
                "password_too_little_changed"
                | "password_rearranged"
                | "password_used_before"
                | "password_breached" => false,
                // It depends on the list.
                "password_derived_from_common" => continue,
                _ => true,
            };
            prop_assert_eq!(line.state != CheckState::NotAsked, is_asked, "{:?}", line);
        }
    }

    #[test]
    fn advice_is_short_and_each_is_given_once(
        rules in any::<u32>(),
        password in "(plum|kettle|[a-c1-3!% ]){0,7}",
    ) {
        let Ok(policy) = policy_of(rules, 6).build() else { return Ok(()) };
        let Err(violations) = policy.check_as_typed(&password, &Personal::none()) else { return Ok(()) };
        let advice: Vec<_> = violations.advice().collect();
        prop_assert!((1..=3).contains(&advice.len()));
        let place = |one: &Advice| Advice::ALL.iter().position(|other| other == one);
        prop_assert!(advice.is_sorted_by(|one, next| place(one) < place(next)));
        for given in &advice {
            prop_assert!(violations.iter().any(|violation| violation.advice().contains(given)));
        }
    }
}

fn states(policy: &Policy, password: &str, about: &Personal<'_>) -> Vec<(String, &'static str)> {
    let checklist = policy.checklist(&typed(password), about).into_iter();
    checklist.map(|line| (line.requirement.to_string(), line.state.name())).collect()
}

fn lines(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected.iter().map(|(text, state)| (String::from(*text), *state)).collect()
}

#[test]
fn above_the_ceiling_it_alone_is_asked() {
    let policy = Policy::builder().max_bytes(10).min_length(8).not_entirely_numeric();
    let policy = policy.build().unwrap();
    let found = |state, others| {
        lines(&[
            ("at most 10 bytes", state),
            ("at least 8 characters", others),
            ("not only digits", others),
            ("no control characters, such as tabs or line breaks", others),
            ("not only spaces or invisible characters", others),
        ])
    };
    assert_eq!(states(&policy, "plum-kettl", &Personal::none()), found("met", "met"));
    assert_eq!(states(&policy, "plum-kettle", &Personal::none()), found("unmet", "not_asked"));
}

#[test]
fn rules_of_another_length_are_not_asked() {
    let short = Policy::builder().min_distinct(6).not_entirely_numeric().build().unwrap();
    let long = Policy::builder().min_length(18).build().unwrap();
    let policy = Policy::builder()
        .max_bytes(64)
        .min_length(4)
        .of_lengths(4..=7, short)
        .of_lengths(16..=20, long)
        .build()
        .unwrap();
    for (password, of_short, of_long) in [
        ("abc", ["not_asked"; 2], "not_asked"),
        ("aabb", ["met", "unmet"], "not_asked"),
        ("1234567", ["unmet", "met"], "not_asked"),
        ("12345678", ["not_asked"; 2], "not_asked"),
        ("1234567812345678", ["not_asked"; 2], "unmet"),
        ("123456781234567812", ["not_asked"; 2], "met"),
    ] {
        assert_eq!(
            states(&policy, password, &Personal::none()),
            lines(&[
                ("at most 64 bytes", "met"),
                ("at least 4 characters", if password.len() < 4 { "unmet" } else { "met" }),
                ("no control characters, such as tabs or line breaks", "met"),
                ("not only spaces or invisible characters", "met"),
                ("if it has 4 to 7 characters: not only digits", of_short[0]),
                ("if it has 4 to 7 characters: at least 6 different characters", of_short[1]),
                ("if it has 16 to 20 characters: at least 18 characters", of_long),
            ])
        );
    }
}

#[test]
fn rules_of_one_code_are_told_apart() {
    let policy = Policy::builder()
        .max_bytes(64)
        .min_length(4)
        .at_least(1, CharacterSet::of("!$"))
        .at_least(1, CharacterSet::of("%&"))
        .rule(Without('a'))
        .rule(Without('b'))
        .build()
        .unwrap();
    assert_eq!(
        states(&policy, "cook%b", &Personal::none()),
        lines(&[
            ("at most 64 bytes", "met"),
            ("at least 4 characters", "met"),
            ("at least 1 of these characters: !$", "unmet"),
            ("at least 1 of these characters: %&", "met"),
            ("no control characters, such as tabs or line breaks", "met"),
            ("not only spaces or invisible characters", "met"),
            ("without a", "met"),
            ("without b", "unmet"),
        ])
    );
}

#[test]
fn whether_a_common_password_is_one_in_disguise_is_not_asked() {
    let policy = Policy::builder().not_among(list()).not_derived_from_common(Reduction::ALL);
    let policy = policy.build().unwrap();
    for (password, common, disguised) in [
        ("plumkettle", "unmet", "not_asked"),
        ("elttekmulp", "met", "unmet"),
        ("orbitkettle", "met", "met"),
    ] {
        let found: Vec<_> = states(&policy, password, &Personal::none())
            .into_iter()
            .map(|(_, state)| state)
            .collect();
        assert_eq!(found, ["met", common, disguised, "met", "met"]);
    }
}

fn advice(violations: &Violations) -> Vec<Advice> {
    violations.advice().collect()
}

#[test]
fn advice_follows_what_is_wrong() {
    let about = Personal::none().username("emily.rose");
    let policy = Policy::builder()
        .min_length(8)
        .not_among(list())
        .not_derived_from_common(Reduction::ALL)
        .no_personal_names()
        .not_derived_from_names()
        .build()
        .unwrap();
    for (password, expected) in [
        ("plumkettle", vec![Advice::SeveralWords, Advice::PasswordManager]),
        ("elttekmulp", vec![Advice::NoDisguise, Advice::SeveralWords]),
        ("rose", vec![Advice::LeaveYourselfOut, Advice::SeveralWords]),
    ] {
        assert_eq!(advice(&policy.check_as_typed(password, &about).unwrap_err()), expected);
    }
    let policy = Policy::builder().min_changed(4).not_rearranged().build().unwrap();
    let old = typed("plum-kettle");
    let violations = policy.check_with(&old, &about, Evidence::of_change(&old)).unwrap_err();
    assert_eq!(advice(&violations), [Advice::BeginAnew]);
}

#[test]
fn where_another_password_does_not_help_nothing_is_advised() {
    let (password, none) = (typed("plum-kettle"), Personal::none());
    for policy in [
        Policy::builder().not_among_last(3),
        Policy::builder().max_breaches(0, WhenUnknown::Refuse),
    ] {
        let policy = policy.build().unwrap();
        let violations = policy.check_with(&password, &none, Evidence::of_reset()).unwrap_err();
        assert_eq!(advice(&violations), []);
    }
}

#[test]
fn codes_of_advice_are_stable() {
    let codes = Advice::ALL.map(Advice::code);
    assert_eq!(
        codes,
        [
            "advice_begin_anew",
            "advice_leave_yourself_out",
            "advice_leave_the_service_out",
            "advice_no_disguise",
            "advice_no_patterns",
            "advice_mix_in",
            "advice_plain_characters",
            "advice_shorten",
            "advice_several_words",
            "advice_password_manager",
            "advice_only_here",
        ]
    );
    for advice in Advice::ALL {
        assert!(advice.to_string().ends_with('.'));
    }
}
