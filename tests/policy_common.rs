//! Django's part of the embedded list is exactly Django's.
#![cfg(feature = "common-passwords")]

use std::collections::HashSet;
use std::sync::LazyLock;

use repass::policy::{CommonPasswords, Personal, Policy};

const LIST: &str = include_str!("../tools/common-passwords/django-common-passwords.txt");

#[test]
fn every_entry_is_refused() {
    assert_eq!(LIST.lines().count(), 19_640);
    for entry in LIST.lines() {
        assert!(is_common(entry), "{entry}");
    }
}

#[test]
fn entries_in_capitals_and_among_white_space_are_refused() {
    for entry in LIST.lines() {
        let capitals = entry.to_uppercase();
        // Some capitals have no way back: the dotless i, for one.
        let comes_back = capitals.to_lowercase() == entry;
        assert_eq!(
            is_common(&format!("\u{1C}\t {capitals}\u{1F}\u{A0}\u{3000}")),
            comes_back,
            "{entry}"
        );
    }
}

#[test]
fn catalogue_6_19_the_turkish_letters_are_not_those_of_ascii() {
    assert!(is_common("MICHELLE"));
    assert!(!is_common("M\u{130}CHELLE"));
    assert!(!is_common("m\u{131}chelle"));
    // The Kelvin sign lower-cases to the letter of ASCII, in Python as here.
    assert!(is_common("\u{212A}ILLER"));
}

#[test]
fn only_white_space_of_python_is_stripped() {
    for space in ['\t', '\n', '\u{B}', '\u{1C}', '\u{1D}', '\u{1E}', '\u{1F}', '\u{85}', '\u{2028}']
    {
        assert!(is_common(&format!("{space}password{space}")), "{space:?}");
    }
    for other in ['\0', '\u{1B}', '\u{200B}', '\u{FEFF}', '\u{2060}'] {
        assert!(!is_common(&format!("{other}password")), "{other:?}");
    }
}

#[test]
fn an_entry_with_one_character_changed_is_refused_only_if_it_is_an_entry() {
    let entries: HashSet<&str> = LIST.lines().collect();
    for entry in LIST.lines() {
        let characters: Vec<char> = entry.chars().collect();
        for place in 0..characters.len() {
            for other in ['a', 'e', '1', '~', '\0', '\u{E9}'] {
                let mut changed = characters.clone();
                changed[place] = other;
                let changed: String = changed.into_iter().collect();
                // Stripping never makes an entry of these: none has white space at an end.
                assert_eq!(is_common(&changed), entries.contains(changed.as_str()), "{changed}");
            }
        }
    }
}

#[test]
fn an_entry_cut_or_prolonged_is_refused_only_if_it_is_an_entry() {
    let entries: HashSet<&str> = LIST.lines().collect();
    for entry in LIST.lines() {
        let mut cut = entry.to_owned();
        cut.pop();
        assert_eq!(is_common(&cut), entries.contains(cut.as_str()), "{cut}");
        for longer in [
            format!("{entry}1"),
            format!("{entry}\0"),
            format!("{entry}{entry}"),
            format!("x{entry}"),
        ] {
            assert_eq!(is_common(&longer), entries.contains(longer.as_str()), "{longer}");
        }
    }
}

#[test]
fn catalogue_6_18_a_million_random_texts_raise_no_alarm() {
    let mut random = Random(1);
    for _ in 0..1_000_000 {
        let text: String =
            (0..20).map(|_| char::from(b'!' + u8::try_from(random.below(94)).unwrap())).collect();
        assert!(!is_common(&text), "{text}");
    }
}

/// Words, names and numbers put together as people do, so that many are entries and more are nearly
/// so.
#[test]
fn a_hundred_thousand_likely_passwords_are_judged_as_by_the_text_of_the_list() {
    let entries: HashSet<&str> = LIST.lines().collect();
    let stems: Vec<&str> = LIST.lines().filter(|entry| entry.len() <= 6).collect();
    let endings = ["", "", "1", "12", "123", "1234", "!", "01", "69", "2000", "s", "er", "007"];
    let mut random = Random(2);
    let mut hits = 0;
    for _ in 0..100_000 {
        let stem = stems[random.below(stems.len())];
        let text = format!("{stem}{}", endings[random.below(endings.len())]);
        let expected = entries.contains(text.as_str());
        hits += usize::from(expected);
        assert_eq!(is_common(&text), expected, "{text}");
    }
    assert!((10_000..60_000).contains(&hits), "{hits}");
}

#[test]
fn an_entry_inside_a_longer_password_is_allowed() {
    assert!(!is_common("mypasswordisverylong"));
}

fn is_common(password: &str) -> bool {
    // Built once: millions of texts are asked about.
    static POLICY: LazyLock<Policy> = LazyLock::new(|| {
        let builder = Policy::builder().allow_control_characters();
        builder.not_among(CommonPasswords::django()).build().unwrap()
    });
    POLICY
        .check_as_typed(password, &Personal::none())
        .is_err_and(|found| found.len() == 1 && found[0].code() == "password_too_common")
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
