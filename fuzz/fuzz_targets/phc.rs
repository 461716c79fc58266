//! Any text as a stored hash, and such strings of any numbers: no panic, none that asks for more than
//! the ceiling is computed, and only what was hashed matches.
#![no_main]

use std::sync::LazyLock;

use data_encoding::BASE64_NOPAD;
use libfuzzer_sys::fuzz_target;
use repass::hash::{Cost, HashError, Hasher, Verdict};
use repass::key::{KeyId, Keyring};
use repass::secret::{Password, PasswordHash, Salt};
use repass_fuzz::input::{Draw, Input, key};

/// The ceiling: memory in KiB, passes, lanes. A run at it takes some microseconds; one far above it
/// would be seen to hang, or to take all memory.
const CEILING: [u32; 3] = [16, 2, 2];

static HASHER: LazyLock<Hasher> = LazyLock::new(|| hasher(Some(peppers())));

/// Hash strings of the password: as it is hashed now, with the former pepper, and without one.
static ISSUED: LazyLock<[String; 3]> = LazyLock::new(|| {
    let former = Keyring::new(KeyId::new(1), key(1));
    let mut salts = Draw(1);
    [Some(peppers()), Some(former), None].map(|peppers| {
        let salt = Salt::generate(&mut salts).unwrap();
        let hash = hasher(peppers).hash(&PASSWORD, salt).unwrap();
        hash.expose_secret().to_owned()
    })
});

static PASSWORD: LazyLock<Password> = LazyLock::new(|| Password::new("plum-kettle-42").unwrap());
static OTHER: LazyLock<Password> = LazyLock::new(|| Password::new("plum-kettle-43").unwrap());

// The first byte says what the rest is: a text, edits (offset, byte) of a hash string that was issued,
// or the numbers of one.
fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let text = match input.byte() % 3 {
        0 => String::from_utf8_lossy(input.rest()).into_owned(),
        1 => {
            let mut text = ISSUED[input.index(ISSUED.len()).unwrap_or(0)].clone().into_bytes();
            input.edit(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
        _ => made_up(&mut input),
    };
    let stored = PasswordHash::from_stored(&text);
    assert_eq!(stored.is_ok(), text.len() <= 512 && is_printable(&text));
    let Ok(stored) = stored else { return };

    let answer = HASHER.verify(&PASSWORD, &stored);
    let parsed = Parsed::of(&text);
    let issued = ISSUED.iter().position(|issued| Parsed::of(issued) == parsed);
    let expected = match (&parsed, issued.filter(|_| parsed.is_some())) {
        (_, Some(0)) => Ok(Verdict::Match),
        (_, Some(_)) => Ok(Verdict::MatchOutdated),
        (Some(parsed), None) => parsed.refused().map_or(Ok(Verdict::Mismatch), Err),
        // What it asks for may be seen before that it is not whole.
        // One that was cut within its prefix is not whole, either.
        (None, None) if is_argon2(&text) => {
            Err(answer.err().filter(is_over_ceiling).unwrap_or(HashError::Malformed))
        }
        (None, None) => Err(HashError::UnsupportedScheme),
    };
    assert_eq!(answer, expected, "{text}");
    // Another password gets no other answer but that it is wrong.
    let other = answer.and(Ok(Verdict::Mismatch));
    assert_eq!(HASHER.verify(&OTHER, &stored), other, "{text}");

    // The control: the fuzzer has to find a hash at the ceiling, of an old version, with a long salt.
    if let Some(parsed) = parsed.filter(|_| answer.is_ok()) {
        let planted = parsed.algorithm == "argon2d"
            && parsed.version == 16
            && parsed.numbers == CEILING
            && parsed.salt.len() == 48
            && parsed.pepper == Some(2);
        assert!(!cfg!(feature = "control") || !planted, "planted");
    }
});

