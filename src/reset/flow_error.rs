use core::fmt;
use core::time::Duration;

use super::{AuthorConfigError, Flow, LimitError, SmsError};
use crate::code::{CodeShape, GuessBudget};
use crate::message::MessagesError;
use crate::scope::ScopeError;
use crate::throttle::SourceError;

/// Why a configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowError {
    /// A life is too short or too long.
    Life {
        /// The setting.
        setting: &'static str,
        /// The shortest life that is allowed.
        shortest: Duration,
        /// The longest life that is allowed.
        longest: Duration,
    },
    /// A limit is not safe.
    Limit(LimitError),
    /// There are fewer codes of the shape than [`CodeShape::MIN_CODES`].
    FewCodes {
        /// How many there are.
        codes: u128,
    },
    /// A code of an account would be guessed within a day with more than
    /// [`Flow::MAX_GUESS_CHANCE`].
    GuessChance {
        /// What the chance follows from.
        budget: GuessBudget,
    },
    /// The name of the service is empty, longer than 80 characters, has a space at an end or a
    /// character that is not shown.
    Site,
    /// The texts of messages cannot be used, or not with this page.
    Messages(MessagesError),
    /// Text messages cannot be sent like this.
    Sms(SmsError),
    /// The name cannot be a tenant's.
    Scope(ScopeError),
    /// The name cannot be that of a trusted caller.
    Caller(SourceError),
    /// An author cannot be configured like this.
    Author(AuthorConfigError),
}

impl FlowError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Life { .. } => "flow_life_invalid",
            Self::Limit(error) => error.code(),
            Self::FewCodes { .. } => "flow_few_codes",
            Self::GuessChance { .. } => "flow_guess_chance",
            Self::Site => "flow_site_invalid",
            Self::Messages(error) => error.code(),
            Self::Sms(error) => error.code(),
            Self::Scope(error) => error.code(),
            Self::Caller(error) => error.code(),
            Self::Author(error) => error.code(),
        }
    }
}

impl fmt::Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Life { setting, shortest, longest } => write!(
                f,
                "{setting} must be {} to {} seconds",
                shortest.as_secs(),
                longest.as_secs()
            ),
            Self::Limit(error) => error.fmt(f),
            Self::FewCodes { codes } => {
                write!(f, "there are {codes} codes, {} is the least", CodeShape::MIN_CODES)
            }
            Self::GuessChance { budget } => write!(
                f,
                "{} guesses a day at one of {} codes hit with 1 in {:.0}, 1 in {:.0} is allowed",
                budget.guesses_per_day(),
                budget.codes(),
                1.0 / budget.chance_per_day(),
                1.0 / Flow::MAX_GUESS_CHANCE,
            ),
            Self::Site => f.write_str(
                "the name of the service must be 1 to 80 characters that are shown, with no space at \
                 its ends",
            ),
            Self::Messages(error) => error.fmt(f),
            Self::Sms(error) => error.fmt(f),
            Self::Scope(error) => error.fmt(f),
            Self::Caller(error) => error.fmt(f),
            Self::Author(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FlowError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Messages(error) => error.source(),
            _ => None,
        }
    }
}
