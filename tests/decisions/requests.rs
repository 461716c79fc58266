//! What happens to a request.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Contact, Email, FieldKind, FieldName, FieldText, Fields, Lookup};
use repass::attempt::AttemptRow;
use repass::key::{Key, KeyId};
use repass::queue::ClaimToken;
use repass::reset::{Delivery, FirstPasswords, Flow, Sms};
use repass::throttle::Source;

use crate::accounts::{
    alter, by, by_phone, marker, named, phone_only, sharing, texting, unverified, with_phone,
    without_password,
};
use crate::seen::{Seen, code, known_or_not, message, row, seen, told, watched};
use crate::world::{
    NEW, World, ada, by_email, by_login, grace, keyring, nobody, page, seed, token_in,
};

const LINK: Delivery = Delivery::LINK;

/// Asks, and lets a worker work.
fn asked(world: &World, lookup: &Lookup, delivery: Delivery) -> Seen {
    asked_at(world, lookup, delivery, None)
}

fn asked_at(world: &World, lookup: &Lookup, delivery: Delivery, source: Option<Source>) -> Seen {
    let before = world.rows();
    let request = world.recovery.request(lookup.clone(), delivery, source, seed(), world.now);
    match watched(world, || block_on(request)) {
        Ok(_) => worked(world, &before),
        Err(error) => {
            let told = told(world, error.answer());
            seen([&told, &message(world, &[]), &row(world, &before), error.code()])
        }
    }
}

/// What a worker does with a request that was taken.
fn worked(world: &World, before: &[AttemptRow]) -> Seen {
    let worked = world.work();
    seen(["handle", &message(world, &worked), &row(world, before), code(&worked)])
}

/// By e-mail address, over these people.
fn of<const N: usize>(people: [Account; N]) -> Seen {
    asked(&World::of(people), &by_email(), LINK)
}

fn choosing<const N: usize>(first: FirstPasswords, people: [Account; N]) -> Seen {
    asked(&World::with(|builder| builder.first_passwords(first), people), &by_email(), LINK)
}

/// To a field that has an address which nobody has verified.
fn to_a_field() -> Seen {
    let fields = Fields::new([("Second", FieldKind::Email)]).unwrap();
    let second = Email::unverified(Contact::email("second@example.org").unwrap());
    let world = World::of([ada().with_email(second.in_field(FieldName::new("Second").unwrap()))]);
    asked(&world, &by_email(), LINK.to(fields.recipient("Second").unwrap()))
}

fn of_one_text() -> Seen {
    let fields = Fields::new([("Customer", FieldKind::Text)]).unwrap();
    let text = |account: Account| {
        account.with_text_in(FieldName::new("Customer").unwrap(), FieldText::new("7").unwrap())
    };
    let world = World::of([text(ada()), text(grace())]);
    asked(&world, &fields.lookup("Customer", "7").unwrap(), LINK)
}

fn several_of_a_phone() -> Seen {
    let world = texting(|sms| sms, [phone_only(), with_phone("2", "+49 30 901820")]);
    asked(&world, &by_phone(), Delivery::CODE)
}

fn the_sixth_message() -> Seen {
    let world = World::new();
    for lookup in [by_email(), by_login(), by_email(), by_login(), by_email()] {
        world.ask(&lookup, LINK);
        assert!(world.take().is_some());
    }
    asked(&world, &by_login(), LINK)
}

/// After one text message to Ada.
fn over_a_cap(caps: impl FnOnce(Sms) -> Sms, ask: impl FnOnce(&World) -> Seen) -> Seen {
    let world = texting(caps, [phone_only(), with_phone("2", "+49 40 123456")]);
    world.ask(&by_phone(), Delivery::CODE);
    assert!(world.take().is_some());
    ask(&world)
}

fn by_other_phone() -> Lookup {
    Lookup::phone("+49 40 123456").unwrap()
}

fn the_eleventh_request(lookup: &Lookup) -> Seen {
    let world = World::new();
    for _ in 0..10 {
        world.request(lookup, LINK);
    }
    let _worked = world.work();
    while world.take().is_some() {}
    asked(&world, lookup, LINK)
}

fn too_many_at_a_source(lookup: &Lookup) -> Seen {
    let world = World::new();
    let source = Source::from_text("here").unwrap();
    for number in 0..50 {
        let lookup = by(&format!("user{number}"));
        let asked = world.recovery.request(lookup, LINK, Some(source.clone()), seed(), world.now);
        assert!(block_on(asked).is_ok());
    }
    let _worked = world.work();
    asked_at(&world, lookup, LINK, Some(source))
}

fn full(lookup: &Lookup) -> Seen {
    let world = World::bounded([ada()], 100, 100, 1);
    world.request(&by("somebody"), LINK);
    let before = world.rows();
    let asked = world.recovery.request(lookup.clone(), LINK, None, seed(), world.now);
    let error = watched(&world, || block_on(asked)).unwrap_err();
    let told = told(&world, error.answer());
    seen([&told, &message(&world, &[]), &row(&world, &before), error.code()])
}

/// The worker crashes before it acknowledges the request, and another one comes once the lease is over.
fn again(between: impl FnOnce(&World, &str)) -> Seen {
    let mut world = World::new();
    world.request(&by_email(), LINK);
    world.trace.fail_next("queue.done");
    let crashed = world.recovery.work(ClaimToken::new(seed()), 1, world.now);
    assert!(block_on(crashed).is_err());
    let _worked = world.work();
    let first = token_in(&world.read().expect("a message"));
    between(&world, &first);
    let before = world.rows();
    world.wait(150);
    let worked = world.work();
    let sent = match world.read() {
        Some(text) if token_in(&text) == first => "the same again",
        Some(_) => "another",
        None => "none",
    };
    let row = if world.rows() == before { "as it was" } else { "another" };
    seen(["handle", sent, row, code(&worked)])
}

