//! 7. Known and unknown look the same.

use pollster::block_on;
use repass::account::{Account, Email, Login, Lookup};
use repass::answer::Answer;
use repass::key::{Key, KeyId};
use repass::reset::{Delivery, Flow, RequestError, Worked};

use crate::world::{
    World, ada, by_email, by_login, code_in, grace, hash_of, keyring, nobody, other_than, outcomes,
    page, seed,
};

/// Ada as she is known, unknown, disabled, without a password, without a proof of her address, one of
/// two who share it, and one of two whose user names differ in letter case.
pub(crate) fn worlds() -> Vec<(&'static str, World, Lookup)> {
    let id = ada().id().clone();
    let passwordless = Account::new(id.clone()).with_email(ada().emails()[0].clone());
    let unreadable = Account::new(id.clone())
        .with_login(ada().login().unwrap().clone())
        .with_unreadable_email()
        .with_password(hash_of("whatever"));
    let unverified = Account::new(id)
        .with_email(Email::unverified(ada().emails()[0].address().clone()))
        .with_password(hash_of("whatever"));
    let namesake = grace().with_login(Login::new("Ada").unwrap());
    let shared = grace().with_email(ada().emails()[0].clone());
    vec![
        ("known", World::of([ada(), grace()]), by_email()),
        ("unknown", World::of([ada(), grace()]), nobody()),
        ("disabled", World::of([ada().disabled()]), by_email()),
        ("passwordless", World::of([passwordless]), by_email()),
        ("unverified", World::of([unverified]), by_email()),
        ("unreadable", World::of([unreadable]), by_login()),
        ("several", World::of([ada(), shared]), by_email()),
        ("ambiguous", World::of([ada(), namesake]), Lookup::login("ADA").unwrap()),
    ]
}

#[test]
fn a_request_never_looks_up() {
    for (name, world, lookup) in worlds() {
        let handle = world.request(&lookup, Delivery::LINK);
        assert_eq!(world.calls(), ["counters.count", "queue.push"], "{name}");
        assert_eq!(handle.len(), 80, "{name}");
    }
}

/// Kirby counted for existing accounts only, so that the limit itself told who exists
/// (CVE-2022-39315).
#[test]
fn known_and_unknown_are_throttled_at_the_same_count() {
    for (name, world, lookup) in worlds() {
        let ask = || {
            let delivery = Delivery::LINK;
            block_on(world.recovery.request(lookup.clone(), delivery, None, seed(), world.now))
        };
        assert!((0..10).all(|_| ask().is_ok()), "{name}");
        let until = world.now + core::time::Duration::from_secs(5 * 60);
        for _ in 0..3 {
            let throttled = ask().unwrap_err();
            assert_eq!(throttled.answer(), Answer::Throttled { until }, "{name}");
        }
    }
}

#[test]
fn spelling_does_not_get_around_the_throttle() {
    let world = World::new();
    let spellings = ["ada@example.org", "ADA@example.org", "Ada@Example.ORG"];
    let ask = |text| {
        let lookup = Lookup::email(text).unwrap();
        block_on(world.recovery.request(lookup, Delivery::LINK, None, seed(), world.now))
    };
    let answered = spellings.iter().cycle().take(30).filter(|text| ask(text).is_ok()).count();
    assert_eq!(answered, 10);
}

#[test]
fn c09_other_forms_and_widths_do_not_get_around_the_throttle() {
    let addresses =
        ["j\u{fc}rg@example.org", "ju\u{308}rg@example.org", "\u{feff}j\u{fc}rg@example.org "];
    let logins = ["j\u{fc}rg", "JU\u{308}RG", "\u{ff4a}\u{fc}\u{ff52}\u{ff47}\u{200b}"];
    for spellings in [addresses, logins] {
        let world = World::new();
        let ask = |text| {
            let lookup = Lookup::email_or_login(text).unwrap();
            block_on(world.recovery.request(lookup, Delivery::LINK, None, seed(), world.now))
        };
        let answered = spellings.iter().cycle().take(30).filter(|text| ask(text).is_ok()).count();
        assert_eq!(answered, 10);
    }
}

