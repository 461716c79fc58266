//! Keys, keyrings and rotation.

use core::time::Duration;

use proptest::prelude::*;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyError, KeyId, Keyring};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::scope::{Purpose, Scope};
use repass::secret::{Salt, Seed};
use repass::time::UtcDateTime;
use repass::token::{Signer, Token, TokenError};

#[test]
fn key_material_is_long_and_varied() {
    let varied = |length: usize| (0..=255).cycle().take(length).collect::<Vec<u8>>();
    // Seven and eight different values in 32 bytes, which do not come over and over.
    let few =
        |values: u8| (0..32).map(|at: u16| (at * at % 31) as u8 % values).collect::<Vec<u8>>();
    // Squares, which do not come over and over so soon.
    let longest: Vec<u8> = (0..1024).map(|at: u32| (at * at / 7) as u8).collect();
    let hex: String = longest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(Key::from_hex(&hex).is_ok() && Key::from_base64(&base64(&longest, b'+', b'/')).is_ok());
    let predictable = Some(KeyError::Predictable);
    for (what, material, expected) in [
        ("nothing", vec![], Some(KeyError::TooShort { bytes: 0 })),
        ("one byte", vec![7], Some(KeyError::TooShort { bytes: 1 })),
        ("31 bytes", varied(31), Some(KeyError::TooShort { bytes: 31 })),
        ("32 bytes", varied(32), None),
        ("200 bytes", varied(200), None),
        ("1024 bytes", longest, None),
        ("1025 bytes", varied(1025), Some(KeyError::TooLong { bytes: 1025 })),
        ("a megabyte", varied(1 << 20), Some(KeyError::TooLong { bytes: 1 << 20 })),
        ("zeros", vec![0; 32], predictable),
        ("ones", vec![0xff; 64], predictable),
        ("two values", [1, 2].repeat(16), predictable),
        ("seven values", few(7), predictable),
        ("eight values", few(8), None),
        ("a placeholder", b"changeme".repeat(4), predictable),
    ] {
        assert_eq!(Key::from_bytes(&material).err(), expected, "{what}");
    }
}

#[test]
fn a_unit_over_and_over_is_no_key() {
    for unit in 1..=200_u8 {
        let whole = usize::from(unit);
        // Twice and a half, twice, and one byte less than twice.
        for (length, repeats) in [(whole * 5 / 2, true), (whole * 2, true), (whole * 2 - 1, false)]
        {
            if length < Key::MIN_BYTES {
                continue;
            }
            let material: Vec<u8> = (0..unit).cycle().take(length).collect();
            let expected = repeats.then_some(KeyError::Predictable);
            assert_eq!(Key::from_bytes(&material).err(), expected, "{unit} in {length}");
            let mut altered = material;
            altered[length / 2] = 0xff;
            let expected = (unit < 8).then_some(KeyError::Predictable);
            assert_eq!(Key::from_bytes(&altered).err(), expected, "{unit} in {length}, altered");
        }
    }
}

#[test]
fn a_key_is_the_same_however_it_is_written() {
    // 0xfb 0xff ...: both alphabets of base64 show in them.
    let material: Vec<u8> = (0..34_u8).map(|at| 0xfb_u8.wrapping_add(at * 4)).collect();
    let hex: String = material.iter().map(|byte| format!("{byte:02x}")).collect();
    // RFC 4648 by hand: 34 bytes leave one over, 12 sextets of zeros and two signs of padding.
    let url_safe = base64(&material, b'-', b'_');
    let standard = base64(&material, b'+', b'/');
    assert_ne!(url_safe, standard);
    assert_eq!(standard.len(), 46);
    let keys = [
        Key::from_bytes(&material),
        Key::from_hex(&hex),
        Key::from_hex(&hex.to_uppercase()),
        Key::from_base64(&standard),
        Key::from_base64(&format!("{standard}==")),
        Key::from_base64(&url_safe),
        Key::from_base64(&format!("{url_safe}==")),
        Key::from_text(&format!("hex:{hex}")),
        Key::from_text(&format!(" \thex:{hex}\r\n")),
        Key::from_text(&format!("base64:{standard}==\n")),
        Key::from_text(&format!("base64:{url_safe}\n\n")),
    ];
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap());
    for (number, key) in keys.into_iter().enumerate() {
        let duplicate = ring.clone().rotate(KeyId::new(2), key.unwrap());
        let error = Some(KeyError::DuplicateKey { id: KeyId::new(1) });
        assert_eq!(duplicate.err(), error, "{number}");
    }
}

