//! A policy that no password can meet does not build, and one that some password meets does.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use repass::policy::{
    Category, CharacterClass, CharacterSet, Personal, Policy, PolicyBuilder, PolicyError,
    WhiteSpace,
};

use CharacterClass::{Digit, Letter, Lower, OtherLetter, Symbol, Upper};

/// Each with the nearest that somebody can meet, and the rule that is named.
#[test]
fn what_nobody_can_meet_does_not_build_and_the_nearest_does() {
    for (number, (nobody, somebody, field)) in pairs().into_iter().enumerate() {
        let error = nobody.build().expect_err(&number.to_string());
        assert_eq!((error.code(), error.field()), ("policy_nothing_passes", field), "{number}");
        assert!(error.to_string().starts_with(field), "{error}");
        assert_eq!(somebody.build().err(), None, "{number}");
    }
}

fn pairs() -> Vec<(PolicyBuilder, PolicyBuilder, &'static str)> {
    let builder = Policy::builder;
    let set = CharacterSet::of;
    let digits = || set("0123456789");
    let alone = |rules: PolicyBuilder| rules.build().unwrap();
    let within = |from, to, rules: Policy| builder().of_lengths(from..=to, rules);
    let three = |length| {
        let each = ["a", "b", "c"].into_iter();
        each.fold(builder().max_length(length), |all, one| all.at_least(1, set(one)))
    };
    let overlapping = |length| {
        let each = ["ab", "bc", "ca"].into_iter();
        each.fold(builder().max_length(length), |all, one| all.at_least(2, set(one)))
    };
    vec![
        (
            builder().min_length(6).allowed_characters(digits()).not_entirely_numeric(),
            builder().min_length(6).allowed_characters(set("0123456789a")).not_entirely_numeric(),
            "not_entirely_numeric",
        ),
        (
            builder().allowed_characters(set("aA")).no_palindrome(),
            builder().allowed_characters(set("ab")).no_palindrome(),
            "no_palindrome",
        ),
        (
            builder().max_length(1).no_palindrome(),
            builder().max_length(2).no_palindrome(),
            "no_palindrome",
        ),
        (
            builder().at_least(4, set("a")).max_length(4).no_palindrome(),
            builder().at_least(4, set("a")).max_length(5).no_palindrome(),
            "at_least",
        ),
        (
            builder().at_least(37, OtherLetter).max_bytes(72),
            builder().at_least(36, OtherLetter).max_bytes(72),
            "at_least",
        ),
        (
            builder().at_least(1, OtherLetter).max_bytes(64).min_length(64),
            builder().at_least(1, OtherLetter).max_bytes(65).min_length(64),
            "at_least",
        ),
        (three(2), three(3), "at_least"),
        (overlapping(2), overlapping(3), "at_least"),
        (
            builder().at_least(8, Digit).at_least(1, set("!")).max_length(8),
            builder().at_least(8, Digit).at_least(1, set("!7")).max_length(8),
            "at_least",
        ),
        (
            builder().at_least(8, Digit).at_least_kinds(2, [Digit, Symbol]).max_length(8),
            builder().at_least(8, Digit).at_least_kinds(2, [Digit, Symbol]).max_length(9),
            "at_least",
        ),
        (
            builder().at_least(8, set("!")).max_length(9).max_repeat(3),
            builder().at_least(8, set("!")).max_length(10).max_repeat(3),
            "max_repeat",
        ),
        (
            builder().at_least(7, set("abc")).max_length(8).max_class_repeat(3),
            builder().at_least(7, set("abc1")).max_length(8).max_class_repeat(3),
            "max_class_repeat",
        ),
        (
            builder().at_least(6, set("ab")).max_length(8).min_distinct(5),
            builder().at_least(6, set("ab")).max_length(9).min_distinct(5),
            "min_distinct",
        ),
        (
            builder().at_least(2, set("a")).at_least(2, set("b")).max_length(4).min_distinct(3),
            builder().at_least(2, set("a")).at_least(2, set("b")).max_length(5).min_distinct(3),
            "min_distinct",
        ),
        (
            builder().allowed_characters(set("abc")).min_length(7).max_occurrences(2),
            builder().allowed_characters(set("abc")).min_length(6).max_occurrences(2),
            "max_occurrences",
        ),
        (
            builder().at_least(3, set("!")).max_occurrences(2),
            builder().at_least(3, set("!?")).max_occurrences(2),
            "max_occurrences",
        ),
        (
            builder().allowed_characters(set("aé")).min_length(2).max_bytes(2).max_occurrences(1),
            builder().allowed_characters(set("aé")).min_length(2).max_bytes(3).max_occurrences(1),
            "max_occurrences",
        ),
        (
            builder().allowed_characters(set("aéè")).min_distinct(3).max_bytes(4),
            builder().allowed_characters(set("aéè")).min_distinct(3).max_bytes(5),
            "min_distinct",
        ),
        (
            builder().allowed_characters(set(" \t")).no_white_space(WhiteSpace::AtTheEnds),
            builder().allowed_characters(set(" a")).no_white_space(WhiteSpace::AtTheEnds),
            "no_white_space",
        ),
        (
            within(8, 12, alone(builder().allowed_characters(digits()))).at_least(1, Upper),
            within(8, 12, alone(builder().allowed_characters(set("0A")))).at_least(1, Upper),
            "at_least",
        ),
        (
            within(1, 6, alone(builder().min_distinct(7))),
            within(1, 7, alone(builder().min_distinct(7))),
            "min_distinct",
        ),
        (
            within(1, 6, alone(builder().allowed_characters(set("ab"))))
                .allowed_characters(set("cd")),
            within(1, 6, alone(builder().allowed_characters(set("bc"))))
                .allowed_characters(set("cd")),
            "allowed_characters",
        ),
        (
            within(1, 2, alone(builder().active_directory_kinds())),
            within(1, 3, alone(builder().active_directory_kinds())),
            "at_least_kinds",
        ),
        (
            within(1, 4, alone(builder().at_least(2, set("a")))).at_least(3, set("b")),
            within(1, 5, alone(builder().at_least(2, set("a")))).at_least(3, set("b")),
            "at_least",
        ),
    ]
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
            let is_idle = error.to_string().contains("could never")
                || error.code() == "policy_value_out_of_range" && error.field().starts_with("max_");
            prop_assert!(is_idle, "{text:?}: {error}");
        }
    }
}

/// Not all of how runs of characters and of classes fit with the other rules is reckoned.
#[test]
fn of_what_nobody_passes_hardly_any_builds() {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(rule(), 1..6);
    let (mut builds, mut all) = (0, 0);
    for _ in 0..500 {
        let rules = strategy.new_tree(&mut runner).unwrap().current();
        if let (None, built) = both(&rules) {
            all += 1;
            builds += usize::from(built.is_ok());
        }
    }
    assert!(all > 50 && builds * 100 <= all, "{builds} of {all}");
}

/// A text that passes each of the rules, and what becomes of the policy of them all.
fn both(rules: &[Rule]) -> (Option<String>, Result<Policy, PolicyError>) {
    // The last call counts, so of rules that are called twice one is asked.
    let mut asked: Vec<Rule> = Vec::new();
    for rule in rules.iter().rev() {
        let is_same = |other: &Rule| match (rule, other) {
            (Rule::Class(_, one), Rule::Class(_, other)) => one == other,
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
    let passes = |text: &String| each.iter().all(|policy| policy.check(text, &none).is_ok());
    (TEXTS.iter().find(|text| passes(text)).cloned(), built)
}
