//! Hashing against the argon2 crate, turn by turn, so that what else the machine does hits all alike: times,
//! the medians of the ratios to the crate in the same round, with memory that it is given (and does not wipe)
//! and with fresh memory, and page faults of one call.
//!
//! `cargo bench -p repass-benches --bench argon2`; `-- --test` runs each once.
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use repass::hash::{Cost, HashError, Hasher, Verdict};
use repass::secret::{Password, PasswordHash, Salt};

const MMAP_THRESHOLD: &str = "MALLOC_MMAP_THRESHOLD_";
const PASSWORD: &str = "correct horse battery staple";

fn main() {
    // glibc keeps freed memory of up to 32 MiB, so that the crate's own would not be fresh at 19 MiB.
    if std::env::var_os(MMAP_THRESHOLD).is_none() {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(std::env::args_os().skip(1)).env(MMAP_THRESHOLD, "131072");
        std::process::exit(again.status().unwrap().code().unwrap_or(1));
    }
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { 60 };
    for cost in [Cost::OWASP, Cost::OWASP_46_MIB] {
        hashing(cost, rounds);
    }
    refusing(if rounds == 1 { 1 } else { 10_000 });
}

fn hashing(cost: Cost, rounds: usize) {
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32)).unwrap();
    let mut memory = vec![Block::new(); params.block_count()];
    let raw = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hasher = Hasher::new(cost);
    let password = Password::new(PASSWORD).unwrap();
    let salt = || Salt::generate(&mut repass::SysRng).unwrap();
    let stored = hasher.hash(&password, salt()).unwrap();

    let mut given = || {
        let (text, salt) = (black_box(PASSWORD.as_bytes()), black_box(&[7; 16]));
        let mut output = [0; 32];
        raw.hash_password_into_with_memory(text, salt, &mut output, &mut memory).unwrap();
        black_box(output);
    };
    let mut fresh = || {
        let (text, salt) = (black_box(PASSWORD.as_bytes()), black_box(&[7; 16]));
        let mut output = [0; 32];
        raw.hash_password_into(text, salt, &mut output).unwrap();
        black_box(output);
    };
    let mut hash = || drop(black_box(hasher.hash(black_box(&password), salt()).unwrap()));
    let mut verify =
        || assert_eq!(hasher.verify(&password, black_box(&stored)), Ok(Verdict::Match));
    let mut nobody = || {
        let verdict = hasher.verify(&password, black_box(None::<&PasswordHash>));
        assert_eq!(verdict, Ok(Verdict::Mismatch));
    };
    let mut ways = [
        Way::new("crate, memory given", &mut given),
        Way::new("crate, fresh memory", &mut fresh),
        Way::new("hash", &mut hash),
        Way::new("verify", &mut verify),
        Way::new("verify nobody", &mut nobody),
    ];
    // The first round warms up.
    for round in 0..=rounds {
        for way in &mut ways {
            way.run(round > 0);
        }
    }
    println!("{cost}, {rounds} rounds");
    let [given, fresh, ..] = &ways;
    for way in &ways {
        println!(
            "  {:20} least {:6.2} ms  median {:6.2} ms  of given {:.3}  of fresh {:.3}  page faults {:.1}",
            way.name,
            way.times.iter().copied().fold(f64::INFINITY, f64::min),
            median(way.times.iter().copied()),
            way.ratio_to(given),
            way.ratio_to(fresh),
            way.faults as f64 / rounds as f64,
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Way<'a> {
    name: &'a str,
    hash: &'a mut dyn FnMut(),
    /// In milliseconds, one for each round.
    times: Vec<f64>,
    faults: u64,
}

impl<'a> Way<'a> {
    fn new(name: &'a str, hash: &'a mut dyn FnMut()) -> Self {
        Self { name, hash, times: Vec::new(), faults: 0 }
    }

    fn run(&mut self, counts: bool) {
        // Once unmeasured: else each would pay for the caches that the way before it has filled.
        (self.hash)();
        let (before, from) = (page_faults(), Instant::now());
        (self.hash)();
        if counts {
            self.times.push(from.elapsed().as_secs_f64() * 1e3);
            self.faults += page_faults() - before;
        }
    }

    fn ratio_to(&self, other: &Self) -> f64 {
        median(self.times.iter().zip(&other.times).map(|(own, other)| own / other))
    }
}

/// What a hostile stored string costs.
fn refusing(rounds: u32) {
    let hasher = Hasher::default();
    let password = Password::new(PASSWORD).unwrap();
    let tail = "c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for text in [
        format!("$argon2id$v=19$m=4294967295,t=4294967295,p=1${tail}"),
        format!("$argon2id$v=19$m=19456,t=9,p=1${tail}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAE${tail}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ${}", "A".repeat(440)),
    ] {
        let stored = PasswordHash::from_stored(&text).unwrap();
        let mut refused = Err(HashError::Busy);
        let mut most = Duration::ZERO;
        let from = Instant::now();
        for _ in 0..rounds {
            let from = Instant::now();
            refused = hasher.verify(&password, black_box(&stored));
            most = most.max(from.elapsed());
        }
        let mean = from.elapsed() / rounds;
        let code = refused.unwrap_err().code();
        println!("{code:22} mean {mean:?}, most {most:?}");
    }
}

/// Minor page faults of this process so far; none where the system does not tell.
fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The tenth field; the second one, in parentheses, may have spaces.
    let fields = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(7));
    fields.and_then(|field| field.parse().ok()).unwrap_or(0)
}
