//! An accepted password of usual length costs no allocation.
//!
//! Counted by the crate `allocation-counter`, because a counting allocator of our own would need
//! unsafe code. It counts by thread, so that tests which run beside these do not matter.
#![cfg(feature = "common-passwords")]

use allocation_counter::measure;
use repass::policy::{
    CharacterClass, CharacterSet, CommonPasswords, Evidence, Personal, Policy, Reduction,
    SequenceEnds, WhiteSpace,
};
use repass::secret::Password;

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(core::hint::black_box(Box::new(1)))).count_total, 1);
}

#[test]
fn acceptance_allocates_nothing() {
    let about = Personal::none()
        .username("emily.rose")
        .first_name("Emily")
        .last_name("Rosewater-Smith")
        .email("emily.rose@mail.example.com");
    let all_rules = Policy::builder()
        .min_length(8)
        .max_length(64)
        .max_similarity(0.7)
        .not_common()
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Digit)
        .build()
        .unwrap();
    let shapes = Policy::builder()
        .no_white_space(WhiteSpace::AtTheEnds)
        .no_control_characters()
        .allowed_characters(CharacterSet::of("").and_range(' '..='~'))
        .illegal_characters(CharacterSet::of("<>"))
        .at_least(2, CharacterClass::Letter)
        .at_least(1, CharacterSet::of("0123456789"))
        .active_directory_kinds()
        .max_repeat(2)
        .max_class_repeat(11)
        .min_distinct(6)
        .max_occurrences(5)
        .not_containing(["saddle", "orbits"])
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3)
        .context_words(["plum"])
        .no_personal_names()
        .not_derived_from_names()
        .no_palindrome()
        .min_changed(4)
        .not_rearranged()
        .build()
        .unwrap();
    let (old, new) = (typed("plum-kettle"), typed("Orbit7horse-battery"));
    for password in ["plum-ketTle4", "Correct7horse-battery"] {
        let info = measure(|| {
            assert!(shapes.check_with(&new, &about, Evidence::of_change(&old)).is_ok());
            assert!(shapes.check_as_typed(password, &about).is_ok());
        });
        assert_eq!(info.count_total, 0, "{password}");
    }
    let long = "plum-kettle-42 ".repeat(4);
    for policy in [Policy::django(), all_rules] {
        for password in ["plum-ketTle4", "correct7horse-battery", " plum 4 kettle ", long.trim()] {
            let info = measure(|| assert!(policy.check_as_typed(password, &about).is_ok()));
            assert_eq!(info.count_total, 0, "{password}");
        }
    }
}

#[test]
fn attributes_beyond_ascii_allocate_nothing_beside_an_ascii_password() {
    let about = Personal::none().username("Ζωή").last_name("Ὀδυσσεύς-Ἀλέξανδρος");
    let info = measure(|| assert!(Policy::django().check_as_typed("plum-ketTle4", &about).is_ok()));
    assert_eq!(info.count_total, 0);
}

#[test]
fn acceptance_of_up_to_64_characters_of_any_script_allocates_nothing() {
    let policy = Policy::builder()
        .min_length(8)
        .max_similarity(0.7)
        .not_common()
        .not_derived_from_common(Reduction::ALL)
        .not_entirely_numeric()
        .active_directory_kinds()
        .max_repeat(3)
        .max_class_repeat(64)
        .min_distinct(17)
        .max_occurrences(9)
        .max_sequence(4, SequenceEnds::Joined)
        .max_keyboard_walk(4)
        .context_words(["Ζωή", "日本"])
        .no_personal_names()
        .not_derived_from_names()
        .no_palindrome()
        .min_changed(4)
        .not_rearranged()
        .build()
        .unwrap();
    let about = Personal::none()
        .username("emily.rose")
        .first_name("Ζωή")
        .last_name("Ὀδυσσεύς-Ἀλέξανδρος")
        // Names with each trigram of a password below, so that they are looked for.
        .others(&[("a", "δαμάσκηνχ"), ("b", "ждановж"), ("c", "水木金木"), ("d", "kettlemily")]);
    let different: String = ('\u{4E00}'..).step_by(7).take(62).collect();
    let mixed: String = ('\u{431}'..'\u{44A}').chain('\u{3B2}'..'\u{3C1}').step_by(2).collect();
    for password in [
        "Δαμάσκηνο-4α-και-ένα-Ποτήρι",
        "Ждан-Ждано-Вода-и-Хлеб-42-Полынь",
        "日月火水木金土山川田人口車門雨風-42-Kettle",
        "kettlemil-orbit-plum-42-Wxyvq",
        &format!("{different}4A"),
        &format!("{mixed}{mixed}-4A"),
    ] {
        assert!(password.chars().count() <= 64, "{password}");
        let (old, new) = (typed("plum-kettle"), typed(password));
        let info = measure(|| {
            assert_eq!(policy.check_with(&new, &about, Evidence::of_change(&old)).err(), None);
        });
        assert_eq!(info.count_total, 0, "{password}");
    }
}

#[test]
fn a_password_beyond_ascii_is_looked_up_without_an_allocation() {
    let policy = Policy::builder().not_common().build().unwrap();
    let info = measure(|| assert!(policy.check_as_typed("Δαμάσκηνο", &Personal::none()).is_ok()));
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_list_is_asked_without_an_allocation() {
    let list = CommonPasswords::embedded();
    for (password, is_there) in [
        ("MichelLe", true),
        (" \u{43F}\u{430}\u{440}\u{43E}\u{43B}\u{42C}", true),
        ("plum-ketTle4", false),
        ("Δαμάσκηνο", false),
    ] {
        let info = measure(|| assert_eq!(list.rank(password).is_some(), is_there, "{password}"));
        assert_eq!(info.count_total, 0, "{password}");
    }
}

#[test]
fn a_refusal_allocates_its_list_alone() {
    let info =
        measure(|| assert!(Policy::django().check_as_typed("1234567", &Personal::none()).is_err()));
    assert_eq!((info.count_total, info.count_current), (1, 0));
}

/// Catalogue 6.2: what is kept beside a megabyte of text is bounded by the pages of Unicode, not by
/// its length.
#[test]
fn catalogue_6_2_memory_does_not_grow_with_the_password() {
    let bytes = |times: usize| {
        let (password, value) = ("αβγ日本".repeat(times), "αβγ日本x".repeat(times));
        let about = Personal::none().username(value.as_str());
        measure(|| drop(Policy::django().check_as_typed(&password, &about))).bytes_max
    };
    assert!(bytes(100_000) <= bytes(20));
}

fn typed(text: &str) -> Password {
    Password::verbatim(text).unwrap()
}
