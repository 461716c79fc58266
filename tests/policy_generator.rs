//! Generated passwords: every one passes its policy, and all that pass are equally likely.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, GenerateError, Generator, GeneratorError,
    Personal, Policy, PolicyBuilder, Reduction, Rule, SequenceEnds, WhenUnknown, WhiteSpace,
};
use repass::rand_core::{TryCryptoRng, TryRng};

/// SplitMix64: the same numbers each time, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl TryRng for Dice {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.roll() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.roll())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.roll().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Dice {}

fn four_classes(count: usize) -> PolicyBuilder {
    Policy::builder()
        .at_least(count, CharacterClass::Lower)
        .at_least(count, CharacterClass::Upper)
        .at_least(count, CharacterClass::Digit)
        .at_least(count, CharacterClass::Symbol)
}

/// Policies as they are in use, by name.
fn policies() -> Vec<(&'static str, Policy)> {
    #[cfg_attr(not(feature = "common-passwords"), expect(unused_mut))]
    let mut policies = vec![
        ("nothing", Policy::builder()),
        ("nist", Policy::builder().min_length(15).context_words(["Plum Bank", "plumbank.example"])),
        (
            "pci",
            Policy::builder()
                .min_length(12)
                .at_least(1, CharacterClass::Letter)
                .at_least(1, CharacterClass::Digit)
                .not_among_last(4),
        ),
        (
            "active_directory",
            Policy::builder().min_length(8).active_directory_kinds().no_personal_names(),
        ),
        ("four_classes", four_classes(1).min_length(8).max_similarity(0.7).not_entirely_numeric()),
        ("four_classes_twice_in_8", four_classes(2).min_length(8).max_length(8)),
        (
            "everything",
            four_classes(1)
                .min_length(12)
                .max_length(64)
                .max_similarity(0.7)
                .no_personal_names()
                .not_entirely_numeric()
                .at_least(1, CharacterSet::of("!#%+-"))
                .active_directory_kinds()
                .no_white_space(WhiteSpace::AtTheEnds)
                .no_control_characters()
                .illegal_characters(CharacterSet::of("<>\"'"))
                .max_repeat(2)
                .max_class_repeat(4)
                .min_distinct(5)
                .max_occurrences(6)
                .not_containing(["kettle", "saddle"])
                .max_sequence(3, SequenceEnds::Joined)
                .max_keyboard_walk(3)
                .context_words(["Plum Bank"])
                .no_palindrome()
                .min_changed(4)
                .not_rearranged()
                .not_among_last(5)
                .not_among(own_list())
                .not_derived_from_common(Reduction::ALL),
        ),
        (
            "pin",
            Policy::builder()
                .min_length(6)
                .max_length(6)
                .max_repeat(2)
                .allowed_characters(CharacterSet::of("0123456789"))
                .max_sequence(3, SequenceEnds::Apart)
                .min_distinct(3),
        ),
        (
            "fewer_kinds_when_longer",
            Policy::builder()
                .min_length(8)
                .of_lengths(8..=11, built(four_classes(1)))
                .of_lengths(12..=15, built(Policy::builder().at_least(1, CharacterClass::Digit))),
        ),
        ("no_neighbours_alike", Policy::builder().min_length(16).max_length(16).max_repeat(1)),
    ];
    #[cfg(feature = "common-passwords")]
    policies.push((
        "django_classes",
        four_classes(1).min_length(8).max_similarity(0.7).not_common().not_entirely_numeric(),
    ));
    #[cfg(feature = "common-passwords")]
    policies.push((
        "no_disguises",
        Policy::builder().min_length(12).not_common().not_derived_from_common(Reduction::ALL),
    ));
    let built = policies.into_iter().map(|(name, builder)| (name, builder.build().unwrap()));
    #[cfg(feature = "common-passwords")]
    let built = built.chain([("django", Policy::django())]);
    built.collect()
}

fn own_list() -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(["plumbank2026", "Tr0ub4dor&3"]).unwrap();
    CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap()
}

