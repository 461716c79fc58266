//! 12. Personal context exists only behind an admission.

use repass::policy::Policy;
use repass::reset::SetError;
use repass::secret::Password;

use crate::world::{World, hasher, salt};

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
