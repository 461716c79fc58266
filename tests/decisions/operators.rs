//! What operators may do. Grace, whose id is 2, is the operator; Ada's is 1.

use pollster::block_on;
use repass::account::{Account, MustChange, MustChangeReason};
use repass::event::Event;
use repass::reset::{
    Administered, Delivery, FlowBuilder, OperatorError, Operators, Sms, StartError, Target,
};

use crate::accounts::{alter, bare, by, id, phone_only, sharing, without_password};
use crate::seen::{Seen, alike, seen, told, watched};
use crate::world::{NEW, OLD, World, ada, by_email, by_login, grace, hash_of, nobody, seed};

fn handing_over(builder: FlowBuilder) -> FlowBuilder {
    builder.operators(Operators::HandOverSecrets)
}

/// Grace administers this account.
fn world(account: Account) -> World {
    configured(handing_over, account)
}

fn configured(configure: impl FnOnce(FlowBuilder) -> FlowBuilder, account: Account) -> World {
    let world = World::with(configure, [account, grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    world
}

fn administer(world: &World, target: impl Into<Target>) -> Result<Administered, OperatorError> {
    block_on(world.recovery.administer(&id("2"), target, world.now))
}

fn asked(world: &World, target: impl Into<Target>) -> Seen {
    match watched(world, || administer(world, target)) {
        Ok(administered) => seen(["admitted", administered.event().code()]),
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn too_many() -> Seen {
    let world = World::new();
    for _ in 0..60 {
        assert_eq!(asked(&world, nobody())[1], "operator_unknown_account");
    }
    alike([asked(&world, by_login()), asked(&world, nobody())])
}

fn hand_over_off() -> Seen {
    let world = configured(|builder| builder, ada());
    let administered = administer(&world, id("1")).unwrap();
    let refused = watched(&world, || administered.hand_over().map(|_| ())).unwrap_err();
    seen([&told(&world, refused.answer()), refused.code()])
}

fn failing(call: &'static str) -> Seen {
    let world = world(ada());
    world.trace.fail_next(call);
    asked(&world, by_login())
}

/// Demands a change of the password, after something happened.
fn demanded(account: Account, meanwhile: impl FnOnce(&mut World)) -> Seen {
    let mut world = world(account);
    let administered = administer(&world, id("1")).unwrap();
    meanwhile(&mut world);
    let reason = MustChangeReason::Administrative;
    let demanded = world.recovery.require_change(&administered, reason, world.now);
    match watched(&world, || block_on(demanded)) {
        Ok(event) => seen(["done", event.code()]),
        Err(error) => seen([&told(&world, error.answer()), error.code()]),
    }
}

/// The operators of the table were changed since.
fn without_operators(world: &mut World) {
    *world = World { now: world.now, ..World::with(handing_over, world.accounts().all()) };
}

fn started(world: &World, start: Result<Event, StartError>) -> Seen {
    match start {
        Ok(event) => seen(["started", event.code()]),
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn sent_by(world: &World, administered: &Administered) -> Seen {
    let sent = world.recovery.send_reset(administered, Delivery::LINK, seed(), world.now);
    started(world, watched(world, || block_on(sent)).map(|sent| sent.event()))
}

fn spoken_by(world: &World, administered: &Administered) -> Seen {
    let hand_over = administered.hand_over().unwrap();
    let spoken = world.recovery.spoken_secret(hand_over, seed(), world.now);
    started(world, watched(world, || block_on(spoken)).map(|spoken| spoken.event()))
}

fn sent(world: &World) -> Seen {
    sent_by(world, &administer(world, id("1")).unwrap())
}

fn spoken(world: &World) -> Seen {
    spoken_by(world, &administer(world, id("1")).unwrap())
}

fn started_late() -> Seen {
    let mut world = world(ada());
    let administered = administer(&world, id("1")).unwrap();
    world.wait(10 * 60);
    alike([sent_by(&world, &administered), spoken_by(&world, &administered)])
}

/// Of so many that are allowed, the next.
fn next(allowed: u32, start: fn(&World) -> Seen) -> Seen {
    let world = world(ada());
    for _ in 0..allowed {
        assert_eq!(start(&world)[0], "started");
    }
    start(&world)
}

fn over_the_cap() -> Seen {
    let texting = |builder: FlowBuilder| {
        handing_over(builder).sms(Sms::to(["+49"]).links().daily_caps(1, 9, 9))
    };
    let world = configured(texting, phone_only());
    assert_eq!(sent(&world)[0], "started");
    sent(&world)
}

rows! { "operator":
    throttled "more than 60 accounts in 60 minutes, known or not" => too_many();
    unknown "the account is unknown" => alike([
        asked(&world(ada()), nobody()),
        asked(&world(ada()), id("3")),
    ]);
    several "several accounts of one address" =>
        asked(&World::of([ada(), sharing()]), by_email());
    oneself "the operator's own account" => alike([
        asked(&world(ada()), by("grace")),
        asked(&world(ada()), id("2")),
    ]);
    not_allowed "may_administer says no" => asked(&World::new(), by_login());
    disabled "the account is disabled" => asked(&world(ada().disabled()), by_login());
    admitted "may_administer says yes" => asked(&world(ada()), by_login());
    accounts_failed "the user table failed" => alike([
        failing("accounts.find"),
        failing("accounts.may_administer"),
    ]);
    counters_failed "the counters failed" => failing("counters.count");
    hands_over "hands something over, and the service does not allow that" => hand_over_off();
    demand "demands a change" => demanded(ada(), |_| ());
    demand_again "demands a change that is demanded already" => demanded(
        ada().with_must_change(Some(MustChange::new(MustChangeReason::Temporary))),
        |_| (),
    );
    demand_late "demands a change ten minutes after being admitted" =>
        demanded(ada(), |world| world.wait(10 * 60));
    demand_without_password "demands a change of an account without a password" =>
        demanded(without_password(), |_| ());
    demand_former "demands a change, and may_administer says no by now" =>
        demanded(ada(), without_operators);
    demand_superseded "demands a change of a password that was changed since" =>
        demanded(ada(), |world| alter(world, |account| account.with_password(hash_of(NEW))));
    demand_unsupported "demands a change, and the table cannot store it" =>
        demanded(ada(), |world| world.trace.answer_stale());
    demand_failed "demands a change, and the user table failed" =>
        demanded(ada(), |world| world.trace.fail_next("accounts.write"));
    sends "sends a link" => sent(&world(ada()));
    reads_out "reads a secret out" => spoken(&world(bare().with_password(hash_of(OLD))));
    starts_late "sends or reads out ten minutes after being admitted" => started_late();
    no_address "sends to an account without a verified contact" =>
        sent(&world(bare().with_password(hash_of(OLD))));
    sends_throttled "5 messages of operators to the mailbox within 12 hours already" =>
        next(5, sent);
    spoken_throttled "10 secrets were read out for the account within 60 minutes already" =>
        next(10, spoken);
    sms_cap "the cap of text messages to the account was reached" => over_the_cap();
}
