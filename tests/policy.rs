//! The rules of a policy, each number from both sides.

#[path = "support/shown.rs"]
mod shown;

use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::policy::{
    Attribute, CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal, Policy,
    PolicyBuilder, PolicyError,
};
use shown::{all_shown, asked, shown, typed};

#[test]
fn what_an_account_says_of_its_owner_is_compared_with_the_password() {
    let email = |text: &str| Contact::email(text).unwrap();
    let account = Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("lovelace").unwrap())
        .with_names("Augusta", "Byronson")
        .with_email(Email::verified(email("ada@example.org")))
        .with_email(Email::unverified(email("rosewater@orchard.example")));
    let policy = Policy::builder().max_similarity(0.7).build().unwrap();
    for password in ["lovelace1", "augusta1", "byronson1", "ada@example.or", "rosewater1"] {
        assert!(policy.check_as_typed(password, &Personal::of(&account)).is_err(), "{password}");
    }
    assert!(policy.check_as_typed("plum-kettle-42", &Personal::of(&account)).is_ok());
    // As many as there are: the ceiling of a policy is for what a host adds.
    let many = (0..100).fold(account, |account, number| {
        account.with_email(Email::verified(email(&format!("quince{number}@mail.example"))))
    });
    assert!(policy.check_as_typed("rosewater1", &Personal::of(&many)).is_err());
    assert!(policy.check_as_typed("plum-kettle-42", &Personal::of(&many)).is_ok());
}

#[test]
fn minimum_length_counts_code_points() {
    let policy = build(Policy::builder().min_length(8));
    let short = || Some(format!("password_too_short min_length={}", 8));
    let table = [
        ("", short()),
        ("abcdefg", short()),
        ("abcdefgh", None),
        ("日本語日本語日", short()),
        ("日本語日本語日本", None),
    ];
    for (password, expected) in table {
        assert_eq!(only(&policy, password), expected, "{password}");
    }
}

#[test]
fn catalogue_6_20_an_emoji_is_one_character_and_a_mark_is_another() {
    let policy = build(Policy::builder().min_length(8));
    assert!(only(&policy, &"\u{1F600}".repeat(7)).is_some());
    assert!(only(&policy, &"\u{1F600}".repeat(8)).is_none());
    // As given: four letters with a combining accent are eight code points, and four once composed.
    assert!(only(&policy, &"e\u{301}".repeat(4)).is_none());
    assert!(only(&policy, &"\u{E9}".repeat(4)).is_some());
}

#[test]
fn catalogue_6_16_a_nul_is_a_character() {
    assert!(
        only(&build(Policy::builder().allow_control_characters().min_length(7)), "abc\0def")
            .is_none()
    );
    assert!(
        only(&build(Policy::builder().allow_control_characters().min_length(8)), "abc\0def")
            .is_some()
    );
}

/// Nothing ends at the NUL, and nothing takes it out.
#[test]
fn catalogue_6_16_what_is_behind_a_nul_tells_passwords_apart() {
    let with_nul = "abc\0def";
    for other in ["abc", "abcdef", "abc\0", "abc\0deg", "abc def"] {
        let bytes = CommonPasswords::build([other]).unwrap();
        let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap();
        let policy = build(Policy::builder().allow_control_characters().not_among(list));
        assert_eq!(only(&policy, with_nul), None, "{other:?}");
        assert_eq!(only(&policy, other), Some("password_too_common".to_owned()), "{other:?}");

        // The same one is no change, another is.
        let policy = build(Policy::builder().allow_control_characters().min_changed(1));
        let none = Personal::none();
        let (old, new) = (typed(other), typed(with_nul));
        let checked = policy.check_with(&new, &none, Evidence::of_change(&old));
        assert_eq!(checked, Ok(()), "{other:?}");
        assert!(policy.check_with(&new, &none, Evidence::of_change(&new)).is_err());
    }
    let bytes = CommonPasswords::build([with_nul]).unwrap();
    let list = CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap();
    assert_eq!(
        only(&build(Policy::builder().allow_control_characters().not_among(list)), with_nul),
        Some("password_too_common".to_owned())
    );
}

