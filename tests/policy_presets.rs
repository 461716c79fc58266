//! The presets, a test for each requirement of a standard that this crate can meet, from both sides.
//!
//! What has no test of its own here:
//!
//! | requirement | why |
//! |---|---|
//! | NIST N20: at most 100 failures in a row | the host's, which knows of sign-ins; of codes `guess_budget.rs` and `invariants/guesses.rs` |
//! | ASVS 6.2.2, 6.2.3: a change needs the present password | a policy asks nobody; `Service::current` in `faults.rs`, `secrets_in_the_flow.rs` and `invariants/winner.rs` |
//! | ASVS 6.2.6, 6.2.7: masked, paste allowed | the host's form |
//! | ASVS 6.4.1: an initial password is short-lived | the host's, or a link in its place, which ends: `token.rs`; that it follows the policy is below |
//! | PCI 8.3.1 to 8.3.5, 8.3.8 to 8.3.11: factors, storage, identity, locks, first passwords, telling, age | the host's |
//! | AD: 42 days of age, locks | the host's; no rule ends a password: `nist_n6_asvs_6_2_10_no_rule_ends_a_password_after_a_time` |

#[path = "support/shown.rs"]
mod shown;

use core::time::Duration;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use data_encoding::BASE64_NOPAD;
use repass::hash::{Cost, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
#[cfg(feature = "common-passwords")]
use repass::policy::Rank;
use repass::policy::{
    Attribute, Breach, BreachAnswer, CharacterClass, CharacterSet, CommonPasswords, Evidence,
    Personal, Policy, PolicyBuilder, PolicyError, Preset, Reduction, Rule, SequenceEnds, Violation,
    WhenUnknown, WhiteSpace,
};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::secret::{Password, Salt};
use shown::{all_shown, asked, typed};

const NIST: [Preset; 2] = [Preset::NistSingleFactor, Preset::NistMfa];
const ASVS: [Preset; 2] = [Preset::AsvsL1, Preset::AsvsL2];
const ALLOWS_ANY_COMPOSITION: [Preset; 4] =
    [Preset::NistSingleFactor, Preset::NistMfa, Preset::AsvsL1, Preset::AsvsL2];

#[test]
fn nist_n1a_fifteen_code_points_alone() {
    the_shortest(Preset::NistSingleFactor, 15, "plum kettle orb", "plum kettle or");
}

#[test]
fn nist_n1b_eight_code_points_as_one_factor_of_several() {
    the_shortest(Preset::NistMfa, 8, "plum ket", "plum ke");
}

#[test]
fn nist_n2_64_characters_of_four_bytes() {
    sixty_four_are_accepted(&NIST);
}

#[test]
fn nist_n3_every_printing_character_of_ascii_in_every_place() {
    every_printing_character(&NIST);
}

#[test]
fn nist_n4a_unicode() {
    every_script(&NIST);
}

#[test]
fn nist_n4b_a_code_point_is_one() {
    for (preset, shortest) in [(Preset::NistSingleFactor, 15), (Preset::NistMfa, 8)] {
        let policy = built(preset);
        for character in ["😀", "e\u{301}", "\u{1F469}\u{200D}", "日本"] {
            let many = |code_points: usize| character.chars().cycle().take(code_points);
            // Something else at the end, so that it is nothing several times over.
            let text = |code_points: usize| many(code_points - 1).chain(['ж']).collect::<String>();
            assert_eq!(codes(&policy, &text(shortest)), Vec::<&str>::new(), "{character}");
            let too_short = format!("password_too_short min_length={}", shortest);
            assert_eq!(found(&policy, &text(shortest - 1)), [too_short], "{character}");
        }
    }
}

#[test]
fn nist_n5_no_composition() {
    for preset in NIST {
        let policy = allowing_all(preset);
        for password in COMPOSED {
            assert_eq!(codes(&policy, password), Vec::<&str>::new(), "{password}");
        }
    }
}

/// Nothing is cut off: what differs far behind is another password, what is too long is an error.
/// Nothing asks that a password be changed after a time: the two rules that know one refuse earlier passwords,
/// and changes that follow one another too soon. A password that was seen in a breach is refused whenever it
/// is asked about.
#[test]
fn nist_n6_asvs_6_2_10_no_rule_ends_a_password_after_a_time() {
    let of_history = ["fn not_used_within(", "fn min_age("];
    let sources = sources_of_builder();
    let others =
        sources.iter().filter(|source| !of_history.iter().any(|rule| source.contains(rule)));
    assert_eq!(others.clone().count(), sources.len() - of_history.len());
    for source in others {
        for time in ["Duration", "UtcDateTime", "Instant", "SystemTime", "days"] {
            assert!(!source.contains(time), "{time}");
        }
    }
    for preset in ALLOWS_ANY_COMPOSITION {
        let policy = begun(preset).max_breaches(0, WhenUnknown::Refuse).build().unwrap();
        for (breach, expected) in
            [(Breach::Absent, None), (Breach::seen(1), Some("password_breached"))]
        {
            let password = typed("kettle of orbits");
            let answer = BreachAnswer::new(&password, breach);
            let evidence = Evidence::of_reset().breach(&answer);
            let checked = policy.check_with(&password, &Personal::none(), evidence);
            assert_eq!(checked.err().map(|found| found[0].code()), expected);
        }
    }
}

#[test]
fn nist_n7_n8_asvs_6_4_2_nothing_public_is_a_hint_or_a_question() {
    let public = include_str!("../checks/public-api/list.txt").to_lowercase();
    assert!(public.contains("policy::preset"));
    for kept in ["hint", "question", "reminder"] {
        assert!(!public.contains(kept), "{kept}");
    }
}

#[test]
fn nist_n9_the_whole_password() {
    for preset in NIST {
        let listed = format!("{}-end", "kettle plum ".repeat(10));
        let policy = begun(preset).not_among(list([&listed])).build().unwrap();
        assert_eq!(codes(&policy, &listed), ["password_too_common"]);
        assert_eq!(codes(&policy, &format!("{listed}s")), Vec::<&str>::new());
        assert_eq!(codes(&policy, &"kettle 4 ".repeat(200)), ["password_too_many_bytes"]);
    }
}

/// Marks that are typed apart count once they are put together: as many code points, the same verdict.
#[test]
fn nist_n10_nfc() {
    for (preset, shortest) in [(Preset::NistSingleFactor, 15), (Preset::NistMfa, 8)] {
        let policy = begun(preset).not_among(list(["kéttle-örbit-plüm"])).build().unwrap();
        let verdict = |typed: &str| codes(&policy, Password::new(typed).unwrap().expose_secret());
        let letters = |count| "eaoui".chars().cycle().take(count - 1).chain(['n']);
        let typed = |count| letters(count).flat_map(|letter| [letter, '\u{303}']);
        assert_eq!(verdict(&typed(shortest).collect::<String>()), Vec::<&str>::new());
        let short: String = typed(shortest - 1).collect();
        assert!(short.chars().count() >= shortest, "{short}");
        assert_eq!(verdict(&short), ["password_too_short"]);
        for typed in ["kéttle-örbit-plüm", "ke\u{301}ttle-o\u{308}rbit-plu\u{308}m"] {
            assert_eq!(verdict(typed), ["password_too_common"]);
        }
    }
}

#[test]
fn nist_n11_compared_with_a_blocklist() {
    for preset in NIST {
        let policy = begun(preset).not_among(list(["Kettle Orbit Plum"])).build().unwrap();
        assert_eq!(codes(&policy, "kettle orbit plum"), ["password_too_common"]);
    }
    demands_a_list(&NIST);
    #[cfg(feature = "common-passwords")]
    {
        let policy = Policy::preset(Preset::NistMfa).build().unwrap();
        assert_eq!(codes(&policy, "Password1"), ["password_too_common"]);
        let policy = Policy::preset(Preset::NistSingleFactor).build().unwrap();
        assert_eq!(codes(&policy, "kettlekettlekettle"), ["password_common_repeated"]);
    }
}

/// A list may have what is derived from its words (N13); what is undone here leaves no character out.
#[test]
fn nist_n12_disguises_of_the_entire_password() {
    for preset in NIST {
        let listed = ["kettleorbitplum", "orbit"];
        let policy = begun(preset).not_among(list(listed)).build().unwrap();
        for (password, code) in [
            ("KettleOrbitPlum", Some("password_too_common")),
            ("k3tt13orbitplum", Some("password_common_leet")),
            ("k3tt13orb1tplum", None),
            ("k3ttle0rb!tplum", Some("password_common_leet")),
            ("mulptibroelttek", Some("password_common_reversed")),
            ("mu1pt1br0e1ttek", None),
            ("orbitOrbitorbit", Some("password_common_repeated")),
            ("0rb1t0rb1t0rb1t", Some("password_common_repeated")),
            ("kettle-orbit-plum", None),
            ("këttleorbitplum", None),
            ("kettleorbitplum1", None),
            ("!!k3ttleorbitplum", None),
        ] {
            assert_eq!(codes(&policy, password).first().copied(), code, "{password}");
        }
    }
}

#[test]
fn nist_n12_the_entire_password_and_no_part_of_it() {
    let about = Personal::none().username("emily").email("emily@example.com");
    for preset in NIST {
        let policy = begun(preset).not_among(list(["kettleorbit", "password"])).build().unwrap();
        for password in [
            "mypasswordisverylong",
            "kettleorbit2026!!",
            "kettle-orbit-kettle",
            "emily-rides-far-out",
        ] {
            assert_eq!(policy.check_as_typed(password, &about), Ok(()), "{password}");
        }
        let field = "no_personal_names";
        assert_eq!(error(begun(preset).no_personal_names()), forbidden(preset, field));
        for reduction in Reduction::ALL {
            let builder = begun(preset).not_derived_from_common([reduction]);
            let is_allowed = Reduction::OF_THE_WHOLE.contains(&reduction);
            assert_eq!(builder.build().is_ok(), is_allowed, "{reduction:?}");
        }
        let error = error(begun(preset).not_derived_from_common(Reduction::ALL));
        assert_eq!(error, forbidden(preset, "not_derived_from_common"));
    }
}

#[test]
fn nist_n13_context_words_and_user_names_as_a_whole() {
    let about = Personal::none().username("emily.rosewater.90");
    for preset in NIST {
        let policy = begun(preset).context_words(["Plum Bank Society"]).build().unwrap();
        assert_eq!(codes(&policy, "P1umB@nkSociety"), ["password_is_context_word"]);
        assert_eq!(codes(&policy, "my plum bank society"), Vec::<&str>::new());
        let codes = ["password_too_similar", "password_derived_from_name"];
        let expected = codes.map(|code| format!("{code} attribute=username"));
        for password in ["emily.rosewater.90", "Emily.Rosewater.90!"] {
            let found = policy.check_as_typed(password, &about).unwrap_err();
            assert_eq!(all_shown(&found), expected, "{password}");
        }
        assert_eq!(policy.check_as_typed("emily.rosewater.90 at sea", &about), Ok(()));
        begun(preset).max_breaches(0, WhenUnknown::Refuse).build().unwrap();
    }
}

#[test]
fn nist_n14_n16_reasons_and_guidance() {
    let policy = begun(Preset::NistSingleFactor).build().unwrap();
    let found = policy.check_as_typed("plum orbit ket", &Personal::none()).unwrap_err();
    assert_eq!(found.to_string(), "Your new password must have at least 15 characters.");
    let asked: Vec<_> = policy.requirements().map(|one| asked(&one)).collect();
    assert!(asked.contains(&format!("password_too_short min_length={}", 15)));
    assert!(asked.contains(&"password_too_common".to_owned()));

    let advice: Vec<_> = found.advice().map(|advice| advice.code()).collect();
    assert_eq!(advice, ["advice_several_words"]);
    for preset in NIST {
        let policy = begun(preset).not_among(list(["kettleorbitplum"])).build().unwrap();
        for password in ["plum", "kettleorbitplum", "kettleorb1tplum", "mulptibroelttek"] {
            let found = policy.check_as_typed(password, &Personal::none()).unwrap_err();
            assert!(found.iter().all(|found| !found.to_string().is_empty()));
            assert!(found.advice().next().is_some(), "{password}");
        }
    }
}

/// The numbers that the page of standards states.
#[test]
#[cfg(feature = "common-passwords")]
fn nist_n15_the_list_is_as_long_as_it_says() {
    let page = include_str!("../src/policy/preset/standards.md");
    assert!(page.contains("has 65,577 entries from 8 characters on, and 241 from 15"));
    for (preset, entries) in [(Preset::NistMfa, 65_577), (Preset::NistSingleFactor, 241)] {
        let shortest = if preset == Preset::NistMfa { 8 } else { 15 };
        assert_eq!(CommonPasswords::embedded().entries_at_least(shortest), entries);
        // All of them are asked about, not a prefix.
        let last = CommonPasswords::embedded();
        assert!(last.up_to(Rank::Top10000).entries_at_least(shortest) < entries);
        let policy = Policy::preset(preset).build().unwrap();
        let lines = include_str!("../tools/common-passwords/pwdb-top-100k.txt").lines();
        let rare = |word: &&str| {
            word.chars().count() >= shortest
                && CommonPasswords::embedded().rank(word) == Some(Rank::Listed)
        };
        for word in lines.filter(rare).take(50) {
            assert!(codes(&policy, word).contains(&"password_too_common"), "{word}");
        }
    }
}

/// What a service may forgive, this one does not: blanks at the ends, the case of the first letter.
#[test]
fn nist_n17_asvs_6_2_8_verified_as_received() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let text = "Plum kettle orbi\u{301}t";
    for read in [|text: &str| Password::new(text), |text: &str| Password::verbatim(text)] {
        let hash = hasher.hash(&read(text).unwrap(), salt()).unwrap();
        let verify = |typed: &str| hasher.verify(&read(typed).unwrap(), &hash);
        assert_eq!(verify(text), Ok(Verdict::Match));
        for typed in
            [format!("{text} "), format!(" {text}"), text.to_lowercase(), text[..16].to_owned()]
        {
            assert_eq!(verify(&typed), Ok(Verdict::Mismatch), "{typed:?}");
        }
    }
    assert_eq!(Password::verbatim(text).unwrap().expose_secret(), text);
}

