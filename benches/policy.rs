//! What a check costs, and the list beside a `HashSet` of the same entries.
//!
//! `cargo bench --bench policy`; ratios hold within one run only.

use core::hint::black_box;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, Personal, Policy, PolicyBuilder, Reduction,
    SequenceEnds, WhiteSpace,
};

const SOURCES: [&str; 3] = [
    include_str!("../tools/common-passwords/django-common-passwords.txt"),
    include_str!("../tools/common-passwords/pwdb-top-100k.txt"),
    include_str!("../tools/common-passwords/xato-top-100000.txt"),
];

/// The inputs of benches/django.py.
const PASSWORDS: [(&str, &str); 3] = [
    ("accepted_12", "plum-ketTle4"),
    ("accepted_21", "correct7horse-battery"),
    ("refused_3_errors", "1234567"),
];

const ABOUT: [&str; 4] = ["emily.rose", "Emily", "Rosewater-Smith", "emily.rose@mail.example.com"];

fn about() -> Personal<'static> {
    let [username, first_name, last_name, email] = ABOUT;
    Personal::none().username(username).first_name(first_name).last_name(last_name).email(email)
}

fn checks(criterion: &mut Criterion) {
    let about = about();
    let mut group = criterion.benchmark_group("django");
    let policy = Policy::django();
    for (name, password) in PASSWORDS {
        assert_eq!(policy.check(password, &about).is_ok(), name.starts_with("accepted"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check(black_box(password), black_box(&about)))
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("all_rules");
    let policy = Policy::builder()
        .min_length(8)
        .max_length(128)
        .max_similarity(0.7)
        .not_common()
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
        .build()
        .unwrap();
    for (name, password) in [("accepted_12", "plum-ketTle4"), ("accepted_12_greek", "Δαμάσκηνο-4α")]
    {
        assert!(policy.check(password, &about).is_ok());
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check(black_box(password), black_box(&about)))
        });
    }
    group.finish();

    // What NIST SP 800-63B-4 asks of a password that is the only factor, but for its length: 15
    // characters are more than most of these have.
    let mut group = criterion.benchmark_group("nist");
    let policy = Policy::builder()
        .max_bytes(1_024)
        .min_length(12)
        .max_length(256)
        .not_common()
        .context_words(["Plum Bank", "plumbank.example"])
        .no_personal_names()
        .build()
        .unwrap();
    for password in
        ["plum-ketTle4", "orbit.kettle-42!", "correct7horse-battery", "m0ss+f3rn & p|nk gr@vel"]
    {
        assert!(policy.check(password, &about).is_ok());
        group.bench_function(format!("accepted_{}", password.len()), |bencher| {
            bencher.iter(|| policy.check(black_box(password), black_box(&about)))
        });
    }
    group.finish();
}

/// Each rule about the shape alone, and all together.
fn shapes(criterion: &mut Criterion) {
    let about = about();
    let builder = Policy::builder;
    let every = every_shape();
    let mut group = criterion.benchmark_group("shape");
    for (name, builder) in [
        ("kinds", builder().active_directory_kinds()),
        ("repeats", builder().max_repeat(3).max_class_repeat(8).min_distinct(6)),
        ("sequence", builder().max_sequence(3, SequenceEnds::Joined)),
        ("keyboard", builder().max_keyboard_walk(3)),
        ("context", builder().context_words(["Plum Bank", "plumbank.example"])),
        ("names", builder().no_personal_names()),
        ("every", every.clone()),
    ] {
        let policy = builder.build().unwrap();
        for password in ["plum-ketTle4", "Correct7horse-battery"] {
            assert!(policy.check(password, &about).is_ok(), "{name}");
            group.bench_function(format!("{name}_{}", password.len()), |bencher| {
                bencher.iter(|| policy.check(black_box(password), black_box(&about)))
            });
        }
    }
    group.finish();
}

fn every_shape() -> PolicyBuilder {
    Policy::builder()
        .no_white_space(WhiteSpace::AtTheEnds)
        .no_control_characters()
        .illegal_characters(CharacterSet::of("<>"))
        .active_directory_kinds()
        .max_repeat(3)
        .max_class_repeat(8)
        .min_distinct(6)
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3)
        .context_words(["Plum Bank", "plumbank.example"])
        .no_personal_names()
}

