//! The notifier against a mail server on loopback, which misbehaves as it is told.

extern crate alloc;

mod copies;
mod failures;
mod server;
mod texts;
mod tls;
mod worker;
mod world;
