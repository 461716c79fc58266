//! The sign-in door: 3, 5, 6, 7, 9 and 10 for sign-ins.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Contact, Email, Login, Lookup, MustChange, MustChangeReason};
use repass::answer::Answer;
use repass::hash::{Cost, Hasher, Verifier};
use repass::reset::{Occasion, Proof};
use repass::secret::{Password, PasswordHash, TypedPassword};
use repass::sign_in::{SignInError, SignInOutcome, SignInRefusal};
use repass::throttle::Source;
use repass::token::Signer;

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, grace, hash_of, hasher, keyring, nobody, salt, seed,
};

type Finished = Result<SignInOutcome, SignInError>;

fn home() -> Source {
    Source::from_ip("192.0.2.7".parse().unwrap())
}

fn elsewhere() -> Source {
    Source::from_ip("198.51.100.9".parse().unwrap())
}

fn sign_in_at(world: &World, source: Option<Source>, lookup: &Lookup, password: &str) -> Finished {
    let begun = block_on(world.recovery.sign_in(lookup.clone(), source, world.now))?;
    let typed = TypedPassword::new(password).unwrap();
    let checked = begun.verify(&typed, &Verifier::new(hasher()), salt()).unwrap();
    block_on(world.recovery.finish_sign_in(checked, seed(), world.now))
}

fn sign_in(world: &World, lookup: &Lookup, password: &str) -> Finished {
    sign_in_at(world, None, lookup, password)
}

fn code(finished: &Finished) -> &'static str {
    match finished {
        Ok(SignInOutcome::SignedIn(_)) => "signed in",
        Ok(SignInOutcome::MustChange(_)) => "must change",
        Ok(_) => "other",
        Err(error) => error.code(),
    }
}

fn ticket(finished: Finished) -> String {
    let Ok(SignInOutcome::MustChange(must_change)) = finished else { panic!("{finished:?}") };
    must_change.ticket().expose_secret().to_owned()
}

fn temporary() -> Account {
    ada().with_must_change(Some(MustChange::new(MustChangeReason::Temporary)))
}

/// The hashes of [`hasher`] are outdated for it.
fn stronger() -> Verifier {
    Verifier::new(Hasher::new(Cost::new(64, 2, 1).unwrap()))
}

fn marker() -> PasswordHash {
    PasswordHash::from_stored("!").unwrap()
}

/// Each way in which nobody signs in by a wrong password, and one in which the right one is no use.
fn refused() -> Vec<(&'static str, World)> {
    let namesake = grace().with_login(Login::new("ADA").unwrap());
    let second = ada().with_login(Login::new("Ada").unwrap());
    vec![
        ("sign_in_wrong_password", World::of([ada(), grace()])),
        ("sign_in_unknown", World::of([grace()])),
        ("sign_in_account_disabled", World::of([ada().disabled()])),
        ("sign_in_no_password", World::of([ada().with_password(marker())])),
        ("sign_in_several_accounts", World::of([namesake, second])),
        ("sign_in_wrong_password", World::of([ada().with_required_recovery(true)])),
        ("sign_in_wrong_password", World::of([temporary()])),
    ]
}

#[test]
fn whoever_is_refused_gets_one_answer_after_the_same_calls() {
    for source in [None, Some(home())] {
        for (expected, world) in refused() {
            let finished = sign_in_at(&world, source.clone(), &by_login(), "wrong");
            assert_eq!(code(&finished), expected);
            let answer = finished.unwrap_err().answer();
            assert_eq!(answer, Answer::Refused { tries_left: None }, "{expected}");
            let counts = if source.is_some() { 2 } else { 1 };
            let calls = [&["counters.count"; 2][..counts], &["accounts.find", "counters.count"]];
            assert_eq!(world.calls(), calls.concat(), "{expected}");
        }
    }
}

/// What stands in for nobody is as many as strangers make up: it takes no space from accounts.
#[test]
fn a_sign_in_of_nobody_is_counted_in_a_pool_of_its_own() {
    for (expected, world) in refused() {
        let finished = sign_in_at(&world, Some(home()), &by_login(), "wrong");
        assert_eq!(code(&finished), expected);
        let account = if expected == "sign_in_wrong_password" { "accounts" } else { "nobody" };
        assert_eq!(world.trace.pools(), ["typed", "typed", account], "{expected}");
    }
}

#[test]
fn a_success_writes_nothing() {
    let world = World::new();
    let before = world.attempts().dump();
    let finished = sign_in(&world, &by_email(), OLD);
    assert_eq!(code(&finished), "signed in");
    let calls = ["counters.count", "accounts.find", "counters.count", "accounts.load"];
    assert_eq!(world.calls(), calls);
    assert_eq!(world.attempts().dump(), before);
    assert!(
        world.account("1") == ada().with_password(world.account("1").password().unwrap().clone())
    );
}