fn emily() -> Personal<'static> {
    Personal::none()
        .username("emily.rose")
        .first_name("Emily")
        .last_name("Rosewater-Smith")
        .email("emily.rose@mail.example.com")
}

/// How many passwords are drawn in all; checks/generator asks for a million.
fn outputs() -> usize {
    std::env::var("REPASS_OUTPUTS").map_or(6_000, |text| text.parse().unwrap())
}

#[test]
fn every_password_passes_its_policy() {
    let policies = policies();
    let mut generators = Vec::new();
    for (name, policy) in &policies {
        generators.push((name, policy, policy.generator().build()));
        generators.push((name, policy, policy.generator().lengths(6..=16).build()));
        // A PIN has no letters, and eight characters have one dash, which is one symbol.
        if !["pin", "four_classes_twice_in_8"].contains(name) {
            generators.push((name, policy, policy.generator().temporary().build()));
        }
    }
    let each = outputs().div_ceil(generators.len() * 2);
    let (mut dice, mut drawn) = (Dice(1), 0);
    for (name, policy, generator) in &generators {
        let generator = generator.as_ref().expect(name);
        for about in [Personal::none(), emily()] {
            for _ in 0..each {
                let password = generator.generate(&about, &mut dice).expect(name);
                let password = password.expose_secret();
                assert!(policy.check_as_typed(password, &about).is_ok(), "{name}: {password}");
                drawn += 1;
            }
        }
    }
    println!("{drawn} passwords pass");
}

/// Every text of these characters and lengths.
fn texts(characters: &str, lengths: core::ops::RangeInclusive<usize>) -> Vec<String> {
    let (mut all, mut last) = (Vec::new(), vec![String::new()]);
    for length in 1..=*lengths.end() {
        last = last
            .iter()
            .flat_map(|text| characters.chars().map(move |character| format!("{text}{character}")))
            .collect();
        if lengths.contains(&length) {
            all.extend(last.iter().cloned());
        }
    }
    all
}

/// The value that chi-square exceeds once in a million, by the approximation of Wilson and Hilferty.
fn one_in_a_million(degrees: f64) -> f64 {
    const QUANTILE: f64 = 4.753_424;
    let ninth = 2.0 / (9.0 * degrees);
    degrees * (1.0 - ninth + QUANTILE * ninth.sqrt()).powi(3)
}

