//! The new password beside the old one and the ones before it.

#[path = "support/shown.rs"]
mod shown;

use core::time::Duration;
use proptest::prelude::*;
use repass::policy::{Evidence, Personal, Policy, PolicyBuilder, Violation};
use shown::{all_shown, shown, typed};

#[test]
fn min_changed_is_the_edit_distance_on_both_sides() {
    let table = [
        ("plum", "plum", 0),
        ("plum", "Plum", 1),
        ("plum", "plums", 1),
        ("plum", "lum", 1),
        ("kitten", "sitting", 3),
        ("plumkettle", "kettleplum", 8),
        ("", "plum", 4),
        ("plum", "", 4),
        ("日月火", "日水火木", 2),
        ("e\u{301}", "\u{E9}", 2),
    ];
    for (old, new, distance) in table {
        for fewest in 1..=10 {
            let found = changed(Policy::builder().min_changed(fewest), old, new);
            let refused = format!("password_too_little_changed min_changed={}", fewest);
            assert_eq!(found, (distance < fewest).then_some(refused), "{old} {new} {fewest}");
        }
    }
}

#[test]
fn the_old_password_over_again_is_refused() {
    let table = [
        ("plum-kettle", "plum-kettle", Some("password_rearranged_case")),
        ("plum-kettle", "PLUM-Kettle", Some("password_rearranged_case")),
        ("plum-kettle", "elttek-mulp", Some("password_rearranged_reversed")),
        ("plum-kettle", "kettlePlum-", Some("password_rearranged_rotated")),
        ("日é火a", "火a日é", Some("password_rearranged_rotated")),
        ("plum-kettle", "plum-kettles", None),
        ("plum-kettle", "lettke-plum", None),
        ("plumplum", "plum", Some("password_rearranged_shortened")),
        ("日é火a", "É火", Some("password_rearranged_shortened")),
        ("plum", "", None),
    ];
    for (old, new, how) in table {
        let found = changed(Policy::builder().not_rearranged(), old, new);
        assert_eq!(found.as_deref(), how, "{new}");
    }
}

#[test]
fn a_palindrome_is_refused_without_an_old_password() {
    let policy = Policy::builder().no_palindrome().build().unwrap();
    for (password, refused) in
        [("", true), ("a", true), ("Abba", true), ("日月日", true), ("abca", false), ("ab", false)]
    {
        assert_eq!(
            policy.check_as_typed(password, &Personal::none()).is_err(),
            refused,
            "{password}"
        );
    }
}

#[test]
fn every_other_rule_is_asked_too_and_the_ceiling_first() {
    let policy = Policy::builder().max_bytes(8).min_length(6).min_changed(2).build().unwrap();
    let codes = |new: &str| {
        let old = typed("plums");
        let evidence = Evidence::of_change(&old);
        let violations = policy.check_with(&typed(new), &Personal::none(), evidence).unwrap_err();
        violations.iter().map(Violation::code).collect::<Vec<_>>()
    };
    assert_eq!(codes("plum"), ["password_too_short", "password_too_little_changed"]);
    assert_eq!(codes("plumsplums"), ["password_too_many_bytes"]);
}

#[test]
fn catalogue_6_27_history_asks_every_hash_that_it_may_and_holds_none() {
    let policy = Policy::builder().not_among_last(4).build().unwrap();
    for (used, refused) in [(0, true), (3, true), (4, false), (9, false)] {
        let mut asked = Vec::new();
        let new = typed("plum-kettle");
        let earlier = (0..10).map(|hash| (hash, Duration::ZERO));
        let history = policy.check_history(&new, earlier, |hash| {
            asked.push(hash);
            hash == used
        });
        assert_eq!(asked, [0, 1, 2, 3]);
        let expected = [format!("password_used_before last={}", 4)];
        let evidence = Evidence::of_reset().history(&history);
        let found = policy
            .check_with(&new, &Personal::none(), evidence)
            .err()
            .map(|found| all_shown(&found));
        assert_eq!(found.as_deref(), refused.then_some(expected.as_slice()));
    }
    let without = Policy::builder().build().unwrap();
    let earlier = (0..10).map(|hash| (hash, Duration::ZERO));
    let _ = without.check_history(&typed("plum"), earlier, |_| panic!("nothing is to be asked"));
}

