//! A policy of two rules that leave no password does not build, and one that some password meets does.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use repass::policy::{
    Category, CharacterClass, CharacterSet, Personal, Policy, PolicyBuilder, PolicyError,
    SequenceEnds, WhiteSpace,
};

use CharacterClass::{Digit, Letter, Lower, OtherLetter, Symbol, Upper};

/// Two rules of which each is in its range and that leave nothing together, with the nearest that somebody
/// can meet.
#[test]
fn two_rules_that_leave_nothing_do_not_build_and_the_nearest_do() {
    for (number, (nobody, somebody, code, field)) in pairs().into_iter().enumerate() {
        let error = nobody.build().expect_err(&number.to_string());
        assert_eq!((error.code(), error.field()), (code, field), "{number}");
        assert!(error.to_string().starts_with(field), "{error}");
        assert_eq!(somebody.build().err(), None, "{number}");
    }
}

fn pairs() -> Vec<(PolicyBuilder, PolicyBuilder, &'static str, &'static str)> {
    let builder = Policy::builder;
    let set = CharacterSet::of;
    let within = |from, to, rules: PolicyBuilder| {
        let rules = rules.build().unwrap();
        builder().max_length(20).of_lengths(from..=to, rules)
    };
    vec![
        (
            builder().min_length(9).max_length(8),
            builder().min_length(8).max_length(8),
            "policy_asks_for_too_much",
            "min_length",
        ),
        (
            builder().min_length(9).max_bytes(8),
            builder().min_length(8).max_bytes(8),
            "policy_asks_for_too_much",
            "min_length",
        ),
        (
            builder().allowed_characters(set("éè")).min_length(5).max_bytes(9),
            builder().allowed_characters(set("éè")).min_length(4).max_bytes(9),
            "policy_asks_for_too_much",
            "min_length",
        ),
        (
            builder().at_least(3, Lower).at_least(2, Digit).max_length(4),
            builder().at_least(3, Lower).at_least(2, Digit).max_length(5),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            builder().at_least(3, Lower).at_least(2, Letter).at_least(1, Digit).max_bytes(3),
            builder().at_least(3, Lower).at_least(2, Letter).at_least(1, Digit).max_bytes(4),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            within(1, 6, builder().at_least(4, Digit)).at_least(3, Upper),
            within(1, 7, builder().at_least(4, Digit)).at_least(3, Upper),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            builder().at_least(5, set("!$")).max_length(4),
            builder().at_least(4, set("!$")).max_length(4),
            "policy_value_out_of_range",
            "at_least",
        ),
        (
            builder().at_least(1, set("!$")).illegal_characters(set("!$")),
            builder().at_least(1, set("!$")).illegal_characters(set("!")),
            "policy_value_out_of_range",
            "at_least",
        ),
        (
            builder().at_least(1, Upper).allowed_characters(set("a1")),
            builder().at_least(1, Upper).allowed_characters(set("A1")),
            "policy_class_not_allowed",
            "at_least",
        ),
        (
            builder().at_least(4, Digit).max_length(4).max_class_repeat(3),
            builder().at_least(4, Digit).max_length(5).max_class_repeat(3),
            "policy_contradiction",
            "at_least",
        ),
        (
            builder().at_least_kinds(3, [Lower, Digit, Upper]).allowed_characters(set("aA!")),
            builder().at_least_kinds(2, [Lower, Digit, Upper]).allowed_characters(set("aA!")),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder().at_least_kinds(3, [Lower, Digit, Upper]).max_length(2),
            builder().at_least_kinds(3, [Lower, Digit, Upper]).max_length(3),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder().allowed_characters(set(" \t")).no_white_space(WhiteSpace::Anywhere),
            builder().allowed_characters(set(" a")).no_white_space(WhiteSpace::Anywhere),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder().allowed_characters(set("ab")).illegal_characters(set("abc")),
            builder().allowed_characters(set("abd")).illegal_characters(set("abc")),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder().allowed_characters(set("ab")).min_distinct(3),
            builder().allowed_characters(set("ab")).min_distinct(2),
            "policy_value_out_of_range",
            "min_distinct",
        ),
        (
            builder().min_distinct(4).max_length(3),
            builder().min_distinct(3).max_length(3),
            "policy_value_out_of_range",
            "min_distinct",
        ),
        (
            builder().allowed_characters(set("a")).min_length(3).max_repeat(2),
            builder().allowed_characters(set("ab")).min_length(3).max_repeat(2),
            "policy_value_out_of_range",
            "max_repeat",
        ),
        (
            builder().allowed_characters(set("abc")).min_length(3).max_class_repeat(2),
            builder().allowed_characters(set("ab1")).min_length(3).max_class_repeat(2),
            "policy_value_out_of_range",
            "max_class_repeat",
        ),
        (
            builder().min_length(6).allowed_characters(set("0123456789")).not_entirely_numeric(),
            builder().min_length(6).allowed_characters(set("0123456789a")).not_entirely_numeric(),
            "policy_contradiction",
            "not_entirely_numeric",
        ),
        (
            builder().at_least(4, Digit).max_length(4).not_entirely_numeric(),
            builder().at_least(4, Digit).max_length(5).not_entirely_numeric(),
            "policy_contradiction",
            "not_entirely_numeric",
        ),
        (
            builder().max_length(1).no_palindrome(),
            builder().max_length(2).no_palindrome(),
            "policy_contradiction",
            "no_palindrome",
        ),
        // Of a class, or of single characters, that take more than one byte each.
        (
            builder().at_least(513, OtherLetter),
            builder().at_least(512, OtherLetter),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            builder().at_least(3, OtherLetter).at_least(5, Letter).max_bytes(7),
            builder().at_least(3, OtherLetter).at_least(5, Letter).max_bytes(8),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            builder().at_least(3, set("éè")).max_bytes(5),
            builder().at_least(3, set("éè")).max_bytes(6),
            "policy_value_out_of_range",
            "at_least",
        ),
        (
            builder().allowed_characters(set("éè")).no_palindrome().max_bytes(3),
            builder().allowed_characters(set("éè")).no_palindrome().max_bytes(4),
            "policy_contradiction",
            "no_palindrome",
        ),
        // What is asked for makes a password long, too.
        (
            builder().allowed_characters(set("012345")).at_least(4, Digit).max_class_repeat(3),
            builder().allowed_characters(set("01234a")).at_least(4, Digit).max_class_repeat(3),
            "policy_value_out_of_range",
            "max_class_repeat",
        ),
        (
            builder().allowed_characters(set("a")).at_least(3, Lower).max_repeat(2),
            builder().allowed_characters(set("ab")).at_least(3, Lower).max_repeat(2),
            "policy_value_out_of_range",
            "max_repeat",
        ),
        (
            builder().allowed_characters(set("012")).at_most(4, Digit).min_length(5),
            builder().allowed_characters(set("01a")).at_most(4, Digit).min_length(5),
            "policy_contradiction",
            "at_most",
        ),
        (
            builder()
                .allowed_characters(set("aB1"))
                .at_most(2, Letter)
                .at_most(1, Digit)
                .min_length(4),
            builder()
                .allowed_characters(set("aB1"))
                .at_most(2, Letter)
                .at_most(2, Digit)
                .min_length(4),
            "policy_contradiction",
            "at_most",
        ),
        // More than fits in any password.
        (
            builder().at_most(1_024, Digit),
            builder().at_most(1_023, Digit),
            "policy_value_out_of_range",
            "at_most",
        ),
        (
            builder().at_most(512, OtherLetter),
            builder().at_most(511, OtherLetter),
            "policy_value_out_of_range",
            "at_most",
        ),
        // Rules of an interval with those of the whole, whichever of both has which.
        (
            within(1, 6, builder().at_most(3, Digit)).at_least(4, Digit),
            within(1, 6, builder().at_most(4, Digit)).at_least(4, Digit),
            "policy_contradiction",
            "at_most",
        ),
        (
            within(5, 8, builder().allowed_characters(set("012"))).not_entirely_numeric(),
            within(5, 8, builder().allowed_characters(set("01a"))).not_entirely_numeric(),
            "policy_contradiction",
            "not_entirely_numeric",
        ),
        (
            within(5, 8, builder().not_entirely_numeric()).allowed_characters(set("012")),
            within(5, 8, builder().not_entirely_numeric()).allowed_characters(set("01a")),
            "policy_contradiction",
            "not_entirely_numeric",
        ),
        (
            within(5, 8, builder().allowed_characters(set("ab"))).illegal_characters(set("abc")),
            within(5, 8, builder().allowed_characters(set("ad"))).illegal_characters(set("abc")),
            "policy_no_character_left",
            "illegal_characters",
        ),
        (
            within(5, 8, builder().at_least_kinds(2, [Lower, Digit])).illegal_characters(digits()),
            within(5, 8, builder().at_least_kinds(1, [Lower, Digit])).illegal_characters(digits()),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            within(5, 8, builder().allowed_characters(set("abc"))).max_class_repeat(4),
            within(4, 8, builder().allowed_characters(set("abc"))).max_class_repeat(4),
            "policy_value_out_of_range",
            "max_class_repeat",
        ),
        (
            within(1, 5, builder().max_repeat(2)).min_distinct(6),
            within(1, 6, builder().max_repeat(2)).min_distinct(6),
            "policy_value_out_of_range",
            "min_distinct",
        ),
        (
            within(11, 15, builder().allowed_characters(set("éè"))).max_bytes(21),
            within(10, 15, builder().allowed_characters(set("éè"))).max_bytes(21),
            "policy_lengths_out_of_reach",
            "of_lengths",
        ),
        (
            builder().min_changed(5).max_length(4),
            builder().min_changed(4).max_length(4),
            "policy_value_out_of_range",
            "min_changed",
        ),
        (
            within(21, 30, builder().min_distinct(5)),
            within(20, 30, builder().min_distinct(5)),
            "policy_lengths_out_of_reach",
            "of_lengths",
        ),
        (
            within(5, 8, builder().min_length(9)),
            within(5, 8, builder().min_length(8)),
            "policy_lengths_out_of_reach",
            "of_lengths",
        ),
    ]
}

