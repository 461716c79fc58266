//! The service as its clients meet it: over sockets, with the configuration of the demonstration.

extern crate alloc;

mod alike;
mod bodies;
mod client;
mod configuration;
mod delivery;
mod demo;
mod documents;
mod hostile;
mod keys;
mod limits;
mod postgres;
mod quiet;
mod running;
mod samples;
mod system_000;
mod system_001;
mod system_002;
mod system_003;
mod system_004;
mod tenants;
