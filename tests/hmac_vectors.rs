//! The HMAC-SHA256 under tokens, codes and seals against Wycheproof and NIST CAVP, cut tags included.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

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
