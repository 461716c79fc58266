//! The catalogue of faults of other password checks, by its numbers: here those that are about all
//! rules at once, and where the others are.
//!
//! | fault | where |
//! |---|---|
//! | 1 work on long passwords | `policy.rs`, and below for all rules |
//! | 2 similarity in more than linear time | `policy_allocations.rs`, and below for all rules |
//! | 3 leet that multiplies | below |
//! | 4 expressions that backtrack | cannot occur: no rule is a regular expression; its input is below |
//! | 5 names contained | `policy_rules.rs` refuses, `policy.rs` accepts as Django does |
//! | 6 scripts treated unlike | `policy_rules.rs`, `policy.rs` |
//! | 7 anagrams and short names | `policy_rules.rs` |
//! | 8 skipped when long | `policy_rules.rs`, `policy.rs` |
//! | 9 real input refused | below, and `policy_properties.rs` for any text |
//! | 10 normalised here and not there | cannot occur in a policy, which takes the text as given; `password.rs` |
//! | 11 compatibility folding | below |
//! | 12 sets of digits | `policy.rs` |
//! | 13 bytes of bcrypt | `policy.rs` |
//! | 14 length as oracle | cannot occur in a policy, which no sign-in asks; `hash.rs` |
//! | 15 pepper cut off | cannot occur in a policy, which hashes nothing; `hash_pepper.rs` |
//! | 16 NUL | `policy.rs`, and `hash.rs` for hashes |
//! | 17 generators | `policy_generator.rs` |
//! | 18 false alarms of the list | `policy_common.rs` |
//! | 19 letter case of the list | `policy_common.rs` |
//! | 20 bytes and characters | `policy.rs` |
//! | 21 limits off by one | `policy_rules.rs`, `policy_change.rs`, `policy.rs`: both sides of every number |
//! | 22 answers of a breach service | `policy_breach.rs`, `policy_derived.rs` |
//! | 23 line breaks | `policy.rs`, and below for all kinds |
//! | 24 panics | `policy_properties.rs` |
//! | 25 secrets in texts | `policy_properties.rs`, and below for all rules |
//! | 26 credit for what is not ASCII | `policy_rules.rs`; nothing is estimated |
//! | 27 early exit over the history | `policy_change.rs` |
//! | 28 attributes of any shape | `policy_rules.rs`, `policy.rs` |

use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal, Policy, PolicyBuilder,
    Reduction, SequenceEnds, Violations, WhenUnknown, WhiteSpace,
};
use repass::secret::Password;
use unicode_normalization::UnicodeNormalization;

/// What all rules say of a change.
fn check_change(
    policy: &Policy,
    [old, new]: [&str; 2],
    about: &Personal<'_>,
) -> Result<(), Violations> {
    let [old, new] = [old, new].map(|text| Password::verbatim(text).unwrap());
    policy.check_with(&new, about, Evidence::of_change(&old))
}

#[test]
fn catalogue_6_1_above_the_ceiling_nothing_is_compared() {
    let policy = every().build().unwrap();
    let long = "1".repeat(10 * 1024 * 1024);
    let about = Personal::none().username(long.as_str());
    // Beyond the longest that is taken at all, as a text.
    let longest = &long[..Password::MAX_BYTES];
    for found in
        [policy.check_as_typed(&long, &about), check_change(&policy, [longest, longest], &about)]
    {
        let violations = found.unwrap_err();
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].code(), "password_too_many_bytes");
    }
}

/// Whoever takes a quadratic step here is not done today.
#[test]
fn catalogue_6_2_all_rules_bear_a_megabyte_against_a_megabyte() {
    let policy = every().max_bytes(usize::MAX).build().unwrap();
    for (password, value) in [
        ("emily1".repeat(1 << 14), "ylime1".repeat(1 << 14)),
        ("a".repeat(1 << 20), format!("{}b", "a".repeat(1 << 20))),
        ("ab-".repeat(1 << 15), "aba-".repeat(1 << 15)),
        ("日月".repeat(1 << 14), "月火".repeat(1 << 14)),
    ] {
        let about = Personal::none().username(value.as_str()).email(value.as_str());
        assert!(policy.check_as_typed(&password, &about).is_err());
        // As much as is taken at all.
        let [old, new] = [&value, &password]
            .map(|text| text.chars().take(Password::MAX_BYTES / 3).collect::<String>());
        assert!(check_change(&policy, [&old, &new], &about).is_err());
    }
}

#[test]
fn catalogue_6_3_leet_multiplies_nothing() {
    let policy = every().max_bytes(usize::MAX).build().unwrap();
    let about = Personal::none().username("illicit").email("a11i@example.com");
    for length in [16, 100, 4_096, 1 << 20] {
        let password: String = "1!|4@0$5+7(".chars().cycle().take(length).collect();
        // That it answers at all is what is asked here.
        let _ = policy.check_as_typed(&password, &about);
    }
}

#[test]
fn catalogue_6_4_nul_after_nul_and_a_line_feed_cost_no_more_than_their_length() {
    let policy = every().max_bytes(usize::MAX).build().unwrap();
    let password = format!("{}\n", "\0".repeat(54_773));
    assert!(policy.check_as_typed(&password, &Personal::none()).is_err());
}

