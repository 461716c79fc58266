//! Tests for implementations of the ports, clause by clause.
//!
//! Each numbered promise of a port's contract is a clause. A suite judges every clause on a new, empty
//! store: it holds, it is broken, or it could not be judged because the fixture lacks a hook. The
//! suites need no executor, read no clock, and set nothing outside the stores that the fixture opens.
//!
//! An adapter implements [`Runtime`] once, and for each port the `Fixture` of its suite: how two
//! independent handles on one store are opened, and a few hooks.
//!
//! ```
//! # #[cfg(feature = "memory")] {
//! use std::sync::Arc;
//!
//! use repass::conformance::{Runtime, attempts};
//! use repass::memory::MemoryAttempts;
//! use repass::port::PortError;
//!
//! struct Memory;
//!
//! impl Runtime for Memory {}
//!
//! impl attempts::Fixture for Memory {
//!     type Port = Arc<MemoryAttempts>;
//!
//!     async fn open(&self) -> Result<[Self::Port; 2], PortError> {
//!         let store = Arc::new(MemoryAttempts::default());
//!         Ok([Arc::clone(&store), store])
//!     }
//! }
//!
//! # pollster::block_on(async {
//! let report = attempts::run(&Memory).await;
//! // This fixture opens no store that is nearly full.
//! report.assert_held_except(&[attempts::Clause::RowsAreNotEvicted]);
//! # });
//! # }
//! ```
//!
//! [`Report::assert_held`] and [`Report::assert_held_except`] fail a test for each clause that is broken
//! **or was not judged**. A user table has what the service needs: the fixture of
//! [`accounts`] names what the table lacks, and the suite judges everything else.
//!
//! The moments that a suite passes as `now` lie in the year 2096, so that what a store expires by a
//! clock of its own, as garbage collection, does not interfere.

/// The clauses of a port, each with the name that the contract has and that its test has, too; and
/// `run` and `judge`, which call these tests.
macro_rules! clauses {
    (
        $(#[$about:meta])*
        $port:ident { $($(#[$promise:meta])* $clause:ident: $test:ident,)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Clause {
            $($(#[$promise])* $clause,)*
        }

        impl Clause {
            /// All clauses, in the order of the contract.
            pub const ALL: [Self; [$(Self::$clause),*].len()] = [$(Self::$clause),*];

            /// The name of the clause, as the contract has it.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$clause => stringify!($test),)*
                }
            }
        }

        /// Judges all clauses, each on a store of its own.
        pub async fn run<F: Fixture>(fixture: &F) -> Report<Clause> {
            let mut outcomes = Vec::new();
            for clause in Clause::ALL {
                outcomes.push(judge(clause, fixture).await);
            }
            Report::new(outcomes)
        }

        /// Judges one clause.
        pub async fn judge<F: Fixture>(clause: Clause, fixture: &F) -> Outcome<Clause> {
            let judged = match clause {
                $(Clause::$clause => $test(fixture).await,)*
            };
            Outcome::new(Port::$port, clause, clause.code(), judged)
        }
    };
}

pub mod accounts;
pub mod attempts;
pub mod counters;
mod outcome;
pub mod queue;
mod runtime;

pub use self::outcome::{Hooked, Outcome, Report, Unproven, Verdict};
pub use self::runtime::{Call, Runtime, at_once};

use self::outcome::{Judged, Stop, all, ensure, same};

use alloc::sync::Arc;
use alloc::vec::Vec;

use time::UtcDateTime;

use crate::clock::moment;
use crate::port::PortError;
use crate::scope::{Purpose, Scope, ScopeError};

/// How many calls a race makes.
const CALLS: u8 = 16;

/// How often a race is run: a store that is asked over a network does not fail in each of them.
const ROUNDS: u8 = 4;

/// So many seconds after the moment at which each suite begins.
fn at(seconds: i64) -> UtcDateTime {
    moment(second(seconds))
}

const fn second(seconds: i64) -> i64 {
    4_000_000_000_i64.saturating_add(seconds)
}

/// The scope of everything that a suite makes.
fn scope() -> Scope {
    Scope::new(Purpose::RESET)
}

/// Another scope, whose rows and entries lie in the same store.
fn other_scope() -> Result<Scope, ScopeError> {
    scope().for_tenant("conformance")
}

/// The handles as a race uses them: each call owns one, and they take turns.
fn shared<P>(handles: [P; 2]) -> [Arc<P>; 2] {
    handles.map(Arc::new)
}

/// Makes a race of [`CALLS`] calls, which take turns in using one of the two handles.
async fn race<R, P, T, C>(runtime: &R, ports: &[Arc<P>; 2], call: C) -> Result<Vec<T>, PortError>
where
    R: Runtime,
    P: Send + Sync + 'static,
    T: Send + 'static,
    C: Fn(Arc<P>, u8) -> Call<Result<T, PortError>> + Send + Sync,
{
    let handles = ports.iter().cycle();
    let calls =
        handles.zip(0..CALLS).map(|(port, number)| call(Arc::clone(port), number)).collect();
    runtime.at_once(calls).await.into_iter().collect()
}
