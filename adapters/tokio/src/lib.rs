//! What a service on tokio needs around `repass`: [`HashPool`] keeps Argon2 off the threads that
//! answer requests and bounds how many hashes are computed at once, and [`Worker`] works on the queue
//! and does the housekeeping. [`ByChannel`] joins two notifiers.

#![doc = include_str!("../README.md")]

extern crate alloc;

mod by_channel;
mod hash_pool;
mod host;
mod worker;

pub use repass;
pub use tokio;

pub use self::by_channel::ByChannel;
pub use self::hash_pool::{HashPermit, HashPool, PoolError};
pub use self::host::{Event, Host, finish};
pub use self::worker::Worker;
