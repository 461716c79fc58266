use time::UtcDateTime;

use crate::port::{Accounts, Attempts, Counters, Notifier, Ports, Queue};
use crate::reset::Step;

/// Carries out step after step until the operation is over. It decides nothing.
pub(super) async fn drive<P: Ports, T>(mut step: Step<'_, T>, ports: &P, now: UtcDateTime) -> T {
    loop {
        step = match step {
            Step::Done(value) => return value,
            Step::Find(call) => {
                let answer = ports.accounts().find(&call.question().lookup, now).await;
                call.reply(answer)
            }
            Step::LoadAccount(call) => {
                let answer = ports.accounts().load(&call.question().id, now).await;
                call.reply(answer)
            }
            Step::Write(call) => {
                let answer = ports.accounts().write(call.question(), now).await;
                call.reply(answer)
            }
            Step::Past(call) => {
                let past = call.question();
                let answer = ports.accounts().past(&past.id, past.limit, now).await;
                call.reply(answer)
            }
            Step::Insert(call) => {
                let answer = ports.attempts().insert(&call.question().row, now).await;
                call.reply(answer)
            }
            Step::LoadAttempt(call) => {
                let answer = ports.attempts().load(&call.question().id, now).await;
                call.reply(answer)
            }
            Step::Swap(call) => {
                let swap = call.question();
                let answer = ports.attempts().swap(&swap.seen, &swap.next, now).await;
                call.reply(answer)
            }
            Step::ListAttempts(call) => {
                let answer = ports.attempts().list(&call.question().subject, now).await;
                call.reply(answer)
            }
            Step::EraseAttempts(call) => {
                let answer = ports.attempts().erase(&call.question().subject, now).await;
                call.reply(answer)
            }
            Step::Unfinished(call) => {
                let page = call.question();
                let answer =
                    ports.attempts().unfinished(page.after.as_ref(), page.limit, now).await;
                call.reply(answer)
            }
            Step::PurgeAttempts(call) => {
                let answer = ports.attempts().purge(now).await;
                call.reply(answer)
            }
            Step::Count(call) => {
                let count = call.question();
                let once = count.once.as_ref();
                let answer = ports.counters().count(&count.key, count.quota, once, now).await;
                call.reply(answer)
            }
            Step::PurgeCounters(call) => {
                let answer = ports.counters().purge(now).await;
                call.reply(answer)
            }
            Step::Push(call) => {
                let answer = ports.queue().push(call.question(), now).await;
                call.reply(answer)
            }
            Step::Claim(call) => {
                let answer = ports.queue().claim(call.question(), now).await;
                call.reply(answer)
            }
            Step::Finish(call) => {
                let entry = call.question();
                let answer = ports.queue().done(&entry.key, &entry.token, now).await;
                call.reply(answer)
            }
            Step::PutOff(call) => {
                let entry = call.question();
                let answer = ports.queue().retry(&entry.key, &entry.token, entry.due, now).await;
                call.reply(answer)
            }
            Step::EraseEntries(call) => {
                let answer = ports.queue().erase(&call.question().id, now).await;
                call.reply(answer)
            }
            Step::Deliver(call) => {
                let answer = ports.notifier().deliver(call.question(), now).await;
                call.reply(answer)
            }
        };
    }
}
