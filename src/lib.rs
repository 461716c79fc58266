//! Passwords, and getting people back in: policy, signed expiring tokens, check codes, Argon2id
//! hashing, and the flow from "forgot" to "changed".
//!
//! The crate does no I/O, reads no clock and draws no randomness: `now`, seeds and salts are
//! arguments, and storage and messages are three traits.
//!
//! ```
//! # #[cfg(feature = "common-passwords")] {
//! use repass::policy::{Personal, Policy};
//!
//! let about = Personal::none().username("lovelace");
//! let violations = Policy::django().check("lovelace1", &about).unwrap_err();
//! assert_eq!(violations[0].code(), "password_too_similar");
//! # }
//! ```
//!
//! # Where to begin
//!
//! | you have | you want | begin with |
//! |---|---|---|
//! | a sign-up form | to judge passwords | [`policy::Policy`] |
//! | a user table | the whole road from "forgot" to "changed" | [`service::Service`] |
//! | a user table, and no other store | links bound to the state of an account | [`token::StatelessSigner`] |
//! | a flow of your own | tokens, codes, hashes | [`token::Signer`], [`code::Codes`], [`hash::Hasher`] |
//! | a transaction of your own, or futures that are not `Send` | the decisions without the traits | [`reset::Flow`] |
//! | a test or a service of one process | ports in memory | `memory` |
//!
//! # Floors
//!
//! A module uses only those below it.
//!
//! 1. Vocabulary: [`secret`], [`key`], [`scope`], [`account`], [`attempt`], [`port`]
//! 2. Mechanisms: [`policy`], [`token`], [`code`], [`hash`], [`throttle`], [`message`]
//! 3. Decisions: [`reset`]
//! 4. Ports: [`accounts`], [`store`], [`notify`]
//! 5. The driver: [`service`]
//! 6. In memory: `memory`, behind its feature
//!
//! # Errors
//!
//! Each operation has a small enum of its own with the facts that decided it, a stable snake_case
//! `code()` for programs and logs, and, where strangers may ask, an `outward()` that is all they
//! may be told. None ever holds a secret.
//!
//! # Features
//!
//! `std`, `common-passwords` and `getrandom` are on by default, `breach`, `memory` and `serde` are not.
//! A feature only adds names.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

extern crate alloc;

pub mod account;
pub mod attempt;
mod bytes;
mod clock;
pub mod code;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod hash;
pub mod key;
#[cfg(feature = "memory")]
pub mod memory;
pub mod message;
pub mod policy;
pub mod port;
pub mod queue;
pub mod recovery;
pub mod reset;
pub mod scope;
pub mod secret;
pub mod throttle;
pub mod token;

#[cfg(feature = "getrandom")]
pub use getrandom::SysRng;
pub use rand_core;
pub use time;

/// The examples of the README, kept compiling.
#[cfg(all(doctest, feature = "common-passwords"))]
#[doc = include_str!("../README.md")]
struct Readme;
