//! 2. Forgery never costs a query.

use core::time::Duration;

use pollster::block_on;
use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::reset::{Delivery, Proof};
use repass::scope::{Purpose, Scope};
use repass::token::{Signer, State, StatelessSigner, TicketSigner};

use crate::world::{World, by_email, keyring, seed};

const LIFE: Duration = Duration::from_secs(600);

/// What a genuine text becomes when it is altered, and genuine texts of another kind, key, tenant and
/// purpose.
fn forgeries(world: &World, genuine: &str) -> Vec<String> {
    let mut altered = genuine.to_owned();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    let texts = [
        String::new(),
        "x".repeat(80),
        "x".repeat(100),
        "A".repeat(79),
        "A".repeat(1 << 20),
        altered,
        genuine.to_lowercase(),
        format!("{genuine}{genuine}"),
        genuine[..genuine.len() - 1].to_owned(),
    ];
    let reset = Scope::new(Purpose::RESET);
    let foreign = [
        (other_keyring(), reset.clone()),
        (keyring(), reset.for_tenant("acme").unwrap()),
        (keyring(), Scope::new(Purpose::new("invitation").unwrap())),
    ];
    let signed = foreign.into_iter().flat_map(|(keyring, scope)| {
        let (id, until) = (AttemptId::new(seed()), world.now + LIFE);
        let tickets = TicketSigner::new(keyring.clone(), scope.clone());
        let ticket = tickets.sign(id, &[0; 15], until).unwrap();
        [Signer::links(keyring.clone(), scope.clone(), LIFE), Signer::handles(keyring, scope, LIFE)]
            .map(|signer| signer.sign(id, until).unwrap().expose_secret().to_owned())
            .into_iter()
            .chain([ticket.expose_secret().to_owned()])
    });
    let values = ["0", "1", "-1", "1e1", "true", "null", "[]", "{}", " ", "'", "\0", "\u{FEFF}"];
    texts.into_iter().chain(values.map(str::to_owned)).chain(signed).collect()
}

fn other_keyring() -> Keyring {
    let material: Vec<u8> = (100..132).collect();
    Keyring::new(KeyId::new(7), Key::from_bytes(&material).unwrap())
}

/// A link, a handle with its code, and a ticket.
fn genuine(world: &World) -> (String, (String, String), String) {
    let token = world.link();
    let admitted = world.admit_link(&token).unwrap();
    (token, world.code(), admitted.ticket().unwrap().expose_secret().to_owned())
}

/// An empty secret (CVE-2019-18818, CVE-2008-3681), a number (CVE-2013-0233) and a crafted text
/// (CVE-2021-32648) were each taken for a token of another system.
#[test]
fn a_forged_link_reaches_no_port() {
    let world = World::new();
    let (token, (handle, _), ticket) = genuine(&world);
    world.calls();
    for forged in forgeries(&world, &token).iter().chain([&handle, &ticket]) {
        assert!(world.admit_link(forged).is_err());
        assert!(block_on(world.recovery.inspect(forged, world.now)).is_err());
        assert_eq!(world.calls(), [""; 0], "{forged:.100}");
    }
}

#[test]
fn a_forged_handle_reaches_no_port() {
    let world = World::new();
    let (token, (handle, code), ticket) = genuine(&world);
    world.calls();
    for forged in forgeries(&world, &handle).iter().chain([&token, &ticket]) {
        let proof = Proof::Code { handle: forged, code: &code };
        assert!(block_on(world.recovery.admit(proof, None, world.now)).is_err());
        assert_eq!(world.calls(), [""; 0], "{forged:.100}");
    }
}

#[test]
fn a_forged_ticket_reaches_no_port() {
    let world = World::new();
    let (token, (handle, _), ticket) = genuine(&world);
    world.calls();
    for forged in forgeries(&world, &ticket).iter().chain([&token, &handle]) {
        assert!(world.admit_ticket(forged).is_err());
        assert_eq!(world.calls(), [""; 0], "{forged:.100}");
    }
}

/// A ticket is as powerful as the link: it is good for the one row that was proved, as it was.
#[test]
fn a_ticket_is_bound_to_the_row_that_was_proved() {
    let world = World::new();
    world.link();
    let tickets = TicketSigner::new(keyring(), Scope::new(Purpose::RESET));
    let id = *world.rows()[0].id();
    let ticket = tickets.sign(id, &[0; 15], world.now + LIFE).unwrap();
    let refused = world.admit_ticket(ticket.expose_secret()).unwrap_err();
    assert_eq!(refused.code(), "reset_unknown");
}

/// A row says which secrets belong to it: a code that is sent does not mean that there is a link.
#[test]
fn a_row_of_a_code_takes_no_link() {
    let world = World::new();
    world.ask(&by_email(), Delivery::CODE);
    let links = Signer::links(keyring(), Scope::new(Purpose::RESET), LIFE);
    let row = world.rows().remove(0);
    let token = links.sign(*row.id(), row.expires_at()).unwrap();
    let refused = world.admit_link(token.expose_secret()).unwrap_err();
    assert_eq!(refused.code(), "reset_unknown");
}

/// The row says until when its link is good, so that a long link cannot be made of a short one.
#[test]
fn a_link_with_another_expiry_than_its_row_is_refused() {
    let world = World::new();
    world.link();
    let links = Signer::links(keyring(), Scope::new(Purpose::RESET), LIFE);
    let row = world.rows().remove(0);
    let token = links.sign(*row.id(), row.expires_at() + LIFE).unwrap();
    let refused = world.admit_link(token.expose_secret()).unwrap_err();
    assert_eq!(refused.code(), "reset_unknown");
}

/// A decoy has no secret: neither a link nor a ticket for it admits.
#[test]
fn a_decoy_takes_no_secret() {
    let world = World::new();
    world.ask(&crate::world::nobody(), Delivery::LINK);
    let row = world.rows().remove(0);
    let links = Signer::links(keyring(), Scope::new(Purpose::RESET), LIFE);
    let token = links.sign(*row.id(), row.expires_at()).unwrap();
    assert_eq!(world.admit_link(token.expose_secret()).unwrap_err().code(), "reset_unknown");
}

#[test]
fn a_stateless_token_is_bound_to_one_account_in_one_state() {
    let now = World::new().now;
    let signer = StatelessSigner::new(keyring(), Scope::new(Purpose::RESET), LIFE);
    let [ada, eve] = ["42", "43"].map(|id| AccountId::new(id).unwrap());
    let state = |hash| State::changed_by_use(hash).and("ada@example.org");
    let token = signer.sign(&ada, &state("old"), now + LIFE).unwrap();
    for (subject, hash, good) in
        [(&ada, "old", true), (&ada, "new", false), (&eve, "old", false), (&eve, "new", false)]
    {
        let bound = signer.verify(token.expose_secret(), now).unwrap().bind(subject, &state(hash));
        assert_eq!(bound.is_ok(), good, "{subject}, {hash}");
    }
}
