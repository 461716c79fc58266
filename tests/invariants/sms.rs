//! 8. Text messages go to verified phones in allowed countries, within caps, with a code or a link;
//! 7. and nobody can tell from the calls who has a phone.

use repass::account::{
    Account, AccountId, Channel, Contact, Email, FieldKind, FieldName, FieldText, Fields, Login,
    Lookup, Phone,
};
use repass::key::{Key, KeyId};
use repass::message::{Message, MessageKind, Segments};
use repass::reset::{Delivery, Flow, FlowError, Outcome, SealedError, Sms, SmsError, Worked};

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, code_in, grace, hash_of, keyring, nobody, page,
};

fn german() -> Sms {
    Sms::to(["+49"])
}

fn with_sms(sms: Sms, people: impl IntoIterator<Item = Account>) -> World {
    World::with(|flow| flow.sms(sms), people)
}

fn number(text: &str) -> Contact {
    Contact::phone(text).unwrap()
}

/// Ada with a verified number.
fn ada_with_phone() -> Account {
    ada().with_phone(Phone::verified(number("+49 30 90-1820")))
}

/// Ada without an e-mail address.
fn phone_only() -> Account {
    Account::new(AccountId::new("1").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_phone(Phone::verified(number("+49 30 90-1820")))
        .with_password(hash_of(OLD))
}

fn by_phone() -> Lookup {
    Lookup::phone("+49 (30) 901820").unwrap()
}

/// The code behind the `#` of the last line.
fn bound_code(message: &Message) -> String {
    let line = message.expose_secret().lines().last().unwrap();
    line.strip_prefix("@example.org #").unwrap().to_owned()
}

#[test]
fn e14_an_account_with_only_a_phone_is_reset_by_a_code() {
    let world = with_sms(german(), [phone_only(), grace()]);
    let handle = world.ask(&by_phone(), Delivery::CODE);
    let message = world.take().unwrap();
    assert_eq!((message.channel(), message.kind()), (Channel::SMS, MessageKind::Code));
    // The stored spelling.
    assert_eq!(message.to().as_str(), "+49 30 90-1820");
    assert_eq!(message.segments().map(|segments| segments.count()), Some(1));
    assert!(message.subject().is_empty() && message.headers().next().is_none());
    let shown = message.expose_secret().split(' ').next().unwrap();
    assert_eq!(shown.replace('-', ""), bound_code(&message));
    let admitted = world.admit_code(&handle, shown).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let _worked = world.work();
    let notice = world.take().unwrap();
    assert_eq!((notice.channel(), notice.kind()), (Channel::SMS, MessageKind::PasswordChanged));
    assert!(world.signs_in(NEW));
}

#[test]
fn no_text_message_is_sent_unless_it_is_configured() {
    let world = World::of([phone_only()]);
    for lookup in [by_phone(), by_login()] {
        assert_eq!(world.outcome(&lookup, Delivery::CODE), Outcome::NoRecipient);
    }
    // The mailbox is used instead, where there is one.
    let world = World::of([ada_with_phone()]);
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::Sent);
    assert_eq!(world.take().unwrap().channel(), Channel::EMAIL);
}

/// A process that is not configured yet leaves the message to others.
#[test]
fn a_text_message_waits_for_a_process_that_sends_it() {
    let world = with_sms(german(), [phone_only()]);
    world.request(&by_phone(), Delivery::CODE);
    let _ran = world.work_once(1);
    let other = world.beside(|flow| flow);
    assert!(matches!(other.work()[..], [Worked::PutOff { failure: None, .. }]));
    assert!(world.take().is_none());
    let mut world = world;
    world.wait(10);
    assert!(matches!(world.work()[..], [Worked::Delivered]));
    assert_eq!(SealedError::SmsOff.code(), "sealed_sms_off");
}

#[test]
fn a_phone_that_nobody_proved_gets_nothing() {
    let unproved = grace().with_phone(Phone::unverified(number("+4930901820")));
    let world = with_sms(german(), [unproved.clone()]);
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::Unverified);
    assert!(world.take().is_none());
    // The owner of the number is not kept from it.
    let world = with_sms(german(), [unproved, phone_only()]);
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::Sent);
}

