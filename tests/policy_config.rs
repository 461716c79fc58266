//! Policies out of configuration files.
#![cfg(all(feature = "serde", feature = "common-passwords"))]

use std::collections::BTreeMap;

use allocation_counter::measure;
use proptest::prelude::*;
use proptest::sample::select;
use repass::policy::{
    Breach, BreachAnswer, CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal,
    Policy, PolicyBuilder, PolicyConfig, PolicyConfigError, PolicyError, Preset, Rank, Reduction,
    SequenceEnds, WhenUnknown, WhiteSpace,
};
use repass::secret::Password;

/// What the policy of an otherwise empty configuration is.
fn defaults() -> PolicyBuilder {
    Policy::builder().min_length(15).not_common()
}

fn typed(text: &str) -> Password {
    Password::verbatim(text).unwrap()
}

fn read(text: &str) -> PolicyConfig {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Every field, by itself, with the calls that it stands for.
fn fields() -> Vec<(&'static str, PolicyBuilder)> {
    let set = || CharacterSet::of("!$%").and_range('a'..='z');
    let embedded = CommonPasswords::embedded;
    let no_list = || Policy::builder().min_length(15);
    vec![
        ("", defaults()),
        ("max_bytes = 4096", defaults().max_bytes(4_096)),
        ("max_similarity = 0.7", defaults().max_similarity(0.7)),
        ("max_similarity = 1", defaults().max_similarity(1.0)),
        ("min_length = 12", defaults().min_length(12)),
        ("max_length = 64", defaults().max_length(64)),
        ("not_common = true", defaults()),
        ("not_common = false", no_list()),
        ("not_derived_from_common = ['leet', 'reversal']", {
            defaults().not_derived_from_common([Reduction::Leet, Reduction::Reversal])
        }),
        ("not_entirely_numeric = true", defaults().not_entirely_numeric()),
        ("not_entirely_numeric = false", defaults()),
        (
            "at_least = { lower = 1, upper = 2, letter = 3, other_letter = 4, digit = 5, symbol = 6 }",
            defaults()
                .at_least(1, CharacterClass::Lower)
                .at_least(2, CharacterClass::Upper)
                .at_least(3, CharacterClass::Letter)
                .at_least(4, CharacterClass::OtherLetter)
                .at_least(5, CharacterClass::Digit)
                .at_least(6, CharacterClass::Symbol),
        ),
        (
            "[[at_least.sets]]\ncount = 2\nset = 'az-'\n[[at_least.sets]]\ncount = 1\nset = { ranges = ['a-z'] }",
            defaults()
                .at_least(2, CharacterSet::of("az-"))
                .at_least(1, CharacterSet::of("").and_range('a'..='z')),
        ),
        (
            "at_least_kinds = { count = 2, of = ['lower', { characters = '!$%', ranges = ['0-9'] }] }",
            defaults().at_least_kinds(
                2,
                [
                    repass::policy::Category::Class(CharacterClass::Lower),
                    CharacterSet::of("!$%").and_range('0'..='9').into(),
                ],
            ),
        ),
        ("at_least_kinds = 'active_directory'", defaults().active_directory_kinds()),
        (
            "at_most = { digit = 4, letter = 9 }",
            defaults().at_most(4, CharacterClass::Digit).at_most(9, CharacterClass::Letter),
        ),
        ("no_white_space = 'anywhere'", defaults().no_white_space(WhiteSpace::Anywhere)),
        ("no_white_space = 'at_the_ends'", defaults().no_white_space(WhiteSpace::AtTheEnds)),
        ("no_control_characters = true", defaults().no_control_characters()),
        ("no_control_characters = false", defaults().allow_control_characters()),
        ("not_blank = true", defaults().not_blank()),
        ("not_blank = false", defaults().allow_blank()),
        (
            "allowed_characters = { characters = '!$%', ranges = ['a-z'] }",
            defaults().allowed_characters(set()),
        ),
        ("illegal_characters = '<->'", defaults().illegal_characters(CharacterSet::of("<->"))),
        ("max_repeat = 2", defaults().max_repeat(2)),
        ("max_class_repeat = 4", defaults().max_class_repeat(4)),
        ("min_distinct = 5", defaults().min_distinct(5)),
        (
            "illegal_characters = { categories = ['Zs', 'N'] }",
            defaults().illegal_characters(CharacterSet::of_categories(["N", "Zs"]).unwrap()),
        ),
        (
            "at_least = { sets = [{ count = 1, set = { characters = 'x', categories = ['Sc'] } }] }",
            defaults().at_least(
                1,
                CharacterSet::of("x").and(&CharacterSet::of_categories(["Sc"]).unwrap()),
            ),
        ),
        ("max_occurrences = 3", defaults().max_occurrences(3)),
        ("not_containing = ['plum', 'Ke-tt']", defaults().not_containing(["plum", "Ke-tt"])),
        (
            "max_sequence = { characters = 3, ends = 'apart' }",
            defaults().max_sequence(3, SequenceEnds::Apart),
        ),
        (
            "max_sequence = { characters = 4, ends = 'joined' }",
            defaults().max_sequence(4, SequenceEnds::Joined),
        ),
        ("max_keyboard_walk = 3", defaults().max_keyboard_walk(3)),
        ("context_words = ['Plum Bank', 'plum']", defaults().context_words(["Plum Bank", "plum"])),
        ("no_personal_names = true", defaults().no_personal_names()),
        ("not_derived_from_names = true", defaults().not_derived_from_names()),
        ("no_palindrome = true", defaults().no_palindrome()),
        ("min_changed = 4", defaults().min_changed(4)),
        ("not_rearranged = true", defaults().not_rearranged()),
        ("not_among_last = 5", defaults().not_among_last(5)),
        (
            "max_breaches = { count = 0, when_unknown = 'refuse' }",
            defaults().max_breaches(0, WhenUnknown::Refuse),
        ),
        (
            "max_breaches = { count = 9, when_unknown = 'accept' }",
            defaults().max_breaches(9, WhenUnknown::Accept),
        ),
        (
            "of_lengths = [{ min = 15, max = 20, rules = { at_least = { digit = 1 } } }]",
            defaults().of_lengths(
                15..=20,
                Policy::builder().at_least(1, CharacterClass::Digit).build().unwrap(),
            ),
        ),
        (
            "warn = { min_length = 20, max_repeat = 2 }",
            defaults().warn(Policy::builder().min_length(20).max_repeat(2).build().unwrap()),
        ),
        (
            "warn = { min_changed = 4, not_rearranged = true, not_among_last = 3 }",
            defaults().warn(
                Policy::builder()
                    .min_changed(4)
                    .not_rearranged()
                    .not_among_last(3)
                    .build()
                    .unwrap(),
            ),
        ),
        (
            "warn = { max_breaches = { count = 0, when_unknown = 'refuse' } }",
            defaults()
                .warn(Policy::builder().max_breaches(0, WhenUnknown::Refuse).build().unwrap()),
        ),
        // A part of the list is the list up to a rank.
        ("not_common = 'top_100'", no_list().not_among(embedded().up_to(Rank::Top100))),
        ("not_common = 'top_1000'", no_list().not_among(embedded().up_to(Rank::Top1000))),
        ("not_common = 'top_10000'", no_list().not_among(embedded().up_to(Rank::Top10000))),
        ("not_common = 'django'", no_list().not_among(CommonPasswords::django())),
    ]
}

#[test]
fn every_field_stands_for_the_call_of_its_name() {
    let probes = [
        "",
        "password",
        "Password12345678",
        "plum-kettle-42",
        "zaq12wsxcde34rfv",
        "michelle1",
        "123456789012345678",
        "aaaabbbbccccddddee",
        "plum-kettle-orbit-42",
        "<script>plum-kettle",
        "plum bank plum bank",
        "tabtabtabtab\ttabtab",
        "elttek-mulp-plum-kettle",
        "qwertyuiopasdfghjkl",
        "P@ssw0rdP@ssw0rdP@ssw0rd",
    ];
    let about = Personal::none().username("kettle-42").first_name("Emily");
    for (text, builder) in fields() {
        let (policy, expected) = (read(text).build().unwrap(), builder.build().unwrap());
        let texts = |policy: &Policy| {
            policy.requirements().map(|asked| asked.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&policy), texts(&expected), "{text}");
        for probe in probes {
            assert_eq!(
                policy.check_as_typed(probe, &about),
                expected.check_as_typed(probe, &about),
                "{text}"
            );
            let (new, old) = (typed(probe), typed("kettle-42-plum"));
            assert_eq!(policy.warnings(&new, &about), expected.warnings(&new, &about), "{text}");
            let answers =
                |policy: &Policy| policy.check_with(&new, &about, Evidence::of_change(&old));
            assert_eq!(answers(&policy), answers(&expected), "{text}");
            let seen = BreachAnswer::new(&new, Breach::seen(1));
            let evidence = Evidence::of_change(&old).breach(&seen);
            let warned = |policy: &Policy| policy.warnings_with(&new, &about, evidence);
            assert_eq!(warned(&policy), warned(&expected), "{text}");
        }
    }
}

#[test]
fn most_fields_give_the_very_same_policy() {
    for (text, builder) in fields() {
        // Intervals have no ceiling of their own, and parts stand in another place.
        if !["of_lengths", "not_common = '"].iter().any(|begin| text.starts_with(begin)) {
            assert_eq!(read(text).build().unwrap(), builder.build().unwrap(), "{text}");
        }
    }
}

#[test]
fn what_is_not_said_is_asked_securely() {
    let none = Personal::none();
    let empty = read("").build().unwrap();
    assert_eq!(PolicyConfig::default().build().unwrap(), empty);
    assert_eq!(
        empty.check_as_typed("plum-kettle-42", &none).unwrap_err()[0].code(),
        "password_too_short"
    );
    assert_eq!(
        empty.check_as_typed("123456789123456789", &none).unwrap_err()[0].code(),
        "password_too_common"
    );
    assert!(empty.check_as_typed("plum-kettle-orbit", &none).is_ok());
    // Naming one rule does not drop the others.
    let shorter = read("min_length = 8").build().unwrap();
    assert_eq!(
        shorter.check_as_typed("password", &none).unwrap_err()[0].code(),
        "password_too_common"
    );
    // What is weaker has to be said.
    let open = read("min_length = 0\nnot_common = false").build().unwrap();
    assert!(open.check_as_typed("", &none).is_ok());
}

#[test]
fn a_preset_begins_as_it_is() {
    for preset in Preset::ALL {
        let text = format!("preset = '{}'\ncontext_words = ['plum']", preset.name());
        let expected = Policy::preset(preset).context_words(["plum"]);
        match (read(&text).build(), expected.build()) {
            (Ok(policy), Ok(expected)) => assert_eq!(policy, expected, "{text}"),
            (Err(error), Err(expected)) => {
                assert_eq!(
                    error,
                    PolicyConfigError::Rules { table: String::new(), error: expected }
                );
            }
            (left, right) => panic!("{text}: {left:?} {right:?}"),
        }
    }
}

/// A preset is a promise, and a configuration cannot break it.
#[test]
fn a_switch_does_not_turn_off_what_a_preset_demands() {
    for (text, field) in [
        ("preset = 'django'\nnot_entirely_numeric = false", "not_entirely_numeric"),
        ("preset = 'nist_mfa'\nnot_common = false", "not_among"),
        ("preset = 'active_directory'\nno_personal_names = false", "no_personal_names"),
        ("preset = 'asvs_l1'\nmin_length = 7", "min_length"),
    ] {
        assert_eq!(read(text).build().unwrap_err().field(), field, "{text}");
    }
    // What it does not demand may be said to be off.
    assert!(read("preset = 'pci'\nno_palindrome = false").build().is_ok());
}

/// Of a class, 0 says so.
#[test]
fn a_number_does_not_turn_off_what_a_preset_demands() {
    let error = toml::from_str::<Policy>("preset = 'pci'\nat_least = { digit = 0 }").unwrap_err();
    let message = "at_least.digit is 0 and must be a whole number from 1";
    assert!(error.message().starts_with(message), "{error}");
}

/// Each with the path that its message has.
const MISTAKES: &[(&str, &str)] = &[
    // Names that are not known, at each level.
    ("min_lenght = 8", "min_lenght is not known (did you mean min_length?)"),
    ("password = ''", "password is not known"),
    ("at_least = { digits = 1 }", "at_least.digits is not known (did you mean digit?)"),
    (
        "at_least = { sets = [{ count = 1, set = 'a', sets = 1 }] }",
        "at_least.sets[0].sets is not known (did you mean set?)",
    ),
    (
        "at_least_kinds = { count = 1, of = ['lower'], or = 1 }",
        "at_least_kinds.or is not known (did you mean of?)",
    ),
    (
        "at_least_kinds = { count = 1, of = [{ chars = 'a' }] }",
        "at_least_kinds.of[0].chars is not known",
    ),
    (
        "max_sequence = { characters = 3, end = 'apart' }",
        "max_sequence.end is not known (did you mean ends?)",
    ),
    (
        "allowed_characters = { range = ['a-z'] }",
        "allowed_characters.range is not known (did you mean ranges?)",
    ),
    ("warn = { max = 1 }", "warn.max is not known"),
    (
        "of_lengths = [{ min = 1, max = 2, rules = {}, warn = {} }]",
        "of_lengths[0].warn is not known",
    ),
    (
        "[[of_lengths]]\nmin = 15\nmax = 16\nrules = { max_repeat = 2 }\n[[of_lengths]]\nmin = 17\nmax = 18\nrules = { at_least = { digits = 1 } }",
        "of_lengths[1].rules.at_least.digits is not known (did you mean digit?)",
    ),
    // Fields that are missing.
    ("max_sequence = { characters = 3 }", "max_sequence.ends is missing"),
    ("max_sequence = { ends = 'apart' }", "max_sequence.characters is missing"),
    ("at_least_kinds = { count = 3 }", "at_least_kinds.of is missing"),
    ("at_most = { digit = 0 }", "at_most.digit is 0 and must be a whole number from 1"),
    (
        "at_most = { digit = 1 }\nat_least = { digit = 2 }",
        "at_most contradicts at_least: no password satisfies both",
    ),
    ("at_least_kinds = { of = ['lower'] }", "at_least_kinds.count is missing"),
    ("at_least = { sets = [{ set = 'a' }] }", "at_least.sets[0].count is missing"),
    ("at_least = { sets = [{ count = 1 }] }", "at_least.sets[0].set is missing"),
    ("of_lengths = [{ max = 2, rules = {} }]", "of_lengths[0].min is missing"),
    ("of_lengths = [{ min = 2, rules = {} }]", "of_lengths[0].max is missing"),
    ("of_lengths = [{ min = 2, max = 3 }]", "of_lengths[0].rules is missing"),
    // Values of another kind.
    ("preset = 1", "preset is 1 and must be \"nist_single_factor\", "),
    ("preset = 'nist'", "preset is \"nist\" and must be \"nist_single_factor\", "),
    ("max_bytes = -1", "max_bytes is -1 and must be a whole number from 0"),
    ("max_similarity = '0.7'", "max_similarity is \"0.7\" and must be a number"),
    ("min_length = '8'", "min_length is \"8\" and must be a whole number from 0"),
    ("min_length = 8.5", "min_length is 8.5 and must be a whole number from 0"),
    ("max_length = true", "max_length is true and must be a whole number from 0"),
    (
        "not_common = 1",
        "not_common is 1 and must be \"top_100\", \"top_1000\", \"top_10000\" or \"django\", or true or false",
    ),
    (
        "not_common = 'top_5'",
        "not_common is \"top_5\" and must be \"top_100\", \"top_1000\", \"top_10000\" or \"django\", or true or false",
    ),
    ("not_derived_from_common = true", "not_derived_from_common is true and must be a list"),
    (
        "not_derived_from_common = ['leet', 'leat']",
        "not_derived_from_common[1] is \"leat\" and must be \"affixes\", \"repetition\", \"reversal\", \"leet\" or \"folding\" (did you mean \"leet\"?)",
    ),
    ("not_entirely_numeric = 'yes'", "not_entirely_numeric is \"yes\" and must be true or false"),
    (
        "at_least = 4",
        "at_least is 4 and must be a table of lower, upper, letter, other_letter, digit, symbol and sets",
    ),
    ("at_least = { digit = '1' }", "at_least.digit is \"1\" and must be a whole number from 0"),
    ("at_least = { sets = 'a' }", "at_least.sets is \"a\" and must be a list"),
    (
        "at_least = { sets = [{ count = 1, set = 1 }] }",
        "at_least.sets[0].set is 1 and must be a text of characters, or a table of characters, ranges and categories",
    ),
    ("at_least_kinds = 3", "at_least_kinds is 3 and must be a table of count and of"),
    (
        "at_least_kinds = { count = 3, of = ['lower', 'lowre'] }",
        "at_least_kinds.of[1] is \"lowre\" and must be \"lower\", \"upper\", \"letter\", \"other_letter\", \"digit\" or \"symbol\", or a table of characters, ranges and categories (did you mean \"lower\"?)",
    ),
    ("active_directory_kinds = 3", "active_directory_kinds is not known"),
    ("no_white_space = true", "no_white_space is true and must be \"anywhere\" or \"at_the_ends\""),
    (
        "no_white_space = 'nowhere'",
        "no_white_space is \"nowhere\" and must be \"anywhere\" or \"at_the_ends\"",
    ),
    ("no_control_characters = 0", "no_control_characters is 0 and must be true or false"),
    (
        "allowed_characters = ['a']",
        "allowed_characters is [\"a\"] and must be a text of characters, or a table of characters, ranges and categories",
    ),
    (
        "allowed_characters = { ranges = ['z-a'] }",
        "allowed_characters.ranges[0] is \"z-a\" and must be a range of characters",
    ),
    (
        "illegal_characters = { ranges = ['0-9', 'a'] }",
        "illegal_characters.ranges[1] is \"a\" and must be a range of characters",
    ),
    (
        "illegal_characters = 5",
        "illegal_characters is 5 and must be a text of characters, or a table of characters, ranges and categories",
    ),
    ("max_repeat = []", "max_repeat is [] and must be a whole number from 0"),
    ("max_class_repeat = {}", "max_class_repeat is {} and must be a whole number from 0"),
    ("min_distinct = 'five'", "min_distinct is \"five\" and must be a whole number from 0"),
    ("max_sequence = 3", "max_sequence is 3 and must be a table of characters and ends"),
    (
        "max_sequence = { characters = 3, ends = 'open' }",
        "max_sequence.ends is \"open\" and must be \"apart\" or \"joined\"",
    ),
    ("max_keyboard_walk = 3.0", "max_keyboard_walk is 3.0 and must be a whole number from 0"),
    ("context_words = 'plum'", "context_words is \"plum\" and must be a list"),
    ("context_words = ['plum', 7]", "context_words[1] is 7 and must be a text"),
    ("no_personal_names = 1", "no_personal_names is 1 and must be true or false"),
    ("no_palindrome = 'no'", "no_palindrome is \"no\" and must be true or false"),
    ("min_changed = true", "min_changed is true and must be a whole number from 0"),
    ("not_rearranged = []", "not_rearranged is [] and must be true or false"),
    ("not_among_last = 'all'", "not_among_last is \"all\" and must be a whole number from 0"),
    ("max_breaches = 0", "max_breaches is 0 and must be a table of count and when_unknown"),
    (
        "max_breaches = { count = -1, when_unknown = 'refuse' }",
        "max_breaches.count is -1 and must be a whole number from 0",
    ),
    ("max_breaches = { count = 0 }", "max_breaches.when_unknown is missing"),
    (
        "max_breaches = { count = 0, when_unknown = 'warn' }",
        "max_breaches.when_unknown is \"warn\" and must be \"refuse\" or \"accept\"",
    ),
    (
        "of_lengths = { min = 1, max = 2, rules = {} }",
        "of_lengths is { max = 2, min = 1, rules = {} } and must be a list",
    ),
    ("of_lengths = [7]", "of_lengths[0] is 7 and must be a table of min, max and rules"),
    ("warn = true", "warn is true and must be a table of rules"),
    // Numbers that do not fit, which the rules say.
    ("max_bytes = 0", "max_bytes is 0 and must be at least 1"),
    ("min_length = 0\nmax_length = 0", "max_length is 0 and must be from 1 to 1024"),
    ("max_length = 14", "min_length requires 15 characters, but max_length allows at most 14"),
    ("max_similarity = 1.5", "max_similarity must be from 0.1 to 1.0"),
    ("max_similarity = nan", "max_similarity must be from 0.1 to 1.0"),
    (
        "not_derived_from_common = []",
        "not_derived_from_common needs a list of common passwords and a reduction",
    ),
    (
        "at_least = { digit = 2000 }",
        "at_least requires 2000 characters, but max_bytes allows at most 1024",
    ),
    (
        "at_least_kinds = { count = 3, of = ['lower'] }",
        "at_least_kinds is 3 and must be from 1 to 1",
    ),
    (
        "at_least_kinds = { count = 0, of = ['lower'] }",
        "at_least_kinds is 0 and must be from 1 to 1",
    ),
    ("allowed_characters = ''", "allowed_characters must contain at least one character"),
    ("allowed_characters = {}", "allowed_characters must contain at least one character"),
    ("illegal_characters = ''", "illegal_characters must contain at least one character"),
    ("max_repeat = 0", "max_repeat is 0 and must be from 1 to 1023"),
    ("max_class_repeat = 0", "max_class_repeat is 0 and must be from 1 to 1023"),
    ("min_distinct = 0", "min_distinct is 0 and must be from 1 to 1024"),
    (
        "max_sequence = { characters = 1, ends = 'apart' }",
        "max_sequence is 1 and must be from 2 to 1023",
    ),
    ("max_keyboard_walk = 1", "max_keyboard_walk is 1 and must be from 2 to 1023"),
    (
        "illegal_characters = { categories = ['Nd', 'Xx'] }",
        "illegal_characters.categories[1] is \"Xx\" and must be a general category such as \"Nd\", or a group such as \"N\"",
    ),
    ("max_occurrences = 0", "max_occurrences is 0 and must be from 1 to 1023"),
    (
        "not_containing = []",
        "not_containing must contain at least one word, and each word a letter or a number",
    ),
    (
        "not_containing = ['plum', '!']",
        "not_containing must contain at least one word, and each word a letter or a number",
    ),
    (
        "context_words = []",
        "context_words must contain at least one word, and each word a letter or a number",
    ),
    (
        "context_words = ['!']",
        "context_words must contain at least one word, and each word a letter or a number",
    ),
    ("min_changed = 65", "min_changed is 65 and must be from 1 to 64"),
    ("not_among_last = 0", "not_among_last is 0 and must be at least 1"),
    (
        "of_lengths = [{ min = 1, max = 9, rules = { max_repeat = 2 } }]",
        "of_lengths 1 to 9: no password of these lengths can pass",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_repeat = 0 } }]",
        "of_lengths[0].rules: max_repeat is 0 and must be at least 1",
    ),
    ("warn = { max_repeat = 0 }", "warn: max_repeat is 0 and must be at least 1"),
    (
        "warn = { of_lengths = [{ min = 1, max = 2, rules = { min_distinct = 0 } }] }",
        "warn.of_lengths[0].rules: min_distinct is 0 and must be at least 1",
    ),
    // Rules that would not be asked.
    (
        "of_lengths = [{ min = 15, max = 20, rules = {} }]",
        "of_lengths[0].rules must contain at least one rule",
    ),
    ("warn = {}", "warn must contain at least one rule"),
    ("warn = { warn = { min_length = 20 } }", "warn.warn has no effect here"),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { not_among_last = 4 } }]",
        "of_lengths[0].rules.not_among_last has no effect here",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_breaches = { count = 0, when_unknown = \
         'refuse' } } }]",
        "of_lengths[0].rules.max_breaches has no effect here",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_bytes = 9 } }]",
        "of_lengths[0].rules.max_bytes has no effect here",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { warn = {} } }]",
        "of_lengths[0].rules.warn must contain at least one rule",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { of_lengths = [] } }]",
        "of_lengths[0].rules must contain at least one rule",
    ),
];

