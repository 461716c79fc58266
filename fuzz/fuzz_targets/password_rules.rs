//! Any text as `passwordrules`: no panic, what is read is printed so that it is read again as the same,
//! and its policy prints nothing that it does not allow.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass::policy::{PasswordRules, Policy, RuleClasses};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let rules = match PasswordRules::parse(&text) {
        Ok(rules) => rules,
        Err(error) => return assert!(error.position() <= text.len()),
    };
    let printed = rules.to_string();
    assert_eq!(PasswordRules::parse(&printed).as_ref(), Ok(&rules));
    assert_eq!(printed.parse::<PasswordRules>().unwrap().to_string(), printed);

    // The control: the fuzzer has to find three different classes that are required.
    assert!(!cfg!(feature = "control") || rules.required().len() < 3, "planted");

    let Ok(policy) = Policy::builder().password_rules(&rules).build() else { return };
    let Ok(again) = policy.password_rules() else { return };
    assert!(again.min_length() >= rules.min_length());
    assert!(again.max_length() <= rules.max_length() || rules.max_length().is_none());
    let before = rules.permitted();
    assert!((' '..='~').all(|one| before.contains(one) || !again.permitted().contains(one)));
    // Each that was required is implied by one that still is, or by having a character at all.
    for classes in rules.required() {
        let within = |narrower: &RuleClasses| {
            (' '..='~').all(|one| classes.contains(one) || !narrower.contains(one))
        };
        assert!(again.required().iter().any(within) || within(&again.permitted()));
    }
});
