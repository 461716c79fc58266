//! Text messages that are sent again: 6, 7 and 8.

use repass::account::{Account, AccountId, Channel, Contact, Login, Lookup, Phone};
use repass::code::ResendPolicy;
use repass::message::MessageKind;
use repass::reset::{Delivery, Outcome, Sms};

use crate::world::{NEW, OLD, World, ada, by_email, by_login, hash_of, nobody, outcomes};

fn with_sms(sms: Sms, person: Account) -> World {
    World::with(|flow| flow.sms(sms).resend(ResendPolicy::NewCode), [person])
}

/// Ada without an e-mail address.
fn phone_only() -> Account {
    Account::new(AccountId::new("1").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_phone(phone())
        .with_password(hash_of(OLD))
}

fn phone() -> Phone {
    Phone::verified(Contact::phone("+49 30 90-1820").unwrap())
}

fn by_phone() -> Lookup {
    Lookup::phone("+49 30 901820").unwrap()
}

/// The code of the text message that was sent last.
fn sent_code(world: &World) -> String {
    let message = world.take().expect("a message");
    assert_eq!((message.channel(), message.kind()), (Channel::SMS, MessageKind::Code));
    assert_eq!(message.to().as_str(), "+49 30 90-1820");
    message.expose_secret().split(' ').next().unwrap().to_owned()
}

fn resend(world: &World, handle: &str) -> Vec<Outcome> {
    world.resend(handle).unwrap();
    outcomes(&world.work())
}

#[test]
fn a_text_message_is_sent_again_to_the_same_phone() {
    // Also where an address of the account comes first.
    for person in [phone_only(), ada().with_phone(phone())] {
        let mut world = with_sms(Sms::to(["+49"]), person);
        let handle = world.ask(&by_phone(), Delivery::LINK_AND_CODE);
        let first = sent_code(&world);
        world.wait(60);
        assert_eq!(resend(&world, &handle), [Outcome::Resent]);
        let second = sent_code(&world);
        assert_ne!(first, second);
        let admitted = world.admit_code(&handle, &second).unwrap();
        assert!(world.commit(&admitted, NEW).is_ok());
    }
}

/// The last code that was sent stays good where a cap keeps the next one back.
#[test]
fn text_messages_that_are_sent_again_count_for_the_caps() {
    for (caps, reached) in [([2, 9, 9], Outcome::SmsCapOfAccount), ([9, 9, 9], Outcome::Resent)] {
        let sms = Sms::to(["+49"]).daily_caps(caps[0], caps[1], caps[2]);
        let mut world = with_sms(sms, phone_only());
        let handle = world.ask(&by_phone(), Delivery::CODE);
        let _first = sent_code(&world);
        world.wait(60);
        assert_eq!(resend(&world, &handle), [Outcome::Resent]);
        let second = sent_code(&world);
        world.wait(120);
        assert_eq!(resend(&world, &handle), [reached]);
        assert_eq!(world.take().is_some(), reached == Outcome::Resent);
        assert_eq!(world.admit_code(&handle, &second).is_ok(), reached != Outcome::Resent);
    }
}

#[test]
fn a_text_message_that_is_sent_again_has_no_long_link() {
    let mut world = with_sms(Sms::to(["+49"]).daily_caps(9, 9, 9), phone_only());
    for _ in 0..3 {
        world.ask(&by_phone(), Delivery::CODE);
        let _code = sent_code(&world);
    }
    // The fourth and the fifth.
    let handle = world.ask(&by_phone(), Delivery::CODE);
    let _fourth = sent_code(&world);
    world.wait(60);
    assert_eq!(resend(&world, &handle), [Outcome::Resent]);
    let _fifth = sent_code(&world);
}

#[test]
fn nothing_is_sent_again_to_a_country_that_is_no_longer_allowed() {
    let mut world = with_sms(Sms::to(["+49"]), phone_only());
    let handle = world.ask(&by_phone(), Delivery::CODE);
    let _first = sent_code(&world);
    world.wait(60);
    let world = world.beside(|flow| flow.sms(Sms::to(["+44"])));
    assert_eq!(resend(&world, &handle), [Outcome::NotResent]);
    assert!(world.take().is_none());
}

/// Whatever the channel is, whoever is known, and whichever cap was reached.
#[test]
fn a_resend_makes_the_same_calls_where_text_messages_are_configured() {
    let sms = || Sms::to(["+49"]);
    let worlds = [
        ("by phone", with_sms(sms(), phone_only()), by_phone()),
        ("capped", with_sms(sms().daily_caps(2, 2, 2), phone_only()), by_login()),
        ("by mail", with_sms(sms(), ada().with_phone(phone())), by_email()),
        ("disabled", with_sms(sms(), phone_only().disabled()), by_phone()),
        ("unknown phone", with_sms(sms(), ada()), by_phone()),
        ("unknown", with_sms(sms(), ada()), nobody()),
    ];
    let mut seen = Vec::new();
    for (name, mut world, lookup) in worlds {
        let handle = world.ask(&lookup, Delivery::CODE);
        let mut calls = Vec::new();
        for wait in [60, 120, 240] {
            world.wait(wait);
            world.calls();
            let _outcomes = resend(&world, &handle);
            calls.extend(world.calls());
        }
        calls.retain(|call| !call.starts_with("notifier"));
        seen.push((name, calls));
    }
    let (_, known) = &seen[0];
    let counts = known.iter().filter(|call| **call == "counters.count").count();
    assert_eq!(counts, 3 * 4);
    for (name, calls) in &seen {
        assert_eq!(calls, known, "{name}");
    }
}
