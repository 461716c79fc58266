//! Passwords on entry: normalisation, confirmation, and a bound on length.

use proptest::prelude::*;
use repass::policy::{CharacterSet, Personal, Policy};
use repass::secret::{Password, PasswordError};

const TOO_LONG: PasswordError = PasswordError::TooManyBytes { max_bytes: 4096 };

/// NFC by the examples of Unicode Standard Annex 15, table 4 and figures 3 to 5, among others.
#[test]
fn catalogue_6_10_new_passwords_are_normalised_to_nfc() {
    for (typed, kept) in [
        ("cafe\u{301}", "caf\u{e9}"),
        ("caf\u{e9}", "caf\u{e9}"),
        ("A\u{30a}", "\u{c5}"),
        // The Angstrom, Ohm and Kelvin signs.
        ("\u{212b}", "\u{c5}"),
        ("\u{2126}", "\u{3a9}"),
        ("\u{212a}", "K"),
        // Two marks in either order.
        ("s\u{307}\u{323}", "\u{1e69}"),
        ("s\u{323}\u{307}", "\u{1e69}"),
        ("\u{1e0b}\u{323}", "\u{1e0d}\u{307}"),
        ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
        // Composed forms that NFC takes apart.
        ("\u{958}", "\u{915}\u{93c}"),
        ("\u{fb1d}", "\u{5d9}\u{5b4}"),
        ("\u{f900}", "\u{8c48}"),
        // NFC is not NFKC: these are other passwords.
        ("\u{fb01}", "\u{fb01}"),
        ("\u{ff41}", "\u{ff41}"),
        ("x\u{b2}", "x\u{b2}"),
        ("\u{3000}", "\u{3000}"),
        // Nothing else is changed.
        ("", ""),
        (" both ends ", " both ends "),
        ("tab\tand\nbreak\r", "tab\tand\nbreak\r"),
        ("nul\0inside", "nul\0inside"),
        ("Case", "Case"),
        ("\u{200b}\u{feff}\u{202e}", "\u{200b}\u{feff}\u{202e}"),
        (
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        ),
        // Not assigned, and never to be.
        ("\u{378}\u{fdd0}\u{10ffff}", "\u{378}\u{fdd0}\u{10ffff}"),
    ] {
        assert_eq!(Password::new(typed).unwrap().expose_secret(), kept, "{typed:?}");
        assert_eq!(Password::verbatim(typed).unwrap().expose_secret(), typed, "{typed:?}");
    }
}

/// Unicode Standard Annex 15, section 12.1: the process for stabilized strings refuses code points that
/// are not assigned.
#[test]
fn a_password_is_stable_when_no_later_unicode_can_change_it() {
    for (text, is_stable) in [
        ("", true),
        ("plum kettle", true),
        ("caf\u{e9}", true),
        ("\u{1f468}\u{200d}\u{1f469}\u{fe0f}", true),
        // Private use, and noncharacters, which stay what they are.
        ("\u{e000}\u{10fffd}", true),
        ("\u{fdd0}\u{fdef}\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}", true),
        // Unassigned, now and perhaps not for ever.
        ("plum\u{378}", false),
        ("\u{e01f0}", false),
    ] {
        assert_eq!(Password::new(text).unwrap().is_stable(), is_stable, "{text:?}");
    }
    assert!(Password::UNICODE_VERSION >= (16, 0, 0));
}

#[test]
fn a_password_is_typed_twice() {
    for (new, again, same) in [
        ("correct horse", "correct horse", true),
        ("cafe\u{301}", "caf\u{e9}", true),
        ("\u{212b}", "A\u{30a}", true),
        ("", "", true),
        ("correct horse", "correct horsf", false),
        ("correct horse", "Correct horse", false),
        ("correct horse", "correct horse ", false),
        ("correct horse", "", false),
        ("", "correct horse", false),
        ("\u{fb01}", "fi", false),
        ("a\0b", "a\0c", false),
    ] {
        let confirmed = Password::confirmed(new, again);
        match confirmed {
            Ok(password) => {
                assert!(same, "{new:?} and {again:?}");
                assert_eq!(password.expose_secret(), Password::new(new).unwrap().expose_secret());
            }
            Err(error) => {
                assert_eq!(error, PasswordError::ConfirmationMismatch);
                assert!(!same, "{new:?} and {again:?}");
            }
        }
    }
    let long = "x".repeat(4097);
    assert_eq!(Password::confirmed(&*long, "x").err(), Some(TOO_LONG));
    assert_eq!(Password::confirmed("x", &*long).err(), Some(TOO_LONG));
    assert_eq!(Password::confirmed(&*long, &*long).err(), Some(TOO_LONG));
}

