//! Whole seconds and moments.

use core::time::Duration;

use time::UtcDateTime;

/// How far two clocks of a service may differ, in seconds.
pub(crate) const CLOCKS: i64 = 120;

/// The moment of a unix time; beyond what `time` can say, the last or first one.
pub(crate) fn moment(seconds: i64) -> UtcDateTime {
    let edge = if seconds < 0 { UtcDateTime::MIN } else { UtcDateTime::MAX };
    UtcDateTime::from_unix_timestamp(seconds).unwrap_or(edge)
}

/// The whole seconds of a duration.
pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
