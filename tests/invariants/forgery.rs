//! 2. Forgery never costs a query.

use core::time::Duration;

use pollster::block_on;
use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::reset::{Delivery, Proof};
use repass::scope::{Purpose, Scope};
use repass::store::ResetStore;
use repass::token::{Signer, State, StatelessSigner};

use crate::world::{World, by_email, keyring, seed};

fn forgeries(world: &World, genuine: &str) -> Vec<String> {
    let mut altered = genuine.to_owned();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    let texts = [
        String::new(),
        "x".repeat(80),
        "A".repeat(79),
        "A".repeat(1 << 20),
        altered,
        genuine.to_lowercase(),
    ];
    // Genuine links and handles: of another key, another tenant and another purpose.
    let reset = Scope::new(Purpose::RESET);
    let foreign = [
        (other_keyring(), reset.clone()),
        (keyring(), reset.for_tenant("acme").unwrap()),
        (keyring(), Scope::new(Purpose::new("invitation").unwrap())),
    ];
    let life = Duration::from_secs(600);
    let signed = foreign.into_iter().flat_map(|(keyring, scope)| {
        let id = AttemptId::new(seed());
        [Signer::links(keyring.clone(), scope.clone(), life), Signer::handles(keyring, scope, life)]
            .map(|signer| signer.sign(id, world.now + life).unwrap().expose_secret().to_owned())
    });
    texts.into_iter().chain(signed).collect()
}

fn other_keyring() -> Keyring {
    let material: Vec<u8> = (100..132).collect();
    Keyring::new(KeyId::new(7), Key::from_bytes(&material).unwrap())
}

#[test]
fn a_forged_link_reaches_no_port() {
    let world = World::new();
    let token = world.link();
    // A handle is signed by the same keys, and is no link.
    let handle =
        world.request(&by_email(), Delivery::EmailLink).handle().expose_secret().to_owned();
    world.calls();
    for forged in forgeries(&world, &token).iter().chain([&handle]) {
        assert!(world.admit_link(forged).is_err());
        assert!(block_on(world.service.inspect(forged, world.now)).is_err());
        assert_eq!(world.calls(), [""; 0], "{forged:.100}");
    }
}

#[test]
fn a_forged_handle_reaches_no_port() {
    let world = World::new();
    let token = world.link();
    let (handle, code) = world.code();
    world.calls();
    for forged in forgeries(&world, &handle).iter().chain([&token]) {
        let proof = Proof::Code { handle: forged, code: &code };
        assert!(block_on(world.service.admit(proof, None, world.now)).is_err());
        assert_eq!(world.calls(), [""; 0], "{forged:.100}");
    }
}

/// A handle names the same attempt as the link, and whoever asked holds it. Whoever drives the
/// decisions alone cannot mix them up.
#[test]
fn a_handle_stands_in_for_no_link() {
    let world = World::new();
    let request = world.ask(&by_email(), Delivery::EmailLink);
    let flow = world.service.flow();
    let handle = request.handle().expose_secret();
    let (verified, _code) = flow.open_code(handle, "BBBB-BBBB", world.now).unwrap();
    let row = block_on(world.service.store().inner.load(&verified.id())).unwrap();
    assert!(row.is_some());
    assert_eq!(flow.prove_link(&verified, row).unwrap_err().code(), "reset_unknown");
}

#[test]
fn a_stateless_token_is_bound_to_one_account_in_one_state() {
    let now = World::new().now;
    let life = Duration::from_secs(600);
    let signer = StatelessSigner::new(keyring(), Scope::new(Purpose::RESET), life);
    let [ada, eve] = ["42", "43"].map(|id| AccountId::new(id).unwrap());
    let state = |hash| State::changed_by_use(hash).and("ada@example.org");
    let token = signer.sign(&ada, &state("old"), now + life).unwrap();
    for (subject, hash, good) in
        [(&ada, "old", true), (&ada, "new", false), (&eve, "old", false), (&eve, "new", false)]
    {
        let bound = signer.verify(token.expose_secret(), now).unwrap().bind(subject, &state(hash));
        assert_eq!(bound.is_ok(), good, "{subject}, {hash}");
    }
}
