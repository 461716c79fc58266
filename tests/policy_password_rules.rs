//! The attribute `passwordrules`: its text, what has none, and that the text of a policy allows nothing
//! that the policy refuses.

#[path = "support/password_rules.rs"]
mod password_rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, Personal, Policy, PolicyBuilder, Preset,
    PrintRulesError, Violation, WhenUnknown, WhiteSpace,
};
use serde_json::Value;

use password_rules::{Characters, Rules};

/// The syntax can express all of these policies, so the printed text must not be narrower.
#[test]
fn the_policies_of_434_sites_print_what_the_sites_say() {
    let sites = sites();
    assert_eq!(sites.len(), 434);
    for (site, text) in &sites {
        let theirs = Rules::read(text);
        let ours = read(&build(policy_of(&theirs)));
        let ceiling = PolicyBuilder::DEFAULT_MAX_BYTES;
        let numbers = |rules: &Rules| {
            (rules.min_length, rules.max_length.unwrap_or(ceiling), rules.max_consecutive)
        };
        assert_eq!(numbers(&ours), numbers(&theirs), "{site}");
        assert_eq!(ours.permitted(), theirs.permitted(), "{site}");
        let required = |rules: &Rules| rules.required.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(required(&ours), required(&theirs), "{site}");
    }
}

/// Checks the reader that the other tests use.
#[test]
fn the_reader_agrees_with_apple() {
    for (text, allowed, refused) in [
        ("", &["", "aB3! ~"][..], &["é", "\u{7F}"][..]),
        ("minlength: 2; maxlength: 3", &["ab", "abc"], &["a", "abcd"]),
        ("max-consecutive: 2;", &["aabb"], &["baaab"]),
        ("required: upper", &["A", "AB"], &["", "a", "Ab", "A1"]),
        ("required: lower, digit; allowed: upper;", &["a", "1", "aA"], &["A", "a!"]),
        ("required: lower; required: digit;", &["a1"], &["a", "1", "a1A"]),
        ("allowed: special;", &[" ", "-", "]", "\\", "/"], &["a", "A", "1", "é"]),
        ("allowed: unicode;", &["é", "\0", "a"], &[]),
        ("allowed: ascii-printable;", &[" ", "~", "a"], &["\0", "é"]),
        ("allowed: [-a]], [;,:];", &["-a]", ";,:"], &["[", "b", " "]),
        ("allowed: []];", &["]"], &["["]),
    ] {
        let rules = Rules::read(text);
        assert!(allowed.iter().all(|password| rules.allow(password)), "{text}");
        assert!(refused.iter().all(|password| !rules.allow(password)), "{text}");
    }
}

