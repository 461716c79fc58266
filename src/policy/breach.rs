mod answer;
#[cfg(feature = "breach")]
mod query;
#[cfg(feature = "breach")]
mod row;
#[cfg(feature = "breach")]
mod sorted;

pub use answer::BreachAnswer;
#[cfg(feature = "breach")]
pub use query::BreachQuery;

use core::fmt;
use core::num::NonZeroU64;

/// What an online service, a file or a filter knows of a password in breaches.
///
/// A service or a file that gives no clear answer is [`Breach::Unknown`], never [`Breach::Absent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breach {
    /// Seen so often.
    Count(NonZeroU64),
    /// Not seen, says a source that answered in full.
    Absent,
    /// Nobody can tell.
    Unknown(BreachUnknown),
}

impl Breach {
    /// What a source of one's own says: 0 is [`Breach::Absent`].
    ///
    /// A filter that knows no numbers, such as a Bloom or ribbon filter, says 1 for a hit; its false
    /// alarms then refuse passwords that nobody has seen.
    ///
    /// ```
    /// use repass::policy::Breach;
    ///
    /// let filter = ["password1", "letmein"];
    /// let breach = |password| Breach::seen(u64::from(filter.contains(&password)));
    /// assert_eq!(breach("plum-kettle-42"), Breach::Absent);
    /// assert_eq!(breach("letmein").code(), "breach_count");
    /// ```
    #[must_use]
    pub const fn seen(times: u64) -> Self {
        match NonZeroU64::new(times) {
            Some(times) => Self::Count(times),
            None => Self::Absent,
        }
    }

    /// The stable name of the answer.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Count(_) => "breach_count",
            Self::Absent => "breach_absent",
            Self::Unknown(reason) => reason.code(),
        }
    }
}

/// What [`PolicyBuilder::max_breaches`](super::PolicyBuilder::max_breaches) does with
/// [`Breach::Unknown`]. That nobody asked is refused either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhenUnknown {
    /// Refuse the password: nobody sets one while the source is away.
    Refuse,
    /// Accept the password: a source that is away protects nobody.
    Accept,
}

#[cfg(feature = "serde")]
impl WhenUnknown {
    pub(super) const ALL: [Self; 2] = [Self::Refuse, Self::Accept];

    /// The name in a configuration.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Accept => "accept",
        }
    }
}

/// Why nobody can tell whether a password was in a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BreachUnknown {
    /// No source was asked.
    NotAsked,
    /// The source did not answer: no connection, a timeout, a file that cannot be read.
    Unreachable,
    /// The service answered with another status than 200.
    Status {
        /// The status of the HTTP response.
        status: u16,
    },
    /// The answer is no list of breached passwords, or a row of it is none.
    Malformed,
    /// The answer ends within a row.
    Truncated,
    /// The rows of a file that has to be sorted are not.
    Unsorted,
    /// The hash is outside of what a sorted file covers, from its first row to its last.
    NotCovered,
}

impl BreachUnknown {
    /// The stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "breach_not_asked",
            Self::Unreachable => "breach_unreachable",
            Self::Status { .. } => "breach_status",
            Self::Malformed => "breach_malformed",
            Self::Truncated => "breach_truncated",
            Self::Unsorted => "breach_unsorted",
            Self::NotCovered => "breach_not_covered",
        }
    }
}

impl fmt::Display for BreachUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("no source of breached passwords was asked"),
            Self::Unreachable => f.write_str("the source of breached passwords did not answer"),
            Self::Status { status } => {
                write!(f, "the source of breached passwords answered with status {status}")
            }
            Self::Malformed => f.write_str("the answer is no list of breached passwords"),
            Self::Truncated => f.write_str("the list of breached passwords ends within a row"),
            Self::Unsorted => f.write_str("the list of breached passwords is not sorted"),
            Self::NotCovered => {
                f.write_str("the list of breached passwords does not reach as far as this one")
            }
        }
    }
}

impl core::error::Error for BreachUnknown {}
