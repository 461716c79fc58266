//! C12: stored hashes that a column has cut or padded.

use repass::hash::{Cost, HashError, Hasher, Verdict};
use repass::key::{Key, KeyId, Keyring};
use repass::secret::{Password, PasswordHash, Salt, StoredHashError};

use crate::world::{Dice, key_bytes};

/// The tag in 200 hashes, each of which ends in other characters: some cuts leave base64 that is sound.
#[test]
fn c12_a_hash_that_is_cut_anywhere_is_malformed_and_never_a_mismatch() {
    let mut dice = Dice(32);
    let peppers = Keyring::new(KeyId::new(1), Key::from_bytes(&key_bytes()).unwrap());
    let plain = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let password = Password::new("plum-kettle-42").unwrap();
    for hasher in [plain.clone(), plain.with_pepper(peppers)] {
        for _ in 0..100 {
            let salt = Salt::generate(&mut dice).unwrap();
            let hash = hasher.hash(&password, salt).unwrap();
            assert_eq!(hasher.verify(&password, &hash), Ok(Verdict::Match));
            let text = hash.expose_secret();
            for end in 1..text.len() {
                let cut = PasswordHash::from_stored(&text[..end]).unwrap();
                let verdict = hasher.verify(&password, &cut);
                assert_eq!(verdict, Err(HashError::Malformed), "{end} of {}", text.len());
            }
            // Cut to nothing, it is a marker that no password matches.
            assert!(!PasswordHash::from_stored("").unwrap().is_usable());
        }
    }
}

/// Other software makes shorter tags. A host that says so verifies them, as outdated.
#[test]
fn c12_shorter_tags_are_verified_where_the_host_says_so() {
    // argon2-cffi, "correct horse", tag of 16 bytes.
    let short = "$argon2id$v=19$m=256,t=2,p=1$QPux02tJYyHGTL4thFa7Sw$n6vnFUwqP8g6SiLPk/4jwg";
    let short = PasswordHash::from_stored(short).unwrap();
    let hasher = Hasher::new(Cost::new(256, 2, 1).unwrap());
    let password = Password::new("correct horse").unwrap();
    let verify = |hasher: &Hasher| hasher.verify(&password, &short);
    assert_eq!(verify(&hasher), Err(HashError::Malformed));
    for (bytes, right) in [(0, true), (10, true), (16, true), (17, false), (32, false), (99, false)]
    {
        let expected = if right { Ok(Verdict::MatchOutdated) } else { Err(HashError::Malformed) };
        assert_eq!(verify(&hasher.clone().with_short_tags(bytes)), expected, "{bytes}");
    }
}

#[test]
fn c12_a_hash_that_is_padded_with_spaces_is_an_error_that_names_the_padding() {
    let hash = "$argon2id$v=19$m=256,t=2,p=1$QPux02tJYyHGTL4thFa7Sw$n6vnFUwqP8g6SiLPk/4jwg";
    for padding in [1, 2, 50, 400] {
        let padded = format!("{hash}{}", " ".repeat(padding));
        let error = PasswordHash::from_stored(&padded).unwrap_err();
        assert_eq!(error, StoredHashError::Padded);
        assert_eq!(error.code(), "stored_hash_padded");
        assert!(error.to_string().contains("padded with spaces"), "{error}");
    }
}
