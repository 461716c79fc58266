//! The rules about the shape of a password, each number from both sides.

#[path = "support/shown.rs"]
mod shown;

use core::time::Duration;
use std::sync::Arc;

use repass::policy::{
    Attribute, Breach, BreachAnswer, BreachUnknown, Catalogue, Category, CharacterClass,
    CharacterSet, CommonPasswords, Evidence, Personal, Policy, PolicyBuilder, SequenceEnds,
    Violations, WhenUnknown, WhiteSpace,
};
use shown::{asked, shown, typed};
use unicode_normalization::UnicodeNormalization;

#[test]
fn white_space_is_refused_anywhere_or_at_the_ends() {
    let table = [
        ("plum kettle", Some(4), None),
        (" plum", Some(0), Some(0)),
        ("plum\u{3000}", Some(4), Some(4)),
        ("pläm\t", Some(4), Some(4)),
        ("\n", Some(0), Some(0)),
        ("plum\u{A0}kettle", Some(4), None),
        // A joiner is no white space, nor is a separator of information.
        ("plum\u{200B}\u{1C}", None, None),
        ("", None, None),
    ];
    for (password, anywhere, at_the_ends) in table {
        for (place, position) in
            [(WhiteSpace::Anywhere, anywhere), (WhiteSpace::AtTheEnds, at_the_ends)]
        {
            let expected = position.map(|position| match place {
                WhiteSpace::AtTheEnds => {
                    format!("password_has_white_space_at_the_ends @{position}")
                }
                _ => format!("password_has_white_space @{position}"),
            });
            let builder = Policy::builder().allow_control_characters().allow_blank();
            assert_eq!(only(builder.no_white_space(place), password), expected, "{password:?}");
        }
    }
}

#[test]
fn control_characters_are_those_of_the_category_cc() {
    let controls = ['\0', '\t', '\n', '\u{1F}', '\u{7F}', '\u{80}', '\u{9F}'];
    for control in controls {
        assert_eq!(
            only(Policy::builder().no_control_characters(), &format!("né{control}")),
            Some(format!("password_has_control_character @{}", 2))
        );
    }
    for other in [' ', '~', '\u{A0}', '\u{AD}', '\u{200D}', '\u{2028}', '\u{E000}'] {
        let policy = Policy::builder().no_control_characters().allow_blank();
        assert_eq!(only(policy, &other.to_string()), None);
    }
}

#[test]
fn allowed_characters_end_where_the_set_ends() {
    let allowed = || CharacterSet::of("_").and_range('b'..='y').and_range('б'..='ю');
    for (password, position) in [
        ("b_y", None),
        ("", None),
        ("бю", None),
        ("ab", Some(0)),
        ("byz", Some(2)),
        ("ба", Some(1)),
        ("бюя", Some(2)),
        ("B", Some(0)),
    ] {
        assert_eq!(
            only(Policy::builder().allowed_characters(allowed()), password),
            position.map(|position| format!("password_character_not_allowed @{}", position)),
            "{password}"
        );
        // The same set the other way round.
        let illegal = only(Policy::builder().illegal_characters(allowed()), password);
        let expected = password.chars().position(|character| allowed().contains(character));
        assert_eq!(
            illegal,
            expected.map(|position| format!("password_has_illegal_character @{}", position))
        );
    }
}

#[test]
fn a_set_is_its_characters_however_they_were_given() {
    let one = CharacterSet::of("cab").and_range('x'..='z');
    let other = CharacterSet::of("zyxzcba");
    assert_eq!(one, other);
    assert_eq!(one.to_string(), "a-cx-z");
    assert_eq!(CharacterSet::of("ba!").to_string(), "ab!");
    assert_eq!(
        CharacterSet::of("").and_range(core::ops::RangeInclusive::new('b', 'a')).to_string(),
        ""
    );
    assert_eq!(CharacterSet::of("m").and_range('a'..='n').and_range('c'..='d').to_string(), "a-n");
    let all = CharacterSet::of("").and_range('\0'..=char::MAX);
    assert!(all.contains('\0') && all.contains('\u{E000}') && all.contains(char::MAX));
}

