//! Five documented systems, each carried by what the crate decides: a handler reads parameters, calls the
//! flow, and says what the document says. A service with an interface of its own in place of a page with a
//! link needs nothing else (wish E18).
#![cfg(feature = "common-passwords")]

extern crate alloc;

#[path = "../support/recovering.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod recovering;
#[path = "../support/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

mod document;
mod set_password;
mod system_000;
mod system_001;
mod system_002;
mod system_003;
mod system_004;

use std::collections::BTreeMap;

/// The parameters of a request, by name.
pub(crate) type Form<'a> = BTreeMap<&'a str, &'a str>;

pub(crate) fn form<'a, const N: usize>(parameters: [(&'a str, &'a str); N]) -> Form<'a> {
    Form::from(parameters)
}

pub(crate) fn keyring() -> repass::key::Keyring {
    use repass::key::{Key, KeyId, Keyring};
    Keyring::new(KeyId::new(1), Key::from_bytes(&world::key_bytes()).unwrap())
}
