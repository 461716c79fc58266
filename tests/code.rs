//! Check codes: shapes, forgiving entry, what a code is bound to, and that codes are uniform.

use proptest::prelude::*;
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{
    CheckCode, CodeBinding, CodeEpoch, CodeError, CodeShape, Codes, ResendPolicy, ShapeError,
};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;

const LETTERS: &str = "BCDFGHJKLMNPQRSTVWXZ";
const DIGITS: &str = "0123456789";

#[test]
fn shapes_have_bounds() {
    let base16 = |length| CodeShape::of_alphabet("0123456789abcdef", length);
    for length in 0..=u8::MAX {
        for (shape, min, max) in [
            (CodeShape::letters(length), 6, 16),
            (CodeShape::digits(length), 6, 10),
            (CodeShape::base32(length), 6, 16),
            (base16(length), 2, 16),
        ] {
            if (min..=max).contains(&length) {
                assert_eq!(shape.unwrap().length(), usize::from(length));
            } else {
                assert_eq!(shape, Err(ShapeError::Length { min, max }), "{length}");
            }
        }
    }
    assert_eq!(CodeShape::DEFAULT, letters(8));
    assert_ne!(letters(6), digits(6));
    assert_ne!(own("abc", 6), own("acb", 6));
    assert_ne!(own("abc", 6), own("ABC", 6));
    // A shape is what it is, however it was made.
    assert_eq!(own(DIGITS, 6), digits(6));
}

#[test]
fn an_alphabet_is_letters_and_digits_each_once_in_either_case() {
    let all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for sound in ["01", "ab", "aB", "ABC", "aBcDe123", "O0", "Il", all, &all.to_lowercase()] {
        assert!(CodeShape::of_alphabet(sound, 6).is_ok(), "{sound}");
    }
    for unsound in [
        "",
        "a",
        "aa",
        "aA",
        "abca",
        "abcA",
        "ab ",
        "a-b",
        "ab.",
        "ab#",
        "ab@",
        "a\0b",
        "ab\u{e4}",
        "\u{661}\u{662}",
        "01234567890",
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZa",
        &all.repeat(10),
    ] {
        let error = CodeShape::of_alphabet(unsound, 6).unwrap_err();
        assert_eq!(error, ShapeError::Alphabet, "{unsound}");
        assert_eq!(error.code(), "code_alphabet_invalid");
    }
}

