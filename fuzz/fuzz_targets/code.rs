//! Any text as a code that a person typed, and codes as they are written: no panic, a text is one code
//! or none, whatever is written is read as the same code, and a code that was not derived fits nothing.
#![no_main]

use core::time::Duration;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{
    CheckCode, CodeBinding, CodeEpoch, CodeError, CodeOrigin, CodeShape, Codes, ResendPolicy,
};
use repass::key::{KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass_fuzz::input::{Input, key};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

const NOW: i64 = 1_700_000_000;

static RING: LazyLock<Keyring> = LazyLock::new(|| Keyring::new(KeyId::new(1), key(1)));
static ADA: LazyLock<(AccountId, Contact)> =
    LazyLock::new(|| (AccountId::new("42").unwrap(), Contact::email("ada@example.org").unwrap()));

// Shape, resending, host of a site; then whether a text follows, or edits (offset, byte) of the code
// that was derived.
fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let Some((shape, alphabet)) = draw_shape(&mut input) else { return };
    let codes = Codes::new(RING.clone(), Scope::new(Purpose::RESET), shape);
    let binding = CodeBinding::new(&ADA.0, &ADA.1, AttemptId::from_bytes([input.byte(); 20]));

    let policy = [
        ResendPolicy::SameCode,
        ResendPolicy::NewCode,
        ResendPolicy::NewCodeKeepingLast(Duration::from_secs(60)),
    ][input.index(3).unwrap_or(0)];
    let (number, age) = (u32::from(input.byte()), i64::from(input.byte()));
    let good = policy.good(CodeEpoch::from_parts(number, at(NOW - age)), at(NOW));
    let kept = matches!(policy, ResendPolicy::NewCodeKeepingLast(_)) && age < 60;
    let last = number.checked_sub(1).filter(|_| kept);
    assert!(good.numbers().eq([number].into_iter().chain(last)));

    // What is derived is of its shape, and fits wherever it is written.
    let derive = |epoch| codes.derive(KeyId::new(1), &binding, epoch).unwrap();
    let derived = derive(number);
    written(&derived, shape, &alphabet, &mut input);
    let goods: Vec<String> = good.numbers().map(|epoch| plain(&derive(epoch))).collect();
    assert!(codes.matches(KeyId::new(1), &binding, good, &derived).unwrap());
    let unknown = codes.matches(KeyId::new(2), &binding, good, &derived);
    assert_eq!(unknown, Err(CodeError::UnknownKey { key_id: KeyId::new(2) }));

    let text = if input.odd() {
        let mut text = derived.expose_secret().as_bytes().to_vec();
        input.edit(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    } else {
        String::from_utf8_lossy(input.rest()).into_owned()
    };
    let expected = read(&text, &alphabet, shape.length());
    match CheckCode::parse(shape, &text) {
        Ok(typed) => {
            assert_eq!(Some(plain(&typed)), expected, "{text:?}");
            written(&typed, shape, &alphabet, &mut input);
            let fits = codes.matches(KeyId::new(1), &binding, good, &typed).unwrap();
            assert_eq!(fits, goods.contains(&plain(&typed)));
            // The control: the fuzzer has to find a code of a late epoch while the last one is kept.
            let planted = last.is_some_and(|last| last >= 128) && age >= 16;
            assert!(!cfg!(feature = "control") || !planted, "planted");
        }
        Err(error) => {
            assert_eq!(error, CodeError::Malformed { length: shape.length() });
            assert_eq!(expected, None, "{text:?}");
        }
    }
});

/// A shape and its characters, and that only those of the table are built.
fn draw_shape(input: &mut Input<'_>) -> Option<(CodeShape, String)> {
    let (kind, length) = (input.byte() % 4, input.byte() % 18);
    let (shape, alphabet, lengths) = match kind {
        0 => (CodeShape::letters(length), "BCDFGHJKLMNPQRSTVWXZ".into(), 6..=16),
        1 => (CodeShape::digits(length), "0123456789".into(), 6..=10),
        2 => (CodeShape::base32(length), "0123456789ABCDEFGHJKMNPQRSTVWXYZ".into(), 6..=16),
        _ => {
            let own = String::from_utf8_lossy(input.piece()).into_owned();
            let mut once: Vec<u8> = own.to_ascii_lowercase().into_bytes();
            once.sort_unstable();
            once.dedup();
            let sound = (2..=36).contains(&own.len())
                && once.len() == own.len()
                && once.iter().all(u8::is_ascii_alphanumeric);
            let shape = CodeShape::of_alphabet(&own, length);
            if !sound {
                assert!(shape.is_err(), "{own:?}");
                return None;
            }
            (shape, own, 2..=16)
        }
    };
    assert_eq!(shape.is_ok(), lengths.contains(&length));
    let shape = shape.ok()?;
    assert_eq!(shape.codes(), (alphabet.len() as u128).pow(length.into()));
    Some((shape, alphabet))
}

