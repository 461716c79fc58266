use core::time::Duration;

use time::UtcDateTime;

use crate::attempt::AttemptRow;
use crate::clock::{moment, seconds};

/// The pause after the first message.
const FIRST: Duration = Duration::from_secs(60);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The first moment at which the message after the `sends`th can be asked for, if that was sent at
/// `sent_at`: a minute later, twice as long after each further message, and 15 minutes at most.
pub(in crate::reset) fn next_send(sends: u32, sent_at: UtcDateTime) -> UtcDateTime {
    let factor = 2_u32.saturating_pow(sends.saturating_sub(1));
    let pause = FIRST.saturating_mul(factor).min(LONGEST);
    moment(sent_at.unix_timestamp().saturating_add(seconds(pause)))
}

/// Until when the message of an attempt cannot be asked for again, if so. It is never later than the end
/// of the handle, when a new request can be made.
pub(in crate::reset) fn pause_until(row: &AttemptRow, now: UtcDateTime) -> Option<UtcDateTime> {
    // A clock that was wrong holds nobody up.
    let sent_at = moment(row.sent_at).min(now);
    let until = next_send(row.sends, sent_at).min(moment(row.code_expires_at));
    (now < until).then_some(until)
}
