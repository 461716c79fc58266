//! What use and attack of the flow have found, one test or more for each finding, named after its
//! number.

extern crate alloc;

#[path = "../support/recovering.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod recovering;
#[path = "../support/sources.rs"]
mod sources;
#[path = "../support/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

mod accounts;
mod answers;
mod choosing_ports;
mod clocks;
mod contacts;
mod counts;
mod dumps;
mod error_texts;
mod history;
mod identifiers;
mod messages;
mod policies;
mod queue;
mod sealed;
mod sign_in;
mod steps;
mod stored_hashes;
mod tenants;
mod tickets;
