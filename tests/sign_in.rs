//! The sign-in door over the ports in memory: sources, faults and resets at every step, and what the
//! verifier alone promises.

extern crate alloc;

#[path = "support/recovering.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod recovering;
#[path = "findings/steps.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod steps;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

use std::collections::HashSet;

use pollster::block_on;
use proptest::prelude::*;
use repass::account::{Account, Lookup, MustChange, MustChangeReason};
use repass::answer::Answer;
use repass::hash::{Cost, HashError, Hasher, Verdict, Verifier};
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Proof};
use repass::secret::{Password, PasswordHash, Salt, TypedPassword};
use repass::sign_in::{Checked, SignInError, SignInOutcome, SignInRefusal};
use repass::throttle::{Source, ThrottleKey};

use crate::recovering::{Shared, obtain, over, seed};
use crate::steps::{Event, drive, reset};
use crate::world::{Dice, OLD, ada, at, flow, hasher};

fn stronger() -> Verifier {
    Verifier::new(Hasher::new(Cost::new(64, 1, 1).unwrap()))
}

fn check(
    recovery: &Recovery<Shared>,
    password: &str,
    verifier: &Verifier,
    dice: &mut Dice,
) -> Checked {
    let lookup = Lookup::login("ada").unwrap();
    let begun = block_on(recovery.sign_in(lookup, None, at(0))).unwrap();
    let salt = Salt::generate(dice).unwrap();
    begun.verify(&TypedPassword::new(password).unwrap(), verifier, salt).unwrap()
}

fn account(recovery: &Recovery<Shared>) -> Account {
    recovery.ports().accounts.all().remove(0)
}

fn must_change(account: Account) -> Account {
    account.with_must_change(Some(MustChange::new(MustChangeReason::Temporary)))
}