/// What a text is read as, by the table of `CheckCode::parse`.
fn read(text: &str, alphabet: &str, length: usize) -> Option<String> {
    const DASHES: &str =
        "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{fe58}\u{fe63}\u{ff0d}";
    const READ: [(&str, &str); 2] = [
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"),
    ];
    // The digits of a script are ten code points in a row, beginning with its zero.
    let digit = |typed: char| {
        let is_digit = |one: char| one.general_category() == GeneralCategory::DecimalNumber;
        let of_ten = |back: u32| char::from_u32(u32::from(typed).checked_sub(back)?);
        let before = (1..60).take_while(|back| of_ten(*back).is_some_and(is_digit)).count();
        is_digit(typed).then(|| char::from_digit(before as u32 % 10, 10).unwrap())
    };
    let narrow = |typed: char| {
        let mut pairs = READ.iter().flat_map(|(ascii, other)| ascii.chars().zip(other.chars()));
        let letter = pairs.find(|(_, other)| *other == typed).map(|(ascii, _)| ascii);
        letter.or_else(|| digit(typed)).unwrap_or(typed)
    };
    let own = |typed: char| alphabet.chars().find(|own| own.eq_ignore_ascii_case(&typed));
    let symbol = |typed: char| {
        own(typed).or_else(|| match typed.to_ascii_uppercase() {
            'O' => own('0'),
            'I' | 'L' => own('1'),
            _ => None,
        })
    };
    let is_skipped = |one: &char| {
        one.is_whitespace()
            || DASHES.contains(*one)
            || one.general_category() == GeneralCategory::Format
    };
    let is_around = |one: char| {
        is_skipped(&one) || one.general_category_group() == GeneralCategoryGroup::Punctuation
    };
    let typed = text.trim_matches(is_around).chars().filter(|one| !is_skipped(one));
    let code: Option<String> = typed.map(|one| symbol(narrow(one))).collect();
    code.filter(|code| text.len() <= 64 && code.len() == length)
}

/// Each form of a code is one of it.
fn written(code: &CheckCode, shape: CodeShape, alphabet: &str, input: &mut Input<'_>) {
    let plain = plain(code);
    assert_eq!(plain.len(), shape.length());
    assert!(plain.chars().all(|one| alphabet.contains(one)));
    for form in [code.expose_secret(), code.expose_plain(), code.expose_grouped()] {
        let read = CheckCode::parse(shape, &form).unwrap();
        assert!(read.matches(code));
        assert_eq!(self::plain(&read), plain);
        assert!(form.split('-').all(|group| group.len() <= 4) || *form == plain);
    }
    let heard = |text: &str| -> String {
        let words = text.strip_suffix('.').unwrap().split([',', '.']).map(str::trim);
        words
            .map(|word| {
                DIGITS.iter().position(|digit| *digit == word).map_or_else(
                    || word.chars().next().unwrap(),
                    |digit| char::from_digit(digit as u32, 10).unwrap(),
                )
            })
            .collect()
    };
    assert_eq!(heard(&code.expose_spelled()), plain.to_ascii_uppercase());
    assert_eq!(heard(&code.expose_spoken()), plain.to_ascii_uppercase());

    let [host, embedded] = [(); 2].map(|()| String::from_utf8_lossy(input.piece()).into_owned());
    let origin = CodeOrigin::new(&host);
    assert_eq!(origin.is_ok(), is_host(&host), "{host:?}");
    let Ok(origin) = origin else { return };
    let line = code.expose_bound_line(&origin);
    assert_eq!(bound(&line), Some((host.to_ascii_lowercase(), plain.clone(), None)));
    let origin = origin.with_embedded(&embedded);
    assert_eq!(origin.is_ok(), is_host(&embedded), "{embedded:?}");
    let Ok(origin) = origin else { return };
    let line = code.expose_bound_line(&origin);
    let embedded = Some(embedded.to_ascii_lowercase());
    assert_eq!(bound(&line), Some((host.to_ascii_lowercase(), plain, embedded)));
}

const DIGITS: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// Host, code and embedded host of the last line of a message, as a browser reads it.
fn bound(line: &str) -> Option<(String, String, Option<String>)> {
    let mut words = line.split(' ');
    let host = words.next()?.strip_prefix('@')?;
    let code = words.next()?.strip_prefix('#')?;
    let embedded = match words.next() {
        Some(word) => Some(word.strip_prefix('@')?.to_owned()),
        None => None,
    };
    let ended = words.next().is_none() && !line.contains(['\n', '\r']);
    ended.then(|| (host.to_owned(), code.to_owned(), embedded))
}

fn is_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
    let label = |label: &&str| {
        !label.is_empty() && label.chars().all(plain) && label.trim_matches('-') == *label
    };
    let numeric = labels.last().is_some_and(|last| last.chars().all(|one| one.is_ascii_digit()));
    (2..).contains(&labels.len()) && host.len() <= 63 && labels.iter().all(label) && !numeric
}

fn plain(code: &CheckCode) -> String {
    code.expose_plain().to_string()
}

fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
}
