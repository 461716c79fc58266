//! The forms of a code: in one piece, in groups, read out, and as the last line of an SMS.

use repass::code::{CheckCode, CodeOrigin, CodeShape};

#[test]
fn groups_have_four_characters_at_most_and_are_as_even_as_they_go() {
    let alphabet = "0123456789abcdef";
    for grouped in [
        "01",
        "012",
        "0123",
        "012-34",
        "012-345",
        "0123-456",
        "0123-4567",
        "012-345-678",
        "0123-456-789",
        "0123-4567-89a",
        "0123-4567-89ab",
        "0123-456-789-abc",
        "0123-4567-89a-bcd",
        "0123-4567-89ab-cde",
        "0123-4567-89ab-cdef",
    ] {
        let plain = grouped.replace('-', "");
        let shape = CodeShape::of_alphabet(alphabet, plain.len().try_into().unwrap()).unwrap();
        let code = CheckCode::parse(shape, grouped).unwrap();
        assert_eq!(*code.expose_grouped(), grouped);
        assert_eq!(*code.expose_plain(), plain);
        assert!(code.matches(&CheckCode::parse(shape, &code.expose_grouped()).unwrap()));
    }
}

#[test]
fn a_message_shows_digits_in_one_piece_and_all_else_in_groups() {
    for (shape, shown) in [
        (letters(6), "BCD-FGH"),
        (letters(8), "BCDF-GHJK"),
        (letters(9), "BCD-FGH-JKL"),
        (letters(12), "BCDF-GHJK-LMNP"),
        (letters(15), "BCDF-GHJK-LMNP-QRS"),
        (letters(16), "BCDF-GHJK-LMNP-QRST"),
        (CodeShape::base32(8).unwrap(), "01AB-YZ89"),
        (CodeShape::of_alphabet("01x", 6).unwrap(), "010-101"),
        (CodeShape::of_alphabet("01", 6).unwrap(), "010101"),
        (digits(6), "123456"),
        (digits(10), "1234567890"),
    ] {
        assert_eq!(*CheckCode::parse(shape, shown).unwrap().expose_secret(), shown);
    }
}

#[test]
fn a_code_can_be_read_out() {
    for (shape, code, spoken, spelled) in [
        (
            letters(8),
            "BCDFGHJK",
            "B, C, D, F. G, H, J, K.",
            "Bravo, Charlie, Delta, Foxtrot. Golf, Hotel, Juliett, Kilo.",
        ),
        (digits(6), "012345", "0, 1, 2. 3, 4, 5.", "zero, one, two. three, four, five."),
        (
            CodeShape::of_alphabet("6789abei", 10).unwrap(),
            "6789abeiei",
            "6, 7, 8, 9. A, B, E. I, E, I.",
            "six, seven, eight, nine. Alfa, Bravo, Echo. India, Echo, India.",
        ),
        (
            CodeShape::of_alphabet("lmnopqrstuvwxyz", 12).unwrap(),
            "lmnopqrstuvw",
            "L, M, N, O. P, Q, R, S. T, U, V, W.",
            "Lima, Mike, November, Oscar. Papa, Quebec, Romeo, Sierra. Tango, Uniform, Victor, Whiskey.",
        ),
        (CodeShape::of_alphabet("xyz", 3).unwrap(), "xyz", "X, Y, Z.", "X-ray, Yankee, Zulu."),
    ] {
        let code = CheckCode::parse(shape, code).unwrap();
        assert_eq!(*code.expose_spoken(), spoken);
        assert_eq!(*code.expose_spelled(), spelled);
    }
}

/// The text is wiped where it ends: it may not have moved while it grew.
#[test]
fn no_form_outgrows_its_room() {
    let shape = CodeShape::of_alphabet("ni", 16).unwrap();
    let code = CheckCode::parse(shape, "nnnnnnnnnnnnnnnn").unwrap();
    assert_eq!(code.expose_spelled().len(), 16 * 10 - 1);
    assert_eq!(code.expose_spelled().capacity(), 16 * 10 + 1);
    assert_eq!(code.expose_spoken().capacity(), 16 * 10 + 1);
    assert_eq!(code.expose_grouped().capacity(), 16 * 2 + 1);
    assert_eq!(code.expose_plain().capacity(), 16 + 1);
    let origin = CodeOrigin::new("example.com").unwrap();
    assert_eq!(code.expose_bound_line(&origin).capacity(), "@example.com #nnnnnnnnnnnnnnnn".len());
}

/// The examples of the specification, and codes of letters without their dash.
#[test]
fn a_line_binds_a_code_to_a_site() {
    let code = CheckCode::parse(digits(6), "747723").unwrap();
    let origin = CodeOrigin::new("example.com").unwrap();
    assert_eq!(*code.expose_bound_line(&origin), "@example.com #747723");
    let framed = origin.with_embedded("Ecommerce.example").unwrap();
    assert_eq!((framed.host(), framed.embedded()), ("example.com", Some("ecommerce.example")));
    assert_eq!(*code.expose_bound_line(&framed), "@example.com #747723 @ecommerce.example");
    let code = CheckCode::parse(letters(8), "BCDF-GHJK").unwrap();
    let origin = CodeOrigin::new("XN--BCHER-KVA.example").unwrap();
    assert_eq!(*code.expose_bound_line(&origin), "@xn--bcher-kva.example #BCDFGHJK");
}

/// One SMS has 160 characters of the GSM 7-bit alphabet.
#[test]
fn the_longest_line_and_a_word_before_it_fit_one_sms() {
    let host = format!("{}.example", "a".repeat(55));
    let origin = CodeOrigin::new(&host).unwrap().with_embedded(&host).unwrap();
    let code = CheckCode::parse(letters(12), "BCDFGHJKLMNP").unwrap();
    let line = code.expose_bound_line(&origin);
    assert_eq!(line.len(), 1 + 63 + 2 + 12 + 2 + 63);
    assert!(line.chars().all(|c| c.is_ascii_alphanumeric() || "@# .-".contains(c)));
    assert!(!line.contains('\n'));
}

#[test]
fn an_origin_is_a_host_name() {
    for sound in ["example.com", "a.b", "A-1.b-2.c", "xn--p1ai.xn--p1ai", "1.example", "example.c0"]
    {
        assert_eq!(CodeOrigin::new(sound).unwrap().host(), sound.to_lowercase());
    }
    let long = format!("{}.example", "a".repeat(56));
    for unsound in [
        "",
        ".",
        "example",
        "localhost",
        "example.",
        ".example",
        "a..b",
        "-a.example",
        "a-.example",
        "a_b.example",
        "a b.example",
        "a.example ",
        "a.example\n@b.example",
        "@a.example",
        "a.example #1",
        "a.example:8080",
        "https://a.example",
        "a.example/",
        "127.0.0.1",
        "[::1]",
        "b\u{fc}cher.example",
        "a.\u{661}",
        &long,
    ] {
        let error = CodeOrigin::new(unsound).unwrap_err();
        assert_eq!((error.code(), error.max_bytes), ("code_origin_invalid", 63), "{unsound:?}");
        assert!(
            CodeOrigin::new("a.example").unwrap().with_embedded(unsound).is_err(),
            "{unsound:?}"
        );
    }
}

fn letters(length: u8) -> CodeShape {
    CodeShape::letters(length).unwrap()
}

fn digits(length: u8) -> CodeShape {
    CodeShape::digits(length).unwrap()
}