#[test]
fn policies_print_as_they_should() {
    use CharacterClass::*;
    let builder = Policy::builder;
    let set = CharacterSet::of;
    for (policy, printed) in [
        // Shaped as the rules of NIST SP 800-63B-4.
        (
            builder().min_length(15).max_length(128),
            "minlength: 15; maxlength: 128; allowed: unicode;",
        ),
        (builder().min_length(15), "minlength: 15; maxlength: 256; allowed: unicode;"),
        (builder(), "maxlength: 256; allowed: unicode;"),
        // With 64 characters of four bytes above the ceiling, ASCII alone is allowed.
        (builder().max_bytes(72), "maxlength: 72; allowed: ascii-printable;"),
        (builder().max_bytes(256), "maxlength: 64; allowed: unicode;"),
        (builder().max_bytes(72).max_length(18), "maxlength: 18; allowed: unicode;"),
        (builder().max_bytes(72).max_length(19), "maxlength: 19; allowed: ascii-printable;"),
        (
            builder().at_least(1, Lower).at_least(1, Upper).at_least(1, Digit).at_least(1, Symbol),
            "maxlength: 256; required: lower; required: upper; required: digit; required: special; allowed: unicode;",
        ),
        (
            builder().at_least(1, Letter),
            "maxlength: 256; required: lower, upper; allowed: unicode;",
        ),
        (
            builder().at_least(2, Digit),
            "maxlength: 256; required: [02468]; required: [13579]; allowed: unicode;",
        ),
        (
            builder().max_repeat(2).not_entirely_numeric(),
            "maxlength: 256; max-consecutive: 2; required: lower, upper, special; allowed: unicode;",
        ),
        // A lowercase letter is no digit.
        (
            builder().at_least(1, Lower).not_entirely_numeric(),
            "maxlength: 256; required: lower; allowed: unicode;",
        ),
        (
            builder().max_length(20).at_least(1, Symbol).no_white_space(WhiteSpace::Anywhere),
            "maxlength: 20; required: [-!\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]]; \
             allowed: lower, upper, digit, [-!\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]];",
        ),
        (builder().max_length(20).no_control_characters(), "maxlength: 20; allowed: unicode;"),
        (
            builder().max_length(20).at_least(1, Digit).illegal_characters(set("0é")),
            "maxlength: 20; required: [123456789]; allowed: lower, upper, special, [123456789];",
        ),
        (
            builder().max_length(20).allowed_characters(set("abcé")).at_least(1, set("céü")),
            "maxlength: 20; required: [c]; allowed: [abc];",
        ),
        (
            builder().max_length(20).at_least_kinds(2, [OtherLetter, Upper, Digit, Lower]),
            "maxlength: 20; required: upper; required: digit; allowed: unicode;",
        ),
        // What is required anyway is among the kinds.
        (
            builder().max_length(2).at_least(1, Lower).at_least_kinds(2, [Upper, Digit, Lower]),
            "maxlength: 2; required: lower; required: upper; allowed: unicode;",
        ),
        (
            builder().max_length(9).active_directory_kinds(),
            "maxlength: 9; required: upper; required: lower; required: digit; allowed: unicode;",
        ),
    ] {
        assert_eq!(build(policy).password_rules().unwrap(), printed);
    }
}

/// Lists and personal information aside, of which the text says nothing.
#[test]
fn what_the_text_of_a_preset_allows_passes_the_preset() {
    let list = CommonPasswords::build((0..3_000).map(|number| format!("listed-{number:08}")));
    let list = CommonPasswords::from_shared(Arc::new(list.unwrap())).unwrap();
    let mut runner = TestRunner::deterministic();
    for preset in Preset::ALL {
        let builder = Policy::preset(preset)
            .context_words(["Plum Bank"])
            .max_breaches(0, WhenUnknown::Refuse)
            .not_among(list.clone());
        // Of what is refused by default the text says nothing.
        let policy = build(builder.clone().allow_control_characters().allow_blank());
        let rules = read(&build(builder));
        let mut passwords: Vec<String> = (0..150)
            .map(|_| any_draw().new_tree(&mut runner).unwrap().current().password(&rules))
            .collect();
        // As long as the text allows, each of them of one kind but for what is asked.
        let longest = rules.max_length.unwrap_or(300);
        for wide in ['x', 'é', '日', '😀', '\u{10FFFF}'] {
            let filler = wide.to_string().repeat(longest - 4);
            passwords.extend(["aB4!", "aB4x"].map(|start| format!("{start}{filler}")));
        }
        let mut followed = 0;
        for password in passwords.iter().filter(|password| rules.allow(password)) {
            followed += 1;
            let found = policy.check_as_typed(password, &Personal::none()).err();
            let codes: Vec<_> = found.iter().flatten().map(Violation::code).collect();
            assert!(
                codes.iter().all(|code| code.contains("common")),
                "{}: {}: {codes:?}",
                preset.name(),
                password.escape_debug()
            );
        }
        assert!(followed > 40, "{}: {followed}", preset.name());
    }
    let said = build(Policy::preset(Preset::ActiveDirectory)).password_rules().unwrap();
    assert!(said.contains("maxlength: 128;") && said.contains("allowed: unicode;"), "{said}");
}

#[cfg(feature = "common-passwords")]
#[test]
fn that_of_django_asks_for_a_character_that_is_no_digit() {
    assert_eq!(
        Policy::django().password_rules().unwrap(),
        "minlength: 8; required: lower, upper, special; allowed: unicode;"
    );
}

