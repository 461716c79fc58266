//! The flow over the ports in memory, without hashing: what the decisions, the driver and the store
//! cost around one Argon2.

use core::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::reset::{Change, Delivery, Flow, Proof, Request};
use repass::secret::{Password, Salt, Seed};
use repass::service::Service;
use repass::time::UtcDateTime;

type Memory = Service<MemoryAccounts, MemoryStore, Outbox>;

struct World {
    service: Memory,
    lookup: Lookup,
    now: UtcDateTime,
    hasher: Hasher,
}

impl World {
    fn new() -> Self {
        let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
        let old = Password::new("the lost one").unwrap();
        let salt = Salt::generate(&mut repass::SysRng).unwrap();
        let account = Account::new(AccountId::new("42").unwrap())
            .with_names("Ada", "Lovelace")
            .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
            .with_password(hasher.hash(&old, salt).unwrap());
        let key: Vec<u8> = (0..32).collect();
        let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let flow = Flow::builder(keyring, page).build().unwrap();
        let accounts = MemoryAccounts::new([account]);
        Self {
            service: Service::new(flow, accounts, MemoryStore::new(), Outbox::new()),
            lookup: Lookup::email("ada@example.org").unwrap(),
            now: UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            hasher,
        }
    }

    fn ask(&self, delivery: Delivery) -> Request {
        let seed = Seed::generate(&mut repass::SysRng).unwrap();
        let request = self.service.request(self.lookup.clone(), delivery, seed, self.now);
        let request = block_on(request).unwrap();
        let _report = block_on(self.service.run(&request, self.now)).unwrap();
        request
    }

    fn letter(&self) -> String {
        let letter = self.service.notifier().take_letter().unwrap();
        self.service.flow().render(&letter, self.now).unwrap().expose_secret().to_owned()
    }

    fn link(&self) -> String {
        self.ask(Delivery::EmailLink);
        let letter = self.letter();
        letter.lines().find_map(|line| line.split_once("?token=")).unwrap().1.to_owned()
    }

    fn change(&self) -> Change {
        let token = self.link();
        let admitted = block_on(self.service.admit(Proof::Link(&token), None, self.now)).unwrap();
        let new = Password::new("plum-kettle-42").unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut repass::SysRng).unwrap();
        admitted.set_password(&new, &policy, &self.hasher, salt).unwrap()
    }
}

fn flow(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("flow");
    group.warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(2));
    group.bench_function("request, run and render", |bencher| {
        bencher.iter_batched_ref(
            World::new,
            |world| {
                world.ask(Delivery::EmailLink);
                world.letter()
            },
            BatchSize::SmallInput,
        );
    });
    let world = World::new();
    let token = world.link();
    group.bench_function("inspect", |bencher| {
        bencher.iter(|| block_on(world.service.inspect(&token, world.now)).unwrap());
    });
    group.bench_function("admit by link", |bencher| {
        bencher
            .iter(|| block_on(world.service.admit(Proof::Link(&token), None, world.now)).unwrap());
    });
    let request = world.ask(Delivery::EmailCode);
    let handle = request.handle().expose_secret();
    group.bench_function("refuse a code", |bencher| {
        let proof = Proof::Code { handle, code: "BBBB-BBBB" };
        bencher.iter(|| block_on(world.service.admit(proof, None, world.now)).unwrap_err());
    });
    group.bench_function("commit and settle", |bencher| {
        bencher.iter_batched(
            || {
                let world = World::new();
                let change = world.change();
                (world, change)
            },
            |(world, change)| {
                let after = block_on(world.service.commit(change, world.now)).unwrap();
                block_on(world.service.settle(&after)).unwrap();
                world
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, flow);
criterion_main!(benches);