#[test]
fn the_length_is_cut_in_bytes_before_anything_is_normalised() {
    for (text, taken) in [
        ("x".repeat(4096), true),
        ("x".repeat(4097), false),
        ("\u{e9}".repeat(2048), true),
        ("\u{e9}".repeat(2049), false),
        // Shorter once it is normalised, and too long all the same.
        ("e\u{301}".repeat(1366), false),
        ("\u{1f600}".repeat(1024), true),
        ("x".repeat(1 << 20), false),
    ] {
        let (what, length) = (text.chars().next(), text.len());
        assert_eq!(
            Password::new(&*text).err(),
            (!taken).then_some(TOO_LONG),
            "{what:?} {length}, lent"
        );
        assert_eq!(
            Password::new(text.clone()).err(),
            (!taken).then_some(TOO_LONG),
            "{what:?} {length}"
        );
        assert_eq!(
            Password::verbatim(text).err(),
            (!taken).then_some(TOO_LONG),
            "{what:?} {length}"
        );
    }
}

#[test]
fn a_long_text_costs_nothing_but_its_length() {
    // 100 MB of it, which is not copied either where it is only lent.
    let text = "e\u{301}".repeat(100_000_000 / 3);
    let allocated = allocation_counter::measure(|| {
        assert_eq!(Password::new(&*text).err(), Some(TOO_LONG));
        assert_eq!(Password::new(&text).err(), Some(TOO_LONG));
        assert_eq!(Password::verbatim(&*text).err(), Some(TOO_LONG));
        assert_eq!(Password::confirmed(&*text, &*text).err(), Some(TOO_LONG));
        assert_eq!(Password::new(text).err(), Some(TOO_LONG));
    });
    assert_eq!(allocated.count_total, 0);
}

/// NIST SP 800-63B-4, section 3.1.1.2: each code point counts as one character, whatever it looks like.
/// A password of nothing else is refused unless the host allows it.
#[test]
fn invisible_characters_count_as_any_other_where_they_are_allowed() {
    let none = Personal::none();
    let counted = Policy::builder().min_length(8).allow_blank().build().unwrap();
    let default = Policy::builder().min_length(8).build().unwrap();
    let invisible = "\u{ad}\u{34f}\u{200b}\u{200c}\u{200d}\u{2060}\u{3164}\u{feff}";
    let refusing = Policy::builder()
        .min_length(8)
        .illegal_characters(CharacterSet::of(invisible))
        .allow_blank()
        .build()
        .unwrap();
    for text in ["\u{200b}".repeat(8), "\u{feff}".repeat(8), invisible.to_owned()] {
        let password = Password::new(&*text).unwrap();
        // Kept as typed: what is dropped on one system and not on another opens neither account.
        assert_eq!(password.expose_secret(), text);
        let shorter: String = text.chars().skip(1).collect();
        assert!(counted.check_as_typed(password.expose_secret(), &none).is_ok());
        assert!(counted.check_as_typed(&shorter, &none).is_err());
        let violations = default.check_as_typed(password.expose_secret(), &none).unwrap_err();
        assert_eq!(violations[0].code(), "password_blank");
        let violations = refusing.check_as_typed(password.expose_secret(), &none).unwrap_err();
        let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
        assert_eq!(codes, ["password_has_illegal_character"]);
    }
    // A family of four with its joiners is seven characters.
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
    assert!(counted.check_as_typed(family, &none).is_err());
    assert!(counted.check_as_typed(&format!("{family}!"), &none).is_ok());
}

/// A buffer that grows leaves copies of what it held: one allocation of the right size makes none.
#[test]
fn normalising_allocates_once() {
    let text = "e\u{301}\u{958}".repeat(300);
    let allocated = allocation_counter::measure(|| {
        let _ = Password::new(text);
    });
    // 300 times e with acute (2 bytes) and two Devanagari characters (6 bytes).
    assert_eq!((allocated.count_total, allocated.bytes_total), (1, 300 * 8));
}

#[test]
fn errors_name_their_code_and_field() {
    for (error, code, field) in [
        (TOO_LONG, "password_too_many_bytes", "password"),
        (PasswordError::ConfirmationMismatch, "password_confirmation_mismatch", "confirm_password"),
    ] {
        assert_eq!((error.code(), error.field()), (code, field));
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in ".{0,60}|[e\u{301}\u{323}\u{1100}\u{1161}\u{11a8}\u{958}a]{0,60}") {
        let once = Password::new(&*text).unwrap();
        let twice = Password::new(once.expose_secret()).unwrap();
        prop_assert_eq!(once.expose_secret(), twice.expose_secret());
        prop_assert!(Password::confirmed(&*text, once.expose_secret()).is_ok());
    }

    #[test]
    fn ascii_is_kept_as_typed(text in "[\u{0}-\u{7f}]{0,60}") {
        let password = Password::new(&*text).unwrap();
        prop_assert_eq!(password.expose_secret(), text);
    }
}