/// The reset is committed before each call of the ports in turn, and after the last one: whatever the
/// sign-in answers, the old password is gone, and what it gave ends with it.
#[test]
fn a_reset_that_is_committed_at_any_moment_wins() {
    for (outdated, temporary) in [(false, false), (true, false), (false, true)] {
        for moment in 0..5 {
            let mut dice = Dice(70 + moment);
            let person = ada(&mut dice);
            let person = if temporary { must_change(person) } else { person };
            let recovery = over(flow().build().unwrap(), person);
            let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
            let verifier = if outdated { stronger() } else { Verifier::new(hasher()) };
            let checked = check(&recovery, OLD, &verifier, &mut dice);
            let mut other = Dice(90);
            let mut calls = 0;
            let step = recovery.flow().finish_sign_in(checked, seed(&mut dice), at(1));
            let finished = drive(step, recovery.ports(), at(1), |_| {
                if calls == moment && !stale_by_rehash(&recovery, &link) {
                    reset(&recovery, Proof::Link(&link), &mut other, at(1));
                }
                calls += 1;
                Event::Works
            });
            let before = calls > moment;
            let finished = finished.unwrap();
            if !before && !stale_by_rehash(&recovery, &link) {
                reset(&recovery, Proof::Link(&link), &mut other, at(2));
            }
            let name = format!("outdated {outdated}, temporary {temporary}, moment {moment}");
            match finished {
                Ok(SignInOutcome::SignedIn(signed_in)) => {
                    let holds = recovery
                        .flow()
                        .session_holds(&account(&recovery), signed_in.tag().as_str());
                    // A rehash that came first ended the link, as any change of the hash does.
                    assert_eq!(holds, stale_by_rehash(&recovery, &link) && outdated, "{name}");
                }
                Ok(SignInOutcome::MustChange(must_change)) => {
                    let proof = Proof::Ticket(must_change.ticket().expose_secret());
                    assert!(block_on(recovery.admit(proof, None, at(2))).is_err(), "{name}");
                }
                Err(error) => {
                    assert!(matches!(error, SignInError::Superseded), "{name}: {error:?}")
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// Whether the link was ended by a hash that replaced the one that it was made for.
fn stale_by_rehash(recovery: &Recovery<Shared>, link: &str) -> bool {
    let admitted = block_on(recovery.admit(Proof::Link(link), None, at(1)));
    admitted.is_err_and(|error| error.code() == "reset_superseded")
}

/// One fault at each call of both stages with I/O: nobody is signed in by it, and nothing is lost: the
/// next sign-in succeeds.
#[test]
fn a_fault_at_any_call_signs_nobody_in_and_loses_nothing() {
    for temporary in [false, true] {
        for event in [
            Event::FailsBefore,
            Event::FailsAfter,
            Event::CrashesBefore,
            Event::CrashesAfter,
            Event::Twice,
        ] {
            for fault in 0..6 {
                let mut dice = Dice(100);
                let person = ada(&mut dice);
                let person = if temporary { must_change(person) } else { person };
                let recovery = over(flow().build().unwrap(), person);
                let before = account(&recovery);
                let mut calls = 0;
                let mut at_fault = |call: &'static str| {
                    calls += 1;
                    // A rehash that fails does not fail the sign-in.
                    let here = calls - 1 == fault && call != "write";
                    if here { event } else { Event::Works }
                };
                let name = format!("temporary {temporary}, {event:?}, {fault}");
                let right = sign_in(&recovery, OLD, &mut dice, &mut at_fault);
                let failed = calls > fault && event != Event::Twice;
                match right {
                    Some(Ok(SignInOutcome::SignedIn(_))) => assert!(!temporary, "{name}"),
                    Some(Ok(SignInOutcome::MustChange(_))) => assert!(temporary, "{name}"),
                    None | Some(Err(SignInError::Failed(_))) => assert!(failed, "{name}"),
                    other => panic!("{name}: {other:?}"),
                }
                if temporary {
                    assert!(account(&recovery) == before, "{name}");
                }
                let works = &mut |_: &'static str| Event::Works;
                let again = sign_in(&recovery, OLD, &mut dice, works).unwrap();
                assert_eq!(matches!(again, Ok(SignInOutcome::MustChange(_))), temporary, "{name}");
                assert!(again.is_ok(), "{name}: {again:?}");
                assert!(sign_in(&recovery, "wrong", &mut dice, works).unwrap().is_err());
            }
        }
    }
}

fn sign_in(
    recovery: &Recovery<Shared>,
    password: &str,
    dice: &mut Dice,
    event: &mut impl FnMut(&'static str) -> Event,
) -> Option<Result<SignInOutcome, SignInError>> {
    let flow: &Flow = recovery.flow();
    let source = Source::from_text("here").unwrap();
    let begin = flow.sign_in(Lookup::login("ada").unwrap(), Some(source), at(0));
    let begun = match drive(begin, recovery.ports(), at(0), &mut *event)? {
        Ok(begun) => begun,
        Err(error) => return Some(Err(error)),
    };
    let typed = TypedPassword::new(password).unwrap();
    let checked = begun.verify(&typed, &stronger(), Salt::generate(dice).unwrap()).unwrap();
    drive(flow.finish_sign_in(checked, seed(dice), at(0)), recovery.ports(), at(0), event)
}

#[test]
fn two_sign_ins_that_hash_anew_leave_a_hash_that_signs_in() {
    let mut dice = Dice(101);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let first = check(&recovery, OLD, &stronger(), &mut dice);
    let second = check(&recovery, OLD, &stronger(), &mut dice);
    let first = block_on(recovery.finish_sign_in(first, seed(&mut dice), at(1)));
    assert!(matches!(first, Ok(SignInOutcome::SignedIn(_))), "{first:?}");
    // The other cannot know whether the same password was hashed anew or another one was set.
    let second = block_on(recovery.finish_sign_in(second, seed(&mut dice), at(1))).unwrap_err();
    assert_eq!(second.answer(), Answer::Unavailable);
    let again = check(&recovery, OLD, &stronger(), &mut dice);
    assert!(block_on(recovery.finish_sign_in(again, seed(&mut dice), at(2))).is_ok());
}

#[test]
fn every_error_has_a_name_of_its_own_and_an_answer() {
    let refusals = [
        SignInRefusal::Unknown,
        SignInRefusal::SeveralAccounts,
        SignInRefusal::NoPassword,
        SignInRefusal::AccountDisabled,
        SignInRefusal::AccountGone,
        SignInRefusal::AccountSpent,
        SignInRefusal::WrongPassword,
        SignInRefusal::Unreadable(HashError::Malformed),
        SignInRefusal::OtherScope,
    ];
    let errors = refusals.map(SignInError::Refused).into_iter().chain([
        SignInError::Throttled { until: at(0) },
        SignInError::RecoveryRequired,
        SignInError::PasswordExpired,
        SignInError::Superseded,
    ]);
    let mut codes = HashSet::new();
    for error in errors {
        assert!(codes.insert(error.code()), "{}", error.code());
        assert!(!error.to_string().is_empty());
        let expected = match error {
            SignInError::Throttled { until } => Answer::Throttled { until },
            SignInError::Superseded => Answer::Unavailable,
            _ => Answer::Refused { tries_left: None },
        };
        assert_eq!(error.answer(), expected, "{error:?}");
    }
    assert_eq!(codes.len(), 13);
}

#[test]
fn addresses_of_one_client_are_one_source() {
    let of = |text: &str| Source::from_ip(text.parse().unwrap());
    for (one, other, same) in [
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.7", "192.0.2.7", true),
        ("64:ff9b::192.0.2.7", "192.0.2.7", true),
        ("64:ff9b::192.0.2.7", "64:ff9b::192.0.2.8", false),
        // IPv4-compatible addresses are of no use any more (RFC 4291, section 2.5.5.1).
        ("::192.0.2.7", "192.0.2.7", false),
        ("64:ff9b::1:192.0.2.7", "192.0.2.7", false),
    ] {
        assert_eq!(of(one) == of(other), same, "{one} and {other}");
    }
    assert_ne!(Source::from_text("192.0.2.7").unwrap(), of("192.0.2.7"));
    for text in ["", "a\0b", "a\nb", &"x".repeat(256)] {
        let error = Source::from_text(text).unwrap_err();
        assert_eq!((error.code(), error.max_bytes), ("source_invalid", 255));
    }
    assert!(Source::from_text(&"x".repeat(255)).is_ok());
    assert_eq!(format!("{:?}", of("192.0.2.7")), "Source(..)");
}

/// No two of what is typed, where, make one counter.
#[test]
fn counters_of_sign_ins_are_apart() {
    let flow = flow().build().unwrap();
    let keyring = repass::key::Keyring::new(
        repass::key::KeyId::new(1),
        repass::key::Key::from_bytes(&world::key_bytes()).unwrap(),
    );
    let scope = flow.scope();
    let lookups = ["ada", "grace", "ipv4"].map(|name| Lookup::login(name).unwrap());
    let address = Lookup::email("ada@example.org").unwrap();
    let sources =
        ["192.0.2.7", "192.0.2.8", "2001:db8::"].map(|text| Source::from_ip(text.parse().unwrap()));
    let sources = sources.into_iter().chain([Source::from_text("ada").unwrap()]);
    let sources: Vec<_> = sources.map(Some).chain([None]).collect();
    let mut seen = HashSet::new();
    let mut all = 0;
    for kind in ["one", "two"] {
        for source in &sources {
            for lookup in lookups.iter().chain([&address]) {
                seen.insert(ThrottleKey::typed_at(&keyring, scope, kind, lookup, source.as_ref()));
                all += 1;
            }
            if let Some(source) = source {
                seen.insert(ThrottleKey::source(&keyring, scope, kind, source));
                all += 1;
            }
        }
    }
    assert_eq!(seen.len(), all);
}

proptest! {
    /// Whatever is stored, Argon2 fills as much: within the steps that it takes memory in, and an
    /// eighth of the memory where only passes are missing.
    #[test]
    fn the_work_does_not_depend_on_what_is_stored(
        ceiling in (8_u32..200, 1_u32..9),
        stored in (8_u32..200, 1_u32..9),
        wrong in any::<bool>(),
    ) {
        let of = |(memory, passes)| Hasher::new(Cost::new(memory, passes, 1).unwrap());
        let right = Password::new("correct horse").unwrap();
        let hash = of(stored).hash(&right, Salt::generate(&mut Dice(1)).unwrap()).unwrap();
        let verifier = Verifier::new(of(ceiling));
        let typed = TypedPassword::new(if wrong { "wrong" } else { "correct horse" }).unwrap();
        let nobody = verifier.compare(&typed, None).unwrap();
        let compared = verifier.compare(&typed, Some(&hash)).unwrap();
        prop_assert_eq!(nobody.verdict(), Verdict::Mismatch);
        prop_assert_eq!(compared.verdict() == Verdict::Mismatch, wrong);
        let full = u64::from(ceiling.0 * ceiling.1);
        prop_assert_eq!(nobody.filled_kib(), full);
        if compared.above_ceiling().is_some() {
            let own = u64::from(stored.0 * stored.1);
            prop_assert!(own > full || stored.0 > ceiling.0);
        } else {
            // Less than a step for each pass is left out, as many passes as go over 8 KiB at least.
            let passes = u64::from(ceiling.1) * 8 + 2;
            // And less than one of 8 KiB more, where a part would be smaller than that.
            let (least, most) =
                (full.saturating_sub(8 * passes), full + u64::from(ceiling.0 / 8).max(8) + 8);
            let filled = compared.filled_kib();
            prop_assert!((least..=most).contains(&filled), "{filled} of {full}");
        }
        let unreadable = PasswordHash::from_stored("plain").unwrap();
        let unreadable = verifier.compare(&typed, Some(&unreadable)).unwrap();
        prop_assert_eq!(unreadable.filled_kib(), full);
        prop_assert_eq!(unreadable.unreadable(), Some(HashError::UnsupportedScheme));
    }
}
