use repass::answer::Answer;

use crate::clock::now;

/// After how many seconds a client comes again where nothing better is known.
const LATER: u64 = 5;

/// The value of `Retry-After`, if an answer has that header.
pub(super) fn retry_after(answer: Answer) -> Option<u64> {
    match answer {
        Answer::Unavailable => Some(LATER),
        answer => answer.retry_after(now()),
    }
}
