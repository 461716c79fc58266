use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::policy::PolicyError;

/// Why a [`PolicyConfig`](super::PolicyConfig) makes no policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyConfigError {
    /// The rules do not build.
    Rules {
        /// The table that has them, such as `of_lengths[1].rules`; empty for the outermost.
        table: String,
        /// Why not.
        error: PolicyError,
    },
    /// The embedded list is asked for, which this build does not have: it takes the feature
    /// `common-passwords`, or `not_common = false` and a list of the host's own.
    NoEmbeddedList,
}

impl PolicyConfigError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rules { error, .. } => error.code(),
            Self::NoEmbeddedList => "policy_config_no_embedded_list",
        }
    }

    /// The field that does not fit, with its path: `of_lengths[1].rules.at_least`.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::Rules { table, error } if table.is_empty() => error.field().into(),
            Self::Rules { table, error } => format!("{table}.{}", error.field()),
            Self::NoEmbeddedList => "not_common".into(),
        }
    }
}

impl fmt::Display for PolicyConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules { table, error } if table.is_empty() => error.fmt(f),
            Self::Rules { table, error } => write!(f, "{table}: {error}"),
            Self::NoEmbeddedList => f.write_str(
                "not_common must be false, because no list of common passwords is built in",
            ),
        }
    }
}

impl core::error::Error for PolicyConfigError {}