/// The longest prefix decides.
#[test]
fn a_text_message_goes_only_to_countries_that_are_allowed() {
    let sms = Sms::to(["+1", "+1876555", "+49"]).except(["+1876"]);
    for (text, allowed) in [
        ("+1 415 756-1569", true),
        ("+1 876 123-4567", false),
        ("+1 876 555-4567", true),
        ("+49 30 901820", true),
        ("+4 930 901820", true),
        ("+44 20 7946 0000", false),
    ] {
        let account = Account::new(AccountId::new("1").unwrap())
            .with_phone(Phone::verified(number(text)))
            .with_password(hash_of(OLD));
        let world = with_sms(sms.clone(), [account]);
        let outcome = world.outcome(&Lookup::phone(text).unwrap(), Delivery::CODE);
        let right = if allowed { Outcome::Sent } else { Outcome::NoRecipient };
        assert_eq!(outcome, right, "{text}");
        assert_eq!(world.take().is_some(), allowed, "{text}");
    }
}

#[test]
fn a_text_message_never_has_a_link_and_a_code() {
    let world = with_sms(german().links(), [phone_only()]);
    world.ask(&by_phone(), Delivery::LINK_AND_CODE);
    let message = world.take().unwrap();
    assert_eq!(message.kind(), MessageKind::Code);
    assert!(!message.expose_secret().contains("?token="));
}

#[test]
fn e01_a_link_goes_by_text_message_where_the_host_says_so() {
    let world = with_sms(german(), [phone_only()]);
    assert_eq!(world.outcome(&by_phone(), Delivery::LINK), Outcome::NoRecipient);
    let world = with_sms(german().links(), [phone_only()]);
    world.ask(&by_phone(), Delivery::LINK);
    let message = world.take().unwrap();
    assert_eq!((message.channel(), message.kind()), (Channel::SMS, MessageKind::Link));
    assert!(message.segments().unwrap().count() <= Segments::MAX);
    let link = message.expose_secret().lines().find_map(|line| line.split_once("?token="));
    let admitted = world.admit_link(link.unwrap().1).unwrap();
    assert!(world.commit(&admitted, NEW).is_ok());
}

#[test]
fn e02_a_message_goes_to_another_declared_field_of_the_account() {
    let fields =
        Fields::new([("AlternateEmail", FieldKind::Email), ("Phone", FieldKind::Phone)]).unwrap();
    let [alternate, phone] = ["AlternateEmail", "Phone"].map(|name| FieldName::new(name).unwrap());
    let other = Contact::email("ada@other.example").unwrap();
    let account = ada_with_phone()
        .with_email(Email::verified(other.clone()).in_field(alternate))
        .with_phone(Phone::verified(number("+49 40 123456")).in_field(phone));
    let world = with_sms(german(), [account.clone()]);
    for (name, to) in [("AlternateEmail", "ada@other.example"), ("Phone", "+49 40 123456")] {
        let delivery = Delivery::CODE.to(fields.recipient(name).unwrap());
        world.ask(&by_email(), delivery);
        assert_eq!(world.take().unwrap().to().as_str(), to);
    }
    // Nothing goes to an address that is in the field and not verified, nor to another one instead.
    let unproved = ada().with_email(Email::unverified(other).in_field(alternate));
    let world = with_sms(german(), [unproved]);
    let delivery = Delivery::LINK.to(fields.recipient("AlternateEmail").unwrap());
    assert_eq!(world.outcome(&by_email(), delivery), Outcome::NoRecipient);
    assert!(world.take().is_none());
}