#[test]
fn maximum_length_counts_code_points() {
    let policy = build(Policy::builder().max_length(4));
    assert_eq!(only(&policy, "abcd"), None);
    assert_eq!(only(&policy, "abcde"), Some(format!("password_too_long max_length={}", 4)));
    assert_eq!(only(&policy, &"\u{1F600}".repeat(4)), None);
    assert_eq!(
        only(&policy, &"\u{1F600}".repeat(5)),
        Some(format!("password_too_long max_length={}", 4))
    );
}

#[test]
fn the_ceiling_counts_bytes_and_is_1024_unless_told() {
    let default = build(Policy::builder());
    let explicit = build(Policy::builder().max_bytes(72));
    for (policy, ceiling) in [(default, 1_024), (explicit, 72)] {
        let refused = Some(format!("password_too_many_bytes max_bytes={}", ceiling));
        assert_eq!(only(&policy, &"x".repeat(ceiling)), None);
        assert_eq!(only(&policy, &"x".repeat(ceiling + 1)), refused);
        assert_eq!(only(&policy, &"\u{1F600}".repeat(ceiling / 4)), None);
        assert_eq!(only(&policy, &"\u{1F600}".repeat(ceiling / 4 + 1)), refused);
    }
}

#[test]
fn catalogue_6_13_a_ceiling_of_72_bytes_fits_24_characters_of_three() {
    let policy = build(Policy::builder().max_bytes(72));
    assert!(only(&policy, &"日".repeat(24)).is_none());
    assert!(only(&policy, &"日".repeat(25)).is_some());
}

#[test]
fn catalogue_6_1_above_the_ceiling_no_other_rule_is_asked() {
    let policy = build(everything());
    let digits = "1".repeat(10 * 1024 * 1024);
    let about = Personal::none().username(digits.as_str());
    assert_eq!(
        all_shown(&policy.check_as_typed(&digits, &about).unwrap_err()),
        [format!("password_too_many_bytes max_bytes={}", 1_024)]
    );
}

#[test]
fn each_class_is_counted_on_both_sides_of_its_minimum() {
    let table = [
        (CharacterClass::Lower, "xyzABC12--", "xyABC12--"),
        (CharacterClass::Upper, "XYZabc12--", "XYabc12--"),
        (CharacterClass::Digit, "123abAB--", "12abAB--"),
        (CharacterClass::Symbol, "-!$abAB12", "-!abAB12"),
        // Other scripts count too: Cyrillic letters, Arabic-Indic digits, the euro sign and a wide
        // space.
        (CharacterClass::Lower, "пар", "па"),
        (CharacterClass::Upper, "ПАР", "ПАр"),
        (CharacterClass::Digit, "\u{661}\u{662}\u{663}", "\u{661}\u{662}\u{B2}"),
        (CharacterClass::Symbol, "€ \u{3000}", "€ \t"),
    ];
    for (class, enough, too_few) in table {
        let policy = build(Policy::builder().allow_control_characters().at_least(3, class));
        assert_eq!(only(&policy, enough), None, "{enough}");
        let name = match class {
            CharacterClass::Lower => "lowercase letters",
            CharacterClass::Upper => "uppercase letters",
            CharacterClass::Digit => "digits",
            _ => "symbols",
        };
        let expected = format!("password_missing_classes classes=3 {name}");
        assert_eq!(only(&policy, too_few), Some(expected), "{too_few}");
    }
}

#[test]
fn characters_of_no_class_count_for_none() {
    let policy = build(
        [
            CharacterClass::Lower,
            CharacterClass::Upper,
            CharacterClass::Digit,
            CharacterClass::Symbol,
        ]
        .into_iter()
        .fold(Policy::builder().allow_control_characters(), |builder, class| {
            builder.at_least(1, class)
        }),
    );
    // A title-case letter, a modifier letter, an ideograph, a letter number, a mark, a control, a
    // joiner.
    assert_eq!(
        only(&policy, "\u{1C5}\u{2B0}日\u{2167}\u{301}\u{7}\u{200D}").as_deref(),
        Some(
            "password_missing_classes \
             classes=1 lowercase letter, 1 uppercase letter, 1 digit and 1 symbol"
        )
    );
}

#[test]
fn missing_classes_are_one_violation_that_names_them() {
    let policy = build(
        Policy::builder()
            .at_least(1, CharacterClass::Lower)
            .at_least(2, CharacterClass::Digit)
            .at_least(1, CharacterClass::Symbol),
    );
    let found = policy.check_as_typed("abcdef7", &Personal::none()).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(found.to_string(), "Your new password must contain at least 2 digits and 1 symbol.");
}