/// Every decimal digit of Unicode.
fn digits() -> CharacterSet {
    CharacterSet::of_categories(["Nd"]).unwrap()
}

/// A rule that never refuses in an interval may refuse elsewhere, and what a change has to differ by does not
/// bind passwords that are set without the old one.
#[test]
fn a_rule_of_the_whole_may_be_idle_in_an_interval() {
    let rules = Policy::builder().at_least(1, Digit).build().unwrap();
    let policy = Policy::builder()
        .max_length(20)
        .max_repeat(4)
        .max_sequence(4, SequenceEnds::Apart)
        .at_most(4, Digit)
        .min_changed(5)
        .of_lengths(1..=4, rules)
        .build();
    assert_eq!(policy.err(), None);
}

/// What takes seconds if each set is looked for among all characters takes no time if ranges are compared:
/// 500 sets in each of 60 intervals, of characters that come last.
#[test]
fn sets_are_not_looked_for_character_by_character() {
    let set = |from: u32| {
        let one = char::from_u32(0x10_F000 + from).unwrap();
        CharacterSet::of("").and_range(one..=one)
    };
    let sets = (0..500)
        .fold(Policy::builder().max_bytes(1 << 20), |policy, from| policy.at_least(1, set(from)));
    let kinds = (500..508).map(set).collect::<Vec<_>>();
    let policy = (1_000..1_060_usize).fold(sets, |policy, length| {
        let rules = Policy::builder().at_least_kinds(8, kinds.clone()).max_class_repeat(500);
        policy.of_lengths(length..=length, rules.build().unwrap())
    });
    assert_eq!(policy.build().err(), None);
}

