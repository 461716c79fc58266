use std::sync::Arc;

use loom_check::memory::MemoryPorts;
use pollster::block_on;
use repass::account::{Account, AccountWrite, Lookup};
use repass::attempt::AttemptRow;
use repass::memory;
use repass::policy::Policy;
use repass::port::{Attempts, Inserted, Ports};
use repass::queue::{Claim, ClaimToken, QueueEntry};
use repass::recovery::Recovery;
use repass::reset::{Admitted, Change, Count, Delivery, Flow, Handle, Proof, Step};
use repass::secret::{Password, PasswordHash, Salt, Seed};

use crate::world::{self, Dice, ada, at, hasher, secret_in};

pub(crate) type Memory = Recovery<MemoryPorts>;

/// What a model begins with; it is made once, over ports that have other locks.
pub(crate) struct Fixture {
    pub(crate) flow: Flow,
    account: Account,
    policy: Policy,
    dice: Dice,
}

/// An attempt of Ada that was sent.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) handle: Arc<Handle>,
    /// What the request put into the queue.
    pub(crate) request: QueueEntry,
    pub(crate) row: AttemptRow,
    /// What the row put into the queue.
    pub(crate) message: QueueEntry,
    /// The token or the code.
    pub(crate) secret: Arc<str>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with_tries(5, 15)
    }

    pub(crate) fn with_tries(per_handle: u32, per_day: u32) -> Self {
        let mut dice = Dice(1);
        Self {
            flow: world::flow()
                .limits(repass::reset::Limits::default().tries(per_handle, per_day))
                .build()
                .unwrap(),
            account: ada(&mut dice),
            policy: Policy::builder().min_length(8).build().unwrap(),
            dice,
        }
    }

    fn elsewhere(&self) -> Recovery<memory::MemoryPorts> {
        Recovery::new(self.flow.clone(), memory::MemoryPorts::new([self.account.clone()]))
    }

    /// An attempt that was asked for at the beginning.
    pub(crate) fn attempt(&mut self, delivery: Delivery) -> Attempt {
        let elsewhere = self.elsewhere();
        let seed = Seed::generate(&mut self.dice).unwrap();
        let handle = block_on(elsewhere.request(lookup(), delivery, None, seed, at(0))).unwrap();
        let [request, message] = [1, 2].map(|number| {
            let claimed = block_on(elsewhere.claim(token(number), 1, at(0))).unwrap().remove(0);
            let entry = claimed.entry().clone();
            let _worked = block_on(elsewhere.work_on(claimed, token(number), at(0))).unwrap();
            entry
        });
        let row = AttemptRow::from_bytes(&elsewhere.ports().attempts().dump()[0]).unwrap();
        let sent = elsewhere.ports().outbox().take().unwrap();
        let secret = secret_in(sent.expose_secret()).into();
        Attempt { handle: Arc::new(handle), request, row, message, secret }
    }

    /// The service, with the rows of these attempts in its store.
    pub(crate) fn service(&self, attempts: &[Attempt]) -> Memory {
        let service = Recovery::new(self.flow.clone(), MemoryPorts::new([self.account.clone()]));
        for attempt in attempts {
            let inserted = block_on(service.ports().attempts().insert(&attempt.row, at(0)));
            assert_eq!(inserted.unwrap(), Inserted::Done);
        }
        service
    }

    /// The person who shows the link of an attempt, whose row is this one.
    pub(crate) fn admitted(&self, link: &Attempt, row: &AttemptRow, now: i64) -> Admitted {
        let elsewhere = self.elsewhere();
        block_on(elsewhere.ports().attempts().insert(row, at(0))).unwrap();
        block_on(elsewhere.admit(Proof::Link(&link.secret), None, at(now))).unwrap()
    }

    /// A change to the password of this number.
    pub(crate) fn change(&self, admitted: &Admitted, number: u64) -> Change {
        admitted.set_password(&new(number), &self.policy, &hasher(), salt(number)).unwrap()
    }

    /// What a change asks of the ports: the row that is running, and the write.
    pub(crate) fn begun(&self, change: Change, now: i64) -> (AttemptRow, AccountWrite) {
        let step = self.flow.commit(change, at(now));
        let Step::Swap(call) = step else { panic!("{step:?}") };
        let running = call.question().next.as_ref().clone();
        let step = call.reply(Ok(true));
        let Step::Write(call) = step else { panic!("{step:?}") };
        (running, call.question().clone())
    }

    /// Which counter a request raises, by which quota.
    pub(crate) fn request_count(&self) -> Count {
        let seed = Seed::generate(&mut Dice(3)).unwrap();
        let step = self.flow.request(lookup(), Delivery::LINK, None, seed, at(0));
        let Step::Count(call) = step else { panic!("{step:?}") };
        call.question().clone()
    }

    /// How a message is counted.
    pub(crate) fn message_count(&mut self) -> Count {
        let elsewhere = self.elsewhere();
        let seed = Seed::generate(&mut self.dice).unwrap();
        let asked = elsewhere.request(lookup(), Delivery::LINK, None, seed, at(0));
        let _handle = block_on(asked).unwrap();
        let claimed = block_on(elsewhere.claim(token(1), 1, at(0))).unwrap().remove(0);
        let mut step = self.flow.work_on(claimed, token(1), at(0));
        loop {
            step = match step {
                Step::Find(call) => call.reply(Ok(vec![self.account.clone()])),
                Step::LoadAttempt(call) => call.reply(Ok(None)),
                Step::Count(call) => return call.question().clone(),
                other => panic!("{other:?}"),
            };
        }
    }

    /// The claim of one entry by the worker of this number.
    pub(crate) fn claim(&self, number: u64, now: i64) -> Claim {
        let step = self.flow.claim(token(number), 1, at(now));
        let Step::Claim(call) = step else { panic!("{step:?}") };
        *call.question()
    }

    /// The password that Ada has now; `None` for the one of the beginning.
    pub(crate) fn new_password(&self, service: &Memory) -> Option<PasswordHash> {
        let stored = service.ports().accounts().all();
        let hash = stored[0].password().unwrap();
        (Some(hash) != self.account.password()).then(|| hash.clone())
    }
}

/// The hash of the password of a number, as [`Fixture::change`] makes it.
pub(crate) fn hash(number: u64) -> PasswordHash {
    hasher().hash(&new(number), salt(number)).unwrap()
}

fn new(number: u64) -> Password {
    Password::new(format!("plum-kettle-{number}")).unwrap()
}

fn salt(number: u64) -> Salt {
    Salt::generate(&mut Dice(1_000 + number)).unwrap()
}

pub(crate) fn token(number: u64) -> ClaimToken {
    ClaimToken::new(Seed::generate(&mut Dice(2_000 + number)).unwrap())
}

pub(crate) fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

/// Whom a link admits, or the code of why it does not.
pub(crate) fn shown(service: &Memory, link: &Attempt, now: i64) -> Result<Admitted, &'static str> {
    let admitted = block_on(service.admit(Proof::Link(&link.secret), None, at(now)));
    admitted.map_err(|error| error.code())
}

/// How many commits have set a password and are not settled.
pub(crate) fn resumed(service: &Memory, now: i64) -> usize {
    block_on(service.housekeep(at(now))).resumed.len()
}