/// A salt of 32 bits or more; scheme, cost and salt stored with the hash; a key, if there is one, apart.
#[test]
fn nist_n19_salted_slow_hashes() {
    let password = Password::new("plum kettle orbit").unwrap();
    let hasher = Hasher::default();
    let hash = hasher.hash(&password, salt()).unwrap();
    let fields: Vec<_> = hash.expose_secret().split('$').skip(1).collect();
    let ["argon2id", "v=19", "m=19456,t=2,p=1", salted, _] = fields[..] else {
        panic!("{fields:?}");
    };
    assert!(BASE64_NOPAD.decode(salted.as_bytes()).unwrap().len() * 8 >= 32);

    let key: Vec<u8> = (0..32).collect();
    let peppers = Keyring::new(KeyId::new(1), Key::from_bytes(&key).unwrap());
    let peppered = hasher.clone().with_pepper(peppers).hash(&password, salt()).unwrap();
    assert!(peppered.expose_secret().contains(",keyid="));
    assert!(hasher.verify(&password, &peppered) != Ok(Verdict::Match));
}

#[test]
fn nist_n18_password_managers() {
    for (preset, text) in [
        (Preset::NistSingleFactor, "minlength: 15; maxlength: 256; allowed: unicode;"),
        (Preset::NistMfa, "minlength: 8; maxlength: 256; allowed: unicode;"),
    ] {
        assert_eq!(built(preset).password_rules().unwrap(), text);
    }
}