/// The characters of a class are found, however late they come.
#[test]
fn a_class_is_found_among_the_last_characters() {
    let from = |first| CharacterSet::of("").and_range(first..=char::MAX);
    let of = |first, class| Policy::builder().allowed_characters(from(first)).at_least(1, class);
    for class in [Upper, Lower, OtherLetter, Digit, Symbol] {
        let last = ('\0'..=char::MAX).rev().find(|one| class.contains(*one)).unwrap();
        assert!(of(last, class).build().is_ok(), "{class:?}");
        let next = char::from_u32(u32::from(last) + 1).unwrap();
        assert_eq!(of(next, class).build().err(), Some(PolicyError::ClassNotAllowed { class }));
    }
}

/// White space and control characters as ranges are what the standard library calls so.
#[test]
fn what_is_refused_as_ranges_is_what_is_refused_one_by_one() {
    for character in ('\0'..='\u{3100}').chain(['\u{FEFF}', '\u{E0001}', char::MAX]) {
        let set = CharacterSet::of(&character.to_string());
        let alone = || Policy::builder().allowed_characters(set.clone()).allow_blank();
        let without_white = alone().allow_control_characters().no_white_space(WhiteSpace::Anywhere);
        assert_eq!(without_white.build().is_ok(), !character.is_whitespace(), "{character:?}");
        assert_eq!(alone().build().is_ok(), !character.is_control(), "{character:?}");
    }
}