/// Small enough to be enumerated: a name, a policy, its characters and lengths, and whose it is.
fn small_policies()
-> Vec<(&'static str, PolicyBuilder, &'static str, [usize; 2], Personal<'static>)> {
    let none = Personal::none();
    let policy = Policy::builder;
    vec![
        ("nothing", policy(), "abc", [4, 4], none),
        ("lengths", policy().min_length(2), "abc", [1, 4], none),
        ("one of each", four_classes(1), "abAB12!?", [4, 4], none),
        (
            "letters take in others",
            policy().at_least(3, CharacterClass::Letter).at_least(1, CharacterClass::Upper),
            "aB1",
            [4, 5],
            none,
        ),
        (
            "two of three",
            policy().at_least_kinds(
                2,
                [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit],
            ),
            "aB12-",
            [2, 4],
            none,
        ),
        (
            "first kind counts",
            policy().at_least_kinds(
                2,
                [CharacterSet::of("abc"), CharacterSet::of("cd"), CharacterSet::of("e")],
            ),
            "acde",
            [3, 3],
            none,
        ),
        (
            "sets and classes",
            policy().at_least(2, CharacterSet::of("a1")).at_least(1, CharacterClass::Digit),
            "abc12",
            [3, 4],
            none,
        ),
        ("not only digits", policy().not_entirely_numeric(), "a12²", [1, 4], none),
        ("repeats", policy().max_repeat(1), "abcd", [4, 5], none),
        ("classes are limited", policy().at_most(1, CharacterClass::Lower), "aA1-", [3, 4], none),
        ("classes repeat", policy().max_class_repeat(2), "aA1-", [4, 5], none),
        ("distinct", policy().min_distinct(3), "abcd", [4, 4], none),
        ("occurrences", policy().max_occurrences(2), "abcd", [4, 5], none),
        ("forbidden words", policy().not_containing(["ba", "dad"]), "abcd4-", [4, 4], none),
        ("sequences", policy().max_sequence(2, SequenceEnds::Joined), "abcz", [4, 5], none),
        ("walks", policy().max_keyboard_walk(2), "qweds", [3, 4], none),
        ("palindromes", policy().no_palindrome(), "aAbc", [3, 4], none),
        ("ends", policy().no_white_space(WhiteSpace::AtTheEnds), "abc ", [3, 4], none),
        ("list", policy().not_among(list(["abcd", "bad", "dada"])), "aBbcd", [3, 4], none),
        (
            "disguises",
            policy().not_among(list(["abcd", "bd"])).not_derived_from_common(Reduction::ALL),
            "abBcdf14-",
            [3, 4],
            none,
        ),
        (
            "intervals",
            policy()
                .at_least(1, CharacterClass::Lower)
                .of_lengths(3..=3, built(policy().at_least(2, CharacterClass::Digit)))
                .of_lengths(4..=5, built(policy().illegal_characters(CharacterSet::of("1")))),
            "ab12",
            [2, 5],
            none,
        ),
        (
            "names in an interval",
            policy().of_lengths(4..=4, built(policy().no_personal_names())),
            "abcdef-",
            [3, 4],
            none.username("bad.ace"),
        ),
        ("context", policy().context_words(["bad"]), "bad4-", [4, 5], none),
        ("names", policy().no_personal_names(), "abcdef-", [4, 4], none.username("bad.ace")),
        (
            "derived from names",
            policy().not_derived_from_names(),
            "abcdef-4",
            [3, 4],
            none.username("bad.ace"),
        ),
        ("likeness", policy().max_similarity(0.9), "abcdef", [4, 5], none.username("face")),
        (
            "beyond ascii",
            policy().at_least(1, CharacterSet::of("éЖ")).max_repeat(2),
            "aéЖ😀",
            [3, 4],
            none,
        ),
    ]
}

fn built(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

fn list<const N: usize>(words: [&str; N]) -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(words).unwrap();
    CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap()
}

#[test]
fn all_that_pass_are_equally_likely() {
    for (name, policy, characters, [shortest, longest], about) in small_policies() {
        let policy = policy.build().expect(name);
        let generator = policy
            .generator()
            .alphabet(CharacterSet::of(characters))
            .lengths(shortest..=longest)
            .build()
            .expect(name);
        let mut observed: BTreeMap<String, f64> = texts(characters, shortest..=longest)
            .into_iter()
            .filter(|text| policy.check_as_typed(text, &about).is_ok())
            .map(|text| (text, 0.0))
            .collect();
        let bits = (observed.len() as f64).log2();
        let stated = f64::from(generator.entropy_bits());
        assert!(stated <= bits && bits < stated + 4.0, "{name}: {stated} of {bits} bits");

        let expected = 20.0;
        let mut dice = Dice(2);
        for _ in 0..observed.len() * 20 {
            let password = generator.generate(&about, &mut dice).expect(name);
            let password = password.expose_secret();
            *observed.get_mut(password).unwrap_or_else(|| panic!("{name}: {password}")) += 1.0;
        }
        let chi_square: f64 =
            observed.values().map(|count| (count - expected) * (count - expected) / expected).sum();
        let limit = one_in_a_million(observed.len() as f64 - 1.0);
        assert!(chi_square < limit, "{name}: {chi_square} is not below {limit}");
    }
}

#[test]
fn entropy_is_that_of_the_count_when_nothing_is_rejected() {
    let lower = CharacterSet::of("").and_range('a'..='p');
    let policy = Policy::builder().build().unwrap();
    for length in [1, 2, 16, 31, 32, 99, 100] {
        let generator = policy.generator().alphabet(lower.clone()).length(length).build().unwrap();
        assert_eq!(generator.entropy_bits() as usize, 4 * length);
        // A power of two: each draw is a password.
        assert_eq!(generator.max_draws(), 1);
    }
}