#[test]
fn asvs_6_1_2_context_words_are_told() {
    let policy = built(Preset::AsvsL2);
    assert_eq!(policy.context_words().collect::<Vec<_>>(), ["Plum Bank"]);
}

#[test]
fn asvs_6_2_1_eight_characters() {
    for preset in ASVS {
        the_shortest(preset, 8, "plum ket", "plum ke");
    }
}

/// 3,000 passwords that the policy would take, whatever list they are in.
#[test]
fn asvs_6_2_4_three_thousand_common_passwords_that_match() {
    for preset in ASVS {
        let min_length = 20;
        let with = |lists: &[CommonPasswords<'static>]| {
            let builder = host_part(preset, Policy::preset(preset)).min_length(min_length);
            lists.iter().cloned().fold(builder, PolicyBuilder::not_among).build()
        };
        let too_few = |entries| {
            Err(PolicyError::TooFewCommonPasswords { preset, entries, needed: 3_000, min_length })
        };
        let long =
            |range: core::ops::Range<usize>| list(range.map(|n| format!("kettle-plum-{n:08}")));
        // So many of the embedded list have 20 characters.
        let own = embedded_at_least(min_length);
        let enough = 3_000 - own;
        assert_eq!(with(&[long(0..enough - 1)]).map(|_| ()), too_few(2_999));
        assert!(with(&[long(0..enough)]).is_ok());
        // Of several lists together, and an entry of two lists is one.
        assert!(with(&[long(0..2_000), long(2_000..enough)]).is_ok());
        assert!(with(&[long(0..2_000), long(1_999..enough)]).is_ok());
        assert_eq!(with(&[long(0..2_000), long(1_000..enough - 1)]).map(|_| ()), too_few(2_999));
        assert_eq!(with(&[long(0..2_000), long(0..2_000)]).map(|_| ()), too_few(2_000 + own));
        // What is too short counts nothing.
        let short = list((0..5_000).map(|n| format!("plum-{n:014}")));
        assert_eq!(with(&[short, long(0..9)]).map(|_| ()), too_few(9 + own));

        let text = with(&[long(0..9)]).unwrap_err().to_string();
        assert!(
            text.contains("3000") && text.contains("20") && text.contains("add a list"),
            "{text}"
        );
    }
}

#[test]
fn asvs_6_2_4_passwords_too_long_for_the_policy_do_not_match() {
    let long = list((0..3_000).map(|n| format!("kettle-plum-{n:08}")));
    let builder = || host_part(Preset::AsvsL1, Policy::preset(Preset::AsvsL1)).min_length(20);
    assert!(builder().not_among(long.clone()).max_length(20).build().is_ok());
    let only_longer = Policy::builder().min_length(21).build().unwrap();
    for builder in
        [builder().min_length(19).max_length(19), builder().of_lengths(20..=30, only_longer)]
    {
        let error = error(builder.not_among(long.clone()));
        assert_eq!(error.code(), "policy_too_few_common_passwords");
        assert_eq!(error.field(), "not_among");
    }
}

#[test]
#[cfg(feature = "common-passwords")]
fn asvs_6_2_4_the_embedded_list_has_enough_up_to_eleven() {
    for preset in ASVS {
        let begun = || host_part(preset, Policy::preset(preset));
        assert!(begun().build().is_ok());
        assert!(begun().min_length(11).build().is_ok());
        // Django's entries are among those of the embedded list.
        let builder = begun().min_length(12).not_among(CommonPasswords::django());
        let entries = CommonPasswords::embedded().entries_at_least(12);
        let expected =
            PolicyError::TooFewCommonPasswords { preset, entries, needed: 3_000, min_length: 12 };
        assert_eq!(error(builder), expected);
        assert_eq!(error(begun().min_length(15)).code(), "policy_too_few_common_passwords");
    }
}