/// The logarithms are worked out with 25 digits, apart from this crate.
#[test]
fn the_number_of_codes_and_their_entropy() {
    for (shape, codes, bits) in [
        (letters(6), 64_000_000, 25.931568569324),
        (letters(7), 1_280_000_000, 30.253496664212),
        (letters(8), 25_600_000_000, 34.575424759099),
        (letters(12), 4_096_000_000_000_000, 51.863137138648),
        (letters(15), 20_u128.pow(15), 64.828921423310),
        (letters(16), 20_u128.pow(16), 69.150849518198),
        (digits(6), 1_000_000, 19.931568569324),
        (digits(7), 10_000_000, 23.253496664212),
        (digits(10), 10_000_000_000, 33.219280948874),
        (base32(6), 1 << 30, 30.0),
        (base32(8), 1 << 40, 40.0),
        (base32(12), 1 << 60, 60.0),
        (base32(16), 1 << 80, 80.0),
        (own("ab", 16), 1 << 16, 16.0),
        (own("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 16), 36_u128.pow(16), 82.718800023077),
        (own("ab", 2), 4, 2.0),
        (own("abc", 2), 9, 3.169925001442),
        (own("ACDEFGHJKLMNPQRTUVWXY34", 7), 3_404_825_447, 31.664933692399),
        (
            own("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 12),
            4_738_381_338_321_616_896,
            62.039100017308,
        ),
    ] {
        assert_eq!(shape.codes(), codes, "{shape:?}");
        assert!((shape.entropy_bits() - bits).abs() < 1e-11, "{shape:?}: {}", shape.entropy_bits());
    }
}

/// CVE-2019-18818: an empty code was as good as the right one.
#[test]
fn cve_2019_18818_an_empty_entry_is_no_code() {
    for typed in ["", " ", "\t\r\n", "-", "----", "\u{a0}", "\0", "null", "{}", "0", "false"] {
        for shape in [letters(6), letters(8), digits(6), digits(10)] {
            assert!(CheckCode::parse(shape, typed).is_err(), "{typed:?}");
        }
    }
}

#[test]
fn a_long_entry_is_refused_by_its_length() {
    for length in [65, 4096, 1 << 20] {
        for filler in ["1", " ", "-"] {
            let typed = format!("123456{}", filler.repeat(length - 6));
            assert!(CheckCode::parse(digits(6), &typed).is_err(), "{length} of {filler:?}");
        }
    }
    assert!(CheckCode::parse(digits(6), &format!("123456{}", " ".repeat(58))).is_ok());
}

#[test]
fn leading_zeros_count() {
    let code = CheckCode::parse(digits(6), "000123").unwrap();
    assert_eq!(*code.expose_secret(), "000123");
    for shorter in ["123", "0123", "00123"] {
        assert!(CheckCode::parse(digits(6), shorter).is_err(), "{shorter}");
    }
    for other in ["123000", "001230", "100123", "000124"] {
        assert!(!code.matches(&CheckCode::parse(digits(6), other).unwrap()), "{other}");
    }
}

#[test]
fn codes_of_two_shapes_never_match() {
    // The symbols of B and 0 have the same value.
    let zeros = CheckCode::parse(digits(6), "000000").unwrap();
    let first_letters = CheckCode::parse(letters(6), "BBBBBB").unwrap();
    let longer = CheckCode::parse(digits(7), "0000000").unwrap();
    assert!(!zeros.matches(&first_letters));
    assert!(!zeros.matches(&longer));
    assert!(zeros.matches(&zeros));
}

#[test]
fn a_code_matches_at_every_place_or_not_at_all() {
    let code = CheckCode::parse(letters(16), "BBBBBBBBBBBBBBBB").unwrap();
    for place in 0..16 {
        for other in LETTERS[1..].chars() {
            let mut text = "B".repeat(16);
            text.replace_range(place..=place, &other.to_string());
            assert!(!code.matches(&CheckCode::parse(letters(16), &text).unwrap()), "{text}");
        }
    }
}

/// A comparison that gathers what differs must not let two differences undo each other.
#[test]
fn a_code_that_differs_twice_by_the_same_does_not_match() {
    let code = CheckCode::parse(letters(16), "BBBBBBBBBBBBBBBB").unwrap();
    for one in 0..16 {
        for other in one + 1..16 {
            let mut text = "B".repeat(16);
            text.replace_range(one..=one, "C");
            text.replace_range(other..=other, "C");
            assert!(!code.matches(&CheckCode::parse(letters(16), &text).unwrap()), "{text}");
        }
    }
}

#[test]
fn a_code_is_bound_to_all_that_it_is_derived_from() {
    let ring = ring();
    let reset = Scope::new(Purpose::RESET);
    let derive_at =
        |epoch, key: u16, scope: &Scope, shape, account: &str, contact: &str, seed: u8| {
            let (account, contact) =
                (AccountId::new(account).unwrap(), Contact::email(contact).unwrap());
            let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([seed; 20]));
            let codes = Codes::new(ring.clone(), scope.clone(), shape);
            codes.derive(KeyId::new(key), &binding, epoch).unwrap().expose_secret().replace('-', "")
        };
    let derive = |key, scope: &Scope, shape, account: &str, contact: &str, seed| {
        derive_at(0, key, scope, shape, account, contact, seed)
    };
    let shape = letters(12);
    let tenant = |name| reset.for_tenant(name).unwrap();
    let invitation = Scope::new(Purpose::new("invitation").unwrap());
    let all = [
        derive(1, &reset, shape, "42", "ada@example.org", 7),
        derive(2, &reset, shape, "42", "ada@example.org", 7),
        derive(1, &invitation, shape, "42", "ada@example.org", 7),
        derive(1, &tenant("acme"), shape, "42", "ada@example.org", 7),
        derive(1, &tenant("acmf"), shape, "42", "ada@example.org", 7),
        derive(1, &reset, shape, "43", "ada@example.org", 7),
        derive(1, &reset, shape, "42", "bob@example.org", 7),
        derive(1, &reset, shape, "42", "ada@example.com", 7),
        derive(1, &reset, shape, "42", "ada@example.org", 8),
        // Letters that move from one part to the next.
        derive(1, &reset, shape, "g42", "ada@example.or", 7),
        derive(1, &tenant("acme4"), shape, "2", "ada@example.org", 7),
        derive_at(1, 1, &reset, shape, "42", "ada@example.org", 7),
        derive_at(2, 1, &reset, shape, "42", "ada@example.org", 7),
        derive_at(u32::MAX, 1, &reset, shape, "42", "ada@example.org", 7),
        // Alphabets of the same letters, in another order and another case.
        derive(1, &reset, own("CBDFGHJKLMNPQRSTVWXZ", 12), "42", "ada@example.org", 7),
        derive(1, &reset, own("bcdfghjklmnpqrstvwxz", 12), "42", "ada@example.org", 7)
            .to_uppercase(),
        // The first letters of a longer code are not a shorter one.
        derive(1, &reset, letters(11), "42", "ada@example.org", 7),
        derive(1, &reset, letters(6), "42", "ada@example.org", 7),
    ];
    for (index, one) in all.iter().enumerate() {
        for other in &all[..index] {
            assert!(
                !one.starts_with(other.as_str()) && !other.starts_with(one.as_str()),
                "{one} and {other}"
            );
        }
    }
    assert_eq!(all[0], derive(1, &reset, shape, "42", "ada@example.org", 7));
}

#[test]
fn every_spelling_of_the_address_gives_the_same_code() {
    let codes = codes(letters(8));
    let account = AccountId::new("42").unwrap();
    let derive = |contact: &str| {
        let contact = Contact::email(contact).unwrap();
        let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
        codes.derive(KeyId::new(1), &binding, 0).unwrap()
    };
    let code = derive("mike@example.org");
    for same in ["Mike@example.org", "MIKE@EXAMPLE.ORG", "mike@eXample.Org"] {
        assert!(code.matches(&derive(same)), "{same}");
    }
    // One of these folds to the first by the rules of Unicode, and is another mailbox.
    for other in ["m\u{131}ke@example.org", "mike@example.or"] {
        assert!(!code.matches(&derive(other)), "{other}");
    }
}

#[test]
fn an_unknown_key_derives_nothing() {
    let codes = codes(letters(8));
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("a@b.example").unwrap());
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
    let error = codes.derive(KeyId::new(3), &binding, 0).unwrap_err();
    assert_eq!(error, CodeError::UnknownKey { key_id: KeyId::new(3) });
    assert_eq!(error.code(), "code_unknown_key");
}

/// What ends with the overlap is the handle, without which no code is asked for.
#[test]
fn a_retired_key_derives_its_codes_until_it_is_removed() {
    let (old, now) = (KeyId::new(1), UtcDateTime::UNIX_EPOCH);
    let (account, contact) =
        (AccountId::new("42").unwrap(), Contact::email("a@b.example").unwrap());
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
    let sent = codes(letters(8)).derive(old, &binding, 0).unwrap();
    let holds = |ring| {
        let good = ResendPolicy::SameCode.good(CodeEpoch::first(now), now);
        Codes::new(ring, Scope::new(Purpose::RESET), letters(8)).matches(old, &binding, good, &sent)
    };
    let retired = ring().retire(old, now).unwrap();
    assert_eq!(holds(retired.clone()), Ok(true));
    let removed = holds(retired.remove(old).unwrap());
    assert_eq!(removed, Err(CodeError::UnknownKey { key_id: old }));
}

proptest! {
    #[test]
    fn what_is_derived_can_be_typed_in_any_spelling(
        seed: [u8; 20], account in "[a-z0-9]{1,20}", length in 6_u8..=16, lower: bool, gaps in prop::collection::vec("[ -]{0,2}", 16),
    ) {
        let shape = letters(length);
        let (account, contact) = (AccountId::new(&account).unwrap(), Contact::email("a@b.example").unwrap());
        let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes(seed));
        let code = codes(shape).derive(KeyId::new(1), &binding, 0).unwrap();
        let shown = code.expose_secret().replace('-', "");
        prop_assert_eq!(shown.len(), usize::from(length));
        prop_assert!(shown.chars().all(|symbol| LETTERS.contains(symbol)));
        let shown = if lower { shown.to_lowercase() } else { shown };
        let typed: String = shown.chars().zip(&gaps).flat_map(|(symbol, gap)| [symbol.to_string(), gap.clone()]).collect();
        prop_assert!(code.matches(&CheckCode::parse(shape, &typed).unwrap()));
    }

    #[test]
    fn two_texts_match_when_their_symbols_agree(one in "[B-DF-H]{6}", other in "[B-DF-H]{6}") {
        let [first, second] = [&one, &other].map(|text| CheckCode::parse(letters(6), text).unwrap());
        prop_assert_eq!(first.matches(&second), one == other);
        prop_assert_eq!(second.matches(&first), one == other);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}", length in 6_u8..=10) {
        for shape in [letters(length), digits(length)] {
            if let Ok(code) = CheckCode::parse(shape, &text) {
                prop_assert!(code.matches(&CheckCode::parse(shape, &code.expose_secret()).unwrap()));
            }
        }
    }
}

