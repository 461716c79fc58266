//! Keys are rotated, retired and removed while links, codes, handles, tickets, queue entries, rows,
//! sessions and counters are in use. The model is a map from key ids to keys, with a clock.

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::time::Duration;

use pollster::block_on;
use proptest::prelude::*;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyError, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Attempts, PortSet, Queue};
use repass::queue::{ClaimToken, QueueEntry, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{Admitted, Delivery, Flow, Proof, Worked};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::throttle::ThrottleKey;
use repass::time::UtcDateTime;
use repass::token::{State, StatelessSigner};

const BEGIN: i64 = 1_700_000_000;
const LINK_LIFE: i64 = 30 * 60;
const CODE_LIFE: i64 = 10 * 60;
const TICKET_LIFE: i64 = 10 * 60;

#[derive(Clone, Debug)]
enum Step {
    Issue,
    Rotate(u16),
    VerifyWith(u16),
    /// A key, and after how many seconds its overlap ends.
    Retire(u16, i64),
    Remove(u16),
    /// Seconds.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0_u16..6;
    prop_oneof![
        3 => Just(Step::Issue),
        2 => id.clone().prop_map(Step::Rotate),
        1 => id.clone().prop_map(Step::VerifyWith),
        3 => (id.clone(), -10_i64..1200).prop_map(|(id, after)| Step::Retire(id, after)),
        2 => id.prop_map(Step::Remove),
        2 => (0_i64..400).prop_map(Step::Wait),
    ]
}

/// A key of the model: which one it is, and the second in which its overlap ends.
struct Present {
    number: u16,
    until: Option<i64>,
}

/// All that one key makes at one moment, with the tables that it is in.
struct Issued {
    id: u16,
    number: u16,
    at: i64,
    accounts: Arc<MemoryAccounts>,
    attempts: Arc<MemoryAttempts>,
    link: String,
    ticket: String,
    handle: String,
    code: String,
    /// What still waits in the queue, and how long its secret lives.
    waiting: Vec<(QueueEntry, i64)>,
    /// The row of a commit that crashed, alone in its table.
    crashed: Arc<MemoryAttempts>,
    stateless: String,
    session: String,
    typed: ThrottleKey,
}

impl Issued {
    fn new(ring: &Keyring, number: u16, at: i64) -> Self {
        let (flow, now) = (flow(ring), moment(at));
        let accounts = Arc::new(MemoryAccounts::new([ada()]));
        let attempts = Arc::<MemoryAttempts>::default();
        let mut waiting = Vec::new();
        let mut ask = |delivery, life, attempts: &Arc<MemoryAttempts>| {
            let recovery = over(&flow, &accounts, attempts);
            let asked = recovery.request(lookup(), delivery, None, seed(), now);
            let handle = block_on(asked).unwrap().expose_secret().to_owned();
            // The request and the message, as they wait.
            for _ in 0..2 {
                let token = ClaimToken::new(seed());
                let claimed = block_on(recovery.claim(token, 1, now)).unwrap().remove(0);
                waiting.push((claimed.entry().clone(), life));
                let _done = block_on(recovery.work_on(claimed, token, now)).unwrap();
            }
            let message = recovery.ports().notifier.take().unwrap();
            let text = message.expose_secret();
            let token = text.lines().find_map(|line| Some(line.split_once("?token=")?.1));
            let code = text.lines().find(|line| line.len() == 9 && line.as_bytes()[4] == b'-');
            (handle, token.or(code).unwrap().to_owned())
        };
        let (_, link) = ask(Delivery::LINK, LINK_LIFE, &attempts);
        let (handle, code) = ask(Delivery::CODE, CODE_LIFE, &attempts);
        let crashed = Arc::<MemoryAttempts>::default();
        let (_, other) = ask(Delivery::LINK, LINK_LIFE, &crashed);
        let recovery = over(&flow, &accounts, &crashed);
        let admitted = block_on(recovery.admit(Proof::Link(&other), None, now)).unwrap();
        let ticket = {
            let recovery = over(&flow, &accounts, &attempts);
            let admitted = block_on(recovery.admit(Proof::Link(&link), None, now)).unwrap();
            admitted.ticket().unwrap().expose_secret().to_owned()
        };
        crash(&recovery, &admitted, now);
        let until = moment(at + LINK_LIFE);
        let stateless = stateless(ring).sign(ada().id(), &state(), until).unwrap();
        Self {
            id: ring.signing_id().number(),
            number,
            at,
            accounts,
            attempts,
            link,
            ticket,
            handle,
            code,
            waiting,
            crashed,
            stateless: stateless.expose_secret().to_owned(),
            session: flow.session_tag(&ada()).as_str().to_owned(),
            typed: typed(ring),
        }
    }

    /// Compares everything with what the model says of its key.
    fn check(&self, ring: &Keyring, model: &BTreeMap<u16, Present>, at: i64) {
        let (flow, now) = (flow(ring), moment(at));
        let present = model.get(&self.id);
        let token = |life| match present {
            None => Err("token_unknown_key"),
            Some(key) if key.until.is_some_and(|until| at >= until) => Err("token_retired_key"),
            // The id came back with another key.
            Some(key) if key.number != self.number => Err("token_forged"),
            Some(_) if at >= self.at + life => Err("token_expired"),
            Some(_) => Ok(()),
        };
        // A new queue and new counters each time, so that the checks do not count against each other.
        let recovery = over(&flow, &self.accounts, &self.attempts);
        let code = Proof::Code { handle: &self.handle, code: &self.code };
        for (proof, life) in [
            (Proof::Link(&self.link), LINK_LIFE),
            (code, CODE_LIFE),
            (Proof::Ticket(&self.ticket), TICKET_LIFE),
        ] {
            let admitted = block_on(recovery.admit(proof, None, now));
            let found = admitted.map(|_| ()).map_err(|error| error.code());
            assert_eq!(found, token(life), "{proof:?}");
            // The stamp holds for the account as it was, and for no other.
            let changed = Arc::new(MemoryAccounts::new([changed()]));
            let refused = block_on(over(&flow, &changed, &self.attempts).admit(proof, None, now));
            let expected = token(life).err().unwrap_or("reset_superseded");
            assert_eq!(refused.unwrap_err().code(), expected, "{proof:?}");
        }

        // Nothing is sent that would be refused.
        for (entry, life) in &self.waiting {
            let recovery = over(&flow, &self.accounts, &Arc::default());
            block_on(recovery.ports().queue.push(entry, now)).unwrap();
            let worked =
                block_on(recovery.work(ClaimToken::new(seed()), 1, now)).unwrap().remove(0);
            let found = match worked {
                Worked::Ran(report) => Ok(report.disclose().code()),
                Worked::Delivered => Ok("delivered"),
                Worked::Dropped(error) => Err(error.code()),
                Worked::PutOff { failure: None, .. } => Err("put off"),
                other => panic!("{other:?}"),
            };
            let is_request = entry.key().kind() == QueueKind::Request;
            let expected = match present {
                // The key may still come.
                None => Err("put off"),
                Some(key) if key.until.is_some_and(|until| at >= until) => {
                    Err("sealed_retired_key")
                }
                Some(key) if key.number != self.number => Err("sealed_forged"),
                Some(_) if at >= self.at + life && is_request => Ok("request_expired"),
                Some(_) if at >= self.at + life => Err("sealed_expired"),
                Some(_) if is_request => Ok("request_sent"),
                Some(_) => Ok("delivered"),
            };
            assert_eq!(found, expected, "{entry:?}");
            let arrived = recovery.ports().notifier.take().is_some();
            assert_eq!(arrived, found == Ok("delivered"));
        }

        let signer = stateless(ring);
        let bound = signer.verify(&self.stateless, now);
        let bound = bound.and_then(|unbound| unbound.bind(ada().id(), &state()));
        assert_eq!(bound.map(|_| ()).map_err(|error| error.code()), token(LINK_LIFE));

        // Rows and sessions hold as long as the key is there, its overlap over or not.
        let there = present.is_some_and(|key| key.number == self.number);
        let after_lease = moment(at.max(self.at + 60));
        // The password was set, so that what follows is resumed where the row can be judged.
        let set = Arc::new(MemoryAccounts::new([changed()]));
        let done = block_on(over(&flow, &set, &self.crashed).housekeep(after_lease));
        let judged = (done.unknown_keys, done.altered);
        let expected = match (present, there) {
            (None, _) => (1, 0),
            (Some(_), false) => (0, 1),
            (Some(_), true) => (0, 0),
        };
        assert_eq!(judged, expected);
        assert_eq!(done.resumed.len(), usize::from(there));
        assert_eq!(flow.session_holds(&ada(), &self.session), there);
        assert!(!flow.session_holds(&changed(), &self.session));

        // What was typed is counted under the key that signs; accounts under none.
        let signing = &model[&ring.signing_id().number()];
        assert_eq!(typed(ring) == self.typed, signing.number == self.number);
    }
}

/// Begins a commit that sets the password in a table of its own and crashes: what is left is the row.
fn crash(recovery: &Recovery<Tables>, admitted: &Admitted, now: UtcDateTime) {
    let new = Password::new("plum-kettle-42").unwrap();
    let policy = Policy::builder().min_length(8).build().unwrap();
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let salt = Salt::generate(&mut repass::SysRng).unwrap();
    let change = admitted.set_password(&new, &policy, &hasher, salt).unwrap();
    match recovery.flow().commit(change, now) {
        repass::reset::Step::Swap(call) => {
            let swap = call.question();
            let swapped = recovery.ports().attempts.swap(&swap.seen, &swap.next, now);
            assert!(block_on(swapped).unwrap());
        }
        other => panic!("{other:?}"),
    }
}

type Tables = PortSet<
    Arc<MemoryAccounts>,
    Arc<MemoryAttempts>,
    Arc<MemoryCounters>,
    Arc<MemoryQueue>,
    Arc<Outbox>,
>;

/// The flow over these tables, with an empty queue and without counters.
fn over(
    flow: &Flow,
    accounts: &Arc<MemoryAccounts>,
    attempts: &Arc<MemoryAttempts>,
) -> Recovery<Tables> {
    let (accounts, attempts) = (Arc::clone(accounts), Arc::clone(attempts));
    Recovery::new(flow.clone(), Tables { accounts, attempts, ..Tables::default() })
}

fn typed(ring: &Keyring) -> ThrottleKey {
    ThrottleKey::typed(ring, &Scope::new(Purpose::RESET), "request", &lookup())
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

/// A service that rotates while it answers hands over another ring; what holds the former one goes on
/// with all of it.
#[test]
fn a_ring_that_is_replaced_stays_what_it_was_for_those_who_hold_it() {
    let (old, new) = (KeyId::new(1), KeyId::new(2));
    let key = |first: u8| Key::from_bytes(&(first..first + 32).collect::<Vec<_>>()).unwrap();
    let life = Duration::from_secs(1800);
    let now = UtcDateTime::from_unix_timestamp(BEGIN).unwrap();
    let signer =
        |ring: &Keyring| StatelessSigner::new(ring.clone(), Scope::new(Purpose::RESET), life);
    let (ada, state) = (AccountId::new("42").unwrap(), State::changed_by_use("hash"));

    let first = Keyring::new(old, key(1));
    let before = signer(&first);
    let rotated = first.clone().rotate(new, key(2)).unwrap();
    let removed = rotated.clone().retire(old, now).unwrap().remove(old).unwrap();
    assert_eq!(first.ids().collect::<Vec<_>>(), [old]);
    assert_eq!(rotated.ids().collect::<Vec<_>>(), [new, old]);

    let token = before.sign(&ada, &state, now + life).unwrap();
    for (ring, holds) in [(&first, true), (&rotated, true), (&removed, false)] {
        let signer = signer(ring);
        let verified = signer.verify(token.expose_secret(), now);
        assert_eq!(verified.is_ok(), holds);
        if let Ok(unbound) = verified {
            assert_eq!(unbound.bind(&ada, &state).unwrap().key_id(), old);
        }
    }
}

proptest! {
    /// Each key that is put in is a new one, whatever its id.
    #[test]
    fn what_a_key_made_holds_while_the_ring_says_so(steps in prop::collection::vec(step(), 1..30)) {
        let (mut fresh, mut at, mut signing) = (0, BEGIN, 0);
        let mut ring = Keyring::new(KeyId::new(0), key(fresh));
        let mut model = BTreeMap::from([(0, Present { number: fresh, until: None })]);
        let mut issued = Vec::new();
        for step in steps {
            match step {
                Step::Issue => issued.push(Issued::new(&ring, model[&signing].number, at)),
                Step::Rotate(id) | Step::VerifyWith(id) if model.contains_key(&id) => {
                    let error = Some(KeyError::DuplicateId { id: KeyId::new(id) });
                    prop_assert_eq!(ring.clone().rotate(KeyId::new(id), key(fresh + 1)).err(), error);
                }
                Step::Rotate(id) | Step::VerifyWith(id) => {
                    fresh += 1;
                    model.insert(id, Present { number: fresh, until: None });
                    if matches!(step, Step::Rotate(_)) {
                        ring = ring.rotate(KeyId::new(id), key(fresh)).unwrap();
                        signing = id;
                    } else {
                        ring = ring.verify_with(KeyId::new(id), key(fresh)).unwrap();
                    }
                }
                Step::Retire(id, after) => {
                    match ring.clone().retire(KeyId::new(id), moment(at + after)) {
                        Ok(retired) => {
                            prop_assert!(id != signing);
                            model.get_mut(&id).unwrap().until = Some(at + after);
                            ring = retired;
                        }
                        Err(KeyError::Signing { .. }) => prop_assert_eq!(id, signing),
                        Err(KeyError::Unknown { .. }) => prop_assert!(!model.contains_key(&id)),
                        Err(other) => prop_assert!(false, "{}", other),
                    }
                }
                Step::Remove(id) => match ring.clone().remove(KeyId::new(id)) {
                    Ok(smaller) => {
                        prop_assert!(id != signing && model.remove(&id).is_some());
                        ring = smaller;
                    }
                    Err(KeyError::Signing { .. }) => prop_assert_eq!(id, signing),
                    Err(KeyError::Unknown { .. }) => prop_assert!(!model.contains_key(&id)),
                    Err(other) => prop_assert!(false, "{}", other),
                },
                Step::Wait(seconds) => at += seconds,
            }
            prop_assert_eq!(ring.signing_id(), KeyId::new(signing));
            let mut ids: Vec<_> = ring.ids().map(KeyId::number).collect();
            ids.sort_unstable();
            prop_assert!(ids.iter().eq(model.keys()));
            issued.iter().for_each(|issued| issued.check(&ring, &model, at));
        }
    }
}

/// The rotation that the documentation tells: nothing is lost, and at the end nothing is left.
#[test]
fn a_rotation_from_the_first_step_to_the_last() {
    let present = |number, until| Present { number, until };
    let ring = Keyring::new(KeyId::new(1), key(1));
    let old = Issued::new(&ring, 1, BEGIN);
    let ring = ring.rotate(KeyId::new(2), key(2)).unwrap();
    let over = BEGIN + LINK_LIFE;
    let ring = ring.retire(KeyId::new(1), moment(over)).unwrap();
    let new = Issued::new(&ring, 2, BEGIN + 1);
    let mut model = BTreeMap::from([(1, present(1, Some(over))), (2, present(2, None))]);
    for at in [BEGIN + 1, over - 1, over, over + 1] {
        old.check(&ring, &model, at);
        new.check(&ring, &model, at);
    }
    let ring = ring.remove(KeyId::new(1)).unwrap();
    model.remove(&1);
    for at in [BEGIN + 1, over + 1] {
        old.check(&ring, &model, at);
        new.check(&ring, &model, at);
    }
}

/// What a message says of its time is the life of its secret, or what its key leaves of that.
#[test]
fn a_message_promises_no_more_than_its_key_holds() {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let issued = Issued::new(&ring, 1, BEGIN);
    let (entry, _) = &issued.waiting[1];
    assert_eq!(entry.key().kind(), QueueKind::Message);
    let ring = ring.rotate(KeyId::new(2), key(2)).unwrap();
    for (until, minutes) in [(60, 1), (7 * 60 + 59, 7), (LINK_LIFE, 30), (LINK_LIFE + 60, 30)] {
        let ring = ring.clone().retire(KeyId::new(1), moment(BEGIN + until)).unwrap();
        let recovery = over(&flow(&ring), &issued.accounts, &issued.attempts);
        let now = moment(BEGIN);
        block_on(recovery.ports().queue.push(entry, now)).unwrap();
        let worked = block_on(recovery.work(ClaimToken::new(seed()), 1, now)).unwrap();
        assert!(matches!(&worked[..], [Worked::Delivered]), "{worked:?}");
        let message = recovery.ports().notifier.take().unwrap();
        let plural = if minutes == 1 { "" } else { "s" };
        let promise = format!("works for {minutes} minute{plural}.");
        assert!(message.expose_secret().contains(&promise), "{until}: {promise}");
    }
}

fn key(number: u16) -> Key {
    let [high, low] = number.to_be_bytes();
    let material: Vec<u8> = (0..30).chain([high, low]).collect();
    Key::from_bytes(&material).unwrap()
}

fn flow(ring: &Keyring) -> Flow {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let lives = [LINK_LIFE, CODE_LIFE].map(|life| Duration::from_secs(life.unsigned_abs()));
    Flow::builder(ring.clone(), page).link_life(lives[0]).code_life(lives[1]).build().unwrap()
}

fn stateless(ring: &Keyring) -> StatelessSigner {
    let life = Duration::from_secs(LINK_LIFE.unsigned_abs());
    StatelessSigner::new(ring.clone(), Scope::new(Purpose::VERIFICATION), life)
}

fn state() -> State {
    State::changed_by_use("unverified").and("ada@example.org")
}

fn ada() -> Account {
    Account::new(AccountId::new("42").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("the-hash").unwrap())
}

/// Ada after she set another password.
fn changed() -> Account {
    ada().with_password(PasswordHash::from_stored("another-hash").unwrap())
}

fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}