#[test]
fn a_text_that_is_no_key_is_malformed() {
    let hex = "8a1c0e5bd1f2764a9e03c7b85d2f6e910b4d83a6f7c25e19d034ab6c7f98e215";
    let base64 = "ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU=";
    assert!(Key::from_hex(hex).is_ok() && Key::from_base64(base64).is_ok());
    let malformed = Some(KeyError::Malformed);
    for text in [
        &hex[1..],
        &format!("{hex}\n"),
        &format!(" {hex}"),
        &format!("0x{hex}"),
        &format!("hex:{hex}"),
        &hex.replace('a', "g"),
        &hex.replacen('8', "\u{ff18}", 1),
        base64,
    ] {
        assert_eq!(Key::from_hex(text).err(), malformed, "{text:?}");
    }
    for text in [
        &base64[1..],
        &format!("{base64}\n"),
        &format!(" {base64}"),
        &format!("{base64}="),
        &format!("{base64}===="),
        &base64.replace('=', "===="),
        // Bits that stand for nothing, and both alphabets.
        &base64.replace("U=", "V="),
        &base64.replace("ihw", "i-w"),
        &format!("{}={}", &base64[..20], &base64[20..]),
        &format!("{}\n{}", &base64[..20], &base64[20..]),
        &base64.replace('+', "*"),
        &format!("base64:{base64}"),
    ] {
        assert_eq!(Key::from_base64(text).err(), malformed, "{text:?}");
    }
    for text in [
        hex,
        base64,
        "correct horse battery staple, and then some more of it",
        &format!("HEX:{hex}"),
        &format!("hex: {hex}"),
        &format!("hex={hex}"),
        &format!("hex:{hex} # the key of last year"),
        &format!("hex:{hex}\nhex:{hex}"),
        &format!("\u{feff}hex:{hex}"),
        &format!("hex:{base64}"),
        &format!("\u{a0}hex:{hex}"),
        "hex",
    ] {
        assert_eq!(Key::from_text(text).err(), malformed, "{text:?}");
    }
    // What is decoded is judged as bytes are.
    for (text, expected) in [
        ("".to_owned(), KeyError::TooShort { bytes: 0 }),
        ("00".to_owned(), KeyError::TooShort { bytes: 1 }),
        ("00".repeat(32), KeyError::Predictable),
        ("0123456789abcdef".repeat(4), KeyError::Predictable),
        (hex.repeat(33), KeyError::TooLong { bytes: 33 * 32 }),
        ("ab".repeat(10_000_000), KeyError::TooLong { bytes: 10_000_000 }),
    ] {
        assert_eq!(Key::from_hex(&text).err(), Some(expected));
        assert_eq!(Key::from_text(&format!("hex:{text}")).err(), Some(expected));
    }
    assert_eq!(Key::from_base64("").err(), Some(KeyError::TooShort { bytes: 0 }));
    assert_eq!(Key::from_base64("====").err(), malformed);
}

/// The text of another file, put there by mistake, is measured and not read.
#[test]
fn a_text_beyond_the_longest_key_costs_no_memory() {
    for bytes in [1025, 1 << 20] {
        let hex = "5a".repeat(bytes);
        let allocated = allocation_counter::measure(|| {
            assert_eq!(Key::from_hex(&hex).err(), Some(KeyError::TooLong { bytes }));
        });
        assert_eq!(allocated.count_total, 0, "{bytes}");
    }
}

#[test]
fn a_key_that_signs_is_not_retired() {
    let id = KeyId::new;
    let ring = Keyring::new(id(1), key(1));
    assert_eq!(ring.clone().retire(id(1), now()).err(), Some(KeyError::Signing { id: id(1) }));
    assert_eq!(ring.retire(id(2), now()).err(), Some(KeyError::Unknown { id: id(2) }));
}

/// Links and handles end with the overlap; `until` itself is past it, and before it nothing changes.
#[test]
fn a_retired_key_verifies_until_its_overlap_is_over() {
    let id = KeyId::new;
    let ring = Keyring::new(id(1), key(1));
    let old = sign(&ring, id(1));
    let ring = ring.rotate(id(2), key(2)).unwrap();
    let new = sign(&ring, id(2));
    let over = now() + Duration::from_secs(600);
    let nanosecond = Duration::from_nanos(1);
    let retired = ring.retire(id(1), over).unwrap();
    let refusal = Err(TokenError::RetiredKey { key_id: id(1) });
    for (moment, good) in [(now(), true), (over - nanosecond, true), (over, false)] {
        let verdict = signer(&retired).verify(old.expose_secret(), moment);
        assert_eq!(verdict.is_ok(), good, "{moment}");
        assert!(good || verdict == refusal);
        assert!(signer(&retired).verify(new.expose_secret(), moment).is_ok());
    }
    // The last word counts.
    let later = retired.clone().retire(id(1), until()).unwrap();
    assert!(signer(&later).verify(old.expose_secret(), over).is_ok());
    let at_once = later.retire(id(1), UtcDateTime::MIN).unwrap();
    assert_eq!(signer(&at_once).verify(old.expose_secret(), now()), refusal);
    // Retired is not gone: the number and the bytes are still taken.
    let same_id = Some(KeyError::DuplicateId { id: id(1) });
    assert_eq!(at_once.clone().rotate(id(1), key(3)).err(), same_id);
    let same_key = Some(KeyError::DuplicateKey { id: id(1) });
    assert_eq!(at_once.rotate(id(3), key(1)).err(), same_key);
}