#[test]
fn catalogue_6_17_one_of_each_class_fits_as_many_characters_as_classes() {
    let policy = four_classes(1).min_length(4).max_length(4).build().unwrap();
    let generator = policy.generator().build().unwrap();
    // 4! orders of 26 lowercase and 26 uppercase letters, 10 digits and 32 symbols.
    let count: f64 = 24.0 * 26.0 * 26.0 * 10.0 * 32.0;
    assert_eq!(f64::from(generator.entropy_bits()), count.log2().floor());
    assert!(four_classes(1).max_length(3).build().is_err());
}

#[test]
fn what_cannot_be_satisfied_does_not_build() {
    let set = CharacterSet::of;
    let policy = Policy::builder;
    let unsatisfiable = GeneratorError::Unsatisfiable;
    let no_length = GeneratorError::NoLength { longest: Generator::LONGEST };
    let not_provable = |rule| GeneratorError::NotProvable { rule };
    let cases = [
        (four_classes(2).min_length(8), set("abAB12"), 8, unsatisfiable),
        (
            policy().at_least_kinds(
                3,
                [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit],
            ),
            set("aB"),
            8,
            unsatisfiable,
        ),
        (policy().at_least(5, CharacterClass::Digit), set("a1"), 4, unsatisfiable),
        (policy().at_least(1, set("ab")).at_least(1, set("cd")), set("abcd"), 1, unsatisfiable),
        (policy().not_entirely_numeric(), set("123"), 8, unsatisfiable),
        (policy().min_length(9), set("abc"), 8, no_length),
        (policy().max_length(7), set("abc"), 8, no_length),
        (policy(), set("abc"), 0, no_length),
        (policy(), set("abc"), 101, no_length),
        (policy().min_length(101), set("abc"), 101, no_length),
        (policy(), set(""), 8, GeneratorError::NoCharacter),
        (policy().allowed_characters(set("xyz")), set("abc"), 8, GeneratorError::NoCharacter),
        (policy().illegal_characters(set("abc")), set("abc"), 8, GeneratorError::NoCharacter),
        (policy().no_control_characters(), set("\n\t"), 8, GeneratorError::NoCharacter),
        (policy().no_white_space(WhiteSpace::Anywhere), set("\n "), 8, GeneratorError::NoCharacter),
        (
            policy(),
            set("").and_range('一'..='龠'),
            8,
            GeneratorError::TooManyCharacters { most: 256 },
        ),
        // A hundred times a hundred states, and more.
        (
            policy().at_least(70, CharacterClass::Lower).at_least(70, set("a1")),
            set("ab1"),
            100,
            GeneratorError::TooLarge,
        ),
        // One character in another order is itself, and two alike are neighbours.
        (policy().max_repeat(1), set("ab"), 8, not_provable("max_repeat")),
        (policy().min_distinct(5), set("abcde"), 5, not_provable("min_distinct")),
        (policy().no_palindrome(), set("abc"), 1, not_provable("no_palindrome")),
        (
            policy().max_sequence(2, SequenceEnds::Apart),
            set("abc"),
            60,
            not_provable("max_sequence"),
        ),
        (policy().max_keyboard_walk(2), set("qwe"), 60, not_provable("max_keyboard_walk")),
        (policy().max_class_repeat(1), set("ab1"), 8, not_provable("max_class_repeat")),
        (
            policy().no_white_space(WhiteSpace::AtTheEnds),
            set(" a"),
            8,
            not_provable("no_white_space"),
        ),
        // The method that the host called is named.
        (policy().not_among(list(["a", "b"])), set("ab"), 1, not_provable("not_among")),
        #[cfg(feature = "common-passwords")]
        (policy().not_common(), set("1"), 6, not_provable("not_common")),
        #[cfg(feature = "common-passwords")]
        (policy().not_common().not_among(list(["ab"])), set("1"), 6, not_provable("not_common")),
        (policy().context_words(["a"]), set("a"), 1, not_provable("context_words")),
        (policy().not_containing(["a"]), set("ab"), 8, not_provable("not_containing")),
        (policy().max_occurrences(2), set("abcd"), 8, not_provable("max_occurrences")),
        (policy().context_words(["a"]), set("a-"), 8, not_provable("context_words")),
        (policy().max_bytes(15), set("éè"), 8, not_provable("max_bytes")),
    ];
    for (policy, alphabet, length, expected) in cases {
        let policy = policy.build().unwrap();
        let error =
            policy.generator().alphabet(alphabet.clone()).length(length).build().unwrap_err();
        assert_eq!(error, expected, "{alphabet} {length}");
        assert!(error.code().starts_with("generator_") && !error.to_string().is_empty());
    }
}

