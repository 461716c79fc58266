//! Telling whether there is an account, where a service has decided to: 7.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::reset::{Delivery, Disclosed, Outcome, RequestError};
use repass::throttle::Source;

use crate::same_answers::worlds;
use crate::world::{World, ada, by_email, by_login, nobody};

fn disclosing(people: impl IntoIterator<Item = Account>) -> World {
    World::with(|builder| builder.disclose_accounts(), people)
}

fn disclose(world: &World, lookup: Lookup) -> Result<Disclosed, RequestError> {
    let disclosure = world.flow().disclosure().unwrap();
    block_on(world.recovery.disclose(&disclosure, lookup, None, world.now))
}

#[test]
fn a_service_that_has_not_decided_to_discloses_nothing() {
    assert!(World::new().flow().disclosure().is_none());
}

/// System 001 tells unknown, several and all others apart, and nobody is told more: a disabled account
/// is one, and so is one without a password.
#[test]
fn a_disclosure_is_coarse() {
    let found = worlds().into_iter().map(|(name, world, lookup)| {
        let world = world.beside(|builder| builder.disclose_accounts());
        (name, disclose(&world, lookup).unwrap())
    });
    let (known, several) = (Disclosed::Known, Disclosed::Several);
    let right = [
        ("known", known),
        ("unknown", Disclosed::Unknown),
        ("disabled", known),
        ("passwordless", known),
        ("unverified", known),
        ("unreadable", known),
        ("several", several),
        ("ambiguous", several),
    ];
    assert_eq!(found.collect::<Vec<_>>(), right);
    let codes = right.map(|(_, disclosed)| disclosed.code());
    assert_eq!(codes[..2], ["account_known", "account_unknown"]);
    assert_eq!(codes[7], "account_several");
}

#[test]
fn a_disclosure_is_counted_before_it_looks_up() {
    for lookup in [by_email(), nobody()] {
        let world = disclosing([ada()]);
        for _ in 0..10 {
            world.calls();
            assert!(disclose(&world, lookup.clone()).is_ok());
            assert_eq!(world.calls(), ["counters.count", "accounts.find"]);
        }
        let Err(RequestError::Throttled { until }) = disclose(&world, lookup) else { panic!() };
        assert_eq!(until, world.now + Duration::from_secs(300));
        assert_eq!(world.calls(), ["counters.count"]);
    }
}

#[test]
fn a_source_can_have_fifty_disclosures_in_five_minutes() {
    let world = disclosing([ada()]);
    let disclosure = world.flow().disclosure().unwrap();
    let ask = |number: usize, source: &str| {
        let lookup = Lookup::login(&format!("user{number}")).unwrap();
        let source = Source::from_text(source).unwrap();
        block_on(world.recovery.disclose(&disclosure, lookup, Some(source), world.now))
    };
    let answered = (0..200).filter(|number| ask(*number, "here").is_ok()).count();
    assert_eq!(answered, 50);
    assert!(ask(200, "there").is_ok());
}

/// Strangers who ask whether there is an account keep its owner from nothing.
#[test]
fn disclosures_take_no_request_from_the_owner() {
    let world = disclosing([ada()]);
    for lookup in [by_email(), by_login()] {
        let answered = (0..20).filter(|_| disclose(&world, lookup.clone()).is_ok()).count();
        assert_eq!(answered, 10);
        assert_eq!(world.outcome(&lookup, Delivery::LINK), Outcome::Sent);
    }
}

/// What one service has decided, another has not.
#[test]
fn a_disclosure_of_another_tenant_discloses_nothing() {
    let world = disclosing([ada()]);
    let acme = world.tenant("acme", [ada()]);
    let disclosure = acme.flow().disclosure().unwrap();
    world.calls();
    let refused = block_on(world.recovery.disclose(&disclosure, by_email(), None, world.now));
    assert!(matches!(refused, Err(RequestError::OtherScope)));
    assert!(world.calls().is_empty());
}
