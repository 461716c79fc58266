//! What a person may type for a code, and what is none.

use repass::code::{CheckCode, CodeError, CodeShape};

#[test]
fn entry_forgives_case_spaces_dashes_and_what_cannot_be_seen() {
    for (shape, shown, spellings) in [
        (
            letters(8),
            "BCDFGHJK",
            [
                "bcdfghjk",
                "bCdF gHjK",
                " BCDF GHJK ",
                "B C D F G H J K",
                "--BCDF--GHJK--",
                "\tBCDF\nGHJK\r\n",
                "\u{b}BCDF\u{c}GHJK",
                "BCDF\u{85}GHJK",
                // Full-width letters.
                "\u{ff22}\u{ff23}DFGH\u{ff4a}\u{ff4b}",
            ]
            .as_slice(),
        ),
        (
            digits(6),
            "000123",
            &[
                "000 123",
                "000-123",
                " 000123 ",
                "0 0 0 1 2 3",
                "ooOl23",
                "OOOI23",
                "000i23",
                "000L23",
            ],
        ),
        (
            digits(10),
            "0123456789",
            &[
                "\u{ff10}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}\u{ff17}\u{ff18}\u{ff19}",
                "\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}",
                "\u{6f0}\u{6f1}\u{6f2}\u{6f3}\u{6f4}\u{6f5}\u{6f6}\u{6f7}\u{6f8}\u{6f9}",
                "01234\u{3000}\u{ff15}6\u{667}\u{6f8}9",
            ],
        ),
        (base32(8), "01AJ-10VZ", &["OIAJLOVZ", "oiaj-lovz", "olaj iovz"]),
        // An alphabet with O, I and L takes them as they are.
        (own("0OILab", 6), "0OILab", &["0oilAB", "0-OIL-ab"]),
        (own("01ab", 4), "0110", &["OIlo", "oLi0"]),
    ] {
        let code = CheckCode::parse(shape, shown).unwrap();
        for typed in spellings {
            assert!(code.matches(&CheckCode::parse(shape, typed).unwrap()), "{typed:?}");
        }
    }
}

/// Every character that is skipped, at every place; the list is that of the documentation.
#[test]
fn what_is_skipped_is_skipped_anywhere() {
    let code = CheckCode::parse(letters(6), "BCDFGH").unwrap();
    let mut skipped = 0;
    for character in '\0'..=char::MAX {
        let documented = character.is_whitespace()
            || matches!(
                character,
                '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
                    | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
                    | '\u{2066}'..='\u{2069}' | '\u{feff}'
            );
        for text in [
            format!("{character}BCDFGH"),
            format!("BCD{character}FGH"),
            format!("BCDFGH{character}"),
        ] {
            let typed = CheckCode::parse(letters(6), &text);
            assert_eq!(typed.is_ok(), documented, "{text:?}");
            assert!(typed.is_err() || typed.unwrap().matches(&code), "{text:?}");
        }
        skipped += u32::from(documented);
    }
    // 25 of White_Space, 11 dashes, 17 that cannot be seen.
    assert_eq!(skipped, 25 + 11 + 17);
}

/// Every single character in the place of one: it is a symbol as documented, or an error.
#[test]
fn what_is_a_symbol_is_one_and_nothing_else_is() {
    let symbol = |alphabet: &str, character: char| {
        let character = match character {
            '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                char::from_u32(u32::from(character) - 0xfee0).unwrap()
            }
            '\u{660}'..='\u{669}' => char::from_digit(u32::from(character) - 0x660, 10).unwrap(),
            '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(character) - 0x6f0, 10).unwrap(),
            character => character,
        };
        let own = |typed: char| alphabet.chars().find(|own| own.eq_ignore_ascii_case(&typed));
        own(character).or_else(|| match character {
            'o' | 'O' => own('0'),
            'i' | 'I' | 'l' | 'L' => own('1'),
            _ => None,
        })
    };
    for alphabet in
        ["BCDFGHJKLMNPQRSTVWXZ", "0123456789", "0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0bO", "1iz"]
    {
        let shape = own(alphabet, 2);
        for character in '\0'..=char::MAX {
            let first = &alphabet[..1];
            let typed = CheckCode::parse(shape, &format!("{first}{character}"));
            let shown = typed.ok().map(|code| code.expose_plain().to_string());
            assert_eq!(
                shown,
                symbol(alphabet, character).map(|own| format!("{first}{own}")),
                "{character:?}"
            );
        }
    }
}

#[test]
fn entry_forgives_nothing_else() {
    let malformed = |shape: CodeShape| Some(CodeError::Malformed { length: shape.length() });
    for typed in [
        "",
        " ",
        "--------",
        "BCDFGHJ",
        "BCDFGHJKL",
        "BCDFGHJKBCDFGHJK",
        "ACDFGHJK",
        "ECDFGHJK",
        "1CDFGHJK",
        "0CDFGHJK",
        "OCDFGHJK",
        "BCDF_GHJK",
        "BCDF.GHJK",
        "BCDF/GHJK",
        "BCDF+GHJK",
        "BCDF,GHJK",
        "BCDF\0GHJK",
        "\0BCDFGHJK",
        "BCDFGHJK\0",
        // Greek, Cyrillic, and the Kelvin sign that folds to k.
        "\u{392}CDFGHJK",
        "BCDFGH\u{408}K",
        "BCDFGHJ\u{212a}",
        "BCDFGHJ\u{17f}",
        "' OR 1=1",
        "%00%00%00",
    ] {
        assert_eq!(CheckCode::parse(letters(8), typed).err(), malformed(letters(8)), "{typed:?}");
    }
    for typed in [
        "",
        "12345",
        "1234567",
        "12345a",
        "+12345",
        "-1",
        "1e5",
        "0x1234",
        "1.2345",
        "12345\u{b2}",
        // Digits of other scripts, and one in a circle.
        "\u{966}23456",
        "\u{9e7}23456",
        "\u{2460}23456",
        // Numbers that wrap 32 and 64 bits to 123456.
        "4295090752",
        "18446744073709675072",
    ] {
        assert_eq!(CheckCode::parse(digits(6), typed).err(), malformed(digits(6)), "{typed:?}");
    }
}

fn letters(length: u8) -> CodeShape {
    CodeShape::letters(length).unwrap()
}

fn digits(length: u8) -> CodeShape {
    CodeShape::digits(length).unwrap()
}

fn base32(length: u8) -> CodeShape {
    CodeShape::base32(length).unwrap()
}

fn own(alphabet: &str, length: u8) -> CodeShape {
    CodeShape::of_alphabet(alphabet, length).unwrap()
}