/// Catalogue 6.21: what is configured is the longest run that is accepted.
#[test]
fn catalogue_6_21_a_run_of_one_character_is_accepted_up_to_the_limit() {
    let table = [
        (1, "abab", "abb", 1),
        (2, "aabbaa", "aabbb", 2),
        (3, "aaabaaa", "xaaaa", 1),
        (3, "ééé😀😀😀", "ééé😀😀😀😀", 3),
        // A letter and its capital are two characters.
        (2, "aaAaa", "AAAaa", 0),
    ];
    for (max_repeat, accepted, refused, position) in table {
        let builder = || Policy::builder().max_repeat(max_repeat);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected =
            format!("password_repeats_character max_repeat={} @{}", max_repeat, position);
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn a_run_of_one_class_is_accepted_up_to_the_limit() {
    let table = [
        (1, "aB1-日a", "aB1-日本", 4),
        (3, "abc123ABC", "abc1234", 3),
        (3, "где日月火", "гдеж", 0),
        // Characters of no class end a run and make none.
        (2, "ab\0cd", "\0\0\0abc", 3),
    ];
    for (max_class_repeat, accepted, refused, position) in table {
        let builder =
            || Policy::builder().allow_control_characters().max_class_repeat(max_class_repeat);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected =
            format!("password_repeats_class max_class_repeat={} @{}", max_class_repeat, position);
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn catalogue_6_26_distinct_characters_are_code_points() {
    for (min_distinct, accepted, refused) in [
        (1, "a", ""),
        (3, "abca", "abab"),
        (3, "aAä", "ääaa"),
        (2, "😀😁", "😀😀😀😀😀😀😀😀"),
        (4, "日月日火水", "日月日火月"),
    ] {
        let builder = || Policy::builder().min_distinct(min_distinct);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected = format!("password_too_few_distinct min_distinct={}", min_distinct);
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn general_categories_are_those_of_unicode() {
    use unicode_properties::UnicodeGeneralCategory as _;
    let all = |name: &str| CharacterSet::of_categories([name]).unwrap();
    // In the order of the crate, which knows surrogates too.
    let names = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs \
                 Co Cn";
    let of = |name| CharacterSet::of_categories([name]).unwrap_or(CharacterSet::of(""));
    let each: Vec<_> = names.split(' ').map(|name| (name, of(name), of(&name[..1]))).collect();
    for character in '\0'..=char::MAX {
        let place = character.general_category() as usize;
        let (name, own, group) = &each[place];
        let is_in = own.contains(character) && group.contains(character);
        assert!(is_in, "{name} {:X}", u32::from(character));
        // And in none of the others, which take turns.
        let other = (place + 1 + u32::from(character) as usize % (each.len() - 1)) % each.len();
        assert!(!each[other].1.contains(character), "{name} {:X}", u32::from(character));
    }
    for none in ["", "X", "nd", "Cs", "LC", "Number"] {
        assert_eq!(CharacterSet::of_categories([none]), None);
    }
    let shown = |names: &[&str]| CharacterSet::of_categories(names.to_vec()).unwrap().to_string();
    assert_eq!(shown(&["N", "Zs"]), r"\p{N}\p{Zs}");
    assert_eq!(shown(&["Zs", "Zl", "Zp", "Sc"]), r"\p{Sc}\p{Z}");
    assert!(all("Zs").and(&CharacterSet::of("!")).to_string().ends_with(" !"));
    let policy = || Policy::builder().at_least(1, all("No"));
    assert_eq!(only(policy(), "plum²"), None);
    let expected = format!("password_missing_from_set at_least={} set={}", 1, all("No"));
    assert_eq!(only(policy(), "plum2"), Some(expected));
}

#[test]
fn a_character_occurs_as_often_as_it_may_wherever_it_stands() {
    for (max_occurrences, accepted, refused, position) in [
        (1, "abcdé日", "abcdéa", 5),
        (2, "abab", "ababa", 4),
        (2, "aAaA", "aAbaAa", 5),
        (3, "éxéyé", "éxéyézé", 6),
        (3, "😀😀😀", "😀😀😀😀", 3),
    ] {
        let builder = || Policy::builder().max_occurrences(max_occurrences);
        assert_eq!(only(builder(), accepted), None);
        let expected = format!(
            "password_has_character_too_often max_occurrences={} @{}",
            max_occurrences, position
        );
        assert_eq!(only(builder(), refused), Some(expected));
    }
    let every: String = ('\u{100}'..'\u{200}').collect();
    assert_eq!(only(Policy::builder().max_occurrences(1), &every), None);
    let again = every.clone() + "\u{17F}";
    let expected = format!("password_has_character_too_often max_occurrences={} @{}", 1, 256);
    assert_eq!(only(Policy::builder().max_occurrences(1), &again), Some(expected));
}

#[test]
fn a_forbidden_word_is_found_wherever_and_however_it_stands() {
    let of = |words: &[&'static str]| Policy::builder().not_containing(words.to_vec());
    for (words, accepted, refused) in [
        (&["kettle"][..], "kettl-orbit", "my-kettle-42"),
        (&["kettle"], "kettxle", "KETTLE"),
        (&["kettle"], "elttek", "k.e.t.t.l.e"),
        (&["kettle"], "k3771", "xk3771ex"),
        (&["Ke-ttle"], "ke9ttle", "kettle"),
        (&["plum", "orbit"], "plu-orbi", "aplumb"),
        (&["plum", "orbit"], "tibro", "exorbitant"),
        (&["aab"], "aacab", "aaab"),
        (&["abab"], "abaabb", "abaabab"),
        (&["ill"], "i-l", "a!1|"),
        (&["naïve"], "nave", "NAIVE1"),
        (&["слива"], "слив", "моя-СЛИВА-7"),
        (&["銀行"], "銀と行", "我的銀行1"),
        (&["2026"], "2025-6", "plum2026"),
    ] {
        assert_eq!(only(of(words), accepted), None, "{words:?} {accepted}");
        assert_eq!(
            only(of(words), refused),
            Some("password_has_forbidden_word".to_owned()),
            "{words:?} {refused}"
        );
    }
    let (longest, longer) = ("plumkett".repeat(8), "plumkett".repeat(8) + "l");
    assert_eq!(only(Policy::builder().not_containing([&*longest]), &longest[1..]), None);
    let found = only(Policy::builder().not_containing([&*longest]), &format!("x{longest}"));
    assert_eq!(found, Some("password_has_forbidden_word".to_owned()));
    for (words, code) in [
        (vec![], "policy_empty"),
        (vec![""], "policy_empty"),
        (vec!["plum", "-"], "policy_empty"),
        (vec![&*longer], "policy_word_too_long"),
    ] {
        let error = Policy::builder().not_containing(words).build().unwrap_err();
        assert_eq!((error.code(), error.field()), (code, "not_containing"));
    }
}

/// A stranger may have written the words, and each is compared with each password.
#[test]
fn words_are_few_short_and_different() {
    type Begin = fn(Vec<String>) -> PolicyBuilder;
    let rules: [(&str, Begin); 2] = [
        ("context_words", |words| Policy::builder().context_words(words)),
        ("not_containing", |words| Policy::builder().not_containing(words)),
    ];
    for (field, of) in rules {
        let words = |count: usize| (0..count).map(|number| format!("plum{number}")).collect();
        assert!(of(words(1_000)).build().is_ok());
        let error = of(words(1_001)).build().unwrap_err();
        assert_eq!((error.code(), error.field()), ("policy_too_many_words", field));
        assert_eq!(
            error.to_string(),
            format!("{field} has 1001 different words, and at most 1000 are allowed")
        );
        // What does not count has no bound.
        let separated = "p".repeat(64).replace('p', "p-----");
        assert!(of(vec![separated]).build().is_ok());
        let error = of(vec!["plum".to_owned(), "p-".repeat(65)]).build().unwrap_err();
        assert_eq!((error.code(), error.field()), ("policy_word_too_long", field));
        assert_eq!(
            error.to_string(),
            format!("{field} has a word of 65 letters and numbers, and at most 64 are allowed")
        );
        // Many that are read alike are one.
        let alike = ["Plum Bank", "plumbank", "PLUM-BANK", "Plúm Bank", "kettle"].map(String::from);
        let alike = alike.into_iter().cycle().take(5_000).collect();
        assert_eq!(build(of(alike)), build(of(vec!["Plum Bank".to_owned(), "kettle".to_owned()])));
    }
    let policy = build(Policy::builder().context_words(["Plum Bank", "PLUM-BANK", "Kettle"]));
    assert_eq!(policy.context_words().collect::<Vec<_>>(), ["Plum Bank", "Kettle"]);
}

/// A set may have been written by a stranger, and is in the text of each violation.
#[test]
fn of_a_set_of_many_characters_some_are_shown() {
    let many: String = ('\u{4E00}'..='\u{9E00}').step_by(2).collect();
    let set = CharacterSet::of(&many);
    let policy = build(Policy::builder().at_least(1, set.clone()));
    let violations = policy.check_as_typed("plum", &Personal::none()).unwrap_err();
    let shown = violations.to_string();
    assert!(shown.ends_with(&format!("{}…", many.chars().nth(127).unwrap())), "{shown}");
    assert!(shown.chars().count() < 256, "{shown}");
    assert!(format!("{set:?}").chars().count() < 2_048);
    assert_eq!(violations[0].param("set").and_then(|set| set.set()), Some(&set));
    let symbols: String = ('\u{2200}'..='\u{22FF}').collect();
    for (of, shown) in [
        (128, symbols.chars().take(128).collect()),
        (129, { symbols.chars().take(128).chain(['…']).collect::<String>() }),
    ] {
        let set = CharacterSet::of(&symbols.chars().take(of).collect::<String>());
        assert_eq!(set.to_string(), shown);
    }
}

#[test]
fn letters_of_any_kind_and_letters_without_case_are_classes() {
    for (class, accepted, refused) in [
        (CharacterClass::Letter, "aБ", "a1!\u{301}"),
        (CharacterClass::Letter, "日\u{1C5}", "日-"),
        (CharacterClass::OtherLetter, "日\u{1C5}\u{2B0}", "日aB"),
    ] {
        let builder = || Policy::builder().at_least(2, class);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let name = if class == CharacterClass::Letter { "letters" } else { "letters without case" };
        let expected = format!("password_missing_classes classes=2 {name}");
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
    // One letter serves both.
    let both =
        || Policy::builder().at_least(2, CharacterClass::Letter).at_least(1, CharacterClass::Upper);
    assert_eq!(only(both().max_length(2), "aB"), None);
    assert!(only(both(), "ab").is_some());
}

#[test]
fn a_set_of_ones_own_is_counted_on_both_sides_of_its_minimum() {
    let set = || CharacterSet::of("!$").and_range('а'..='я');
    for (at_least, accepted, refused) in [(1, "x!", "x?"), (3, "!ж!", "!жЖ")] {
        let builder = || Policy::builder().at_least(at_least, set());
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected = format!("password_missing_from_set at_least={} set={}", at_least, set());
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
    let twice = build(Policy::builder().at_least(1, set()).at_least(2, set()));
    let asks = |policy: &Policy| {
        let of_sets = policy.requirements().filter(|one| one.param("set").is_some());
        of_sets.map(|one| asked(&one)).collect::<Vec<_>>()
    };
    let asked = asks(&twice);
    assert_eq!(asked, [format!("password_missing_from_set at_least={} set={}", 2, set())]);
    let none = build(Policy::builder().at_least(1, set()).at_least(0, set()));
    assert_eq!(asks(&none), Vec::<String>::new());
}

#[test]
fn three_of_four_kinds_are_three_of_any() {
    let four = [
        CharacterClass::Lower,
        CharacterClass::Upper,
        CharacterClass::Digit,
        CharacterClass::Symbol,
    ];
    let builder = || Policy::builder().at_least_kinds(3, four);
    for accepted in ["aB1", "aB!", "a1!", "B1!", "aB1!"] {
        assert_eq!(only(builder(), accepted), None, "{accepted}");
    }
    for refused in ["", "a", "aB", "1!", "a日1"] {
        let kinds = "lowercase letters, uppercase letters, digits and symbols";
        let expected = format!("password_too_few_kinds at_least=3 kinds={kinds}");
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn characters_of_a_class_are_counted_on_both_sides_of_their_maximum() {
    let rules = || Policy::builder().at_most(2, CharacterClass::Digit);
    for (accepted, refused) in
        [("", "123"), ("1a2", "1a2b3"), ("\u{661}\u{662}", "\u{661}2\u{663}")]
    {
        assert_eq!(only(rules(), accepted), None, "{accepted}");
        let expected = "password_excess_classes classes=2 digits".to_owned();
        assert_eq!(only(rules(), refused), Some(expected), "{refused}");
    }
    // Letters of every kind count together, and each class that is over is named with its limit.
    let both = || rules().at_most(3, CharacterClass::Letter);
    assert_eq!(only(both(), "aB\u{65e5}12"), None);
    let expected = "password_excess_classes classes=3 letters and 2 digits".to_owned();
    assert_eq!(only(both(), "aB\u{65e5}c123"), Some(expected));
    // The last call for a class counts, and 0 sets no limit.
    assert_eq!(only(rules().at_most(4, CharacterClass::Digit), "1234"), None);
    assert_eq!(only(rules().at_most(0, CharacterClass::Digit), "12345"), None);
    let classes = [CharacterClass::Lower, CharacterClass::Upper];
    let asks = classes.into_iter().fold(Policy::builder(), |rules, class| rules.at_least(2, class));
    for (most, builds) in [(3, false), (4, true)] {
        let built = asks.clone().at_most(most, CharacterClass::Letter).build();
        assert_eq!(built.err().map(|error| error.field()), (!builds).then_some("at_most"));
    }
}

#[test]
fn a_character_counts_for_the_first_kind_that_it_is_of() {
    let kinds: [Category; 2] = [CharacterSet::of("ab").into(), CharacterClass::Lower.into()];
    let builder = || Policy::builder().at_least_kinds(2, kinds.clone());
    assert_eq!(only(builder(), "ac"), None);
    assert!(only(builder(), "ab").is_some());
}

#[test]
fn active_directory_asks_for_three_of_five() {
    let builder = || Policy::builder().active_directory_kinds();
    for accepted in ["aB1", "aB~", "a1日", "Б1ж", "日aB", "\u{1C5}1a"] {
        assert_eq!(only(builder(), accepted), None, "{accepted}");
    }
    // Neither the euro nor a space is special, nor is a digit of another script a digit.
    for refused in ["aB", "aB€", "aB ", "aB\u{661}", "日1", "日\u{1C5}1"] {
        let found = only(builder(), refused);
        assert!(
            found.is_some_and(|found| found.starts_with("password_too_few_kinds at_least=3 ")),
            "{refused}"
        );
    }
}

#[test]
fn the_kinds_are_written_out() {
    let found = |builder: PolicyBuilder| {
        build(builder).check_as_typed("", &Personal::none()).unwrap_err()[0].to_string()
    };
    let kinds: [Category; 3] = [
        CharacterClass::OtherLetter.into(),
        CharacterSet::of("0123").into(),
        CharacterClass::Letter.into(),
    ];
    assert_eq!(
        found(Policy::builder().at_least_kinds(2, kinds)),
        "Your new password must contain at least 2 of these kinds of characters: letters without case, 0-3 and letters."
    );
    assert_eq!(
        found(Policy::builder().at_least(2, CharacterSet::of("!$"))),
        "Your new password must contain at least 2 of these characters: !$"
    );
}

#[test]
fn a_sequence_is_accepted_up_to_the_limit() {
    let table = [
        (2, "xab12zy", "xabc", 1),
        (3, "abc321", "abcd", 0),
        (3, "cba123", "x4321", 1),
        (3, "aBcXyZ", "xAbCd", 1),
        (3, "abcba", "edcb", 0),
        // Digits and letters are no neighbours, nor are symbols.
        (2, "89:;<89", "789", 0),
        (3, "где", "где ёжзи", 4),
        (3, "απόρσς", "ΠΡΣΤ", 0),
        (4, "mnño", "lmnño", 0),
        (3, "あいう", "えういあ", 0),
        (3, "٤٥٦", "٤٥٦٧", 0),
        (3, "אבג", "דגבא", 0),
    ];
    for (max_sequence, accepted, refused, position) in table {
        let builder = || Policy::builder().max_sequence(max_sequence, SequenceEnds::Apart);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected = format!("password_has_sequence max_sequence={} @{}", max_sequence, position);
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn joined_ends_go_on_from_the_last_to_the_first() {
    for password in ["yzab", "bazy", "8901", "1098", "эюяа", "XYZA"] {
        let builder = |ends| Policy::builder().max_sequence(3, ends);
        assert_eq!(only(builder(SequenceEnds::Apart), password), None, "{password}");
        assert!(only(builder(SequenceEnds::Joined), password).is_some(), "{password}");
    }
}

#[test]
fn a_walk_is_accepted_up_to_the_limit() {
    let table = [
        (2, "qwop", "qwe", 0),
        (3, "qwe", "xqwer", 1),
        (3, "poi", "poiu", 0),
        // With shift, and with some of it.
        (3, "!@#", "!@#$", 0),
        (3, "qWe", "1@3$", 0),
        // Along both diagonals.
        (3, "1qa", "1qaz", 0),
        (3, "esz", "4esz", 0),
        (3, "zaq", "zaq!", 0),
        // QWERTZ, AZERTY, Dvorak and ЙЦУКЕН, and AltGr.
        (3, "tzu", "rtzu", 0),
        (3, "öä#", "löä#", 0),
        (3, "[]}", "{[]}", 0),
        (3, "aze", "azer", 0),
        (3, "aoe", "aOeu", 0),
        (3, "',.", "',.p", 0),
        (3, "jkx", "qjkx", 0),
        (3, "йцу", "йцук", 0),
        (3, "йфя", "цЫч 1йфя", 4),
        // Key pads.
        (2, "14 36", "147", 0),
        (2, "15 53", "159", 0),
        (3, "258", "2580", 0),
    ];
    for (max_keyboard_walk, accepted, refused, position) in table {
        let builder = || Policy::builder().max_keyboard_walk(max_keyboard_walk);
        assert_eq!(only(builder(), accepted), None, "{accepted}");
        let expected = format!(
            "password_has_keyboard_walk max_keyboard_walk={} @{}",
            max_keyboard_walk, position
        );
        assert_eq!(only(builder(), refused), Some(expected), "{refused}");
    }
}

#[test]
fn a_walk_that_turns_or_stays_is_a_new_one() {
    let builder = || Policy::builder().max_keyboard_walk(3);
    for accepted in ["qweewq", "were", "rewer", "qazse", "aaaa", "q w e r", "azsxdc"] {
        assert_eq!(only(builder(), accepted), None, "{accepted}");
    }
}

#[test]
fn nist_n13_context_words_and_their_derivatives_are_refused() {
    let builder = || Policy::builder().context_words(["Plum-Bank", "écu", "1bm", "Ж"]);
    for refused in [
        "plumbank",
        "PLUM BANK",
        "plum.bank",
        "p1um_b4nk",
        "PlumBank2026",
        "plumbank!",
        "-plumbank-",
        "plumbankplumbank",
        "PlumBank-PlumBank-7!",
        "Ecu",
        "e\u{301}cu1",
        "ECU\u{661}",
        "€cu",
        "1BM1BM",
        "1bm1234",
        "ж",
        "жЖж9",
    ] {
        assert_eq!(
            only(builder(), refused),
            Some("password_is_context_word".to_owned()),
            "{refused}"
        );
    }
    let bare = build(builder());
    assert!(bare.context_words().eq(["Plum-Bank", "écu", "1bm", "Ж"]));
}

#[test]
fn nist_n12_a_password_that_contains_a_context_word_is_accepted() {
    let builder = || Policy::builder().context_words(["plum"]);
    for accepted in
        ["", "plu", "plumkettle", "kettleplum", "2026plum", "plumplumx", "plumpl", "plum1x", "mulp"]
    {
        assert_eq!(only(builder(), accepted), None, "{accepted}");
    }
}

#[test]
fn catalogue_6_5_a_name_repeated_or_lengthened_is_refused() {
    for password in ["bobbobbobbob", "bob123456789012", "xxbobxx", "BOB", "BoB-kettle"] {
        assert!(names(password, Personal::none().username("bob")).is_some(), "{password}");
    }
}

#[test]
fn catalogue_6_6_names_of_every_script_are_found_alike() {
    for name in ["fyodor", "фёдор", "费奥多尔", "フョードル", "표도르", "😀😁😂", "Ζωή"]
    {
        let about = Personal::none().first_name(name);
        let upper = name.to_uppercase();
        let reversed: String = name.chars().rev().collect();
        let spread: String = name.chars().flat_map(|letter| [letter, '.']).collect();
        for part in [name, &upper, &reversed, &spread] {
            assert!(names(&format!("kettle{part}42"), about).is_some(), "{part}");
        }
        assert!(names("kettle42", about).is_none(), "{name}");
    }
}

#[test]
fn catalogue_6_7_other_orders_and_short_names_are_accepted() {
    let about = Personal::none().username("silent21").first_name("Li").last_name("O");
    for password in ["listen12", "lilies-and-orchids", "12tilens", "Li-O-Li-O"] {
        assert_eq!(names(password, about), None, "{password}");
    }
    assert!(names("Ann-kettle", Personal::none().first_name("Ann")).is_some());
    assert!(names("An-kettle", Personal::none().first_name("An")).is_none());
}

#[test]
fn catalogue_6_8_a_name_with_much_around_it_is_refused() {
    let about = Personal::none().username("fyodor");
    for filler in [300, 900, 1_100, 100_000] {
        let password = format!("{0}FyOdOr{0}", "x".repeat(filler));
        let builder = Policy::builder().max_bytes(usize::MAX).no_personal_names();
        assert!(build(builder).check_as_typed(&password, &about).is_err(), "{filler}");
    }
}

#[test]
fn leet_marks_and_separators_hide_no_name() {
    let about = Personal::none().first_name("Émile").last_name("van der Zell");
    for (password, attribute) in [
        ("3m1l3-kettle", Attribute::FirstName),
        ("e-m-i-l-e", Attribute::FirstName),
        ("xE\u{301}milex", Attribute::FirstName),
        ("ze11kettle", Attribute::LastName),
        ("2e!!", Attribute::LastName),
        ("11ez", Attribute::LastName),
        ("VanDerZell", Attribute::LastName),
    ] {
        assert_eq!(names(password, about), Some(attribute), "{password}");
    }
    // One of the letters that it stands for, for the whole of the password.
    assert_eq!(names("em11e", about), None);
}

#[test]
fn signs_that_spell_are_letters_and_accents_are_not() {
    for (name, password, is_found) in [
        // Vowel signs and viramas of India and its neighbours.
        ("रवि", "kettleरवि42", true),
        ("सीता", "सीता-kettle", true),
        ("मोहन", "महान-kettle", false),
        ("மீனா", "kettleமீனா", true),
        ("ঋতু", "kettle-ঋতু", true),
        ("ขวัญ", "kettle-ขวัญ", true),
        // A dot below, points of Hebrew and of Arabic, tones, a sign for how an emoji looks.
        ("क़मर", "kettleकमर", true),
        ("דָּנִיאֵל", "kettleדניאל", true),
        ("مُحَمَّد", "kettleمحمد", true),
        ("Nguyễn", "nguyen-kettle", true),
        ("❤\u{FE0F}★☆", "kettle❤★☆", true),
        // Letters that Unicode does not decompose.
        ("Łukasz", "kettle-lukasz", true),
        ("Søren", "soren-kettle", true),
        ("Đorđe", "DORDE-kettle", true),
        ("Işık", "isik-kettle", true),
        ("lukasz", "kettle-Łukasz", true),
    ] {
        let found = names(password, Personal::none().first_name(name));
        assert_eq!(found.is_some(), is_found, "{name} {password}");
    }
}

#[test]
fn hangul_that_is_spelled_in_letters_meets_composed_passwords() {
    let builder = || Policy::builder().max_bytes(8_192);
    let listed = |word: &str| {
        let bytes = CommonPasswords::build([word]).unwrap();
        builder().not_among(CommonPasswords::from_shared(Arc::new(bytes)).unwrap())
    };
    for word in ["김민준서", "세종대왕", "각각가갛"] {
        let spelled: String = word.nfd().collect();
        assert!(spelled.chars().count() > word.chars().count());
        for policy in [
            builder().context_words([spelled.as_str()]),
            builder().not_containing([spelled.as_str()]),
            listed(&spelled),
        ] {
            let policy = build(policy);
            assert!(policy.check_as_typed(word, &Personal::none()).is_err(), "{word}");
            assert!(policy.check_as_typed("세종대학", &Personal::none()).is_ok(), "{word}");
        }
        for value in [spelled.clone(), format!("emily {spelled}"), format!("{spelled}@example.com")]
        {
            let policy = build(builder().no_personal_names());
            let about = Personal::none().username(value.as_str());
            for filler in [1, 10, 2_000] {
                let filler = "x".repeat(filler);
                let check =
                    |word: &str| policy.check_as_typed(&format!("{filler}{word}-{filler}"), &about);
                assert!(check(word).is_err(), "{value}");
                assert!(check(&word.chars().rev().collect::<String>()).is_err(), "{value}");
                assert!(check("세종대학").is_ok(), "{value}");
            }
        }
    }
    // It is syllables that are counted.
    let spelled: String = "지민".nfd().collect();
    assert_eq!(names("지민-kettle", Personal::none().first_name(spelled.as_str())), None);
}

#[test]
fn of_an_address_the_part_before_the_at_sign_is_looked_for() {
    let about = Personal::none().email("emily.rose@mail.example.com");
    for password in ["xemilyx", "rosexx", "emilyrosexx", "ily.rose", "mail.example"] {
        assert_eq!(names(password, about), Some(Attribute::Email), "{password}");
    }
    for password in ["mailbox-kettle", "example-kettle", "computer"] {
        assert_eq!(names(password, about), None, "{password}");
    }
}

#[test]
fn an_at_sign_that_makes_no_address_hides_no_name() {
    for (value, password) in [
        ("@emily_rose", "emily_rose2026!"),
        ("@emily_rose", "kettle-rose"),
        ("_@emily", "emily-kettle"),
        ("@emily@social.example", "emily-kettle"),
        ("Smith (IT@HQ) Hagens", "hagens-kettle"),
        ("Smith (IT@HQ) Hagens", "kettle-smith"),
        ("emily rose@home", "home-kettle"),
        ("emily@", "emily-kettle"),
    ] {
        let about = Personal::none().username(value);
        assert_eq!(names(password, about), Some(Attribute::Username), "{value} {password}");
    }
    for (value, password) in [
        ("@emily@social.example", "social-kettle"),
        ("emily@home", "home-kettle"),
        ("Smith (IT@HQ) Hagens", "it-hq-kettle"),
    ] {
        assert_eq!(names(password, Personal::none().username(value)), None, "{value} {password}");
    }
}

#[test]
fn the_first_sixteen_words_that_are_long_enough_are_looked_for() {
    let short = "J. R. - ";
    let words = |count: usize| format!("{}quill {short}", format!("plum {short}").repeat(count));
    for (value, is_found) in [(words(15), true), (words(16), false)] {
        let policy = build(Policy::builder().no_personal_names());
        let about = Personal::none().username(value.as_str());
        for password in ["quill-kettle", "xlliuqx"] {
            assert_eq!(
                policy.check_as_typed(password, &about).is_err(),
                is_found,
                "{value} {password}"
            );
        }
        // So it is beside a password that is searched instead.
        let long = format!("{}quill", "kettle-orbit-".repeat(200));
        let policy = Policy::builder().max_bytes(usize::MAX);
        assert_eq!(
            build(policy.no_personal_names()).check_as_typed(&long, &about).is_err(),
            is_found
        );
    }
    let about = Personal::none().last_name("J. R. R.");
    assert_eq!(names("kettle-jrr", about), Some(Attribute::LastName));
    assert_eq!(names("kettle-jr", about), None);
}

#[test]
fn the_first_attribute_is_named_in_whichever_reading() {
    let about = Personal::none().username("emily").first_name("plum");
    assert_eq!(names("plum-3mily", about), Some(Attribute::Username));
}

#[test]
fn catalogue_6_28_names_of_any_shape_are_taken() {
    let large = "a".repeat(1 << 20);
    for value in ["", "x", "_", "...", "\u{301}", "@", "@@", "Σ", "1!|", large.as_str()] {
        let about = Personal::none().username(value).email(value);
        for password in ["", "x", "Plum-kettle-4", "\u{301}", "@"] {
            assert_eq!(names(password, about), None, "{value:.9} {password}");
        }
    }
}

#[test]
fn warnings_refuse_nothing() {
    let wishes = build(Policy::builder().min_length(12).max_repeat(2));
    let policy = build(Policy::builder().max_bytes(16).min_length(8).warn(wishes));
    let none = Personal::none();
    let warned = |password: &str| {
        let violations = policy.warnings(&typed(password), &none);
        violations.into_iter().flatten().map(|violation| violation.code()).collect::<Vec<_>>()
    };
    assert!(policy.check_as_typed("plummmkettle", &none).is_ok());
    assert_eq!(warned("plummmkettle"), ["password_repeats_character"]);
    assert_eq!(warned("plumkettle"), ["password_too_short"]);
    assert!(warned("plum-kettle-").is_empty());
    assert!(warned("plummm-kettle-plum").is_empty());
    assert_eq!(build(Policy::builder()).warnings(&typed(""), &none), None);
    assert!(policy.requirements().all(|asked| asked.code() != "password_repeats_character"));
}

#[test]
fn wishes_that_need_more_than_the_password_warn() {
    let wishes = build(
        Policy::builder()
            .min_changed(4)
            .not_rearranged()
            .not_among_last(2)
            .max_breaches(9, WhenUnknown::Refuse),
    );
    let policy = build(Policy::builder().max_bytes(32).not_among_last(1).warn(wishes));
    let none = Personal::none();
    let hashes = ["another", "plum-kettle-42", "a third"];
    let hashes = hashes.map(|hash| (hash, Duration::ZERO));
    let asked = |of: &Policy, new: &str| of.check_history(&typed(new), hashes, |hash| hash == new);
    let warned = |old: &str, new: &str, breach| {
        let old = typed(old);
        let (history, answer) = (asked(&policy, new), BreachAnswer::new(&typed(new), breach));
        let evidence = Evidence::of_change(&old).history(&history).breach(&answer);
        assert_eq!(policy.check_with(&typed(new), &none, evidence), Ok(()));
        let history = asked(policy.wishes().unwrap(), new);
        let warnings = policy.warnings_with(&typed(new), &none, evidence.history(&history));
        warnings.into_iter().flatten().map(|warning| warning.code()).collect::<Vec<_>>()
    };
    let (old, new, reply) = ("orbit-saddle-7", "tassel-meadow-31", Breach::seen);
    assert!(warned(old, new, reply(9)).is_empty());
    assert_eq!(warned(old, new, reply(10)), ["password_breached"]);
    let away = Breach::Unknown(BreachUnknown::Unreachable);
    assert_eq!(warned(old, new, away), ["password_breach_unknown"]);
    assert_eq!(warned(old, "orbit-saddle-842", reply(0)), ["password_too_little_changed"]);
    assert!(warned(old, "orbit-saddle-8421", reply(0)).is_empty());
    assert_eq!(
        warned(old, "7orbit-saddle-", reply(0)),
        ["password_too_little_changed", "password_rearranged_rotated"]
    );
    assert_eq!(warned(old, "plum-kettle-42", reply(0)), ["password_used_before"]);
    assert!(warned(old, "a third", reply(0)).is_empty());

    let codes = |warnings: Option<Violations>| {
        warnings.into_iter().flatten().map(|warning| warning.code()).collect::<Vec<_>>()
    };
    let unknown = codes(policy.warnings_with(&typed(new), &none, Evidence::of_reset()));
    assert_eq!(unknown, ["password_history_unknown", "password_breach_unknown"]);
    assert_eq!(policy.warnings(&typed(new), &none), None);
    assert_eq!(policy.warnings_with(&typed(&"x".repeat(33)), &none, Evidence::of_reset()), None);
    assert!(build(Policy::builder()).wishes().is_none());
}

/// What the whole policy takes is not warned of for the default ceiling of the wishes.
#[test]
fn wishes_have_the_ceiling_of_the_whole() {
    let wide = || Policy::builder().max_bytes(4_096);
    let warned = |wishes: PolicyBuilder, password: &str, about: &Personal<'_>| {
        let warnings = build(wide().warn(build(wishes))).warnings(&typed(password), about);
        warnings.into_iter().flatten().map(|warning| warning.code()).collect::<Vec<_>>()
    };
    let (long, value) = ("plum-kettle-".repeat(100), "saddle-".repeat(100));
    let about = Personal::none().username(&*value);
    assert!(warned(Policy::builder().min_length(20), &long, &about).is_empty());
    assert_eq!(
        warned(Policy::builder().max_repeat(2), &format!("{long}xxx"), &about),
        ["password_repeats_character"]
    );
    let short = Policy::builder().max_bytes(1_199);
    assert_eq!(warned(short, &long, &about), ["password_too_many_bytes"]);
    assert!(warned(Policy::builder().max_bytes(1_200), &long, &about).is_empty());
}

/// Services keep these in their translations: to rename one is a breaking change.
#[test]
fn codes_are_frozen() {
    for (builder, password, code) in each_alone() {
        let policy = build(builder);
        assert_eq!(found(&policy, password), [code]);
        assert_eq!(policy.requirements().filter(|asked| asked.code() == code).count(), 1);
        assert!(policy.requirements().all(|asked| !asked.to_string().is_empty()));
    }
}

/// Whoever translates the texts learns from the keys which parameters a program gets.
#[test]
fn every_parameter_of_a_violation_is_among_those_of_its_key() {
    let unknown = Policy::builder().max_breaches(0, WhenUnknown::Refuse);
    let unknown =
        build(unknown).check_with(&typed("plum"), &Personal::none(), Evidence::of_reset());
    let all = each_alone().into_iter().map(|(builder, password, _)| {
        build(builder).check_as_typed(password, &Personal::none()).unwrap_err()
    });
    for violation in all.chain([unknown.unwrap_err()]).flatten() {
        let key = Catalogue::keys().find(|key| key.name() == violation.code()).unwrap();
        for (name, _) in violation.params() {
            assert!(key.parameters().contains(&name), "{}: {name}", violation.code());
        }
    }
}

#[test]
fn what_contradicts_itself_does_not_build() {
    for (builder, code, field) in contradictions() {
        let error = builder.build().unwrap_err();
        assert_eq!((error.code(), error.field()), (code, field));
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn what_just_fits_builds() {
    let builder = Policy::builder;
    let digits = || CharacterSet::of("0123456789");
    for builder in [
        builder().allowed_characters(digits()).at_least(2, CharacterClass::Digit),
        builder().illegal_characters(CharacterSet::of("").and_range('\0'..='z')),
        builder().allowed_characters(CharacterSet::of(" a")).no_white_space(WhiteSpace::Anywhere),
        builder().allowed_characters(CharacterSet::of("é")).min_length(512),
        builder().max_repeat(1),
        builder().max_length(4).max_sequence(3, SequenceEnds::Apart).max_keyboard_walk(3),
        builder().max_sequence(2, SequenceEnds::Joined).max_keyboard_walk(2),
        builder().context_words(["é"]),
        builder().max_length(8).max_repeat(7).max_class_repeat(7).min_distinct(8),
        builder().allowed_characters(CharacterSet::of("abc")).min_distinct(3),
        builder().allowed_characters(CharacterSet::of("a")).min_length(3).max_repeat(3),
        builder().at_least(6, CharacterClass::Digit).max_length(8).max_class_repeat(2),
        builder().allowed_characters(digits()).min_length(4).max_class_repeat(4),
        builder().at_least_kinds(1, [CharacterClass::Digit]).allowed_characters(digits()),
        builder().at_least(8, CharacterSet::of("!")).max_length(8),
        builder()
            .at_least(4, CharacterClass::Letter)
            .at_least(4, CharacterClass::Lower)
            .max_length(4),
    ] {
        assert!(builder.build().is_ok());
    }
}

/// Each rule with a password that breaks it, and its code.
fn each_alone() -> Vec<(PolicyBuilder, &'static str, &'static str)> {
    let builder = Policy::builder;
    vec![
        (builder().no_white_space(WhiteSpace::Anywhere), "a b", "password_has_white_space"),
        (
            builder().no_white_space(WhiteSpace::AtTheEnds),
            "a ",
            "password_has_white_space_at_the_ends",
        ),
        (builder().no_control_characters(), "a\0", "password_has_control_character"),
        (
            builder().allowed_characters(CharacterSet::of("a")),
            "b",
            "password_character_not_allowed",
        ),
        (
            builder().illegal_characters(CharacterSet::of("b")),
            "b",
            "password_has_illegal_character",
        ),
        (builder().max_sequence(2, SequenceEnds::Apart), "abc", "password_has_sequence"),
        (builder().max_keyboard_walk(2), "qwe", "password_has_keyboard_walk"),
        (builder().context_words(["plum"]), "Plum1", "password_is_context_word"),
        (builder().no_palindrome(), "abba", "password_is_palindrome"),
        (builder().max_repeat(2), "aaa", "password_repeats_character"),
        (builder().max_class_repeat(2), "abc", "password_repeats_class"),
        (builder().min_distinct(3), "abab", "password_too_few_distinct"),
        (builder().max_occurrences(1), "aba", "password_has_character_too_often"),
        (builder().not_containing(["plum"]), "aplumb", "password_has_forbidden_word"),
        (builder().at_least(1, CharacterSet::of("!")), "a", "password_missing_from_set"),
        (builder().active_directory_kinds(), "aB", "password_too_few_kinds"),
    ]
}

fn contradictions() -> Vec<(PolicyBuilder, &'static str, &'static str)> {
    let builder = Policy::builder;
    vec![
        (builder().allowed_characters(CharacterSet::of("")), "policy_empty", "allowed_characters"),
        (builder().illegal_characters(CharacterSet::of("")), "policy_empty", "illegal_characters"),
        (
            builder()
                .allowed_characters(CharacterSet::of("ab"))
                .illegal_characters(CharacterSet::of("abc")),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder()
                .allowed_characters(CharacterSet::of(" \t"))
                .no_white_space(WhiteSpace::Anywhere),
            "policy_no_character_left",
            "allowed_characters",
        ),
        (
            builder().allowed_characters(CharacterSet::of("ab")).at_least(1, CharacterClass::Digit),
            "policy_class_not_allowed",
            "at_least",
        ),
        (
            builder().allowed_characters(CharacterSet::of("é")).min_length(513),
            "policy_asks_for_too_much",
            "min_length",
        ),
        (
            builder().max_sequence(1, SequenceEnds::Apart),
            "policy_value_out_of_range",
            "max_sequence",
        ),
        (
            builder().max_length(8).max_sequence(8, SequenceEnds::Apart),
            "policy_value_out_of_range",
            "max_sequence",
        ),
        (builder().max_keyboard_walk(1), "policy_value_out_of_range", "max_keyboard_walk"),
        (
            builder().max_length(8).max_keyboard_walk(8),
            "policy_value_out_of_range",
            "max_keyboard_walk",
        ),
        (builder().context_words(["a", "-"]), "policy_empty", "context_words"),
        (builder().context_words([""; 0]), "policy_empty", "context_words"),
        (builder().max_repeat(0), "policy_value_out_of_range", "max_repeat"),
        (builder().max_length(8).max_repeat(8), "policy_value_out_of_range", "max_repeat"),
        (
            builder().allowed_characters(CharacterSet::of("a")).min_length(3).max_repeat(2),
            "policy_value_out_of_range",
            "max_repeat",
        ),
        (builder().max_class_repeat(0), "policy_value_out_of_range", "max_class_repeat"),
        (builder().max_class_repeat(1_024), "policy_value_out_of_range", "max_class_repeat"),
        (
            builder().at_least(7, CharacterClass::Digit).max_length(8).max_class_repeat(3),
            "policy_contradiction",
            "at_least",
        ),
        (
            builder()
                .allowed_characters(CharacterSet::of("0123"))
                .min_length(4)
                .max_class_repeat(3),
            "policy_value_out_of_range",
            "max_class_repeat",
        ),
        (builder().max_occurrences(0), "policy_value_out_of_range", "max_occurrences"),
        (
            builder().max_length(8).max_occurrences(8),
            "policy_value_out_of_range",
            "max_occurrences",
        ),
        (builder().min_distinct(0), "policy_value_out_of_range", "min_distinct"),
        (builder().max_length(8).min_distinct(9), "policy_value_out_of_range", "min_distinct"),
        (
            builder().allowed_characters(CharacterSet::of("abc")).min_distinct(4),
            "policy_value_out_of_range",
            "min_distinct",
        ),
        (
            builder().at_least(9, CharacterSet::of("!")).max_length(8),
            "policy_value_out_of_range",
            "at_least",
        ),
        (
            builder().at_least(1, CharacterSet::of("!")).allowed_characters(CharacterSet::of("a")),
            "policy_value_out_of_range",
            "at_least",
        ),
        (
            builder().at_least_kinds(0, [CharacterClass::Digit]),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder().at_least_kinds(2, [CharacterClass::Digit]),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder().active_directory_kinds().allowed_characters(CharacterSet::of("aB")),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder().active_directory_kinds().max_length(2),
            "policy_value_out_of_range",
            "at_least_kinds",
        ),
        (
            builder()
                .at_least(4, CharacterClass::Letter)
                .at_least(4, CharacterClass::OtherLetter)
                .at_least(1, CharacterClass::Lower)
                .max_length(4),
            "policy_asks_for_too_much",
            "at_least",
        ),
    ]
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

fn names(password: &str, about: Personal<'_>) -> Option<Attribute> {
    let policy = build(Policy::builder().no_personal_names());
    let found = policy.check_as_typed(password, &about).err()?;
    assert_eq!(found[0].code(), "password_has_personal_name");
    found[0].param("attribute")?.attribute()
}

/// The one violation of a policy with one rule.
fn only(builder: PolicyBuilder, password: &str) -> Option<String> {
    let violations = build(builder).check_as_typed(password, &Personal::none()).err()?;
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations.first().map(shown)
}

fn found(policy: &Policy, password: &str) -> Vec<&'static str> {
    let violations = policy.check_as_typed(password, &Personal::none()).err();
    violations.into_iter().flatten().map(|violation| violation.code()).collect()
}
