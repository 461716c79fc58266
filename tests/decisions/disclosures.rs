//! What is told about an identifier, where a service has decided to tell it.

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::reset::{Disclosed, Disclosure};
use repass::throttle::Source;

use crate::accounts::{by, marker, named, sharing, unverified, without_password};
use crate::seen::{Seen, alike, known_or_not, seen, told, watched};
use crate::world::{World, ada, by_email, nobody};

fn world<const N: usize>(people: [Account; N]) -> World {
    World::with(|builder| builder.disclose_accounts(), people)
}

fn asked(world: &World, lookup: &Lookup, source: Option<Source>) -> Seen {
    asked_with(world, &world.flow().disclosure().unwrap(), lookup, source)
}

fn asked_with(
    world: &World,
    disclosure: &Disclosure,
    lookup: &Lookup,
    source: Option<Source>,
) -> Seen {
    let asked = world.recovery.disclose(disclosure, lookup.clone(), source, world.now);
    match watched(world, || block_on(asked)) {
        Ok(disclosed) => {
            let told = match disclosed {
                Disclosed::Unknown => "there is none",
                Disclosed::Several => "there are several",
                Disclosed::Known => "there is one",
            };
            seen([told, disclosed.code()])
        }
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn of<const N: usize>(people: [Account; N]) -> Seen {
    asked(&world(people), &by_email(), None)
}

/// After so many that were answered.
fn after(asked_before: Vec<Lookup>, lookup: &Lookup, source: Source) -> Seen {
    let world = world([ada()]);
    for before in asked_before {
        let [_, code] = &asked(&world, &before, Some(source.clone()))[..] else { panic!() };
        assert!(code.starts_with("account_"), "{code}");
    }
    asked(&world, lookup, Some(source))
}

fn somebody(number: usize) -> Lookup {
    by(&format!("user{number}"))
}

fn here() -> Source {
    Source::from_text("here").unwrap()
}

fn portal() -> Source {
    Source::caller("portal").unwrap()
}

rows! { "disclosure":
    nobody_found "nobody" => asked(&world([ada()]), &nobody(), None);
    shared_address "several accounts of one address" => of([ada(), sharing()]);
    equal_user_names "several user names that are equally like what was typed" =>
        asked(&world([named("nora"), named("Nora")]), &by("NORA"), None);
    one_account "one account, whatever its state" => alike([
        of([ada()]),
        of([ada().disabled()]),
        of([unverified()]),
        of([without_password()]),
        of([without_password().with_password(marker())]),
        of([ada().with_required_recovery(true)]),
    ]);
    identifier_throttled "asked for more than 10 times in 5 minutes, known or not" =>
        known_or_not(|lookup| after(vec![lookup.clone(); 10], lookup, here()));
    source_throttled "more than 50 disclosures to one source in 5 minutes, known or not" =>
        known_or_not(|lookup| after((0..50).map(somebody).collect(), lookup, here()));
    caller_throttled "more than 500 disclosures to one caller in 5 minutes, known or not" =>
        known_or_not(|lookup| after((0..500).map(somebody).collect(), lookup, portal()));
    other_tenant "allowed by a flow of another tenant" => {
        let world = world([ada()]);
        let disclosure = world.tenant("acme", [ada()]).flow().disclosure().unwrap();
        asked_with(&world, &disclosure, &by_email(), None)
    };
}
