use time::UtcDateTime;

use crate::attempt::AttemptRow;
use crate::clock::moment;
use crate::code::{CodeEpoch, ResendPolicy};

/// The newest code of an attempt.
pub(super) fn newest(row: &AttemptRow) -> CodeEpoch {
    CodeEpoch::from_parts(row.epoch, moment(row.sent_at))
}

/// The epochs whose codes are good: the newest; and where the policy keeps the last one for a while that
/// one too, if the newest message opened an epoch.
pub(in crate::reset) fn good_epochs(
    row: &AttemptRow,
    policy: ResendPolicy,
    now: UtcDateTime,
) -> impl Iterator<Item = u32> {
    let least = row.last_good_epoch;
    policy.good(newest(row), now).numbers().filter(move |epoch| *epoch >= least)
}
