//! Earlier passwords, the age of the present one, and breaches, on every way to a new password: the wish
//! for a history by time (keycloak#31942, keycloak#30211), and breach checks that only some ways made
//! (fusionauth-issues#3424, #1297).

use core::time::Duration;

use pollster::block_on;
use repass::account::{MustChange, MustChangeReason};
use repass::hash::Verifier;
use repass::policy::{Breach, BreachAnswer, Policy, PolicyBuilder, WhenUnknown};
use repass::recovery::Recovery;
use repass::reset::{Admitted, Delivery, Findings, Proof, SetError};
use repass::secret::Password;
use repass::sign_in::SignInOutcome;

use crate::recovering::{Shared, messages, obtain, over, work};
use crate::sign_in::{salt, sign_in};
use crate::world::{Dice, OLD, ada, at, flow, hasher, id};

const DAY: i64 = 24 * 60 * 60;

fn by_link(recovery: &Recovery<Shared>, dice: &mut Dice, now: i64) -> Admitted {
    let (_, link) = obtain(recovery, Delivery::LINK, dice, at(now));
    block_on(recovery.admit(Proof::Link(&link), None, at(now))).unwrap()
}

fn by_present(recovery: &Recovery<Shared>, present: &str, now: i64) -> Admitted {
    let current = block_on(recovery.current(id(), at(now))).unwrap();
    current.verify(&Password::new(present).unwrap(), &hasher()).unwrap()
}

/// Sets a password under a policy that asks nothing.
fn set(recovery: &Recovery<Shared>, admitted: &Admitted, new: &str, dice: &mut Dice, now: i64) {
    let (new, policy) = (Password::new(new).unwrap(), built(Policy::builder()));
    let change = admitted.set_password(&new, &policy, &hasher(), salt(dice)).unwrap();
    let after = block_on(recovery.commit(change, at(now))).unwrap();
    block_on(recovery.settle(&after, at(now))).unwrap();
    work(recovery, dice, at(now));
    drop(messages(recovery));
}

/// The codes of what is wrong with a new password.
fn refused(admitted: &Admitted, policy: &Policy, findings: &Findings, new: &str) -> Vec<String> {
    let (new, mut dice) = (Password::new(new).unwrap(), Dice(3));
    match admitted.set_password_with(&new, policy, findings, &hasher(), salt(&mut dice)) {
        Ok(_) => vec![],
        Err(SetError::Policy(found)) => found.iter().map(|one| one.code().to_owned()).collect(),
        Err(error) => panic!("{error}"),
    }
}

fn built(policy: PolicyBuilder) -> Policy {
    policy.build().unwrap()
}

/// What is wrong with the new password, given the earlier ones as they are read then.
fn refused_at(
    recovery: &Recovery<Shared>,
    admitted: &Admitted,
    policy: &Policy,
    new: &str,
    now: i64,
) -> Vec<String> {
    let earlier = block_on(recovery.earlier_passwords(admitted, policy, at(now))).unwrap();
    refused(admitted, policy, &Findings::NONE.earlier(earlier), new)
}

/// The passwords "first plum", replaced on day 0, and "second plum", replaced on day 10; the present one
/// is "third plum".
fn with_history(dice: &mut Dice) -> Recovery<Shared> {
    let recovery = over(flow().build().unwrap(), ada(dice));
    let mut present = OLD;
    for (new, now) in [("first plum", -DAY), ("second plum", 0), ("third plum", 10 * DAY)] {
        set(&recovery, &by_present(&recovery, present, now), new, dice, now);
        present = new;
    }
    recovery
}

#[test]
fn e13_an_earlier_password_is_refused_by_its_age() {
    let mut dice = Dice(130);
    let recovery = with_history(&mut dice);
    let policy = built(Policy::builder().not_used_within(30));
    for (now, new, right) in [
        (30 * DAY - 1, "first plum", "password_used_within"),
        (30 * DAY - 1, "second plum", "password_used_within"),
        (30 * DAY, "first plum", ""),
        (30 * DAY, "second plum", "password_used_within"),
        (40 * DAY - 1, "second plum", "password_used_within"),
        (40 * DAY, "second plum", ""),
        // The present one, however old it is.
        (400 * DAY, "third plum", "password_used_before"),
        (30 * DAY - 1, "another plum", ""),
    ] {
        for admitted in
            [by_link(&recovery, &mut dice, now), by_present(&recovery, "third plum", now)]
        {
            let found = refused_at(&recovery, &admitted, &policy, new, now);
            let right: Vec<_> = Some(right).filter(|code| !code.is_empty()).into_iter().collect();
            assert_eq!(found, right, "{new} at {now}");
        }
    }
}

#[test]
fn e13_number_and_age_are_asked_together() {
    let mut dice = Dice(131);
    let recovery = with_history(&mut dice);
    let policy = built(Policy::builder().not_among_last(1).not_used_within(30));
    let now = 35 * DAY;
    let admitted = by_link(&recovery, &mut dice, now);
    let refused = |new| refused_at(&recovery, &admitted, &policy, new, now);
    assert_eq!(refused("second plum"), ["password_used_before", "password_used_within"]);
    assert!(refused("first plum").is_empty());
    let none = refused_without(&admitted, &policy);
    assert_eq!(none, ["password_history_unknown"]);
}

fn refused_without(admitted: &Admitted, policy: &Policy) -> Vec<String> {
    refused(admitted, policy, &Findings::NONE, "another plum")
}