#[test]
fn what_cannot_be_said_is_refused_by_the_name_of_its_rule() {
    let builder = Policy::builder;
    let digits = CharacterSet::of("0123456789");
    for (policy, said) in [
        (
            builder().at_least(1, CharacterClass::OtherLetter),
            "password rules cannot say: at least 1 letter without case",
        ),
        (
            builder().at_least(11, CharacterClass::Digit),
            "password rules cannot say: at least 11 digits",
        ),
        (
            builder().at_least(1, CharacterSet::of("éü")),
            "password rules cannot say: at least 1 of these characters: éü",
        ),
        (
            builder().at_least_kinds(
                2,
                [CharacterSet::of("éü"), CharacterSet::of("a"), CharacterSet::of("ß")],
            ),
            "password rules cannot say: at least 2 of these kinds of characters: éü, a and ß",
        ),
        (
            builder().allowed_characters(digits.and_range('а'..='я')).not_entirely_numeric(),
            "password rules cannot say: not only digits",
        ),
        (
            builder().max_class_repeat(4),
            "password rules cannot say: no more than 4 characters of the same kind in a row, such as digits",
        ),
    ] {
        let error = build(policy).password_rules().unwrap_err();
        assert_eq!(error.to_string(), said);
        assert_eq!(error.code(), "password_rules_requirement_not_said");
    }
    let cyrillic = CharacterSet::of("").and_range('а'..='я');
    for policy in [
        builder().allowed_characters(cyrillic),
        builder().allowed_characters(CharacterSet::of("aé")).min_length(4).max_repeat(3),
    ] {
        assert_eq!(build(policy).password_rules(), Err(PrintRulesError::NothingAllowed));
    }
    let sets = ["ab", "bc", "cd"].map(CharacterSet::of);
    let policy =
        sets.into_iter().fold(builder().max_length(2), |policy, set| policy.at_least(1, set));
    let error = PrintRulesError::NoRoom { required: 3, max_length: 2 };
    assert_eq!(build(policy).password_rules(), Err(error));
}

