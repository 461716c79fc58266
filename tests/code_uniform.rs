//! Codes are uniform: Pearson's statistic for each position and for whole codes.
//!
//! It stays below the value that a fair source exceeds once in a million times. The inputs are fixed,
//! so the outcome is too.

use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CodeBinding, CodeShape, Codes};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use sha2::{Digest, Sha256};

const DIGITS: &str = "0123456789";
const LETTERS: &str = "BCDFGHJKLMNPQRSTVWXZ";
const BASE32: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// A prime number of symbols, and one whose plain modulo would favour a third of them.
const ODD: &str = "ACDEFGHJKLMNPQRTUVWXY34";
const OTHER: &str = "0123456789ABCDEFGHJKLMNPQR";

#[test]
fn every_position_is_uniform() {
    for (alphabet, length) in [(DIGITS, 10), (LETTERS, 16), (BASE32, 12), (ODD, 12), (OTHER, 16)] {
        let critical = critical(alphabet.len() - 1);
        let mut counts = vec![vec![0_u32; alphabet.len()]; usize::from(length)];
        for code in codes(alphabet, length).take(20_000) {
            for (counts, symbol) in counts.iter_mut().zip(&code) {
                counts[*symbol] += 1;
            }
        }
        for (place, counts) in counts.iter().enumerate() {
            let found = statistic(counts);
            assert!(found < critical, "{alphabet}, position {place}: {found}");
        }
        // What is too small for one position shows in all of them together.
        let pooled: Vec<u32> = (0..alphabet.len())
            .map(|symbol| counts.iter().map(|counts| counts[symbol]).sum())
            .collect();
        assert!(statistic(&pooled) < critical, "{alphabet}: {}", statistic(&pooled));
    }
}

/// Codes of two characters, so that every one of them is counted: positions may not depend on one
/// another either.
#[test]
fn whole_codes_are_uniform() {
    for alphabet in [DIGITS, LETTERS, BASE32, ODD, OTHER] {
        let mut counts = vec![0_u32; alphabet.len() * alphabet.len()];
        for code in codes(alphabet, 2).take(counts.len() * 50) {
            counts[code[0] * alphabet.len() + code[1]] += 1;
        }
        let (found, critical) = (statistic(&counts), critical(counts.len() - 1));
        assert!(found < critical, "{alphabet}: {found}");
        assert!(counts.iter().all(|count| *count > 0), "{alphabet}: a code never comes");
    }
}

/// The controls: bytes modulo the radix, and a second character that leans on the first.
#[test]
fn bias_would_show() {
    for alphabet in [DIGITS, LETTERS, ODD, OTHER] {
        let mut counts = vec![0_u32; alphabet.len()];
        for number in 0_u32..20_000 {
            for byte in &Sha256::digest(number.to_be_bytes())[..12] {
                counts[usize::from(*byte) % alphabet.len()] += 1;
            }
        }
        let (found, critical) = (statistic(&counts), critical(counts.len() - 1));
        assert!(found > critical, "{alphabet}: {found}");
    }
    let mut counts = vec![0_u32; 100];
    for (number, code) in codes(DIGITS, 2).take(5_000).enumerate() {
        let leaning = if number % 8 == 0 { code[0] } else { code[1] };
        counts[code[0] * 10 + leaning] += 1;
    }
    assert!(statistic(&counts) > critical(99));
}

/// Codes of attempts with different ids, as symbol values.
fn codes(alphabet: &'static str, length: u8) -> impl Iterator<Item = Vec<usize>> {
    let material: Vec<u8> = (1..33).collect();
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap());
    let shape = CodeShape::of_alphabet(alphabet, length).unwrap();
    let codes = Codes::new(ring, Scope::new(Purpose::RESET), shape);
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("a@b.example").unwrap());
    (0_u32..).map(move |number| {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes(id));
        let code = codes.derive(KeyId::new(1), &binding, 0).unwrap().expose_plain();
        code.chars().map(|symbol| alphabet.find(symbol).unwrap()).collect()
    })
}

fn statistic(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
}

/// What a chi-square variable of so many degrees of freedom exceeds with a chance of one in a million.
fn critical(degrees: usize) -> f64 {
    match degrees {
        9 => 44.81,
        19 => 63.68,
        22 => 68.86,
        25 => 73.89,
        31 => 83.64,
        99 => 180.79,
        399 => 547.95,
        528 => 697.10,
        675 => 864.26,
        1023 => 1252.58,
        _ => panic!("there is no value for {degrees}"),
    }
}
