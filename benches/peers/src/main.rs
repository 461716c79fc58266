//! The embedded list beside a `HashSet<&str>` with its default hasher and an `fst::Set`, of the
//! same entries, and how lists of other sizes do.
//!
//! `cargo run --release` compares; ratios are medians of pairs taken in turns within one run.
//! `cargo run --release -- growth [MOST]` makes lists of 10^4 to 10^6 words, or `MOST`, and asks
//! them.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::collections::{BTreeSet, HashSet};
use std::hint::black_box;
use std::time::Instant;

use fst::Set;
use repass::policy::CommonPasswords;

const SOURCES: [&str; 3] = [
    include_str!("../../../tools/common-passwords/django-common-passwords.txt"),
    include_str!("../../../tools/common-passwords/pwdb-top-100k.txt"),
    include_str!("../../../tools/common-passwords/xato-top-100000.txt"),
];
const ROUNDS: usize = 15;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("growth") => growth(std::env::args().nth(2).and_then(|most| most.parse().ok())),
        _ => compare(),
    }
}

fn compare() {
    let list = CommonPasswords::embedded();
    let entries: BTreeSet<String> = SOURCES
        .iter()
        .map(|source| (*source).to_owned())
        .chain(languages())
        .flat_map(|source| source.lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|line| line.trim().to_lowercase())
        .filter(|line| list.contains(line))
        .collect();
    assert_eq!(entries.len(), list.entries());
    let mut random = Random(7);
    let hits = shuffled(&entries, &mut random);
    let misses = strangers(hits.len(), &mut random);

    let std_set: HashSet<&str> = entries.iter().map(String::as_str).collect();
    let fst_set = Set::from_iter(&entries).expect("sorted");
    println!("{} entries, fst {} bytes", entries.len(), fst_set.as_fst().size());
    for (name, queries, expected) in [("hit", &hits, hits.len()), ("miss", &misses, 0)] {
        let mut ours = |query: &str| list.contains(query);
        let mut std = |query: &str| std_set.contains(query);
        let mut fst = |query: &str| fst_set.contains(query);
        let mut rounds: Vec<[f64; 3]> = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push([
                nanoseconds(queries, expected, &mut ours),
                nanoseconds(queries, expected, &mut std),
                nanoseconds(queries, expected, &mut fst),
            ]);
        }
        let [ours, std, fst] = [0, 1, 2].map(|way| median(rounds.iter().map(|round| round[way])));
        let to_std = median(rounds.iter().map(|round| round[0] / round[1]));
        let to_fst = median(rounds.iter().map(|round| round[0] / round[2]));
        println!(
            "{name}: repass {ours:.1} ns, HashSet {std:.1} ns, fst {fst:.1} ns; \
             {to_std:.2} of HashSet, {to_fst:.2} of fst"
        );
    }
}

fn languages() -> impl Iterator<Item = String> {
    let folder =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/common-passwords/pwdb-languages");
    std::fs::read_dir(folder)
        .expect("the lists by language")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text"))
}

fn growth(most: Option<usize>) {
    let sizes = (4..=8).map(|exponent| 10_usize.pow(exponent));
    for entries in sizes.take_while(|entries| *entries <= most.unwrap_or(1_000_000)) {
        let mut random = Random(entries as u64);
        let words = made_up(entries, &mut random);
        let ordered = shuffled(&words, &mut random);
        let start = Instant::now();
        let bytes = CommonPasswords::build(&ordered).expect("a list");
        let build = start.elapsed();
        let start = Instant::now();
        let list = CommonPasswords::from_bytes(&bytes).expect("the list");
        let read = start.elapsed();
        let misses = strangers(entries, &mut random);
        let time = |queries: &[String], expected| {
            median(
                (0..ROUNDS)
                    .map(|_| nanoseconds(queries, expected, &mut |query| list.contains(query))),
            )
        };
        println!(
            "{entries} entries: {} bytes, {:.2} an entry, built in {build:.1?}, read in {read:.1?}, \
             hit {:.0} ns, miss {:.1} ns",
            bytes.len(),
            bytes.len() as f64 / entries as f64,
            time(&ordered, entries),
            time(&misses, 0),
        );
    }
}

fn nanoseconds(queries: &[String], expected: usize, contains: &mut dyn FnMut(&str) -> bool) -> f64 {
    let start = Instant::now();
    let found = queries.iter().filter(|query| contains(black_box(query.as_str()))).count();
    let time = start.elapsed();
    assert_eq!(found, expected);
    time.as_nanos() as f64 / queries.len() as f64
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// In random order, and laid out in memory in that order.
fn shuffled(entries: &BTreeSet<String>, random: &mut Random) -> Vec<String> {
    let mut order: Vec<&String> = entries.iter().collect();
    for place in (1..order.len()).rev() {
        order.swap(place, random.below(place + 1));
    }
    order.into_iter().map(|entry| entry.as_str().to_owned()).collect()
}

/// Random texts of 8 to 16 printable characters.
fn strangers(count: usize, random: &mut Random) -> Vec<String> {
    (0..count)
        .map(|_| {
            (0..8 + random.below(9)).map(|_| char::from(b'!' + random.below(94) as u8)).collect()
        })
        .collect()
}

/// Entries of Pwdb with digits behind them, in as many as it takes.
fn made_up(count: usize, random: &mut Random) -> BTreeSet<String> {
    let stems: Vec<&str> = SOURCES[1].lines().collect();
    let mut words: BTreeSet<String> =
        stems.iter().take(count).map(|stem| stem.trim().to_lowercase()).collect();
    while words.len() < count {
        let stem = stems[random.below(stems.len())].trim().to_lowercase();
        words.insert(format!("{stem}{}", random.below(1_000)));
    }
    words
}

/// The generator SplitMix64, so that every run asks the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}