/// The ceiling is that of the whole, also where the rules of an interval were built with the default one.
#[test]
fn an_interval_has_no_ceiling_of_its_own() {
    let within = |rules: PolicyBuilder| {
        let policy = Policy::builder().max_bytes(4_096);
        policy.of_lengths(2_000..=3_000, rules.max_repeat(3).build().unwrap()).build()
    };
    assert!(within(Policy::builder()).is_ok());
    let error = within(Policy::builder().max_bytes(10)).unwrap_err();
    assert_eq!(error, PolicyError::RuleOutOfPlace { field: "max_bytes" });
}

/// A policy of everything at once builds in bounded time.
#[test]
fn many_needs_of_many_characters_build() {
    let sets = (0..8_u32).map(|shift| {
        let from = |one: u32| char::from_u32(one).unwrap();
        CharacterSet::of("").and_range(from(0x4E00 + shift * 7)..=from(0x9000 + shift * 100))
    });
    let policy = sets.fold(Policy::builder(), |policy, set| policy.at_least(20, set));
    let policy = [Lower, Upper, Letter, Digit, Symbol]
        .into_iter()
        .fold(policy, |policy, class| policy.at_least(20, class));
    assert!(policy.active_directory_kinds().not_entirely_numeric().no_palindrome().build().is_ok());
}