#[test]
fn catalogue_6_23_a_line_break_between_the_letters_changes_nothing() {
    let policy = build(
        Policy::builder()
            .allow_control_characters()
            .at_least(1, CharacterClass::Lower)
            .at_least(1, CharacterClass::Upper),
    );
    for password in ["a\nB", "a\r\nB", "A\rb"] {
        assert_eq!(only(&policy, password), None, "{password:?}");
    }
}

#[test]
fn entirely_numeric_means_digits_and_nothing_else() {
    let policy = build(Policy::builder().not_entirely_numeric());
    for digits in
        ["0", "12345678", "\u{664}\u{662}", "\u{B2}\u{2460}", "\u{1369}", "\u{1F10A}", "1\u{FF11}"]
    {
        assert_eq!(only(&policy, digits), Some("password_entirely_numeric".to_owned()), "{digits}");
    }
    for other in ["", "1234567a", "-1", "1 2", "1.5", "\u{BD}", "\u{2167}", "\u{4E09}", "1\u{301}"]
    {
        assert_eq!(only(&policy, other), None, "{other}");
    }
}

/// By Python's `str.isdecimal` and `str.isdigit`; the third set is the ten of ASCII.
#[test]
fn catalogue_6_12_digits_of_the_class_of_the_numeric_rule_and_of_ascii_are_three_sets() {
    let class = build(Policy::builder().at_least(1, CharacterClass::Digit));
    let ascii = build(Policy::builder().at_least(1, CharacterSet::of("").and_range('0'..='9')));
    let numeric = build(Policy::builder().not_entirely_numeric());
    let of_ascii = "079";
    let decimal = "\u{660}\u{669}\u{6F0}\u{7C0}\u{966}\u{9E6}\u{E50}\u{1040}\u{17E0}\u{FF10}\u{FF19}\
                   \u{104A0}\u{1D7CE}\u{1D7D8}\u{1D7FF}\u{1FBF0}";
    let digit = "\u{B2}\u{B9}\u{1369}\u{2070}\u{2079}\u{2080}\u{2460}\u{2474}\u{2488}\u{24EA}\u{2776}\
                 \u{278A}\u{10A40}\u{1F100}";
    let numeral = "\u{BC}\u{F2A}\u{2153}\u{2163}\u{3007}\u{4E09}\u{3220}\u{3248}\u{16EE}\u{1F10B}\
                   \u{BF0}\u{1D360}";
    for (characters, is_ascii, is_decimal, is_digit) in [
        (of_ascii, true, true, true),
        (decimal, false, true, true),
        (digit, false, false, true),
        (numeral, false, false, false),
        ("xé日\u{301}", false, false, false),
    ] {
        for character in characters.chars() {
            for place in 0..5 {
                let among = |other: &str| {
                    let (before, behind) = (other.repeat(place), other.repeat(4 - place));
                    format!("{before}{character}{behind}")
                };
                let label = format!("U+{:X} at {place}", u32::from(character));
                assert_eq!(only(&ascii, &among("x")).is_none(), is_ascii, "{label}");
                assert_eq!(only(&class, &among("x")).is_none(), is_decimal, "{label}");
                assert_eq!(only(&numeric, &among("1")).is_some(), is_digit, "{label}");
            }
        }
    }
}

/// Twice the shared characters over the sum of the lengths: 14/20 at seven of ten and ten.
#[test]
fn similarity_refuses_at_the_limit_and_not_below() {
    let policy = build(Policy::builder().max_similarity(0.7));
    let about = Personal::none().username("abcdefghij");
    assert_eq!(found(&policy, "abcdefgXYZ", &about), ["password_too_similar"]);
    assert!(found(&policy, "abcdefWXYZ", &about).is_empty());
    let above = build(Policy::builder().max_similarity(0.7_f64.next_up()));
    assert!(found(&above, "abcdefgXYZ", &about).is_empty());
}

#[test]
fn similarity_looks_at_each_word_and_at_the_whole() {
    let policy = build(Policy::builder().max_similarity(1.0));
    let about = Personal::none().email("emily.rose@example.com");
    for password in
        ["EMILY", "rose", "example", "com", "emily.rose@example.com", "moc.elpmaxe@esor.ylime"]
    {
        assert_eq!(found(&policy, password, &about), ["password_too_similar"], "{password}");
    }
    for password in ["emily.rose", "example.com", "emil"] {
        assert!(found(&policy, password, &about).is_empty(), "{password}");
    }
}