fn reset_by(world: &World, token: &str) {
    world.settle(&world.commit(&world.admit_link(token).unwrap(), NEW).unwrap());
    let _notice = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
}

/// A worker comes later.
fn late(meanwhile: impl FnOnce(&mut World)) -> Seen {
    let mut world = World::new();
    world.request(&by_email(), LINK);
    meanwhile(&mut world);
    worked(&world, &[])
}

fn key_retired() -> Seen {
    let world = World::new();
    world.request(&by_email(), LINK);
    let next = Key::generate(&mut repass::SysRng).unwrap();
    let keyring = keyring().rotate(KeyId::new(8), next).unwrap();
    let keyring = keyring.retire(KeyId::new(7), world.now).unwrap();
    worked(&world.driven_by(Flow::builder(keyring, page()).build().unwrap()), &[])
}

rows! { "request":
    one_account "one verified, enabled account with a password" => of([ada(), grace()]);
    nobody_found "nobody" => asked(&World::new(), &nobody(), LINK);
    exact_user_name "several user names, one of them spelt exactly as typed" =>
        asked(&World::of([named("nora"), named("Nora")]), &by("Nora"), LINK);
    letter_case_alone "several user names, one of them different in letter case alone" =>
        asked(&World::of([named("nora"), named("\u{ff4e}ora")]), &by("NORA"), LINK);
    equal_user_names "several user names that are equally like what was typed" =>
        asked(&World::of([named("nora"), named("Nora")]), &by("NORA"), LINK);
    unverified_address "an address that is not verified" => of([unverified()]);
    no_verified_contact "a user name, no contact verified" =>
        asked(&World::of([unverified()]), &by_login(), LINK);
    unreadable_contact "a user name, no contact verified, and one that cannot be read" =>
        asked(&World::of([unverified().with_unreadable_email()]), &by_login(), LINK);
    verified_and_unverified "an account that verified the address, and one that did not" =>
        of([unverified(), sharing()]);
    enabled_and_disabled "an enabled and a disabled account" => of([ada(), sharing().disabled()]);
    with_and_without_password "an account with a password, and one without" =>
        of([without_password(), sharing()]);
    not_in_the_field "verified contacts, but none in the field that it is to be sent to" =>
        to_a_field();
    other_country "a phone in a country that is not allowed" =>
        asked(
            &texting(|_| Sms::to(["+1"]), [phone_only()]),
            &by_phone(),
            Delivery::CODE,
        );
    link_to_a_phone "a phone, and only a link was asked for" =>
        asked(&texting(|sms| sms, [phone_only()]), &by_phone(), LINK);
    one_text "several accounts with one text in a field" => of_one_text();
    shared_address "several accounts of one address that have a password" => of([ada(), sharing()]);
    shared_phone "several accounts of one phone that have a password" => several_of_a_phone();
    no_password "no password" => of([without_password()]);
    marker_for_password "a marker in place of a password" =>
        of([without_password().with_password(marker())]);
    several_without_password "several accounts of one address, none with a password" =>
        of([without_password(), sharing().with_password(marker())]);
    first_password "no password, and the service lets such accounts choose a first one" =>
        choosing(FirstPasswords::WhereAbsent, [without_password()]);
    one_first_password "several without a password, and one of them may choose a first one" =>
        choosing(
            FirstPasswords::WhereAbsent,
            [without_password(), sharing().with_password(marker())],
        );
    several_first_passwords "several without a password that may choose a first one" =>
        choosing(
            FirstPasswords::WhereUnusable,
            [without_password(), sharing().with_password(marker())],
        );
    disabled_account "disabled" => of([ada().disabled()]);
    too_many_messages "5 messages within 12 hours already" => the_sixth_message();
    cap_of_account "the cap of text messages to the account was reached" =>
        over_a_cap(
            |sms| sms.daily_caps(1, 9, 9),
            |world| asked(world, &by_phone(), Delivery::CODE),
        );
    cap_of_tenant "the cap of text messages for the tenant was reached" =>
        over_a_cap(
            |sms| sms.daily_caps(1, 1, 9),
            |world| asked(world, &by_other_phone(), Delivery::CODE),
        );
    cap_of_service "the cap of text messages for the service was reached" =>
        over_a_cap(
            |sms| sms.daily_caps(1, 1, 1),
            |world| {
                let acme = world.tenant("acme", [phone_only()]);
                asked(&acme, &by_phone(), Delivery::CODE)
            },
        );
    identifier_throttled "asked for more than 10 times in 5 minutes, known or not" =>
        known_or_not(the_eleventh_request);
    source_throttled "more than 50 requests from one source in 5 minutes, known or not" =>
        known_or_not(too_many_at_a_source);
    queue_full "too many requests wait, known or not" =>
        known_or_not(full);
    run_again "run again after a crash" => again(|_, _| ());
    run_again_when_used "run again after its secret was used" => again(reset_by);
    run_too_late "run after its secret expired" => late(|world| world.wait(30 * 60));
    run_after_a_change "run for the first time after the password was changed" => late(|world| {
        let changed = world.now + Duration::from_secs(1);
        alter(world, |account| account.with_changed_at(changed));
        world.wait(2);
    });
    run_after_retirement "run after its key was retired" => key_retired();
}
