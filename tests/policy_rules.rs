//! The rules about the shape of a password, each number from both sides.

use repass::policy::{
    CharacterClass, CharacterSet, Personal, Policy, PolicyBuilder, Violation, WhiteSpace,
};

#[test]
fn white_space_is_refused_anywhere_or_at_the_ends() {
    let table = [
        ("plum kettle", Some(4), None),
        (" plum", Some(0), Some(0)),
        ("plum\u{3000}", Some(4), Some(4)),
        ("pläm\t", Some(4), Some(4)),
        ("\n", Some(0), Some(0)),
        ("plum\u{A0}kettle", Some(4), None),
        // A joiner is no white space, nor is a separator of information.
        ("plum\u{200B}\u{1C}", None, None),
        ("", None, None),
    ];
    for (password, anywhere, at_the_ends) in table {
        for (place, position) in
            [(WhiteSpace::Anywhere, anywhere), (WhiteSpace::AtTheEnds, at_the_ends)]
        {
            let expected = position.map(|position| Violation::WhiteSpace { place, position });
            assert_eq!(
                only(Policy::builder().no_white_space(place), password),
                expected,
                "{password:?}"
            );
        }
    }
}

#[test]
fn control_characters_are_those_of_the_category_cc() {
    let controls = ['\0', '\t', '\n', '\u{1F}', '\u{7F}', '\u{80}', '\u{9F}'];
    for control in controls {
        assert_eq!(
            only(Policy::builder().no_control_characters(), &format!("né{control}")),
            Some(Violation::ControlCharacter { position: 2 })
        );
    }
    for other in [' ', '~', '\u{A0}', '\u{AD}', '\u{200D}', '\u{2028}', '\u{E000}'] {
        assert_eq!(only(Policy::builder().no_control_characters(), &other.to_string()), None);
    }
}

#[test]
fn allowed_characters_end_where_the_set_ends() {
    let allowed = || CharacterSet::of("_").and_range('b'..='y').and_range('б'..='ю');
    for (password, position) in [
        ("b_y", None),
        ("", None),
        ("бю", None),
        ("ab", Some(0)),
        ("byz", Some(2)),
        ("ба", Some(1)),
        ("бюя", Some(2)),
        ("B", Some(0)),
    ] {
        assert_eq!(
            only(Policy::builder().allowed_characters(allowed()), password),
            position.map(|position| Violation::CharacterNotAllowed { position }),
            "{password}"
        );
        // The same set the other way round.
        let illegal = only(Policy::builder().illegal_characters(allowed()), password);
        let expected = password.chars().position(|character| allowed().contains(character));
        assert_eq!(illegal, expected.map(|position| Violation::IllegalCharacter { position }));
    }
}

#[test]
fn a_set_is_its_characters_however_they_were_given() {
    let one = CharacterSet::of("cab").and_range('x'..='z');
    let other = CharacterSet::of("zyxzcba");
    assert_eq!(one, other);
    assert_eq!(one.to_string(), "a-cx-z");
    assert_eq!(CharacterSet::of("ba!").to_string(), "!ab");
    assert_eq!(
        CharacterSet::of("").and_range(core::ops::RangeInclusive::new('b', 'a')).to_string(),
        ""
    );
    assert_eq!(CharacterSet::of("m").and_range('a'..='n').and_range('c'..='d').to_string(), "a-n");
    let all = CharacterSet::of("").and_range('\0'..=char::MAX);
    assert!(all.contains('\0') && all.contains('\u{E000}') && all.contains(char::MAX));
}

/// Services keep these in their translations: to rename one is a breaking change.
#[test]
fn codes_are_frozen() {
    for (builder, password, code) in each_alone() {
        let policy = build(builder);
        assert_eq!(found(&policy, password), [code]);
        assert_eq!(policy.requirements().filter(|asked| asked.code() == code).count(), 1);
        assert!(policy.requirements().all(|asked| !asked.to_string().is_empty()));
    }
}

#[test]
fn what_contradicts_itself_does_not_build() {
    for (builder, code, field) in contradictions() {
        let error = builder.build().unwrap_err();
        assert_eq!((error.code(), error.field()), (code, field));
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn what_just_fits_builds() {
    let builder = Policy::builder;
    let digits = || CharacterSet::of("0123456789");
    for builder in [
        builder().allowed_characters(digits()).at_least(2, CharacterClass::Digit),
        builder().illegal_characters(CharacterSet::of("").and_range('\0'..='z')),
        builder().allowed_characters(CharacterSet::of(" a")).no_white_space(WhiteSpace::Anywhere),
        builder().allowed_characters(CharacterSet::of("é")).min_length(512),
    ] {
        assert!(builder.build().is_ok());
    }
}

/// Each rule with a password that breaks it, and its code.
fn each_alone() -> Vec<(PolicyBuilder, &'static str, &'static str)> {
    let builder = Policy::builder;
    vec![
        (builder().no_white_space(WhiteSpace::Anywhere), "a b", "password_has_white_space"),
        (builder().no_white_space(WhiteSpace::AtTheEnds), "a ", "password_has_white_space"),
        (builder().no_control_characters(), "a\0", "password_has_control_character"),
        (
            builder().allowed_characters(CharacterSet::of("a")),
            "b",
            "password_character_not_allowed",
        ),
        (
            builder().illegal_characters(CharacterSet::of("b")),
            "b",
            "password_has_illegal_character",
        ),
    ]
}

fn contradictions() -> Vec<(PolicyBuilder, &'static str, &'static str)> {
    let builder = Policy::builder;
    vec![
        (
            builder().allowed_characters(CharacterSet::of("")),
            "policy_allowed_set_empty",
            "allowed_characters",
        ),
        (
            builder().illegal_characters(CharacterSet::of("")),
            "policy_illegal_set_empty",
            "illegal_characters",
        ),
        (
            builder()
                .allowed_characters(CharacterSet::of("ab"))
                .illegal_characters(CharacterSet::of("abc")),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder()
                .allowed_characters(CharacterSet::of(" \t"))
                .no_white_space(WhiteSpace::Anywhere),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder().allowed_characters(CharacterSet::of("ab")).at_least(1, CharacterClass::Digit),
            "policy_class_not_allowed",
            "at_least",
        ),
        (
            builder().allowed_characters(CharacterSet::of("é")).min_length(513),
            "policy_min_length_above_max_bytes",
            "min_length",
        ),
    ]
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

/// The one violation of a policy with one rule.
fn only(builder: PolicyBuilder, password: &str) -> Option<Violation> {
    let violations = build(builder).check(password, &Personal::none()).err()?;
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations.into_iter().next()
}

fn found(policy: &Policy, password: &str) -> Vec<&'static str> {
    let violations = policy.check(password, &Personal::none()).err();
    violations.into_iter().flatten().map(|violation| violation.code()).collect()
}
