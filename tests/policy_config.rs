//! Policies out of configuration files.
#![cfg(all(feature = "serde", feature = "common-passwords"))]

use allocation_counter::measure;
use repass::policy::{
    Breach, CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal, Policy,
    PolicyBuilder, PolicyConfig, PolicyConfigError, PolicyError, Preset, Rank, Reduction,
    SequenceEnds, WhenUnknown, WhiteSpace,
};

/// What the policy of an otherwise empty configuration is.
fn defaults() -> PolicyBuilder {
    Policy::builder().min_length(15).not_common()
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
        ("max_personal = { attributes = 8, bytes_of_each = 99 }", defaults().max_personal(8, 99)),
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
            "[[at_least.sets]]\ncount = 2\nset = 'a-z'\n[[at_least.sets]]\ncount = 1\nset = { ranges = ['a-z'] }",
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
        ("active_directory_kinds = true", defaults().active_directory_kinds()),
        ("active_directory_kinds = false", defaults()),
        ("no_white_space = 'anywhere'", defaults().no_white_space(WhiteSpace::Anywhere)),
        ("no_white_space = 'at_the_ends'", defaults().no_white_space(WhiteSpace::AtTheEnds)),
        ("no_control_characters = true", defaults().no_control_characters()),
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
            assert_eq!(policy.check(probe, &about), expected.check(probe, &about), "{text}");
            assert_eq!(policy.warnings(probe, &about), expected.warnings(probe, &about), "{text}");
            let answers = |policy: &Policy| policy.check_change("kettle-42-plum", probe, &about);
            assert_eq!(answers(&policy), answers(&expected), "{text}");
            let evidence = Evidence::of_change("kettle-42-plum").breach(Breach::seen(1));
            let warned = |policy: &Policy| policy.warnings_with(probe, &about, evidence);
            assert_eq!(warned(&policy), warned(&expected), "{text}");
        }
    }
}

