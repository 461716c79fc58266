//! 3. Exactly one winner.

use pollster::block_on;
use repass::account::{Contact, Email};
use repass::secret::Password;
use repass::service::CommitError;

use crate::world::{NEW, OLD, World, ada, hash_of, hasher, policy, salt};

#[test]
fn of_two_submits_of_one_secret_one_wins() {
    let world = World::new();
    let token = world.link();
    let [first, second] = [(); 2].map(|()| world.admit_link(&token).unwrap());
    let _after = world.commit(&first, NEW).unwrap();
    assert!(matches!(world.commit(&second, "another-kettle"), Err(CommitError::Taken)));
    assert!(world.signs_in(NEW));
}

#[test]
fn of_two_secrets_of_one_account_one_wins() {
    let world = World::new();
    let [first, second] = [(); 2].map(|()| world.admit_link(&world.link()).unwrap());
    let _after = world.commit(&first, NEW).unwrap();
    assert!(matches!(world.commit(&second, "another-kettle"), Err(CommitError::Superseded)));
    assert!(world.signs_in(NEW));
}

#[test]
fn an_ordinary_password_change_ends_every_pending_reset() {
    let world = World::new();
    let (token, (handle, code)) = (world.link(), world.code());
    let admitted = world.admit_link(&token).unwrap();
    world.put(world.account("1").with_password(hash_of("changed at the counter")));
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_superseded");
    assert_eq!(world.admit_code(&handle, &code).unwrap_err().code(), "reset_superseded");
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in("changed at the counter"));
}

/// Laravel binds by the address only, others by the password only; an address that is gone may
/// belong to somebody else by now.
#[test]
fn a_change_of_address_ends_every_pending_reset() {
    let world = World::new();
    let token = world.link();
    let moved = ada().with_password(world.account("1").password().unwrap().clone());
    world.put(moved.with_email(Email::verified(Contact::email("new@example.org").unwrap())));
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_superseded");
}

#[test]
fn an_address_that_changes_between_admission_and_commit_stops_the_commit() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let moved = world.account("1");
    world.put(moved.with_email(Email::verified(Contact::email("new@example.org").unwrap())));
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in(OLD));
}

#[test]
fn an_account_that_is_disabled_between_admission_and_commit_keeps_its_password() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.put(world.account("1").disabled());
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in(OLD));
}

#[test]
fn of_two_changes_by_the_signed_in_person_one_wins() {
    let world = World::new();
    let old = Password::new(OLD).unwrap();
    let [first, second] = [NEW, "another-kettle"].map(|new| {
        let current = block_on(world.service.current(world.account("1").id(), world.now)).unwrap();
        let admitted = current.verify(&old, &hasher()).unwrap();
        let new = Password::new(new).unwrap();
        admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap()
    });
    let _after = block_on(world.service.commit(first, world.now)).unwrap();
    let lost = block_on(world.service.commit(second, world.now));
    assert!(matches!(lost, Err(CommitError::Superseded)));
    assert!(world.signs_in(NEW));
}