#[test]
fn a_ring_has_each_id_and_each_key_once() {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let id = KeyId::new;
    let same_id = Some(KeyError::DuplicateId { id: id(1) });
    let same_key = Some(KeyError::DuplicateKey { id: id(1) });
    for (new_id, number, expected) in
        [(1, 2, same_id), (2, 1, same_key), (1, 1, same_id), (2, 2, None)]
    {
        let rotated = ring.clone().rotate(id(new_id), key(number));
        assert_eq!(rotated.err(), expected, "rotate to {new_id}, key {number}");
        let verifying = ring.clone().verify_with(id(new_id), key(number));
        assert_eq!(verifying.err(), expected, "verify with {new_id}, key {number}");
    }
    let older = Keyring::new(id(3), key(3)).rotate(id(4), key(4)).unwrap();
    assert_eq!(older.rotate(id(5), key(3)).err(), Some(KeyError::DuplicateKey { id: id(3) }));
}

#[test]
fn the_key_that_signs_cannot_be_removed() {
    let id = KeyId::new;
    let ring = Keyring::new(id(1), key(1));
    assert_eq!(ring.clone().remove(id(1)).err(), Some(KeyError::Signing { id: id(1) }));
    assert_eq!(ring.clone().remove(id(2)).err(), Some(KeyError::Unknown { id: id(2) }));
    let ring = ring.rotate(id(2), key(2)).unwrap();
    assert_eq!(ring.clone().remove(id(2)).err(), Some(KeyError::Signing { id: id(2) }));
    let ring = ring.remove(id(1)).unwrap();
    assert_eq!(ring.ids().collect::<Vec<_>>(), [id(2)]);
    // Its number and its bytes are free again.
    assert!(ring.rotate(id(1), key(1)).is_ok());
}

#[test]
fn a_ring_holds_16_keys() {
    let mut ring = Keyring::new(KeyId::new(0), key(0));
    for number in 1..16 {
        ring = ring.rotate(KeyId::new(number), key(number)).unwrap();
    }
    assert_eq!(ring.ids().count(), Keyring::MAX_KEYS);
    assert_eq!(ring.signing_id(), KeyId::new(15));
    assert_eq!(ring.clone().rotate(KeyId::new(16), key(16)).err(), Some(KeyError::TooMany));
    assert_eq!(ring.verify_with(KeyId::new(16), key(16)).err(), Some(KeyError::TooMany));
}

#[test]
fn a_link_outlives_one_rotation_and_not_the_removal_of_its_key() {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let token = sign(&ring, KeyId::new(1));
    let rotated = ring.rotate(KeyId::new(2), key(2)).unwrap();
    assert_eq!(
        signer(&rotated).verify(token.expose_secret(), now()).unwrap().key_id(),
        KeyId::new(1)
    );
    let fresh = signer(&rotated).sign(AttemptId::from_bytes([7; 20]), until()).unwrap();
    assert_eq!(
        signer(&rotated).verify(fresh.expose_secret(), now()).unwrap().key_id(),
        KeyId::new(2)
    );
    let retired = signer(&rotated.remove(KeyId::new(1)).unwrap());
    let refusal = TokenError::UnknownKey { key_id: KeyId::new(1) };
    assert_eq!(retired.verify(token.expose_secret(), now()), Err(refusal));
    assert_eq!(
        retired.sign_with(KeyId::new(1), AttemptId::from_bytes([7; 20]), until()).err(),
        Some(refusal)
    );
    assert!(retired.verify(fresh.expose_secret(), now()).is_ok());
}

/// Another instance that signs with the new key already is understood by one that was told of it.
#[test]
fn a_key_that_only_verifies_never_signs() {
    let ahead = Keyring::new(KeyId::new(1), key(1)).rotate(KeyId::new(2), key(2)).unwrap();
    let behind = Keyring::new(KeyId::new(1), key(1)).verify_with(KeyId::new(2), key(2)).unwrap();
    assert_eq!(behind.signing_id(), KeyId::new(1));
    for (from, to) in [(&ahead, &behind), (&behind, &ahead)] {
        let token = signer(from).sign(AttemptId::from_bytes([7; 20]), until()).unwrap();
        let verified = signer(to).verify(token.expose_secret(), now()).unwrap();
        assert_eq!(verified.key_id(), from.signing_id());
    }
}