/// A hash string taken apart, with no regard to what it asks for.
#[derive(PartialEq)]
struct Parsed {
    algorithm: String,
    version: u32,
    /// `m`, `t` and `p`.
    numbers: [u32; 3],
    pepper: Option<u16>,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

impl Parsed {
    fn of(text: &str) -> Option<Self> {
        let mut fields: Vec<&str> = text.strip_prefix('$')?.split('$').collect();
        if let [_, params, _, _] = fields[..] {
            // Strings are older than the field.
            fields = vec![fields[0], "v=16", params, fields[2], fields[3]];
        }
        let [algorithm, version, params, salt, tag] = fields[..] else { return None };
        let known = ["argon2d", "argon2i", "argon2id"].contains(&algorithm);
        let version = number(version.strip_prefix("v=")?).filter(|one| [16, 19].contains(one))?;
        let mut params: Vec<_> = params.split(',').filter_map(|one| one.split_once('=')).collect();
        let all = params.len() == fields[2].split(',').count();
        params.sort_unstable();
        let (pepper, params) = match &params[..] {
            [("keyid", id), params @ ..] => (Some(key_id(id)?), params),
            params => (None, params),
        };
        let [("m", m), ("p", p), ("t", t)] = params else { return None };
        let bytes = |text: &str| BASE64_NOPAD.decode(text.as_bytes()).ok();
        let parsed = Self {
            algorithm: algorithm.to_owned(),
            version,
            numbers: [number(m)?, number(t)?, number(p)?],
            pepper,
            salt: bytes(salt).filter(|salt| (8..=48).contains(&salt.len()))?,
            tag: bytes(tag).filter(|tag| (32..=64).contains(&tag.len()))?,
        };
        (known && all).then_some(parsed)
    }

    /// Why it is not computed.
    fn refused(&self) -> Option<HashError> {
        let highest = [Cost::MAX_MEMORY_KIB, Cost::MAX_PASSES, Cost::MAX_LANES];
        let over = |parameter| HashError::OverCeiling { parameter };
        let [m, t, p] = self.numbers;
        let malformed = HashError::Malformed;
        let pepper = KeyId::new(self.pepper.unwrap_or(1));
        let reasons = [
            // More than any hasher takes, or less than Argon2 can do with, in the order of reading.
            (p > highest[2], over("p")),
            (p == 0, malformed),
            (m > highest[0], over("m")),
            (m < p.saturating_mul(8), malformed),
            (t > highest[1], over("t")),
            (t == 0, malformed),
            // More than this one does.
            (m > CEILING[0], over("m")),
            (t > CEILING[1], over("t")),
            (p > CEILING[2], over("p")),
            (![1, 2].contains(&pepper.number()), HashError::UnknownPepper { id: pepper }),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }
}

/// Whether a text claims to be of an Argon2 variant, or was cut within that claim.
fn is_argon2(text: &str) -> bool {
    text.starts_with("$argon2") || (!text.is_empty() && "$argon2".starts_with(text))
}

fn is_over_ceiling(error: &HashError) -> bool {
    matches!(error, HashError::OverCeiling { .. })
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

fn key_id(text: &str) -> Option<u16> {
    let bytes = BASE64_NOPAD.decode(text.as_bytes()).ok()?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// A hash string of drawn numbers, most of which are near a bound.
fn made_up(input: &mut Input<'_>) -> String {
    let algorithm = ["argon2id", "argon2i", "argon2d", "argon2", "scrypt"];
    let algorithm = algorithm[input.index(algorithm.len()).unwrap_or(0)];
    let version = ["v=19$", "v=16$", "", "v=18$"][input.index(4).unwrap_or(0)];
    let mut number = |near: u32| match input.byte() {
        offset @ ..8 => u64::from(near).saturating_add(offset.into()).saturating_sub(4),
        small @ 8..64 => u64::from(small) - 8,
        shift => 1_u64 << (shift % 40),
    };
    let numbers = [number(CEILING[0]), number(CEILING[1]), number(CEILING[2])];
    let [m, t, p] = numbers;
    let pepper = match input.byte() % 4 {
        0 => String::new(),
        id => format!(",keyid={}", BASE64_NOPAD.encode(&[0, id])),
    };
    let lengths = [input.byte() % 80, input.byte() % 80];
    let [salt, tag] = lengths.map(|length| BASE64_NOPAD.encode(&vec![7; length.into()]));
    format!("${algorithm}${version}m={m},t={t},p={p}{pepper}${salt}${tag}")
}

fn hasher(peppers: Option<Keyring>) -> Hasher {
    let [m, t, p] = CEILING;
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let hasher = hasher.with_ceiling(Cost::new(m, t, p).unwrap()).with_slots(1);
    match peppers {
        Some(peppers) => hasher.with_pepper(peppers),
        None => hasher,
    }
}

/// Key 2 signs, key 1 did.
fn peppers() -> Keyring {
    Keyring::new(KeyId::new(1), key(1)).rotate(KeyId::new(2), key(2)).unwrap()
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|one| ('!'..='~').contains(&one))
}