/// After a rotation, what is in the queue for somebody and for nobody names the same key.
#[test]
fn entries_for_nobody_name_the_key_of_their_attempt() {
    let world = World::new();
    let key = Key::generate(&mut repass::SysRng).unwrap();
    let rotated = keyring().rotate(KeyId::new(9), key).unwrap();
    let next = world.beside(|_| Flow::builder(rotated, page()));
    let mut entries = Vec::new();
    for lookup in [by_email(), nobody()] {
        world.request(&lookup, Delivery::LINK);
        assert_eq!(next.work_once(1).len(), 1);
        let waiting = next.queue().dump();
        let [entry] = &waiting[..] else { panic!("{waiting:?}") };
        // Version, kind, key id.
        entries.push(entry[..4].to_vec());
        let _worked = next.work();
    }
    assert_eq!(entries, [[1, 2, 0, 7], [1, 2, 0, 7]]);
}

/// A full queue refuses everybody alike, before anybody is looked up.
#[test]
fn a_full_queue_refuses_everybody_alike() {
    let world = World::bounded([ada()], 100, 100, 3);
    for lookup in [by_email(), nobody(), by_login()] {
        world.request(&lookup, Delivery::LINK);
    }
    world.calls();
    for lookup in [by_email(), nobody()] {
        let full =
            block_on(world.recovery.request(lookup, Delivery::LINK, None, seed(), world.now));
        let full = full.unwrap_err();
        assert!(matches!(full, RequestError::Full));
        assert_eq!(full.answer(), Answer::Unavailable);
        assert_eq!(world.calls(), ["counters.count", "queue.push"]);
    }
    // What the requests make is always taken, and then there is space again.
    let _worked = world.work();
    assert!(world.take().is_some());
    world.request(&by_email(), Delivery::LINK);
}

/// The ports see the same statements for everybody, the queue included, up to the limits and beyond
/// them; only what is delivered differs, and that is behind the answer.
/// An error that occurs for known users alone tells who is one (CVE-2021-21424, CVE-2022-39307).
#[test]
fn running_a_request_makes_the_same_calls() {
    let mut seen = Vec::new();
    for (name, mut world, lookup) in worlds() {
        let mut calls = Vec::new();
        for _ in 0..9 {
            world.request(&lookup, Delivery::CODE);
            world.calls();
            let _worked = world.work();
            calls.push(world.calls());
            calls.last_mut().unwrap().retain(|call| !call.starts_with("notifier"));
            world.wait(150);
        }
        seen.push((name, calls));
    }
    let (_, known) = &seen[0];
    let run = ["accounts.find", "attempts.load", "counters.count", "attempts.insert", "queue.push"];
    let expected = [&["queue.claim"], &run[..], &["queue.done"]].concat();
    assert_eq!(known[0][..expected.len()], expected);
    // The message, and then there is nothing more.
    let delivered = ["queue.claim", "queue.done", "queue.claim", "queue.claim"];
    assert_eq!(known[0][expected.len()..], delivered);
    for (name, calls) in &seen {
        assert_eq!(calls, known, "{name}");
    }
}

/// Each request leaves one row and one entry of the queue, a decoy if need be, and a request by address
/// and one by user name cost the same whether or not they name one account.
#[test]
fn a19_requests_by_address_and_by_login_make_the_same_calls() {
    let calls = |lookups: [Lookup; 2]| {
        let world = World::new();
        let rounds = (0..8).flat_map(|_| lookups.clone()).map(|lookup| {
            world.request(&lookup, Delivery::LINK);
            let _worked = world.work_once(1);
            let waiting = world.queue().dump().len();
            let _worked = world.work();
            (world.calls(), world.rows().len(), waiting)
        });
        let mut rounds: Vec<_> = rounds.collect();
        for (calls, _, _) in &mut rounds {
            calls.retain(|call| !call.starts_with("notifier"));
        }
        assert!(rounds.iter().all(|(_, _, waiting)| *waiting == 1));
        rounds
    };
    let same = calls([by_email(), by_login()]);
    for other in [Lookup::login("grace").unwrap(), Lookup::login("nobody").unwrap()] {
        assert_eq!(calls([by_email(), other]), same);
    }
}