#[test]
fn asvs_6_2_4_the_common_passwords_of_accepted_lengths_are_told() {
    let (one, other) = (list(["plum", "kettle", "orbit"]), list(["kettle", "saddles"]));
    let of =
        |builder: PolicyBuilder| builder.build().unwrap().common_passwords_of_accepted_lengths();
    let both = || Policy::builder().not_among(one.clone()).not_among(other.clone());
    assert_eq!(of(Policy::builder()), 0);
    assert_eq!(of(Policy::builder().not_among(one.clone())), 3);
    assert_eq!(of(both()), 4);
    assert_eq!(of(both().min_length(5)), 3);
    assert_eq!(of(both().min_length(5).max_length(6)), 2);
    let short = Policy::builder().min_length(6).build().unwrap();
    assert_eq!(of(both().of_lengths(4..=6, short)), 2);
}

#[test]
fn asvs_6_2_4_demands_a_list() {
    demands_a_list(&ASVS);
}

#[test]
fn asvs_6_2_5_any_composition() {
    for preset in ASVS {
        let policy = allowing_all(preset);
        for password in COMPOSED {
            assert_eq!(codes(&policy, password), Vec::<&str>::new(), "{password}");
        }
    }
    every_printing_character(&ASVS);
    every_script(&ASVS);
}

#[test]
fn asvs_6_2_9_64_characters() {
    sixty_four_are_accepted(&[Preset::AsvsL2]);
    // Level 1 does not ask for it.
    assert!(begun(Preset::AsvsL1).max_length(63).build().is_ok());
}

#[test]
fn asvs_6_2_11_context_words() {
    let preset = Preset::AsvsL2;
    let without = Policy::preset(preset).not_among(LISTED.clone());
    let error = error(without.max_breaches(0, WhenUnknown::Refuse));
    assert_eq!(error, PolicyError::DemandedByPreset { preset, field: "context_words" });
    assert_eq!(codes(&built(preset), "plumbank2026"), ["password_is_context_word"]);
    assert_eq!(codes(&built(Preset::AsvsL1), "plumbank2026"), Vec::<&str>::new());
}

#[test]
fn asvs_6_2_12_breached_passwords() {
    let preset = Preset::AsvsL2;
    let without = Policy::preset(preset).not_among(LISTED.clone()).context_words(["Plum Bank"]);
    let error = error(without);
    assert_eq!(error, PolicyError::DemandedByPreset { preset, field: "max_breaches" });
    let policy = built(preset);
    for (breach, code) in [(Breach::Absent, None), (Breach::seen(1), Some("password_breached"))] {
        let password = typed("kettle orbit");
        let answer = BreachAnswer::new(&password, breach);
        let evidence = Evidence::of_reset().breach(&answer);
        let checked = policy.check_with(&password, &Personal::none(), evidence);
        assert_eq!(checked.err().map(|found| found[0].code()), code);
    }
}

/// Drawn at random, under the same policy as what a user chooses.
#[test]
fn asvs_6_4_1_initial_passwords_follow_the_policy() {
    for preset in ASVS {
        let policy = built(preset);
        let mut random = Counting(0);
        let generators = [
            policy.generator().length(20).build().unwrap(),
            policy.generator().temporary().build().unwrap(),
        ];
        for generator in &generators {
            assert!(generator.entropy_bits() >= 40, "{}", generator.entropy_bits());
            for _ in 0..100 {
                let password = generator.generate(&Personal::none(), &mut random).unwrap();
                assert_eq!(codes(&policy, password.expose_secret()), Vec::<&str>::new());
            }
        }
    }
}

#[test]
fn pci_8_3_6_twelve_characters_numeric_and_alphabetic() {
    the_shortest(Preset::Pci, 12, "plum-kettle4", "plum-kettl4");
    let policy = built(Preset::Pci);
    for (password, missing) in [
        ("plum-kettle-4", None),
        ("пароль-пароль-4", None),
        ("plum-kettle-x", Some("1 digit")),
        ("1234-5678-9012", Some("1 letter")),
    ] {
        let found = policy.check_as_typed(password, &Personal::none()).err();
        let found = found.as_ref().map(all_shown);
        let missing =
            missing.map(|missing| vec![format!("password_missing_classes classes={missing}")]);
        assert_eq!(found, missing, "{password}");
    }
    for class in [CharacterClass::Letter, CharacterClass::Digit] {
        let preset = Preset::Pci;
        let expected = PolicyError::DemandedByPreset { preset, field: "at_least" };
        assert_eq!(error(begun(preset).at_least(0, class)), expected);
        assert!(begun(preset).at_least(2, class).build().is_ok());
    }
}

#[test]
fn pci_8_3_7_none_of_the_last_four() {
    the_history(Preset::Pci, 4, "plum-kettle-4");
}

#[test]
fn ad_three_of_five_kinds() {
    let policy = built(Preset::ActiveDirectory);
    for (password, is_accepted) in [
        ("Kettle4", true),
        ("kettle-4", true),
        ("KETTLE-4", true),
        ("Kettle-", true),
        ("日本日本a4x", true),
        ("日本日本-a-", true),
        ("kettle4", false),
        ("Kettles", false),
        ("1234567-", false),
        ("日本日本日本4", false),
    ] {
        assert_eq!(
            policy.check_as_typed(password, &Personal::none()).is_ok(),
            is_accepted,
            "{password}"
        );
    }
    let preset = Preset::ActiveDirectory;
    let kinds = [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit];
    let expected = PolicyError::DemandedByPreset { preset, field: "active_directory_kinds" };
    assert_eq!(error(begun(preset).at_least_kinds(3, kinds)), expected);
}

/// The example of Microsoft's page, and the account name from three characters on.
#[test]
fn ad_names() {
    let policy = built(Preset::ActiveDirectory);
    let full_name = [("full name", "Erin M. Hagens")];
    let names = || Personal::none().username("ehg").others(&full_name);
    let other = Attribute::Other("full name");
    for (password, attribute) in [
        ("Plum-erin-4", Some(other)),
        ("4HAGENSplum-", Some(other)),
        ("Plum-Mike-44", None),
        ("Plum-eri-hagen-4", None),
        ("xEHGx-plum4", Some(Attribute::Username)),
    ] {
        let found = policy.check_as_typed(password, &names()).err();
        let expected = attribute.map(|attribute| {
            vec![format!("password_has_personal_name attribute={}", attribute.name())]
        });
        assert_eq!(found.as_ref().map(all_shown), expected, "{password}");
    }
    for divided in ["a,erin", "a.erin", "a-erin", "a_erin", "a erin", "a#erin", "a\terin"] {
        let about = Personal::none().first_name(divided);
        assert!(policy.check_as_typed("Plum-erin-4", &about).is_err(), "{divided}");
    }
    // Fewer than three characters are not looked for.
    assert_eq!(policy.check_as_typed("xEHx-plum4", &Personal::none().username("eh")), Ok(()));
}

