//! Callers that write the texts of messages: 6, 7, 8 and 12.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Channel, Contact, Email, Lookup, Phone};
use repass::message::{Message, MessageKind};
use repass::queue::QueueEntry;
use repass::reset::{
    AfterReset, Author, AuthorError, AuthorNotice, AuthorRequest, AuthorText, FirstPasswords, Flow,
    FlowBuilder, FlowError, Limits, NoticeSent, Outcome, RequestError, Sms,
};
use repass::token::Token;

use crate::same_answers::worlds;
use crate::world::{
    NEW, World, ada, by_email, grace, keyring, nobody, outcomes, page, seed, token_in,
};

const SECRET: &str = "Dear [%first_name%],\n\nyour code is [%resetpasswd_checkcode%]\n";

fn mapi() -> Author {
    let author = Author::new("mapi").sender("Support@example.org").sms_sender("YVN");
    author.copies_to("log@example.org").copies_to("audit@example.org")
}

fn configured(builder: FlowBuilder) -> FlowBuilder {
    builder.author(mapi()).sms(Sms::to(["+49"]).links())
}

fn ada_with_phone() -> Account {
    ada().with_phone(Phone::verified(Contact::phone("+49 30 901820").unwrap()))
}

fn world() -> World {
    World::with(configured, [ada_with_phone(), grace()])
}

fn request(world: &World, text: AuthorText<'_>) -> Result<AuthorRequest, AuthorError> {
    world.flow().author("mapi").unwrap().request(text)
}

fn notice(world: &World, text: AuthorText<'_>) -> Result<AuthorNotice, AuthorError> {
    world.flow().author("mapi").unwrap().notice(text)
}

/// A mail, with a copy that the header names and one that it does not.
fn copied(world: &World) -> AuthorNotice {
    let notice = notice(world, AuthorText::mail("Done.")).unwrap();
    notice.copies(["log@example.org"], ["audit@example.org"]).unwrap()
}

fn ask(world: &World, lookup: &Lookup, text: AuthorText<'_>) -> Result<(), RequestError> {
    let secret = request(world, text).unwrap();
    let asked = world.recovery.request_by_author(secret, lookup.clone(), seed(), world.now);
    block_on(asked).map(|_handle| ())
}

/// Resets the password of Ada; nothing is settled yet.
fn reset(world: &World) -> AfterReset {
    ask(world, &by_email(), AuthorText::mail("[%resetpasswd_checkcode%]")).unwrap();
    assert_eq!(outcomes(&world.work()), [Outcome::Sent]);
    let admitted = world.admit_link(&world.read().unwrap()).unwrap();
    world.commit(&admitted, NEW).unwrap()
}

fn send(world: &World, after: &AfterReset, notice: &AuthorNotice) -> NoticeSent {
    block_on(world.recovery.send_notice(after, notice, world.now)).unwrap()
}

fn delivered(world: &World) -> Vec<Message> {
    let _worked = world.work();
    core::iter::from_fn(|| world.take()).collect()
}

#[test]
fn only_a_configuration_makes_an_author() {
    assert!(World::new().flow().author("mapi").is_none());
    let world = world();
    for name in ["Mapi", "mapi ", "", "other"] {
        assert!(world.flow().author(name).is_none(), "{name}");
    }
    // An author is no trusted caller, and one of the service is none of its tenants.
    assert!(world.flow().trusted_caller("mapi").is_none());
    let tenant = world.flow().for_tenant("acme").unwrap();
    assert!(tenant.build().unwrap().author("mapi").is_none());
    let tenant = world.flow().for_tenant("acme").unwrap().author(mapi()).build().unwrap();
    let after = reset(&world);
    world.calls();
    let author = tenant.author("mapi").unwrap();
    let secret = author.request(AuthorText::mail(SECRET)).unwrap();
    let asked = world.recovery.request_by_author(secret, by_email(), seed(), world.now);
    assert!(matches!(block_on(asked), Err(RequestError::OtherScope)));
    let notice = author.notice(AuthorText::mail("Done.")).unwrap();
    assert!(block_on(world.recovery.send_notice(&after, &notice, world.now)).is_err());
    assert!(world.calls().is_empty());
}

