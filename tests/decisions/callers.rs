//! What a trusted caller gets.

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::reset::{FlowBuilder, Proof, TrustedCaller};
use repass::scope::{Purpose, Scope};

use crate::accounts::{by, sharing, unverified, without_password};
use crate::seen::{Seen, known_or_not, row, seen, told, watched};
use crate::world::{World, ada, by_email, by_login, nobody, seed};

fn trusting(builder: FlowBuilder) -> FlowBuilder {
    builder.trusted_caller("portal")
}

fn caller(world: &World) -> TrustedCaller {
    world.flow().trusted_caller("portal").unwrap()
}

fn asked(world: &World, lookup: &Lookup) -> Seen {
    asked_by(world, &caller(world), lookup)
}

fn asked_by(world: &World, caller: &TrustedCaller, lookup: &Lookup) -> Seen {
    let before = world.rows();
    let asked = world.recovery.request_for_caller(caller, lookup.clone(), seed(), world.now);
    match watched(world, || block_on(asked)) {
        Err(error) => {
            let told = told(world, error.answer());
            seen([&told, &row(world, &before), "none", error.code()])
        }
        Ok(entrusted) => {
            let row = row(world, &before);
            let handle = entrusted.handle().expose_secret();
            let proof = Proof::HandledLink { handle, token: entrusted.expose_secret() };
            let admits = block_on(world.recovery.admit(proof, None, world.now)).is_ok();
            let secret = if admits { "admits" } else { "admits nobody" };
            let code = entrusted.report().disclose().code();
            assert!(world.work().is_empty(), "no message is sent");
            seen(["handle and secret", &row, secret, code])
        }
    }
}

fn of<const N: usize>(people: [Account; N]) -> Seen {
    asked(&World::with(trusting, people), &by_email())
}

/// After so many requests that were taken.
fn after(requests: impl IntoIterator<Item = Lookup>, lookup: &Lookup) -> Seen {
    let world = World::with(trusting, [ada()]);
    let caller = caller(&world);
    for request in requests {
        let asked = world.recovery.request_for_caller(&caller, request, seed(), world.now);
        assert!(block_on(asked).is_ok());
    }
    asked_by(&world, &caller, lookup)
}

/// By a caller that a flow of this scope trusts.
fn trusted_in(scope: Scope) -> Seen {
    let world = World::with(trusting, [ada()]);
    let other = world.beside(|builder| trusting(builder).scope(scope));
    asked_by(&world, &caller(&other), &by_email())
}

rows! { "request of a trusted caller":
    one_account "one verified, enabled account with a password" => of([ada()]);
    nobody_found "nobody" => asked(&World::with(trusting, [ada()]), &nobody());
    not_verified "an address that is not verified" => of([unverified()]);
    shared_address "several accounts of one address" => of([ada(), sharing()]);
    no_password "no password" => of([without_password()]);
    disabled "disabled" => of([ada().disabled()]);
    too_many_secrets "5 such secrets within 12 hours already" =>
        after([by_email(), by_login(), by_email(), by_login(), by_email()], &by_email());
    caller_throttled "more than 500 requests of the caller in 5 minutes, known or not" =>
        known_or_not(|lookup| after((0..500).map(|n| by(&format!("user{n}"))), lookup));
    identifier_throttled "asked for more than 10 times in 5 minutes, known or not" =>
        known_or_not(|lookup| after(vec![lookup.clone(); 10], lookup));
    other_tenant "trusted by a flow of another tenant" =>
        trusted_in(Scope::new(Purpose::RESET).for_tenant("acme").unwrap());
    other_purpose "trusted by a flow of another purpose" =>
        trusted_in(Scope::new(Purpose::INVITATION));
}