#[test]
fn ad_seven_characters() {
    the_shortest(Preset::ActiveDirectory, 7, "Kettle4", "Kettl4");
}

#[test]
fn ad_256_utf16_code_units() {
    let preset = Preset::ActiveDirectory;
    let policy = built(preset);
    for (filler, fit) in [("x", 253), ("日", 253), ("é", 253)] {
        let text = |count| format!("aB4{}", filler.repeat(count));
        assert_eq!(codes(&policy, &text(fit)), Vec::<&str>::new());
        assert_eq!(codes(&policy, &text(fit + 1)), ["password_too_long"]);
    }
    let emoji = |start: &str, count| format!("{start}{}", "😀".repeat(count));
    assert_eq!(codes(&policy, &emoji("aB4x", 126)), Vec::<&str>::new());
    assert_eq!(codes(&policy, &emoji("aB4xy", 126)), ["password_too_many_utf16_units"]);
    assert_eq!(codes(&policy, &emoji("aB4x", 127)), ["password_too_many_utf16_units"]);

    assert!(begun(preset).max_length(128).build().is_ok());
    let expected =
        PolicyError::OutOfPresetRange { preset, field: "max_length", value: 257, min: 7, max: 256 };
    assert_eq!(error(begun(preset).max_length(257)), expected);
    assert_eq!(
        expected.to_string(),
        "max_length 257 is above 256, the most under the preset active_directory"
    );
}

#[test]
fn ad_none_of_the_last_24() {
    the_history(Preset::ActiveDirectory, 24, "Kettle-4");
}

#[test]
fn django_minimum_length() {
    the_shortest(Preset::Django, 8, "plum ket", "plum ke");
}

#[test]
fn django_user_attribute_similarity() {
    likeness(Preset::Django);
}

#[test]
fn django_common_password() {
    demands_a_list(&[Preset::Django]);
    let policy = begun(Preset::Django).not_among(list(["kettle orbit"])).build().unwrap();
    assert_eq!(codes(&policy, "Kettle Orbit"), ["password_too_common"]);
}

/// A part of the list, or another list, is not Django's.
#[test]
#[cfg(feature = "common-passwords")]
fn django_common_password_is_all_of_djangos() {
    use repass::policy::{PolicyConfig, Rank};
    let read = |common: &str| {
        let text = format!("preset = 'django'\nnot_common = {common}");
        toml::from_str::<PolicyConfig>(&text).unwrap().into_builder().unwrap()
    };
    for whole in ["true", "'django'"] {
        assert!(read(whole).build().is_ok());
    }
    for (builder, missing) in [
        (read("'top_10000'"), None),
        (read("'top_100'"), None),
        (
            read("false").not_among(list(["kettle orbit"])),
            Some(CommonPasswords::django().entries_at_least(8)),
        ),
    ] {
        let error = error(builder);
        assert_eq!((error.code(), error.field()), ("policy_lacks_djangos_list", "not_among"));
        assert!(error.to_string().contains("not_common = \"django\" or true"), "{error}");
        let PolicyError::LacksDjangosList { missing: found, .. } = error else { panic!() };
        assert!(missing.is_none_or(|missing| missing == found), "{found}");
    }
    // In parts, and of one's own.
    let parts = read("'top_100'").not_among(CommonPasswords::django());
    assert!(parts.build().is_ok());
    let top = CommonPasswords::embedded().up_to(Rank::Top10000);
    assert!(read("'django'").not_among(top).build().is_ok());
}

#[test]
#[cfg(feature = "common-passwords")]
fn nist_n11_a_list_without_an_entry_that_is_long_enough_is_none() {
    use repass::policy::{PolicyConfig, Rank};
    let of = |preset, list| {
        let text = format!("preset = '{}'\nnot_common = false", Preset::name(preset));
        let config: PolicyConfig = toml::from_str(&text).unwrap();
        config.into_builder().unwrap().not_among(list).build()
    };
    for (preset, short, long) in [
        (Preset::NistSingleFactor, "plum-kettle-42", "plum-kettle-421"),
        (Preset::NistMfa, "kettle4", "kettle42"),
    ] {
        assert_eq!(of(preset, list([long])).err(), None);
        let min_length = if preset == Preset::NistMfa { 8 } else { 15 };
        let expected =
            PolicyError::TooFewCommonPasswords { preset, entries: 0, needed: 1, min_length };
        assert_eq!(of(preset, list([short])), Err(expected));
        assert!(expected.to_string().contains("add a list of longer ones by not_among"));
        // All of the embedded one is as much as there is, whatever is asked of the length.
        assert!(Policy::preset(preset).min_length(100).build().is_ok());
    }
    let top = CommonPasswords::embedded().up_to(Rank::Top100);
    assert_eq!(top.entries_at_least(15), 0);
    assert!(of(Preset::NistSingleFactor, top.clone()).is_err());
    assert!(of(Preset::NistMfa, top).is_ok());
}

#[test]
fn django_numeric_password() {
    let policy = built(Preset::Django);
    assert_eq!(codes(&policy, "7340915862"), ["password_entirely_numeric"]);
    assert_eq!(codes(&policy, "7340915862x"), Vec::<&str>::new());
}

/// Nor has Django an upper limit.
#[test]
#[cfg(feature = "common-passwords")]
fn django_the_preset_is_the_policy() {
    assert_eq!(Policy::preset(Preset::Django).build().unwrap(), Policy::django());
}

/// Every rule that a builder has, under every preset, alone, in an interval and as a wish.
#[test]
fn every_rule_under_every_preset() {
    for preset in Preset::ALL {
        for Row { method, field, apply, under } in rows() {
            let is_forbidden = match under {
                Under::Anything => false,
                Under::NoStandardOfTheWhole => NIST.contains(&preset),
                Under::NoStandardOfAnyComposition => ALLOWS_ANY_COMPOSITION.contains(&preset),
            };
            let label = format!("{} {method}", preset.name());
            let built = apply(begun(preset)).build();
            if preset == Preset::ActiveDirectory && method == "at_least_kinds" {
                assert_eq!(built.unwrap_err().code(), "policy_demanded_by_preset");
                continue;
            }
            if !is_forbidden {
                assert_eq!(built.err(), None, "{label}");
                continue;
            }
            assert_eq!(built.unwrap_err(), forbidden(preset, field), "{label}");
            let rules = || apply(Policy::builder().not_among(LISTED.clone())).build().unwrap();
            let builder = begun(preset).of_lengths(20..=30, rules());
            assert_eq!(error(builder), forbidden(preset, field), "{label} in an interval");
            assert!(begun(preset).warn(rules()).build().is_ok(), "{label} as a wish");
        }
    }
}

