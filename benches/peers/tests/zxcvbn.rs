//! The example of `Rule` in the documentation, which asks the crate `zxcvbn`: it is compiled and run here, so that
//! the tests of the package itself need not compile that crate.

use std::borrow::Cow;

use repass::policy::{Personal, Policy, Rule};
use repass::secret::Password;

#[derive(Debug)]
struct Guessable;

impl Rule for Guessable {
    fn code(&self) -> &'static str {
        "password_guessable"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "hard to guess".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "Your new password could be harder to guess.".into()
    }

    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        let end = password.char_indices().nth(32).map_or(password.len(), |(end, _)| end);
        zxcvbn::zxcvbn(&password[..end], &[]).score() >= zxcvbn::Score::Three
    }
}

#[test]
fn the_example_of_rule_warns_of_what_is_easily_guessed() -> Result<(), Box<dyn std::error::Error>> {
    let wishes = Policy::builder().rule(Guessable).build()?;
    let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    let none = Personal::none();
    assert!(policy.check(&Password::new("password1234")?, &none).is_ok());
    let warned = policy.warnings(&Password::new("password1234")?, &none).unwrap();
    assert_eq!(warned[0].code(), "password_guessable");
    assert!(policy.warnings(&Password::new("plum-kettle-orbit")?, &none).is_none());
    Ok(())
}

#[test]
fn the_documentation_shows_the_example_above() {
    let lines = |text: &str, prefix: &str| -> Vec<String> {
        text.lines().map(|line| line.trim_start_matches(prefix).trim().to_owned()).collect()
    };
    let documented = include_str!("../../../src/policy/host_rule.rs");
    let (_, example) = documented.split_once("```ignore").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let tested = lines(include_str!("zxcvbn.rs"), " ");
    for line in lines(example, "///") {
        assert!(line.starts_with("# Ok::") || tested.contains(&line), "{line}");
    }
}