fn every_rule() -> PolicyBuilder {
    every_shape()
        .not_common()
        .not_derived_from_common(Reduction::ALL)
        .max_similarity(0.7)
        .not_entirely_numeric()
        .no_palindrome()
}

/// The most that the ceilings let through: a password of 1,024 bytes and 64 attributes of 256.
///
/// The crafted ones have few letters, so that the names have no trigram that the password lacks, and
/// digits that are read as letters, some as either of two; none of the names is in the password.
fn ceiling(criterion: &mut Criterion) {
    const NAMES: [&str; 64] = ["attribute"; 64];
    let policy = every_rule().build().unwrap();
    let mut group = criterion.benchmark_group("ceiling");
    let latin = "abcdefghijklmnopqrstuvwxyz0123456789";
    let greek = "αβγδεζηθικλμνξοπρστυφχψω";
    let han = "日月火水木金土山川田人口車門雨";
    for (name, letters, others, size, word) in [
        ("ascii", latin, "!-", 1_024, 15),
        ("greek", greek, "!-", 1_024, 15),
        ("han", han, "!-", 1_024, 15),
        ("crafted", "aeilo1", "|!", 1_024, 15),
        ("crafted_greek", "αεικο1", "|!", 1_024, 31),
        ("crafted_two_letters", "αε1", "", 1_024, 31),
        ("crafted_repeated", "aeilo1", "", 64, 31),
        ("crafted_repeated_17", "aeilo1", "", 256, 17),
        ("crafted_256", "aeilo1", "|!stbcgz", 256, 15),
        ("crafted_24", "aeilo1", "|!stbcgz", 24, 15),
    ] {
        let mut random = Random(11);
        let password = random.text(&format!("{letters}{others}"), size);
        // One that repeats itself has names that differ from pieces of it in the last letter.
        let is_repeated = name.starts_with("crafted_repeated");
        let password = password.repeat(if is_repeated { 1_024 / size } else { 1 });
        let mut name_of = || {
            if !is_repeated {
                return random.text(letters, word);
            }
            let from = random.below(size);
            let (piece, next) = (&password[from..from + word - 1], &password[from + word - 1..]);
            format!("{piece}{}", if next.starts_with('a') { 'e' } else { 'a' })
        };
        let values: Vec<String> =
            (0..64).map(|_| (0..256 / (word + 1)).map(|_| name_of() + "-").collect()).collect();
        let others: Vec<(&'static str, &str)> =
            NAMES.into_iter().zip(values.iter().map(String::as_str)).collect();
        let about = Personal::none().others(&others);
        // What would end the search early, or come before it.
        let refused = policy.check(&password, &about).err();
        let mut codes = refused.iter().flat_map(|found| found.iter()).map(|it| it.code());
        assert!(!codes.any(|code| code.contains("personal") || code.contains("similar")), "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check(black_box(&password), black_box(&about)))
        });
    }
    group.finish();
}

