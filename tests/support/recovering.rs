//! What several tests of the flow do over ports in memory: ask, let a worker work, read the message.

use alloc::sync::Arc;

use repass::account::{Account, Lookup};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::Message;
use repass::port::{PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Outcome, Worked};
use repass::secret::Seed;
use repass::time::UtcDateTime;

use crate::world::{Dice, secret_in};

/// Ports in memory that several flows and processes share.
pub(crate) type Shared = PortSet<
    Arc<MemoryAccounts>,
    Arc<MemoryAttempts>,
    Arc<MemoryCounters>,
    Arc<MemoryQueue>,
    Arc<Outbox>,
>;

pub(crate) fn shared(accounts: impl IntoIterator<Item = Account>) -> Shared {
    PortSet { accounts: Arc::new(MemoryAccounts::new(accounts)), ..Shared::default() }
}

/// A flow over ports in memory that hold one account.
pub(crate) fn over(flow: Flow, account: Account) -> Recovery<Shared> {
    Recovery::new(flow, shared([account]))
}

pub(crate) fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

pub(crate) fn seed(dice: &mut Dice) -> Seed {
    Seed::generate(dice).unwrap()
}

pub(crate) fn token(dice: &mut Dice) -> ClaimToken {
    ClaimToken::new(seed(dice))
}

/// Asks, and returns the handle.
pub(crate) fn request<P: Ports>(
    recovery: &Recovery<P>,
    delivery: Delivery,
    dice: &mut Dice,
    now: UtcDateTime,
) -> String {
    let asked = recovery.request(lookup(), delivery, None, seed(dice), now);
    pollster::block_on(asked).unwrap().expose_secret().to_owned()
}

/// Works until nothing is due.
pub(crate) fn work<P: Ports>(
    recovery: &Recovery<P>,
    dice: &mut Dice,
    now: UtcDateTime,
) -> Vec<Worked> {
    let mut all = Vec::new();
    loop {
        let worked = pollster::block_on(recovery.work(token(dice), 64, now)).unwrap();
        if worked.is_empty() {
            return all;
        }
        all.extend(worked);
    }
}

/// What became of the requests among them.
pub(crate) fn outcomes(worked: &[Worked]) -> Vec<Outcome> {
    let ran = worked.iter().filter_map(|worked| match worked {
        Worked::Ran(report) => Some(report.disclose()),
        _ => None,
    });
    ran.collect()
}

/// Asks, lets a worker work, and returns handle and secret out of the one message that came.
pub(crate) fn obtain(
    recovery: &Recovery<Shared>,
    delivery: Delivery,
    dice: &mut Dice,
    now: UtcDateTime,
) -> (String, String) {
    let handle = request(recovery, delivery, dice, now);
    let worked = work(recovery, dice, now);
    assert_eq!(outcomes(&worked), [Outcome::Sent], "{worked:?}");
    let messages = messages(recovery);
    let [message] = &messages[..] else { panic!("{messages:?}") };
    (handle, secret_in(message.expose_secret()))
}

/// Takes out all messages that were delivered.
pub(crate) fn messages(recovery: &Recovery<Shared>) -> Vec<Message> {
    core::iter::from_fn(|| recovery.ports().notifier.take()).collect()
}
