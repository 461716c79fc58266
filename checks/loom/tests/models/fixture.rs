use std::sync::Arc;

use loom_check::memory::{MemoryAccounts, MemoryStore, Outbox};
use pollster::block_on;
use repass::account::{Account, Lookup};
use repass::policy::Policy;
use repass::reset::{Admitted, Change, Delivery, Flow, PendingReset, Proof, Request};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::Service;
use repass::store::{Inserted, ResetStore};

use crate::world::{self, Dice, ada, at, hasher, secret_in};

pub(crate) type Memory = Service<MemoryAccounts, MemoryStore, Outbox>;

/// What a model begins with; it is made once, by the decisions alone.
pub(crate) struct Fixture {
    pub(crate) flow: Flow,
    account: Account,
    policy: Policy,
    dice: Dice,
}

/// An attempt of Ada that was sent.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) request: Arc<Request>,
    pub(crate) row: PendingReset,
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
            flow: world::flow().tries(per_handle, per_day).build().unwrap(),
            account: ada(&mut dice),
            policy: Policy::builder().min_length(8).build().unwrap(),
            dice,
        }
    }

    /// An attempt that was asked for at the beginning.
    pub(crate) fn attempt(&mut self, delivery: Delivery) -> Attempt {
        let seed = Seed::generate(&mut self.dice).unwrap();
        let request = self.flow.request(lookup(), delivery, seed, at(0)).unwrap();
        let decision = self.flow.decide(&request, &[self.account.clone()], at(0)).unwrap();
        let message = self.flow.render(&decision.letter.unwrap(), at(0)).unwrap();
        let secret = secret_in(message.expose_secret()).into();
        Attempt { request: Arc::new(request), row: decision.row, secret }
    }

    /// The service, with the rows of these attempts in its store.
    pub(crate) fn service(&self, attempts: &[Attempt]) -> Memory {
        let accounts = MemoryAccounts::new([self.account.clone()]);
        let service = Service::new(self.flow.clone(), accounts, MemoryStore::new(), Outbox::new());
        for attempt in attempts {
            let inserted = block_on(service.store().insert(&attempt.row, None, at(0))).unwrap();
            assert_eq!(inserted, Inserted::Done);
        }
        service
    }

    /// Who shows the link of an attempt, whose row is this one.
    pub(crate) fn admitted(&self, link: &Attempt, row: PendingReset, now: i64) -> Admitted {
        let verified = self.flow.open_link(&link.secret, at(now)).unwrap();
        let proven = self.flow.prove_link(&verified, Some(row)).unwrap();
        self.flow.admit(proven, Some(self.account.clone()), None, at(now)).unwrap()
    }

    /// A change to the password of this number.
    pub(crate) fn change(&self, admitted: &Admitted, number: u64) -> Change {
        let new = Password::new(format!("plum-kettle-{number}")).unwrap();
        let salt = Salt::generate(&mut Dice(1_000 + number)).unwrap();
        admitted.set_password(&new, &self.policy, &hasher(), salt).unwrap()
    }

    /// The password that Ada has now; `None` for the one of the beginning.
    pub(crate) fn new_password(&self, service: &Memory) -> Option<PasswordHash> {
        let stored = service.accounts().all();
        let hash = stored[0].password().unwrap();
        (Some(hash) != self.account.password()).then(|| hash.clone())
    }
}

pub(crate) fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

/// Whom a link lets in, or the code of why it does not.
pub(crate) fn shown(service: &Memory, link: &Attempt, now: i64) -> Result<Admitted, &'static str> {
    let admitted = block_on(service.admit(Proof::Link(&link.secret), None, at(now)));
    admitted.map_err(|error| error.code())
}
