//! Any text as a key, and key material as it is written: no panic, a text is read just when it is what
//! an encoder writes, and then as the key of those bytes.
#![no_main]

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER,
};
use libfuzzer_sys::fuzz_target;
use repass::key::{Key, KeyError, KeyId, Keyring};
use repass_fuzz::input::Input;

/// Each with the prefix that says so in a file.
static WRITTEN: [(&str, Encoding); 6] = [
    ("hex:", HEXLOWER),
    ("hex:", HEXUPPER),
    ("base64:", BASE64),
    ("base64:", BASE64_NOPAD),
    ("base64:", BASE64URL),
    ("base64:", BASE64URL_NOPAD),
];

// The first byte says what the rest is, a text or key material, whether the material is written as in
// a file, and whether it comes five times, so that there is too much; the second byte, how it is written.
fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let mode = input.byte();
    let times = if mode >> 4 == 15 { 5 } else { 1 };
    if mode & 1 == 0 {
        let text = String::from_utf8_lossy(input.rest());
        return judge(&text.repeat(times));
    }
    let (prefix, encoding) = &WRITTEN[input.index(WRITTEN.len()).unwrap_or(0)];
    let material = input.rest().repeat(times);
    let text = encoding.encode(&material);
    let decode = if *prefix == "hex:" { bytes_of_hex } else { bytes_of_base64 };
    assert_eq!(decode(&text), Some(material));
    judge(&if mode & 2 == 0 { text } else { format!("\r\n{prefix}{text}\n") });
});

/// Reads a text in every way.
fn judge(text: &str) {
    read(Key::from_hex(text), bytes_of_hex(text), text);
    read(Key::from_base64(text), bytes_of_base64(text), text);

    let bare = text.trim_matches([' ', '\t', '\n', '\r', '\u{c}']);
    let answer = Key::from_text(text);
    if let Some(hex) = bare.strip_prefix("hex:") {
        read(answer, bytes_of_hex(hex), hex);
    } else if let Some(base64) = bare.strip_prefix("base64:") {
        // The control: the fuzzer has to find a key in the URL-safe alphabet with two characters of padding.
        let planted = base64.contains('-') && base64.ends_with("==") && answer.is_ok();
        assert!(!cfg!(feature = "control") || !planted, "planted");
        read(answer, bytes_of_base64(base64), base64);
    } else {
        assert_eq!(answer.err(), Some(KeyError::Malformed));
    }
}

/// The answer to a text is that to its bytes; without any it is malformed, and may be called too long
/// before it is looked at.
fn read(answer: Result<Key, KeyError>, bytes: Option<Vec<u8>>, text: &str) {
    let Some(bytes) = bytes else {
        let long = |error| matches!(error, KeyError::TooLong { bytes } if bytes <= text.len());
        let error = answer.expect_err("no encoder writes it");
        return assert!(error == KeyError::Malformed || long(error), "{error:?}");
    };
    match (answer, wrong_with(&bytes)) {
        (Ok(key), None) => {
            let same = Key::from_bytes(&bytes).expect("it was read");
            let one = KeyId::new(1);
            let ring = Keyring::new(one, key).rotate(KeyId::new(2), same);
            assert_eq!(ring.err(), Some(KeyError::DuplicateKey { id: one }));
        }
        (Err(error), expected) => assert_eq!(Some(error), expected),
        (Ok(_), Some(error)) => panic!("accepted in spite of {error:?}"),
    }
}

/// What is wrong with key material.
fn wrong_with(material: &[u8]) -> Option<KeyError> {
    let bytes = material.len();
    let mut values = material.to_vec();
    values.sort_unstable();
    values.dedup();
    let repeats = |unit: usize| (unit..bytes).all(|at| material[at] == material[at - unit]);
    match bytes {
        0..32 => Some(KeyError::TooShort { bytes }),
        1025.. => Some(KeyError::TooLong { bytes }),
        _ if values.len() < 8 => Some(KeyError::Predictable),
        _ if (1..=bytes / 2).any(repeats) => Some(KeyError::Predictable),
        _ => None,
    }
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|one| one.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}

/// Reads whatever has the characters, and has an encoder write that again.
fn bytes_of_base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABETS: [&str; 2] = ["+/", "-_"];
    let value = |one: char| match one {
        'A'..='Z' => Some(one as u32 - 65),
        'a'..='z' => Some(one as u32 - 71),
        '0'..='9' => Some(one as u32 + 4),
        _ => ALPHABETS.iter().find_map(|two| two.find(one)).map(|place| place as u32 + 62),
    };
    let values: Option<Vec<u32>> = text.trim_end_matches('=').chars().map(value).collect();
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0);
    for six in values? {
        (bits, held) = (bits << 6 | six, held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    let mut encodings = WRITTEN.iter().filter(|(prefix, _)| *prefix == "base64:");
    let written = encodings.any(|(_, encoding)| encoding.encode(&bytes) == text);
    written.then_some(bytes)
}