#[test]
fn what_no_author_can_be_does_not_build() {
    for (author, code) in [
        (Author::new(""), "source_invalid"),
        (Author::new("a\nb"), "source_invalid"),
        (mapi().sender("no address"), "email_without_at"),
        (mapi().copies_to("a@b@c"), "email_domain_invalid"),
        (mapi().sms_sender(""), "author_sms_sender_invalid"),
        (mapi().sms_sender("TwelveLetter"), "author_sms_sender_invalid"),
        (mapi().sms_sender("EurosAre\u{20ac}\u{20ac}"), "author_sms_sender_invalid"),
        (mapi().sms_sender("112"), "author_sms_sender_invalid"),
        (mapi().sms_sender("a\nb"), "author_sms_sender_invalid"),
        (mapi().sms_sender("\u{4f60}\u{597d}"), "author_sms_sender_invalid"),
        (mapi().sms_sender("+49 30 0"), "author_sms_sender_invalid"),
    ] {
        let built = Flow::builder(keyring(), page()).author(author.clone()).build();
        let Err(FlowError::Author(error)) = built else { panic!("{author:?}") };
        assert_eq!(error.code(), code, "{author:?}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let twice = Flow::builder(keyring(), page()).author(mapi()).author(Author::new("mapi"));
    assert_eq!(twice.build().unwrap_err().code(), "author_twice");
    let number = Flow::builder(keyring(), page()).author(mapi().sms_sender("+49 30 901820"));
    assert!(number.build().is_ok());
}

/// As the configuration writes them, in whatever letter case and with whatever white space they come.
#[test]
fn senders_and_copies_are_those_of_the_configuration() {
    let world = world();
    let from = |from| notice(&world, AuthorText::mail("Done.").sender(from));
    for other in ["eve@example.org", "support@example.com", "\u{17f}upport@example.org", "x", ""] {
        assert_eq!(from(other).unwrap_err(), AuthorError::Sender, "{other}");
    }
    let sms = notice(&world, AuthorText::sms("Done.").sender("yvn")).unwrap_err();
    assert_eq!(sms, AuthorError::Sender);
    let good = || from(" SUPPORT@EXAMPLE.ORG ").unwrap();
    for (list, number) in [
        (&["eve@example.org"][..], 1),
        (&["log@example.org", "lo\u{261}@example.org"], 2),
        (&["log@example.org", ""], 2),
    ] {
        let error = AuthorError::Copy { number };
        assert_eq!(good().copies(list.iter().copied(), []).unwrap_err(), error, "{list:?}");
        assert_eq!(good().copies([], list.iter().copied()).unwrap_err(), error, "{list:?}");
    }
    let six = ["log@example.org"; 6];
    assert_eq!(good().copies(six, []).unwrap_err(), AuthorError::TooManyCopies);
    assert_eq!(good().copies([], six).unwrap_err(), AuthorError::TooManyCopies);
    let after = reset(&world);
    let notice = good().copies(["LOG@example.org\t"], []).unwrap();
    let sent = send(&world, &after, &notice);
    assert_eq!((sent.sent(), sent.left_out(), sent.event().code()), (2, 0, "author_notice_sent"));
    for message in delivered(&world) {
        assert_eq!(message.sender().unwrap().address(), Some("Support@example.org"));
        assert_eq!(message.cc()[0].as_str(), "log@example.org");
        assert_eq!(message.addressed_to().as_str(), "Ada@Example.org");
    }
}

/// By the methods of the types; here all that is delivered is looked at.
#[test]
fn no_message_with_a_secret_has_a_copy() {
    let world = world();
    let after = reset(&world);
    let _sent = send(&world, &after, &copied(&world));
    world.settle(&after);
    ask(&world, &by_email(), AuthorText::mail(SECRET)).unwrap();
    let delivered = delivered(&world);
    let with_secret: Vec<_> =
        delivered.iter().filter(|message| message.kind() == MessageKind::Link).collect();
    assert_eq!(with_secret.len(), 1);
    for message in with_secret {
        assert!(message.cc().is_empty());
        assert_eq!(message.addressed_to(), message.to());
        assert_eq!(message.to().as_str(), "Ada@Example.org");
    }
    for text in ["[%resetpasswd_checkcode%]", "a [%secret%]"] {
        for text in [AuthorText::mail(text), AuthorText::sms(text)] {
            let refused = notice(&world, text).unwrap_err();
            assert_eq!(refused.code(), "template_unknown_placeholder");
        }
    }
    let subject = AuthorText::mail(SECRET).subject("[%resetpasswd_checkcode%]");
    assert_eq!(request(&world, subject).unwrap_err().code(), "template_secret_in_subject");
    let none = request(&world, AuthorText::mail("Hello")).unwrap_err();
    assert_eq!(none.code(), "template_secret_missing");
    // As a part of a link it would go to where that leads.
    for text in [
        "https://evil.example/?t=[%resetpasswd_checkcode%]",
        "[%resetpasswd_checkcode%].evil.example",
        "a[%resetpasswd_checkcode%]",
        "<a href=\"[%resetpasswd_checkcode%]\">",
    ] {
        for text in [AuthorText::mail(text), AuthorText::sms(text)] {
            assert_eq!(request(&world, text).unwrap_err().code(), "template_link_not_alone");
        }
    }
}

#[test]
fn each_recipient_counts_for_the_author() {
    let limits = Limits::default().notices_of_author(4, Duration::from_secs(60));
    let configure = |builder| configured(builder).limits(limits).author(Author::new("other"));
    let mut world = World::with(configure, [ada_with_phone()]);
    let after = reset(&world);
    let sent = send(&world, &after, &copied(&world));
    assert_eq!((sent.sent(), sent.left_out()), (3, 0));
    assert_eq!(delivered(&world).len(), 3);
    let sent = send(&world, &after, &copied(&world));
    assert_eq!((sent.sent(), sent.left_out()), (1, 2));
    assert_eq!(sent.event().code(), "author_notice_left_out");
    let to: Vec<_> = delivered(&world).iter().map(|message| message.to().clone()).collect();
    assert_eq!(to, [Contact::email("Ada@Example.org").unwrap()]);
    // Another author is not affected.
    let other = world.flow().author("other").unwrap();
    let notice = other.notice(AuthorText::mail("Done.")).unwrap();
    assert_eq!(send(&world, &after, &notice).sent(), 1);
    world.wait(60);
    assert_eq!(send(&world, &after, &copied(&world)).left_out(), 0);
}

/// Of the same size as those of the service, and of their own: no author keeps a notice of the service from
/// a phone.
#[test]
fn text_messages_of_authors_have_caps_of_their_own() {
    let sms = Sms::to(["+49"]).links().daily_caps(1, 1_000, 10_000);
    let world = World::with(|builder| builder.author(mapi()).sms(sms), [ada_with_phone()]);
    let after = reset(&world);
    let by_sms = notice(&world, AuthorText::sms("Done.").sender("YVN")).unwrap();
    let sent = send(&world, &after, &by_sms);
    assert_eq!((sent.sent(), sent.left_out()), (1, 0));
    // Repeated, it is the same one for the cap.
    assert_eq!(send(&world, &after, &by_sms).left_out(), 0);
    world.settle(&after);
    let by_phone = |message: &&Message| message.channel() == Channel::SMS;
    assert_eq!(delivered(&world).iter().filter(by_phone).count(), 2);
    // The cap of the account is reached.
    let after = reset_again(&world);
    assert_eq!(send(&world, &after, &by_sms).left_out(), 1);
}

/// A flood of requests through an author leaves the owner a link that works, of the service itself.
#[test]
fn the_last_two_messages_have_the_link_of_the_service_whoever_words_the_others() {
    let mut world = world();
    let words: Vec<_> = (0..6)
        .map(|_| {
            world.wait(301);
            ask(&world, &by_email(), AuthorText::mail(SECRET)).unwrap();
            let delivered = delivered(&world);
            delivered.first().map(|message| message.sender().is_some())
        })
        .collect();
    let (author, service) = (Some(true), Some(false));
    assert_eq!(words, [author, author, author, service, service, None]);
}

/// Two authors can tell the owner of one change, and a copy that somebody gets twice is one.
#[test]
fn each_author_sends_one_notice_for_a_change() {
    let configure = |builder| configured(builder).author(Author::new("other"));
    let world = World::with(configure, [ada_with_phone()]);
    let after = reset(&world);
    let copied = copied(&world).copies(["log@example.org"], ["LOG@example.org"]).unwrap();
    assert_eq!(send(&world, &after, &copied).sent(), 2);
    let other = world.flow().author("other").unwrap();
    assert_eq!(send(&world, &after, &other.notice(AuthorText::mail("Too.")).unwrap()).sent(), 1);
    let delivered = delivered(&world);
    let mut ids: Vec<_> = delivered.iter().map(Message::message_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((delivered.len(), ids.len()), (3, 3));
}

/// What the configuration no longer has is not sent, also if its text was checked before.
#[test]
fn an_author_that_the_flow_does_not_have_sends_nothing() {
    let world = world();
    let (request, notice) = (request(&world, AuthorText::mail(SECRET)).unwrap(), copied(&world));
    let after = reset(&world);
    let without = world.beside(|builder| builder.sms(Sms::to(["+49"])));
    without.calls();
    let asked = without.recovery.request_by_author(request, by_email(), seed(), without.now);
    assert!(matches!(block_on(asked), Err(RequestError::OtherScope)));
    assert!(block_on(without.recovery.send_notice(&after, &notice, without.now)).is_err());
    assert!(without.calls().is_empty());
}

/// A first password has the text of the service: nothing was forgotten.
#[test]
fn a_first_password_is_worded_by_the_service() {
    let configure = |builder| configured(builder).first_passwords(FirstPasswords::WhereAbsent);
    let people = Account::new(ada().id().clone()).with_email(ada().emails()[0].clone());
    let world = World::with(configure, [people]);
    ask(&world, &by_email(), AuthorText::mail(SECRET)).unwrap();
    let [message] = &delivered(&world)[..] else { panic!("not one message") };
    assert_eq!(message.kind(), MessageKind::FirstPassword);
    assert!(message.sender().is_none());
}

fn reset_again(world: &World) -> AfterReset {
    ask(world, &by_email(), AuthorText::mail("[%resetpasswd_checkcode%]")).unwrap();
    let _worked = world.work();
    let admitted = world.admit_link(&world.read().unwrap()).unwrap();
    world.commit(&admitted, "another-kettle-43").unwrap()
}

#[test]
fn the_notices_of_the_service_are_sent_whatever_an_author_writes() {
    let world = world();
    let after = reset(&world);
    let _sent = send(&world, &after, &copied(&world));
    world.settle(&after);
    let delivered = delivered(&world);
    let own: Vec<_> = delivered.iter().filter(|message| message.sender().is_none()).collect();
    let mut to: Vec<_> = own.iter().map(|message| message.to().as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["+49 30 901820", "Ada@Example.org"]);
    for message in own {
        assert_eq!(message.kind(), MessageKind::PasswordChanged);
        assert!(!message.expose_secret().contains("Done."));
    }
}

/// A host that repeats the step after an error sends nothing twice while the first one waits.
#[test]
fn a_notice_that_is_sent_again_is_not_doubled() {
    let world = world();
    let after = reset(&world);
    let twice = copied(&world).copies(["log@example.org"], ["LOG@example.org"]).unwrap();
    for call in ["queue.push", "counters.count"] {
        world.trace.lose_answer(call);
        assert!(block_on(world.recovery.send_notice(&after, &twice, world.now)).is_err(), "{call}");
    }
    let _sent = send(&world, &after, &twice);
    let mut to: Vec<_> =
        delivered(&world).iter().map(|message| message.to().as_str().to_owned()).collect();
    to.sort_unstable();
    assert_eq!(to, ["Ada@Example.org", "log@example.org"]);
}

#[test]
fn nobody_is_told_where_the_account_has_no_contact_for_it() {
    let world = World::with(configured, [ada(), grace()]);
    let after = reset(&world);
    let by_sms = notice(&world, AuthorText::sms("Done.")).unwrap();
    world.calls();
    let sent = send(&world, &after, &by_sms);
    assert_eq!((sent.sent(), sent.left_out()), (0, 0));
    assert_eq!(sent.event().code(), "author_notice_no_recipient");
    assert!(world.calls().is_empty());
}

/// The answer and the calls are those of a request, and of an author for everybody.
#[test]
fn an_author_gets_the_same_for_known_and_unknown() {
    let mut seen = Vec::new();
    for (name, world, lookup) in worlds() {
        let world = world.beside(configured);
        let rounds: Vec<_> = (0..8)
            .map(|_| {
                world.calls();
                ask(&world, &lookup, AuthorText::mail(SECRET)).unwrap();
                let asked = world.calls();
                let worked = world.work_once(1);
                assert_eq!(worked.len(), 1, "{name}");
                let calls = (asked, world.calls());
                let _worked = world.work();
                calls
            })
            .collect();
        seen.push((name, rounds));
    }
    let (_, known) = &seen[0];
    assert_eq!(known[0].0, ["counters.count", "counters.count", "queue.push"]);
    for (name, rounds) in &seen {
        assert_eq!(rounds, known, "{name}");
    }
}

#[test]
fn the_owner_gets_the_text_by_the_channel_that_it_is_for() {
    let world = World::with(
        |flow| flow.author(mapi().hex()).sms(Sms::to(["+49"]).links()),
        [ada_with_phone()],
    );
    ask(&world, &by_email(), AuthorText::sms("Code: [%resetpasswd_checkcode%]")).unwrap();
    let _worked = world.work();
    let message = world.take().unwrap();
    assert_eq!(message.to().as_str(), "+49 30 901820");
    let hex = message.expose_secret().strip_prefix("Code: ").unwrap().to_owned();
    assert!(hex.len() == 120 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
    // Only a host that says so takes the digits.
    assert_eq!(world.admit_link(&hex).unwrap_err().code(), "token_malformed");
    let token = Token::from_hex(&hex).unwrap();
    assert!(world.admit_link(token.expose_secret()).is_ok());
    // An account that has nothing for the channel gets nothing, and the request tells.
    let world = world.tenant("acme", [grace()]);
    let world = world.beside(configured);
    world.put(grace());
    ask(&world, &Lookup::login("grace").unwrap(), AuthorText::sms(SECRET)).unwrap();
    assert_eq!(outcomes(&world.work()), [Outcome::NoRecipient]);
}

#[test]
fn a_message_that_is_sent_again_has_the_text_of_the_service() {
    let mut world = world();
    let secret = request(&world, AuthorText::mail(SECRET)).unwrap();
    let asked = world.recovery.request_by_author(secret, by_email(), seed(), world.now);
    let handle = block_on(asked).unwrap();
    let _worked = world.work();
    let first = world.take().unwrap();
    let text = first.expose_secret();
    assert!(text.starts_with("Dear Ada,\n\nyour code is "), "{text}");
    let token = text.trim_end().rsplit(' ').next().unwrap();
    world.wait(60);
    world.resend(handle.expose_secret()).unwrap();
    let _worked = world.work();
    let again = world.take().unwrap();
    assert!(again.sender().is_none());
    assert_eq!(token_in(again.expose_secret()), token);
}

/// `[%` and braces that are no placeholder are text, names are plain, and no value adds a line.
#[test]
fn the_text_is_what_the_author_wrote() {
    let people = ada().with_names("Ada\r\nBcc: eve@example.org", "");
    let world = World::with(configured, [people]);
    let text = "{name} {{x}} [% 50 %] [%First%] } {\n[%first_name%] [%last_name%], [%last_name%].";
    let after = reset(&world);
    let notice = notice(&world, AuthorText::mail(text).subject("{a} for [%first_name%]")).unwrap();
    let _sent = send(&world, &after, &notice);
    let [message] = &delivered(&world)[..] else { panic!("not one message") };
    let plain = "AdaBcc: eve@example.org";
    let filled = format!("{{name}} {{{{x}}}} [% 50 %] [%First%] }} {{\n{plain},.");
    assert_eq!(message.expose_secret(), filled);
    assert_eq!(message.subject(), format!("{{a}} for {plain}"));
    assert_eq!((message.expose_html(), message.language().as_str()), (None, "en"));
    // The language of the text is not known.
    let headers: Vec<_> = message.headers().map(|(name, _)| name).collect();
    assert_eq!(headers, ["Message-ID", "Auto-Submitted"]);
}

#[test]
fn what_cannot_be_sent_to_anybody_is_refused() {
    let world = world();
    let long = "a".repeat(999);
    // Unfinished placeholders are not looked for beyond the longest subject.
    let endless = "[%".repeat(1_000_000);
    let (huge, lines) = ("a\n".repeat(2_001), "a\n".repeat(230) + "a");
    for (text, code) in [
        (AuthorText::mail(" \r\n"), "author_no_text"),
        (AuthorText::mail("\u{feff}\u{200b}"), "author_no_text"),
        (AuthorText::mail("[%first_name%] [%last_name%]"), "author_no_text"),
        (AuthorText::mail("a\u{7}"), "template_control"),
        (AuthorText::mail("a\rb"), "template_control"),
        (AuthorText::mail(&long), "template_line_too_long"),
        (AuthorText::mail(&huge), "template_too_long"),
        (AuthorText::mail("a").subject("b\nBcc: c@example.org"), "template_control"),
        (AuthorText::mail("a").subject(&*long), "template_too_long"),
        (AuthorText::mail("a").subject(&*endless), "template_too_long"),
        (AuthorText::mail("a").subject(&*"[%first_name%]".repeat(14)), "template_line_too_long"),
        (AuthorText::mail("a").subject("\u{202e}b"), "author_subject_invalid"),
        (AuthorText::mail("a").subject("b\u{2028}c"), "author_subject_invalid"),
        (AuthorText::mail("a").subject("=?utf-8?B?DQpCY2M6IGE=?="), "author_subject_invalid"),
        (AuthorText::mail("a").subject(" "), "author_subject_invalid"),
        (
            AuthorText::mail("a").sender_name("Eve\r\nBcc: c@example.org"),
            "author_sender_name_invalid",
        ),
        (AuthorText::mail("a").sender_name("Eve\u{202e}"), "author_sender_name_invalid"),
        (AuthorText::mail("a").sender_name(""), "author_sender_name_invalid"),
        (AuthorText::mail("a").sender_name("\u{2800}"), "author_sender_name_invalid"),
        (
            AuthorText::mail("a").sender_name("a\" <c@example.org>, \"b"),
            "author_sender_name_invalid",
        ),
        (AuthorText::mail("a").sender_name("x, c@example.org"), "author_sender_name_invalid"),
        (AuthorText::mail("a").sender_name("=?utf-8?Q?=0D=0A?="), "author_sender_name_invalid"),
        (AuthorText::sms(&lines), "template_too_many_segments"),
        (AuthorText::sms(""), "author_no_text"),
    ] {
        let refused = notice(&world, text).unwrap_err();
        assert_eq!(refused.code(), code, "{text:?} {refused}");
    }
    // Where no text messages are sent, or none with a link.
    let off = World::with(|builder| builder.author(mapi()), [ada()]);
    assert_eq!(notice(&off, AuthorText::sms("Done.")).unwrap_err(), AuthorError::SmsOff);
    let codes = |builder: FlowBuilder| builder.author(mapi()).sms(Sms::to(["+49"]));
    let codes = World::with(codes, [ada()]);
    assert_eq!(request(&codes, AuthorText::sms(SECRET)).unwrap_err(), AuthorError::SmsOff);
    assert!(notice(&codes, AuthorText::sms("Done.")).is_ok());
}

/// 459 septets are three segments; the names come on top, and are left out.
#[test]
fn a_text_message_for_which_the_names_are_too_long_has_none() {
    let world = world();
    let after = reset(&world);
    for (length, shown) in [(459 - 4, "Ada "), (459, "")] {
        let text = format!("[%first_name%] {}", "a".repeat(length));
        let by_sms = notice(&world, AuthorText::sms(&text)).unwrap();
        let _sent = send(&world, &after, &by_sms);
        let [message] = &delivered(&world)[..] else { panic!("not one message") };
        assert_eq!(message.expose_secret(), format!("{shown}{}", "a".repeat(length)));
        assert_eq!(message.segments().unwrap().count(), 3);
    }
}

/// The longest text, names, sender and copies fit into an entry.
#[test]
fn the_longest_notice_fits_into_the_queue() {
    let address = |number: u8| {
        let local = format!("{number}{}", "a".repeat(63));
        let label = "b".repeat(63);
        format!("{local}@{label}.{label}.{}", "c".repeat(61))
    };
    let longest = "\u{10400}".repeat(80);
    let mut author = Author::new("mapi").sender(&address(0));
    for number in 1..=5 {
        author = author.copies_to(&address(number));
    }
    let owner = Email::verified(Contact::email(&address(6)).unwrap());
    let people = ada().with_names(&longest, &longest).with_email(owner);
    let world = World::with(|builder| builder.author(author), [people]);
    let text = "a\n".repeat(AuthorText::MAX_BYTES / 2);
    let subject = "s".repeat(200);
    let text = AuthorText::mail(&text).subject(&*subject).sender_name(&*longest);
    let author = world.flow().author("mapi").unwrap();
    let notice = author.notice(text.sender(&*address(0))).unwrap();
    let copies: Vec<_> = (1..=5).map(address).collect();
    let notice = notice.copies(copies.iter().map(String::as_str), []).unwrap();
    let after = reset(&world);
    assert_eq!(send(&world, &after, &notice).sent(), 6);
    let sizes: Vec<_> = world.queue().dump().iter().map(Vec::len).collect();
    assert!(sizes.iter().all(|size| *size <= QueueEntry::MAX_BYTES), "{sizes:?}");
    assert_eq!(delivered(&world).len(), 6);
    ask(&world, &nobody(), AuthorText::mail(SECRET)).unwrap();
}

#[test]
fn what_an_author_wrote_is_in_no_log() {
    let world = world();
    let author = world.flow().author("mapi").unwrap();
    let text = AuthorText::mail("Tulip [%resetpasswd_checkcode%]").subject("Tulip");
    let secret = author.request(text).unwrap();
    let notice = author.notice(AuthorText::mail("Tulip").sender_name("Tulip")).unwrap();
    for shown in [format!("{text:?}"), format!("{secret:?}"), format!("{notice:?}")] {
        assert!(!shown.contains("Tulip"), "{shown}");
    }
}
