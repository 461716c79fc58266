//! What a check costs, and the list beside a `HashSet` of the same entries.
//!
//! `cargo bench -p repass-benches --bench policy`; ratios hold within one run only.
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use core::hint::black_box;
use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal, Policy, PolicyBuilder,
    Preset, Reduction, SequenceEnds, Violations, WhiteSpace,
};
use repass::secret::Password;

const SOURCES: [&str; 3] = [
    include_str!("../../tools/common-passwords/django-common-passwords.txt"),
    include_str!("../../tools/common-passwords/pwdb-top-100k.txt"),
    include_str!("../../tools/common-passwords/xato-top-100000.txt"),
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
        assert_eq!(policy.check_as_typed(password, &about).is_ok(), name.starts_with("accepted"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check_as_typed(black_box(password), black_box(&about)))
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
        assert!(policy.check_as_typed(password, &about).is_ok());
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check_as_typed(black_box(password), black_box(&about)))
        });
    }
    group.finish();

    // The same as `examples/policies/system_001.toml`.
    let system_001 = [
        CharacterClass::Lower,
        CharacterClass::Upper,
        CharacterClass::Digit,
        CharacterClass::Symbol,
    ]
    .into_iter()
    .fold(Policy::preset(Preset::Django), |builder, class| builder.at_least(1, class))
    .max_bytes(PolicyBuilder::DEFAULT_MAX_BYTES)
    .no_control_characters()
    .not_blank();
    for (builder, name) in [
        (Policy::preset(Preset::NistSingleFactor), "nist_single_factor"),
        (system_001, "system_001"),
    ] {
        let policy = builder.build().unwrap();
        let mut group = criterion.benchmark_group(name);
        for password in [
            "plum-ketTle4",
            "orbit.ketTle-42!",
            "correct7horse-Battery",
            "m0ss+f3rn & p|nK gr@veL",
            "Δαμάσκηνο-kettle-4!",
        ] {
            let length = password.chars().count();
            // NIST asks for 15 characters of a password that is the only factor.
            if length < 15 && name == "nist_single_factor" {
                continue;
            }
            assert_eq!(policy.check_as_typed(password, &about).err(), None, "{name} {password}");
            let script = if password.is_ascii() { "" } else { "_greek" };
            group.bench_function(format!("accepted_{length}{script}"), |bencher| {
                bencher.iter(|| policy.check_as_typed(black_box(password), black_box(&about)))
            });
        }
        group.finish();
    }
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
        ("derived_from_names", builder().not_derived_from_names()),
        ("every", every.clone()),
    ] {
        let policy = builder.build().unwrap();
        for password in ["plum-ketTle4", "Correct7horse-battery"] {
            assert!(policy.check_as_typed(password, &about).is_ok(), "{name}");
            group.bench_function(format!("{name}_{}", password.len()), |bencher| {
                bencher.iter(|| policy.check_as_typed(black_box(password), black_box(&about)))
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
        .not_containing(["plumbank", "kettleworks"])
        .context_words(["Plum Bank", "plumbank.example"])
        .no_personal_names()
        .not_derived_from_names()
}

/// Every rule that the core can ask, the rules of a host apart.
fn every_rule(bytes: usize) -> PolicyBuilder {
    let digits = CharacterSet::of("0123456789");
    let at_length = Policy::builder().at_least(1, CharacterClass::Letter).build().unwrap();
    every_shape()
        .min_length(8)
        .max_bytes(bytes)
        .max_length(bytes)
        .max_occurrences(bytes - 1)
        .of_lengths(8..=bytes, at_length)
        .at_least(1, CharacterClass::Letter)
        .at_least(1, digits)
        .allowed_characters(CharacterSet::of("").and_range(' '..='\u{10FFFF}'))
        .min_changed(64)
        .not_rearranged()
        .not_common()
        .not_derived_from_common(Reduction::ALL)
        .max_similarity(0.7)
        .not_entirely_numeric()
        .no_palindrome()
}

/// The most that the ceilings let through: a password of 1,024 bytes and 64 attributes of 256.
///
/// The crafted ones have few letters, so that the names have no trigram that the password lacks, and
/// digits that are read as letters, some as either of two; none of the names is in the password. Of all
/// of them the one that takes longest is measured, and printed with the next.
fn ceiling(criterion: &mut Criterion) {
    let policy = every_rule(1_024).build().unwrap();
    let mut group = criterion.benchmark_group("ceiling");
    let latin = "abcdefghijklmnopqrstuvwxyz0123456789!-";
    let greek = "αβγδεζηθικλμνξοπρστυφχψω!-";
    let han = "日月火水木金土山川田人口車門雨!-";
    for (name, alphabet) in [("ascii", latin), ("greek", greek), ("han", han)] {
        let crafted = Crafted::new(alphabet, 1_024, 1_024, 15, Kind::Random);
        assert!(!crafted.ends_early(&policy), "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| crafted.check(&policy)));
    }
    let mut worst = None;
    group.bench_function("worst_of_the_crafted", |bencher| {
        let worst = worst.get_or_insert_with(|| worst_of_the_crafted(&policy));
        bencher.iter(|| worst.check(&policy));
    });
    group.finish();
}

fn worst_of_the_crafted(policy: &Policy) -> Crafted {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let sizes: &[(usize, usize)] =
        &[(1_024, 1_024), (1_024, 256), (1_024, 64), (1_024, 16), (256, 256), (64, 64), (24, 24)];
    let mut timed = Vec::new();
    for alphabet in [
        "ab1",
        "a1|",
        "aeilo1",
        "αε1",
        "aeilo1|!",
        "aeilo1|!stbcgz",
        "aeilokmnst01|",
        "αεικο1|!",
        "abcdefghijklmnopqrstuvwxyz0123456789|",
        "αβγδεζηθικλμνξοπρστυφχψω1|",
        "日月火水木金土山川田人口1|a",
    ] {
        for (size, period) in sizes {
            for word in [4, 5, 8, 11, 15, 17, 24, 31, 84] {
                for kind in [Kind::Random, Kind::First, Kind::Last, Kind::Joined] {
                    if *period <= word || is_test && (word, *period) != (17, 64) {
                        continue;
                    }
                    let crafted = Crafted::new(alphabet, *size, *period, word, kind);
                    if !crafted.ends_early(policy) {
                        timed.push((crafted.time(policy), crafted));
                    }
                }
            }
        }
    }
    timed.sort_by_key(|(time, _)| *time);
    println!("of {} crafted inputs these take longest:", timed.len());
    for (time, crafted) in timed.iter().rev().take(5) {
        println!("  {time:?}  {}", crafted.name);
    }
    timed.pop().unwrap().1
}

/// What the names have to do with the password.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Nothing but the letters.
    Random,
    /// A piece of it but for the first letter.
    First,
    /// A piece of it but for the last letter.
    Last,
    /// Two pieces of it, whose trigrams are all in it.
    Joined,
}

struct Crafted {
    name: String,
    password: Password,
    old: Password,
    values: Vec<String>,
}

impl Crafted {
    /// A password of `size` bytes that repeats itself after `period` characters, and names of `word` letters.
    fn new(alphabet: &str, size: usize, period: usize, word: usize, kind: Kind) -> Self {
        let mut random = Random(11);
        let unit = random.text(alphabet, period);
        let mut password = unit.repeat(size.div_ceil(unit.len()));
        while password.len() > size {
            password.pop();
        }
        let all: Vec<char> = alphabet.chars().filter(|it| it.is_alphanumeric()).collect();
        let text: Vec<char> = password.chars().filter(|it| it.is_alphanumeric()).collect();
        let mut name = || {
            let word = word.min(text.len() - 1);
            let from = random.below(text.len() - word);
            let mut name = text[from..from + word].to_vec();
            match kind {
                Kind::Random => {
                    name.iter_mut().for_each(|letter| *letter = all[random.below(all.len())]);
                }
                Kind::First => name[0] = all[random.below(all.len())],
                Kind::Last => name[word - 1] = all[random.below(all.len())],
                Kind::Joined => {
                    let half = word / 2;
                    let last = &name[half - 2..half];
                    let places: Vec<usize> = (half..text.len() - half - 1)
                        .filter(|place| text[place - 2..*place] == *last)
                        .collect();
                    if !places.is_empty() {
                        let from = places[random.below(places.len())];
                        name.splice(half.., text[from..].iter().copied().take(word - half));
                    }
                }
            }
            name.into_iter().chain(['-']).collect::<String>()
        };
        let held = held(&text);
        let value = |_| {
            let mut value = String::new();
            for _ in 0..1_000 {
                let name = name();
                if value.len() + name.len() > 256 {
                    break;
                }
                let letters: String = name.trim_end_matches('-').into();
                if !held(&letters) {
                    value += &name;
                }
            }
            value
        };
        let values = (0..64).map(value).collect();
        // As far from the old one as makes the distance cost most.
        let old =
            password.chars().enumerate().map(|(place, it)| if place % 20 == 0 { '#' } else { it });
        Self {
            name: format!("{alphabet}, {size} bytes of period {period}, {kind:?} names of {word}"),
            old: typed(&old.collect::<String>()),
            password: typed(&password),
            values,
        }
    }

    fn check(&self, policy: &Policy) -> Result<(), Violations> {
        const NAMES: [&str; 64] = ["attribute"; 64];
        let values = NAMES.into_iter().zip(self.values.iter().map(String::as_str));
        let others: Vec<(&'static str, &str)> = values.collect();
        let about = Personal::none().others(&others);
        let evidence = Evidence::of_change(black_box(&self.old));
        policy.check_with(black_box(&self.password), black_box(&about), evidence)
    }

    /// Whether something ends the search, or comes before it.
    fn ends_early(&self, policy: &Policy) -> bool {
        let refused = self.check(policy).err();
        let mut codes = refused.iter().flat_map(|found| found.iter()).map(|it| it.code());
        codes.any(|code| code.contains("personal") || code.contains("similar"))
    }

    fn time(&self, policy: &Policy) -> Duration {
        let time = || {
            let start = Instant::now();
            let _ = black_box(self.check(policy));
            start.elapsed()
        };
        (0..3).map(|_| time()).min().unwrap()
    }
}

/// Whether a text has these letters in a row, forwards or backwards, whatever its digits are read as.
fn held(text: &[char]) -> impl Fn(&str) -> bool {
    let alike = |letter: &char| match letter {
        '1' | 'l' => 'i',
        '0' => 'o',
        '2' => 'z',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => *other,
    };
    let forwards: String = text.iter().map(alike).collect();
    let backwards: String = text.iter().rev().map(alike).collect();
    move |name| {
        let name: String = name.chars().map(|letter| alike(&letter)).collect();
        forwards.contains(&name) || backwards.contains(&name)
    }
}

/// All rules beside a growing password, and beside a growing attribute: the time of a byte stays.
///
/// At every size a megabyte is checked, in as many different texts as that takes, so that neither what
/// one of them happens to have in common with a name nor a processor that knows it by heart decides. None
/// has what a rule stops at, or the longer a text the sooner its rules were done.
/// The bytes are those that are read, which are those of the small side as well: it is checked by every
/// rule each time.
fn axes(criterion: &mut Criterion) {
    let policy = every_rule(1 << 20).build().unwrap();
    let mut group = criterion.benchmark_group("axes");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(600));
    let scripts = [
        ("ascii", "abcdefghijklmnopqrstuvwxyz0123456789!-", "Fern-4xk"),
        ("greek", "αβγδεζηθικλμνξοπρστυφχψω!-", "Δάμ-σκ4ή"),
    ];
    let known = about();
    let bytes_known: usize = ABOUT.iter().map(|value| value.len()).sum();
    for (script, alphabet, small) in scripts {
        let megabyte = Random(11).varied(alphabet, 1 << 20);
        for exponent in (8..=20).step_by(2) {
            let texts = pieces(&megabyte, 1 << exponent);
            let bytes_with = |other: usize| {
                let bytes: usize = texts.iter().map(|text| text.len() + other).sum();
                Throughput::Bytes(bytes as u64)
            };
            group.throughput(bytes_with(bytes_known));
            group.bench_function(format!("password_{script}/2^{exponent}"), |bencher| {
                bencher.iter(|| {
                    let check =
                        |text: &&&str| policy.check_as_typed(black_box(text), &known).is_err();
                    texts.iter().filter(check).count()
                })
            });
            // Of a longer attribute no more is compared.
            if 1 << exponent > Personal::MAX_BYTES {
                continue;
            }
            group.throughput(bytes_with(small.len()));
            let check = |text: &&&str| {
                let known = Personal::none().username(black_box(**text));
                policy.check_as_typed(black_box(small), &known).is_err()
            };
            // What resembles the password ends a walk early.
            let found = texts.iter().filter(check).count();
            assert!(found * 100 <= texts.len(), "{script} 2^{exponent}: {found}");
            group.bench_function(format!("attribute_{script}/2^{exponent}"), |bencher| {
                bencher.iter(|| texts.iter().filter(check).count())
            });
        }
    }
    group.finish();
}

/// The text cut into pieces of `size` bytes or a little less.
fn pieces(mut text: &str, size: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while !text.is_empty() {
        let mut end = size.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, rest) = text.split_at(end);
        pieces.push(piece);
        text = rest;
    }
    pieces
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
                    .filter(|query| policy.check_as_typed(black_box(query), &none).is_err())
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
                |about| policy.check_as_typed(black_box(&password), &about),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Catalogue 6.2 and 6.3: every rule, a million characters against a million, and leet alone.
fn catalogue(criterion: &mut Criterion) {
    const MILLION: usize = 1_000_000;
    let policy = every_rule(4 * MILLION).build().unwrap();
    let mut group = criterion.benchmark_group("catalogue");
    group.sample_size(10);
    let latin = "abcdefghijklmnopqrstuvwxyz0123456789!";
    for (name, alphabet, value) in [
        ("6_2_one_word", latin, "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("6_2_words", latin, "abcdefghijklmnopqrstuvwxyz0123456789--"),
        ("6_2_two_letters", "ab1", "ab1"),
        ("6_2_two_letters_words", "ab1", "ab1ab1ab1ab1-"),
    ] {
        let mut random = Random(11);
        let (password, value) = (random.text(alphabet, MILLION), random.text(value, MILLION));
        let about = Personal::none().username(value.as_str());
        group.bench_function(name, |bencher| {
            bencher.iter(|| policy.check_as_typed(black_box(&password), black_box(&about)))
        });
    }
    for length in [16, 100, 1_000, 4_096] {
        let password = "1!|430$".chars().cycle().take(length).collect::<String>();
        let about = about();
        group.bench_function(format!("6_3_leet/{length}"), |bencher| {
            bencher.iter(|| policy.check_as_typed(black_box(&password), black_box(&about)))
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
        self.text_that(alphabet, size, |_| true)
    }

    /// The same without repeats, sequences and walks.
    fn varied(&mut self, alphabet: &str, size: usize) -> String {
        let varied = Policy::builder()
            .max_repeat(3)
            .max_class_repeat(8)
            .max_sequence(3, SequenceEnds::Joined)
            .max_keyboard_walk(3)
            .build()
            .unwrap();
        self.text_that(alphabet, size, |text| {
            // What the last character may have completed.
            let (from, _) = text.char_indices().rev().take(9).last().unwrap();
            varied.check_as_typed(&text[from..], &Personal::none()).is_ok()
        })
    }

    /// Draws a character again where the text would not do with it.
    fn text_that(&mut self, alphabet: &str, size: usize, does: impl Fn(&str) -> bool) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        let mut text = String::new();
        loop {
            let character = alphabet[self.below(alphabet.len())];
            if text.len() + character.len_utf8() > size {
                return text;
            }
            text.push(character);
            if !does(&text) {
                text.pop();
            }
        }
    }
}

criterion_group!(benches, checks, shapes, ceiling, axes, catalogue, list, large);
criterion_main!(benches);

fn typed(text: &str) -> Password {
    Password::verbatim(text).unwrap()
}
