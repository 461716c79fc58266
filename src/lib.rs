//! An embeddable library for password policies and account recovery: policy, signed expiring tokens,
//! check codes, Argon2id hashing, and the flow from "forgot" to "changed".
//!
//! The crate does no I/O, reads no clock and draws no randomness: `now`, seeds and salts are
//! arguments, and user table, attempts, counters, queue and delivery are five traits.
//!
//! A host must schedule [`Recovery::housekeep`](recovery::Recovery::housekeep) when it starts and every
//! few minutes, and run [`Recovery::work`](recovery::Recovery::work) all the time. On tokio, the `Worker`
//! of the package `repass-tokio` does both.
//!
//! ```
//! # #[cfg(feature = "common-passwords")] {
//! use repass::policy::{Personal, Policy};
//! use repass::secret::Password;
//!
//! let about = Personal::none().username("lovelace");
//! let violations = Policy::django().check(&Password::new("lovelace1")?, &about).unwrap_err();
//! assert_eq!(violations[0].code(), "password_too_similar");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to begin
//!
//! | you have | you want | begin with |
//! |---|---|---|
//! | a sign-up form | to check passwords | [`policy::Policy`] |
//! | a user table | the whole flow from "forgot" to "changed" | [`recovery::Recovery`] |
//! | a sign-in form | to compare passwords and say nothing else | [`sign_in`] |
//! | a database | to implement the ports | [`port`] |
//! | a user table, and no other store | links bound to the state of an account | [`token::StatelessSigner`] |
//! | a flow of your own | tokens, codes, hashes | [`token::Signer`], [`code::Codes`], [`hash::Hasher`] |
//! | a transaction of your own, or futures that are not `Send` | the flow without the traits | [`reset::Step`]; `commit_within` of the package `repass-sql` |
//! | a test or a service of one process | all ports in memory | [`memory`] |
//! | an implementation of a port | to know that it keeps its contract | [`conformance`] |
//! | tokio | a worker, and hashing that is bounded | the package `repass-tokio` |
//! | SQLite or PostgreSQL | the ports, and a user table | the package `repass-sqlx`; `repass-sql` for another driver |
//! | axum | routes and forms to mount, with sign-in | the package `repass-axum` |
//! | a relay for mail, a provider of text messages | the notifier | the packages `repass-lettre` and `repass-webhook` |
//! | nothing yet | a complete service | `service` in the repository: `cargo run -p repass-service -- --demo` |
//!
//! # Layers
//!
//! A module uses only those above it in this list.
//!
//! 1. Vocabulary: [`secret`], [`key`], [`scope`], [`language`], [`account`], [`attempt`], [`answer`]
//! 2. Mechanisms: [`policy`], [`token`], [`code`], [`hash`], [`throttle`], [`message`], [`queue`]
//! 3. Ports, which a host implements: [`port`]
//! 4. Decisions, as steps that each ask one port: [`reset`]
//! 5. Sign-in, by steps of the same kind: [`sign_in`]
//! 6. The driver, one loop over the steps: [`recovery`]
//! 7. All ports in memory: [`memory`], and tests for ports: [`conformance`], each behind its feature
//!
//! # Errors
//!
//! Each operation has a small enum of its own with the facts that decided it and a stable snake_case
//! `code()` for programs and logs. Errors that a person can meet have an `answer()`, which is all that
//! the person may be told: an [`Answer`](answer::Answer), with its code, its status for HTTP, and how
//! long to wait. A port that failed is a [`port::PortFailure`], and the call can be repeated. No error
//! holds a secret.
//!
//! # Features
//!
//! `std`, `common-passwords` and `getrandom` are on by default; `breach`, `memory`, `conformance` and
//! `serde` are not. A feature only adds names.
//!
//! # Rust version
//!
//! This package and those for axum, SMTP, webhooks, SQL and tokio need Rust 1.88; `repass-sqlx` and the
//! service need 1.94, as sqlx does.
#![cfg_attr(not(feature = "memory"), doc = "")]
#![cfg_attr(
    not(feature = "memory"),
    doc = "[`memory`]: https://docs.rs/repass/latest/repass/memory/"
)]
#![cfg_attr(not(feature = "conformance"), doc = "")]
#![cfg_attr(
    not(feature = "conformance"),
    doc = "[`conformance`]: https://docs.rs/repass/latest/repass/conformance/"
)]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

extern crate alloc;

pub mod account;
pub mod answer;
pub mod attempt;
mod bytes;
mod clock;
pub mod code;
#[cfg(feature = "serde")]
mod coded;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod event;
pub mod hash;
pub mod key;
pub mod language;
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
pub mod sign_in;
mod template;
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