#[test]
fn entropy_that_is_asked_for_is_reached_or_nothing_builds() {
    let policy = Policy::builder().min_length(8).max_length(16).build().unwrap();
    for asked in [1, 52, 53, 80, 104] {
        let generator = policy.generator().entropy_bits(asked).build().unwrap();
        assert!(generator.entropy_bits() >= asked);
        // 94 characters have 6.55 bits each, and the length is the shortest that will do.
        let length = (f64::from(asked) / 94_f64.log2()).ceil().max(8.0) as usize;
        assert_eq!(generator.lengths().collect::<Vec<_>>(), [length], "{asked}");
    }
    let error = policy.generator().entropy_bits(105).build().unwrap_err();
    assert_eq!(error, GeneratorError::TooLittleEntropy { bits: 104, asked: 105 });
    let error = policy.generator().length(8).entropy_bits(53).build().unwrap_err();
    assert_eq!(error, GeneratorError::TooLittleEntropy { bits: 52, asked: 53 });
    // Nothing was asked for, so it is what the policy has room for.
    assert_eq!(policy.generator().build().unwrap().entropy_bits(), 104);
}

#[test]
fn temporary_passwords_have_groups_and_no_look_alikes() {
    let policy = Policy::builder;
    let upper = CharacterSet::of("-").and_range('A'..='Z');
    let cases = [
        (policy(), vec![4, 4, 4]),
        (policy().at_least(1, CharacterClass::Upper).allowed_characters(upper), vec![4, 4, 4, 4]),
        (policy().min_length(15), vec![4, 4, 4, 4]),
        (policy().max_length(8), vec![4]),
        (policy().min_length(8).max_length(8), vec![4, 3]),
        (policy().at_least(2, CharacterClass::Symbol), vec![4, 4, 4]),
        (policy().at_least(1, CharacterClass::Upper).min_length(12), vec![4, 4, 4]),
        (four_classes(2).min_length(12), vec![4, 4, 4]),
        (policy().active_directory_kinds().no_personal_names(), vec![4, 4, 4]),
        (policy().illegal_characters(CharacterSet::of("-")), vec![14]),
    ];
    let (mut dice, mut seen) = (Dice(3), BTreeSet::new());
    for (policy, groups) in cases {
        let policy = policy.build().unwrap();
        let needs_upper =
            policy.requirements().any(|rule| rule.to_string().contains("uppercase letter"))
                && policy.requirements().all(|rule| !rule.to_string().contains("3 of"));
        let generator = policy.generator().temporary().build().unwrap();
        for _ in 0..200 {
            let password = generator.generate(&Personal::none(), &mut dice).unwrap();
            let password = password.expose_secret();
            assert!(policy.check_as_typed(password, &Personal::none()).is_ok());
            assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), groups, "{password}");
            seen.extend(password.chars());
            assert!(
                needs_upper || !password.contains(|character: char| character.is_ascii_uppercase())
            );
        }
    }
    for alike in ["0oOQD", "1iIjl|", "2zZ", "5sS", "6bG", "8B", "9gq", "uvUV"] {
        let of_them = alike.chars().filter(|character| seen.contains(character)).count();
        assert!(of_them <= 1, "{alike}");
    }
    // There are two dashes, and no other symbol.
    let policy = policy().at_least(3, CharacterClass::Symbol).max_length(18).build().unwrap();
    let error = policy.generator().temporary().build().unwrap_err();
    assert_eq!(error, GeneratorError::Unsatisfiable);
}

