//! The embedded list is the union of its sources, rank for rank, and a list of one's own is just
//! its words.
#![cfg(feature = "common-passwords")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use repass::policy::{BuildListError, CommonPasswords, ListError, Personal, Policy, Rank};
use unicode_normalization::UnicodeNormalization;

const EMBEDDED: &[u8] = include_bytes!("../src/policy/list/common/passwords.bin");
const DJANGO: &str = include_str!("../tools/common-passwords/django-common-passwords.txt");
const PWDB: &str = include_str!("../tools/common-passwords/pwdb-top-100k.txt");
const XATO: &str = include_str!("../tools/common-passwords/xato-top-100000.txt");

/// Each entry with its best place in xato and Pwdb, if it has one, read without the crate.
static ENTRIES: LazyLock<BTreeMap<String, usize>> = LazyLock::new(|| {
    let mut entries = BTreeMap::new();
    let mut add = |place, line: &str| {
        let word = line.trim().to_lowercase();
        if !word.is_empty() {
            let best: &mut usize = entries.entry(word).or_insert(place);
            *best = place.min(*best);
        }
    };
    DJANGO.lines().for_each(|line| add(usize::MAX, line));
    for source in [PWDB, XATO] {
        for (place, line) in (1..).zip(source.lines()).filter(|(_, line)| !is_artefact(line)) {
            add(place, line);
        }
    }
    languages().lines().for_each(|line| add(usize::MAX, line));
    entries
});

fn languages() -> String {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/common-passwords/pwdb-languages");
    let files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 29);
    files.iter().map(|file| std::fs::read_to_string(file).unwrap() + "\n").collect()
}

fn is_artefact(line: &str) -> bool {
    let named = [
        "#NAME?",
        "&#9679",
        "$HEX",
        "$HEX[636f6e7472617365c3b161]",
        " \u{41D}\u{430}\u{439}\u{434}\u{435}\u{43D}\u{43E};1",
    ];
    named.contains(&line)
        || line.chars().all(|character| "?\u{FFFD}\u{43F}\u{457}\u{405}".contains(character))
}

fn rank_of_place(place: usize) -> Rank {
    match place {
        0 => unreachable!(),
        1..=100 => Rank::Top100,
        101..=1_000 => Rank::Top1000,
        1_001..=10_000 => Rank::Top10000,
        _ => Rank::Listed,
    }
}

#[test]
fn every_entry_of_the_union_is_found_with_its_rank() {
    let list = CommonPasswords::embedded();
    assert_eq!(ENTRIES.len(), 139_184);
    assert_eq!(list.entries(), ENTRIES.len());
    for (entry, place) in ENTRIES.iter() {
        assert_eq!(list.rank(entry), Some(rank_of_place(*place)), "{entry}");
        assert!(list.contains(entry), "{entry}");
    }
}

#[test]
fn the_list_up_to_a_rank_has_no_entry_beyond() {
    for rank in [Rank::Top100, Rank::Top1000, Rank::Top10000, Rank::Listed] {
        let list = CommonPasswords::embedded().up_to(rank);
        for (entry, place) in ENTRIES.iter() {
            let found = Some(rank_of_place(*place)).filter(|found| *found <= rank);
            assert_eq!(list.rank(entry), found, "{entry}");
        }
    }
}

#[test]
fn djangos_list_is_a_part_of_the_embedded_one() {
    let (list, django) = (CommonPasswords::django(), DJANGO.lines().collect::<BTreeSet<_>>());
    assert_eq!(list.entries(), 19_640);
    for entry in ENTRIES.keys() {
        assert_eq!(list.contains(entry), django.contains(entry.as_str()), "{entry}");
    }
    let common = list.up_to(Rank::Top100);
    assert!(common.contains("password") && !common.contains("michelle1"));
}

#[test]
fn entries_of_a_length_are_counted() {
    for (list, least) in [
        (CommonPasswords::embedded(), Rank::Listed),
        (CommonPasswords::embedded().up_to(Rank::Top10000), Rank::Top10000),
        (CommonPasswords::embedded().up_to(Rank::Top100), Rank::Top100),
    ] {
        for length in (0..=70).chain([usize::MAX]) {
            let expected = ENTRIES
                .iter()
                .filter(|(_, place)| rank_of_place(**place) <= least)
                .filter(|(entry, _)| entry.chars().count() >= length)
                .count();
            assert_eq!(list.entries_at_least(length), expected, "{length}");
        }
    }
    let django = CommonPasswords::django();
    assert_eq!([8, 12, 15].map(|length| django.entries_at_least(length)), [8_354, 190, 48]);
}

