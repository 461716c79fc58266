//! What holds for every password and everything known of its owner.

use proptest::prelude::*;
use repass::policy::{
    CharacterClass, CharacterSet, Personal, Policy, PolicyBuilder, SequenceEnds, WhiteSpace,
};
use repass::secret::Password;
use unicode_normalization::UnicodeNormalization;

proptest! {
    #[test]
    fn catalogue_6_24_any_text_is_answered_and_always_the_same(password in any_text(), value in any_text(), other in any_text()) {
        let about = Personal::none().username(value.as_str()).email(other.as_str());
        for policy in policies() {
            prop_assert_eq!(policy.check_as_typed(&password, &about), policy.clone().check_as_typed(&password, &about));
        }
    }

    /// A password as `Password::new` keeps it, typed composed or not.
    #[test]
    fn catalogue_6_9_composed_and_decomposed_get_the_same_verdict(
        password in prop_oneof![
            any_text(),
            "[\u{AC00}-\u{D7A3}a-z0-9]{0,12}",
            "[a-zA-ZăâđêôơưĐ\u{1EA0}-\u{1EF9} ]{0,16}",
            "[a-e\u{300}-\u{345}\u{F900}-\u{FAD9}\u{958}-\u{95F}Å-ö]{0,16}",
        ],
        value in any_text(),
    ) {
        let about = Personal::none().username(value.as_str());
        let [one, other] =
            [password.clone(), password.nfd().collect()].map(|text| Password::new(text).unwrap());
        for policy in policies() {
            let check = |password: &Password| policy.check_as_typed(password.expose_secret(), &about);
            prop_assert_eq!(check(&one), check(&other));
        }
    }

    #[test]
    fn violations_stand_in_the_order_of_the_requirements(password in any_text(), value in any_text()) {
        let about = Personal::none().first_name(value.as_str());
        for policy in policies() {
            if let Err(violations) = policy.check_as_typed(&password, &about) {
                prop_assert!(!violations.is_empty());
                let codes: Vec<_> = policy.requirements().map(|requirement| requirement.code()).collect();
                let places: Vec<_> =
                    violations.iter().map(|found| codes.iter().position(|code| *code == found.code())).collect();
                // Two rules of length, of which one at most is broken, keep the places strictly
                // rising.
                prop_assert!(places.iter().all(Option::is_some));
                prop_assert!(places.is_sorted_by(|one, next| one < next));
            }
        }
    }

    /// The sentences are of lowercase words and numbers, so that no piece of such a password is in
    /// one by chance.
    #[test]
    fn no_text_holds_a_piece_of_the_password(password in "[A-Z!#$%&*+=?@^~éßΩ日]{4,40}") {
        let about = Personal::none().username(password.as_str());
        for policy in policies() {
            let Err(violations) = policy.check_as_typed(&password, &about) else { continue };
            let characters: Vec<char> = password.chars().collect();
            for piece in characters.windows(4) {
                let piece: String = piece.iter().collect();
                for text in [violations.to_string(), format!("{violations:?}"), format!("{about:?}")] {
                    prop_assert!(!text.contains(&piece));
                }
            }
        }
    }

    /// Catalogue 6.25, for passwords that could be words of a sentence: the text depends on the
    /// rule alone.
    #[test]
    fn the_text_depends_on_the_rule_and_not_on_the_password(one in "[a-z]{0,7}", other in "[a-z]{0,7}") {
        let policy = Policy::builder().min_length(8).build().unwrap();
        let text = |password: &str| policy.check_as_typed(password, &Personal::none()).unwrap_err().to_string();
        prop_assert_eq!(text(&one), text(&other));
    }

    #[test]
    fn above_the_ceiling_there_is_one_violation(ceiling in 1_usize..40, password in any_text()) {
        let policy = Policy::builder().max_bytes(ceiling).not_entirely_numeric().build().unwrap();
        let codes: Vec<_> = policy
            .check_as_typed(&password, &Personal::none())
            .err()
            .into_iter()
            .flatten()
            .map(|violation| violation.code())
            .collect();
        prop_assert_eq!(codes == ["password_too_many_bytes"], password.len() > ceiling);
    }

    /// The measure, written down once more from its definition and with no regard to speed.
    #[test]
    fn similarity_is_its_definition(password in "[a-dA-DéÉσΣς. _-]{0,12}", value in "[a-dA-DéÉσΣς. _-]{1,16}", limit in 0.1..1.0) {
        let policy = Policy::builder().allow_blank().max_similarity(limit).build().unwrap();
        let similar = policy.check_as_typed(&password, &Personal::none().last_name(value.as_str())).is_err();
        prop_assert_eq!(similar, resembles(&password.to_lowercase(), &value.to_lowercase(), limit));
    }

    /// Both rules once more from their definition.
    #[test]
    fn a_run_is_refused_where_its_definition_says(password in "[a-e1-4]{0,12}", longest in 2_usize..5) {
        let characters: Vec<char> = password.chars().collect();
        let runs = |follows: fn(u32, u32) -> bool| {
            characters.windows(longest + 1).position(|run| {
                run.windows(2).all(|pair| follows(u32::from(pair[0]), u32::from(pair[1])))
            })
        };
        let up = runs(|one, next| one + 1 == next);
        let down = runs(|one, next| next + 1 == one);
        let found = |builder: PolicyBuilder| {
            let violations = builder.build().unwrap().check_as_typed(&password, &Personal::none()).err()?;
            violations[0].position()
        };
        prop_assert_eq!(
            found(Policy::builder().max_sequence(longest, SequenceEnds::Apart)),
            up.into_iter().chain(down).min()
        );
        prop_assert_eq!(found(Policy::builder().max_repeat(longest)), runs(|one, next| one == next));
    }

    /// Backwards a walk is a walk, and so it is with shift.
    #[test]
    fn a_walk_is_one_in_either_direction(password in "[a-z0-9]{0,10}", longest in 2_usize..5) {
        let policy = Policy::builder().max_keyboard_walk(longest).build().unwrap();
        let refused = |password: &str| policy.check_as_typed(password, &Personal::none()).is_err();
        let reversed: String = password.chars().rev().collect();
        prop_assert_eq!(refused(&password), refused(&reversed));
        prop_assert_eq!(refused(&password), refused(&password.to_uppercase()));
    }

    #[test]
    fn whatever_is_made_of_a_context_word_is_refused(
        word in "[a-zéж]{1,8}",
        times in 1_usize..4,
        behind in "[0-9!?. -]{0,6}",
    ) {
        let policy = Policy::builder().context_words([word.as_str()]).build().unwrap();
        let made = format!("{}{behind}", word.to_uppercase().repeat(times));
        prop_assert!(policy.check_as_typed(&made, &Personal::none()).is_err());
    }

    #[test]
    fn whatever_is_around_a_name_it_is_found(
        name in "[a-zéж日]{3,12}",
        before in "[A-Za-z0-9. -]{0,8}",
        behind in "[A-Za-z0-9. -]{0,8}",
    ) {
        let policy = Policy::builder().no_personal_names().build().unwrap();
        let about = Personal::none().last_name(name.as_str());
        for name in [name.clone(), name.to_uppercase(), name.chars().rev().collect()] {
            let password = format!("{before}{name}{behind}");
            prop_assert!(policy.check_as_typed(&password, &about).is_err());
        }
    }

    #[test]
    fn a_rule_more_never_takes_a_violation_away(password in any_text(), value in any_text()) {
        let about = Personal::none().username(value.as_str());
        let few = Policy::builder().max_similarity(0.5).min_length(6).build().unwrap();
        let more = Policy::builder()
            .max_similarity(0.5)
            .min_length(6)
            .not_entirely_numeric()
            .at_least(1, CharacterClass::Upper)
            .build()
            .unwrap();
        if let Err(violations) = few.check_as_typed(&password, &about) {
            let all = more.check_as_typed(&password, &about).unwrap_err();
            prop_assert!(violations.iter().all(|violation| all.contains(violation)));
        }
    }
}

