//! Common passwords in disguise, rules by length, rules of the host's own, and what is known besides
//! the password.

#[path = "support/shown.rs"]
mod shown;

use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use repass::policy::{
    Breach, BreachAnswer, BreachUnknown, CharacterClass, CommonPasswords, Evidence, Personal,
    Policy, PolicyBuilder, Reduction, Rule, Violation, WhenUnknown,
};
use shown::{asked, typed};

#[test]
fn each_disguise_has_its_own_reason() {
    let table = [
        // The list itself folds letter case, as Django does.
        ("KettleOrbit", Some("password_too_common")),
        (" kettleorbit\t", Some("password_too_common")),
        ("kettle-orbit", Some("password_common_folded")),
        ("k.e.t.t.l.e.o.r.b.i.t", Some("password_common_folded")),
        ("këttleörbit", Some("password_common_folded")),
        ("ke\u{301}ttleorbit", Some("password_common_folded")),
        ("k3tt1e0rbit", Some("password_common_leet")),
        ("kettleorb!t", Some("password_common_leet")),
        ("k€77le0r8i+", Some("password_common_leet")),
        // What may stand for two letters is read as one of them throughout.
        ("k3tt1e0rb!t", None),
        ("tibroelttek", Some("password_common_reversed")),
        ("TibrO-elttek", Some("password_common_reversed")),
        ("kettleorbitKettleOrbit", Some("password_common_repeated")),
        ("tibroelttektibroelttek", Some("password_common_repeated")),
        ("kettleorbit1", Some("password_common_affixed")),
        ("2026!kettleorbit", Some("password_common_affixed")),
        ("!!K3ttl3Orbit!!", Some("password_common_affixed")),
        // What is left of it in the middle of other letters is no base.
        ("my kettleorbit", None),
        ("kettleorbits", None),
        ("kettleorbitkettle", None),
        ("kettleorbi", None),
        ("", None),
    ];
    let policy = build(listing(["kettleorbit"]).not_derived_from_common(Reduction::ALL));
    for (password, code) in table {
        assert_eq!(first(&policy, password), code, "{password:?}");
    }
}

/// The longest unit that is repeated need not be the shortest.
#[test]
fn every_unit_of_a_repetition_is_looked_up() {
    let policy =
        build(listing(["dokidoki", "orbit"]).not_derived_from_common([Reduction::Repetition]));
    for (password, code) in [
        ("doki", None),
        ("dokidoki", Some("password_too_common")),
        ("dokidokidoki", None),
        ("dokidokidokidoki", Some("password_common_repeated")),
        ("DokiDokidokidoki", Some("password_common_repeated")),
        ("dokidokidokidokidokidoki", Some("password_common_repeated")),
        ("dokidokidokidokidokidokidoki", None),
        ("orbitorbitorbit", Some("password_common_repeated")),
        ("orbitorbitorbi", None),
        ("orbitorbitOrbit!", None),
    ] {
        assert_eq!(first(&policy, password), code, "{password}");
    }
}

#[test]
#[cfg(feature = "common-passwords")]
fn every_entry_twice_and_three_times_over_is_refused() {
    let policy =
        build(Policy::builder().not_common().not_derived_from_common([Reduction::Repetition]));
    let list = CommonPasswords::embedded();
    let sources = [
        include_str!("../tools/common-passwords/django-common-passwords.txt"),
        include_str!("../tools/common-passwords/pwdb-top-100k.txt"),
        include_str!("../tools/common-passwords/xato-top-100000.txt"),
    ];
    let languages = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/common-passwords/pwdb-languages");
    let languages: Vec<String> = std::fs::read_dir(languages)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert_eq!(languages.len(), 29);
    let sources = sources.into_iter().chain(languages.iter().map(String::as_str));
    let mut entries = 0;
    for entry in sources.flat_map(str::lines).filter(|entry| list.contains(entry)) {
        entries += 1;
        for password in [entry.repeat(2), entry.repeat(3)] {
            let code = first(&policy, &password);
            let expected = ["password_too_common", "password_common_repeated"];
            assert!(code.is_some_and(|code| expected.contains(&code)), "{password} {code:?}");
        }
    }
    assert!(entries > 200_000, "{entries}");
}

