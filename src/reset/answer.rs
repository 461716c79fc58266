use core::fmt;

use time::UtcDateTime;

/// What the person who asked may be told; everything else is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// The secret is not valid.
    Refused {
        /// For codes: how many more can be tried on this handle.
        tries_left: Option<u32>,
    },
    /// Too many tries or requests: nothing is decided before this moment.
    Throttled {
        /// The first moment at which it can be tried again.
        until: UtcDateTime,
    },
    /// Nothing was decided: try again after a while.
    Unavailable,
}

impl Answer {
    /// A stable name for programs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Throttled { .. } => "throttled",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { tries_left: Some(left) } => write!(f, "refused; {left} tries are left"),
            Self::Refused { tries_left: None } => f.write_str("refused"),
            Self::Throttled { until } => write!(f, "try again at {until}"),
            Self::Unavailable => f.write_str("try again later"),
        }
    }
}