/// Accepts nothing, and nobody should ask it.
#[derive(Debug)]
struct Nothing;

impl Rule for Nothing {
    fn code(&self) -> &'static str {
        "password_nothing"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "nothing".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "Nothing will do.".into()
    }

    fn accepts(&self, _: &str, _: &Personal<'_>) -> bool {
        panic!("was asked")
    }
}

#[test]
fn rules_about_history_breaches_and_the_host_do_not_reach_the_generator() {
    let bare = Policy::builder().min_length(3).max_length(3);
    let alphabet = CharacterSet::of("ab");
    // No change of one character in three would leave enough to choose from.
    let full = bare.clone().min_changed(3).not_rearranged().not_among_last(24);
    let full = full
        .warn(built(Policy::builder().min_length(64)))
        .max_breaches(0, WhenUnknown::Refuse)
        .of_lengths(3..=3, built(Policy::builder().rule(Nothing)))
        .rule(Nothing)
        .build()
        .unwrap();
    let bare = bare.build().unwrap();
    let (mut one, mut other) = (Dice(4), Dice(4));
    let (bare, full) = [bare, full]
        .map(|policy| policy.generator().alphabet(alphabet.clone()).build().unwrap())
        .into();
    for _ in 0..100 {
        let expected = bare.generate(&Personal::none(), &mut one).unwrap();
        let password = full.generate(&Personal::none(), &mut other).unwrap();
        assert_eq!(password.expose_secret(), expected.expose_secret());
    }
}

#[test]
fn an_owner_for_whom_nothing_can_be_proved_is_an_error() {
    let policy = Policy::builder().max_length(8).no_personal_names().build().unwrap();
    let generator = policy.generator().alphabet(CharacterSet::of("abc")).length(8).build().unwrap();
    let mut dice = Dice(5);
    let names = Personal::none().username("abc").first_name("bca").last_name("cab");
    let error = generator.generate(&names, &mut dice).unwrap_err();
    assert_eq!(error, GenerateError::OwnerNotProvable);
    assert_eq!(error.code(), "generate_owner_not_provable");
    // Letters that are not drawn refuse nothing.
    let other = Personal::none().username("xyz").first_name("zyx");
    assert!(generator.generate(&other, &mut dice).is_ok());
}

/// A password has the syllables of Hangul, and the rules read names so, in whichever form they come.
#[test]
fn an_owner_whose_names_are_decomposed_is_counted() {
    let one = "\u{1100}\u{1161}";
    let three = one.repeat(3);
    for (policy, alphabet, about) in [
        (
            Policy::builder().not_derived_from_names(),
            "가나",
            Personal::none().first_name(one).last_name("\u{1102}\u{1161}"),
        ),
        (Policy::builder().no_personal_names(), "가", Personal::none().username(three.as_str())),
    ] {
        let policy = policy.build().unwrap();
        let set = CharacterSet::of(alphabet);
        let generator = policy.generator().alphabet(set).length(3).build().unwrap();
        assert!(policy.check_as_typed("가가가", &about).is_err());
        let error = generator.generate(&about, &mut Dice(5)).unwrap_err();
        assert_eq!(error, GenerateError::OwnerNotProvable);
    }
}

/// Symbols alone are no name, even if each may be read as a letter.
#[test]
fn passwords_of_symbols_alone_serve_every_owner() {
    let policy = Policy::builder().not_derived_from_names().build().unwrap();
    let symbols = CharacterSet::of("!#$%&*+-=?@^_~");
    let generator = policy.generator().alphabet(symbols).build().unwrap();
    let about = Personal::none().username("isa").first_name("emily");
    assert!(generator.generate(&about, &mut Dice(5)).is_ok());
}

