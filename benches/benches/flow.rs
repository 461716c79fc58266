//! The flow over the ports in memory, without hashing, against raw, pre-keyed HMAC-SHA256: over the
//! bytes that a token signs for the flow, and over the sealed bytes for an entry of the queue.

use core::hint::black_box;
use core::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::Ports;
use repass::queue::{ClaimToken, Claimed, QueueKind};
use repass::recovery::Recovery;
use repass::reset::{
    Admitted, Change, Delivery, Flow, FlowBuilder, Handle, Operators, Proof, Step,
};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use sha2::Sha256;

/// Kind, version and head, purpose and the absent tenant of a token, with their lengths.
const SIGNED_BYTES: usize = 8 + 4 + 28 + 9 + 4;

struct World {
    recovery: Recovery<MemoryPorts>,
    account: Account,
    lookup: Lookup,
    now: UtcDateTime,
    hasher: Hasher,
    policy: Policy,
    old: Password,
    new: Password,
}

impl World {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(configured: impl FnOnce(FlowBuilder) -> FlowBuilder) -> Self {
        let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
        let old = Password::new("the lost one").unwrap();
        let account = Account::new(id())
            .with_names("Ada", "Lovelace")
            .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
            .with_password(hasher.hash(&old, salt()).unwrap());
        let key: Vec<u8> = (0..32).collect();
        let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
        let flow = configured(Flow::builder(keyring, page())).build().unwrap();
        Self {
            recovery: Recovery::new(flow, MemoryPorts::new([account.clone()])),
            account,
            lookup: Lookup::email("ada@example.org").unwrap(),
            now: UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            hasher,
            policy: Policy::builder().min_length(8).build().unwrap(),
            old,
            new: Password::new("plum-kettle-42").unwrap(),
        }
    }

    /// The next day: nothing waits, nothing counts, and the account is as it was.
    fn begin(&mut self) {
        while !block_on(self.recovery.work(claim_token(), 10, self.now)).unwrap().is_empty() {}
        while self.recovery.ports().outbox().take().is_some() {}
        self.now += Duration::from_secs(24 * 60 * 60);
        self.recovery.ports().accounts().put(self.account.clone());
        let _kept = block_on(self.recovery.housekeep(self.now));
    }

    fn ask(&self, delivery: Delivery, seed: Seed) -> Handle {
        let lookup = self.lookup.clone();
        block_on(self.recovery.request(lookup, delivery, None, seed, self.now)).unwrap()
    }

    fn claim(&self, token: ClaimToken) -> Claimed {
        block_on(self.recovery.claim(token, 1, self.now)).unwrap().pop().unwrap()
    }

    /// Claims one entry and works on it.
    fn work(&self, token: ClaimToken) {
        let claimed = self.claim(token);
        let _worked = block_on(self.recovery.work_on(claimed, token, self.now)).unwrap();
    }

    /// Delivers a message, and takes the last link out of it.
    fn link(&self) -> String {
        self.work(claim_token());
        let message = self.recovery.ports().outbox().take().unwrap();
        let text = message.expose_secret();
        text.lines().rev().find_map(|line| line.split_once("?token=")).unwrap().1.to_owned()
    }

    fn admit(&self, token: &str) -> Admitted {
        block_on(self.recovery.admit(Proof::Link(token), None, self.now)).unwrap()
    }

    fn set(&self, admitted: &Admitted, salt: Salt) -> Change {
        admitted.set_password(&self.new, &self.policy, &self.hasher, salt).unwrap()
    }

    fn finish(&self, change: Change) {
        let after = block_on(self.recovery.commit(change, self.now)).unwrap();
        block_on(self.recovery.settle(&after, self.now)).unwrap();
    }
}

/// Adds the time of `work` to `spent`; what it returns is dropped later.
#[expect(clippy::disallowed_methods, reason = "benches measure time")]
fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    *spent += start.elapsed();
    result
}

fn id() -> AccountId {
    AccountId::new("42").unwrap()
}

fn page() -> ResetLink {
    ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap()
}

