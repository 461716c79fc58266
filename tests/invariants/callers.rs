//! Callers that get secrets: 1, 6 and 7.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::reset::{AdmitError, Admitted, Delivery, Entrusted, Flow, Limits, Outcome, Proof};
use repass::reset::{FlowBuilder, FlowError, RequestError};

use crate::same_answers::worlds;
use crate::world::{
    NEW, World, ada, by_email, by_login, grace, keyring, nobody, outcomes, page, seed,
};

fn trusting(builder: FlowBuilder) -> FlowBuilder {
    builder.trusted_caller("portal").trusted_caller("other")
}

fn world_of(people: impl IntoIterator<Item = Account>) -> World {
    World::with(trusting, people)
}

fn ask(world: &World, lookup: &Lookup) -> Result<Entrusted, RequestError> {
    let caller = world.flow().trusted_caller("portal").unwrap();
    block_on(world.recovery.request_for_caller(&caller, lookup.clone(), seed(), world.now))
}

fn admit(world: &World, entrusted: &Entrusted) -> Result<Admitted, AdmitError> {
    let handle = entrusted.handle().expose_secret();
    let proof = Proof::HandledLink { handle, token: entrusted.expose_secret() };
    block_on(world.recovery.admit(proof, None, world.now))
}

#[test]
fn a_trusted_caller_gets_a_secret_that_resets_the_password() {
    let world = world_of([ada(), grace()]);
    let entrusted = ask(&world, &by_email()).unwrap();
    assert_eq!(entrusted.report().disclose(), Outcome::Sent);
    assert_eq!(entrusted.expires_at(), world.now + Duration::from_secs(1800));
    let admitted = admit(&world, &entrusted).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert!(world.signs_in(NEW));
    assert!(admit(&world, &entrusted).is_err());
    // Nothing was sent but the notice of the change.
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
    assert!(world.take().is_none());
}

#[test]
fn only_a_configuration_makes_a_trusted_caller() {
    assert!(World::new().flow().trusted_caller("portal").is_none());
    let world = world_of([ada()]);
    for name in ["Portal", "portal ", "", "third"] {
        assert!(world.flow().trusted_caller(name).is_none(), "{name}");
    }
    // A caller of the service is none of its tenants, and the other way round.
    let acme = world.tenant("acme", [ada()]);
    assert!(acme.flow().trusted_caller("portal").is_none());
    let tenant = world.flow().for_tenant("acme").unwrap().trusted_caller("portal").build().unwrap();
    let caller = tenant.trusted_caller("portal").unwrap();
    world.calls();
    let refused =
        block_on(world.recovery.request_for_caller(&caller, by_email(), seed(), world.now));
    assert!(matches!(refused, Err(RequestError::OtherScope)));
    assert!(world.calls().is_empty());
    for name in ["", "a\nb", &"x".repeat(256)] {
        let built = Flow::builder(keyring(), page()).trusted_caller(name).build();
        assert!(matches!(built, Err(FlowError::Caller(_))), "{name}");
    }
}

/// The answer has the same form, the same expiry and the same calls for everybody, up to the limit and
/// beyond it.
#[test]
fn a_caller_gets_the_same_for_known_and_unknown() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let world = world.beside(trusting);
        let rounds: Vec<_> = (0..8)
            .map(|_| {
                world.calls();
                let entrusted = ask(&world, &lookup).unwrap();
                let right = name == "known" && entrusted.report().disclose() == Outcome::Sent;
                let calls = world.calls();
                let admitted = admit(&world, &entrusted);
                assert_eq!(admitted.is_ok(), right, "{name}");
                if let Err(refused) = admitted {
                    assert_eq!(refused.code(), "reset_unknown", "{name}");
                }
                let lengths =
                    [entrusted.expose_secret().len(), entrusted.handle().expose_secret().len()];
                (calls, lengths, entrusted.expires_at(), format!("{entrusted:?}"))
            })
            .collect();
        assert!(world.work().is_empty(), "{name}");
        seen.push((name, rounds));
    }
    let run = ["counters.count", "counters.count", "accounts.find", "counters.count"];
    let (_, known) = &seen[0];
    assert_eq!(known[0].0, [&run[..], &["attempts.insert"]].concat());
    for (name, rounds) in &seen {
        assert_eq!(rounds, known, "{name}");
    }
}

/// System 002: 25 calls in 5 seconds, and then none.
#[test]
fn a_caller_has_the_limit_that_its_document_says() {
    let limits = Limits::default().requests_of_caller(25, Duration::from_secs(5));
    let mut world = World::with(|builder| trusting(builder).limits(limits), [ada()]);
    let request = |world: &World, number: usize| {
        ask(world, &Lookup::login(&format!("user{number}")).unwrap())
    };
    assert!((0..25).all(|number| request(&world, number).is_ok()));
    world.calls();
    let Err(RequestError::Throttled { until }) = request(&world, 25) else { panic!() };
    assert_eq!(until, world.now + Duration::from_secs(5));
    assert_eq!(world.calls(), ["counters.count"]);
    // Another caller is not affected.
    let other = world.flow().trusted_caller("other").unwrap();
    let asked = world.recovery.request_for_caller(&other, by_email(), seed(), world.now);
    assert!(block_on(asked).is_ok());
    world.wait(5);
    assert!(request(&world, 26).is_ok());
}

/// Somebody who uses the caller without end keeps no message from the owner.
#[test]
fn callers_take_no_message_from_the_owner() {
    let mut world = world_of([ada()]);
    for round in 0..8 {
        let entrusted = ask(&world, &by_login()).unwrap();
        let right = if round < 5 { Outcome::Sent } else { Outcome::TooManySends };
        assert_eq!(entrusted.report().disclose(), right);
    }
    world.wait(5 * 60);
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
}

/// A handle that a caller has does not make a message of an attempt that has none.
#[test]
fn the_attempt_of_a_caller_sends_no_message() {
    for lookup in [by_email(), nobody()] {
        let mut world = world_of([ada()]);
        let entrusted = ask(&world, &lookup).unwrap();
        world.wait(60);
        world.resend(entrusted.handle().expose_secret()).unwrap();
        assert_eq!(outcomes(&world.work()), [Outcome::NotResent]);
        assert!(world.take().is_none());
    }
}