/// Which digits and symbols are letters, and which stand around the word, is not to be seen.
#[test]
fn leet_and_affixes_may_meet() {
    let listed = ["dragon123", "12monkey", "secret", "password!", "1q2w3e4r", "soccer", "pass"];
    let leet = build(listing(listed).not_derived_from_common([Reduction::Leet]));
    let cut = Reduction::ALL.into_iter().filter(|by| *by != Reduction::Folding);
    let all = build(listing(listed).not_derived_from_common(cut));
    let (by_leet, by_cut) = (Some("password_common_leet"), Some("password_common_affixed"));
    for (password, of_leet, of_all) in [
        // Outer digits and exclamation marks as typed.
        ("dr@gon123", by_leet, by_leet),
        ("DR4GON123", by_leet, by_leet),
        ("12m0nk3y", by_leet, by_leet),
        ("p@ssw0rd!", by_leet, by_leet),
        // Those in front are letters, those behind are not.
        ("5ecre7", by_leet, by_leet),
        ("dr@gon12e", None, None),
        // One end is cut and the other is leet.
        ("$ecret99!", None, by_cut),
        ("$ecret", by_leet, by_leet),
        ("99-$ecret", None, by_cut),
        ("-$ecret99", None, by_cut),
        ("5occer2026!", None, by_cut),
        ("pa$$123", None, by_cut),
        // Symbols are cut, and digits are not.
        ("1q2w3e4r!!", None, by_cut),
        ("$1q2w3e4r$", None, by_cut),
        ("dragon123#", None, by_cut),
        // A whole is asked about before a part.
        ("321321321", None, None),
        ("plum-$ecret99", None, None),
    ] {
        assert_eq!(first(&leet, password), of_leet, "{password}");
        assert_eq!(first(&all, password), of_all, "{password}");
    }
}

#[test]
fn only_the_reductions_that_are_named_are_undone() {
    let disguises = [
        (Reduction::Affixes, "kettleorbit1"),
        (Reduction::Repetition, "kettleorbitkettleorbit"),
        (Reduction::Reversal, "tibroelttek"),
        (Reduction::Leet, "k3ttleorbit"),
        (Reduction::Folding, "kettle orbit"),
    ];
    for (undone, _) in disguises {
        let policy = build(listing(["kettleorbit"]).not_derived_from_common([undone]));
        for (reduction, password) in disguises {
            let found = policy.check_as_typed(password, &Personal::none()).err();
            assert_eq!(found.is_some(), undone == reduction, "{undone:?} {password}");
            if let Some(found) = found {
                let code = match reduction {
                    Reduction::Affixes => "password_common_affixed",
                    Reduction::Repetition => "password_common_repeated",
                    Reduction::Reversal => "password_common_reversed",
                    Reduction::Leet => "password_common_leet",
                    _ => "password_common_folded",
                };
                assert_eq!(found[0].code(), code);
            }
        }
    }
}

/// NIST SP 800-63B-4 section 3.1.1.2: the entire password is compared.
#[test]
fn reductions_of_the_whole_cut_nothing_off() {
    let policy =
        build(listing(["kettle", "orbit"]).not_derived_from_common(Reduction::OF_THE_WHOLE));
    for password in ["kettleorbit", "kettle1", "1orbit", "kettle-orbit", "kettle kettles"] {
        assert_eq!(first(&policy, password), None, "{password}");
    }
    assert_eq!(first(&policy, "kettlekettle"), Some("password_common_repeated"));
}

#[test]
fn four_characters_have_to_remain_between_affixes() {
    let policy = build(listing(["orb", "orbi"]).not_derived_from_common([Reduction::Affixes]));
    assert_eq!(first(&policy, "1orb2"), None);
    assert_eq!(first(&policy, "1orbi2"), Some("password_common_affixed"));
}

#[test]
fn every_list_is_asked_about_what_is_derived() {
    let policy = build(
        listing(["kettle"])
            .not_among(list(["orbit"]))
            .not_derived_from_common([Reduction::Reversal]),
    );
    for password in ["elttek", "tibro"] {
        assert_eq!(first(&policy, password), Some("password_common_reversed"));
    }
}

#[test]
fn a_policy_of_disguises_without_a_list_does_not_build() {
    for builder in [
        Policy::builder().not_derived_from_common(Reduction::ALL),
        listing(["kettle"]).not_derived_from_common([]),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.code(), "policy_nothing_to_derive_from");
        assert_eq!(error.field(), "not_derived_from_common");
    }
}