#[test]
fn a_generator_without_randomness_gives_no_password() {
    struct Stuck(u8);
    impl TryRng for Stuck {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(u32::from_ne_bytes([self.0; 4]))
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(u64::from_ne_bytes([self.0; 8]))
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(self.0);
            Ok(())
        }
    }
    impl TryCryptoRng for Stuck {}

    /// Returns the highest number each time, but for its last byte.
    struct Greatest;
    impl TryRng for Greatest {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(u32::MAX)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(u64::MAX)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(u8::MAX);
            *bytes.last_mut().unwrap() = 0;
            Ok(())
        }
    }
    impl TryCryptoRng for Greatest {}

    let generator = Policy::builder().build().unwrap().generator().length(18).build().unwrap();
    for byte in [0, 1, u8::MAX] {
        let error = generator.generate(&Personal::none(), &mut Stuck(byte)).unwrap_err();
        assert!(matches!(error, GenerateError::Random(_)) && error.code() == "random_failed");
    }
    let error = generator.generate(&Personal::none(), &mut Greatest).unwrap_err();
    assert_eq!(error, GenerateError::Exhausted { draws: generator.max_draws() });
    assert_eq!(error.code(), "generate_exhausted");
}

#[test]
fn a_generator_shows_no_password() {
    let generator = Policy::builder().build().unwrap().generator().length(18).build().unwrap();
    let shown = format!("{generator:?}");
    assert_eq!(shown, "Generator { entropy_bits: 117, max_draws: 21, .. }");
}

/// The rules that are counted, and all of them, for few characters.
#[derive(Clone, Debug)]
struct Small {
    counted: PolicyBuilder,
    all: PolicyBuilder,
    characters: String,
    length: usize,
    name: String,
}