#[test]
fn no_rule_of_the_builder_is_left_out() {
    let sources = sources_of_builder();
    let of_builder: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.strip_prefix("    pub fn ")?.split(['(', '<']).next())
        .filter(|method| *method != "build")
        .collect();
    let of_table: BTreeSet<&str> = rows().iter().map(|row| row.method).collect();
    assert_eq!(of_table, of_builder);
}

#[test]
fn presets_have_names() {
    let names: BTreeSet<_> = Preset::ALL.into_iter().map(Preset::name).collect();
    let expected = "active_directory asvs_l1 asvs_l2 django nist_mfa nist_single_factor pci";
    assert_eq!(names.into_iter().collect::<Vec<_>>().join(" "), expected);
    for preset in Preset::ALL {
        assert_eq!(Preset::of_name(preset.name()), Some(preset));
    }
    for name in ["", "NIST_MFA", "nist", "django "] {
        assert_eq!(Preset::of_name(name), None);
    }
}

#[test]
fn every_preset_builds_and_says_what_it_asks() {
    for (preset, text) in [
        (
            Preset::NistSingleFactor,
            "at most 1024 bytes; not similar to your personal information; at least 15 \
             characters; not a common password; not a common password with small changes; {default}; not made \
             from your names or addresses",
        ),
        (
            Preset::NistMfa,
            "at most 1024 bytes; not similar to your personal information; at least 8 characters; \
             not a common password; not a common password with small changes; {default}; not made from your \
             names or addresses",
        ),
        (
            Preset::AsvsL1,
            "at most 1024 bytes; at least 8 characters; not a common password; {default}; not made from your \
             names or addresses",
        ),
        (
            Preset::AsvsL2,
            "at most 1024 bytes; at least 8 characters; not a common password; {default}; not based on the \
             name of this service; not made from your names or addresses; not known from a data \
             breach",
        ),
        (
            Preset::Pci,
            "at most 1024 bytes; at least 12 characters; at least 1 letter and 1 digit; {default}; not one \
             of your last 4 passwords",
        ),
        (
            Preset::Django,
            "not similar to your personal information; at least 8 characters; not a common \
             password; not only digits",
        ),
    ] {
        let default = "no control characters, such as tabs or line breaks; not only spaces or \
                       invisible characters";
        let text = text.replace("{default}", default);
        let asked: Vec<_> = built(preset).requirements().map(|asked| asked.to_string()).collect();
        assert_eq!(asked.join("; "), text);
    }
    let asked: Vec<_> =
        built(Preset::ActiveDirectory).requirements().map(|asked| asked.code()).collect();
    assert_eq!(
        asked,
        [
            "password_too_many_bytes",
            "password_too_short",
            "password_too_long",
            "password_too_few_kinds",
            "password_has_control_character",
            "password_blank",
            "password_has_personal_name",
            "password_too_many_utf16_units",
            "password_used_before"
        ]
    );
}

#[test]
fn a_preset_begun_twice_is_the_same_policy() {
    for preset in Preset::ALL {
        assert_eq!(built(preset), built(preset));
    }
}

#[test]
fn errors_say_which_preset_and_which_rule() {
    let preset = Preset::AsvsL2;
    let error = forbidden(preset, "at_least");
    assert_eq!(error.code(), "policy_forbidden_by_preset");
    assert_eq!(error.field(), "at_least");
    assert_eq!(error.to_string(), "at_least is no rule that the preset asvs_l2 allows");
    let error = PolicyError::DemandedByPreset { preset, field: "context_words" };
    assert_eq!(error.code(), "policy_demanded_by_preset");
    assert_eq!(error.field(), "context_words");
    assert!(
        error.to_string().starts_with("context_words is a rule that the preset asvs_l2 demands")
    );
}

/// A standard may be why two rules contradict each other, and says more.
#[test]
fn a_departure_is_told_before_a_contradiction() {
    let error = error(begun(Preset::NistMfa).min_length(80).max_length(20));
    assert_eq!(error.code(), "policy_out_of_preset_range");
    assert!(begun(Preset::Pci).min_length(80).max_length(70).build().is_err());
}

/// Digits alone, letters alone, one character, sequences, walks, palindromes, blanks, controls.
/// Control characters do not print, and a password of spaces is one that a policy refuses by default.
fn allowing_all(preset: Preset) -> Policy {
    begun(preset).allow_control_characters().allow_blank().build().unwrap()
}

const COMPOSED: [&str; 9] = [
    "734091586204817",
    "plumkettleorbit",
    "ǄǄǄǄǄǄǄǄǄǄǄǄǄǄǄǄǄ",
    "abcdefghijklmnopqrst",
    "qwertyuiopasdfghjkl;",
    "kettlexyzzyxelttek",
    "                  ",
    "\t\u{0}\u{1}plum kettle\n orbit",
    "\u{1F600}\u{1F600}plum kettle \u{1F600}",
];

#[derive(Clone, Copy)]
enum Under {
    Anything,
    /// Forbidden where the entire password is compared.
    NoStandardOfTheWhole,
    /// Forbidden where any composition is allowed.
    NoStandardOfAnyComposition,
}

struct Row {
    method: &'static str,
    /// What the error calls it.
    field: &'static str,
    apply: fn(PolicyBuilder) -> PolicyBuilder,
    under: Under,
}

#[derive(Debug)]
struct NoPlum;

impl Rule for NoPlum {
    fn code(&self) -> &'static str {
        "no_plum"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "no plum".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "No plum.".into()
    }

    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        !password.contains("plum")
    }
}