#[test]
fn similarity_names_the_first_attribute() {
    let policy = build(Policy::builder().max_similarity(0.7));
    let all = Personal::none()
        .username("kettle")
        .first_name("kettle")
        .last_name("kettle")
        .email("kettle@example.com");
    let table = [
        (all, Attribute::Username),
        (all.username(None), Attribute::FirstName),
        (all.username("").first_name(None), Attribute::LastName),
        (all.username("plum").first_name("plum").last_name("plum"), Attribute::Email),
    ];
    for (about, attribute) in table {
        assert_eq!(
            all_shown(&policy.check_as_typed("Kettle1", &about).unwrap_err()),
            [format!("password_too_similar attribute={}", attribute.name())]
        );
    }
}

#[test]
fn marks_and_punctuation_divide_words_and_the_underscore_does_not() {
    let policy = build(Policy::builder().max_similarity(1.0));
    for (value, word, is_part) in [
        ("rose_red", "rose", false),
        ("rose-red", "rose", true),
        ("rose\u{203F}red", "rose", true),
        ("rose\u{301}red", "rose", true),
        // A vowel sign is Alphabetic but neither letter nor number.
        ("\u{915}\u{93E}\u{916}", "\u{915}", true),
        ("rose\u{2167}red", "rose", false),
        ("rose\u{BD}red", "rose", false),
        ("rose\u{24D0}red", "rose", true),
    ] {
        let about = Personal::none().username(value);
        assert_eq!(!found(&policy, word, &about).is_empty(), is_part, "{value}");
    }
}

#[test]
fn catalogue_6_5_as_in_django_a_repeated_name_is_accepted() {
    let policy = build(Policy::builder().max_similarity(0.7));
    assert!(found(&policy, "bobbobbobbob", &Personal::none().username("bob")).is_empty());
}

#[test]
fn catalogue_6_6_scripts_are_treated_alike() {
    let policy = build(Policy::builder().max_similarity(0.7));
    for name in ["abcdefg", "абвгдеж", "日月火水木金土", "😀😁😂😃😄😅😆"]
    {
        let about = Personal::none().username(name);
        assert_eq!(found(&policy, &format!("{name}XYZ"), &about).len(), 1, "{name}");
        assert!(found(&policy, &format!("{name}STUVWXYZ"), &about).is_empty(), "{name}");
    }
}

#[test]
fn catalogue_6_8_no_length_switches_a_rule_off() {
    let policy = build(Policy::builder().max_bytes(usize::MAX).max_similarity(0.7));
    // Of an attribute, 256 bytes are compared.
    let value = "emily".repeat(100_000);
    for (characters, is_similar) in [(256, true), (475, true), (476, false)] {
        let codes = found(&policy, &value[..characters], &Personal::none().username(&*value));
        assert_eq!(codes, &["password_too_similar"][..usize::from(is_similar)], "{characters}");
    }
}

#[test]
fn catalogue_6_28_attributes_of_any_shape_are_taken() {
    let policy = build(everything().max_bytes(usize::MAX).max_length(usize::MAX));
    let (large, large_greek) = ("a".repeat(1 << 20), "ΑΣ.".repeat(1 << 18));
    for value in
        ["", "x", "_", "...", "\u{301}", "\0", "@", "Σ", large.as_str(), large_greek.as_str()]
    {
        let about =
            Personal::none().username(value).first_name(value).last_name(value).email(value);
        for password in ["", "x", "Plum-kettle-4", "ΣΑΣ", large.as_str(), large_greek.as_str()] {
            // That it answers at all is what is asked here.
            let _ = policy.check_as_typed(password, &about);
        }
    }
}

#[test]
fn an_empty_password_resembles_an_attribute_that_a_separator_begins_or_ends() {
    let policy = build(Policy::builder().max_similarity(0.7));
    for (value, similar) in
        [("-a", true), ("a-", true), ("a-b", false), ("-", true), ("a", false), ("", false)]
    {
        assert_eq!(
            !found(&policy, "", &Personal::none().username(value)).is_empty(),
            similar,
            "{value}"
        );
    }
}