#[test]
fn the_limit_of_what_was_typed_is_told_to_known_and_unknown_alike() {
    for lookup in [by_email(), nobody()] {
        let mut world = World::new();
        for _ in 0..10 {
            assert!(matches!(sign_in(&world, &lookup, "wrong"), Err(SignInError::Refused(_))));
        }
        world.calls();
        let until = world.now + Duration::from_secs(5 * 60);
        let throttled = sign_in(&world, &lookup, OLD).unwrap_err();
        assert_eq!(throttled.answer(), Answer::Throttled { until });
        assert_eq!(world.calls(), ["counters.count"]);
        world.wait(5 * 60);
        assert!(!matches!(sign_in(&world, &lookup, OLD), Err(SignInError::Throttled { .. })));
    }
}

#[test]
fn the_limit_of_a_source_goes_for_all_that_is_typed_there() {
    let world = World::new();
    let names = (0..100).map(|number| Lookup::login(&format!("name {number}")).unwrap());
    for name in names {
        let finished = sign_in_at(&world, Some(home()), &name, "wrong");
        assert_eq!(code(&finished), "sign_in_unknown");
    }
    assert_eq!(code(&sign_in_at(&world, Some(home()), &by_login(), OLD)), "sign_in_throttled");
    assert_eq!(code(&sign_in_at(&world, Some(elsewhere()), &by_login(), OLD)), "signed in");
}

/// Ten tries in five minutes for a name are those of one source, where the host tells it.
#[test]
fn a_stranger_elsewhere_does_not_use_up_the_tries_of_the_owner() {
    let world = World::new();
    for _ in 0..20 {
        assert!(sign_in_at(&world, Some(elsewhere()), &by_login(), "wrong").is_err());
    }
    assert_eq!(code(&sign_in_at(&world, Some(elsewhere()), &by_login(), OLD)), "sign_in_throttled");
    assert_eq!(code(&sign_in_at(&world, Some(home()), &by_login(), OLD)), "signed in");
}

/// A hundred tries of an account, of each of its names, from everywhere.
fn spend_the_account(world: &mut World) {
    for number in 0..100 {
        let lookup = if number % 2 == 0 { by_login() } else { by_email() };
        assert_eq!(code(&sign_in(world, &lookup, "wrong")), "sign_in_wrong_password", "{number}");
        world.wait(60);
    }
}

/// Otherwise a stranger could tell from it that two names belong to one account.
#[test]
fn an_account_that_was_tried_too_often_looks_like_a_wrong_password() {
    let mut world = World::new();
    spend_the_account(&mut world);
    world.calls();
    for lookup in [by_login(), by_email()] {
        let finished = sign_in(&world, &lookup, OLD);
        let error = finished.unwrap_err();
        assert!(matches!(error, SignInError::Refused(SignInRefusal::AccountSpent)), "{error:?}");
        assert_eq!(error.answer(), Answer::Refused { tries_left: None });
        assert_eq!(world.calls(), ["counters.count", "accounts.find", "counters.count"]);
    }
    world.wait(24 * 60 * 60);
    assert_eq!(code(&sign_in(&world, &by_login(), OLD)), "signed in");
}

/// NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a row.
#[test]
fn an_account_is_tried_at_most_a_hundred_times_a_day() {
    let mut world = World::new();
    let mut tried = 0;
    for _ in 0..24 * 12 {
        for lookup in [by_login(), by_email()] {
            for _ in 0..3 {
                let finished = sign_in(&world, &lookup, "wrong");
                tried += u32::from(code(&finished) == "sign_in_wrong_password");
            }
        }
        world.wait(299);
    }
    assert_eq!(tried, 100);
}

/// Recovery always remains, and a new password has tries of its own.
#[test]
fn an_owner_whose_tries_are_used_up_resets_and_signs_in() {
    let mut world = World::new();
    spend_the_account(&mut world);
    let _after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    assert_eq!(code(&sign_in(&world, &by_login(), NEW)), "signed in");
}

#[test]
fn a_sign_in_is_counted_before_anything_is_compared() {
    for call in ["counters.count", "accounts.find"] {
        let world = World::new();
        world.trace.fail_next(call);
        let begun = block_on(world.recovery.sign_in(by_login(), Some(home()), world.now));
        assert!(matches!(begun, Err(SignInError::Failed(_))), "{call}");
    }
}