#[test]
fn catalogue_6_9_emoji_joiners_and_decomposed_letters_are_accepted() {
    let policy = Policy::builder()
        .no_control_characters()
        .no_white_space(WhiteSpace::AtTheEnds)
        .max_repeat(3)
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3)
        .context_words(["plum"])
        .no_personal_names()
        .not_derived_from_names()
        .build()
        .unwrap();
    let about = Personal::none().username("emily");
    for password in [
        "\u{1F642}",
        "\u{2764}\u{FE0F}",
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
        "\u{1112}\u{1161}\u{11AB}",
        "e\u{301}",
    ] {
        assert!(policy.check_as_typed(password, &about).is_ok(), "{password}");
    }
}

/// A password as `Password::new` keeps it, typed composed or not: every rule says the same.
#[test]
fn catalogue_6_9_composed_and_decomposed_get_the_same_verdict() {
    let policy = every().context_words(["Đường phố"]).build().unwrap();
    for text in [
        "\u{D55C}\u{AE00}\u{C8FC}\u{C804}\u{C790}",
        "\u{D55C}4\u{AE00}",
        "M\u{1EAD}t kh\u{1EA9}u ti\u{1EBF}ng Vi\u{1EC7}t",
        "\u{110}\u{1B0}\u{1EDD}ng ph\u{1ED1}",
        "\u{1EC7}\u{1EC7}\u{1EC7}\u{1EC7}",
        "ABC\u{C5}\u{C4}\u{D6}abc",
        "k\u{E9}ttle\u{F6}rbit",
        "\u{212B}\u{2126}\u{212A}ettle",
        "s\u{307}\u{323}s\u{323}\u{307}",
        "\u{915}\u{93C}\u{958}\u{FB1D}\u{F900}",
        "йёЙЁ йёЙЁ",
        "ΆέΉίΌύΏ",
        "plum kettle",
        "",
    ] {
        let [one, other] =
            [text.to_owned(), text.nfd().collect()].map(|text| Password::new(text).unwrap());
        for about in [Personal::none(), Personal::none().username(text).first_name("kéttle")] {
            let old = "kettle-örbit-7";
            let check = |password: &Password| {
                check_change(&policy, [old, password.expose_secret()], &about)
            };
            assert_eq!(check(&one), check(&other), "{text}");
        }
    }
}

#[test]
fn catalogue_6_11_ligatures_widths_and_superscripts_stay_what_they_are() {
    let policy = Policy::builder().min_distinct(6).max_repeat(1).build().unwrap();
    assert!(policy.check_as_typed("A\u{FF21}2\u{B2}f\u{FB03}", &Personal::none()).is_ok());
}

#[test]
fn catalogue_6_23_a_line_break_hides_no_kind() {
    let builder = Policy::builder().active_directory_kinds().allow_control_characters();
    let policy = builder.build().unwrap();
    for password in ["a\nB\r\n1", "日\r1\n!"] {
        assert!(policy.check_as_typed(password, &Personal::none()).is_ok(), "{password:?}");
    }
}

/// The examples in the texts are `aaaa`, `abcd` and `qwer`, whatever was typed.
#[test]
fn catalogue_6_25_no_text_of_any_rule_holds_a_piece_of_the_password() {
    let policy = every().build().unwrap();
    for password in ["QWERTYbcde\u{7}", "zzzzZZZZ<<", "vutsVUTS", "ADACADABADACADA", " 9876 "] {
        let about = Personal::none().username(password);
        let violations = check_change(&policy, [password, password], &about).unwrap_err();
        assert!(violations.len() >= 4, "{violations:?}");
        let pieces: Vec<char> = password.chars().collect();
        for piece in pieces.windows(4) {
            let piece: String = piece.iter().collect();
            assert!(!violations.to_string().contains(&piece), "{violations}");
        }
    }
}

fn every() -> PolicyBuilder {
    let builder = Policy::builder()
        .min_length(8)
        .max_similarity(0.7)
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Letter)
        .at_least(1, CharacterSet::of("!$%"))
        .active_directory_kinds()
        .no_white_space(WhiteSpace::Anywhere)
        .no_control_characters()
        .allowed_characters(CharacterSet::of("").and_range('\0'..='ж'))
        .illegal_characters(CharacterSet::of("<>"))
        .max_repeat(3)
        .max_class_repeat(3)
        .min_distinct(6)
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3)
        .context_words(["plum", "Plum Bank"])
        .no_personal_names()
        .not_derived_from_names()
        .no_palindrome()
        .min_changed(8)
        .not_rearranged()
        .not_among_last(4)
        .max_breaches(0, WhenUnknown::Refuse)
        .not_among(list())
        .not_derived_from_common(Reduction::ALL)
        .of_lengths(9..=12, Policy::builder().at_least(2, CharacterClass::Digit).build().unwrap());
    #[cfg(feature = "common-passwords")]
    let builder = builder.not_common();
    builder
}

fn list() -> CommonPasswords<'static> {
    let bytes = CommonPasswords::build(["kettle", "orbit", "illicit", "aaaa"]).unwrap();
    CommonPasswords::from_shared(std::sync::Arc::new(bytes)).unwrap()
}