#[test]
fn codes_are_frozen() {
    let builder = Policy::builder;
    for (policy, code) in [
        (builder().min_changed(2), "password_too_little_changed"),
        (builder().not_rearranged(), "password_rearranged_case"),
        (builder().no_palindrome(), "password_is_palindrome"),
    ] {
        let policy = policy.build().unwrap();
        let password = typed("abba");
        let evidence = Evidence::of_change(&password);
        let violations = policy.check_with(&password, &Personal::none(), evidence).unwrap_err();
        assert_eq!(violations.iter().map(Violation::code).collect::<Vec<_>>(), [code]);
        let asked = policy.requirements().filter(|asked| code.starts_with(asked.code()));
        assert_eq!(asked.count(), 1);
    }
}

#[test]
fn numbers_out_of_range_do_not_build() {
    let builder = Policy::builder;
    for (builder, field) in [
        (builder().min_changed(0), "min_changed"),
        (builder().min_changed(65), "min_changed"),
        (builder().max_length(8).min_changed(9), "min_changed"),
        (builder().not_among_last(0), "not_among_last"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.code(), error.field()), ("policy_value_out_of_range", field));
    }
    for builder in [
        builder().min_changed(1),
        builder().min_changed(64),
        builder().max_length(8).min_changed(8),
        builder().not_among_last(1),
    ] {
        assert!(builder.build().is_ok());
    }
}

proptest! {
    #[test]
    fn the_distance_is_its_definition(old in "[abé]{0,14}", new in "[abé]{0,14}", fewest in 1_usize..16) {
        let found = changed(Policy::builder().min_changed(fewest), &old, &new).is_some();
        prop_assert_eq!(found, distance(&old, &new) < fewest);
    }

    #[test]
    fn the_distance_of_long_passwords_is_its_definition(
        old in "[abé😀]{0,200}",
        other in "[aé]{0,200}",
        edits in proptest::collection::vec((0_usize..3, any::<prop::sample::Index>()), 0..70),
        fewest in 1_usize..65,
    ) {
        let mut near: Vec<char> = old.chars().collect();
        for (edit, place) in edits {
            match (edit, near.len()) {
                (0, length) => near.insert(place.index(length + 1), 'é'),
                (_, 0) => {}
                (1, length) => near[place.index(length)] = 'a',
                (_, length) => {
                    near.remove(place.index(length));
                }
            }
        }
        let near: String = near.into_iter().collect();
        for new in [&near, &other] {
            let distance = distance(&old, new);
            for fewest in [fewest, distance.clamp(1, 64), distance.saturating_add(1).min(64)] {
                let found = changed(Policy::builder().min_changed(fewest), &old, new).is_some();
                prop_assert_eq!(found, distance < fewest, "{} {} {}", old, new, fewest);
            }
        }
    }

    #[test]
    fn every_rotation_is_found(old in "[a-zéж]{1,20}", by in 0_usize..20) {
        let mut characters: Vec<char> = old.chars().collect();
        let by = by % characters.len();
        characters.rotate_left(by);
        let new: String = characters.iter().collect();
        prop_assert!(changed(Policy::builder().not_rearranged(), &old, &new).is_some());
    }
}

/// Levenshtein's distance by its recurrence.
fn distance(old: &str, new: &str) -> usize {
    let new: Vec<char> = new.chars().collect();
    let mut row: Vec<usize> = (0..=new.len()).collect();
    for (place, character) in old.chars().enumerate() {
        let mut next = vec![place + 1];
        for (column, other) in new.iter().enumerate() {
            let replaced = row[column] + usize::from(*other != character);
            next.push(replaced.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row[new.len()]
}

fn changed(builder: PolicyBuilder, old: &str, new: &str) -> Option<String> {
    let policy = builder.build().unwrap();
    let (old, none) = (typed(old), Personal::none());
    let violations = policy.check_with(&typed(new), &none, Evidence::of_change(&old)).err()?;
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations.first().map(shown)
}