#[test]
fn an_entry_takes_five_bytes_and_a_half_at_most() {
    assert!(EMBEDDED.len() * 10 <= ENTRIES.len() * 55, "{}", EMBEDDED.len());
}

#[test]
fn the_embedded_bytes_are_undamaged() {
    assert_eq!(CommonPasswords::from_bytes(EMBEDDED), Ok(CommonPasswords::embedded()));
}

#[test]
fn artefacts_are_not_entries() {
    let list = CommonPasswords::embedded();
    for source in [PWDB, XATO] {
        for line in source.lines().filter(|line| is_artefact(line)) {
            assert!(!list.contains(line) || CommonPasswords::django().contains(line), "{line}");
        }
    }
    // `$HEX` stays: it is on Django's list.
    let lost = "\u{FFFD}".repeat(6);
    for gone in ["#name?", "&#9679", "?", &lost] {
        assert!(!list.contains(gone), "{gone}");
    }
}

#[test]
fn an_entry_with_one_character_changed_is_found_only_if_it_is_an_entry() {
    let list = CommonPasswords::embedded();
    for entry in ENTRIES.keys() {
        for (place, character) in entry.char_indices() {
            let (before, after) = (&entry[..place], &entry[place + character.len_utf8()..]);
            for other in ["e", "1", "", "~"] {
                let changed = format!("{before}{other}{after}");
                // Without a character, white space may come to an end.
                let expected = ENTRIES.contains_key(changed.trim());
                assert_eq!(list.contains(&changed), expected, "{changed}");
            }
        }
    }
}

#[test]
fn catalogue_6_18_a_million_random_texts_are_not_found() {
    let list = CommonPasswords::embedded();
    let mut random = Random(1);
    for _ in 0..1_000_000 {
        let text: String =
            (0..20).map(|_| char::from(b'!' + u8::try_from(random.below(94)).unwrap())).collect();
        assert!(!list.contains(&text), "{text}");
    }
}

#[test]
fn short_random_texts_are_found_when_they_are_entries() {
    let list = CommonPasswords::embedded();
    let mut random = Random(3);
    let mut hits = 0;
    for _ in 0..300_000 {
        let length = 1 + random.below(5);
        let text: String = (0..length)
            .map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[random.below(36)]))
            .collect();
        let expected = ENTRIES.contains_key(&text);
        hits += usize::from(expected);
        assert_eq!(list.contains(&text), expected, "{text}");
    }
    assert!(hits > 1_000, "{hits}");
}

#[test]
fn catalogue_6_19_letter_case_is_that_of_unicode_in_both_directions() {
    let bytes =
        CommonPasswords::build(["M\u{130}CHELLE", "\u{131}sil", "\u{39F}\u{3A3}", "KELVIN"])
            .unwrap();
    let list = CommonPasswords::from_bytes(&bytes).unwrap();
    for there in [
        "m\u{130}chelle",
        "mi\u{307}chelle",
        "\u{131}S\u{130}L".replace('\u{130}', "i").as_str(),
        "\u{3BF}\u{3C2}",
        "\u{39F}\u{3A3}",
        "kelvin",
        "\u{212A}elvin",
        "\u{3000}Kelvin\u{1F}",
    ] {
        assert!(list.contains(there), "{there}");
    }
    for not_there in ["michelle", "m\u{131}chelle", "isil", "\u{3BF}\u{3C3}", "kelv\u{131}n"] {
        assert!(!list.contains(not_there), "{not_there}");
    }
}

#[test]
fn the_order_of_the_words_is_their_rank() {
    let words: Vec<String> = (1..=10_001).map(|place| format!("word-{place}")).collect();
    let bytes = CommonPasswords::build(&words).unwrap();
    let list = CommonPasswords::from_bytes(&bytes).unwrap();
    for (place, rank) in [
        (1, Rank::Top100),
        (100, Rank::Top100),
        (101, Rank::Top1000),
        (1_000, Rank::Top1000),
        (1_001, Rank::Top10000),
        (10_000, Rank::Top10000),
        (10_001, Rank::Listed),
    ] {
        assert_eq!(list.rank(&format!("WORD-{place}")), Some(rank), "{place}");
        assert_eq!(Rank::of_place(place), rank, "{place}");
    }
}