fn rows() -> Vec<Row> {
    fn row(method: &'static str, under: Under, apply: fn(PolicyBuilder) -> PolicyBuilder) -> Row {
        let field = if method == "active_directory_kinds" { "at_least_kinds" } else { method };
        Row { method, field, apply, under }
    }
    use Under::{
        Anything, NoStandardOfAnyComposition as Composition, NoStandardOfTheWhole as Whole,
    };
    vec![
        row("max_bytes", Anything, |builder| builder.max_bytes(512)),
        row("min_length", Anything, |builder| builder.min_length(16)),
        row("max_length", Anything, |builder| builder.max_length(128)),
        row("at_least", Composition, |builder| builder.at_least(1, CharacterClass::Digit)),
        row("at_least", Composition, |builder| builder.at_least(1, CharacterSet::of("!$%"))),
        // To ask for none is to ask nothing.
        row("at_least", Anything, |builder| builder.at_least(0, CharacterSet::of("!$%"))),
        row("at_most", Composition, |builder| builder.at_most(9, CharacterClass::Digit)),
        row("at_least_kinds", Composition, |builder| {
            builder.at_least_kinds(2, [CharacterClass::Lower, CharacterClass::Digit])
        }),
        row("active_directory_kinds", Composition, PolicyBuilder::active_directory_kinds),
        row("max_similarity", Anything, |builder| builder.max_similarity(0.5)),
        row("not_entirely_numeric", Composition, PolicyBuilder::not_entirely_numeric),
        #[cfg(feature = "common-passwords")]
        row("not_common", Anything, PolicyBuilder::not_common),
        #[cfg(not(feature = "common-passwords"))]
        row("not_common", Anything, |builder| builder),
        row("not_among", Anything, |builder| builder.not_among(LISTED.clone())),
        row("not_derived_from_common", Anything, |builder| {
            builder.not_among(LISTED.clone()).not_derived_from_common(Reduction::OF_THE_WHOLE)
        }),
        row("not_derived_from_common", Whole, |builder| {
            builder.not_among(LISTED.clone()).not_derived_from_common([Reduction::Affixes])
        }),
        row("not_derived_from_common", Whole, |builder| {
            builder.not_among(LISTED.clone()).not_derived_from_common([Reduction::Folding])
        }),
        row("no_white_space", Composition, |builder| builder.no_white_space(WhiteSpace::AtTheEnds)),
        row("no_white_space", Composition, |builder| builder.no_white_space(WhiteSpace::Anywhere)),
        row("no_control_characters", Anything, PolicyBuilder::no_control_characters),
        row("allow_control_characters", Anything, PolicyBuilder::allow_control_characters),
        row("not_blank", Anything, PolicyBuilder::not_blank),
        row("allow_blank", Anything, PolicyBuilder::allow_blank),
        row("allowed_characters", Composition, |builder| {
            builder.allowed_characters(CharacterSet::of("").and_range(' '..='~'))
        }),
        row("illegal_characters", Composition, |builder| {
            builder.illegal_characters(CharacterSet::of("<>"))
        }),
        row("max_repeat", Composition, |builder| builder.max_repeat(3)),
        row("max_class_repeat", Composition, |builder| builder.max_class_repeat(8)),
        row("min_distinct", Composition, |builder| builder.min_distinct(4)),
        row("max_occurrences", Composition, |builder| builder.max_occurrences(6)),
        row("not_containing", Whole, |builder| builder.not_containing(["saddle"])),
        row("max_sequence", Composition, |builder| builder.max_sequence(4, SequenceEnds::Apart)),
        row("max_keyboard_walk", Composition, |builder| builder.max_keyboard_walk(4)),
        row("context_words", Anything, |builder| builder.context_words(["Plum Bank"])),
        row("no_personal_names", Whole, PolicyBuilder::no_personal_names),
        row("not_derived_from_names", Anything, PolicyBuilder::not_derived_from_names),
        row("no_palindrome", Composition, PolicyBuilder::no_palindrome),
        row("min_changed", Anything, |builder| builder.min_changed(4)),
        row("not_rearranged", Anything, PolicyBuilder::not_rearranged),
        row("not_among_last", Anything, |builder| builder.not_among_last(24)),
        row("not_used_within", Anything, |builder| builder.not_used_within(365)),
        row("min_age", Anything, |builder| builder.min_age(24)),
        row("max_breaches", Anything, |builder| builder.max_breaches(0, WhenUnknown::Accept)),
        row("of_lengths", Anything, |builder| {
            builder.of_lengths(20..=30, Policy::builder().min_length(21).build().unwrap())
        }),
        row("rule", Composition, |builder| builder.rule(NoPlum)),
        row("warn", Anything, |builder| {
            builder.warn(Policy::builder().at_least(1, CharacterClass::Digit).build().unwrap())
        }),
    ]
}

/// Where the rules of a builder are written down.
fn sources_of_builder() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy");
    let rules = std::fs::read_dir(folder.join("rule")).unwrap();
    let rules = rules.map(|file| file.unwrap().path());
    rules
        .chain([folder.join("build.rs")])
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

/// Each number after the other: as random as a test needs it.
struct Counting(u64);

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 += 1;
        Ok(self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

fn salt() -> Salt {
    Salt::generate(&mut Counting(0)).unwrap()
}

/// 3,000 entries that no test asks about.
static LISTED: LazyLock<CommonPasswords<'static>> =
    LazyLock::new(|| list((0..3_000).map(|number| format!("listed-for-tests-{number:04}"))));

fn list(words: impl IntoIterator<Item = impl AsRef<str>>) -> CommonPasswords<'static> {
    CommonPasswords::from_shared(Arc::new(CommonPasswords::build(words).unwrap())).unwrap()
}

/// What only the host can give, but for a list.
fn host_part(preset: Preset, builder: PolicyBuilder) -> PolicyBuilder {
    if preset == Preset::AsvsL2 {
        builder.context_words(["Plum Bank"]).max_breaches(0, WhenUnknown::Refuse)
    } else {
        builder
    }
}

/// With all that the host has to give, a list where the preset wants one too.
fn begun(preset: Preset) -> PolicyBuilder {
    let builder = host_part(preset, Policy::preset(preset));
    match preset {
        Preset::Pci | Preset::ActiveDirectory => builder,
        _ => builder.not_among(LISTED.clone()),
    }
}

fn built(preset: Preset) -> Policy {
    begun(preset).build().unwrap()
}

fn error(builder: PolicyBuilder) -> PolicyError {
    builder.build().unwrap_err()
}

fn forbidden(preset: Preset, field: &'static str) -> PolicyError {
    PolicyError::ForbiddenByPreset { preset, field }
}

fn found(policy: &Policy, password: &str) -> Vec<String> {
    let found = policy.check_as_typed(password, &Personal::none());
    found.map_or_else(|found| all_shown(&found), |()| Vec::new())
}

fn codes(policy: &Policy, password: &str) -> Vec<&'static str> {
    let found = policy.check_as_typed(password, &Personal::none()).err();
    found.iter().flat_map(|found| found.iter()).map(Violation::code).collect()
}

#[cfg(feature = "common-passwords")]
fn embedded_at_least(min_length: usize) -> usize {
    CommonPasswords::embedded().entries_at_least(min_length)
}

