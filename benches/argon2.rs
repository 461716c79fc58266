//! Hashing against the argon2 crate, turn by turn, so that what else the machine does hits all alike: times,
//! ratios to the crate with memory that it is given (and does not wipe), and page faults of one call.
//!
//! `cargo bench --bench argon2`; `-- --test` runs each once.
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use repass::hash::{Cost, HashError, Hasher, Verdict};
use repass::secret::{Password, PasswordHash, Salt};

const PASSWORD: &str = "correct horse battery staple";

fn main() {
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
    let fresh = || {
        let (text, salt) = (black_box(PASSWORD.as_bytes()), black_box(&[7; 16]));
        let mut output = [0; 32];
        raw.hash_password_into(text, salt, &mut output).unwrap();
        black_box(output);
    };
    let hash = || drop(black_box(hasher.hash(black_box(&password), salt()).unwrap()));
    let verify = || assert_eq!(hasher.verify(&password, black_box(&stored)), Ok(Verdict::Match));
    let nobody = || {
        let verdict = hasher.verify(&password, black_box(None::<&PasswordHash>));
        assert_eq!(verdict, Ok(Verdict::Mismatch));
    };
    let mut ways: [(&str, &mut dyn FnMut(), Vec<Duration>, u64); 5] = [
        ("crate, memory given", &mut given, Vec::new(), 0),
        ("crate, fresh memory", &mut { fresh }, Vec::new(), 0),
        ("hash", &mut { hash }, Vec::new(), 0),
        ("verify", &mut { verify }, Vec::new(), 0),
        ("verify nobody", &mut { nobody }, Vec::new(), 0),
    ];
    // The first round warms up.
    for round in 0..=rounds {
        for (_, run, times, faults) in &mut ways {
            // Once unmeasured: else each would pay for the caches that the way before it has filled.
            run();
            let (before, from) = (page_faults(), Instant::now());
            run();
            if round > 0 {
                times.push(from.elapsed());
                *faults += page_faults() - before;
            }
        }
    }
    println!("{cost}, {rounds} rounds");
    let mut first = None;
    for (name, _, times, faults) in &mut ways {
        times.sort_unstable();
        let least = times[0].as_secs_f64() * 1e3;
        let median = times[times.len() / 2].as_secs_f64() * 1e3;
        let (base_least, base_median) = *first.get_or_insert((least, median));
        println!(
            "  {name:20} least {least:6.2} ms ({:.3})  median {median:6.2} ms ({:.3})  page faults {:.1}",
            least / base_least,
            median / base_median,
            *faults as f64 / rounds as f64,
        );
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
