//! Language tags: the examples of RFC 5646 (appendix A and section 2.1.1), and what no tag is.

use proptest::prelude::*;
use repass::account::{Account, AccountId};
use repass::language::{Language, Plural};

#[test]
fn tags_that_are_taken() {
    for tag in [
        // Appendix A.
        "de",
        "fr",
        "ja",
        "zh-Hant",
        "zh-Hans",
        "sr-Cyrl",
        "sr-Latn",
        "zh-cmn-Hans-CN",
        "cmn-Hans-CN",
        "zh-yue-HK",
        "yue-HK",
        "zh-Hans-CN",
        "sr-Latn-RS",
        "sl-rozaj",
        "sl-rozaj-biske",
        "sl-nedis",
        "de-CH-1901",
        "sl-IT-nedis",
        "hy-Latn-IT-arevela",
        "de-DE",
        "en-US",
        "es-419",
        "de-CH-x-phonebk",
        "az-Arab-x-aze-derbend",
        "qaa-Qaaa-QM-x-southern",
        "de-Qaaa",
        "sr-Latn-QM",
        "sr-Qaaa-RS",
        "en-US-u-islamcal",
        "zh-CN-a-myext-x-private",
        "en-a-myext-b-another",
        // 35 characters.
        "en-a-abcdefgh-abcdefgh-abcdefgh-abc",
    ] {
        assert_eq!(Language::new(tag).unwrap().as_str(), tag);
    }
}

/// Section 2.1.1: the case of a tag means nothing, and this is how it is written.
#[test]
fn tags_are_written_in_one_letter_case() {
    for (tag, written) in [
        ("DE", "de"),
        ("mn-cYRL-mn", "mn-Cyrl-MN"),
        ("MN-Cyrl-mn", "mn-Cyrl-MN"),
        ("EN-ca-X-CA", "en-CA-x-ca"),
        ("Az-lATN-X-LATN", "az-Latn-x-latn"),
        ("SL-rozaj-BISKE-1994", "sl-rozaj-biske-1994"),
        ("ES-419", "es-419"),
    ] {
        assert_eq!(Language::new(tag).unwrap().as_str(), written, "{tag}");
        assert_eq!(Language::new(tag), Language::new(written));
    }
}

#[test]
fn what_is_no_tag_is_refused() {
    for tag in [
        "",
        "-",
        "a",
        "de-",
        "-de",
        "de--DE",
        "de_DE",
        "de_DE.UTF-8",
        "de DE",
        "d\u{e9}",
        "de-\u{661}23",
        "de\n",
        // Appendix A: two regions, and a singleton in the primary place.
        "de-419-DE",
        "a-DE",
        // Section 2.2.6: an extension that comes twice.
        "ar-a-aaa-b-bbb-a-ccc",
        "ar-a-aaa-b-bbb-A-ccc",
        // Section 2.2.5: a variant that comes twice.
        "de-DE-1901-1901",
        "de-rozaj-ROZAJ",
        // Private use and grandfathered tags say nothing to others.
        "x-fr-CH",
        "i-klingon",
        "en-GB-oed",
        "sgn-BE-FR",
        // Parts that are too long, or nothing behind a singleton.
        "abcdefghi",
        "de-abcdefghi",
        "en-a",
        "en-x",
        "en-a-x-b",
        "en-a-b",
        "en-x-abcdefghi",
        "zh-cmn-yue-gan-hak",
        "123",
        "de-12",
        "C",
        "en-a-abcdefgh-abcdefgh-abcdefgh-abcd",
    ] {
        let error = Language::new(tag).unwrap_err();
        assert_eq!(error.code(), "language_invalid", "{tag}");
        assert!(error.to_string().contains("35"));
    }
}

#[test]
fn an_account_has_one_language_or_none() {
    let account = Account::new(AccountId::new("42").unwrap());
    assert_eq!(account.language(), None);
    let german = Language::new("de").unwrap();
    assert_eq!(account.with_language(german).language(), Some(german));
    assert_eq!(Language::ENGLISH, Language::new("EN").unwrap());
    assert_eq!(format!("{german} {german:?}"), "de Language(de)");
    assert_eq!(Plural::english(1), Plural::One);
}

proptest! {
    #[test]
    fn any_tag_that_is_taken_stays_as_it_is_written(tag in "([a-zA-Z]{1,9}|[0-9]{1,4}|[a-z0-9]{1,9}|x|u)(-([a-zA-Z]{1,9}|[0-9]{3,4}|[a-z0-9]{1,9}|x|u)){0,6}|.{0,40}") {
        if let Ok(language) = Language::new(&tag) {
            prop_assert!(language.as_str().eq_ignore_ascii_case(&tag));
            prop_assert_eq!(Language::new(language.as_str()), Ok(language));
            prop_assert!(tag.len() <= Language::MAX_BYTES);
        }
    }
}