#[test]
fn a_sigma_ends_a_word_or_does_not() {
    let policy = build(Policy::builder().max_similarity(1.0));
    for text in [
        "Σ",
        "ΑΣ",
        "ΑΣΑ",
        "ΑΣ'",
        "ΑΣ'Α",
        "ΑΣ Α",
        "'Σ",
        "Α'Σ",
        "Α.Σ.",
        "ΑΣΣ",
        "ΑΣ\u{2B0}",
        "1Σ",
        "\u{1C5}Σ",
    ] {
        let lowered = text.to_lowercase();
        let other: String =
            lowered.replace(['σ', 'ς'], if lowered.contains('ς') { "σ" } else { "ς" });
        let about = Personal::none().username(text);
        assert_eq!(found(&policy, &lowered, &about).len(), 1, "{text}");
        assert!(found(&policy, &other, &about).is_empty(), "{text}");
    }
}

#[test]
fn violations_come_all_at_once_in_the_order_of_the_requirements() {
    let policy = build(everything().min_length(12));
    let codes: Vec<_> = policy.requirements().map(|requirement| requirement.code()).collect();
    let about = Personal::none().username("777777");
    let found = found(&policy, "777777", &about);
    let mut places = found.iter().map(|code| codes.iter().position(|other| other == code).unwrap());
    assert!(places.clone().is_sorted());
    assert_eq!(places.next(), Some(1));
    assert!(found.len() >= 4, "{found:?}");
}

#[test]
fn a_policy_of_no_rules_asks_for_the_ceiling_and_the_defaults_alone() {
    let asked = |policy: &Policy| policy.requirements().map(|one| asked(&one)).collect::<Vec<_>>();
    let ceiling = "password_too_many_bytes max_bytes=1024";
    let policy = build(Policy::builder());
    assert_eq!(asked(&policy), [ceiling, "password_has_control_character", "password_blank"]);
    assert_eq!(only(&policy, ""), None);
    let policy = build(Policy::builder().allow_control_characters().allow_blank());
    assert_eq!(asked(&policy), [ceiling]);
    assert_eq!(only(&policy, ""), None);
}

#[test]
fn sentences_have_their_plurals() {
    let table = [
        (Policy::builder().min_length(1), "", "Your new password must have at least 1 character."),
        (Policy::builder().min_length(2), "", "Your new password must have at least 2 characters."),
        (Policy::builder().max_length(1), "ab", "Your new password must have at most 1 character."),
        (
            Policy::builder().max_length(2),
            "abc",
            "Your new password must have at most 2 characters.",
        ),
        (
            Policy::builder().max_bytes(1),
            "ab",
            "Your new password must be shorter: at most 1 byte.",
        ),
        (
            Policy::builder().max_bytes(2),
            "abc",
            "Your new password must be shorter: at most 2 bytes.",
        ),
        (
            Policy::builder().at_least(1, CharacterClass::Upper),
            "",
            "Your new password must contain at least 1 uppercase letter.",
        ),
        (
            Policy::builder()
                .at_least(2, CharacterClass::Lower)
                .at_least(2, CharacterClass::Upper)
                .at_least(1, CharacterClass::Digit)
                .at_least(2, CharacterClass::Symbol),
            "",
            "Your new password must contain at least 2 lowercase letters, 2 uppercase letters, 1 digit and 2 symbols.",
        ),
    ];
    for (builder, password, sentence) in table {
        assert_eq!(
            build(builder).check_as_typed(password, &Personal::none()).unwrap_err().to_string(),
            sentence
        );
    }
}

/// Services keep these in their translations: to rename one is a breaking change.
#[test]
fn codes_are_frozen() {
    let about = Personal::none().username("x");
    let table = [
        (Policy::builder().max_bytes(1), "xx", "password_too_many_bytes"),
        (Policy::builder().max_similarity(0.7), "x", "password_too_similar"),
        (Policy::builder().min_length(2), "x", "password_too_short"),
        (Policy::builder().max_length(1), "xx", "password_too_long"),
        (Policy::builder().not_entirely_numeric(), "1", "password_entirely_numeric"),
        (Policy::builder().at_least(1, CharacterClass::Digit), "x", "password_missing_classes"),
        #[cfg(feature = "common-passwords")]
        (Policy::builder().not_common(), "password", "password_too_common"),
    ];
    for (builder, password, code) in table {
        let policy = build(builder);
        assert_eq!(found(&policy, password, &about), [code]);
        assert_eq!(policy.requirements().filter(|asked| asked.code() == code).count(), 1);
    }
}

