//! The sign-in door: the time of its second stage for each kind of account, in turns within one run, and
//! what the other two stages add, over ports in memory.
//!
//! `cargo bench -p repass-benches --bench sign_in`. The medians of the kinds have to be within 5 % of each
//! other, and the two stages have to add at most 5 µs.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use pollster::block_on;
use repass::account::{Account, AccountId, Login, Lookup};
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verifier, Work};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::recovery::Recovery;
use repass::reset::Flow;
use repass::secret::{Password, PasswordHash, Salt, Seed, TypedPassword};
use repass::sign_in::SignIn;
use repass::throttle::Source;
use repass::time::UtcDateTime;
use sha2::{Digest, Sha256};

const PASSWORD: &str = "plum-kettle-42";

/// A scheme of another system that hashes again and again: `rounds:N:TAG`.
struct Rounds;

impl Rounds {
    fn hash(password: &Password, rounds: u64) -> [u8; 32] {
        let mut state: [u8; 32] = Sha256::digest(password.expose_secret()).into();
        for _ in 0..rounds {
            state = Sha256::digest(state).into();
        }
        state
    }

    fn read(stored: &str) -> Result<(u64, &str), HashError> {
        let rest = stored.strip_prefix("rounds:").and_then(|rest| rest.split_once(':'));
        let (rounds, tag) = rest.ok_or(HashError::Malformed)?;
        Ok((rounds.parse().map_err(|_| HashError::Malformed)?, tag))
    }

    fn stored(password: &Password, rounds: u64) -> PasswordHash {
        let tag = u128::from_be_bytes(*Self::hash(password, rounds).first_chunk().unwrap());
        PasswordHash::from_stored(&format!("rounds:{rounds}:{tag:x}")).unwrap()
    }
}

impl ForeignScheme for Rounds {
    fn recognises(&self, stored: &str) -> bool {
        stored.starts_with("rounds:")
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        let (rounds, tag) = Self::read(stored)?;
        let ours = u128::from_be_bytes(*Self::hash(password, rounds).first_chunk().unwrap());
        Ok(format!("{ours:x}") == tag)
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(Work::new("rounds", Self::read(stored)?.0))
    }

    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError> {
        black_box(Self::hash(password, work.amount()));
        Ok(())
    }
}

fn seed() -> Seed {
    Seed::generate(&mut repass::SysRng).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

fn recovery(stored: Option<PasswordHash>) -> Recovery<MemoryPorts> {
    let key: Vec<u8> = (0..32).collect();
    let keyring = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    let flow = Flow::builder(keyring, page).build().unwrap();
    let account = stored.map(|stored| {
        Account::new(AccountId::new("42").unwrap())
            .with_login(Login::new("ada").unwrap())
            .with_password(stored)
    });
    Recovery::new(flow, MemoryPorts::new(account))
}

/// Each sign-in is a day later, so that none is throttled.
fn moment(number: u32) -> UtcDateTime {
    let start = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    start + Duration::from_secs(25 * 60 * 60) * number
}

fn begin(recovery: &Recovery<MemoryPorts>, now: UtcDateTime) -> SignIn {
    let source = Source::from_ip("192.0.2.7".parse().unwrap());
    block_on(recovery.sign_in(Lookup::login("ada").unwrap(), Some(source), now)).unwrap()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "benches measure time")]
fn now() -> Instant {
    Instant::now()
}

/// The second stage, for a wrong password of each kind of account.
fn kinds(rounds: u32) {
    let cost = Cost::new(19 * 1024, 2, 1).unwrap();
    let hasher = Hasher::new(cost).with_foreign(Rounds);
    let password = Password::new(PASSWORD).unwrap();
    let foreign = Rounds::stored(&password, 50_000);
    let verifier = Verifier::new(hasher.clone()).with_stored(&foreign).unwrap();
    let cheap = Hasher::new(Cost::new(1024, 1, 1).unwrap());
    let marker = PasswordHash::from_stored("!").unwrap();
    let kinds = [
        ("nobody", None),
        ("an own hash", Some(hasher.hash(&password, salt()).unwrap())),
        ("a foreign hash", Some(foreign)),
        ("a cheap foreign hash", Some(Rounds::stored(&password, 1_000))),
        ("a cheap hash", Some(cheap.hash(&password, salt()).unwrap())),
        ("an unreadable hash", Some(PasswordHash::from_stored("$argon2id$v=19$cut").unwrap())),
        ("a marker", Some(marker)),
    ];
    let mut worlds: Vec<_> =
        kinds.map(|(name, stored)| (name, recovery(stored), Vec::new())).into();
    let wrong = TypedPassword::new("plum-kettle-43").unwrap();
    for round in 0..rounds {
        for (_, recovery, times) in &mut worlds {
            let sign_in = begin(recovery, moment(round));
            let start = now();
            let checked = sign_in.verify(&wrong, &verifier, salt()).unwrap();
            times.push(start.elapsed());
            let _checked = black_box(checked);
        }
    }
    let medians: Vec<_> =
        worlds.iter_mut().map(|(name, _, times)| (*name, median(times))).collect();
    let [least, most] =
        [medians.iter().map(|(_, time)| time).min(), medians.iter().map(|(_, time)| time).max()];
    for (name, time) in &medians {
        println!("sign-in, {name}: {time:?}");
    }
    let (least, most) = (least.unwrap().as_secs_f64(), most.unwrap().as_secs_f64());
    println!("the slowest is {:.1} % above the fastest", 100.0 * (most / least - 1.0));
}

/// The first and the third stage, for a right password.
fn stages(rounds: u32) {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let stored = hasher.hash(&Password::new(PASSWORD).unwrap(), salt()).unwrap();
    let verifier = Verifier::new(hasher);
    let recovery = recovery(Some(stored));
    let typed = TypedPassword::new(PASSWORD).unwrap();
    let (mut first, mut third) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let (at, seed) = (moment(round), seed());
        let start = now();
        let sign_in = begin(&recovery, at);
        first.push(start.elapsed());
        let checked = sign_in.verify(&typed, &verifier, salt()).unwrap();
        let start = now();
        let outcome = block_on(recovery.finish_sign_in(checked, seed, at)).unwrap();
        third.push(start.elapsed());
        let _outcome = black_box(outcome);
        let _purged = block_on(recovery.housekeep(at));
    }
    let [first, third] = [median(&mut first), median(&mut third)];
    println!("sign-in, first stage: {first:?}; third stage: {third:?}; both: {:?}", first + third);
}

fn main() {
    // `cargo bench -- --test` only shows that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--test") { 2 } else { 200 };
    kinds(rounds);
    stages(rounds * 10);
}