/// A rule that is asked by default makes no other policy if it is named.
#[test]
fn equal_policies_have_the_same_text() {
    let begun: [fn() -> PolicyBuilder; 5] = [
        Policy::builder,
        || Policy::builder().max_length(20),
        || {
            Policy::builder()
                .min_length(8)
                .at_least(1, CharacterClass::Digit)
                .active_directory_kinds()
        },
        || Policy::builder().allowed_characters(CharacterSet::of("abc1")).max_repeat(2),
        || Policy::preset(Preset::Pci),
    ];
    for (number, begun) in begun.into_iter().enumerate() {
        let of_lengths = |rules| begun().of_lengths(12..=15, rules);
        let more = || Policy::builder().at_least(1, CharacterSet::of("1"));
        for (default, named) in [
            (begun(), begun().no_control_characters().not_blank()),
            (
                of_lengths(build(more())),
                of_lengths(build(more().no_control_characters().not_blank())),
            ),
        ] {
            let (default, named) = (build(default), build(named));
            assert_eq!(
                default.password_rules().unwrap(),
                named.password_rules().unwrap(),
                "{number}"
            );
        }
        assert_eq!(build(begun()), build(begun().no_control_characters().not_blank()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_the_text_of_a_policy_allows_passes_its_length_and_class_rules(
        builder in any_policy(),
        draws in prop::collection::vec(any_draw(), 8),
    ) {
        let Ok(policy) = builder.clone().build() else { return Ok(()) };
        let text = policy.password_rules();
        prop_assert_eq!(&text, &build(builder).password_rules(), "the same policy");
        let Ok(text) = text else { return Ok(()) };
        allowed_passes(&text, &policy, &draws)?;
    }

    #[test]
    fn what_the_text_allows_passes_what_is_asked_of_some_lengths(
        policy in any_policy(),
        rules in (any_policy(), any_policy()),
        lengths in (0..12_usize, 1..8_usize, 1..30_usize),
        draws in prop::collection::vec(any_draw(), 8),
    ) {
        let (Ok(these), Ok(those)) = (rules.0.build(), rules.1.build()) else { return Ok(()) };
        let (from, count, more) = lengths;
        let then = from + count;
        let policy = policy.of_lengths(from..=then - 1, these).of_lengths(then..=then + more, those);
        let Ok(policy) = policy.build() else { return Ok(()) };
        let Ok(text) = policy.password_rules() else { return Ok(()) };
        allowed_passes(&text, &policy, &draws)?;
    }
}

/// The share of policies that print and of drawn passwords that follow, so that the properties above
/// are about something.
#[test]
fn most_policies_print_and_most_drawn_passwords_follow() {
    let mut runner = TestRunner::deterministic();
    let (mut built, mut printed, mut followed) = (0, 0, 0);
    for _ in 0..400 {
        let policy = any_policy().new_tree(&mut runner).unwrap().current();
        let draw = any_draw().new_tree(&mut runner).unwrap().current();
        let Ok(policy) = policy.build() else { continue };
        built += 1;
        let Ok(text) = policy.password_rules() else { continue };
        printed += 1;
        let rules = Rules::read(&text);
        followed += usize::from(rules.allow(&draw.password(&rules)));
    }
    assert!(
        built > 200 && printed > built / 2 && followed > printed / 2,
        "{built} {printed} {followed}"
    );
}

/// What the text allows passes the policy.
fn allowed_passes(text: &str, policy: &Policy, draws: &[Draw]) -> Result<(), TestCaseError> {
    let rules = Rules::read(text);
    for password in draws.iter().map(|draw| draw.password(&rules)) {
        if rules.allow(&password) {
            let violations = policy.check_as_typed(&password, &Personal::none()).err();
            prop_assert_eq!(violations, None, "{} for {}", password.escape_debug(), text);
        }
    }
    Ok(())
}

/// What a password is made from, whatever the rules are.
#[derive(Clone, Debug)]
struct Draw {
    extra_length: usize,
    /// Few, so that most passwords are of few kinds.
    palette: Vec<Index>,
    places: Vec<Index>,
    wide: Vec<char>,
}

fn any_draw() -> impl Strategy<Value = Draw> {
    let indexes = |count| prop::collection::vec(any::<Index>(), count);
    let wide = select(vec!['\u{10FFFF}', '😀', 'é', '\0', '\u{3000}', '٣', 'ß', '\u{7F}']);
    (
        prop_oneof![Just(0_usize), Just(usize::MAX), 0..40_usize],
        indexes(1..5),
        indexes(16..17),
        prop::collection::vec(wide, 0..3),
    )
        .prop_map(|(extra_length, palette, places, wide)| Draw {
            extra_length,
            palette,
            places,
            wide,
        })
}

impl Draw {
    fn password(&self, rules: &Rules) -> String {
        let of =
            |characters: &Characters| -> Vec<char> { characters.ascii.iter().copied().collect() };
        let permitted = of(&rules.permitted());
        let mut palette: Vec<char> = self.palette.iter().map(|one| *one.get(&permitted)).collect();
        palette.extend(self.wide.iter().filter(|wide| rules.permitted().contains(**wide)));
        let least = rules.min_length.unwrap_or(0).max(rules.required.len());
        let most = rules.max_length.unwrap_or(usize::MAX).min(least.max(300));
        let length = least.saturating_add(self.extra_length).min(most);
        let mut characters: Vec<char> =
            (0..length).map(|place| palette[place % palette.len()]).collect();
        // One of each that is required, each in a place of its own.
        let mut free: Vec<usize> = (0..length).collect();
        for (classes, place) in rules.required.iter().zip(self.places.iter().cycle()) {
            let character = *place.get(&of(classes));
            if !free.is_empty() {
                let free_place = free.swap_remove(place.index(free.len()));
                characters[free_place] = character;
            }
        }
        characters.into_iter().collect()
    }
}

/// Rules of length and class, in numbers that often fit one another.
fn any_policy() -> impl Strategy<Value = PolicyBuilder> {
    use CharacterClass::*;
    let class = select(vec![Lower, Upper, Letter, Digit, Symbol]);
    let set = || {
        select(vec!["abcABC123", "!? -]", "0123456789", "aé1ü", " ~", "qwertz"])
            .prop_map(CharacterSet::of)
    };
    let wide = prop_oneof![
        set(),
        Just(CharacterSet::of("").and_range(' '..='~')),
        Just(CharacterSet::of("").and_range('\0'..=char::MAX)),
        Just(CharacterSet::of("é").and_range('0'..='z')),
    ];
    let step = prop_oneof![
        3 => (0..20_usize).prop_map(Step::MinLength),
        2 => (8..60_usize).prop_map(Step::MaxLength),
        2 => (16..400_usize).prop_map(Step::MaxBytes),
        4 => (0..4_usize, class).prop_map(|(count, class)| Step::Class(count, class)),
        2 => (1..3_usize, set()).prop_map(|(count, set)| Step::Set(count, set)),
        1 => (1..4_usize, prop::collection::vec(set(), 1..5)).prop_map(|(count, of)| Step::Kinds(count, of)),
        1 => Just(Step::ActiveDirectory),
        1 => select(vec![WhiteSpace::Anywhere, WhiteSpace::AtTheEnds]).prop_map(Step::White),
        1 => wide.prop_map(Step::Allowed),
        1 => set().prop_map(Step::Illegal),
        1 => (1..5_usize).prop_map(Step::Repeat),
        1 => Just(Step::Numeric),
    ];
    prop::collection::vec(step, 0..7).prop_map(|steps| {
        let begun = Policy::builder().allow_control_characters().allow_blank();
        steps.into_iter().fold(begun, |policy, step| match step {
            Step::MinLength(length) => policy.min_length(length),
            Step::MaxLength(length) => policy.max_length(length).max_bytes(1_024),
            Step::MaxBytes(bytes) => policy.max_bytes(bytes),
            Step::Class(count, class) => policy.at_least(count, class),
            Step::Set(count, set) => policy.at_least(count, set),
            Step::Kinds(count, of) => policy.at_least_kinds(count, of),
            Step::ActiveDirectory => policy.active_directory_kinds(),
            Step::White(place) => policy.no_white_space(place),
            Step::Allowed(set) => policy.allowed_characters(set),
            Step::Illegal(set) => policy.illegal_characters(set),
            Step::Repeat(longest) => policy.max_repeat(longest),
            Step::Numeric => policy.not_entirely_numeric(),
        })
    })
}

#[derive(Clone, Debug)]
enum Step {
    MinLength(usize),
    MaxLength(usize),
    MaxBytes(usize),
    Class(usize, CharacterClass),
    Set(usize, CharacterSet),
    Kinds(usize, Vec<CharacterSet>),
    ActiveDirectory,
    White(WhiteSpace),
    Allowed(CharacterSet),
    Illegal(CharacterSet),
    Repeat(usize),
    Numeric,
}

fn sites() -> BTreeMap<String, String> {
    let all: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("vectors/apple-password-rules.json")).unwrap();
    let text = |rules: &Value| rules["password-rules"].as_str().unwrap().to_owned();
    all.into_iter().map(|(site, rules)| (site, text(&rules))).collect()
}

fn read(policy: &Policy) -> Rules {
    Rules::read(&policy.password_rules().unwrap())
}

/// The policy of a site that has such rules.
fn policy_of(rules: &Rules) -> PolicyBuilder {
    let set = |characters: &Characters| CharacterSet::of(&String::from_iter(&characters.ascii));
    let permitted = rules.permitted();
    let mut policy = Policy::builder();
    if !permitted.unicode {
        policy = policy.allowed_characters(set(&permitted));
    }
    for characters in &rules.required {
        policy = policy.at_least(1, set(characters));
    }
    if let Some(min_length) = rules.min_length {
        policy = policy.min_length(min_length);
    }
    if let Some(max_length) = rules.max_length {
        policy = policy.max_length(max_length);
    }
    if let Some(longest) = rules.max_consecutive {
        policy = policy.max_repeat(longest);
    }
    policy
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}
