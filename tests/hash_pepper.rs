//! Peppers: a secret in every new hash, named in the string, rotated, and never left out in silence.

use repass::hash::{Cost, HashError, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::secret::{Password, PasswordHash, Salt};

#[test]
fn the_string_names_the_pepper() {
    for (number, name) in [(0, "AAA"), (1, "AAE"), (256, "AQA"), (65_535, "//8")] {
        let hash = peppered(Keyring::new(KeyId::new(number), key(1)));
        let stored = hash.hash(&password(), salt()).unwrap();
        let text = stored.expose_secret();
        assert!(text.starts_with(&format!("$argon2id$v=19$m=64,t=1,p=1,keyid={name}$")), "{text}");
        assert_eq!(hash.verify(&password(), &stored), Ok(Verdict::Match));
        let wrong = Password::new("incorrect horse").unwrap();
        assert_eq!(hash.verify(&wrong, &stored), Ok(Verdict::Mismatch));
    }
}

#[test]
fn after_a_rotation_the_former_pepper_verifies_and_is_outdated() {
    let first = Keyring::new(KeyId::new(1), key(1));
    let old = peppered(first.clone()).hash(&password(), salt()).unwrap();

    let both = peppered(first.clone().rotate(KeyId::new(2), key(2)).unwrap());
    assert_eq!(both.verify(&password(), &old), Ok(Verdict::MatchOutdated));
    let new = both.hash(&password(), salt()).unwrap();
    assert!(new.expose_secret().contains(",keyid=AAI$"));
    assert_eq!(both.verify(&password(), &new), Ok(Verdict::Match));

    // Another instance that does not hash with the new one yet.
    let ahead = peppered(first.verify_with(KeyId::new(2), key(2)).unwrap());
    assert_eq!(ahead.verify(&password(), &new), Ok(Verdict::MatchOutdated));

    let second = peppered(Keyring::new(KeyId::new(2), key(2)));
    assert_eq!(second.verify(&password(), &new), Ok(Verdict::Match));
    let unknown = HashError::UnknownPepper { id: KeyId::new(1) };
    assert_eq!(second.verify(&password(), &old), Err(unknown));
    assert_eq!(unknown.code(), "hash_unknown_pepper");
    assert_eq!(
        unknown.to_string(),
        "the stored hash was made with the pepper 1, which is not here"
    );
}

#[test]
fn a_hash_without_pepper_verifies_and_is_outdated() {
    let plain = Hasher::new(cost()).hash(&password(), salt()).unwrap();
    let hasher = peppered(Keyring::new(KeyId::new(1), key(1)));
    assert_eq!(hasher.verify(&password(), &plain), Ok(Verdict::MatchOutdated));
    let wrong = Password::new("incorrect horse").unwrap();
    assert_eq!(hasher.verify(&wrong, &plain), Ok(Verdict::Mismatch));
}

#[test]
fn without_the_pepper_there_is_no_verdict_and_no_work() {
    let stored = peppered(Keyring::new(KeyId::new(1), key(1))).hash(&password(), salt()).unwrap();
    let hasher = Hasher::new(cost());
    let password = password();
    let allocated = allocation_counter::measure(|| {
        let verdict = hasher.verify(&password, &stored);
        assert_eq!(verdict, Err(HashError::UnknownPepper { id: KeyId::new(1) }));
    });
    assert!(allocated.bytes_total < 256, "{allocated:?}");
}

#[test]
fn the_pepper_counts() {
    let hasher = peppered(Keyring::new(KeyId::new(1), key(1)));
    let salt = || Salt::generate(&mut Fixed).unwrap();
    let hash =
        |hasher: &Hasher| hasher.hash(&password(), salt()).unwrap().expose_secret().to_owned();
    let text = hash(&hasher);

    // Another key of the same id is wrong, and so is none.
    let other = peppered(Keyring::new(KeyId::new(1), key(2)));
    assert_eq!(other.verify(&password(), &stored(&text)), Ok(Verdict::Mismatch));
    let nameless = text.replace(",keyid=AAE", "");
    assert_eq!(hasher.verify(&password(), &stored(&nameless)), Ok(Verdict::Mismatch));
    assert_eq!(Hasher::new(cost()).verify(&password(), &stored(&nameless)), Ok(Verdict::Mismatch));

    // A name does not make a peppered hash of one that is not.
    let named = hash(&Hasher::new(cost())).replace("p=1", "p=1,keyid=AAE");
    assert_eq!(hasher.verify(&password(), &stored(&named)), Ok(Verdict::Mismatch));

    // The name itself is not part of the hash, the key is: a key may move to another id.
    let moved = peppered(Keyring::new(KeyId::new(9), key(1)));
    assert_eq!(hash(&moved), text.replace("keyid=AAE", "keyid=AAk"));
}

/// Pepper and password are never one text, so no length and no NUL cuts either off.
#[test]
fn catalogue_6_15_no_password_cuts_the_pepper_off() {
    let [own, other] = [1, 2].map(|first| peppered(Keyring::new(KeyId::new(1), key(first))));
    let (end, long) = ("x".repeat(71), "x".repeat(4_095));
    for (text, altered) in [
        (String::new(), "\0".to_owned()),
        (format!("{end}a"), format!("{end}b")),
        (format!("{end}xa"), format!("{end}xb")),
        (format!("{long}a"), format!("{long}b")),
        ("\0a".to_owned(), "\0b".to_owned()),
    ] {
        let [text, altered] = [text, altered].map(|text| Password::verbatim(text).unwrap());
        let hash = own.hash(&text, salt()).unwrap();
        assert_eq!(own.verify(&text, &hash), Ok(Verdict::Match));
        assert_eq!(other.verify(&text, &hash), Ok(Verdict::Mismatch));
        assert_eq!(own.verify(&altered, &hash), Ok(Verdict::Mismatch));
    }
}

#[test]
fn a_malformed_name_of_a_pepper_is_refused() {
    let hasher = peppered(Keyring::new(KeyId::new(0), key(1)));
    let text = hasher.hash(&password(), salt()).unwrap().expose_secret().to_owned();
    assert_eq!(hasher.verify(&password(), &stored(&text)), Ok(Verdict::Match));
    for (what, name) in [
        ("empty", "keyid="),
        ("one byte", "keyid=AA"),
        ("three bytes", "keyid=AAAA"),
        ("eight bytes", "keyid=AAAAAAAAAAA"),
        ("no multiple of eight bits", "keyid=A"),
        ("bits that no byte has", "keyid=AAB"),
        ("padded", "keyid=AAA="),
        ("base64url", "keyid=__8"),
        ("twice", "keyid=AAA,keyid=AAA"),
        ("twice, the other unknown", "keyid=AAA,keyid=AAE"),
        ("upper case", "KEYID=AAA"),
        ("data as well", "keyid=AAA,data=AAA"),
        ("nothing but the name", "keyid"),
    ] {
        let text = text.replace("keyid=AAA", name);
        assert_eq!(hasher.verify(&password(), &stored(&text)), Err(HashError::Malformed), "{what}");
    }
    // The order of parameters is not ours to judge.
    let text = text.replace("m=64,t=1,p=1,keyid=AAA", "keyid=AAA,p=1,t=1,m=64");
    assert_eq!(hasher.verify(&password(), &stored(&text)), Ok(Verdict::Match));
}

#[test]
fn debug_shows_no_pepper() {
    let hasher = peppered(Keyring::new(KeyId::new(1), key(1)));
    let shown = format!("{hasher:?}");
    assert!(shown.contains("peppers: Some([KeyId(1)])"), "{shown}");
}

fn peppered(peppers: Keyring) -> Hasher {
    Hasher::new(cost()).with_pepper(peppers)
}

fn cost() -> Cost {
    Cost::new(64, 1, 1).unwrap()
}

fn key(first: u8) -> Key {
    let material: Vec<u8> = (0..32).map(|at| first.wrapping_add(at * 7)).collect();
    Key::from_bytes(&material).unwrap()
}

fn password() -> Password {
    Password::new("correct horse").unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut repass::SysRng).unwrap()
}

fn stored(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text).unwrap()
}

/// The same salt every time.
struct Fixed;

impl TryRng for Fixed {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.iter_mut().zip(0..).for_each(|(byte, at)| *byte = at);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