#[test]
fn most_fields_give_the_very_same_policy() {
    for (text, builder) in fields() {
        // Intervals have no ceilings of their own, and parts stand in another place.
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
    assert_eq!(empty.check("plum-kettle-42", &none).unwrap_err()[0].code(), "password_too_short");
    assert_eq!(
        empty.check("123456789123456789", &none).unwrap_err()[0].code(),
        "password_too_common"
    );
    assert!(empty.check("plum-kettle-orbit", &none).is_ok());
    // Naming one rule does not drop the others.
    let shorter = read("min_length = 8").build().unwrap();
    assert_eq!(shorter.check("password", &none).unwrap_err()[0].code(), "password_too_common");
    // What is weaker has to be said.
    let open = read("min_length = 0\nnot_common = false").build().unwrap();
    assert!(open.check("", &none).is_ok());
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

/// Each with the path that its message has.
const MISTAKES: &[(&str, &str)] = &[
    // Names that are not known, at each level.
    ("min_lenght = 8", "unknown field `min_lenght`"),
    ("password = ''", "unknown field `password`"),
    ("at_least = { digits = 1 }", "at_least: unknown field `digits`"),
    (
        "at_least = { sets = [{ count = 1, set = 'a', sets = 1 }] }",
        "at_least.sets[0]: unknown field `sets`",
    ),
    (
        "at_least_kinds = { count = 1, of = ['lower'], or = 1 }",
        "at_least_kinds: unknown field `or`",
    ),
    (
        "at_least_kinds = { count = 1, of = [{ chars = 'a' }] }",
        "at_least_kinds.of[0]: unknown field `chars`",
    ),
    ("max_personal = { attributes = 1, bytes = 2 }", "max_personal: unknown field `bytes`"),
    ("max_sequence = { characters = 3, end = 'apart' }", "max_sequence: unknown field `end`"),
    ("allowed_characters = { range = ['a-z'] }", "allowed_characters: unknown field `range`"),
    ("warn = { max = 1 }", "warn: unknown field `max`"),
    (
        "of_lengths = [{ min = 1, max = 2, rules = {}, warn = {} }]",
        "of_lengths[0]: unknown field `warn`",
    ),
    (
        "[[of_lengths]]\nmin = 15\nmax = 16\nrules = { max_repeat = 2 }\n[[of_lengths]]\nmin = 17\nmax = 18\nrules = { at_least = { digits = 1 } }",
        "of_lengths[1].rules.at_least: unknown field `digits`",
    ),
    // Fields that are missing.
    ("max_personal = { attributes = 1 }", "max_personal: missing field `bytes_of_each`"),
    ("max_personal = { bytes_of_each = 1 }", "max_personal: missing field `attributes`"),
    ("max_sequence = { characters = 3 }", "max_sequence: missing field `ends`"),
    ("max_sequence = { ends = 'apart' }", "max_sequence: missing field `characters`"),
    ("at_least_kinds = { count = 3 }", "at_least_kinds: missing field `of`"),
    ("at_least_kinds = { of = ['lower'] }", "at_least_kinds: missing field `count`"),
    ("at_least = { sets = [{ set = 'a' }] }", "at_least.sets[0]: missing field `count`"),
    ("at_least = { sets = [{ count = 1 }] }", "at_least.sets[0]: missing field `set`"),
    ("of_lengths = [{ max = 2, rules = {} }]", "of_lengths[0]: missing field `min`"),
    ("of_lengths = [{ min = 2, rules = {} }]", "of_lengths[0]: missing field `max`"),
    ("of_lengths = [{ min = 2, max = 3 }]", "of_lengths[0]: missing field `rules`"),
    // Values of another kind.
    ("preset = 1", "preset: "),
    ("preset = 'nist'", "preset: `nist` is none of nist_single_factor, "),
    ("max_bytes = -1", "max_bytes: "),
    ("max_personal = 64", "as max_personal"),
    ("max_personal = { attributes = 'a', bytes_of_each = 1 }", "max_personal.attributes: "),
    ("max_similarity = '0.7'", "max_similarity: "),
    ("min_length = '8'", "min_length: "),
    ("min_length = 8.5", "min_length: "),
    ("max_length = true", "max_length: "),
    ("not_common = 1", "as not_common"),
    ("not_common = 'top_5'", "not_common: `top_5` is none of top_100, "),
    ("not_derived_from_common = true", "as not_derived_from_common"),
    (
        "not_derived_from_common = ['leet', 'leat']",
        "not_derived_from_common[1]: `leat` is none of affixes, ",
    ),
    ("not_entirely_numeric = 'yes'", "not_entirely_numeric: "),
    ("at_least = 4", "as at_least"),
    ("at_least = { digit = '1' }", "at_least.digit: "),
    ("at_least = { sets = 'a' }", "as at_least.sets"),
    ("at_least = { sets = [{ count = 1, set = 1 }] }", "as at_least.sets[0].set"),
    ("at_least_kinds = 3", "as at_least_kinds"),
    (
        "at_least_kinds = { count = 3, of = ['lower', 'lowre'] }",
        "at_least_kinds.of[1]: `lowre` is none of lower, ",
    ),
    ("active_directory_kinds = 3", "active_directory_kinds: "),
    ("no_white_space = true", "no_white_space: "),
    ("no_white_space = 'nowhere'", "no_white_space: `nowhere` is none of anywhere, at_the_ends"),
    ("no_control_characters = 0", "no_control_characters: "),
    ("allowed_characters = ['a']", "as allowed_characters"),
    (
        "allowed_characters = { ranges = ['z-a'] }",
        "allowed_characters.ranges[0]: `z-a` is no range",
    ),
    (
        "illegal_characters = { ranges = ['0-9', 'a'] }",
        "illegal_characters.ranges[1]: `a` is no range",
    ),
    ("illegal_characters = 5", "as illegal_characters"),
    ("max_repeat = []", "max_repeat: "),
    ("max_class_repeat = {}", "max_class_repeat: "),
    ("min_distinct = 'five'", "min_distinct: "),
    ("max_sequence = 3", "as max_sequence"),
    (
        "max_sequence = { characters = 3, ends = 'open' }",
        "max_sequence.ends: `open` is none of apart, joined",
    ),
    ("max_keyboard_walk = 3.0", "max_keyboard_walk: "),
    ("context_words = 'plum'", "as context_words"),
    ("context_words = ['plum', 7]", "context_words[1]: "),
    ("no_personal_names = 1", "no_personal_names: "),
    ("no_palindrome = 'no'", "no_palindrome: "),
    ("min_changed = true", "min_changed: "),
    ("not_rearranged = []", "not_rearranged: "),
    ("not_among_last = 'all'", "not_among_last: "),
    ("max_breaches = 0", "expected a table as max_breaches"),
    ("max_breaches = { count = -1, when_unknown = 'refuse' }", "max_breaches.count: "),
    ("max_breaches = { count = 0 }", "max_breaches: missing field `when_unknown`"),
    ("max_breaches = { count = 0, when_unknown = 'warn' }", "max_breaches.when_unknown: "),
    ("of_lengths = { min = 1, max = 2, rules = {} }", "as of_lengths"),
    ("of_lengths = [7]", "as of_lengths[0]"),
    ("warn = true", "as warn"),
    // Numbers that do not fit, which the rules say.
    ("max_bytes = 0", "max_bytes is 0"),
    ("max_length = 0", "max_length is 0"),
    ("max_length = 14", "min_length 15 is above max_length 14"),
    ("min_length = 2000", "min_length 2000 is above max_bytes 1024"),
    ("max_similarity = 1.5", "max_similarity is not"),
    ("max_similarity = nan", "max_similarity is not"),
    ("not_derived_from_common = []", "not_derived_from_common needs"),
    ("at_least = { digit = 2000 }", "at_least asks"),
    ("at_least_kinds = { count = 3, of = ['lower'] }", "at_least_kinds 3 is not"),
    ("at_least_kinds = { count = 0, of = ['lower'] }", "at_least_kinds 0 is not"),
    ("allowed_characters = ''", "allowed_characters has no character"),
    ("allowed_characters = {}", "allowed_characters has no character"),
    ("illegal_characters = ''", "illegal_characters has no character"),
    ("max_repeat = 0", "max_repeat 0 is not"),
    ("max_class_repeat = 0", "max_class_repeat 0 is not"),
    ("min_distinct = 0", "min_distinct 0 is not"),
    ("max_sequence = { characters = 1, ends = 'apart' }", "max_sequence 1 is not"),
    ("max_keyboard_walk = 1", "max_keyboard_walk 1 is not"),
    (
        "illegal_characters = { categories = ['Nd', 'Xx'] }",
        "illegal_characters.categories[1]: `Xx` is no general category",
    ),
    ("max_occurrences = 0", "max_occurrences 0 is not"),
    ("not_containing = []", "not_containing 0 is not"),
    ("not_containing = ['plum', '!']", "not_containing 0 is not"),
    ("context_words = []", "context_words has no word"),
    ("context_words = ['!']", "context_words has no word"),
    ("min_changed = 65", "min_changed 65 is not"),
    ("not_among_last = 0", "not_among_last 0 is not"),
    ("of_lengths = [{ min = 1, max = 9, rules = { max_repeat = 2 } }]", "of_lengths 1 to 9"),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_repeat = 0 } }]",
        "of_lengths[0].rules: max_repeat 0 is not",
    ),
    ("warn = { max_repeat = 0 }", "warn: max_repeat 0 is not"),
    (
        "warn = { of_lengths = [{ min = 1, max = 2, rules = { min_distinct = 0 } }] }",
        "warn.of_lengths[0].rules: min_distinct 0 is not",
    ),
    // Rules that would not be asked.
    ("of_lengths = [{ min = 15, max = 20, rules = {} }]", "of_lengths[0].rules has no rule"),
    ("warn = {}", "warn has no rule"),
    ("warn = { warn = { min_length = 20 } }", "warn: warn stands where"),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { not_among_last = 4 } }]",
        "of_lengths[0].rules: not_among_last stands where",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_breaches = { count = 0, when_unknown = \
         'refuse' } } }]",
        "of_lengths[0].rules: max_breaches stands where",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { max_bytes = 9 } }]",
        "of_lengths[0].rules: max_bytes stands where",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { warn = {} } }]",
        "of_lengths[0].rules: warn stands where",
    ),
    (
        "of_lengths = [{ min = 15, max = 20, rules = { of_lengths = [] } }]",
        "of_lengths[0].rules: of_lengths stands where",
    ),
    (
        "active_directory_kinds = true\nat_least_kinds = { count = 1, of = ['lower'] }",
        "active_directory_kinds stands beside at_least_kinds",
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
fn toml_shows_the_line_of_a_mistake() {
    let text =
        "min_length = 8\n[[of_lengths]]\nmin = 8\nmax = 10\n[of_lengths.rules]\nmax_repeat = 'x'";
    let error = toml::from_str::<PolicyConfig>(text).unwrap_err();
    assert_eq!(&text[error.span().unwrap()], "'x'");
    assert!(error.message().starts_with("of_lengths[0].rules.max_repeat: "), "{error}");
    let text = "min_length = 8\nat_least = { digits = 1 }";
    let error = toml::from_str::<PolicyConfig>(text).unwrap_err();
    assert_eq!(&text[error.span().unwrap()], "digits");
}

#[test]
fn a_field_that_stands_there_twice_is_refused() {
    for text in
        [r#"{"min_length": 15, "min_length": 1}"#, r#"{"at_least": {"digit": 1, "digit": 0}}"#]
    {
        let error = serde_json::from_str::<PolicyConfig>(text).unwrap_err().to_string();
        assert!(error.contains("stands there twice"), "{error}");
    }
    assert!(toml::from_str::<PolicyConfig>("min_length = 15\nmin_length = 1").is_err());
}

#[test]
fn errors_have_codes_and_fields() {
    let error = |text| read(text).build().unwrap_err();
    let lengths = error("max_length = 14");
    assert_eq!(lengths.code(), "policy_min_length_above_max_length");
    assert_eq!(lengths.field(), "min_length");
    let nested = error("of_lengths = [{ min = 15, max = 20, rules = { max_repeat = 0 } }]");
    assert_eq!(nested.code(), "policy_value_out_of_range");
    assert_eq!(nested.field(), "of_lengths[0].rules.max_repeat");
    assert!(matches!(
        nested,
        PolicyConfigError::Rules { error: PolicyError::ValueOutOfRange { value: 0, .. }, .. }
    ));
    let empty = error("warn = {}");
    assert_eq!((empty.code(), &*empty.field()), ("policy_config_asks_nothing", "warn"));
    let twice =
        error("active_directory_kinds = true\nat_least_kinds = { count = 1, of = ['lower'] }");
    assert_eq!(twice.code(), "policy_config_given_twice");
    assert_eq!(twice.field(), "active_directory_kinds");
}

#[test]
fn a_stranger_cannot_make_a_policy_expensive_to_build() {
    let set = "{ characters = '\u{10FFFF}' }";
    let of_sets = |count| {
        format!(
            "at_least = {{ sets = [{}] }}",
            [&*format!("{{ count = 1, set = {set} }}")].repeat(count).join(", ")
        )
    };
    let of_kinds = |count| {
        format!("at_least_kinds = {{ count = 1, of = [{}] }}", [set].repeat(count).join(", "))
    };
    let of_lengths = |count: usize| {
        let interval = |at| format!("{{ min = {at}, max = {at}, rules = {{ max_repeat = 2 }} }}");
        let intervals: Vec<_> = (20..20 + count).map(interval).collect();
        format!("of_lengths = [{}]", intervals.join(", "))
    };
    for (field, text) in [
        ("at_least.sets", &of_sets as &dyn Fn(usize) -> String),
        ("at_least_kinds.of", &of_kinds),
        ("of_lengths", &of_lengths),
    ] {
        assert!(read(&text(8)).build().is_ok(), "{field}");
        let error = read(&text(9)).build().unwrap_err();
        assert_eq!((error.code(), &*error.field()), ("policy_config_too_many", field));
        assert_eq!(error.to_string(), format!("{field} has more than 8 items"));
        let nested = format!("warn = {{ {} }}", text(9));
        assert_eq!(read(&nested).build().unwrap_err().field(), format!("warn.{field}"));
    }
    // One pass, and not one for each range.
    let ranges: Vec<_> =
        ('\u{4E00}'..'\u{9E00}').step_by(2).map(|one| format!("'{one}-{one}'")).collect();
    let text = format!("illegal_characters = {{ ranges = [{}] }}", ranges.join(", "));
    assert!(read(&text).build().is_ok());
}

#[test]
fn what_is_written_reads_as_it_was() {
    let mut texts: Vec<String> = fields().iter().map(|(text, _)| (*text).to_owned()).collect();
    texts.extend(Preset::ALL.map(|preset| format!("preset = '{}'", preset.name())));
    for set in ["''", "'a-z'", "'ab'", "'abc'", "'-a!'", "{ ranges = ['--0', 'а-я', ' -~'] }", "{}"]
    {
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
max_personal = { attributes = 8, bytes_of_each = 99 }
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
    assert!(policy.check("plum-kettle-42", &Personal::none()).is_ok());
}
