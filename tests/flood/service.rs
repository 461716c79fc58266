//! The real flow over plain tables, which can be copied to try what a request would do.

use alloc::collections::BTreeMap;
use std::collections::HashMap;

use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::attempt::{AttemptId, AttemptRow};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Inserted};
use repass::queue::{ClaimToken, Pushed, QueueKey, Waiting};
use repass::reset::{Delivery, Flow, Limits, Proof, Step};
use repass::secret::{Password, Salt, Seed};
use repass::throttle::{Counter, ThrottleKey};
use repass::time::UtcDateTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifier {
    Email,
    Login,
}

impl Identifier {
    pub(crate) const ALL: [Self; 2] = [Self::Email, Self::Login];
}

/// What a request sends to the owner.
pub(crate) enum Letter {
    None,
    Code,
    Link { token: String, end: i64 },
}

/// What a stranger and an owner can do; all moments are those of the process that serves them.
pub(crate) trait Service: Clone {
    fn request(&mut self, identifier: Identifier, link: bool, now: i64) -> Letter;

    fn admits(&mut self, token: &str, now: i64) -> bool;

    /// The owner sets a new password by a link.
    fn succeed(&mut self, token: &str, now: i64);

    /// When counters and attempts end.
    fn ends(&self) -> Vec<i64>;
}

#[derive(Clone)]
pub(crate) struct Real {
    flow: Flow,
    hasher: Hasher,
    tables: Tables,
    changes: u32,
}

#[derive(Clone, Default)]
struct Tables {
    account: Option<Account>,
    attempts: BTreeMap<AttemptId, AttemptRow>,
    counters: HashMap<ThrottleKey, Counter>,
    queue: BTreeMap<QueueKey, Waiting>,
    delivered: Vec<Message>,
}

impl Real {
    pub(crate) fn new(limits: Limits) -> Self {
        let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
        let old = hasher.hash(&Password::new("the lost one").unwrap(), salt());
        let account = Account::new(AccountId::new("42").unwrap())
            .with_login(Login::new("ada").unwrap())
            .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
            .with_password(old.unwrap());
        let ring =
            Keyring::new(KeyId::new(1), Key::from_bytes(&(0..32).collect::<Vec<u8>>()).unwrap());
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let flow = Flow::builder(ring, page).limits(limits).build().unwrap();
        let tables = Tables { account: Some(account), ..Tables::default() };
        Self { flow, hasher, tables, changes: 0 }
    }

    /// Works until the queue is empty.
    fn work(&mut self, now: UtcDateTime) {
        let token = ClaimToken::new(seed());
        loop {
            let claimed = drive(self.flow.claim(token, 8, now), &mut self.tables, now).unwrap();
            if claimed.is_empty() {
                return;
            }
            for claimed in claimed {
                let step = self.flow.work_on(claimed, token, now);
                let _worked = drive(step, &mut self.tables, now).unwrap();
            }
        }
    }
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_800_000_000 + seconds).unwrap()
}

impl Service for Real {
    fn request(&mut self, identifier: Identifier, link: bool, now: i64) -> Letter {
        let lookup = match identifier {
            Identifier::Email => Lookup::email("ada@example.org"),
            Identifier::Login => Lookup::login("ada"),
        };
        let delivery = if link { Delivery::LINK } else { Delivery::CODE };
        let at = moment(now);
        let request = self.flow.request(lookup.unwrap(), delivery, None, seed(), at);
        if drive(request, &mut self.tables, at).is_err() {
            return Letter::None;
        }
        self.work(at);
        let Some(message) = self.tables.delivered.pop() else { return Letter::None };
        let text = message.expose_secret();
        let Some((_, token)) = text.lines().find_map(|line| line.split_once("?token=")) else {
            return Letter::Code;
        };
        let end = drive(self.flow.inspect(token, at), &mut self.tables, at).unwrap();
        Letter::Link { token: token.to_owned(), end: end.unix_timestamp() - 1_800_000_000 }
    }

