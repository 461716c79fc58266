//! 3. Exactly one winner.

use pollster::block_on;
use repass::account::{Account, Contact, Email, MustChange, MustChangeReason};
use repass::port::Accounts;
use repass::reset::CommitError;
use repass::secret::{Password, PasswordHash};

use crate::world::{NEW, OLD, World, ada, by_email, hash_of, hasher, policy, salt};

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

/// Changes the account after a link and a code were sent and one of them was admitted: none of them
/// is good any more, and what was admitted is not committed. The row stays as the change left it.
fn ends_every_attempt(people: Account, change: impl FnOnce(Account) -> Account) {
    let world = World::of([people]);
    let (token, (handle, code)) = (world.link(), world.code());
    let admitted = world.admit_link(&token).unwrap();
    let ticket = admitted.ticket().unwrap().expose_secret();
    let changed = change(world.account("1"));
    world.put(changed.clone());
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_superseded");
    assert_eq!(world.admit_code(&handle, &code).unwrap_err().code(), "reset_superseded");
    assert_eq!(world.admit_ticket(ticket).unwrap_err().code(), "reset_superseded");
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.account("1") == changed);
}

#[test]
fn an_ordinary_password_change_ends_every_attempt() {
    ends_every_attempt(ada(), |ada| ada.with_password(hash_of("changed at the counter")));
}

/// Laravel binds by the address only, others by the password only; an address that is gone may
/// belong to somebody else by now.
#[test]
fn a_change_of_address_ends_every_attempt() {
    let new = || Email::verified(Contact::email("new@example.org").unwrap());
    ends_every_attempt(ada(), |ada| ada.with_email(new()));
    let both = ada().with_email(new());
    ends_every_attempt(both, |both| ada().with_password(both.password().unwrap().clone()));
}

/// Disabled and enabled again, or an address removed and added again: for a host that counts versions
/// the secret of before stays invalid.
#[test]
fn a16_a_change_that_was_undone_ends_every_attempt_where_there_is_a_version() {
    ends_every_attempt(ada().with_version(7), |ada| ada.with_version(9));
}

#[test]
fn an_account_without_a_version_is_not_one_of_version_zero() {
    ends_every_attempt(ada(), |ada| ada.with_version(0));
}

/// An administrator locks the password with a marker, or removes it: that is a change like any other.
#[test]
fn a_marker_in_place_of_the_password_ends_every_attempt() {
    let marker = PasswordHash::from_stored("!locked").unwrap();
    ends_every_attempt(ada(), |ada| ada.with_password(marker));
}

/// What is compared at the commit is the condition of the statement and nothing that was read before:
/// between the two, the account changes.
fn stops_the_commit(people: Account, change: impl FnOnce(Account) -> Account) {
    let world = World::of([people]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let changed = change(world.account("1"));
    world.put(changed.clone());
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.account("1") == changed);
}

#[test]
fn an_address_that_changes_between_admission_and_commit_stops_the_commit() {
    let new = Email::verified(Contact::email("new@example.org").unwrap());
    stops_the_commit(ada(), |ada| ada.with_email(new));
}

#[test]
fn an_account_that_is_disabled_between_admission_and_commit_keeps_its_password() {
    stops_the_commit(ada(), Account::disabled);
}

#[test]
fn a_version_that_changes_between_admission_and_commit_stops_the_commit() {
    stops_the_commit(ada().with_version(7), |ada| ada.with_version(8));
}

#[test]
fn a_marker_that_is_set_between_admission_and_commit_stops_the_commit() {
    for marker in ["!locked", "*", "-", ""] {
        let marker = PasswordHash::from_stored(marker).unwrap();
        stops_the_commit(ada(), |ada| ada.with_password(marker));
    }
}

#[test]
fn a_password_that_is_removed_between_admission_and_commit_stops_the_commit() {
    let new = ada();
    let without = Account::new(new.id().clone()).with_email(new.emails()[0].clone());
    stops_the_commit(ada(), |_| without);
}

