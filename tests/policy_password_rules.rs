//! The attribute `passwordrules`: what real sites say, what is refused and where, and that a policy's
//! text allows nothing that the policy refuses.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, PasswordRules, PasswordRulesError, Personal,
    Policy, PolicyBuilder, Preset, PrintRulesError, RuleClass, RuleClasses, Violation, WhenUnknown,
    WhiteSpace,
};
use serde_json::Value;

#[test]
fn all_of_the_434_parse_and_print_stably() {
    let sites = sites();
    assert_eq!(sites.len(), 434);
    for (site, text) in &sites {
        let rules = parse(text);
        let printed = rules.to_string();
        assert_eq!(parse(&printed), rules, "{site}");
        assert_eq!(parse(&printed).to_string(), printed, "{site}");
        assert_eq!(printed.parse(), Ok(rules), "{site}");
    }
}

#[test]
fn all_of_the_434_build_a_policy_that_prints_no_more_than_they_allow() {
    for (site, text) in &sites() {
        let rules = parse(text);
        let policy = build(Policy::builder().password_rules(&rules));
        let printed = policy.password_rules().unwrap();
        assert_eq!(printed.min_length(), rules.min_length(), "{site}");
        for character in ' '..='~' {
            let permitted = printed.permitted().contains(character);
            assert!(!permitted || rules.permitted().contains(character), "{site}: {character}");
        }
    }
}

#[test]
fn what_the_434_allow_passes_the_policy_of_their_texts() {
    let mut runner = TestRunner::deterministic();
    let mut followed = 0;
    for (site, text) in &sites() {
        let rules = parse(text);
        let policy = build(Policy::builder().password_rules(&rules));
        for _ in 0..20 {
            let password = any_draw().new_tree(&mut runner).unwrap().current().password(&rules);
            if follows(&rules, &password) {
                followed += 1;
                assert_eq!(policy.check(&password, &Personal::none()), Ok(()), "{site}");
            }
        }
    }
    assert!(followed > 434 * 10, "{followed}");
}