    fn admits(&mut self, token: &str, now: i64) -> bool {
        drive(self.flow.inspect(token, moment(now)), &mut self.tables, moment(now)).is_ok()
    }

    fn succeed(&mut self, token: &str, now: i64) {
        let at = moment(now);
        let admitted =
            drive(self.flow.admit(Proof::Link(token), None, at), &mut self.tables, at).unwrap();
        self.changes += 1;
        let new = Password::new(format!("plum-kettle-{}", self.changes)).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let change = admitted.set_password(&new, &policy, &self.hasher, salt()).unwrap();
        let after = drive(self.flow.commit(change, at), &mut self.tables, at).unwrap();
        drive(self.flow.settle(&after, at), &mut self.tables, at).unwrap();
        self.work(at);
        self.tables.delivered.clear();
        let _kept = drive(self.flow.housekeep(at), &mut self.tables, at);
    }

    fn ends(&self) -> Vec<i64> {
        let ends = self.tables.counters.values().map(Counter::ends_at);
        ends.map(|end| end.unix_timestamp() - 1_800_000_000).collect()
    }
}

fn drive<T>(mut step: Step<'_, T>, tables: &mut Tables, now: UtcDateTime) -> T {
    let Tables { account, attempts, counters, queue, delivered } = tables;
    // What need no longer be kept would only make copies slow.
    attempts.retain(|_, row| !row.is_over(now));
    counters.retain(|_, counter| !counter.is_over(now));
    loop {
        step = match step {
            Step::Done(value) => return value,
            Step::Find(call) => call.answer(|find| Ok(find.among(account.as_ref()))),
            Step::LoadAccount(call) => call.answer(|_| Ok(account.clone())),
            Step::Past(call) => call.answer(|_| Ok(Vec::new())),
            Step::Write(call) => call.answer(|write| Ok(write.apply_to(account.as_mut()))),
            Step::Insert(call) => call.answer(|insert| {
                let id = *insert.row.id();
                let exists = attempts.contains_key(&id);
                attempts.entry(id).or_insert_with(|| (*insert.row).clone());
                Ok(if exists { Inserted::Exists } else { Inserted::Done })
            }),
            Step::LoadAttempt(call) => call.answer(|load| Ok(attempts.get(&load.id).cloned())),
            Step::Swap(call) => {
                call.answer(|swap| Ok(swap.apply_to(attempts.get_mut(swap.seen.id()))))
            }
            Step::ListAttempts(call) => call.answer(|list| Ok(list.among(attempts.values()))),
            // Nobody is forgotten here.
            Step::EraseAttempts(call) => call.answer(|_| Ok(0)),
            Step::EraseEntries(call) => call.answer(|_| Ok(0)),
            Step::Unfinished(call) => call.answer(|page| Ok(page.among(attempts.values(), now))),
            Step::PurgeAttempts(call) => call.answer(|_| Ok(0)),
            Step::Count(call) => {
                call.answer(|count| Ok(count.apply_to(counters.entry(count.key).or_default(), now)))
            }
            Step::PurgeCounters(call) => call.answer(|_| Ok(0)),
            Step::Push(call) => call.answer(|entry| {
                queue.entry(*entry.key()).or_insert_with(|| Waiting::new(entry.clone(), now));
                Ok(Pushed::Done)
            }),
            Step::Claim(call) => call.answer(|claim| Ok(claim.take(queue.values_mut(), now))),
            Step::Finish(call) => call.answer(|done| Ok(queue.remove(&done.key).is_some())),
            Step::PutOff(call) => {
                call.answer(|put_off| Ok(put_off.apply_to(queue.get_mut(&put_off.key))))
            }
            Step::Deliver(call) => call.answer(|message| {
                delivered.push(message.clone());
                Ok(Delivered::Taken)
            }),
        };
    }
}
