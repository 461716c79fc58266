//! What somebody who is not the owner can do with codes, and what it must not cost the owner.

#[path = "support/world.rs"]
mod world;

use repass::account::Lookup;
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::reset::{Delivery, Proof, Request};
use repass::secret::Seed;
use repass::service::Service;

use self::world::{Dice, ada, at, flow, secret_in};

#[test]
fn guesses_on_a_spent_handle_cost_the_owner_no_tries_of_the_day() {
    let mut dice = Dice(1);
    let accounts = MemoryAccounts::new([ada(&mut dice)]);
    let flow = flow().build().unwrap();
    let service = Service::new(flow, accounts, MemoryStore::new(), Outbox::new());
    let mut asks = || -> (Request, String) {
        let lookup = Lookup::login("ada").unwrap();
        let seed = Seed::generate(&mut dice).unwrap();
        let request = service.request(lookup, Delivery::EmailCode, seed, at(0));
        let request = pollster::block_on(request).unwrap();
        let _sent = pollster::block_on(service.run(&request, at(0))).unwrap();
        let letter = service.notifier().take_letter().unwrap();
        let code = secret_in(service.flow().render(&letter, at(0)).unwrap().expose_secret());
        (request, code)
    };
    let (of_stranger, _) = asks();
    let (of_owner, code) = asks();
    // One handle is worth five tries, however often the stranger goes on: the day has fifteen.
    for _ in 0..100 {
        let handle = of_stranger.handle().expose_secret();
        let proof = Proof::Code { handle, code: "BBBB-BBBB" };
        assert!(pollster::block_on(service.admit(proof, None, at(1))).is_err());
    }
    let proof = Proof::Code { handle: of_owner.handle().expose_secret(), code: &code };
    assert!(pollster::block_on(service.admit(proof, None, at(2))).is_ok());
}