#[test]
fn a_person_is_found_by_a_declared_field() {
    let fields = Fields::new([
        ("Customer", FieldKind::Text),
        ("Nick", FieldKind::Login),
        ("Mobile", FieldKind::Phone),
        ("Spare", FieldKind::Email),
    ])
    .unwrap();
    let name = |text| FieldName::new(text).unwrap();
    let spare = Contact::email("spare@example.org").unwrap();
    let account = ada()
        .with_text_in(name("Customer"), FieldText::new("J\u{fc}-7").unwrap())
        .with_login_in(name("Nick"), Login::new("Countess").unwrap())
        .with_phone(Phone::verified(number("+4930901820")).in_field(name("Mobile")))
        .with_email(Email::verified(spare).in_field(name("Spare")));
    let world = with_sms(german(), [account, grace()]);
    for (field, value, right) in [
        ("Customer", " Ju\u{308}-7\u{200b}", Outcome::Sent),
        ("Customer", "j\u{fc}-7", Outcome::Unknown),
        ("Nick", "COUNTESS", Outcome::Sent),
        ("Nick", "ada", Outcome::Unknown),
        ("Mobile", "+49-30-901820", Outcome::Sent),
        ("Spare", "Spare@example.org", Outcome::Sent),
        ("Spare", "ada@example.org", Outcome::Unknown),
    ] {
        let lookup = fields.lookup(field, value).unwrap();
        assert_eq!(world.outcome(&lookup, Delivery::CODE), right, "{field} {value}");
    }
}

/// Nothing of one account goes to a contact that only the other one has.
#[test]
fn several_accounts_of_a_phone_get_one_notice_there() {
    let other = grace().with_phone(Phone::verified(number("+49 30 901820")));
    let world = with_sms(german(), [ada_with_phone(), other]);
    let fields = Fields::new([("Phone", FieldKind::Phone)]).unwrap();
    let elsewhere = Delivery::CODE.to(fields.recipient("Phone").unwrap());
    for delivery in [Delivery::CODE, elsewhere] {
        world.ask(&by_phone(), delivery);
    }
    let notice = world.take().unwrap();
    assert_eq!((notice.channel(), notice.kind()), (Channel::SMS, MessageKind::SeveralAccounts));
    assert!(world.take().is_none());
}

/// What strangers ask for is bounded, whatever they ask by and however long they go on.
#[test]
fn caps_end_text_messages() {
    let mut world = with_sms(german().daily_caps(3, 4, 5), [phone_only()]);
    let ask = |world: &World| world.outcome(&by_phone(), Delivery::CODE);
    for _ in 0..3 {
        assert_eq!(ask(&world), Outcome::Sent);
        world.wait(60);
    }
    assert_eq!(ask(&world), Outcome::SmsCapOfAccount);
    // Another account of the tenant has one left, and what its own cap refuses takes none.
    let other = Account::new(AccountId::new("2").unwrap())
        .with_phone(Phone::verified(number("+49 40 123456")))
        .with_password(hash_of(OLD));
    let by_other = Lookup::phone("+49 40 123456").unwrap();
    world.put(other.clone());
    assert_eq!(world.outcome(&by_other, Delivery::CODE), Outcome::Sent);
    assert_eq!(world.outcome(&by_other, Delivery::CODE), Outcome::SmsCapOfTenant);
    // Another tenant shares the cap of the service alone.
    let tenant = world.tenant("acme", [other]);
    assert_eq!(tenant.outcome(&by_other, Delivery::CODE), Outcome::Sent);
    assert_eq!(tenant.outcome(&by_other, Delivery::CODE), Outcome::SmsCapOfService);
    assert_eq!(std::iter::from_fn(|| world.take()).count(), 5);
    // A day later it begins anew.
    world.wait(24 * 60 * 60);
    assert_eq!(ask(&world), Outcome::Sent);
}

/// The counter of the account is named without the purpose.
#[test]
fn caps_are_shared_by_all_purposes() {
    use repass::scope::{Purpose, Scope};

    let world = with_sms(german().daily_caps(2, 9, 9), [phone_only()]);
    let other = world.beside(|flow| {
        flow.scope(Scope::new(Purpose::INVITATION)).sms(german().daily_caps(2, 9, 9))
    });
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::Sent);
    assert_eq!(other.outcome(&by_phone(), Delivery::CODE), Outcome::Sent);
    for world in [world, other] {
        assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::SmsCapOfAccount);
    }
}