/// The table of attempts does not tell decoys from others by how many bytes they have or by what a
/// store can read of them.
#[test]
fn the_columns_of_a_decoy_look_like_those_of_any_row() {
    let columns = |lookup: &Lookup| {
        let world = World::new();
        world.ask(lookup, Delivery::LINK);
        let rows = world.rows();
        let [row] = &rows[..] else { panic!("{rows:?}") };
        (row.scope(), row.stage(), row.expires_at(), row.keep_until(), row.lease_until())
    };
    assert_eq!(columns(&by_email()), columns(&nobody()));
}

/// ASVS 6.3.8; better-auth says "expired" and "too many tries" for known addresses only.
#[test]
fn wrong_codes_get_the_same_answers_and_cost_the_same_calls() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let handle = world.ask(&lookup, Delivery::CODE);
        let wrong = match world.read() {
            Some(text) if name == "known" => other_than(&code_in(&text)),
            _ => "BBBB-BBBB".to_owned(),
        };
        world.calls();
        let answers: Vec<_> = (0..8)
            .map(|_| {
                let refused = world.admit_code(&handle, &wrong).unwrap_err();
                (refused.code(), refused.answer(), format!("{refused} {refused:?}"))
            })
            .collect();
        seen.push((name, answers, world.calls()));
    }
    let (_, answers, calls) = &seen[0];
    for (name, other_answers, other_calls) in &seen {
        assert_eq!(other_answers, answers, "{name}");
        assert_eq!(other_calls, calls, "{name}");
    }
}

/// What others have tried on an account must not show: a spent day looks like a wrong code.
#[test]
fn a_spent_day_does_not_show() {
    let mut world = World::new();
    world.spend_the_day();
    let known = world.ask(&by_email(), Delivery::CODE);
    let unknown = world.ask(&nobody(), Delivery::CODE);
    for _ in 0..6 {
        let [known, unknown] = [&known, &unknown]
            .map(|handle| world.admit_code(handle, "BBBB-BBBB").unwrap_err().answer());
        assert_eq!(known, unknown);
    }
}

/// Django answered otherwise when the mail could not be sent (CVE-2024-45231): here the answer is
/// given before anything is sent.
#[test]
fn a_failing_notifier_does_not_show_in_the_answer() {
    let world = World::new();
    world.trace.fail_next("notifier.deliver");
    assert_eq!(world.request(&by_email(), Delivery::LINK).len(), 80);
    assert!(matches!(world.work()[..], [Worked::Ran(_), Worked::PutOff { .. }]));
}

/// What a page for strangers can show must not hold data of users (GHSA-gpmg-4x4g-mr5r).
#[test]
fn a_report_shows_nothing_until_it_is_opened() {
    let mut found = Vec::new();
    for (_, world, lookup) in worlds() {
        world.request(&lookup, Delivery::LINK);
        let worked = world.work_once(1);
        assert_eq!(format!("{worked:?}"), "[Ran(Report(..))]");
        found.extend(outcomes(&worked));
    }
    let codes: Vec<_> = found.iter().map(|outcome| outcome.code()).collect();
    assert_eq!(
        codes,
        [
            "request_sent",
            "request_unknown",
            "request_disabled",
            "request_no_password",
            "request_unverified",
            "request_unreadable_address",
            "request_several_accounts",
            "request_ambiguous_login"
        ]
    );
}