/// What a small policy is made of, each with a builder of its own.
fn rule() -> impl Strategy<Value = Rule> {
    let set = || select(vec!["a", "aA", "Ab", "b1", "1", "!", "1!", "é", "aé", "ab1!"]);
    let class = select(vec![Lower, Upper, Letter, Digit, Symbol]);
    let at_most = class.clone();
    prop_oneof![
        (1..4_usize).prop_map(Rule::MinLength),
        (1..4_usize).prop_map(Rule::MaxLength),
        (2..6_usize).prop_map(Rule::MaxBytes),
        (1..3_usize, class).prop_map(|(count, class)| Rule::Class(count, class)),
        (1..4_usize, set()).prop_map(|(count, set)| Rule::Set(count, set)),
        (2..4_usize, set(), set()).prop_map(|(count, one, other)| Rule::Kinds(count, one, other)),
        set().prop_map(Rule::Illegal),
        (1..3_usize).prop_map(Rule::Repeat),
        (1..3_usize).prop_map(Rule::ClassRepeat),
        (2..4_usize).prop_map(Rule::Distinct),
        (1..3_usize).prop_map(Rule::Occurrences),
        (1..3_usize, at_most).prop_map(|(count, class)| Rule::AtMost(count, class)),
        Just(Rule::Numeric),
        Just(Rule::Palindrome),
        Just(Rule::WhiteSpace),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Rule {
    MinLength(usize),
    MaxLength(usize),
    MaxBytes(usize),
    Class(usize, CharacterClass),
    Set(usize, &'static str),
    Kinds(usize, &'static str, &'static str),
    Illegal(&'static str),
    Repeat(usize),
    ClassRepeat(usize),
    Distinct(usize),
    Occurrences(usize),
    AtMost(usize, CharacterClass),
    Numeric,
    Palindrome,
    WhiteSpace,
}

const ALPHABET: [char; 7] = ['a', 'A', 'b', '1', '!', 'é', ' '];
const LONGEST: usize = 4;

impl Rule {
    fn upon(self, policy: PolicyBuilder) -> PolicyBuilder {
        match self {
            Self::MinLength(length) => policy.min_length(length),
            Self::MaxLength(length) => policy.max_length(length),
            Self::MaxBytes(bytes) => policy.max_bytes(bytes),
            Self::Class(count, class) => policy.at_least(count, class),
            Self::Set(count, set) => policy.at_least(count, CharacterSet::of(set)),
            Self::Kinds(count, one, other) => {
                let sets = [one, other].map(|set| CharacterSet::of(set).into());
                policy.at_least_kinds(
                    count,
                    sets.into_iter().chain([Lower.into()]).collect::<Vec<Category>>(),
                )
            }
            Self::Illegal(set) => policy.illegal_characters(CharacterSet::of(set)),
            Self::Repeat(longest) => policy.max_repeat(longest),
            Self::ClassRepeat(longest) => policy.max_class_repeat(longest),
            Self::Distinct(fewest) => policy.min_distinct(fewest),
            Self::Occurrences(most) => policy.max_occurrences(most),
            Self::AtMost(most, class) => policy.at_most(most, class),
            Self::Numeric => policy.not_entirely_numeric(),
            Self::Palindrome => policy.no_palindrome(),
            Self::WhiteSpace => policy.no_white_space(WhiteSpace::AtTheEnds),
        }
    }
}

/// Every text of the alphabet, up to the longest.
fn texts() -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..LONGEST {
        last = last
            .iter()
            .flat_map(|text| ALPHABET.map(|character| format!("{text}{character}")))
            .collect();
        texts.extend(last.clone());
    }
    texts.retain(|text| !text.is_empty());
    texts
}

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(texts);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_some_password_passes_builds(rules in prop::collection::vec(rule(), 1..6)) {
        if let (Some(text), Err(error)) = both(&rules) {
            // What could never refuse is no contradiction.
            let is_idle =
                error.code() == "policy_value_out_of_range"
                && (error.field().starts_with("max_") || error.field() == "at_most");
            prop_assert!(is_idle, "{text:?}: {error}");
        }
    }
}

/// A text that passes each of the rules, and what becomes of the policy of them all.
fn both(rules: &[Rule]) -> (Option<String>, Result<Policy, PolicyError>) {
    // The last call counts, so of rules that are called twice one is asked.
    let mut asked: Vec<Rule> = Vec::new();
    for rule in rules.iter().rev() {
        let is_same = |other: &Rule| match (rule, other) {
            (Rule::Class(_, one), Rule::Class(_, other)) => one == other,
            (Rule::AtMost(_, one), Rule::AtMost(_, other)) => one == other,
            (Rule::Set(_, one), Rule::Set(_, other)) => one == other,
            _ => core::mem::discriminant(rule) == core::mem::discriminant(other),
        };
        if !asked.iter().any(is_same) {
            asked.push(*rule);
        }
    }
    let allowed = CharacterSet::of(&String::from_iter(ALPHABET));
    let begun = Policy::builder().max_length(LONGEST).allowed_characters(allowed);
    let built = rules.iter().fold(begun, |policy, rule| rule.upon(policy)).build();
    let alone = |rule: &Rule| rule.upon(Policy::builder()).build();
    // One that cannot be met by itself, such as two kinds of which one is the other's.
    let Ok(each) = asked.iter().map(alone).collect::<Result<Vec<_>, _>>() else {
        return (None, built);
    };
    let none = Personal::none();
    let passes =
        |text: &String| each.iter().all(|policy| policy.check_as_typed(text, &none).is_ok());
    (TEXTS.iter().find(|text| passes(text)).cloned(), built)
}