#[cfg(not(feature = "common-passwords"))]
const fn embedded_at_least(_: usize) -> usize {
    0
}

/// The minimum from both sides, and that it can be raised and not lowered.
fn the_shortest(preset: Preset, min_length: usize, accepted: &str, refused: &str) {
    let policy = built(preset);
    assert_eq!(codes(&policy, accepted), Vec::<&str>::new(), "{accepted}");
    assert_eq!(
        found(&policy, refused),
        [format!("password_too_short min_length={}", min_length)],
        "{refused}"
    );
    assert_eq!(refused.chars().count(), min_length - 1);

    assert!(begun(preset).min_length(min_length + 1).build().is_ok());
    let value = min_length - 1;
    let field = "min_length";
    let expected =
        PolicyError::OutOfPresetRange { preset, field, value, min: min_length, max: usize::MAX };
    assert_eq!(error(begun(preset).min_length(value)), expected);
    assert_eq!((expected.code(), expected.field()), ("policy_out_of_preset_range", field));
}

/// Without a list there is no policy, which says what is missing.
fn demands_a_list(presets: &[Preset]) {
    for preset in presets.iter().copied() {
        let alone = host_part(preset, Policy::preset(preset)).build();
        #[cfg(feature = "common-passwords")]
        assert!(alone.is_ok());
        #[cfg(not(feature = "common-passwords"))]
        {
            let error = alone.unwrap_err();
            assert_eq!(error, PolicyError::DemandedByPreset { preset, field: "not_among" });
            assert!(error.to_string().contains("common-passwords"));
        }
        assert!(begun(preset).build().is_ok());
        let _ = alone;
    }
}

fn sixty_four_are_accepted(presets: &[Preset]) {
    for preset in presets.iter().copied() {
        let emoji: String = ('\u{1F600}'..).take(64).collect();
        assert_eq!(emoji.len(), 256);
        let tight = begun(preset).max_bytes(256).max_length(64).build().unwrap();
        for policy in [built(preset), tight] {
            assert_eq!(codes(&policy, &emoji), Vec::<&str>::new());
            assert_eq!(
                codes(&policy, &"plum ket".repeat(8).replacen('p', "4", 1)),
                Vec::<&str>::new()
            );
        }
        let out = |field, value, min| PolicyError::OutOfPresetRange {
            preset,
            field,
            value,
            min,
            max: usize::MAX,
        };
        assert_eq!(error(begun(preset).max_bytes(255)), out("max_bytes", 255, 256));
        assert_eq!(error(begun(preset).max_length(63)), out("max_length", 63, 64));
        // A part of the lengths is bound as well, as far as it reaches.
        let at_most = |most| Policy::builder().max_length(most).build().unwrap();
        let of_lengths = |max, most| begun(preset).of_lengths(30..=max, at_most(most));
        assert_eq!(error(of_lengths(40, 39)), out("max_length", 39, 40));
        assert_eq!(error(of_lengths(99, 63)), out("max_length", 63, 64));
        assert!(of_lengths(40, 40).build().is_ok());
        assert!(of_lengths(99, 64).build().is_ok());
    }
}

fn every_printing_character(presets: &[Preset]) {
    const TEXT: &str = "plum kettle orbit";
    for policy in presets.iter().copied().map(built) {
        for character in ' '..='~' {
            for place in 0..TEXT.len() {
                let mut password = TEXT.to_owned();
                password.replace_range(place..=place, character.encode_utf8(&mut [0; 4]));
                assert_eq!(codes(&policy, &password), Vec::<&str>::new(), "{password:?}");
            }
        }
    }
}

fn every_script(presets: &[Preset]) {
    let odd = [
        "\u{200D}",
        "\u{FE0F}",
        "\u{301}",
        "\u{202E}",
        "\u{AD}",
        "\u{A0}",
        "\u{E0061}",
        "\u{10FFFF}",
    ];
    for policy in presets.iter().copied().map(built) {
        for password in [
            "сливовый чайник 4",
            "プラムのやかんは軌道の上にある",
            "إبريق البرقوق في المدار",
            "👩\u{200D}👩\u{200D}👧\u{200D}👦❤\u{FE0F}👍🏽 kettle ok",
            "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF} 주전자 궤도 위에 있다",
        ] {
            assert_eq!(codes(&policy, password), Vec::<&str>::new(), "{password}");
        }
        for character in odd {
            for password in [
                format!("{character}plum kettle orbit"),
                format!("plum {character}kettle orbit{character}"),
            ] {
                assert_eq!(codes(&policy, &password), Vec::<&str>::new(), "{password:?}");
            }
        }
    }
}

/// One of the last `count` is refused, the one before is not; fewer cannot be asked for.
fn the_history(preset: Preset, count: usize, password: &str) {
    let policy = built(preset);
    for (same, expected) in [(count - 1, Some("password_used_before")), (count, None)] {
        let places = (0..count + 2).map(|place| (place, Duration::ZERO));
        let history = policy.check_history(&typed(password), places, |place| place == same);
        let evidence = Evidence::of_reset().history(&history);
        let checked = policy.check_with(&typed(password), &Personal::none(), evidence);
        assert_eq!(checked.err().map(|found| found[0].code()), expected, "{same}");
    }
    let unknown =
        policy.check_with(&typed(password), &Personal::none(), Evidence::of_reset()).unwrap_err();
    assert_eq!(all_shown(&unknown), ["password_history_unknown"]);

    assert!(begun(preset).not_among_last(count + 1).build().is_ok());
    let expected = PolicyError::OutOfPresetRange {
        preset,
        field: "not_among_last",
        value: count - 1,
        min: count,
        max: usize::MAX,
    };
    assert_eq!(error(begun(preset).not_among_last(count - 1)), expected);
}

/// 0.7 by Django's measure, which can be made stricter and not weaker.
fn likeness(preset: Preset) {
    let policy = built(preset);
    // 2 * 7 of 20 code points are shared, and 2 * 6 of 20.
    let about = Personal::none().username("abcdefghij");
    let similar = format!("password_too_similar attribute={}", Attribute::Username.name());
    let is_similar = |password: &str| match policy.check_as_typed(password, &about) {
        Ok(()) => false,
        Err(found) => all_shown(&found).contains(&similar),
    };
    assert!(is_similar("abcdefgXY4") && !is_similar("abcdefWXY4"));

    assert!(begun(preset).max_similarity(0.6).build().is_ok());
    let expected = PolicyError::DemandedByPreset { preset, field: "max_similarity" };
    assert_eq!(error(begun(preset).max_similarity(0.71)), expected);
}