fn resembles(password: &str, value: &str, limit: f64) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut parts = vec![String::new()];
    let mut inside = true;
    for character in value.chars() {
        if is_word(character) {
            parts.last_mut().unwrap().push(character);
        } else if inside {
            parts.push(String::new());
        }
        inside = is_word(character);
    }
    parts.push(value.to_owned());
    parts.iter().any(|part| ratio(password, part) >= limit)
}

fn ratio(one: &str, other: &str) -> f64 {
    let total = one.chars().count() + other.chars().count();
    if total == 0 {
        return 1.0;
    }
    let mut left: Vec<char> = other.chars().collect();
    let mut shared = 0;
    for character in one.chars() {
        if let Some(place) = left.iter().position(|there| *there == character) {
            left.swap_remove(place);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / total as f64
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[0-9²٤]{0,12}",
        any::<String>(),
        "[A-Za-z]{0,12}[0-9]{0,4}",
        "(.{0,3}Σ.{0,3}){1,8}"
    ]
}

fn policies() -> Vec<Policy> {
    let builder = Policy::builder()
        .max_similarity(0.4)
        .min_length(9)
        .max_length(30)
        .max_bytes(60)
        .not_entirely_numeric()
        .at_least(1, CharacterClass::Lower)
        .at_least(2, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol)
        .no_white_space(WhiteSpace::AtTheEnds)
        .no_control_characters()
        .at_least(3, CharacterClass::Letter)
        .at_least(1, CharacterSet::of("#+"))
        .active_directory_kinds()
        .max_repeat(2)
        .max_class_repeat(4)
        .min_distinct(6)
        .max_occurrences(3)
        .not_containing(["plum", "ab"])
        .max_sequence(2, SequenceEnds::Joined)
        .max_keyboard_walk(2)
        .no_personal_names()
        .not_derived_from_names()
        .no_palindrome()
        .context_words(["plum", "A"])
        .allowed_characters(CharacterSet::of("").and_range('\0'..='\u{3FF}'))
        .illegal_characters(CharacterSet::of("äöü"));
    #[cfg(feature = "common-passwords")]
    return vec![builder.not_common().build().unwrap(), Policy::django()];
    #[cfg(not(feature = "common-passwords"))]
    return vec![builder.build().unwrap()];
}
