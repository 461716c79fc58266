//! What comes of a sign-in.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Email, Lookup, MustChange, MustChangeReason};
use repass::answer::Answered;
use repass::hash::{HashError, Hasher, Verifier};
use repass::secret::{PasswordHash, TypedPassword};
use repass::sign_in::{Checked, SignInError, SignInOutcome};
use repass::throttle::Source;

use crate::accounts::{alter, by, id, marker, named, sharing, without_password};
use crate::passwords::failing;
use crate::seen::{Seen, alike, known_or_not, seen, told, watched};
use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, grace, hash_of, hasher, nobody, salt, seed,
};

fn signed_in(world: &World, lookup: &Lookup, password: &str) -> Seen {
    signed_in_at(world, None, lookup, password)
}

fn signed_in_at(world: &World, source: Option<Source>, lookup: &Lookup, password: &str) -> Seen {
    let checked = watched(world, || checked(world, source, lookup, password, hasher()));
    match checked {
        Ok(Ok(checked)) => finished(world, checked),
        Ok(Err(error)) => seen([&told(world, error.answer()), error.code()]),
        Err(error) => refused(world, &error),
    }
}

fn checked(
    world: &World,
    source: Option<Source>,
    lookup: &Lookup,
    password: &str,
    hasher: Hasher,
) -> Result<Result<Checked, HashError>, SignInError> {
    let begun = block_on(world.recovery.sign_in(lookup.clone(), source, world.now))?;
    Ok(begun.verify(&TypedPassword::new(password).unwrap(), &Verifier::new(hasher), salt()))
}

fn finished(world: &World, checked: Checked) -> Seen {
    match block_on(world.recovery.finish_sign_in(checked, seed(), world.now)) {
        Ok(outcome) => {
            let told = match outcome {
                SignInOutcome::SignedIn(_) => "signed in",
                SignInOutcome::MustChange(_) => "a ticket",
                _ => "another",
            };
            seen([told, outcome.event().code()])
        }
        Err(error) => refused(world, &error),
    }
}

fn refused(world: &World, error: &SignInError) -> Seen {
    let told = told(world, error.answer());
    // What follows a right password is a variant of its own.
    let more = match error {
        SignInError::RecoveryRequired | SignInError::PasswordExpired => ", and may be told why",
        _ => "",
    };
    seen([&(told + more), error.code()])
}

fn of(account: Account, password: &str) -> Seen {
    signed_in(&World::of([account]), &by_login(), password)
}

/// After the password was compared and before the sign-in ends.
fn meanwhile(change: impl FnOnce(&World)) -> Seen {
    let world = World::new();
    let checked = checked(&world, None, &by_login(), OLD, hasher()).unwrap().unwrap();
    change(&world);
    watched(&world, || finished(&world, checked))
}

/// After so many tries by what is typed there.
fn after(tries: usize, by: impl Fn(usize) -> Lookup, source: Source, lookup: &Lookup) -> Seen {
    let world = World::new();
    for number in 0..tries {
        let begun = world.recovery.sign_in(by(number), Some(source.clone()), world.now);
        assert!(block_on(begun).is_ok());
    }
    signed_in_at(&world, Some(source), lookup, OLD)
}

/// 100 tries from many places.
fn spent(password: &str) -> Seen {
    let world = World::new();
    let place = |number: usize| Some(Source::from_text(&format!("place {number}")).unwrap());
    for number in 0..100 {
        assert_eq!(signed_in_at(&world, place(number / 9), &by_login(), OLD)[0], "signed in");
    }
    signed_in_at(&world, place(100), &by_login(), password)
}

fn here() -> Source {
    Source::from_text("here").unwrap()
}

fn stored(text: &str) -> Seen {
    of(ada().with_password(PasswordHash::from_stored(text).unwrap()), OLD)
}

fn temporary(ends_in: u64) -> Account {
    let now = World::of([]).now;
    let must_change = MustChange::new(MustChangeReason::Temporary);
    ada().with_must_change(Some(must_change.until(now + Duration::from_secs(ends_in))))
}

fn unverified_too() -> Seen {
    let address = ada().emails()[0].address().clone();
    let other = grace().with_email(Email::unverified(address));
    signed_in(&World::of([ada(), other]), &by_email(), OLD)
}

fn busy() -> Seen {
    let (failing, stored) = failing(HashError::Busy);
    let world = World::of([ada().with_password(stored)]);
    let error = watched(&world, || checked(&world, None, &by_login(), OLD, failing));
    let error = error.unwrap().unwrap_err();
    seen([&told(&world, error.answer()), error.code()])
}

fn failing_port(call: &'static str) -> Seen {
    let world = World::new();
    world.trace.fail_next(call);
    signed_in(&world, &by_login(), OLD)
}

rows! { "sign-in":
    source_throttled "more than 100 from one source in 5 minutes, known or not" =>
        known_or_not(|lookup| after(100, |n| by(&format!("user{n}")), here(), lookup));
    typed_throttled "more than 10 with one identifier at one source in 5 minutes, known or not" =>
        known_or_not(|lookup| after(10, |_| lookup.clone(), here(), lookup));
    nobody_found "nobody" => signed_in(&World::new(), &nobody(), OLD);
    shared_address "several accounts that verified one address" =>
        signed_in(&World::of([ada(), sharing()]), &by_email(), OLD);
    equal_user_names "several user names that are equally like what was typed" =>
        signed_in(&World::of([named("nora"), named("Nora")]), &by("NORA"), OLD);
    disabled "disabled" => of(ada().disabled(), OLD);
    no_password "no password" => of(without_password(), OLD);
    marker_for_password "a marker in place of a password" => of(ada().with_password(marker()), OLD);
    deleted "deleted after the password was compared" => meanwhile(|world| {
        assert!(world.accounts().remove(&id("1")));
    });
    disabled_meanwhile "disabled after the password was compared" =>
        meanwhile(|world| alter(world, Account::disabled));
    account_spent "more than 100 with the password of the account in 24 hours, right or wrong" =>
        alike([spent(OLD), spent("wrong")]);
    malformed "the stored hash is malformed" => stored("$argon2id$v=19");
    unknown_scheme "the stored hash is of an unknown scheme" => stored("$2b$12$abc");
    wrong "a wrong password, whatever the account demands" => alike([
        of(ada(), "wrong"),
        of(ada().with_required_recovery(true), "wrong"),
        of(temporary(60), "wrong"),
        of(temporary(0), "wrong"),
    ]);
    recovery_required "a right password, and recovery is required" =>
        of(ada().with_required_recovery(true), OLD);
    expired "a right password, temporary and expired" => of(temporary(0), OLD);
    must_change "a right password that has to be changed" => of(temporary(60), OLD);
    right "a right password" => of(ada(), OLD);
    not_verified_by_others "a right password, and others have the address unverified" =>
        unverified_too();
    superseded "a right password, and another one is stored now" =>
        meanwhile(|world| alter(world, |account| account.with_password(hash_of(NEW))));
    busy_now "no hash can be computed now" => busy();
    accounts_failed "the user table failed" =>
        alike([failing_port("accounts.find"), failing_port("accounts.load")]);
    counters_failed "the counters failed" => failing_port("counters.count");
}