/// A link that outlives a flood would be sent whatever the caps say.
#[test]
fn a_text_message_has_no_long_link() {
    let mut world = with_sms(german(), [phone_only()]);
    for _ in 0..5 {
        world.ask(&by_phone(), Delivery::CODE);
        let message = world.take().unwrap();
        assert_eq!(message.kind(), MessageKind::Code);
        world.wait(150);
    }
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::TooManySends);
}

/// A stranger who has used up the messages of the day can change nothing without a notice.
#[test]
fn requests_never_use_up_the_notices() {
    let mut world = with_sms(german().daily_caps(3, 3, 3), [phone_only()]);
    let mut last = None;
    for _ in 0..3 {
        let handle = world.ask(&by_phone(), Delivery::CODE);
        last = Some((handle, bound_code(&world.take().unwrap())));
        world.wait(60);
    }
    assert_eq!(world.outcome(&by_phone(), Delivery::CODE), Outcome::SmsCapOfAccount);
    let (handle, code) = last.unwrap();
    let admitted = world.admit_code(&handle, &code).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind(), MessageKind::PasswordChanged);
}

#[test]
fn every_verified_contact_hears_of_the_change_addresses_first() {
    let mut account = ada()
        .with_phone(Phone::unverified(number("+49 30 000000")))
        .with_phone(Phone::verified(number("+44 20 7946 0000")));
    for last in 1..=3 {
        account = account.with_phone(Phone::verified(number(&format!("+49 30 10000{last}"))));
    }
    for last in 1..=2 {
        let address = Contact::email(&format!("ada{last}@example.org")).unwrap();
        account = account.with_email(Email::verified(address));
    }
    let world = with_sms(german(), [account]);
    let token = world.link();
    world.settle(&world.commit(&world.admit_link(&token).unwrap(), NEW).unwrap());
    let _worked = world.work();
    let told = std::iter::from_fn(|| world.take()).map(|notice| notice.to().as_str().to_owned());
    let mut told: Vec<_> = told.collect();
    told.sort();
    let right = [
        "+49 30 100001",
        "+49 30 100002",
        "Ada@Example.org",
        "ada1@example.org",
        "ada2@example.org",
    ];
    assert_eq!(told, right);
}

/// Whatever is known about whom, and whichever cap was reached.
#[test]
fn a_request_makes_the_same_calls_where_text_messages_are_configured() {
    let id = || AccountId::new("1").unwrap();
    let passwordless = Account::new(id()).with_phone(Phone::verified(number("+4930901820")));
    let abroad = Account::new(id())
        .with_phone(Phone::verified(number("+14157561569")))
        .with_password(hash_of(OLD));
    let unreadable =
        Account::new(id()).with_login(Login::new("ada").unwrap()).with_unreadable_phone();
    let shared = grace().with_phone(Phone::verified(number("+4930901820")));
    let caps = || german().daily_caps(2, 3, 3);
    let worlds = [
        ("by phone", with_sms(german(), [phone_only()]), by_phone()),
        ("capped", with_sms(caps(), [phone_only()]), by_phone()),
        ("by mail", with_sms(caps(), [ada_with_phone()]), by_email()),
        ("unknown phone", with_sms(caps(), [ada()]), by_phone()),
        ("unknown", with_sms(caps(), [ada()]), nobody()),
        ("disabled", with_sms(caps(), [phone_only().disabled()]), by_phone()),
        ("passwordless", with_sms(caps(), [passwordless]), by_phone()),
        ("abroad", with_sms(caps(), [abroad]), Lookup::phone("+14157561569").unwrap()),
        ("unreadable", with_sms(caps(), [unreadable]), by_login()),
        ("several", with_sms(caps(), [ada_with_phone(), shared]), by_phone()),
    ];
    let mut seen = Vec::new();
    for (name, mut world, lookup) in worlds {
        let mut calls = Vec::new();
        for _ in 0..9 {
            world.request(&lookup, Delivery::CODE);
            let _worked = world.work();
            calls.extend(world.calls());
            world.wait(150);
        }
        calls.retain(|call| !call.starts_with("notifier"));
        seen.push((name, calls));
    }
    let (_, known) = &seen[0];
    let count = "counters.count";
    let run = ["accounts.find", "attempts.load", count, count, count, count, "attempts.insert"];
    assert_eq!(known[3..10], run);
    for (name, calls) in &seen {
        assert_eq!(calls, known, "{name}");
    }
}