#[test]
fn a_mistake_is_told_with_the_path_of_its_field() {
    for (text, expected) in MISTAKES {
        let error = toml::from_str::<Policy>(text).expect_err(text);
        assert!(error.message().contains(expected), "{text}: {error}");
        if text.contains("nan") {
            continue;
        }
        // The same in another format.
        let json = serde_json::to_string(&toml::from_str::<toml::Value>(text).unwrap()).unwrap();
        let error = serde_json::from_str::<Policy>(&json).expect_err(text).to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn the_ceiling_of_bytes_is_named_where_nothing_else_bounds_the_length() {
    let error = read("min_length = 2000").build().unwrap_err();
    let text = "min_length requires 2000 characters, but max_bytes allows at most 1024";
    assert_eq!(error.to_string(), text);
}

/// Of a policy within a file, TOML shows the table, and the message has the path in it.
#[test]
fn toml_shows_the_table_of_a_mistake() {
    let text = "plum = { min_length = 15 }\n[kettle]\nof_lengths = [{ min = 15, max = 16, rules = { max_repeat = 'x' } }]";
    let error = toml::from_str::<BTreeMap<String, PolicyConfig>>(text).unwrap_err();
    assert_eq!(text[..error.span().unwrap().start].lines().count(), 1);
    assert!(error.message().starts_with("of_lengths[0].rules.max_repeat is \"x\""), "{error}");
}

#[test]
fn a_field_that_stands_there_twice_is_refused() {
    for (text, field) in [
        (r#"{"min_length": 15, "min_length": 1}"#, "min_length"),
        (r#"{"at_least": {"digit": 1, "digit": 0}}"#, "at_least.digit"),
    ] {
        let error = serde_json::from_str::<PolicyConfig>(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{field} occurs twice")), "{error}");
    }
    assert!(toml::from_str::<PolicyConfig>("min_length = 15\nmin_length = 1").is_err());
}

#[test]
fn errors_have_codes_and_fields() {
    let error = |text| read(text).build().unwrap_err();
    let lengths = error("max_length = 14");
    assert_eq!(lengths.code(), "policy_asks_for_too_much");
    assert_eq!(lengths.field(), "min_length");
    let nested = error("of_lengths = [{ min = 15, max = 20, rules = { max_repeat = 0 } }]");
    assert_eq!(nested.code(), "policy_value_out_of_range");
    assert_eq!(nested.field(), "of_lengths[0].rules.max_repeat");
    assert!(matches!(
        nested,
        PolicyConfigError::Rules { error: PolicyError::OutOfRange { value: 0, .. }, .. }
    ));
}

/// What is wrong with a text of TOML, and that it is the same in JSON.
fn mistake(text: &str) -> String {
    let error = toml::from_str::<PolicyConfig>(text).expect_err(text);
    let json = serde_json::to_string(&toml::from_str::<toml::Value>(text).unwrap()).unwrap();
    let of_json = serde_json::from_str::<PolicyConfig>(&json).expect_err(text).to_string();
    assert!(of_json.starts_with(error.message()), "{of_json}");
    error.message().to_owned()
}

#[test]
fn d13_a_value_of_another_kind_is_shown_with_what_is_allowed_and_an_example() {
    for (text, expected) in [
        (
            r#"min_length = "12""#,
            r#"min_length is "12" and must be a whole number from 0, such as 15"#,
        ),
        ("min_length = -8", "min_length is -8 and must be a whole number from 0, such as 15"),
        ("min_length = 8.0", "min_length is 8.0 and must be a whole number from 0, such as 15"),
        ("min_length = -0.5", "min_length is -0.5 and must be a whole number from 0, such as 15"),
        (
            "min_length = 1e30",
            "min_length is 1e30 and must be a whole number from 0 to 18446744073709551615, such as 15",
        ),
        (
            "max_similarity = 'high'",
            r#"max_similarity is "high" and must be a number, such as 0.7"#,
        ),
        (
            "max_sequence = 3",
            r#"max_sequence is 3 and must be a table of characters and ends, such as { characters = 3, ends = "joined" }"#,
        ),
        (
            "no_white_space = true",
            r#"no_white_space is true and must be "anywhere" or "at_the_ends", such as "at_the_ends""#,
        ),
        (
            "no_palindrome = 'yes'",
            r#"no_palindrome is "yes" and must be true or false, such as true"#,
        ),
        (
            "context_words = 'plum'",
            r#"context_words is "plum" and must be a list, such as ["Plum Bank"]"#,
        ),
        (
            "illegal_characters = ['<', '>']",
            r#"illegal_characters is ["<", ">"] and must be a text of characters, or a table of characters, ranges and categories, such as "<>&""#,
        ),
        ("warn = true", "warn is true and must be a table of rules, such as { min_length = 20 }"),
    ] {
        assert_eq!(mistake(text), expected);
    }
}

/// Within a rule, the example is of the whole rule.
#[test]
fn d13_within_a_rule_the_path_is_shown() {
    const AT_LEAST: &str =
        r#"at_least = { lower = 1, digit = 2, sets = [{ count = 1, set = "!$%" }] }"#;
    const KINDS: &str = r#"at_least_kinds = { count = 3, of = ["lower", "upper", "digit", { characters = "!$%" }] }"#;
    const SEQUENCE: &str = r#"max_sequence = { characters = 3, ends = "joined" }"#;
    for (text, expected, example) in [
        (
            "at_least = { digit = -1 }",
            "at_least.digit is -1 and must be a whole number from 0",
            AT_LEAST,
        ),
        (
            "at_least = { sets = [{ count = 1, set = 5 }] }",
            "at_least.sets[0].set is 5 and must be a text of characters, or a table of characters, ranges and categories",
            AT_LEAST,
        ),
        (
            "warn = { at_least = { sets = [{ set = '!' }] } }",
            "warn.at_least.sets[0].count is missing",
            AT_LEAST,
        ),
        (
            "at_least_kinds = { count = 2, of = ['lower', 'lowre'] }",
            r#"at_least_kinds.of[1] is "lowre" and must be "lower", "upper", "letter", "other_letter", "digit" or "symbol", or a table of characters, ranges and categories (did you mean "lower"?)"#,
            KINDS,
        ),
        (
            "max_sequence = { characters = 3, ends = 'Joint' }",
            r#"max_sequence.ends is "Joint" and must be "apart" or "joined" (did you mean "joined"?)"#,
            SEQUENCE,
        ),
        ("max_sequence = { characters = 3 }", "max_sequence.ends is missing", SEQUENCE),
        (
            "context_words = ['plum', 7]",
            "context_words[1] is 7 and must be a text",
            r#"context_words = ["Plum Bank"]"#,
        ),
        (
            "allowed_characters = { ranges = ['a-z', 'z-a'] }",
            r#"allowed_characters.ranges[1] is "z-a" and must be a range of characters, such as "a-z""#,
            r#"allowed_characters = { ranges = ["a-z", "0-9"], characters = "!$%" }"#,
        ),
        (
            "of_lengths = [{ min = 15, max = 19, rules = { at_least = { upper = '1' } } }]",
            r#"of_lengths[0].rules.at_least.upper is "1" and must be a whole number from 0"#,
            AT_LEAST,
        ),
    ] {
        assert_eq!(mistake(text), format!("{expected}; for example: {example}"));
    }
}

#[test]
fn d13_a_field_that_is_not_known_is_told_with_the_nearest_and_what_is() {
    const AT_LEAST: &str = r#"; allowed fields are lower, upper, letter, other_letter, digit, symbol and sets; for example: at_least = { lower = 1, digit = 2, sets = [{ count = 1, set = "!$%" }] }"#;
    const SEQUENCE: &str = r#"; allowed fields are characters and ends; for example: max_sequence = { characters = 3, ends = "joined" }"#;
    for (text, expected, rest) in [
        (
            "min_lenght = 8",
            "min_lenght",
            " (did you mean min_length?); for example: min_length = 15",
        ),
        ("minLength = 8", "minLength", " (did you mean min_length?); for example: min_length = 15"),
        (
            "MAX-LENGTH = 8",
            "MAX-LENGTH",
            " (did you mean max_length?); for example: max_length = 128",
        ),
        (
            "warn = { max_repeats = 2 }",
            "warn.max_repeats",
            " (did you mean max_repeat?); for example: max_repeat = 3",
        ),
        (
            "presets = 'pci'",
            "presets",
            r#" (did you mean preset?); for example: preset = "nist_single_factor""#,
        ),
        ("complexity = 4", "complexity", ""),
        (
            "at_least = { digits = 1 }",
            "at_least.digits",
            &*format!(" (did you mean digit?){AT_LEAST}"),
        ),
        ("at_least = { vowels = 1 }", "at_least.vowels", AT_LEAST),
        ("max_sequence = { length = 3 }", "max_sequence.length", SEQUENCE),
        (
            "[[of_lengths]]\nmin = 15\nmax = 19\nrule = {}",
            "of_lengths[0].rule",
            " (did you mean rules?); allowed fields are min, max and rules; for example: of_lengths = [{ min = 15, max = 19, rules = { at_least = { digit = 1 } } }]",
        ),
    ] {
        assert_eq!(mistake(text), format!("{expected} is not known{rest}"));
    }
}

/// Whoever follows an example has no mistake.
#[test]
fn d13_every_example_is_a_policy() {
    for (field, example) in PolicyConfig::fields() {
        let text = format!("{field} = {example}");
        assert!(toml::from_str::<Policy>(&text).is_ok(), "{text}");
    }
    for (field, wrong) in [("preset", "1"), ("of_lengths", "1"), ("warn", "1")] {
        let error = mistake(&format!("{field} = {wrong}"));
        let (_, example) = error.rsplit_once(", such as ").unwrap();
        let mut text = format!("{field} = {example}");
        if field == "preset" {
            text +=
                "\ncontext_words = ['plum']\nmax_breaches = { count = 0, when_unknown = 'refuse' }";
        }
        let built = toml::from_str::<Policy>(&text);
        assert!(built.is_ok(), "{text}: {:?}", built.err());
    }
}

/// What neither format nor rule has: nothing, a date.
#[test]
fn d13_what_no_field_takes_is_shown_as_it_is_written() {
    let nothing = serde_json::from_str::<PolicyConfig>(r#"{"at_least": {"digit": null}}"#);
    let nothing = nothing.unwrap_err().to_string();
    assert!(nothing.starts_with("at_least.digit is null and must be a whole number"), "{nothing}");
    let date = toml::from_str::<PolicyConfig>("context_words = [1979-05-27]").unwrap_err();
    let text = "context_words[0] is 1979-05-27 and must be a text";
    assert!(date.message().starts_with(text), "{date}");
}

/// The feature `arbitrary_precision` of `serde_json` hands numbers over so.
#[test]
fn d13_numbers_of_any_precision_are_numbers() {
    let text = r#"{"min_length": {"$serde_json::private::Number": "12"}, "max_similarity": {"$serde_json::private::Number": "0.75"}}"#;
    let policy = serde_json::from_str::<Policy>(text).unwrap();
    assert_eq!(
        policy,
        serde_json::from_str(r#"{"min_length": 12, "max_similarity": 0.75}"#).unwrap()
    );
    for (number, shown) in [("-12", "-12"), ("12.5", "12.5"), ("1e999", "{"), ("many", "{")] {
        let text = format!(r#"{{"min_length": {{"$serde_json::private::Number": "{number}"}}}}"#);
        let error = serde_json::from_str::<PolicyConfig>(&text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("min_length is {shown}")), "{error}");
    }
}

#[test]
fn d13_what_is_no_table_is_named() {
    let error = serde_json::from_str::<PolicyConfig>("3").unwrap_err().to_string();
    assert!(error.starts_with("the configuration is 3 and must be a table of rules"), "{error}");
}

/// An error is a line of bounded length, whatever was written.
#[test]
fn d13_an_error_is_one_short_line() {
    for text in [
        r#""" = 1"#,
        r#""a\nb" = 1"#,
        r#""min length" = 1"#,
        r#"at_least = { "\u202E" = 1 }"#,
        r#"min_length = "a\nb\u001B\u202E""#,
        r#"min_length = { "\n" = "\r\n" }"#,
    ] {
        let error = mistake(text);
        assert!(!error.contains(|one: char| one.is_control() || one == '\u{202E}'), "{error:?}");
    }
    let text = r#"{"min_length": {"$__toml_private_datetime": "\u001B[2J\nadmin: allowed"}}"#;
    let error = serde_json::from_str::<PolicyConfig>(text).unwrap_err().to_string();
    assert!(
        error.starts_with(r#"min_length is { "$__toml_private_datetime" = "\U0000001B[2J\n"#),
        "{error:?}"
    );
    assert!(!error.contains(char::is_control), "{error:?}");
    assert!(mistake(r#""" = 1"#).starts_with(r#""" is not known"#));
    assert!(mistake(r#""a\nb" = 1"#).starts_with(r#""a\nb" is not known"#));
    let long = "min_length".repeat(200_000);
    for text in [
        format!("{long} = 1"),
        format!("at_least = {{ {long} = 1 }}"),
        format!("min_length = '{long}'"),
        format!("min_length = [{}]", "'plum', ".repeat(100_000)),
        format!("preset = '{long}'"),
        format!("illegal_characters = '{}'", "a-z".repeat(100_000)),
        format!("context_words = [{} 1]", "'plum', ".repeat(100_000)),
    ] {
        let error = mistake(&text);
        assert!(error.chars().count() < 500, "{error}");
    }
}

/// Texts that are deep within each other in every way that the formats have.
#[test]
fn d13_no_input_is_too_deep() {
    for depth in [5, 11, 12, 13, 79, 127, 128, 100_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let tables = |name: &str| {
            let (open, close) = (format!("{{ {name} = ").repeat(depth), " }".repeat(depth));
            format!("{name} = {open}1{close}")
        };
        let of_lengths = "{ min = 15, max = 19, rules = { of_lengths = [".repeat(depth);
        for text in [
            format!("min_length = {open}{close}"),
            format!("of_lengths = {open}{close}"),
            tables("warn"),
            tables("at_least"),
            format!("of_lengths = [{of_lengths}{}]", "] } }".repeat(depth)),
            format!("warn{} = 1", ".warn".repeat(depth)),
            format!("[warn{}]\nmin_length = 20", ".warn".repeat(depth)),
        ] {
            assert!(toml::from_str::<Policy>(&text).is_err());
        }
        let tables = |name: &str| {
            format!("{}1{}", format!(r#"{{"{name}":"#).repeat(depth), "}".repeat(depth))
        };
        for text in [
            format!("{open}{close}"),
            format!(r#"{{"min_length": {open}{close}}}"#),
            format!(r#"{{"of_lengths": {open}{close}}}"#),
            tables("warn"),
            tables("of_lengths"),
            open,
        ] {
            assert!(serde_json::from_str::<Policy>(&text).is_err());
        }
    }
}

/// A value of either format, most often with names and values that mean something.
fn anything() -> impl Strategy<Value = serde_json::Value> {
    let names: Vec<_> = PolicyConfig::fields().map(|(name, _)| name).collect();
    let others = [
        "preset",
        "of_lengths",
        "warn",
        "min",
        "max",
        "rules",
        "count",
        "set",
        "sets",
        "of",
        "digit",
        "lower",
        "characters",
        "ranges",
        "categories",
        "ends",
        "when_unknown",
    ];
    let name = prop_oneof![
        4 => select([names, others.to_vec()].concat()).prop_map(String::from),
        1 => "[a-z_ \n\"é]{0,12}",
    ];
    let text = prop_oneof![
        3 => select(vec![
            "lower", "joined", "refuse", "django", "anywhere", "active_directory", "leet", "a-z",
            "Nd", "plum", "nist_mfa", "!$%",
        ])
        .prop_map(String::from),
        1 => ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (0_u64..40).prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        // Those that `serde_json` reads as exactly as it writes them.
        any::<i32>().prop_map(|number| (f64::from(number) / 64.0).into()),
        (0..300).prop_map(|degree| format!("1e{degree}").parse::<f64>().unwrap().into()),
        text.prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 10, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..10).prop_map(Into::into),
            prop::collection::vec((name.clone(), inner), 0..10)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// Tables that begin as they should.
fn config() -> impl Strategy<Value = serde_json::Value> {
    let fields: Vec<_> = PolicyConfig::fields().map(|(name, _)| name).collect();
    let field = select([fields, vec!["preset", "of_lengths", "warn"]].concat());
    prop::collection::vec((field.prop_map(String::from), anything()), 0..4)
        .prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #[test]
    fn d13_no_input_panics_and_what_is_read_is_written(
        value in prop_oneof![anything(), config()],
    ) {
        let json = value.to_string();
        let of_json = serde_json::from_str::<PolicyConfig>(&json);
        let of_toml = toml::to_string(&value).ok();
        if let Some(text) = of_toml {
            let of_toml = toml::from_str::<PolicyConfig>(&text).ok();
            prop_assert_eq!(of_toml.as_ref(), of_json.as_ref().ok(), "{}", text);
        }
        match of_json {
            Ok(config) => {
                let written = serde_json::to_string(&config).unwrap();
                prop_assert_eq!(&serde_json::from_str::<PolicyConfig>(&written).unwrap(), &config);
                let _ = config.build().map_err(|error| (error.code(), error.field(), error.to_string()));
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n'), "{}", error),
        }
    }

    #[test]
    fn d13_any_text_is_answered(text in ".{0,64}", field in "[a-z_]{1,12}") {
        for text in [text.clone(), format!("{field} = {text}"), format!("{{\"{field}\": {text}}}")] {
            let _ = toml::from_str::<Policy>(&text);
            let _ = serde_json::from_str::<Policy>(&text);
        }
    }
}

#[test]
fn a_stranger_cannot_make_a_policy_expensive_to_build() {
    let set = |number: u32| {
        format!("{{ characters = '{}' }}", char::from_u32(0x10_FFF0 + number).unwrap())
    };
    let of_sets = |count: u32| {
        let sets = (0..count).map(|number| format!("{{ count = 1, set = {} }}", set(number)));
        format!("at_least = {{ sets = [{}] }}", sets.collect::<Vec<_>>().join(", "))
    };
    let of_kinds = |count: u32| {
        let sets: Vec<_> = (0..count).map(|_| set(0)).collect();
        format!("at_least_kinds = {{ count = 1, of = [{}] }}", sets.join(", "))
    };
    let of_lengths = |count: u32| {
        let interval = |at| format!("{{ min = {at}, max = {at}, rules = {{ max_repeat = 2 }} }}");
        let intervals: Vec<_> = (20..20 + count).map(interval).collect();
        format!("of_lengths = [{}]", intervals.join(", "))
    };
    for (field, text) in [
        ("at_least.sets", &of_sets as &dyn Fn(u32) -> String),
        ("at_least_kinds.of", &of_kinds),
        ("of_lengths", &of_lengths),
    ] {
        assert!(read(&text(8)).build().is_ok(), "{field}");
        assert_eq!(mistake(&text(9)), format!("{field} has more than 8 items"));
        let nested = format!("warn = {{ {} }}", text(9));
        assert_eq!(mistake(&nested), format!("warn.{field} has more than 8 items"));
    }
    // One pass, and not one for each range.
    let ranges: Vec<_> =
        ('\u{4E00}'..'\u{9E00}').step_by(2).map(|one| format!("'{one}-{one}'")).collect();
    let text = format!("illegal_characters = {{ ranges = [{}] }}", ranges.join(", "));
    assert!(read(&text).build().is_ok());
}

/// Within another policy nothing is asked that could be switched off, but what a preset brings there.
#[test]
fn what_is_switched_off_where_nothing_asks_it_is_refused() {
    for value in [
        "min_length = 0",
        "not_common = false",
        "no_palindrome = false",
        "no_control_characters = false",
        "not_blank = false",
        "at_least = {}",
        "at_least = { sets = [] }",
        "at_most = {}",
    ] {
        let (field, _) = value.split_once(' ').unwrap();
        for (table, text) in [
            ("warn", format!("warn = {{ max_repeat = 3, {value} }}")),
            ("warn", format!("warn = {{ {value} }}")),
            (
                "of_lengths[0].rules",
                format!("of_lengths = [{{ min = 15, max = 20, rules = {{ {value} }} }}]"),
            ),
        ] {
            assert_eq!(mistake(&text), format!("{table}.{field} has no effect here"), "{text}");
        }
        assert!(toml::from_str::<PolicyConfig>(value).is_ok(), "{value}");
    }
    let rest = "warn = { preset = 'pci', not_common = false }";
    assert_eq!(mistake(rest), "warn.not_common has no effect here");
    let wishes = read("warn = { preset = 'nist_mfa', max_similarity = 0.5 }").build().unwrap();
    let fewer = "warn = { preset = 'asvs_l1', not_derived_from_names = false }";
    let fewer = read(fewer).build().unwrap();
    let password = typed("emily.rose2026");
    let about = Personal::none().username("emily.rose");
    assert!(wishes.warnings(&password, &about).is_some());
    assert!(fewer.warnings(&password, &about).is_none());
}

/// An empty table switches off what a preset brings, as `false` and 0 do.
#[test]
fn an_empty_table_switches_a_rule_off() {
    let error = toml::from_str::<Policy>("preset = 'pci'\nat_least = {}").unwrap_err();
    assert!(error.message().starts_with("at_least is a rule that the preset pci"), "{error}");
    for text in ["at_least = {}", "at_most = {}"] {
        assert_eq!(read(text).build().unwrap(), defaults().build().unwrap());
    }
}

#[test]
fn what_is_written_reads_as_it_was() {
    let mut texts: Vec<String> = fields().iter().map(|(text, _)| (*text).to_owned()).collect();
    texts.extend(Preset::ALL.map(|preset| format!("preset = '{}'", preset.name())));
    for set in [
        "''",
        "'az-'",
        "'ab'",
        "'abc'",
        "'-a!'",
        "'c-a'",
        "{ ranges = ['--0', 'а-я', ' -~'] }",
        "{}",
    ] {
        texts.push(format!("illegal_characters = {set}"));
        texts.push(format!(
            "at_least_kinds = {{ count = 1, of = [{}] }}",
            match set {
                "{}" => "{}",
                set if set.starts_with('{') => set,
                _ => "{ characters = 'b-' }",
            }
        ));
    }
    // What is switched off, and what asks nothing.
    texts.push("min_length = 0\nnot_common = false\nno_palindrome = false".to_owned());
    texts.push("at_least = {}\nat_most = {}".to_owned());
    texts.push("warn = { preset = 'nist_mfa', max_similarity = 0.5, min_length = 9 }".to_owned());
    texts.push("warn = { preset = 'asvs_l1', not_derived_from_names = false }".to_owned());
    texts.push(EVERYTHING.to_owned());
    for text in texts {
        let config = read(&text);
        let written = toml::to_string(&config).unwrap();
        assert_eq!(read(&written), config, "{text}\n{written}");
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<PolicyConfig>(&json).unwrap(), config, "{json}");
        let value = serde_json::to_value(&config).unwrap();
        assert_eq!(serde_json::from_value::<PolicyConfig>(value).unwrap(), config, "{json}");
    }
}

const EVERYTHING: &str = "
max_bytes = 512
max_similarity = 0.7
min_length = 8
max_length = 64
not_common = true
not_derived_from_common = ['leet', 'affixes']
not_entirely_numeric = true
at_least = { lower = 1, sets = [{ count = 1, set = '!$%-' }] }
at_least_kinds = { count = 2, of = ['lower', 'upper', { characters = '!$%-' }] }
no_white_space = 'at_the_ends'
no_control_characters = true
not_blank = true
allowed_characters = { ranges = [' -~'] }
illegal_characters = '<>'
max_repeat = 2
max_class_repeat = 12
min_distinct = 5
max_sequence = { characters = 3, ends = 'joined' }
max_keyboard_walk = 3
context_words = ['orbit']
max_occurrences = 4
not_containing = ['saddle']
no_personal_names = true
not_derived_from_names = true
no_palindrome = true
min_changed = 4
not_rearranged = true
not_among_last = 5
max_breaches = { count = 0, when_unknown = 'refuse' }

[[of_lengths]]
min = 8
max = 11
rules = { at_least = { digit = 1 } }

[warn]
min_length = 15
";

#[test]
fn a_policy_of_everything_is_cloned_without_an_allocation() {
    let policy = read(EVERYTHING).build().unwrap();
    let info = measure(|| {
        core::hint::black_box(policy.clone());
    });
    assert_eq!(info.count_total, 0);
    assert_eq!(policy.clone(), policy);
    assert_eq!(Policy::try_from(read(EVERYTHING)).unwrap(), policy);
    assert!(policy.check_as_typed("plum-kettle-42", &Personal::none()).is_ok());
}