/// All rules beside a growing password, and beside a growing attribute: the time of a byte stays.
///
/// At every size a megabyte is checked, in as many different texts as that takes, so that neither what
/// one of them happens to have in common with a name nor a processor that knows it by heart decides.
/// The bytes are those that are read, which are those of the small side as well: it is checked by every
/// rule each time.
fn axes(criterion: &mut Criterion) {
    let policy =
        every_rule().max_bytes(1 << 20).max_personal(usize::MAX, usize::MAX).build().unwrap();
    let mut group = criterion.benchmark_group("axes");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(600));
    let scripts = [
        ("ascii", "abcdefghijklmnopqrstuvwxyz0123456789!-", "plum-ketTle4"),
        ("greek", "αβγδεζηθικλμνξοπρστυφχψω!-", "Δαμάσκηνο-4α"),
    ];
    let known = about();
    let bytes_known: usize = ABOUT.iter().map(|value| value.len()).sum();
    for (script, alphabet, small) in scripts {
        for exponent in (8..=20).step_by(2) {
            let mut random = Random(11);
            let texts: Vec<String> =
                (0..1 << (20 - exponent)).map(|_| random.text(alphabet, 1 << exponent)).collect();
            let bytes_with = |other: usize| {
                let bytes: usize = texts.iter().map(|text| text.len() + other).sum();
                Throughput::Bytes(bytes as u64)
            };
            group.throughput(bytes_with(bytes_known));
            group.bench_function(format!("password_{script}/2^{exponent}"), |bencher| {
                bencher.iter(|| {
                    let check =
                        |text: &&String| policy.check(black_box(text.as_str()), &known).is_err();
                    texts.iter().filter(check).count()
                })
            });
            group.throughput(bytes_with(small.len()));
            group.bench_function(format!("attribute_{script}/2^{exponent}"), |bencher| {
                bencher.iter(|| {
                    let check = |text: &&String| {
                        let known = Personal::none().username(black_box(text.as_str()));
                        policy.check(black_box(small), &known).is_err()
                    };
                    texts.iter().filter(check).count()
                })
            });
        }
    }
    group.finish();
}

/// All answer the same queries, one for each entry, in the same random order; the time is that of
/// all of them. `benches/peers` has the list beside an `fst::Set` as well.
fn list(criterion: &mut Criterion) {
    let list = CommonPasswords::embedded();
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let words: BTreeSet<String> = lines.map(|line| line.trim().to_lowercase()).collect();
    let mut random = Random(7);
    let mut hits: Vec<&String> = words.iter().filter(|word| list.contains(word)).collect();
    for place in (1..hits.len()).rev() {
        hits.swap(place, random.below(place + 1));
    }
    let set: HashSet<&str> = hits.iter().map(|word| word.as_str()).collect();
    // Laid out in memory in the order in which they are asked.
    let hits: Vec<String> = hits.iter().map(|word| word.as_str().to_owned()).collect();
    let misses: Vec<String> = (0..hits.len())
        .map(|_| {
            (0..8 + random.below(9)).map(|_| char::from(b'!' + random.below(94) as u8)).collect()
        })
        .collect();

    let policy = Policy::builder().max_bytes(usize::MAX).not_common().build().unwrap();
    let mut group = criterion.benchmark_group("list");
    group.throughput(Throughput::Elements(hits.len() as u64));
    for (name, queries) in [("hit", &hits), ("miss", &misses)] {
        group.bench_function(format!("hash_set_{name}"), |bencher| {
            bencher.iter(|| {
                queries.iter().filter(|query| set.contains(black_box(query.as_str()))).count()
            });
        });
        group.bench_function(format!("list_{name}"), |bencher| {
            bencher.iter(|| queries.iter().filter(|query| list.contains(black_box(query))).count());
        });
        group.bench_function(format!("policy_{name}"), |bencher| {
            let none = Personal::none();
            bencher.iter(|| {
                queries
                    .iter()
                    .filter(|query| policy.check(black_box(query), &none).is_err())
                    .count()
            });
        });
    }
    group.finish();
}

/// A megabyte against a megabyte: the work is linear.
fn large(criterion: &mut Criterion) {
    let policy = Policy::django();
    let mut group = criterion.benchmark_group("large");
    group.sample_size(10);
    for (name, unit) in [("ascii", "abcdefgh1-"), ("greek", "αβγδεζηθ1-")] {
        let value = unit.repeat(100_000);
        let password = format!("{}x", "klmnopqrst".repeat(100_000));
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || Personal::none().username(value.as_str()),
                |about| policy.check(black_box(&password), &about),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
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

    /// Characters of `alphabet`, of `size` bytes or a little less.
    fn text(&mut self, alphabet: &str, size: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        let mut text = String::new();
        loop {
            let character = alphabet[self.below(alphabet.len())];
            if text.len() + character.len_utf8() > size {
                return text;
            }
            text.push(character);
        }
    }
}

criterion_group!(benches, checks, shapes, ceiling, axes, list, large);
criterion_main!(benches);