/// The earlier passwords of one account say nothing about another.
#[test]
fn e13_earlier_passwords_of_another_account_are_no_answer() {
    let mut dice = Dice(132);
    let (recovery, other) = (with_history(&mut dice), with_history(&mut dice));
    let account = other.ports().accounts.all().remove(0);
    let stranger = repass::account::AccountId::new("43").unwrap();
    let stranger = repass::account::Account::new(stranger)
        .with_email(account.emails()[0].clone())
        .with_password(account.stored_password().unwrap().clone());
    let other = over(flow().build().unwrap(), stranger);
    let policy = built(Policy::builder().not_among_last(3));
    let theirs = by_link(&other, &mut dice, 20 * DAY);
    let theirs = block_on(other.earlier_passwords(&theirs, &policy, at(20 * DAY))).unwrap();
    let admitted = by_link(&recovery, &mut dice, 20 * DAY);
    let findings = Findings::NONE.earlier(theirs);
    let found = refused(&admitted, &policy, &findings, "first plum");
    assert_eq!(found, ["password_history_unknown"]);
}

#[test]
fn a_password_is_kept_for_its_least_age_unless_it_was_forgotten_or_has_to_be_changed() {
    let mut dice = Dice(133);
    let recovery = with_history(&mut dice);
    let policy = built(Policy::builder().min_age(24));
    let soon = 11 * DAY - 1;
    let present = |now| by_present(&recovery, "third plum", now);
    let changed = ["password_changed_recently"];
    assert_eq!(refused_at(&recovery, &present(soon), &policy, "another plum", soon), changed);
    assert!(refused_at(&recovery, &present(11 * DAY), &policy, "another plum", soon).is_empty());
    let forgotten = by_link(&recovery, &mut dice, soon);
    assert!(refused_at(&recovery, &forgotten, &policy, "another plum", soon).is_empty());

    let account = recovery.ports().accounts.all().remove(0);
    let must = MustChange::new(MustChangeReason::Administrative);
    recovery.ports().accounts.put(account.with_must_change(Some(must)));
    assert!(refused_at(&recovery, &present(soon), &policy, "another plum", soon).is_empty());
}

/// A host that does not store when the password was changed is told, and not passed over.
#[test]
fn the_age_of_a_password_that_nobody_knows_is_not_taken_for_granted() {
    let mut dice = Dice(134);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let policy = built(Policy::builder().min_age(24));
    let admitted = by_present(&recovery, OLD, 0);
    let found = refused_at(&recovery, &admitted, &policy, "another plum", 0);
    assert_eq!(found, ["password_age_unknown"]);
}

/// The old password is compared although nobody passes it on.
#[test]
fn a_signed_in_person_changes_more_than_a_letter() {
    let mut dice = Dice(135);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let policy = built(Policy::builder().min_changed(4));
    let admitted = by_present(&recovery, OLD, 0);
    let found = refused_at(&recovery, &admitted, &policy, "tidal+Engine=1844", 0);
    assert_eq!(found, ["password_too_little_changed"]);
    assert!(refused_at(&recovery, &admitted, &policy, "tidal+Steam=1901", 0).is_empty());
}

/// By a link, by the ticket of it, by the ticket of a sign-in, and by the present password.
#[test]
fn w43_every_way_to_a_new_password_asks_about_breaches_and_about_this_password() {
    let mut dice = Dice(136);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let link = by_link(&recovery, &mut dice, 0);
    let ticket = link.ticket().unwrap().expose_secret().to_owned();
    let ticket = block_on(recovery.admit(Proof::Ticket(&ticket), None, at(1))).unwrap();
    let present = by_present(&recovery, OLD, 1);
    let account = recovery.ports().accounts.all().remove(0);
    let must = MustChange::new(MustChangeReason::Breached);
    recovery.ports().accounts.put(account.with_must_change(Some(must)));
    let at_door = sign_in(&recovery, OLD, &Verifier::new(hasher()), &mut dice, 2).unwrap();
    let SignInOutcome::MustChange(at_door) = at_door else { panic!("{at_door:?}") };
    let at_door = at_door.ticket().expose_secret().to_owned();
    let at_door = block_on(recovery.admit(Proof::Ticket(&at_door), None, at(3))).unwrap();

    let policy = built(Policy::builder().max_breaches(0, WhenUnknown::Accept));
    let about = |password: &str, times| {
        let answer = BreachAnswer::new(&Password::new(password).unwrap(), Breach::seen(times));
        Findings::NONE.breach(answer)
    };
    for admitted in [link, ticket, present, at_door] {
        let refused = |findings| refused(&admitted, &policy, &findings, "another plum");
        assert_eq!(refused(Findings::NONE), ["password_breach_unknown"]);
        assert_eq!(refused(about("yet another", 0)), ["password_breach_unknown"]);
        assert_eq!(refused(about("another plum", 7)), ["password_breached"]);
        assert!(refused(about("another plum", 0)).is_empty());
    }
}

/// However many passwords a host keeps, so many are compared.
#[test]
fn a_history_by_age_is_bounded() {
    let policy = built(Policy::builder().not_used_within(1));
    let new = Password::new("plum").unwrap();
    let mut compared = 0;
    let earlier = core::iter::repeat_n(((), Duration::ZERO), 1000);
    let _ = policy.check_history(&new, earlier, |()| {
        compared += 1;
        false
    });
    assert_eq!(compared, Policy::MOST_WITHIN);
}
