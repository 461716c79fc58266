//! Passwords, and getting people back in.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

extern crate alloc;

pub mod account;
pub mod accounts;
pub mod attempt;
pub mod code;
pub mod hash;
pub mod key;
#[cfg(feature = "memory")]
pub mod memory;
pub mod message;
pub mod notify;
pub mod policy;
pub mod port;
pub mod reset;
pub mod scope;
pub mod secret;
pub mod service;
pub mod store;
pub mod throttle;
pub mod token;

#[cfg(feature = "getrandom")]
pub use getrandom::SysRng;
pub use rand_core;
pub use time;
