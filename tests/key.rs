//! Keys, keyrings and rotation.

use core::time::Duration;
use std::collections::BTreeMap;

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
    let varied = |length: u8| (0..length).collect::<Vec<_>>();
    // Seven and eight different values, spread over 32 bytes.
    let [seven, eight] = [7, 8].map(|values| (0..32).map(|at| at % values).collect::<Vec<u8>>());
    for (what, material, expected) in [
        ("nothing", vec![], Some(KeyError::TooShort { bytes: 0 })),
        ("one byte", vec![7], Some(KeyError::TooShort { bytes: 1 })),
        ("31 bytes", varied(31), Some(KeyError::TooShort { bytes: 31 })),
        ("32 bytes", varied(32), None),
        ("200 bytes", varied(200), None),
        ("zeros", vec![0; 32], Some(KeyError::Predictable)),
        ("ones", vec![0xff; 64], Some(KeyError::Predictable)),
        ("a megabyte of one byte", vec![b'a'; 1 << 20], Some(KeyError::Predictable)),
        ("two values", [1, 2].repeat(16), Some(KeyError::Predictable)),
        ("seven values", seven, Some(KeyError::Predictable)),
        ("eight values", eight, None),
        ("a placeholder", b"changeme".repeat(4), Some(KeyError::Predictable)),
    ] {
        assert_eq!(Key::from_bytes(&material).err(), expected, "{what}");
    }
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

#[derive(Clone, Debug)]
enum Step {
    /// A token under one of the keys.
    Issue(prop::sample::Index),
    Rotate(u16),
    VerifyWith(u16),
    Remove(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<prop::sample::Index>().prop_map(Step::Issue),
        2 => (0_u16..8).prop_map(Step::Rotate),
        1 => (0_u16..8).prop_map(Step::VerifyWith),
        2 => (0_u16..8).prop_map(Step::Remove),
    ]
}

proptest! {
    /// The model is a map from key ids to keys; each key that is put in is a new one.
    #[test]
    fn a_token_verifies_while_its_key_is_in_the_ring(steps in prop::collection::vec(step(), 1..40)) {
        let mut fresh = 0;
        let mut ring = Keyring::new(KeyId::new(0), key(fresh));
        let mut model = BTreeMap::from([(0, fresh)]);
        let mut signing = 0;
        let mut issued: Vec<(u16, u16, Token)> = Vec::new();
        for step in steps {
            match step {
                Step::Issue(index) => {
                    let ids: Vec<_> = ring.ids().collect();
                    let id = *index.get(&ids);
                    issued.push((id.number(), model[&id.number()], sign(&ring, id)));
                }
                Step::Rotate(id) | Step::VerifyWith(id) if model.contains_key(&id) => {
                    let error = Some(KeyError::DuplicateId { id: KeyId::new(id) });
                    prop_assert_eq!(ring.clone().rotate(KeyId::new(id), key(fresh + 1)).err(), error);
                }
                Step::Rotate(id) => {
                    fresh += 1;
                    ring = ring.rotate(KeyId::new(id), key(fresh)).unwrap();
                    model.insert(id, fresh);
                    signing = id;
                }
                Step::VerifyWith(id) => {
                    fresh += 1;
                    ring = ring.verify_with(KeyId::new(id), key(fresh)).unwrap();
                    model.insert(id, fresh);
                }
                Step::Remove(id) => match ring.clone().remove(KeyId::new(id)) {
                    Ok(smaller) => {
                        prop_assert!(id != signing && model.remove(&id).is_some());
                        ring = smaller;
                    }
                    Err(KeyError::Signing { .. }) => prop_assert_eq!(id, signing),
                    Err(KeyError::Unknown { .. }) => prop_assert!(!model.contains_key(&id)),
                    Err(other) => prop_assert!(false, "{}", other),
                },
            }
            prop_assert_eq!(ring.signing_id(), KeyId::new(signing));
            let mut ids: Vec<_> = ring.ids().map(KeyId::number).collect();
            ids.sort_unstable();
            prop_assert!(ids.iter().eq(model.keys()));
            for (id, key, token) in &issued {
                let expected = match model.get(id) {
                    Some(present) if present == key => None,
                    // The id came back with another key.
                    Some(_) => Some("token_forged"),
                    None => Some("token_unknown_key"),
                };
                let verdict = signer(&ring).verify(token.expose_secret(), now());
                prop_assert_eq!(verdict.err().map(|error| error.code()), expected);
            }
        }
    }
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
