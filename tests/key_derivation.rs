//! The derivation of subkeys: against the vectors of RFC 5869, appendix A, for SHA-256, and each of the
//! fifteen uses against a script that shares no code with the crate (tests/vectors/key_v1.py).
//!
//! Services only ever meet it with the salt and the info strings of this crate, so the file itself is
//! compiled here; what the flow makes of subkeys is asked of the flow (`flow_vectors`).

extern crate alloc;

#[expect(dead_code, reason = "nothing is compared or cut here")]
#[path = "../src/key/derive.rs"]
mod derive;

use derive::Subkeys;
use serde_json::Value;
use sha2::{Digest, Sha256};

struct Case {
    key_material: Vec<u8>,
    salt: Vec<u8>,
    info: Vec<u8>,
    /// PRK.
    extracted: &'static str,
    /// OKM, of which a subkey is the first block.
    expanded: &'static str,
}

fn cases() -> [Case; 3] {
    [
        Case {
            key_material: vec![0x0b; 22],
            salt: (0x00..=0x0c).collect(),
            info: (0xf0..=0xf9).collect(),
            extracted: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            expanded: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        },
        Case {
            key_material: (0x00..=0x4f).collect(),
            salt: (0x60..=0xaf).collect(),
            info: (0xb0..=0xff).collect(),
            extracted: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            expanded: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
        },
        Case {
            key_material: vec![0x0b; 22],
            salt: vec![],
            info: vec![],
            extracted: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            expanded: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
        },
    ]
}

#[test]
fn subkeys_are_derived_as_the_rfc_says() {
    for case in cases() {
        let extracted = derive::extract(&block(&case.salt), &case.key_material);
        assert_eq!(hex(&*extracted), case.extracted);
        assert_eq!(hex(&*derive::expand(&extracted, &case.info)), case.expanded);
    }
}

#[test]
fn each_of_the_fifteen_uses_has_the_subkey_that_the_specification_gives_it() {
    let cases = include_str!("vectors/key-v1.jsonl").lines();
    for case in cases.map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let extracted = derive::extract(&derive::SALT, &bytes(&case["key"]));
        let subkeys = Subkeys::expand(&extracted);
        let of_nothing = [
            ("link", &subkeys.link),
            ("handle", &subkeys.handle),
            ("stateless", &subkeys.stateless),
            ("state", &subkeys.state),
            ("code", &subkeys.code),
            ("seal", &subkeys.seal),
            ("stamp", &subkeys.stamp),
            ("session", &subkeys.session),
            ("throttle", &subkeys.throttle),
            ("ticket", &subkeys.ticket),
            ("stop", &subkeys.stop),
            ("request", &subkeys.request),
            ("message", &subkeys.message),
            ("notice", &subkeys.notice),
        ];
        let mut ours = of_nothing.map(|(name, mac)| (name, hex(mac.over(&[]).bytes()))).to_vec();
        ours.push(("pepper", hex(&*subkeys.pepper)));
        let named = case["subkeys"].as_object().unwrap();
        assert_eq!((named.len(), ours.len()), (15, 15));
        // One use, one subkey.
        let mut values: Vec<_> = ours.iter().map(|(_, value)| value).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 15);
        for (name, value) in ours {
            assert_eq!(named[name], value, "{}: {name}", case["name"]);
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let (pairs, rest) = text(hex).as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A key of HMAC stands for itself with zeros behind it, and one longer than the block of the hash
/// for its hash (RFC 2104, section 2).
fn block(salt: &[u8]) -> [u8; 32] {
    if salt.len() > 64 {
        return Sha256::digest(salt).into();
    }
    let mut block = [0; 32];
    block[..salt.len()].copy_from_slice(salt);
    block
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
