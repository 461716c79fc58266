//! The ports over a PostgreSQL server, which these tests start.

#![allow(clippy::tests_outside_test_module, reason = "it is a test")]

extern crate alloc;

#[path = "../common/fixtures.rs"]
mod common;

mod conformance;
mod server;

use core::error::Error;
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

use common::fixtures;
use server::Server;

type Failure = Box<dyn Error + Send + Sync>;
type Result<T = ()> = core::result::Result<T, Failure>;

/// The server of all tests that do not stop it.
fn server() -> Result<&'static Server> {
    static SERVER: OnceLock<core::result::Result<Server, String>> = OnceLock::new();
    let server = SERVER.get_or_init(|| Server::start().map_err(|error| error.to_string()));
    server.as_ref().map_err(|error| error.clone().into())
}

/// A number that no other test has.
fn unique() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}
