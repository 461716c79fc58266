//! The notifier against a web server on loopback, which misbehaves as it is told.

extern crate alloc;

mod answers;
mod requests;
mod server;
mod tls;
mod worker;
mod world;
