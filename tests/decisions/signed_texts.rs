//! What is told of a signed text before anything is looked up, wherever it is shown.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Contact, Email};
use repass::key::{Key, KeyId};
use repass::message::{LinkForm, ResetLink};
use repass::reset::{Delivery, Flow, FlowBuilder, Proof};
use repass::scope::{Purpose, Scope};

use crate::accounts::id;
use crate::seen::{Seen, alike, seen, told, watched};
use crate::world::{World, ada, by_email, keyring, page, seed, token_in};

/// Where a text is shown.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Link,
    /// Beside a code.
    Handle,
    /// To have a message sent again.
    Resend,
    Ticket,
    Stop,
    Address,
}

use Place::{Address, Handle, Link, Resend, Stop, Ticket};

/// A good text for each place.
struct Texts {
    world: World,
    link: String,
    handle: String,
    ticket: String,
    stop: String,
    address: String,
}

fn stopping(builder: FlowBuilder) -> FlowBuilder {
    let page = ResetLink::new("https://example.org/not-me", LinkForm::Query).unwrap();
    builder.stop_page(page)
}

impl Texts {
    fn new() -> Self {
        let new = Contact::email("new@example.org").unwrap();
        let ada = ada().with_email(Email::unverified(new.clone()));
        let world = World::with(stopping, [ada]);
        let handle = world.ask(&by_email(), Delivery::LINK);
        let text = world.read().unwrap();
        let [link, stop] = ["/reset?token=", "/not-me?token="].map(|before| {
            text.lines().find_map(|line| line.split_once(before)).unwrap().1.to_owned()
        });
        let ticket = world.admit_link(&link).unwrap().ticket().unwrap().expose_secret().to_owned();
        let asked = world.recovery.verify_address(id("1"), new, None, seed(), world.now);
        let _asked = block_on(asked).unwrap();
        let _worked = world.work();
        let address = token_in(&world.read().unwrap());
        Self { world, link, handle, ticket, stop, address }
    }

    fn each(&self) -> [(Place, &str); 6] {
        [
            (Link, &self.link),
            (Handle, &self.handle),
            (Resend, &self.handle),
            (Ticket, &self.ticket),
            (Stop, &self.stop),
            (Address, &self.address),
        ]
    }

    /// Each in its place after something was done to it.
    fn spoilt(&self, spoil: impl Fn(&str) -> String) -> Seen {
        self.shown_in(&self.world, self.each().map(|(place, text)| (place, spoil(text))))
    }

    /// Each in its place in another flow over the same ports.
    fn shown_to(&self, flow: Flow) -> Seen {
        self.shown_at(&self.world.driven_by(flow))
    }

    fn shown_at(&self, world: &World) -> Seen {
        self.shown_in(world, self.each().map(|(place, text)| (place, text.to_owned())))
    }

    fn shown_in(&self, world: &World, texts: impl IntoIterator<Item = (Place, String)>) -> Seen {
        alike(texts.into_iter().map(|(place, text)| show(world, place, &text)))
    }
}

fn show(world: &World, place: Place, text: &str) -> Seen {
    let (now, recovery) = (world.now, &world.recovery);
    let proof = match place {
        Link => Proof::Link(text),
        Handle => Proof::Code { handle: text, code: "BCDF-GHJK" },
        _ => Proof::Ticket(text),
    };
    let refused = watched(world, || match place {
        Link | Handle | Ticket => block_on(recovery.admit(proof, None, now))
            .map(|_| ())
            .map_err(|e| (e.answer(), e.code())),
        Resend => {
            block_on(recovery.resend(text, now)).map(|_| ()).map_err(|e| (e.answer(), e.code()))
        }
        Stop => block_on(recovery.stop(text, now)).map(|_| ()).map_err(|e| (e.answer(), e.code())),
        Address => {
            let admitted = block_on(recovery.admit_address(text, None, now));
            admitted.map(|_| ()).map_err(|e| (e.answer(), e.code()))
        }
    });
    let (answer, code) = refused.expect_err("it was taken");
    seen([&told(world, answer), code])
}

/// Another tag.
fn altered(text: &str) -> String {
    let at = text.len() - 10;
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

fn of_another_kind() -> Seen {
    let texts = Texts::new();
    let mut shown = Vec::new();
    for (kind, text) in texts.each() {
        for (place, _) in texts.each() {
            // A ticket is longer; a link is one wherever links are shown, and so is a handle.
            let same = [[Link, Address], [Handle, Resend]];
            let is_same =
                kind == place || same.iter().any(|s| s.contains(&kind) && s.contains(&place));
            if !is_same && kind != Ticket && place != Ticket {
                shown.push((place, text.to_owned()));
            }
        }
    }
    texts.shown_in(&texts.world, shown)
}

fn other_scope(scope: Scope) -> Seen {
    let builder = Flow::builder(keyring(), page()).scope(scope);
    Texts::new().shown_to(stopping(builder).build().unwrap())
}

fn unknown_key() -> Seen {
    let key = Key::generate(&mut repass::SysRng).unwrap();
    let keyring = repass::key::Keyring::new(KeyId::new(8), key);
    Texts::new().shown_to(stopping(Flow::builder(keyring, page())).build().unwrap())
}

fn retired_key() -> Seen {
    let texts = Texts::new();
    let next = Key::generate(&mut repass::SysRng).unwrap();
    let keyring = keyring().rotate(KeyId::new(8), next).unwrap();
    let keyring = keyring.retire(KeyId::new(7), texts.world.now).unwrap();
    texts.shown_to(stopping(Flow::builder(keyring, page())).build().unwrap())
}

fn a_day_later() -> Seen {
    let mut texts = Texts::new();
    texts.world.wait(24 * 60 * 60);
    texts.shown_at(&texts.world)
}

/// The clock that made it was a year ahead.
fn a_year_before() -> Seen {
    let mut texts = Texts::new();
    texts.world.now -= Duration::from_secs(365 * 24 * 60 * 60);
    texts.shown_at(&texts.world)
}

rows! { "signed text":
    malformed "malformed" => Texts::new().spoilt(|text| format!("{text}A"));
    altered_text "altered" => Texts::new().spoilt(altered);
    another_kind "of another kind" => of_another_kind();
    another_purpose "of another purpose" => other_scope(Scope::new(Purpose::INVITATION));
    another_tenant "of another tenant" =>
        other_scope(Scope::new(Purpose::RESET).for_tenant("acme").unwrap());
    key_not_in_the_ring "of a key that is not in the ring" => unknown_key();
    key_retired "of a key that is retired" => retired_key();
    expired "expired" => a_day_later();
    too_far_ahead "signed by a clock that is a year ahead" => a_year_before();
}
