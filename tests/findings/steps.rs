//! A driver of steps that can fail, crash, or carry a call out twice.

use core::fmt;

use pollster::block_on;
use repass::policy::Policy;
use repass::port::{Accounts, Attempts, Counters, Notifier, Queue};
use repass::recovery::Recovery;
use repass::reset::{Admitted, Change, Proof, Step};
use repass::secret::{Password, Salt};
use repass::time::UtcDateTime;

use crate::recovering::Shared;
use crate::world::{Dice, hasher};

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    Works,
    FailsBefore,
    FailsAfter,
    CrashesBefore,
    CrashesAfter,
    /// A pool carries it out twice and hands over the second answer.
    Twice,
}

/// Something happens to all calls of this name.
pub(crate) fn at_each(name: &'static str, event: Event) -> impl FnMut(&'static str) -> Event {
    move |call| if call == name { event } else { Event::Works }
}

#[derive(Debug)]
pub(crate) struct Injected;

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("injected")
    }
}

impl core::error::Error for Injected {}

/// Carries out step after step; `None` for a process that crashed.
pub(crate) fn drive<T>(
    mut step: Step<'_, T>,
    ports: &Shared,
    now: UtcDateTime,
    mut event: impl FnMut(&'static str) -> Event,
) -> Option<T> {
    macro_rules! carry_out {
        ($name:literal, $call:ident, $future:expr) => {{
            let event = event($name);
            match event {
                Event::FailsBefore => $call.reply(Err(Injected.into())),
                Event::CrashesBefore => return None,
                _ => {
                    if event == Event::Twice {
                        let _first = block_on($future);
                    }
                    let answer = block_on($future);
                    match event {
                        Event::FailsAfter => $call.reply(Err(Injected.into())),
                        Event::CrashesAfter => return None,
                        _ => $call.reply(answer),
                    }
                }
            }
        }};
    }
    let (accounts, attempts) = (&*ports.accounts, &*ports.attempts);
    let (counters, queue) = (&*ports.counters, &*ports.queue);
    loop {
        step = match step {
            Step::Done(value) => return Some(value),
            Step::Find(call) => {
                carry_out!("find", call, accounts.find(&call.question().lookup, now))
            }
            Step::LoadAccount(call) => {
                carry_out!("load account", call, Accounts::load(accounts, &call.question().id, now))
            }
            Step::Past(call) => {
                let past = call.question();
                carry_out!("past", call, Accounts::past(accounts, &past.id, past.limit, now))
            }
            Step::Write(call) => carry_out!("write", call, accounts.write(call.question(), now)),
            Step::Insert(call) => {
                carry_out!("insert", call, attempts.insert(&call.question().row, now))
            }
            Step::LoadAttempt(call) => {
                carry_out!("load attempt", call, Attempts::load(attempts, &call.question().id, now))
            }
            Step::Swap(call) => {
                let swap = call.question();
                let (seen, next) = (swap.seen.clone(), swap.next.clone());
                carry_out!("swap", call, attempts.swap(&seen, &next, now))
            }
            Step::ListAttempts(call) => {
                let subject = call.question().subject;
                carry_out!("list", call, attempts.list(&subject, now))
            }
            Step::EraseAttempts(call) => {
                let subject = call.question().subject;
                carry_out!("erase attempts", call, Attempts::erase(attempts, &subject, now))
            }
            Step::EraseEntries(call) => {
                let id = call.question().id;
                carry_out!("erase entries", call, Queue::erase(queue, &id, now))
            }
            Step::Unfinished(call) => {
                let (after, limit) = (call.question().after, call.question().limit);
                carry_out!("unfinished", call, attempts.unfinished(after.as_ref(), limit, now))
            }
            Step::PurgeAttempts(call) => {
                carry_out!("purge attempts", call, Attempts::purge(attempts, now))
            }
            Step::Count(call) => {
                let count = call.question().clone();
                let once = count.once.as_ref();
                carry_out!("count", call, counters.count(&count.key, count.quota, once, now))
            }
            Step::PurgeCounters(call) => {
                carry_out!("purge counters", call, Counters::purge(counters, now))
            }
            Step::Push(call) => carry_out!("push", call, queue.push(call.question(), now)),
            Step::Claim(call) => carry_out!("claim", call, queue.claim(call.question(), now)),
            Step::Finish(call) => {
                let entry = call.question().clone();
                carry_out!("done", call, queue.done(&entry.key, &entry.token, now))
            }
            Step::PutOff(call) => {
                let entry = call.question().clone();
                carry_out!("retry", call, queue.retry(&entry.key, &entry.token, entry.due, now))
            }
            Step::Deliver(call) => {
                carry_out!("deliver", call, ports.notifier.deliver(call.question(), now))
            }
        };
    }
}

/// A new password on an admission.
pub(crate) fn choose(admitted: &Admitted, new: &str, dice: &mut Dice) -> Change {
    let policy = Policy::builder().min_length(12).build().unwrap();
    let salt = Salt::generate(dice).unwrap();
    admitted.set_password(&Password::new(new).unwrap(), &policy, &hasher(), salt).unwrap()
}

/// Admits by `proof`, and begins a commit that crashes where `event` says.
pub(crate) fn crash_commit(
    recovery: &Recovery<Shared>,
    proof: Proof<'_>,
    dice: &mut Dice,
    now: UtcDateTime,
    event: impl FnMut(&'static str) -> Event,
) {
    let admitted = block_on(recovery.admit(proof, None, now)).unwrap();
    let change = choose(&admitted, "plum-kettle-42", dice);
    let step = recovery.flow().commit(change, now);
    assert!(drive(step, recovery.ports(), now, event).is_none(), "the commit did not crash");
}

/// Admits by `proof`, sets the password and settles.
pub(crate) fn reset(
    recovery: &Recovery<Shared>,
    proof: Proof<'_>,
    dice: &mut Dice,
    now: UtcDateTime,
) {
    let admitted = block_on(recovery.admit(proof, None, now)).unwrap();
    let change = choose(&admitted, "plum-kettle-42", dice);
    let after = block_on(recovery.commit(change, now)).unwrap();
    block_on(recovery.settle(&after, now)).unwrap();
}