#[test]
fn rules_of_lengths_are_asked_from_the_first_length_to_the_last() {
    let digit = build(Policy::builder().at_least(1, CharacterClass::Digit));
    let upper = build(Policy::builder().at_least(1, CharacterClass::Upper));
    let policy =
        build(Policy::builder().min_length(4).of_lengths(4..=6, digit).of_lengths(7..=8, upper));
    for (password, codes) in [
        ("plu", vec!["password_too_short"]),
        ("plum", vec!["password_missing_classes"]),
        ("plu4", vec![]),
        ("plumke", vec!["password_missing_classes"]),
        ("plumk4", vec![]),
        ("plumke4", vec!["password_missing_classes"]),
        ("plumkeT", vec![]),
        ("plumkett", vec!["password_missing_classes"]),
        ("plumketT", vec![]),
        ("plumkettl", vec![]),
        // Code points, not bytes.
        ("日本語日本語日本語", vec![]),
    ] {
        let found = policy.check_as_typed(password, &Personal::none()).err();
        let found: Vec<_> = found.iter().flatten().map(Violation::code).collect();
        assert_eq!(found, codes, "{password}");
    }
    let requirements: Vec<_> =
        policy.requirements().skip(4).map(|requirement| requirement.to_string()).collect();
    assert_eq!(
        requirements,
        [
            "if it has 4 to 6 characters: at least 1 digit",
            "if it has 7 to 8 characters: at least 1 uppercase letter"
        ]
    );
}

#[test]
fn intervals_that_overlap_or_that_nothing_reaches_do_not_build() {
    let rules = || build(Policy::builder().at_least(1, CharacterClass::Digit));
    let digits = || build(Policy::builder().at_least(5, CharacterClass::Digit));
    let builder = || Policy::builder().min_length(4).max_length(20);
    let table = [
        (builder().of_lengths(4..=8, rules()).of_lengths(9..=20, rules()), None),
        (
            builder().of_lengths(4..=8, rules()).of_lengths(8..=20, rules()),
            Some("policy_lengths_overlap"),
        ),
        (builder().of_lengths(1..=3, rules()), Some("policy_lengths_out_of_reach")),
        (builder().of_lengths(1..=4, rules()), None),
        (builder().of_lengths(20..=90, rules()), None),
        (builder().of_lengths(21..=90, rules()), Some("policy_lengths_out_of_reach")),
        (builder().of_lengths(1..=4, digits()), Some("policy_asks_for_too_much")),
        (builder().of_lengths(1..=5, digits()), None),
        (
            builder().of_lengths(4..=8, build(Policy::builder().min_length(9))),
            Some("policy_lengths_out_of_reach"),
        ),
        (
            builder().of_lengths(4..=8, build(Policy::builder().not_among_last(4))),
            Some("policy_rule_out_of_place"),
        ),
        (
            builder().of_lengths(4..=8, build(builder().of_lengths(4..=6, rules()))),
            Some("policy_rule_out_of_place"),
        ),
        (builder().warn(build(Policy::builder().min_changed(2))), None),
        (builder().warn(build(builder().warn(rules()))), Some("policy_rule_out_of_place")),
    ];
    for (number, (builder, code)) in table.into_iter().enumerate() {
        assert_eq!(builder.build().err().map(|error| error.code()), code, "{number}");
    }
}

/// Refuses passwords in which the company's name stands, as the host knows it.
#[derive(Debug)]
struct NoCompany;

impl Rule for NoCompany {
    fn code(&self) -> &'static str {
        "password_names_company"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "without the name of the company".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "Your new password may not name the company.".into()
    }

    fn accepts(&self, password: &str, _: &Personal<'_>) -> bool {
        !password.contains("plum")
    }
}

#[test]
fn a_rule_of_ones_own_stands_beside_the_others() {
    let policy = build(Policy::builder().min_length(20).rule(NoCompany));
    let violations = policy.check_as_typed("plum-kettle", &Personal::none()).unwrap_err();
    let codes: Vec<_> = violations.iter().map(Violation::code).collect();
    assert_eq!(codes, ["password_too_short", "password_names_company"]);
    assert_eq!(violations[1].to_string(), "Your new password may not name the company.");
    let last = policy.requirements().last().unwrap();
    assert_eq!(last.code(), "password_names_company");
    assert_eq!(last.to_string(), "without the name of the company");
    assert!(policy.check_as_typed("kettle-orbit-and-more", &Personal::none()).is_ok());
    assert_eq!(policy.clone(), policy);
}