#[test]
fn a_word_that_comes_twice_has_its_better_place_and_a_blank_one_has_one_too() {
    let mut words = vec!["early", " ", "EARLY"];
    words.extend(["\t"; 97]);
    words.extend(["late", "early"]);
    let bytes = CommonPasswords::build(words).unwrap();
    let list = CommonPasswords::from_bytes(&bytes).unwrap();
    assert_eq!(list.entries(), 2);
    assert_eq!(list.rank("early"), Some(Rank::Top100));
    assert_eq!(list.rank("late"), Some(Rank::Top1000));
    assert!(!list.contains("") && !list.contains(" "));
}

#[test]
fn words_of_up_to_255_bytes_make_a_list() {
    let words: Vec<String> = (1..=255).map(|length| "x".repeat(length)).collect();
    let bytes = CommonPasswords::build(&words).unwrap();
    let list = CommonPasswords::from_bytes(&bytes).unwrap();
    for word in &words {
        assert!(list.contains(&word.to_uppercase()));
        assert!(!list.contains(&format!("{}y", &word[1..])));
    }
    assert!(!list.contains(&"x".repeat(256)) && !list.contains(&"x".repeat(100_000)));
    assert_eq!(list.entries_at_least(255), 1);

    let error = CommonPasswords::build(["short", &"x".repeat(256)]).unwrap_err();
    assert_eq!(error, BuildListError::WordTooLong { number: 2 });
    assert_eq!(error.code(), "list_word_too_long");
}

#[test]
fn hangul_is_found_in_syllables_and_in_letters() {
    // The last ones have letters that NFC leaves alone, and one character that it would not.
    let words = ["대한민국", "각각가갛", "ᄀ가ᅡᆨ", "Ά·\u{1186}", "·\u{1100}x\u{1161}", "ᄀ"];
    for word in words {
        let bytes = CommonPasswords::build([word]).unwrap();
        let list = CommonPasswords::from_bytes(&bytes).unwrap();
        assert!(list.contains(word), "{word}");
    }
    for word in &words[..3] {
        let [composed, spelled]: [String; 2] = [word.nfc().collect(), word.nfd().collect()];
        for listed in [&composed, &spelled] {
            let bytes = CommonPasswords::build([listed]).unwrap();
            let list = CommonPasswords::from_bytes(&bytes).unwrap();
            assert!(list.contains(&composed) && list.contains(&spelled));
            assert!(!list.contains(&format!("{composed}가")));
            assert_eq!(list.entries_at_least(composed.chars().count()), 1);
            assert_eq!(list.entries_at_least(composed.chars().count() + 1), 0);
        }
    }
}

#[test]
fn no_words_make_no_list() {
    assert_eq!(CommonPasswords::build([""; 0]), Err(BuildListError::NoWords));
    assert_eq!(CommonPasswords::build(["", " \u{1C}"]), Err(BuildListError::NoWords));
}

