use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::{self, Vec};
use core::fmt;
use core::slice;

use crate::port::{Port, PortError};

/// What a suite says about one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<C> {
    port: Port,
    clause: C,
    code: &'static str,
    verdict: Verdict,
}

/// Whether a clause holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing that the suite tried broke the clause.
    Held,
    /// The clause is broken. The text says what the suite asked, what the port answered, and what would
    /// have been right. It holds no secret of the service; the text of an error is the adapter's.
    Broken(String),
    /// The clause could not be judged: what the fixture would have to offer.
    NotJudged(&'static str),
}

/// Whether the fixture can do what the suite asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a fixture has or lacks a hook")]
pub enum Hooked<T = ()> {
    /// It did.
    Done(T),
    /// It cannot: what needs it is not judged.
    Missing,
}

/// What a suite says about all clauses of a port, in the order of the contract.
///
/// A report in which no clause is broken proves nothing about clauses that were not judged: a test asks
/// [`Report::assert_held`]. `for outcome in report` goes through the outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<C> {
    outcomes: Vec<Outcome<C>>,
}

impl<C> Outcome<C> {
    pub(super) fn new(port: Port, clause: C, code: &'static str, judged: Judged) -> Self {
        let verdict = match judged {
            Ok(()) => Verdict::Held,
            Err(Stop::Broken(fact)) => Verdict::Broken(fact),
            Err(Stop::Missing(hook)) => Verdict::NotJudged(hook),
        };
        Self { port, clause, code, verdict }
    }

    /// The port whose contract has the clause.
    #[must_use]
    pub const fn port(&self) -> Port {
        self.port
    }

    /// The clause.
    #[must_use]
    pub const fn clause(&self) -> &C {
        &self.clause
    }

    /// The name of the clause, as the contract has it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Whether it holds.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Whether the clause was judged and holds.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        matches!(self.verdict, Verdict::Held)
    }

    /// Whether the clause is broken.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        matches!(self.verdict, Verdict::Broken(_))
    }
}

impl<C> fmt::Display for Outcome<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = match self.port {
            Port::Accounts => "accounts",
            Port::Attempts => "attempts",
            Port::Counters => "counters",
            Port::Queue => "queue",
            Port::Notifier => "notifier",
        };
        write!(f, "{port}: {}: ", self.code)?;
        match &self.verdict {
            Verdict::Held => f.write_str("held"),
            Verdict::Broken(fact) => write!(f, "broken: {fact}"),
            Verdict::NotJudged(hook) => write!(f, "not judged: {hook}"),
        }
    }
}

impl<C> Report<C> {
    pub(super) const fn new(outcomes: Vec<Outcome<C>>) -> Self {
        Self { outcomes }
    }

    /// The outcomes, in the order of the contract.
    pub fn iter(&self) -> slice::Iter<'_, Outcome<C>> {
        self.outcomes.iter()
    }

    /// The outcomes of the clauses that are broken.
    pub fn broken(&self) -> impl Iterator<Item = &Outcome<C>> {
        self.iter().filter(|outcome| outcome.is_broken())
    }

    /// The outcomes of the clauses that could not be judged.
    pub fn not_judged(&self) -> impl Iterator<Item = &Outcome<C>> {
        self.iter().filter(|outcome| matches!(outcome.verdict(), Verdict::NotJudged(_)))
    }
}

impl<C: PartialEq> Report<C> {
    /// Checks that every clause was judged and holds, except for those in `except`, which must be the
    /// clauses that cannot be judged: one that was judged does not belong there.
    ///
    /// # Errors
    ///
    /// [`Unproven`] lists every clause for which this is not so.
    pub fn proven_except(&self, except: &[C]) -> Result<(), Unproven> {
        let lines = self.iter().filter_map(|outcome| {
            let expected = except.contains(outcome.clause());
            match outcome.verdict() {
                Verdict::Held if expected => {
                    Some(format!("{outcome}, although it was expected not to be judged"))
                }
                Verdict::Held => None,
                Verdict::NotJudged(_) if expected => None,
                Verdict::Broken(_) | Verdict::NotJudged(_) => Some(outcome.to_string()),
            }
        });
        let lines: Vec<_> = lines.collect();
        if lines.is_empty() { Ok(()) } else { Err(Unproven { lines }) }
    }

