//! Any sequence of operations over the whole flow, with ports that fail; `repass_fuzz::world` says
//! what has to hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repass_fuzz::world::World;

fuzz_target!(|bytes: &[u8]| World::run(bytes));
