//! The ports: what a host provides, each with a numbered contract.
//!
//! | port | what it is | what a database gives it |
//! |---|---|---|
//! | [`Accounts`] | the user table | one conditional statement per change |
//! | [`Attempts`] | one row per attempt | insert unless present, compare and swap |
//! | [`Counters`] | how often something happened | one statement, outside every transaction |
//! | [`Queue`] | requests, messages and notices that wait | insert unless present, claim with a lease |
//! | [`Notifier`] | delivers a rendered message | SMTP, an SMS gateway |
//!
//! Attempts are found by id, counters by key, queue entries by key: no statement spans two of these,
//! so that each can be distributed by itself. Each call takes `now`, which is the only clock: a
//! database's own (`now()`, `EXPIRE`) plays no part.
//!
//! An error says that a call may or may not have been carried out. What certainly did nothing, such as
//! a statement that ended in a serialization failure or a deadlock, is tried again inside the adapter,
//! a few times: calls that run at once are no reason for an error.
//!
//! [`Ports`] holds the five of them, and [`PortSet`] makes one out of five values. A program that
//! chooses its database at run time uses [`DynPorts`]. The module `conformance`, behind its feature,
//! tests an implementation clause by clause.

mod accounts;
mod attempts;
mod counters;
mod dynamic;
mod error;
mod notifier;
mod queue;
mod set;

pub use self::accounts::Accounts;
pub use self::attempts::{Attempts, Inserted};
pub use self::counters::Counters;
pub use self::dynamic::DynPorts;
pub use self::error::{Port, PortError, PortFailure};
pub use self::notifier::{Delivered, Notifier};
pub use self::queue::Queue;
pub use self::set::{PortSet, Ports};

use crate::answer::answered;

answered!(PortFailure);