#[test]
fn other_attributes_are_compared_as_the_four_are() {
    let others = [("company", "Rosewater"), ("city", "")];
    let about = Personal::none().username("emily").others(&others);
    for (builder, code) in [
        (Policy::builder().max_similarity(0.7), "password_too_similar"),
        (Policy::builder().no_personal_names(), "password_has_personal_name"),
        (Policy::builder().not_derived_from_names(), "password_derived_from_name"),
    ] {
        let violations = build(builder).check_as_typed("rosewater1", &about).unwrap_err();
        assert_eq!(violations[0].code(), code);
        assert!(violations.to_string().contains("company"), "{violations}");
    }
}

#[test]
fn evidence_that_is_missing_is_not_taken_for_granted() {
    let policy = build(Policy::builder().min_changed(4).not_rearranged().not_among_last(2));
    let none = Personal::none();
    let new = typed("plum-kettle");
    let history = |is_used: fn(&str) -> bool| {
        policy.check_history(&new, [("plum-kettle", Duration::ZERO)], is_used)
    };
    let used = history(|earlier| earlier == "plum-kettle");
    let unused = history(|_| false);
    for (evidence, codes) in [
        (Evidence::of_reset(), vec!["password_history_unknown"]),
        (Evidence::of_reset().history(&used), vec!["password_used_before"]),
        (Evidence::of_reset().history(&unused), vec![]),
        (Evidence::of_change(&typed("orbit-and-more")).history(&unused), vec![]),
        (
            Evidence::of_change(&typed("Plum-kettle")).history(&unused),
            vec!["password_too_little_changed", "password_rearranged_case"],
        ),
    ] {
        let found = policy.check_with(&typed("plum-kettle"), &none, evidence).err();
        let found: Vec<_> = found.iter().flatten().map(Violation::code).collect();
        assert_eq!(found, codes);
        assert!(!format!("{evidence:?}").contains("lum"));
    }
}

/// Catalogue 6.22: that nobody can tell is a verdict of its own, and what it means is the host's choice.
#[test]
fn catalogue_6_22_breaches_are_counted_up_to_the_limit_and_unknown_is_never_absent() {
    let unreachable = Breach::Unknown(BreachUnknown::Unreachable);
    let not_asked = Breach::Unknown(BreachUnknown::NotAsked);
    let table = [
        (0, WhenUnknown::Refuse, Breach::seen(0), None),
        (0, WhenUnknown::Refuse, Breach::seen(1), Some("password_breached")),
        (2, WhenUnknown::Refuse, Breach::seen(2), None),
        (2, WhenUnknown::Refuse, Breach::seen(3), Some("password_breached")),
        (0, WhenUnknown::Refuse, unreachable, Some("password_breach_unknown")),
        (0, WhenUnknown::Accept, unreachable, None),
        (0, WhenUnknown::Accept, Breach::seen(1), Some("password_breached")),
        (u64::MAX, WhenUnknown::Refuse, Breach::seen(u64::MAX), None),
        // To forget to ask is no failure of the source.
        (0, WhenUnknown::Refuse, not_asked, Some("password_breach_unknown")),
        (0, WhenUnknown::Accept, not_asked, Some("password_breach_unknown")),
    ];
    for (count, when_unknown, breach, code) in table {
        let policy = build(Policy::builder().max_breaches(count, when_unknown));
        let password = typed("plum-kettle");
        let answer = BreachAnswer::new(&password, breach);
        let evidence = Evidence::of_reset().breach(&answer);
        let found = policy.check_with(&password, &Personal::none(), evidence).err();
        assert_eq!(found.map(|found| found[0].code()), code, "{count} {when_unknown:?} {breach:?}");
        let last = policy.requirements().last().map(|last| asked(&last));
        assert_eq!(last, Some(format!("password_breached max_breaches={count}")));
    }
}

fn list<const N: usize>(words: [&str; N]) -> CommonPasswords<'static> {
    CommonPasswords::from_shared(Arc::new(CommonPasswords::build(words).unwrap())).unwrap()
}

fn listing<const N: usize>(words: [&str; N]) -> PolicyBuilder {
    Policy::builder().not_among(list(words))
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().unwrap()
}

/// The code of the first violation.
fn first(policy: &Policy, password: &str) -> Option<&'static str> {
    policy.check_as_typed(password, &Personal::none()).err().map(|violations| violations[0].code())
}
