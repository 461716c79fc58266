//! Any bytes as a password and what is known of its owner: no panic, the same answer twice, the
//! ceiling kept.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use repass::policy::{CharacterClass, Personal, Policy, Violation};

const CEILING: usize = 64;

static ALL_RULES: LazyLock<Policy> = LazyLock::new(|| {
    Policy::builder()
        .max_bytes(CEILING)
        .min_length(8)
        .max_length(40)
        .max_similarity(0.5)
        .not_common()
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
        .build()
        .expect("the rules fit one another")
});

// Lines: the password, then username, first name, last name and e-mail; a line that is not there is
// unknown.
fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let password = lines.next().unwrap_or_default();
    let about = Personal::none()
        .username(lines.next())
        .first_name(lines.next())
        .last_name(lines.next())
        .email(lines.next());

    for policy in [&Policy::django(), &*ALL_RULES] {
        let answer = policy.check(password, &about);
        assert_eq!(answer, policy.check(password, &about));
        if let Err(violations) = answer {
            assert!(!violations.is_empty());
            let codes: Vec<_> =
                policy.requirements().map(|requirement| requirement.code()).collect();
            assert!(
                violations
                    .iter()
                    .map(|found| codes.iter().position(|code| *code == found.code()))
                    .is_sorted()
            );
        }
    }
    let refused = ALL_RULES
        .check(password, &about)
        .is_err_and(|violations| *violations == [Violation::TooManyBytes { max_bytes: CEILING }]);
    assert_eq!(refused, password.len() > CEILING);

    // The control: the fuzzer has to find digits that are like something known of their owner.
    if cfg!(feature = "control")
        && let Err(found) = ALL_RULES.check(password, &about)
    {
        let codes: Vec<_> = found.iter().map(Violation::code).collect();
        let wanted = ["password_too_similar", "password_entirely_numeric"];
        assert!(!wanted.iter().all(|code| codes.contains(code)), "planted");
    }
});
