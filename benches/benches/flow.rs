//! The flow over the ports in memory, without hashing, against raw, pre-keyed HMAC-SHA256: over the
//! bytes that a token signs for the flow, and over the sealed bytes for an entry of the queue.

use core::hint::black_box;
use core::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
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
use repass::reset::{Admitted, Change, Delivery, Flow, Handle, Proof, Step};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use sha2::Sha256;

/// Kind, version and head, purpose and the absent tenant of a token, with their lengths.
const SIGNED_BYTES: usize = 8 + 4 + 28 + 9 + 4;

struct World {
    recovery: Recovery<MemoryPorts>,
    lookup: Lookup,
    now: UtcDateTime,
    hasher: Hasher,
    policy: Policy,
    new: Password,
}

impl World {
    fn new() -> Self {
        let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
        let old = Password::new("the lost one").unwrap();
        let account = Account::new(AccountId::new("42").unwrap())
            .with_names("Ada", "Lovelace")
            .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
            .with_password(hasher.hash(&old, salt()).unwrap());
        let key: Vec<u8> = (0..32).collect();
        let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let flow = Flow::builder(keyring, page).build().unwrap();
        Self {
            recovery: Recovery::new(flow, MemoryPorts::new([account])),
            lookup: Lookup::email("ada@example.org").unwrap(),
            now: UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            hasher,
            policy: Policy::builder().min_length(8).build().unwrap(),
            new: Password::new("plum-kettle-42").unwrap(),
        }
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

    /// Delivers the message, and takes the secret out of it.
    fn link(&self) -> String {
        self.work(ClaimToken::new(seed()));
        let message = self.recovery.ports().outbox().take().unwrap();
        let text = message.expose_secret();
        text.lines().find_map(|line| line.split_once("?token=")).unwrap().1.to_owned()
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

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

/// An entry of the queue as a worker claims it.
fn claimed(lookup: Lookup, kind: QueueKind) -> (World, Claimed, ClaimToken) {
    let world = World { lookup, ..World::new() };
    let token = ClaimToken::new(seed());
    world.ask(Delivery::LINK, seed());
    if kind != QueueKind::Request {
        world.work(ClaimToken::new(seed()));
    }
    let claimed = world.claim(token);
    assert_eq!(claimed.entry().key().kind(), kind);
    (world, claimed, token)
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
    // At most 50 of the raw HMAC. The delivery, the hash and the notice between are not measured.
    group.bench_function("request, run, admit, commit and settle", |bencher| {
        let mut world = World::new();
        let account = world.recovery.ports().accounts().all().pop().unwrap();
        bencher.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                world.now += Duration::from_secs(13 * 60 * 60);
                world.recovery.ports().accounts().put(account.clone());
                let _kept = block_on(world.recovery.housekeep(world.now));
                let (seed, token) = (seed(), ClaimToken::new(seed()));
                timed(&mut spent, || {
                    let handle = world.ask(Delivery::LINK, seed);
                    world.work(token);
                    handle
                });
                let link = world.link();
                let admitted = timed(&mut spent, || world.admit(&link));
                let change = world.set(&admitted, salt());
                timed(&mut spent, || world.finish(change));
                world.work(ClaimToken::new(self::seed()));
                let _notice = world.recovery.ports().outbox().take();
            }
            spent
        });
    });
    let world = World::new();
    world.ask(Delivery::LINK, seed());
    world.work(ClaimToken::new(seed()));
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
    world.work(ClaimToken::new(seed()));
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
