//! The invariants of DESIGN.md, one module or two for each number.
//!
//! For each invariant the cases in `tests/broken` take away what it guards; `checks/broken/run` shows
//! that just the tests fail then which a case names.

mod addresses;
mod admitted_only;
mod at_rest;
mod authors;
mod bounded;
mod callers;
mod disclosures;
mod door;
mod first_passwords;
mod forgery;
mod guesses;
mod handled;
mod hidden;
mod looking;
mod mail;
mod nothing_lost;
mod operators;
mod resends;
mod same_answers;
mod sealed;
mod sessions;
mod signed_in_resends;
mod sms;
mod sms_resends;
mod started;
mod stopped;
mod strangers;
mod texts;
mod thief;
mod winner;
mod world;
