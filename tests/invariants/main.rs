//! The invariants of DESIGN.md, section 4, one module each.
//!
//! For each test a patch in `tests/broken` takes away what it guards; `checks/broken/run` shows that
//! just this test fails then.

mod admitted_only;
mod at_rest;
mod bounded;
mod burnt_and_owed;
mod forgery;
mod guesses;
mod looking;
mod mail;
mod same_answers;
mod sessions;
mod strangers;
mod winner;
mod world;