#[test]
fn texts_mean_what_apple_says() {
    for (text, printed) in [
        ("", ""),
        (" ;; ", ""),
        ("required: upper", "required: upper;"),
        ("REQUIRED: uPPeR; MaxLength: 7", "maxlength: 7; required: upper;"),
        ("\trequired:upper,\n lower ;", "required: lower, upper;"),
        ("required: upper; required: upper", "required: upper;"),
        ("allowed: upper; allowed: lower", "allowed: lower, upper;"),
        ("max-consecutive: 5; max-consecutive: 3", "max-consecutive: 3;"),
        ("max-consecutive: 3; max-consecutive: 1; max-consecutive: 5", "max-consecutive: 1;"),
        ("minlength: 12; minlength: 7; minlength: 23", "minlength: 23;"),
        ("maxlength: 10; maxlength: 7; maxlength: 12", "maxlength: 7;"),
        ("required: [*&^]; allowed: upper", "required: [&*^]; allowed: upper;"),
        ("required: unicode, digit", "required: unicode;"),
        ("allowed: special, [ab], digit, upper, lower", "allowed: ascii-printable;"),
        ("allowed: [0123456789]", "allowed: digit;"),
        ("allowed: []]", "allowed: []];"),
        ("allowed: [a]], [b]", "allowed: [ab]];"),
        ("allowed: [-]", "allowed: [-];"),
        ("allowed: [-a]], digit", "allowed: digit, [-a]];"),
        ("allowed: [供应A商B责任C进展]", "allowed: [ABC];"),
        ("allowed: special", "allowed: special;"),
        (
            "allowed: [ !\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]]",
            "allowed: [ !\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]];",
        ),
        ("allowed: [- !\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]]", "allowed: special;"),
    ] {
        assert_eq!(parse(text).to_string(), printed, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    use PasswordRulesError::*;
    for (text, error) in [
        ("dummy: upper", UnknownProperty { position: 0 }),
        ("required: upper; upper: lower", UnknownProperty { position: 17 }),
        ("required: dummy", UnknownClass { position: 10 }),
        ("required: A", UnknownClass { position: 10 }),
        ("allowed: upper, dummy", UnknownClass { position: 16 }),
        ("required", UnexpectedCharacter { position: 8 }),
        ("required : upper", UnexpectedCharacter { position: 8 }),
        ("required:", MissingValue { position: 9 }),
        ("required: ; allowed: upper", MissingValue { position: 10 }),
        ("minlength:", MissingValue { position: 10 }),
        ("allowed: upper,", MissingValue { position: 15 }),
        ("allowed: upper,;", MissingValue { position: 15 }),
        ("allowed: upper,,", UnexpectedCharacter { position: 15 }),
        ("allowed: upper [a]", UnexpectedCharacter { position: 15 }),
        ("required: upper d", UnexpectedCharacter { position: 16 }),
        ("required: 1", UnexpectedCharacter { position: 10 }),
        ("allowed: ☃", UnexpectedCharacter { position: 9 }),
        ("☃", UnexpectedCharacter { position: 0 }),
        ("allowed: [☃a]; ☃", UnexpectedCharacter { position: 17 }),
        ("max-consecutive: [ABC]", NotANumber { position: 17 }),
        ("max-consecutive: upper", NotANumber { position: 17 }),
        ("minlength: -1", NotANumber { position: 11 }),
        ("minlength: ٣", NotANumber { position: 11 }),
        ("max-consecutive: 1+1", UnexpectedCharacter { position: 18 }),
        ("minlength: 12a", UnexpectedCharacter { position: 13 }),
        ("minlength: 8, 9", UnexpectedCharacter { position: 12 }),
        ("minlength: 0", NumberOutOfRange { position: 11 }),
        ("maxlength: 0", NumberOutOfRange { position: 11 }),
        ("max-consecutive: 0", NumberOutOfRange { position: 17 }),
        ("maxlength: 99999999999999999999", NumberOutOfRange { position: 11 }),
        ("allowed: [", ClassNotClosed { position: 9 }),
        ("allowed: upper, [a; required: lower", ClassNotClosed { position: 16 }),
        ("allowed: []", ClassEmpty { position: 9 }),
        ("allowed: [☃]", ClassEmpty { position: 9 }),
        ("allowed: []a]", ClassEmpty { position: 9 }),
        ("allowed: [a]b]", UnexpectedCharacter { position: 12 }),
        ("allowed: [a-]", DashNotFirst { position: 11 }),
        ("allowed: [☃a-z]", DashNotFirst { position: 14 }),
        ("allowed: [--]", DashNotFirst { position: 11 }),
    ] {
        assert_eq!(PasswordRules::parse(text), Err(error), "{text}");
        assert!(error.to_string().ends_with(&format!(" {}", error.position())), "{text}");
    }
    let long = " ".repeat(PasswordRules::MAX_BYTES + 1);
    assert_eq!(PasswordRules::parse(&long), Err(TooLong { max_bytes: 4_096 }));
    assert!(PasswordRules::parse(&long[1..]).is_ok());
}

#[test]
fn rules_can_be_asked_for_what_they_say() {
    let rules = parse(
        "minlength: 8; maxlength: 20; max-consecutive: 2; required: lower, [!]; required: digit; allowed: upper;",
    );
    assert_eq!((rules.min_length(), rules.max_length()), (Some(8), Some(20)));
    assert_eq!(rules.max_consecutive(), Some(2));
    let required: Vec<Vec<_>> =
        rules.required().iter().map(|classes| classes.iter().collect()).collect();
    let custom = RuleClass::Custom(CharacterSet::of("!"));
    assert_eq!(required, [vec![RuleClass::Lower, custom], vec![RuleClass::Digit]]);
    assert_eq!(rules.allowed().unwrap().to_string(), "upper");
    assert_eq!(rules.permitted().to_string(), "lower, upper, digit, [!]");
    // Apple: without either, all printable ASCII.
    assert_eq!(parse("minlength: 8").permitted().to_string(), "ascii-printable");
    assert_eq!(parse("required: unicode; required: digit").permitted().to_string(), "unicode");
}

#[test]
fn special_has_the_space_and_unicode_has_everything() {
    let special = parse("allowed: special").permitted();
    for character in '\0'..='\u{100}' {
        let expected = character == ' ' || character.is_ascii_punctuation();
        assert_eq!(special.contains(character), expected, "{character:?}");
    }
    let unicode = parse("allowed: unicode").permitted();
    assert!(['\0', 'a', 'é', '\u{10FFFF}'].iter().all(|character| unicode.contains(*character)));
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
        // A lower-case letter is no digit.
        (
            builder().at_least(1, Lower).not_entirely_numeric(),
            "maxlength: 256; required: lower; allowed: unicode;",
        ),
        (
            builder().max_length(20).at_least(1, Symbol).no_white_space(WhiteSpace::Anywhere),
            "maxlength: 20; required: [-!\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]]; \
             allowed: lower, upper, digit, [-!\"#$%&'()*+,./:;<=>?@[\\^_`{|}~]];",
        ),
        (
            builder().max_length(20).no_control_characters(),
            "maxlength: 20; allowed: ascii-printable;",
        ),
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
        assert_eq!(build(policy).password_rules().unwrap().to_string(), printed);
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
        let policy = build(builder);
        let rules = policy.password_rules().unwrap();
        let mut passwords: Vec<String> = (0..150)
            .map(|_| any_draw().new_tree(&mut runner).unwrap().current().password(&rules))
            .collect();
        // As long as the text allows, each of them of one kind but for what is asked.
        let longest = rules.max_length().unwrap_or(300);
        for wide in ['x', 'é', '日', '😀', '\u{10FFFF}'] {
            let filler = wide.to_string().repeat(longest - 4);
            passwords.extend(["aB4!", "aB4x"].map(|start| format!("{start}{filler}")));
        }
        let mut followed = 0;
        for password in passwords.iter().filter(|password| follows(&rules, password)) {
            followed += 1;
            let found = policy.check(password, &Personal::none()).err();
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
    let of_directory = build(Policy::preset(Preset::ActiveDirectory)).password_rules().unwrap();
    let said = of_directory.to_string();
    assert!(said.contains("maxlength: 128;") && said.contains("allowed: unicode;"), "{said}");
}

#[cfg(feature = "common-passwords")]
#[test]
fn that_of_django_asks_for_a_character_that_is_no_digit() {
    let rules = Policy::django().password_rules().unwrap();
    assert_eq!(
        rules.to_string(),
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
            "password rules cannot say: at least 1 other letter",
        ),
        (
            builder().at_least(11, CharacterClass::Digit),
            "password rules cannot say: at least 11 digits",
        ),
        (
            builder().at_least(1, CharacterSet::of("éü")),
            "password rules cannot say: at least 1 of the characters éü",
        ),
        (
            builder().at_least_kinds(
                2,
                [CharacterSet::of("éü"), CharacterSet::of("a"), CharacterSet::of("ß")],
            ),
            "password rules cannot say: at least 2 of éü, a and ß",
        ),
        (
            builder().allowed_characters(digits.and_range('а'..='я')).not_entirely_numeric(),
            "password rules cannot say: not only digits",
        ),
        (
            builder().max_class_repeat(4),
            "password rules cannot say: no more than 4 characters of one kind in a row",
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn print_parse_print_is_stable(rules in any_rules()) {
        let rules = parse(&rules);
        let printed = rules.to_string();
        prop_assert_eq!(&parse(&printed), &rules);
        prop_assert_eq!(parse(&printed).to_string(), printed);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC*", piece in "[a-z:;,\\[\\] -]{0,40}") {
        for text in [&text, &piece] {
            if let Ok(rules) = PasswordRules::parse(text) {
                prop_assert_eq!(parse(&rules.to_string()), rules);
            }
        }
    }

    #[test]
    fn what_the_text_of_a_policy_allows_passes_its_length_and_class_rules(
        policy in any_policy(),
        draws in prop::collection::vec(any_draw(), 8),
    ) {
        let Ok(policy) = policy.build() else { return Ok(()) };
        let Ok(rules) = policy.password_rules() else { return Ok(()) };
        // As whoever reads the attribute has it.
        let rules = parse(&rules.to_string());
        allowed_passes(&rules, &policy, &draws)?;
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
        let Ok(rules) = policy.password_rules() else { return Ok(()) };
        allowed_passes(&rules, &policy, &draws)?;
    }

    #[test]
    fn a_policy_of_a_text_says_what_the_text_says(
        rules in any_rules(),
        draws in prop::collection::vec((any_draw(), any::<char>(), 0..4_u8), 8),
    ) {
        let rules = parse(&rules);
        let Ok(policy) = Policy::builder().password_rules(&rules).build() else { return Ok(()) };
        for (draw, other, change) in draws {
            let mut password = draw.password(&rules);
            match change {
                0 => drop(password.pop()),
                1 => password.push(other),
                _ => {}
            }
            let violations = policy.check(&password, &Personal::none()).err();
            let above = violations.as_ref().is_some_and(|found| {
                matches!(found[0], Violation::TooManyBytes { .. })
            });
            prop_assert!(above || follows(&rules, &password) == violations.is_none(), "{password:?} {violations:?}");
        }
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
        let Ok(rules) = policy.password_rules() else { continue };
        printed += 1;
        followed += usize::from(follows(&rules, &draw.password(&rules)));
    }
    assert!(
        built > 200 && printed > built / 2 && followed > printed / 2,
        "{built} {printed} {followed}"
    );
}

/// What the rules allow passes the policy.
fn allowed_passes(
    rules: &PasswordRules,
    policy: &Policy,
    draws: &[Draw],
) -> Result<(), TestCaseError> {
    for password in draws.iter().map(|draw| draw.password(rules)) {
        if follows(rules, &password) {
            let violations = policy.check(&password, &Personal::none()).err();
            prop_assert_eq!(violations, None, "{} for {}", password.escape_debug(), rules);
        }
    }
    Ok(())
}

/// Whether a password follows the rules, as Apple describes them.
fn follows(rules: &PasswordRules, password: &str) -> bool {
    let has = |text: &str, character: char| {
        text == "unicode" || parse(&format!("allowed: {text}")).permitted().contains(character)
    };
    let mut named: Vec<String> = rules.required().iter().map(ToString::to_string).collect();
    let required = named.clone();
    named.extend(rules.allowed().map(|classes| classes.to_string()));
    if named.is_empty() {
        named.push("ascii-printable".to_owned());
    }
    let characters: Vec<char> = password.chars().collect();
    let longest = rules.max_consecutive().unwrap_or(usize::MAX);
    characters.len() >= rules.min_length().unwrap_or(0)
        && characters.len() <= rules.max_length().unwrap_or(usize::MAX)
        && characters.iter().all(|one| named.iter().any(|classes| has(classes, *one)))
        && required.iter().all(|classes| characters.iter().any(|one| has(classes, *one)))
        && characters.chunk_by(PartialEq::eq).all(|run| run.len() <= longest)
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
    fn password(&self, rules: &PasswordRules) -> String {
        let of = |classes: &RuleClasses| -> Vec<char> {
            (' '..='~').filter(|character| classes.contains(*character)).collect()
        };
        let permitted = of(&rules.permitted());
        let mut palette: Vec<char> = self.palette.iter().map(|one| *one.get(&permitted)).collect();
        palette.extend(self.wide.iter().filter(|wide| rules.permitted().contains(**wide)));
        let least = rules.min_length().unwrap_or(0).max(rules.required().len());
        let most = rules.max_length().unwrap_or(usize::MAX).min(least.max(300));
        let length = least.saturating_add(self.extra_length).min(most);
        let mut characters: Vec<char> =
            (0..length).map(|place| palette[place % palette.len()]).collect();
        // One of each that is required, each in a place of its own.
        let mut free: Vec<usize> = (0..length).collect();
        for (classes, place) in rules.required().iter().zip(self.places.iter().cycle()) {
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
        1 => Just(Step::Controls),
        1 => wide.prop_map(Step::Allowed),
        1 => set().prop_map(Step::Illegal),
        1 => (1..5_usize).prop_map(Step::Repeat),
        1 => Just(Step::Numeric),
    ];
    prop::collection::vec(step, 0..7).prop_map(|steps| {
        steps.into_iter().fold(Policy::builder(), |policy, step| match step {
            Step::MinLength(length) => policy.min_length(length),
            Step::MaxLength(length) => policy.max_length(length).max_bytes(1_024),
            Step::MaxBytes(bytes) => policy.max_bytes(bytes),
            Step::Class(count, class) => policy.at_least(count, class),
            Step::Set(count, set) => policy.at_least(count, set),
            Step::Kinds(count, of) => policy.at_least_kinds(count, of),
            Step::ActiveDirectory => policy.active_directory_kinds(),
            Step::White(place) => policy.no_white_space(place),
            Step::Controls => policy.no_control_characters(),
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
    Controls,
    Allowed(CharacterSet),
    Illegal(CharacterSet),
    Repeat(usize),
    Numeric,
}

/// Texts that parse.
fn any_rules() -> impl Strategy<Value = String> {
    let class = prop_oneof![
        4 => select(vec!["lower", "UPPER", "digit", "special"]).prop_map(str::to_owned),
        1 => select(vec!["ascii-printable", "unicode"]).prop_map(str::to_owned),
        3 => "\\[-?[ -,.-Z^-~é\\\\\\[]{0,8}[!ab]\\]\\]?".prop_map(|text: String| text),
    ];
    let classes = prop::collection::vec(class, 1..4).prop_map(|classes| classes.join(", "));
    let property = prop_oneof![
        (1..20_u32).prop_map(|number| format!("minlength: {number}")),
        (1..40_u32).prop_map(|number| format!("maxLength:{number}")),
        (1..6_u32).prop_map(|number| format!("max-consecutive: {number}")),
        classes.clone().prop_map(|classes| format!("required: {classes}")),
        classes.prop_map(|classes| format!("allowed: {classes}")),
    ];
    prop::collection::vec(property, 0..7).prop_map(|properties| properties.join("; "))
}

fn sites() -> BTreeMap<String, String> {
    let all: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("vectors/apple-password-rules.json")).unwrap();
    let text = |rules: &Value| rules["password-rules"].as_str().unwrap().to_owned();
    all.into_iter().map(|(site, rules)| (site, text(&rules))).collect()
}

fn parse(text: &str) -> PasswordRules {
    PasswordRules::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}