#[test]
fn a_generator_that_fails_or_is_stuck_makes_no_key() {
    let stuck = |byte| Key::generate(&mut Stuck(byte)).unwrap_err();
    for byte in [0, 7, 0xff] {
        assert_eq!(stuck(byte).code(), "random_failed");
        assert!(Seed::generate(&mut Stuck(byte)).is_err());
        assert!(Salt::generate(&mut Stuck(byte)).is_err());
    }
    let broken = Key::generate(&mut Broken).unwrap_err();
    assert_eq!(broken.to_string(), "the random generator failed: no entropy");
    assert_eq!(Seed::generate(&mut Broken).unwrap_err(), broken);
    assert_eq!(Salt::generate(&mut Broken).unwrap_err(), broken);
}

#[test]
fn generated_keys_differ() {
    let [one, other] = [1, 2].map(|number| {
        let ring = Keyring::new(KeyId::new(number), Key::generate(&mut repass::SysRng).unwrap());
        sign(&ring, KeyId::new(number)).expose_secret()[38..].to_owned()
    });
    assert_ne!(one, other);
}

proptest! {
    #[test]
    fn any_text_is_a_key_or_an_error(text in "(hex:|base64:)?[0-9a-fA-F+/_=-]{0,90}", odd in ".{0,60}") {
        for text in [&*text, &*odd] {
            for read in [Key::from_hex, Key::from_base64, Key::from_text] {
                let _ = read(text);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_back_from_text(bytes in prop::collection::vec(any::<u8>(), 32..100)) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&bytes).unwrap());
        let error = Some(KeyError::DuplicateKey { id: KeyId::new(1) });
        for key in [
            Key::from_hex(&hex),
            Key::from_base64(&base64(&bytes, b'+', b'/')),
            Key::from_base64(&base64(&bytes, b'-', b'_')),
        ] {
            prop_assert_eq!(ring.clone().rotate(KeyId::new(2), key.unwrap()).err(), error);
        }
    }
}

/// base64 without padding, by hand.
fn base64(bytes: &[u8], plus: u8, slash: u8) -> String {
    let mut alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').collect();
    alphabet.extend([plus, slash]);
    let bits: Vec<bool> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let sextet = |bits: &[bool]| {
        let value = (0..6)
            .fold(0, |value, at| value << 1 | usize::from(bits.get(at).copied().unwrap_or(false)));
        char::from(alphabet[value])
    };
    bits.chunks(6).map(sextet).collect()
}

fn key(number: u16) -> Key {
    let [high, low] = number.to_be_bytes();
    let material: Vec<u8> = (0..30).chain([high, low]).collect();
    Key::from_bytes(&material).unwrap()
}

fn signer(ring: &Keyring) -> Signer {
    Signer::links(ring.clone(), Scope::new(Purpose::RESET), Duration::from_secs(1800))
}

fn sign(ring: &Keyring, id: KeyId) -> Token {
    signer(ring).sign_with(id, AttemptId::from_bytes([7; 20]), until()).unwrap()
}

fn now() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap()
}

fn until() -> UtcDateTime {
    now() + Duration::from_secs(1800)
}

/// Gives one byte over and over.
struct Stuck(u8);

impl TryRng for Stuck {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_ne_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_ne_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

/// Has no entropy to give.
struct Broken;

impl TryRng for Broken {
    type Error = NoEntropy;

    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}

impl TryCryptoRng for Broken {}

#[derive(Debug)]
struct NoEntropy;

impl core::fmt::Display for NoEntropy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no entropy")
    }
}

impl core::error::Error for NoEntropy {}

/// Each error says its own fact, and none of them has another one inside.
#[test]
fn a21_key_errors_say_each_thing_once() {
    let errors: &[&dyn core::error::Error] = &[
        &KeyError::Malformed,
        &KeyError::TooShort { bytes: 3 },
        &KeyError::TooLong { bytes: 2000 },
        &KeyError::Predictable,
        &KeyError::DuplicateId { id: KeyId::new(1) },
        &KeyError::DuplicateKey { id: KeyId::new(1) },
        &KeyError::TooMany,
        &KeyError::Signing { id: KeyId::new(1) },
        &KeyError::Unknown { id: KeyId::new(1) },
    ];
    for error in errors {
        assert!(error.source().is_none(), "{error}");
        assert!(!error.to_string().is_empty());
    }
}