fn small() -> impl Strategy<Value = Small> {
    let characters =
        proptest::sample::subsequence("abcABqwe123-! é".chars().collect::<Vec<_>>(), 2..=6);
    let some = |range: core::ops::RangeInclusive<usize>| proptest::option::weighted(0.3, range);
    let counted = (some(1..=2), some(1..=2), some(1..=1), some(1..=3), any::<bool>());
    let rejected =
        (some(1..=3), some(1..=3), some(1..=3), some(2..=3), some(2..=3), any::<[bool; 8]>());
    let often = some(1..=3);
    (characters, 1_usize..=4, counted, rejected, "[abceqw12]{1,4}", often).prop_map(
        |(characters, length, counted, rejected, name, often)| {
            let (lower, digit, set, kinds, not_numeric) = counted;
            let mut builder = Policy::builder().min_length(length).max_length(length);
            if let Some(count) = lower {
                builder = builder.at_least(count, CharacterClass::Lower);
            }
            if let Some(count) = digit {
                builder = builder.at_least(count, CharacterClass::Digit);
            }
            if let Some(count) = set {
                builder = builder.at_least(count, CharacterSet::of("aB1!"));
            }
            if let Some(count) = kinds {
                let kinds = [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Symbol];
                builder = builder.at_least_kinds(count, kinds);
            }
            if not_numeric {
                builder = builder.not_entirely_numeric();
            }
            let counted = builder.clone();
            let (
                repeat,
                class_repeat,
                distinct,
                sequence,
                walk,
                [palindrome, ends, listed, derived, word, names, alike, forbidden],
            ) = rejected;
            if let Some(longest) = repeat {
                builder = builder.max_repeat(longest);
            }
            if let Some(longest) = class_repeat {
                builder = builder.max_class_repeat(longest);
            }
            if let Some(fewest) = distinct {
                builder = builder.min_distinct(fewest);
            }
            if let Some(longest) = sequence {
                builder = builder.max_sequence(longest, SequenceEnds::Joined);
            }
            if let Some(longest) = walk {
                builder = builder.max_keyboard_walk(longest);
            }
            if let Some(most) = often {
                builder = builder.max_occurrences(most);
            }
            if forbidden {
                builder = builder.not_containing([&name]);
            }
            if palindrome {
                builder = builder.no_palindrome();
            }
            if ends {
                builder = builder.no_white_space(WhiteSpace::AtTheEnds);
            }
            if listed {
                builder = builder.not_among(list(["abc", "ab12", "ab", "1"]));
            }
            if derived {
                let list = list(["wq12", "eab", "cb1", "b1"]);
                builder = builder.not_among(list).not_derived_from_common(Reduction::ALL);
            }
            if word {
                builder = builder.context_words([&name]);
            }
            if names {
                builder = builder.no_personal_names();
            }
            if alike {
                builder = builder.max_similarity(0.9);
            }
            let characters = characters.into_iter().collect();
            Small { counted, all: builder, characters, length, name }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// From the enumeration: what is drawn passes, nothing builds for which nothing passes, and the
    /// bound on draws and the entropy are those of a larger share of refused passwords than the true one.
    #[test]
    fn bounds_hold_against_the_enumeration(small in small()) {
        let (Ok(counted), Ok(policy)) = (small.counted.build(), small.all.build()) else { return Ok(()) };
        let about = Personal::none().username(small.name.as_str());
        let generator = policy
            .generator()
            .alphabet(CharacterSet::of(&small.characters))
            .length(small.length)
            .build();
        let texts = texts(&small.characters, small.length..=small.length);
        let pass = |policy: &Policy, about: &Personal<'_>| {
            texts.iter().filter(|text| policy.check_as_typed(text, about).is_ok()).count() as f64
        };
        let counted = pass(&counted, &Personal::none());
        let generator = match generator {
            Ok(generator) => generator,
            Err(error) => {
                prop_assert_eq!(counted == 0.0, error == GeneratorError::Unsatisfiable);
                return Ok(());
            }
        };
        let mut about = about;
        if generator.generate(&about, &mut Dice(6)).is_err() {
            about = Personal::none();
        }
        let passed = pass(&policy, &about);
        prop_assert!(f64::from(generator.entropy_bits()) <= passed.log2() + 1e-9);
        let hit = passed / counted.log2().ceil().exp2();
        prop_assert!((1.0 - hit).powf(f64::from(generator.max_draws())) <= 2_f64.powi(-128) * 1.000_001);
        let mut dice = Dice(7);
        for _ in 0..20 {
            let password = generator.generate(&about, &mut dice).unwrap();
            prop_assert!(policy.check_as_typed(password.expose_secret(), &about).is_ok());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// From the enumeration: an owner is served only if the names refuse at most half of what is counted.
    #[test]
    fn owners_who_are_served_leave_half(
        characters in proptest::sample::subsequence("abcAeE123!-|é".chars().collect::<Vec<_>>(), 2..=8),
        length in 3_usize..=4,
        names in proptest::collection::vec("[abceE123|.é-]{1,7}|([abc]{3}[.]){4,16}", 4),
        rule in 0..3,
        ratio in 0.5..1.0,
    ) {
        let builder = Policy::builder().max_length(length).min_length(length);
        let policy = match rule {
            0 => builder.no_personal_names(),
            1 => builder.not_derived_from_names(),
            _ => builder.max_similarity(ratio),
        };
        let policy = policy.build().unwrap();
        let [username, first_name, last_name, host] = &names[..] else { return Ok(()) };
        let email = format!("{first_name}@{host}");
        let about = Personal::none()
            .username(username.as_str())
            .first_name(first_name.as_str())
            .last_name(last_name.as_str());
        let characters: String = characters.into_iter().collect();
        let set = CharacterSet::of(&characters);
        let generator = policy.generator().alphabet(set).length(length).build().unwrap();
        let texts = texts(&characters, length..=length);
        for about in [about, Personal::none().username(username.as_str()), Personal::none().email(email.as_str())] {
            match generator.generate(&about, &mut Dice(8)) {
                Ok(password) => {
                    prop_assert!(policy.check_as_typed(password.expose_secret(), &about).is_ok());
                    let refused = texts.iter().filter(|text| policy.check_as_typed(text, &about).is_err());
                    prop_assert!(2 * refused.count() <= texts.len());
                }
                Err(error) => prop_assert_eq!(error, GenerateError::OwnerNotProvable),
            }
        }
    }
}
