//! What an author writes: a request, and a notice of a change.

use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::port::PortFailure;
use repass::reset::{
    Author, AuthorNotice, AuthorText, FlowBuilder, NoticeSent, Sms, TrustedAuthor,
};

use crate::accounts::{by, without_password};
use crate::seen::{Seen, code, delivered, known_or_not, message, seen, told, watched};
use crate::world::{NEW, World, ada, by_email, nobody, seed};

const TEXT: &str = "[%resetpasswd_checkcode%]";

fn with_author(builder: FlowBuilder) -> FlowBuilder {
    let author = Author::new("mapi").copies_to("log@example.org").copies_to("audit@example.org");
    builder.author(author).sms(Sms::to(["+49"]).links())
}

fn world(account: Account) -> World {
    World::with(with_author, [account])
}

fn author(world: &World) -> TrustedAuthor<'_> {
    world.flow().author("mapi").unwrap()
}

fn asked(world: &World, lookup: &Lookup) -> Seen {
    asked_by(world, author(world), lookup, AuthorText::mail(TEXT))
}

fn asked_by(
    world: &World,
    author: TrustedAuthor<'_>,
    lookup: &Lookup,
    text: AuthorText<'_>,
) -> Seen {
    let secret = author.request(text).unwrap();
    let asked = world.recovery.request_by_author(secret, lookup.clone(), seed(), world.now);
    if let Err(error) = watched(world, || block_on(asked)) {
        let told = told(world, error.answer());
        return seen([&told, &message(world, &world.work()), error.code()]);
    }
    let worked = world.work();
    let sent = match delivered(world) {
        // The token and nothing else.
        Some(message) if message.expose_secret().len() == 80 => "its text".to_owned(),
        Some(message) => format!("notice {}", message.kind().code()),
        None => message(world, &worked),
    };
    seen(["handle", &sent, code(&worked)])
}

/// After so many requests of the author that were taken.
fn after(requests: usize, lookup: &Lookup) -> Seen {
    let world = world(ada());
    for number in 0..requests {
        let secret = author(&world).request(AuthorText::mail(TEXT)).unwrap();
        let lookup = by(&format!("user{number}"));
        let asked = world.recovery.request_by_author(secret, lookup, seed(), world.now);
        assert!(block_on(asked).is_ok());
    }
    let _worked = world.work();
    asked(&world, lookup)
}

fn of_a_tenant(world: &World) -> World {
    let tenant = world.flow().for_tenant("acme").unwrap();
    world.driven_by(tenant.author(Author::new("mapi")).build().unwrap())
}

/// A notice of the change of Ada's password.
fn noticed(
    text: AuthorText<'_>,
    write: impl FnOnce(AuthorNotice) -> AuthorNotice,
    times: usize,
) -> Seen {
    let world = world(ada());
    let notice = write(author(&world).notice(text).unwrap());
    let after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    let send = || block_on(world.recovery.send_notice(&after, &notice, world.now));
    for _ in 1..times {
        assert!(send().is_ok());
    }
    sent(&world, watched(&world, send))
}

fn sent(world: &World, sent: Result<NoticeSent, PortFailure>) -> Seen {
    match sent {
        Ok(sent) => {
            let count = format!("{} sent, {} left out", sent.sent(), sent.left_out());
            seen(["done", &count, sent.event().code()])
        }
        Err(failure) => seen([&told(world, failure.answer()), "none", failure.code()]),
    }
}

fn noticed_by_a_tenant() -> Seen {
    let world = world(ada());
    let after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    let tenant = of_a_tenant(&world);
    let notice = author(&tenant).notice(AuthorText::mail("Done.")).unwrap();
    let noticed = world.recovery.send_notice(&after, &notice, world.now);
    sent(&world, watched(&world, || block_on(noticed)))
}

rows! { "what an author writes":
    request "request: one verified, enabled account with a password" =>
        asked(&world(ada()), &by_email());
    request_for_nobody "request: nobody" => asked(&world(ada()), &nobody());
    request_for_no_contact "request: an account without a contact for the text" => {
        let world = world(ada());
        asked_by(&world, author(&world), &by_email(), AuthorText::sms(TEXT))
    };
    request_without_password "request: no password" =>
        asked(&world(without_password()), &by_email());
    request_throttled "request: more than 500 of the author in 5 minutes, known or not" =>
        known_or_not(|lookup| after(500, lookup));
    request_of_another_tenant "request: of an author of another tenant" => {
        let world = world(ada());
        let tenant = of_a_tenant(&world);
        asked_by(&world, author(&tenant), &by_email(), AuthorText::mail(TEXT))
    };
    notice "notice: to the owner" => noticed(AuthorText::mail("Done."), |notice| notice, 1);
    notice_with_copies "notice: to the owner, with two copies" => noticed(
        AuthorText::mail("Done."),
        |notice| notice.copies(["log@example.org"], ["audit@example.org"]).unwrap(),
        1,
    );
    notice_for_no_contact "notice: an account without a contact for the text" =>
        noticed(AuthorText::sms("Done."), |notice| notice, 1);
    notice_left_out "notice: more than 500 of the author in 60 minutes" =>
        noticed(AuthorText::mail("Done."), |notice| notice, 501);
    notice_of_another_tenant "notice: of an author of another tenant" => noticed_by_a_tenant();
}