#[test]
fn a_phone_that_changes_ends_every_attempt() {
    let world = with_sms(german(), [ada_with_phone()]);
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    let hash = world.account("1").password().unwrap().clone();
    let other = ada().with_phone(Phone::verified(number("+49 30 901821")));
    world.put(other.with_password(hash));
    assert!(world.commit(&admitted, NEW).is_err());
    assert!(world.admit_link(&token).is_err());
    // Another spelling of the same number is no change, nor is a number that nobody proved.
    let world = with_sms(german(), [ada_with_phone()]);
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    let again = ada()
        .with_phone(Phone::verified(number("+4930901820")))
        .with_phone(Phone::unverified(number("+49 40 123456")));
    world.put(again.with_password(world.account("1").password().unwrap().clone()));
    assert!(world.commit(&admitted, NEW).is_ok());
}

/// A code by text message needs its handle, and is bound to the number.
#[test]
fn codes_of_two_phones_are_different() {
    let account = phone_only().with_phone(Phone::verified(number("+49 40 123456")));
    let world = with_sms(german(), [account]);
    let handle = world.ask(&by_phone(), Delivery::CODE);
    let first = bound_code(&world.take().unwrap());
    let other = world.ask(&Lookup::phone("+49 40 123456").unwrap(), Delivery::CODE);
    let second = bound_code(&world.take().unwrap());
    assert_ne!(first, second);
    assert!(world.admit_code(&handle, &second).is_err());
    assert!(world.admit_code(&other, &second).is_ok());
}

#[test]
fn what_text_messages_cannot_be_sent_with_does_not_build() {
    let build = |sms: Sms| Flow::builder(keyring(), page()).sms(sms).build().map(|_| ());
    let refused = |sms: Sms| match build(sms).unwrap_err() {
        FlowError::Sms(error) => error.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(Sms::to([])), "sms_no_prefix");
    assert_eq!(refused(Sms::to([]).except(["+1"])), "sms_no_prefix");
    for prefix in ["49", "+", "+0", "+49 30", "+1234567890123456", ""] {
        assert_eq!(refused(Sms::to([prefix])), "sms_prefix_invalid", "{prefix}");
    }
    assert_eq!(refused(german().except(["+49"])), "sms_prefix_twice");
    for (account, tenant, service) in [(0, 1, 1), (21, 30, 30), (5, 4, 10), (5, 10, 9)] {
        assert_eq!(refused(german().daily_caps(account, tenant, service)), "sms_caps_invalid");
    }
    let local =
        repass::message::ResetLink::new("http://localhost/reset", repass::message::LinkForm::Query);
    let key = Key::generate(&mut repass::SysRng).unwrap();
    let ring = repass::key::Keyring::new(KeyId::new(1), key);
    let flow = Flow::builder(ring.clone(), local.clone().unwrap()).sms(german());
    let origin = repass::code::CodeOrigin::MAX_BYTES;
    let error = flow.build().map(|_| ()).unwrap_err();
    assert_eq!(error, FlowError::Sms(SmsError::Origin { max_bytes: origin }));
    let site = repass::code::CodeOrigin::new("example.com").unwrap();
    let flow = Flow::builder(ring, local.unwrap()).sms(german().origin(site));
    assert!(flow.build().is_ok());
}