/// What is told about an account follows its right password only.
#[test]
fn required_recovery_and_an_expired_password_are_told_after_the_right_password() {
    let mut world = World::new();
    let end = world.now + Duration::from_secs(60);
    let must_change = MustChange::new(MustChangeReason::Temporary).until(end);
    let expiring = ada().with_must_change(Some(must_change));
    for (account, right) in [
        (ada().with_required_recovery(true), "sign_in_recovery_required"),
        (expiring.clone().with_required_recovery(true), "sign_in_recovery_required"),
        (expiring, "sign_in_password_expired"),
    ] {
        world.put(account);
        if right == "sign_in_password_expired" {
            world.wait(59);
            assert_eq!(code(&sign_in(&world, &by_login(), OLD)), "must change");
            world.wait(1);
        }
        assert_eq!(code(&sign_in(&world, &by_login(), "wrong")), "sign_in_wrong_password");
        assert_eq!(code(&sign_in(&world, &by_login(), OLD)), right);
    }
    world.put(ada().disabled());
    assert_eq!(code(&sign_in(&world, &by_login(), OLD)), "sign_in_account_disabled");
}

/// What changed between the comparison and the end of the sign-in counts: a password that was replaced
/// meanwhile signs nobody in.
#[test]
fn a11_the_last_stage_decides_by_what_is_stored_then() {
    type Change = fn(Account) -> Account;
    let changes: [(Change, &str); 5] = [
        (Account::disabled, "sign_in_account_disabled"),
        (|ada| ada.with_required_recovery(true), "sign_in_recovery_required"),
        (|ada| ada.with_must_change(temporary().must_change()), "must change"),
        (|ada| ada.with_password(hash_of(NEW)), "sign_in_superseded"),
        (|ada| ada.with_password(marker()), "sign_in_superseded"),
    ];
    for (change, expected) in changes {
        for verifier in [Verifier::new(hasher()), stronger()] {
            let world = World::new();
            let begun = block_on(world.recovery.sign_in(by_login(), None, world.now)).unwrap();
            let typed = TypedPassword::new(OLD).unwrap();
            let checked = begun.verify(&typed, &verifier, salt()).unwrap();
            world.put(change(world.account("1")));
            let finished = block_on(world.recovery.finish_sign_in(checked, seed(), world.now));
            assert_eq!(code(&finished), expected);
        }
    }
}

/// With a hash that is outdated, the tag is that of the one which replaces it.
#[test]
fn a11_the_tag_of_a_sign_in_holds_after_its_hash_was_replaced() {
    let world = World::new();
    let begun = block_on(world.recovery.sign_in(by_login(), None, world.now)).unwrap();
    let typed = TypedPassword::new(OLD).unwrap();
    let checked = begun.verify(&typed, &stronger(), salt()).unwrap();
    let finished = block_on(world.recovery.finish_sign_in(checked, seed(), world.now));
    let Ok(SignInOutcome::SignedIn(signed_in)) = finished else { panic!("{finished:?}") };
    assert!(world.account("1") != ada());
    assert!(world.flow().session_holds(&world.account("1"), signed_in.tag().as_str()));
}

/// Work is counted where Argon2 is computed.
#[test]
fn a12_a_sign_in_costs_the_same_whoever_it_is() {
    let cheap = ada();
    let dear = stronger().hasher().hash(&Password::new(OLD).unwrap(), salt()).unwrap();
    let worlds = [
        ("dear", World::of([ada().with_password(dear)])),
        ("cheap", World::of([cheap])),
        ("unreadable", World::of([ada().with_password(PasswordHash::from_stored("x").unwrap())])),
    ];
    for (typed, expected) in [(OLD, 128), ("wrong", 128), ("cafe\u{301}", 256)] {
        for (name, world) in refused().iter().chain(&worlds) {
            let begun = block_on(world.recovery.sign_in(by_login(), None, world.now)).unwrap();
            let typed = TypedPassword::new(typed).unwrap();
            let checked = begun.verify(&typed, &stronger(), salt()).unwrap();
            assert_eq!(checked.comparison().filled_kib(), expected, "{name}");
        }
    }
}

/// While the password has to be changed no session holds: a sign-in yields a ticket, and the change a
/// session.
#[test]
fn a_password_that_has_to_be_changed_yields_a_ticket_and_no_session() {
    let world = World::of([temporary()]);
    let ticket = ticket(sign_in(&world, &by_login(), OLD));
    let [row] = &world.rows()[..] else { panic!("one row") };
    assert_eq!(row.stage().code(), "live");
    let admitted = world.admit_ticket(&ticket).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(after.occasion(), Occasion::Change);
    let tag = after.session_tag().expect("a tag").as_str();
    assert!(world.flow().session_holds(&world.account("1"), tag));
    assert_eq!(world.account("1").must_change(), None);
    // It is used up, and so is every other ticket of the same state.
    assert!(world.admit_ticket(&ticket).is_err());
}

