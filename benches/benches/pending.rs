//! The flow over the ports in memory while others wait: 1,000 and 100,000 pending attempts, with all their
//! counters. Each operation should take at most twice as long among 100,000 as among 1,000.

use core::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::{LinkForm, ResetLink};
use repass::port::{PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Proof};
use repass::secret::Seed;
use repass::time::UtcDateTime;

type Recovering =
    Recovery<PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox>>;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A service that nobody has asked anything yet. It has one account: the user table in memory looks at all.
fn recovery() -> Recovering {
    let address = Contact::email("known@example.org").unwrap();
    let known = Account::new(AccountId::new("1").unwrap());
    let known = known.with_email(Email::verified(address)).with_password(stored());
    let ports = PortSet {
        accounts: MemoryAccounts::new([known]),
        attempts: MemoryAttempts::with_max_rows(1_000_000),
        counters: MemoryCounters::with_max_rows(1_000_000),
        queue: MemoryQueue::default(),
        notifier: Outbox::default(),
    };
    let key: Vec<u8> = (0..32).collect();
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Recovery::new(Flow::builder(keyring, page).link_life(DAY).build().unwrap(), ports)
}

fn stored() -> repass::secret::PasswordHash {
    repass::secret::PasswordHash::from_column(
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
    )
}

fn ask(recovery: &Recovering, address: &str, now: UtcDateTime) {
    let lookup = Lookup::email(address).unwrap();
    let asked = recovery.request(lookup, Delivery::LINK, None, seed(), now);
    let _handle = block_on(asked).unwrap();
}

/// Works until the queue is empty.
fn work(recovery: &Recovering, now: UtcDateTime) {
    while !block_on(recovery.work(ClaimToken::new(seed()), 64, now)).unwrap().is_empty() {}
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

/// Adds the time of `work` to `spent`.
#[expect(clippy::disallowed_methods, reason = "benches measure time")]
fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let result = work();
    *spent += start.elapsed();
    result
}

fn pending(criterion: &mut Criterion) {
    let start = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let mut group = criterion.benchmark_group("pending");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    for others in [1_000_usize, 100_000] {
        let recovery = recovery();
        for number in 0..others {
            ask(&recovery, &format!("nobody{number}@example.org"), start);
            if number % 1_000 == 999 {
                work(&recovery, start);
            }
        }
        // Each round is about an address that nobody has asked for yet. The calls are those for an account.
        let mut number = 0_u64;
        let mut next = || {
            number += 1;
            format!("another{number}@example.org")
        };
        group.bench_function(BenchmarkId::new("request and work", others), |bencher| {
            bencher.iter_custom(|rounds| {
                let mut spent = Duration::ZERO;
                for _ in 0..rounds {
                    let address = next();
                    timed(&mut spent, || {
                        ask(&recovery, &address, start);
                        work(&recovery, start);
                    });
                }
                spent
            });
        });
        ask(&recovery, "known@example.org", start);
        work(&recovery, start);
        let message = recovery.ports().notifier().take().unwrap();
        let text = message.expose_secret();
        let token = text.lines().find_map(|line| line.split_once("?token=")).unwrap().1;
        group.bench_function(BenchmarkId::new("admit by link", others), |bencher| {
            bencher.iter(|| block_on(recovery.admit(Proof::Link(token), None, start)).unwrap());
        });
        // Nothing has ended, and no commit has crashed.
        group.bench_function(BenchmarkId::new("housekeep", others), |bencher| {
            bencher.iter(|| block_on(recovery.housekeep(start)));
        });
    }
    group.finish();
}

criterion_group!(benches, pending);
criterion_main!(benches);
