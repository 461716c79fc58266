//! C11: what a person may type for a code, and what is none.

use core::ops::RangeInclusive;
use std::collections::HashMap;

use repass::code::{CheckCode, CodeError, CodeShape};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

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
                // Devanagari, N'Ko, and mathematical digits.
                "\u{966}\u{967}\u{968}\u{969}\u{96a}\u{96b}\u{96c}\u{96d}\u{96e}\u{96f}",
                "\u{7c0}\u{7c1}\u{7c2}\u{7c3}\u{7c4}\u{7c5}\u{7c6}\u{7c7}\u{7c8}\u{7c9}",
                "\u{1d7f6}\u{1d7cf}2\u{1d7db}4\u{1d7e7}6\u{1d7e9}8\u{1d7ff}",
            ],
        ),
        // The end of a sentence, brackets, quotes, bold in a chat.
        (
            digits(6),
            "000123",
            &[
                "000123.",
                "(000-123)",
                "\u{201c}000123\u{201d},",
                "*000123*",
                "\u{ab}000123\u{bb}\u{3002}",
                "#000123!",
                " . 000123 . ",
            ],
        ),
        // Marks of direction, as an Arabic keyboard or a chat puts them around digits.
        (
            digits(6),
            "000123",
            &["\u{61c}000123", "\u{2066}000\u{61c}123\u{2069}", "\u{206a}000123\u{206b}"],
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

/// General category Cf in Unicode 17.
const FORMAT: [RangeInclusive<char>; 21] = [
    '\u{ad}'..='\u{ad}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2064}',
    '\u{2066}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
    '\u{fff9}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0001}'..='\u{e0001}',
    '\u{e0020}'..='\u{e007f}',
];

/// The zeros of general category Nd in Unicode 17: the nine other digits of a script follow each.
const ZEROS: &str = "0\u{660}\u{6f0}\u{7c0}\u{966}\u{9e6}\u{a66}\u{ae6}\u{b66}\u{be6}\u{c66}\u{ce6}\u{d66}\u{de6}\
    \u{e50}\u{ed0}\u{f20}\u{1040}\u{1090}\u{17e0}\u{1810}\u{1946}\u{19d0}\u{1a80}\u{1a90}\
    \u{1b50}\u{1bb0}\u{1c40}\u{1c50}\u{a620}\u{a8d0}\u{a900}\u{a9d0}\u{a9f0}\u{aa50}\u{abf0}\
    \u{ff10}\u{104a0}\u{10d30}\u{10d40}\u{11066}\u{110f0}\u{11136}\u{111d0}\u{112f0}\u{11450}\
    \u{114d0}\u{11650}\u{116c0}\u{116d0}\u{116da}\u{11730}\u{118e0}\u{11950}\u{11bf0}\u{11c50}\
    \u{11d50}\u{11da0}\u{11de0}\u{11f50}\u{16130}\u{16a60}\u{16ac0}\u{16b50}\u{16d70}\u{1ccf0}\u{1d7ce}\
    \u{1d7d8}\u{1d7e2}\u{1d7ec}\u{1d7f6}\u{1e140}\u{1e2f0}\u{1e4f0}\u{1e5f1}\u{1e950}\u{1fbf0}";

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
            )
            || FORMAT.iter().any(|range| range.contains(&character));
        let group = character.general_category_group();
        let around = documented || group == GeneralCategoryGroup::Punctuation;
        for (text, taken) in [
            (format!("{character}BCDFGH"), around),
            (format!("BCD{character}FGH"), documented),
            (format!("BCDFGH{character}"), around),
        ] {
            let typed = CheckCode::parse(letters(6), &text);
            assert_eq!(typed.is_ok(), taken, "{text:?}");
            assert!(typed.is_err() || typed.unwrap().matches(&code), "{text:?}");
        }
        skipped += u32::from(documented);
    }
    // 25 of White_Space, 11 dashes, 170 format characters.
    assert_eq!(skipped, 25 + 11 + 170);
}

/// Every single character in the place of one: it is a symbol as documented, or an error.
#[test]
fn what_is_a_symbol_is_one_and_nothing_else_is() {
    let digits: HashMap<char, char> = ZEROS
        .chars()
        .flat_map(|zero| (0..10).map(move |digit| (zero, digit)))
        .map(|(zero, digit)| {
            let other = char::from_u32(u32::from(zero) + digit).unwrap();
            (other, char::from_digit(digit, 10).unwrap())
        })
        .collect();
    let symbol = |alphabet: &str, character: char| {
        let character = match character {
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                char::from_u32(u32::from(character) - 0xfee0).unwrap()
            }
            character => digits.get(&character).copied().unwrap_or(character),
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
        // A digit in a circle, a Roman and a Chinese number.
        "\u{2460}23456",
        "\u{2160}23456",
        "\u{4e00}23456",
        "123.456",
        "123 456 7.",
        ".12345.",
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
