//! 12. Personal context exists only behind an admission.

use pollster::block_on;
use repass::policy::{Breach, BreachAnswer, Policy, WhenUnknown};
use repass::reset::{Findings, SetError};
use repass::secret::Password;

use crate::world::{NEW, World, hasher, salt};

/// The policy compares with what the user table says of the admitted person, which nobody passes in.
#[test]
fn the_policy_knows_the_person_who_was_admitted() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let policy = Policy::builder().max_similarity(0.7).build().unwrap();
    for similar in ["lovelace1", "ada@example.org"] {
        let password = Password::new(similar).unwrap();
        let refused = admitted.set_password(&password, &policy, &hasher(), salt()).unwrap_err();
        let SetError::Policy(violations) = refused else { panic!("{refused}") };
        let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
        assert_eq!(codes, ["password_too_similar"], "{similar}");
    }
    let other = Password::new("hopper-grace").unwrap();
    assert!(admitted.set_password(&other, &policy, &hasher(), salt()).is_ok());
}

/// A policy that wants to know more than the password is not asked without it.
#[test]
fn a_policy_about_earlier_passwords_and_breaches_is_not_set_without_them() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let new = Password::new(NEW).unwrap();
    let policy =
        Policy::builder().not_among_last(2).max_breaches(0, WhenUnknown::Refuse).build().unwrap();
    let SetError::Policy(refused) =
        admitted.set_password(&new, &policy, &hasher(), salt()).unwrap_err()
    else {
        panic!("refused for something else");
    };
    let codes: Vec<_> = refused.iter().map(|violation| violation.code()).collect();
    assert_eq!(codes, ["password_history_unknown", "password_breach_unknown"]);

    let earlier = world.recovery.earlier_passwords(&admitted, &policy, world.now);
    let findings = Findings::NONE.earlier(block_on(earlier).unwrap());
    let set = |about: &Password| {
        let findings = findings.clone().breach(BreachAnswer::new(about, Breach::Absent));
        admitted.set_password_with(&new, &policy, &findings, &hasher(), salt())
    };
    assert!(set(&new).is_ok());
    // An answer about another password is none.
    let SetError::Policy(refused) = set(&Password::new("another").unwrap()).unwrap_err() else {
        panic!("refused for something else");
    };
    assert_eq!(refused[0].code(), "password_breach_unknown");
}