fn claim_token() -> ClaimToken {
    ClaimToken::new(seed())
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

/// An entry of the queue as a worker claims it.
fn claimed(lookup: Lookup, kind: QueueKind) -> (World, Claimed, ClaimToken) {
    let world = World { lookup, ..World::new() };
    let token = claim_token();
    world.ask(Delivery::LINK, seed());
    if kind != QueueKind::Request {
        world.work(claim_token());
    }
    let claimed = world.claim(token);
    assert_eq!(claimed.entry().key().kind(), kind);
    (world, claimed, token)
}

/// Flows from beginning to end. Hashes, and the delivery of messages and notices, are not measured.
fn whole_flows(group: &mut BenchmarkGroup<'_, WallTime>) {
    let mut bench = |name: &str, mut world: World, round: &dyn Fn(&mut World, &mut Duration)| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds| {
                let mut spent = Duration::ZERO;
                for _ in 0..rounds {
                    world.begin();
                    round(&mut world, &mut spent);
                }
                spent
            });
        });
    };
    // The aim is at most 60 of the raw HMAC.
    bench("request, run, admit, commit and settle", World::new(), &|world, spent| {
        let (seed, token) = (seed(), claim_token());
        timed(spent, || {
            let handle = world.ask(Delivery::LINK, seed);
            world.work(token);
            handle
        });
        let link = world.link();
        let admitted = timed(spent, || world.admit(&link));
        let change = world.set(&admitted, salt());
        timed(spent, || world.finish(change));
    });
    bench("resend and run", World::new(), &|world, spent| {
        let handle = world.ask(Delivery::LINK, seed());
        world.work(claim_token());
        let _link = world.link();
        let token = claim_token();
        world.now += Duration::from_secs(10 * 60);
        timed(spent, || {
            block_on(world.recovery.resend(handle.expose_secret(), world.now)).unwrap();
            world.work(token);
        });
    });
    bench("count a present password, commit and settle", World::new(), &|world, spent| {
        let current = timed(spent, || block_on(world.recovery.current(id(), world.now)).unwrap());
        let admitted = current.verify(&world.old, &world.hasher).unwrap();
        let change = world.set(&admitted, salt());
        timed(spent, || world.finish(change));
    });
    let operator = AccountId::new("7").unwrap();
    let world = World::with(|builder| builder.operators(Operators::HandOverSecrets));
    world.recovery.ports().accounts().let_administer(operator.clone(), id());
    bench("administer, commit and settle", world, &|world, spent| {
        let administered = timed(spent, || {
            block_on(world.recovery.administer(&operator, id(), world.now)).unwrap()
        });
        let hand_over = administered.hand_over().unwrap();
        let change = hand_over.set_password(&world.new, &world.policy, &world.hasher, salt());
        let change = change.unwrap();
        timed(spent, || world.finish(change));
    });
    let world = World::with(|builder| builder.scope(Scope::new(Purpose::EMAIL_CHANGE)));
    let new = Contact::email("ada@example.net").unwrap();
    let account = world.account.clone().with_email(Email::unverified(new.clone()));
    bench("verify an address", World { account, ..world }, &|world, spent| {
        let (new, seed) = (new.clone(), seed());
        let _asked = timed(spent, || {
            block_on(world.recovery.verify_address(id(), new, None, seed, world.now)).unwrap()
        });
        let link = world.link();
        let _verified = timed(spent, || {
            let admitted = block_on(world.recovery.admit_address(&link, None, world.now)).unwrap();
            block_on(world.recovery.commit_address(admitted, world.now)).unwrap()
        });
    });
    let world = World::with(|builder| builder.stop_page(page()));
    bench("stop after a change", world, &|world, spent| {
        let current = block_on(world.recovery.current(id(), world.now)).unwrap();
        let admitted = current.verify(&world.old, &world.hasher).unwrap();
        let change = world.set(&admitted, salt());
        world.finish(change);
        let link = world.link();
        let _stopped = timed(spent, || block_on(world.recovery.stop(&link, world.now)).unwrap());
    });
}

fn flow(criterion: &mut Criterion) {
    let key: Vec<u8> = (0..32).collect();
    let raw = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let mut group = criterion.benchmark_group("flow");
    group.warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(2));
    group.bench_function("raw HMAC of a token", |bencher| {
        let message = [7; SIGNED_BYTES];
        bencher.iter(|| black_box(&raw).clone().chain_update(black_box(&message)).finalize());
    });
    whole_flows(&mut group);
    let world = World::new();
    world.ask(Delivery::LINK, seed());
    world.work(claim_token());
    let token = world.link();
    group.bench_function("admit by link", |bencher| {
        bencher.iter(|| world.admit(black_box(&token)));
    });
    group.bench_function("inspect", |bencher| {
        bencher.iter(|| block_on(world.recovery.inspect(&token, world.now)).unwrap());
    });
    group.bench_function("admit by ticket", |bencher| {
        let admitted = world.admit(&token);
        let proof = Proof::Ticket(admitted.ticket().unwrap().expose_secret());
        bencher.iter(|| block_on(world.recovery.admit(proof, None, world.now)).unwrap());
    });
    let handle = world.ask(Delivery::CODE, seed());
    world.work(claim_token());
    group.bench_function("refuse a code", |bencher| {
        let proof = Proof::Code { handle: handle.expose_secret(), code: "BBBB-BBBB" };
        bencher.iter(|| block_on(world.recovery.admit(proof, None, world.now)).unwrap_err());
    });
    // Opening ends with the first question to a port. At most 3 of the raw HMAC over the same bytes.
    let nobody = Lookup::email("nobody@example.org").unwrap();
    for (name, lookup, kind) in [
        ("request", world.lookup.clone(), QueueKind::Request),
        ("decoy", nobody, QueueKind::Message),
    ] {
        let (world, claimed, token) = claimed(lookup, kind);
        let signed = claimed.entry().as_bytes().to_vec();
        group.bench_function(format!("raw HMAC of a sealed {name}"), |bencher| {
            bencher.iter(|| black_box(&raw).clone().chain_update(black_box(&signed)).finalize());
        });
        group.bench_function(format!("open a sealed {name}"), |bencher| {
            bencher.iter_batched(
                || claimed.clone(),
                |claimed| {
                    let step = world.recovery.flow().work_on(claimed, token, world.now);
                    assert!(matches!(step, Step::Find(_) | Step::Finish(_)));
                },
                BatchSize::SmallInput,
            );
        });
    }
    // Beyond what a decoy takes, this signs a link and fills the text: 3 us at most.
    let (world, claimed, token) = claimed(world.lookup.clone(), QueueKind::Message);
    group.bench_function("open and render a message", |bencher| {
        bencher.iter_batched(
            || claimed.clone(),
            |claimed| {
                let step = world.recovery.flow().work_on(claimed, token, world.now);
                assert!(matches!(step, Step::Deliver(_)));
                step
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, flow);
criterion_main!(benches);
