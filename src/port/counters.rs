use alloc::sync::Arc;
use core::future::Future;

use time::UtcDateTime;

use super::PortError;
use crate::throttle::{Counted, Once, Quota, ThrottleKey};

/// The counters that bound guesses, messages and requests. Implementers write `async fn`.
///
/// Counters of guesses, sign-ins and messages must be durable. Counters of requests, whose
/// [pool](ThrottleKey::pool) is `typed`, can be lost without harm to an account.
///
/// What each clause means, what a wrong answer does, and the conformance test that shows it:
///
/// 1. `count` raises the counter in one statement that is durable before it answers, on a connection
///    of its own. Inside a transaction of the caller, a roll-back gives the guess back.
///    (`count_outlives_a_rolled_back_transaction`)
/// 2. Counts that run at the same time all count. (`count_counts_every_call`)
/// 3. A counter opens with its first count and ends a period later; until then nothing lowers it.
///    Whether one still counts is said by [`Quota::is_open`]; one that does not opens anew.
///    (`counter_opens_with_its_first_count`, `counter_of_a_wrong_clock_opens_anew`)
/// 4. Repeating the same `once` before the counter ends returns the first answer and raises nothing.
///    Otherwise a repeated run sends without limit, or takes messages from the owner. A count beyond the
///    quota need not be remembered: repeated, it is beyond the quota again. (`once_is_counted_once`)
/// 5. The answer carries key and quota as they were asked. (`count_answers_for_what_was_asked`)
/// 6. Counters are never evicted to make room. A fail-over that may lose them counts as loss.
///    (`counters_are_not_evicted`)
/// 7. `purge` deletes a counter no earlier than 120 s after its end, the most by which two clocks of a
///    service differ, and one that ends later than [`Quota::LONGEST_PERIOD`] and 120 s from now.
///    (`purge_spares_open_counters`)
/// 8. If the caller drops the future of `count` before it answers, the counter may or may not have been
///    raised.
pub trait Counters: Send + Sync {
    /// Raises a counter by one, unless `once` was counted already, and tells what it says then.
    ///
    /// # Errors
    ///
    /// Any error of the store; nothing is compared or sent then.
    fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Counted, PortError>> + Send;

    /// Deletes counters that have ended; how many.
    ///
    /// # Errors
    ///
    /// Any error of the store.
    fn purge(&self, now: UtcDateTime) -> impl Future<Output = Result<u64, PortError>> + Send;
}

impl<S: Counters> Counters for Arc<S> {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        (**self).count(key, quota, once, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        (**self).purge(now).await
    }
}