/// Nothing was sent for such a row, so nothing but its ticket proves it: no link and no code, even if
/// somebody could sign one.
#[test]
fn no_link_and_no_code_proves_the_row_of_a_sign_in() {
    let world = World::of([temporary()]);
    let ticket = ticket(sign_in(&world, &by_login(), OLD));
    let row = world.rows().remove(0);
    let scope = world.flow().scope().clone();
    let life = Duration::from_secs(24 * 60 * 60);
    let links = Signer::links(keyring(), scope.clone(), life);
    let link = links.sign(*row.id(), row.expires_at()).unwrap();
    assert_eq!(world.admit_link(link.expose_secret()).unwrap_err().code(), "reset_unknown");
    let handles = Signer::handles(keyring(), scope, life);
    let handle = handles.sign(*row.id(), row.expires_at()).unwrap();
    let refused = world.admit_code(handle.expose_secret(), "BBBB-BBBB").unwrap_err();
    assert_eq!(refused.code(), "reset_wrong_code");
    assert!(world.admit_ticket(&ticket).is_ok());
}

#[test]
fn the_ticket_of_a_sign_in_ends_with_the_password() {
    let mut world = World::new();
    let end = world.now + Duration::from_secs(60);
    let must_change = MustChange::new(MustChangeReason::Temporary).until(end);
    world.put(ada().with_must_change(Some(must_change)));
    let short = ticket(sign_in(&world, &by_login(), OLD));
    assert_eq!(world.admit_ticket(&short).unwrap().usable_until(), end);
    world.wait(60);
    assert_eq!(world.admit_ticket(&short).unwrap_err().code(), "token_expired");

    world.put(temporary());
    let long = ticket(sign_in(&world, &by_login(), OLD));
    world.put(ada().with_password(hash_of("changed at the counter")));
    assert_eq!(world.admit_ticket(&long).unwrap_err().code(), "reset_superseded");
}

/// The owner said "this was not me", or an operator did, after a stranger had signed in with the
/// temporary password.
#[test]
fn the_ticket_of_a_sign_in_changes_nothing_once_recovery_is_required() {
    let world = World::of([temporary()]);
    let ticket = ticket(sign_in(&world, &by_login(), OLD));
    let admitted = world.admit_ticket(&ticket).unwrap();
    world.put(world.account("1").with_required_recovery(true));
    assert_eq!(world.admit_ticket(&ticket).unwrap_err().code(), "reset_recovery_required");
    assert_eq!(world.commit(&admitted, NEW).unwrap_err().code(), "commit_superseded");
    // A link that was asked for resets it.
    assert!(world.admit_link(&world.link()).is_ok());
}

#[test]
fn a_sign_in_of_one_tenant_is_not_finished_by_another() {
    let person = temporary();
    let world = World::of([person.clone()]);
    let acme = world.tenant("acme", [person]);
    let begun = block_on(world.recovery.sign_in(by_login(), None, world.now)).unwrap();
    let typed = TypedPassword::new(OLD).unwrap();
    let checked = begun.verify(&typed, &Verifier::new(hasher()), salt()).unwrap();
    let finished = block_on(acme.recovery.finish_sign_in(checked, seed(), world.now));
    assert_eq!(code(&finished), "sign_in_other_scope");
    let ticket = ticket(sign_in(&world, &by_login(), OLD));
    let refused = block_on(acme.recovery.admit(Proof::Ticket(&ticket), None, world.now));
    assert_eq!(refused.unwrap_err().code(), "token_forged");
}

/// Otherwise a stranger who enters the address of another person in an account of their own would shut
/// that person out, or in.
#[test]
fn the_account_that_proved_the_address_is_the_one_that_signs_in() {
    let strangers = grace()
        .with_email(Email::unverified(Contact::email("ada@example.org").unwrap()))
        .with_password(hash_of("of the stranger"));
    let world = World::of([ada(), strangers]);
    let Ok(SignInOutcome::SignedIn(signed_in)) = sign_in(&world, &by_email(), OLD) else {
        panic!("not signed in")
    };
    assert_eq!(signed_in.account().id(), ada().id());
    assert!(sign_in(&world, &by_email(), "of the stranger").is_err());
}

/// What says whether there is such an account is in no log by accident.
#[test]
fn a_sign_in_shows_nothing_in_debug() {
    for (expected, world) in refused().into_iter().chain([("right", World::new())]) {
        let password = if expected == "right" { OLD } else { "wrong" };
        let begun = block_on(world.recovery.sign_in(by_login(), Some(home()), world.now)).unwrap();
        assert_eq!(format!("{begun:?}"), "SignIn(..)");
        let typed = TypedPassword::new(password).unwrap();
        let checked = begun.verify(&typed, &Verifier::new(hasher()), salt()).unwrap();
        assert_eq!(format!("{checked:?}"), "Checked(..)");
        assert_eq!(format!("{:?}", checked.comparison()), "Comparison(..)");
        assert_eq!(format!("{typed:?} {:?}", home()), "TypedPassword(..) Source(..)");
    }
}