#[test]
fn every_cut_and_every_changed_byte_is_an_error() {
    let words = ["password", "пароль", "rosebud", "letmein", "letmein1"];
    let bytes = CommonPasswords::build(words).unwrap();
    assert!(CommonPasswords::from_bytes(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert!(CommonPasswords::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    for place in 0..bytes.len() {
        for change in 1..=u8::MAX {
            let mut changed = bytes.clone();
            changed[place] ^= change;
            assert!(CommonPasswords::from_bytes(&changed).is_err(), "{place} {change}");
        }
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(CommonPasswords::from_bytes(&longer), Err(ListError::Damaged));
}

/// The checksum tells damage only; whoever forges it too gets wrong answers and no panic.
#[test]
fn a_forged_list_does_no_harm() {
    let bytes = CommonPasswords::build(["password", "пароль", "rosebud", "letmein"]).unwrap();
    assert_eq!(bytes[8..16], checksum(&bytes).to_le_bytes());
    let mut read = 0;
    for place in (0..8).chain(16..bytes.len()) {
        for change in 1..=u8::MAX {
            let mut forged = bytes.clone();
            forged[place] ^= change;
            let sum = checksum(&forged);
            forged[8..16].copy_from_slice(&sum.to_le_bytes());
            let Ok(list) = CommonPasswords::from_bytes(&forged) else { continue };
            read += 1;
            for password in ["password", "Пароль", "letmeim", ""] {
                assert_eq!(list.contains(password), list.rank(password).is_some());
            }
            assert_eq!(list.entries_at_least(usize::MAX), 0);
        }
    }
    assert!(read > 10_000, "{read}");
}

/// The checksum as the format describes it, written a second time.
fn checksum(bytes: &[u8]) -> u64 {
    let mut rest = [&bytes[..8], &bytes[16..]].concat();
    rest.resize(rest.len().next_multiple_of(8), 0);
    if bytes.len().is_multiple_of(8) {
        rest.extend([0; 8]);
    }
    rest.chunks(8).fold(bytes.len() as u64, |state, word| {
        let word = u64::from_le_bytes(word.try_into().unwrap());
        let state = (state ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^ state >> 32
    })
}

#[test]
fn other_bytes_are_told_from_damage() {
    let bytes = CommonPasswords::build(["rosebud"]).unwrap();
    let with = |place: usize, byte| {
        let mut changed = bytes.clone();
        changed[place] = byte;
        CommonPasswords::from_bytes(&changed).unwrap_err().code()
    };
    assert_eq!(with(0, b'X'), "list_not_a_list");
    assert_eq!(with(3, 1), "list_unknown_version");
    assert_eq!(with(bytes.len() - 1, 0), "list_damaged");
    assert_eq!(CommonPasswords::from_bytes(b""), Err(ListError::NotAList));
    assert_eq!(CommonPasswords::from_bytes(&[0; 4_096]), Err(ListError::NotAList));
}

#[test]
fn a_policy_refuses_the_words_of_every_list_it_has() {
    let shared = |words: &[&str]| {
        let bytes = CommonPasswords::build(words).unwrap();
        CommonPasswords::from_shared(Arc::new(bytes)).unwrap()
    };
    let policy = Policy::builder()
        .not_common()
        .not_among(shared(&["acme-rockets"]))
        .not_among(shared(&["wile-e-coyote"]))
        .build()
        .unwrap();
    let is_refused = |password| {
        policy.clone().check_as_typed(password, &Personal::none()).is_err_and(|found| {
            assert_eq!(found.len(), 1);
            found[0].code() == "password_too_common"
        })
    };
    assert!(is_refused("Acme-Rockets") && is_refused("wile-e-coyote") && is_refused("rosebud"));
    assert!(!is_refused("acme-rockets2"));
    assert_eq!(policy, policy.clone());
    let codes = policy.requirements().filter(|rule| rule.code() == "password_too_common");
    assert_eq!(codes.count(), 1);
}

#[test]
fn an_embedded_rank_can_be_all_that_is_refused() {
    let common = CommonPasswords::embedded().up_to(Rank::Top1000);
    let policy = Policy::builder().not_among(common).build().unwrap();
    assert!(policy.check_as_typed("dragon", &Personal::none()).is_err());
    assert!(policy.check_as_typed("zxcvbn12345", &Personal::none()).is_ok());
}

#[test]
fn debug_shows_no_entry() {
    let list = CommonPasswords::embedded();
    assert_eq!(format!("{list:?}"), "CommonPasswords { entries: 139184, .. }");
}

proptest! {
    /// Few letters, of one to four bytes, so that words are often alike; 1 to 80 of them, so that
    /// they fill several blocks.
    #[test]
    fn a_list_holds_its_words_and_nothing_else(
        words in prop::collection::vec("[abzAβ日😀]{1,20}", 1..80),
        others in prop::collection::vec("[abzAβ日😀]{0,20}", 80),
    ) {
        let set: BTreeSet<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let bytes = CommonPasswords::build(&words).unwrap();
        let list = CommonPasswords::from_bytes(&bytes).unwrap();
        prop_assert_eq!(list.entries(), set.len());
        for word in words.iter().chain(&others) {
            prop_assert_eq!(list.contains(word), set.contains(&word.to_lowercase()), "{}", word);
        }
        let longest = set.iter().map(|word| word.chars().count()).max().unwrap();
        prop_assert!(list.entries_at_least(longest) > 0);
        prop_assert_eq!(list.entries_at_least(longest + 1), 0);
    }

    #[test]
    fn the_same_words_make_the_same_bytes(words in prop::collection::vec("[a-z]{1,9}", 1..40)) {
        prop_assert_eq!(CommonPasswords::build(&words), CommonPasswords::build(&words));
    }
}

/// The generator SplitMix64, so that every run sees the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}
