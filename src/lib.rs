//! Passwords, and getting people back in.
#![no_std]

#[cfg(feature = "std")]
extern crate std;

extern crate alloc;

pub mod policy;
