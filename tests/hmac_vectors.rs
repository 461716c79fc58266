//! The HMAC-SHA256 under tokens, codes and seals against RFC 4231, Wycheproof and NIST CAVP, cut tags
//! included.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// RFC 4231, sections 4.2 to 4.8; the tag of the fifth case is cut to 128 bits there.
#[test]
fn rfc_4231() {
    let counted: Vec<u8> = (0x01..=0x19).collect();
    let long_message = "This is a test using a larger than block-size key and a larger than block-size \
        data. The key needs to be hashed before being used by the HMAC algorithm.";
    let cases: [(&[u8], &[u8], &str); 7] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            long_message.as_bytes(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, message, tag) in cases {
        let (computed, tag) = (mac(key, message).finalize().into_bytes(), bytes(tag));
        assert_eq!(computed[..tag.len()], tag, "{}", message.escape_ascii());
    }
}

#[test]
fn wycheproof() {
    let file: Value =
        serde_json::from_str(include_str!("vectors/wycheproof/hmac_sha256_test.json")).unwrap();
    let mut count = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let tag_bytes = usize::try_from(group["tagSize"].as_u64().unwrap()).unwrap() / 8;
        for case in group["tests"].as_array().unwrap() {
            let [key, message, tag] =
                ["key", "msg", "tag"].map(|name| bytes(case[name].as_str().unwrap()));
            assert_eq!(tag.len(), tag_bytes, "{case}");
            let holds = case["result"] == "valid";
            assert_eq!(mac(&key, &message).verify_truncated_left(&tag).is_ok(), holds, "{case}");
            // A whole tag is wanted: what is cut never passes for it.
            let whole = holds && tag_bytes == 32;
            assert_eq!(mac(&key, &message).verify_slice(&tag).is_ok(), whole, "{case}");
            count += 1;
        }
    }
    assert_eq!(count, 174);
    assert_eq!(file["numberOfTests"], 174);
}

#[test]
fn nist_cavp() {
    let file = include_str!("vectors/nist-cavp/HMAC_L32_sha256.rsp");
    let mut fields = file.lines().filter_map(|line| line.trim_end().split_once(" = "));
    let mut count = 0;
    while let Some(("Count", number)) = fields.next() {
        let mut field = |name| {
            let (found, value) = fields.next().unwrap();
            assert_eq!(found, name, "case {number}");
            value
        };
        let key_bytes: usize = field("Klen").parse().unwrap();
        let tag_bytes: usize = field("Tlen").parse().unwrap();
        let [key, message, tag] = ["Key", "Msg", "Mac"].map(|name| bytes(field(name)));
        assert_eq!((key.len(), tag.len()), (key_bytes, tag_bytes), "case {number}");
        let computed = mac(&key, &message).finalize().into_bytes();
        assert_eq!(computed[..tag_bytes], tag, "case {number}");
        count += 1;
    }
    assert_eq!(count, 225);
}

fn mac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message)
}

fn bytes(hex: &str) -> Vec<u8> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