/// What has nothing to do with the password does not stop the owner: names, an address that nobody has
/// proved, another spelling of the verified one, a session epoch.
#[test]
fn other_changes_stop_nothing() {
    let world = World::of([ada().with_epoch(3)]);
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    let hash = world.account("1").password().unwrap().clone();
    let unproved = Email::unverified(Contact::email("elsewhere@example.org").unwrap());
    let changed = Account::new(ada().id().clone())
        .with_names("Augusta", "King")
        .with_email(unproved)
        .with_email(Email::verified(Contact::email("ada@EXAMPLE.org").unwrap()))
        .with_password(hash)
        .with_epoch(4);
    world.put(changed);
    assert!(world.admit_link(&token).is_ok());
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

/// The old hash moves into the history with the time, version and epoch go up by one, and the answer
/// tells what is stored.
#[test]
fn a_commit_is_one_change_of_the_account() {
    let world = World::of([ada().with_version(7).with_epoch(3).with_required_recovery(true)]);
    let before = world.account("1");
    let admitted = world.admit_link(&world.link()).unwrap();
    world.calls();
    let _after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(world.calls(), ["attempts.swap", "accounts.write"]);
    let after = world.account("1");
    assert_eq!((after.version(), after.epoch()), (Some(8), Some(4)));
    assert_eq!(after.changed_at(), Some(world.now));
    assert!(!after.requires_recovery());
    let past = block_on(world.accounts().past(before.id(), 9, world.now)).unwrap();
    let [past] = &past[..] else { panic!("{past:?}") };
    assert!(past.hash() == before.password().unwrap());
    assert_eq!(past.replaced_at(), world.now);
}

#[test]
fn of_two_changes_by_the_signed_in_person_one_wins() {
    let world = World::new();
    let [first, second] = [NEW, "another-kettle"].map(|new| {
        let new = Password::new(new).unwrap();
        world.admit_owner(OLD).set_password(&new, &policy(), &hasher(), salt()).unwrap()
    });
    let _after = block_on(world.recovery.commit(first, world.now)).unwrap();
    let lost = block_on(world.recovery.commit(second, world.now));
    assert!(matches!(lost, Err(CommitError::Superseded)));
    assert!(world.signs_in(NEW));
}

/// A change ends what was sent before it and nothing that is sent afterwards.
#[test]
fn a_secret_that_is_sent_after_a_change_is_good() {
    let world = World::new();
    let _after = world.commit(&world.admit_owner(OLD), NEW).unwrap();
    world.ask(&by_email(), repass::reset::Delivery::LINK);
    let token = crate::world::token_in(&world.read().unwrap());
    assert!(world.admit_link(&token).is_ok());
}

/// Whoever knows a password that was found out must not replace it.
#[test]
fn a_present_password_admits_to_nothing_while_recovery_is_required() {
    let world = World::of([ada().with_required_recovery(true)]);
    assert_eq!(refused_present_password(&world), Some("current_recovery_required"));
    // A link resets it.
    let _after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    assert_eq!(refused_present_password(&world), None);
}

/// Recovery is required after the present password was compared.
#[test]
fn the_write_sees_that_recovery_is_required() {
    let world = World::new();
    let admitted = world.admit_owner(OLD);
    world.put(world.account("1").with_required_recovery(true));
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Superseded)));
    assert!(world.signs_in(OLD));
}

#[test]
fn a_temporary_password_admits_until_it_expires() {
    let mut world = World::new();
    let end = world.now + core::time::Duration::from_secs(60);
    let temporary = MustChange::new(MustChangeReason::Temporary).until(end);
    world.put(ada().with_must_change(Some(temporary)));
    world.wait(59);
    let admitted = world.admit_owner(OLD);
    assert_eq!(admitted.usable_until(), end);
    world.wait(1);
    assert!(matches!(world.commit(&admitted, NEW), Err(CommitError::Expired)));
    assert_eq!(refused_present_password(&world), Some("current_password_expired"));
}

fn refused_present_password(world: &World) -> Option<&'static str> {
    let id = ada().id().clone();
    block_on(world.recovery.current(id, world.now)).err().map(|error| error.code())
}