#[test]
fn the_text_of_several_violations_is_one_a_line() {
    let policy = build(Policy::builder().min_length(8).not_entirely_numeric());
    let violations = policy.check_as_typed("1234", &Personal::none()).unwrap_err();
    assert_eq!(
        violations.to_string(),
        "Your new password must have at least 8 characters.\nYour new password must not consist of digits only."
    );
    assert!(violations.iter().all(|violation| violation.field() == "password"));
}

#[test]
fn the_debug_text_of_personal_information_holds_no_value() {
    let about = Personal::none().username("emily.rose").email("rose@example.com");
    assert_eq!(format!("{about:?}"), "Personal {Username, Email}");
}

#[test]
fn policies_are_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Policy>();
}

#[test]
fn what_contradicts_itself_does_not_build() {
    let builder = Policy::builder;
    let digits = |count| builder().at_least(count, CharacterClass::Digit);
    let table = [
        (builder().max_bytes(0), "policy_value_out_of_range", "max_bytes"),
        (builder().max_length(0), "policy_value_out_of_range", "max_length"),
        (builder().min_length(9).max_length(8), "policy_asks_for_too_much", "min_length"),
        (builder().min_length(1_025), "policy_asks_for_too_much", "min_length"),
        (builder().max_length(1_025), "policy_value_out_of_range", "max_length"),
        (
            digits(5).at_least(4, CharacterClass::Lower).max_length(8),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (digits(1_025), "policy_asks_for_too_much", "at_least"),
        (
            digits(usize::MAX).at_least(usize::MAX, CharacterClass::Lower),
            "policy_asks_for_too_much",
            "at_least",
        ),
        (
            digits(8).max_length(8).not_entirely_numeric(),
            "policy_contradiction",
            "not_entirely_numeric",
        ),
        (
            builder().max_similarity(0.1_f64.next_down()),
            "policy_max_similarity_out_of_range",
            "max_similarity",
        ),
        (
            builder().max_similarity(1.0_f64.next_up()),
            "policy_max_similarity_out_of_range",
            "max_similarity",
        ),
        (
            builder().max_similarity(f64::NAN),
            "policy_max_similarity_out_of_range",
            "max_similarity",
        ),
        (
            builder().max_similarity(f64::INFINITY),
            "policy_max_similarity_out_of_range",
            "max_similarity",
        ),
        (builder().max_similarity(-0.7), "policy_max_similarity_out_of_range", "max_similarity"),
    ];
    for (builder, code, field) in table {
        let error: PolicyError = builder.build().unwrap_err();
        assert_eq!((error.code(), error.field()), (code, field));
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn what_just_fits_builds() {
    let builder = Policy::builder;
    for builder in [
        builder().max_bytes(1),
        builder().max_length(1),
        builder().min_length(8).max_length(8),
        builder().min_length(1_024),
        builder().max_length(1_024),
        builder()
            .at_least(5, CharacterClass::Digit)
            .at_least(3, CharacterClass::Lower)
            .max_length(8),
        builder().at_least(1_024, CharacterClass::Digit),
        builder().at_least(7, CharacterClass::Digit).max_length(8).not_entirely_numeric(),
        builder().max_similarity(0.1),
        builder().max_similarity(1.0),
    ] {
        assert!(builder.build().is_ok());
    }
}

fn everything() -> PolicyBuilder {
    let builder = Policy::builder()
        .min_length(8)
        .max_length(64)
        .max_similarity(0.7)
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol);
    #[cfg(feature = "common-passwords")]
    let builder = builder.not_common();
    builder
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

/// The one violation of a policy with one rule, with nothing known of the owner.
fn only(policy: &Policy, password: &str) -> Option<String> {
    let violations = policy.check_as_typed(password, &Personal::none()).err()?;
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations.first().map(shown)
}

fn found(policy: &Policy, password: &str, about: &Personal<'_>) -> Vec<&'static str> {
    policy
        .check_as_typed(password, about)
        .err()
        .into_iter()
        .flatten()
        .map(|violation| violation.code())
        .collect()
}