fn codes(shape: CodeShape) -> Codes {
    Codes::new(ring(), Scope::new(Purpose::RESET), shape)
}

fn ring() -> Keyring {
    let key = |first: u8| Key::from_bytes(&(first..first + 32).collect::<Vec<_>>()).unwrap();
    Keyring::new(KeyId::new(1), key(1)).rotate(KeyId::new(2), key(2)).unwrap()
}

fn letters(length: u8) -> CodeShape {
    CodeShape::letters(length).unwrap()
}

fn base32(length: u8) -> CodeShape {
    CodeShape::base32(length).unwrap()
}

fn own(alphabet: &str, length: u8) -> CodeShape {
    CodeShape::of_alphabet(alphabet, length).unwrap()
}

fn digits(length: u8) -> CodeShape {
    CodeShape::digits(length).unwrap()
}

/// Each error says its own fact, and none of them has another one inside.
#[test]
fn a21_code_errors_say_each_thing_once() {
    let errors: &[&dyn core::error::Error] = &[
        &CodeShape::letters(0).unwrap_err(),
        &CodeShape::of_alphabet("", 6).unwrap_err(),
        &CheckCode::parse(digits(6), "").unwrap_err(),
        &CodeError::UnknownKey { key_id: KeyId::new(1) },
        &repass::code::CodeOrigin::new("").unwrap_err(),
    ];
    for error in errors {
        assert!(error.source().is_none(), "{error}");
        assert!(!error.to_string().is_empty());
    }
}