/// Tenants send as the service does, and bind codes to their own page.
#[test]
fn a_code_of_a_tenant_is_bound_to_the_page_of_the_tenant() {
    let world = with_sms(german(), []);
    let page =
        repass::message::ResetLink::new("https://acme.example/", repass::message::LinkForm::Query);
    let flow = world.flow().for_tenant("acme").unwrap().page(page.unwrap()).build().unwrap();
    let tenant = world.tenant("acme", [phone_only()]).driven_by(flow);
    tenant.ask(&by_phone(), Delivery::CODE);
    let message = tenant.take().unwrap();
    assert!(message.expose_secret().lines().last().unwrap().starts_with("@acme.example #"));
}

/// Codes by mail are as they were where text messages are configured.
#[test]
fn a_mail_has_no_bound_line() {
    let world = with_sms(german(), [ada_with_phone()]);
    world.ask(&by_email(), Delivery::CODE);
    let message = world.take().unwrap();
    assert_eq!(message.segments(), None);
    assert!(!message.expose_secret().contains('#') && code_in(message.expose_secret()).len() == 9);
}

/// Nobody finds out at night that a message has more segments than were paid for.
#[test]
fn a_text_message_that_could_be_too_long_does_not_build() {
    use repass::language::{Language, Plural};
    use repass::message::{LinkForm, Messages, ResetLink};

    let code = |flow: repass::reset::FlowBuilder| match flow.build() {
        Ok(_) => "built",
        Err(error) => error.code(),
    };
    let page_of = |bytes: usize| {
        ResetLink::new(&format!("https://example.org/{}", "p".repeat(bytes)), LinkForm::Query)
    };
    let (short, long) = (page_of(100).unwrap(), page_of(600).unwrap());
    assert_eq!(code(Flow::builder(keyring(), short).sms(german().links())), "built");
    // A page that is too long for a text message is none for a mail.
    assert_eq!(code(Flow::builder(keyring(), long.clone()).sms(german())), "built");
    let refused = "template_too_many_segments";
    assert_eq!(code(Flow::builder(keyring(), long).sms(german().links())), refused);
    let german_tag = Language::new("de").unwrap();
    let text = |text: &str, hour: &str| {
        let builder = Messages::builder().sms(MessageKind::Code, german_tag, text).durations(
            german_tag,
            Plural::english,
            [(Plural::Other, "{count} Minuten")],
            [(Plural::Other, hour)],
        );
        Flow::builder(keyring(), page()).messages(builder.build().unwrap())
    };
    // 459 septets: 9 of the code, and 23 of the last line and the line end before it.
    let fits = format!("{{code}}{}", "x".repeat(459 - 9 - 23));
    assert_eq!(code(text(&fits, "{count} Stunden").sms(german())), "built");
    assert_eq!(code(text(&format!("{fits}x"), "{count} Stunden").sms(german())), refused);
    assert_eq!(code(text(&format!("{fits}x"), "{count} Stunden")), "built");
    // One character of another alphabet halves what fits, and the longest duration counts.
    let other = format!("{{code}}\u{4f60}{}", "x".repeat(201 - 9 - 23 - 1));
    assert_eq!(code(text(&other, "{count} Stunden").sms(german())), "built");
    assert_eq!(code(text(&format!("{other}x"), "{count} Stunden").sms(german())), refused);
    let duration = format!("{{code}}{}{{valid_for}}", "x".repeat(459 - 9 - 23 - 20));
    assert_eq!(code(text(&duration, "{count} Stunden").sms(german())), "built");
    assert_eq!(code(text(&duration, "{count} Stunden, gerechnet ab jetzt").sms(german())), refused);
}

#[test]
fn a_text_message_says_nothing_about_the_account() {
    use repass::language::Language;
    use repass::message::Messages;

    let german = Language::new("de").unwrap();
    for text in ["{code} {name}", "{code} {login}", "{code} {first_name}", "{code} {wait}", "code"]
    {
        assert!(
            Messages::builder().sms(MessageKind::Code, german, text).build().is_err(),
            "{text}"
        );
    }
    let both = Messages::builder().sms(MessageKind::LinkAndCode, german, "{link} {code}").build();
    assert_eq!(both.unwrap_err().code(), "template_not_by_sms");
}
