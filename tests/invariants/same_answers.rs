//! 7. Known and unknown look the same.

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::reset::Delivery;
use repass::service::RequestError;

use crate::world::{World, ada, by_email, code_in, grace, hash_of, nobody, other_than, seed};

/// Ada as she is known, unknown, disabled, and without a password.
fn worlds() -> Vec<(&'static str, World, Lookup)> {
    let world = |people: Vec<Account>| World::with(|builder| builder, people);
    let passwordless = Account::new(ada().id().clone()).with_email(ada().emails()[0].clone());
    let unverified = Account::new(ada().id().clone())
        .with_email(repass::account::Email::unverified(ada().emails()[0].address().clone()))
        .with_password(hash_of("whatever"));
    vec![
        ("known", world(vec![ada(), grace()]), by_email()),
        ("unknown", world(vec![ada(), grace()]), nobody()),
        ("disabled", world(vec![ada().disabled()]), by_email()),
        ("passwordless", world(vec![passwordless]), by_email()),
        ("unverified", world(vec![unverified]), by_email()),
    ]
}

#[test]
fn a_request_never_looks_up() {
    for (name, world, lookup) in worlds() {
        let request = world.request(&lookup, Delivery::EmailLink);
        assert_eq!(world.calls(), ["store.count"], "{name}");
        assert_eq!(request.handle().expose_secret().len(), 80, "{name}");
    }
}

/// Kirby counted for existing accounts only, so that the limit itself told who exists
/// (CVE-2022-39315).
#[test]
fn known_and_unknown_are_throttled_at_the_same_count() {
    for (name, world, lookup) in worlds() {
        let ask = || {
            block_on(world.service.request(lookup.clone(), Delivery::EmailLink, seed(), world.now))
        };
        assert!((0..10).all(|_| ask().is_ok()), "{name}");
        let ends_at = world.now.unix_timestamp() + 60 * 60;
        for _ in 0..3 {
            let throttled = ask().unwrap_err();
            assert!(
                matches!(throttled, RequestError::Throttled { ends_at: at } if at == ends_at),
                "{name}: {throttled}"
            );
        }
    }
}

#[test]
fn spelling_does_not_get_around_the_throttle() {
    let world = World::new();
    let spellings = ["ada@example.org", "ADA@example.org", "Ada@Example.ORG"];
    let ask = |text| {
        let lookup = Lookup::email(text).unwrap();
        block_on(world.service.request(lookup, Delivery::EmailLink, seed(), world.now))
    };
    let answered = spellings.iter().cycle().take(30).filter(|text| ask(text).is_ok()).count();
    assert_eq!(answered, 10);
}

/// The tables see the same statements for everybody, up to the limits and beyond them; only the
/// notifier's part differs, and that is behind the answer.
#[test]
fn running_a_request_asks_the_tables_the_same() {
    let mut seen = Vec::new();
    for (name, mut world, lookup) in worlds() {
        let mut calls = Vec::new();
        for _ in 0..9 {
            let request = world.request(&lookup, Delivery::EmailCode);
            world.calls();
            let _report = block_on(world.service.run(&request, world.now)).unwrap();
            calls.push(world.calls());
            calls.last_mut().unwrap().retain(|call| !call.starts_with("notifier"));
            world.wait(150);
        }
        seen.push((name, calls));
    }
    let (_, known) = &seen[0];
    assert_eq!(known[0], ["accounts.find", "store.insert", "store.count", "store.count"]);
    for (name, calls) in &seen {
        assert_eq!(calls, known, "{name}");
    }
}

/// ASVS 6.3.8; better-auth says "expired" and "too many tries" for known addresses only.
#[test]
fn wrong_codes_get_the_same_answers_and_cost_the_same_calls() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let request = world.ask(&lookup, Delivery::EmailCode);
        let wrong = match world.read_letter() {
            Some(letter) => other_than(&code_in(&letter)),
            None => "BBBB-BBBB".to_owned(),
        };
        world.calls();
        let answers: Vec<_> = (0..8)
            .map(|_| {
                let refused = world.admit_code(request.handle().expose_secret(), &wrong);
                let refused = refused.unwrap_err();
                (refused.code(), refused.outward(), format!("{refused} {refused:?}"))
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
    let known = world.ask(&by_email(), Delivery::EmailCode);
    let unknown = world.ask(&nobody(), Delivery::EmailCode);
    for _ in 0..6 {
        let [known, unknown] = [&known, &unknown].map(|request| {
            world.admit_code(request.handle().expose_secret(), "BBBB-BBBB").unwrap_err().outward()
        });
        assert_eq!(known, unknown);
    }
}

/// Django answered otherwise when the mail could not be sent (CVE-2024-45231): here the answer is
/// given before anything is sent.
#[test]
fn a_failing_notifier_does_not_show_in_the_answer() {
    let world = World::new();
    world.trace.fail_next("notifier.letter");
    let request = world.request(&by_email(), Delivery::EmailLink);
    assert_eq!(request.handle().expose_secret().len(), 80);
    assert!(block_on(world.service.run(&request, world.now)).is_err());
}

#[test]
fn a_report_shows_nothing_until_it_is_opened() {
    let mut shown = Vec::new();
    for (_, world, lookup) in worlds() {
        let request = world.request(&lookup, Delivery::EmailLink);
        let report = block_on(world.service.run(&request, world.now)).unwrap();
        shown.push((format!("{report:?}"), report.disclose().code()));
    }
    assert!(shown.iter().all(|(debug, _)| debug == "Report(..)"));
    let outcomes: Vec<_> = shown.iter().map(|(_, outcome)| *outcome).collect();
    assert_eq!(
        outcomes,
        [
            "request_sent",
            "request_unknown",
            "request_disabled",
            "request_no_password",
            "request_unverified"
        ]
    );
}
