//! What a stranger can do with codes, and what it must not cost the owner.

extern crate alloc;

#[path = "support/recovering.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod recovering;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod world;

use repass::reset::{Delivery, Proof};

use self::recovering::{obtain, over};
use self::world::{Dice, ada, at, flow};

#[test]
fn guesses_on_a_spent_handle_cost_the_owner_no_tries_of_the_day() {
    let mut dice = Dice(1);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (of_stranger, _) = obtain(&recovery, Delivery::CODE, &mut dice, at(0));
    let (of_owner, code) = obtain(&recovery, Delivery::CODE, &mut dice, at(0));
    // One handle allows five tries, however often the stranger goes on: the day has fifteen.
    for _ in 0..100 {
        let proof = Proof::Code { handle: &of_stranger, code: "BBBB-BBBB" };
        assert!(pollster::block_on(recovery.admit(proof, None, at(1))).is_err());
    }
    let proof = Proof::Code { handle: &of_owner, code: &code };
    assert!(pollster::block_on(recovery.admit(proof, None, at(2))).is_ok());
}

/// Wrong codes exhaust the code alone: the link of the same message still admits.
#[test]
fn wrong_codes_leave_the_link_of_the_same_message() {
    let mut dice = Dice(1);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (handle, link) = obtain(&recovery, Delivery::LINK_AND_CODE, &mut dice, at(0));
    for _ in 0..100 {
        let proof = Proof::Code { handle: &handle, code: "BBBB-BBBB" };
        assert!(pollster::block_on(recovery.admit(proof, None, at(1))).is_err());
    }
    assert!(pollster::block_on(recovery.admit(Proof::Link(&link), None, at(2))).is_ok());
}