    /// Asserts in a test that every clause was judged and holds.
    ///
    /// # Panics
    ///
    /// Panics with a list of the clauses that are broken or were not judged.
    #[track_caller]
    pub fn assert_held(&self) {
        self.assert_held_except(&[]);
    }

    /// Asserts in a test what [`Report::proven_except`] checks.
    ///
    /// # Panics
    ///
    /// Panics with the list of [`Unproven`].
    #[track_caller]
    #[expect(clippy::panic, reason = "it is called by tests, to fail them")]
    pub fn assert_held_except(&self, except: &[C]) {
        if let Err(unproven) = self.proven_except(except) {
            panic!("{unproven}");
        }
    }
}

/// A port does not keep its contract, or the suite could not judge all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    lines: Vec<String>,
}

impl Unproven {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "contract_unproven"
    }
}

/// One line per clause.
impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not all clauses were judged and hold:")?;
        self.lines.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl core::error::Error for Unproven {}

impl<C> IntoIterator for Report<C> {
    type Item = Outcome<C>;
    type IntoIter = vec::IntoIter<Outcome<C>>;

    fn into_iter(self) -> Self::IntoIter {
        self.outcomes.into_iter()
    }
}

impl<'a, C> IntoIterator for &'a Report<C> {
    type Item = &'a Outcome<C>;
    type IntoIter = slice::Iter<'a, Outcome<C>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One line per clause.
impl<C> fmt::Display for Report<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|outcome| writeln!(f, "{outcome}"))
    }
}

/// What the test of a clause returns.
pub(super) type Judged<T = ()> = Result<T, Stop>;

/// Why the test of a clause ends before its end.
pub(super) enum Stop {
    Broken(String),
    Missing(&'static str),
}

impl Stop {
    /// Says in front of the fact what it is about.
    pub(super) fn about(self, what: &str) -> Self {
        match self {
            Self::Broken(fact) => Self::Broken(format!("{what}: {fact}")),
            Self::Missing(hook) => Self::Missing(hook),
        }
    }
}

/// An error is an answer, too: nothing that a suite asks for makes one of a port that conforms.
impl From<PortError> for Stop {
    fn from(error: PortError) -> Self {
        Self::Broken(format!("a call failed: {error}"))
    }
}

/// Joins what independent parts of a clause found, so that one that is broken hides no other.
pub(super) fn all(parts: impl IntoIterator<Item = Judged>) -> Judged {
    let (mut facts, mut missing) = (Vec::new(), None);
    for part in parts {
        match part {
            Ok(()) => {}
            Err(Stop::Broken(fact)) if facts.contains(&fact) => {}
            Err(Stop::Broken(fact)) => facts.push(fact),
            Err(Stop::Missing(hook)) => missing = missing.or(Some(hook)),
        }
    }
    match (facts.is_empty(), missing) {
        (false, _) => Err(Stop::Broken(facts.join("; "))),
        (true, Some(hook)) => Err(Stop::Missing(hook)),
        (true, None) => Ok(()),
    }
}

/// Goes on if the condition holds; `fact` says what is wrong otherwise.
pub(super) fn ensure(holds: bool, fact: &str) -> Judged {
    if holds { Ok(()) } else { Err(Stop::Broken(fact.to_owned())) }
}

/// Goes on if both are equal; `what` names the value that the port answered.
pub(super) fn same<T: PartialEq + fmt::Debug>(what: &str, answer: T, right: T) -> Judged {
    if answer == right {
        return Ok(());
    }
    Err(Stop::Broken(format!("{what}: {answer:?} instead of {right:?}")))
}
