//! A8, A9 and A10: what is counted, how often, and by whom.

use alloc::sync::Arc;
use std::collections::HashSet;
use std::sync::Mutex;

use pollster::block_on;
use repass::memory::MemoryCounters;
use repass::port::{Counters, PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{AdmitError, Delivery, Outcome, Proof, Worked};
use repass::throttle::{Counted, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::recovering::{
    lookup, messages, obtain, outcomes, over, request, seed, shared, token, work,
};
use crate::steps::{Event, at_each, drive};
use crate::world::{Dice, ada, at, flow, secret_in};

#[test]
fn a08_a_request_that_is_run_144_times_counts_one_message() {
    for event in [Event::FailsBefore, Event::FailsAfter, Event::CrashesBefore, Event::CrashesAfter]
    {
        for call in ["count", "insert", "push"] {
            let mut dice = Dice(19);
            let account = ada(&mut dice);
            let recovery = over(flow().build().unwrap(), account);
            request(&recovery, Delivery::LINK, &mut dice, at(0));
            let token = token(&mut dice);
            let claimed = block_on(recovery.claim(token, 1, at(0))).unwrap().remove(0);
            for _ in 0..144 {
                let step = recovery.flow().work_on(claimed.clone(), token, at(1));
                let _ = drive(step, recovery.ports(), at(1), at_each(call, event));
            }
            // When the lease is over, the request comes again, and four more are taken.
            let mut all = work(&recovery, &mut dice, at(600));
            for _ in 0..5 {
                request(&recovery, Delivery::LINK, &mut dice, at(600));
                all.extend(work(&recovery, &mut dice, at(600)));
            }
            // The first counted one message, so that four more are sent.
            let outcomes = outcomes(&all);
            let four = [&[Outcome::Sent; 4][..], &[Outcome::TooManySends]].concat();
            assert!(outcomes.ends_with(&four), "{call} {event:?}: {outcomes:?}");
            // The message of the first may come twice, as it was delivered before the request was done.
            let found = messages(&recovery);
            let links = found.iter().map(|message| secret_in(message.expose_secret()));
            assert_eq!(links.collect::<HashSet<_>>().len(), 5, "{call} {event:?}");
            let most = if matches!(event, Event::FailsAfter | Event::CrashesAfter) { 6 } else { 5 };
            assert!(found.len() <= most, "{call} {event:?}");
        }
    }
}

#[test]
fn a09_three_failures_of_the_notifier_leave_nothing_refused() {
    let mut dice = Dice(20);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    for _ in 0..3 {
        request(&recovery, Delivery::LINK, &mut dice, at(0));
    }
    // The notifier is away for each of the three, and for as long as three tries.
    let mut second = 0;
    for _ in 0..3 {
        let mut put_off = 0;
        loop {
            let token = token(&mut dice);
            let Some(claimed) = block_on(recovery.claim(token, 1, at(second))).unwrap().pop()
            else {
                break;
            };
            let step = recovery.flow().work_on(claimed, token, at(second));
            let away = at_each("deliver", Event::FailsBefore);
            match drive(step, recovery.ports(), at(second), away).unwrap().unwrap() {
                Worked::Ran(report) => assert_eq!(report.disclose(), Outcome::Sent),
                Worked::PutOff { failure: Some(failure), due } => {
                    assert_eq!(failure.code(), "notifier_failed");
                    assert!(due > at(second));
                    put_off += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(put_off, 3);
        second += 60;
    }
    assert!(messages(&recovery).is_empty());
    // It is back: all three arrive, each once, and their links work.
    assert_eq!(work(&recovery, &mut dice, at(second)).len(), 3);
    let arrived = messages(&recovery);
    assert_eq!(arrived.len(), 3);
    for message in &arrived {
        let link = secret_in(message.expose_secret());
        assert!(block_on(recovery.admit(Proof::Link(&link), None, at(second))).is_ok());
    }
    // Another one is taken, too.
    obtain(&recovery, Delivery::LINK, &mut dice, at(second));
}

/// A count that says something else than was asked.
#[derive(Clone, Copy, Debug)]
enum Lie {
    /// The count of the counter that was asked for before.
    FormerKey,
    /// The count for another quota, of which much is left.
    OtherQuota,
    /// That nothing was counted.
    Zero,
}

struct Lying {
    counters: MemoryCounters,
    lie: Mutex<Option<Lie>>,
    former: Mutex<Option<ThrottleKey>>,
}

impl Counters for Lying {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        let counted = self.counters.count(key, quota, once, now).await?;
        let former = self.former.lock().unwrap().replace(*key).unwrap_or(*key);
        let lie = *self.lie.lock().unwrap();
        Ok(match lie {
            None => counted,
            Some(Lie::FormerKey) => Counted::new(former, quota, 1, counted.ends_at()),
            Some(Lie::OtherQuota) => {
                let other = Quota::new(1_000_000, quota.period());
                Counted::new(*key, other, counted.number(), counted.ends_at())
            }
            Some(Lie::Zero) => Counted::new(*key, quota, 0, counted.ends_at()),
        })
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.counters.purge(now).await
    }
}

#[test]
fn a10_an_answer_about_another_counter_or_quota_is_a_failure() {
    for lie in [Lie::FormerKey, Lie::OtherQuota, Lie::Zero] {
        let mut dice = Dice(21);
        let ports = shared([ada(&mut dice)]);
        let counters = Arc::new(Lying {
            counters: MemoryCounters::default(),
            lie: Mutex::new(None),
            former: Mutex::new(None),
        });
        let ports = PortSet {
            accounts: ports.accounts,
            attempts: ports.attempts,
            counters: Arc::clone(&counters),
            queue: ports.queue,
            notifier: ports.notifier,
        };
        let recovery = Recovery::new(flow().build().unwrap(), ports);
        let handle = request(&recovery, Delivery::CODE, &mut dice, at(0));
        let _ = work(&recovery, &mut dice, at(0));
        let code = secret_in(recovery.ports().notifier.take().unwrap().expose_secret());

        *counters.lie.lock().unwrap() = Some(lie);
        // The right code is never compared: the count of the handle cannot take the place of the
        // count of the account, whose counter is asked for next.
        for _ in 0..1_000 {
            let proof = Proof::Code { handle: &handle, code: &code };
            match block_on(recovery.admit(proof, None, at(1))) {
                Err(AdmitError::Failed { failure, ticket: None }) => {
                    assert_eq!(failure.code(), "counters_failed", "{lie:?}");
                }
                other => panic!("{lie:?}: {other:?}"),
            }
        }
        if !matches!(lie, Lie::FormerKey) {
            let asked = recovery.request(lookup(), Delivery::LINK, None, seed(&mut dice), at(1));
            assert_eq!(block_on(asked).unwrap_err().code(), "counters_failed", "{lie:?}");
            let tried = block_on(recovery.current(crate::world::id(), at(1)));
            assert_eq!(tried.unwrap_err().code(), "counters_failed", "{lie:?}");
        }
    }
}
