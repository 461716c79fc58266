//! Any text as a configuration: no panic, what is read is written so that it reads the same, and what
//! builds judges any password without a panic and the same twice, and says the same to password managers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass::policy::{Evidence, Personal, Policy, PolicyConfig};
use repass::secret::Password;

// The password is the first line, the configuration all the rest.
fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (password, text) = text.split_once('\n').unwrap_or(("", &text));
    let Ok(config) = toml::from_str::<PolicyConfig>(text) else { return };

    // TOML ends where i64 does, and reads no number beyond.
    let written = toml::to_string(&config).expect("what was read");
    let again: PolicyConfig = toml::from_str(&written).expect("what was written");
    match (config.clone().build(), again.clone().build()) {
        (Ok(policy), Ok(same)) => {
            assert_eq!(config, again);
            assert_eq!(policy, same);
            assert_eq!(policy.password_rules(), same.password_rules());
            judge(&policy, password);
        }
        (Err(error), Err(same)) => {
            assert_eq!(error, same);
            assert!(error.to_string().contains(|character: char| character.is_alphabetic()));
            assert!(!error.field().is_empty());
        }
        (first, second) => panic!("{first:?}, and {second:?}"),
    }
});

fn judge(policy: &Policy, password: &str) {
    let about = Personal::none().username("emily.rose");
    let answer = policy.check_as_typed(password, &about);
    assert_eq!(answer, policy.check_as_typed(password, &about));
    if let (Ok(old), Ok(new)) = (Password::new("plum-kettle-42"), Password::new(password)) {
        let evidence = Evidence::of_change(&old);
        let _ = policy.check_with(&new, &about, evidence);
        let _ = policy.warnings_with(&new, &about, evidence);
    }
    let codes: Vec<_> = policy.requirements().map(|requirement| requirement.code()).collect();
    // The control: the fuzzer has to find a rule that no seed has.
    assert!(!cfg!(feature = "control") || !codes.contains(&"password_repeats_class"), "planted");
}
