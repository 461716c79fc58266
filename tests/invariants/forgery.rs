//! 2. Forgery never costs a query.

use pollster::block_on;
use repass::key::{Key, KeyId, Keyring};
use repass::reset::{Delivery, Flow, Proof};
use repass::scope::{Purpose, Scope};
use repass::secret::Seed;

use crate::world::{World, by_email, keyring, page};

fn forgeries(world: &World, genuine: &str) -> Vec<String> {
    let mut altered = genuine.to_owned();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    vec![
        String::new(),
        "x".repeat(80),
        "A".repeat(79),
        "A".repeat(1 << 20),
        altered,
        genuine.to_lowercase(),
        handle_of(&Flow::builder(other_keyring(), page()).build().unwrap(), world),
        handle_of(&world.service.flow().for_tenant("acme").unwrap(), world),
        handle_of(
            &Flow::builder(keyring(), page())
                .scope(Scope::new(Purpose::new("invitation").unwrap()))
                .build()
                .unwrap(),
            world,
        ),
    ]
}

fn other_keyring() -> Keyring {
    let material: Vec<u8> = (100..132).collect();
    Keyring::new(KeyId::new(7), Key::from_bytes(&material).unwrap())
}

fn handle_of(flow: &Flow, world: &World) -> String {
    let seed = Seed::generate(&mut repass::SysRng).unwrap();
    let request = flow.request(by_email(), Delivery::EmailLink, seed, world.now).unwrap();
    request.handle().expose_secret().to_owned()
}

#[test]
fn a_forged_link_reaches_no_port() {
    let world = World::new();
    let token = world.link();
    world.calls();
    // A handle is signed by the same keys, and is no link.
    let handle = handle_of(world.service.flow(), &world);
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
