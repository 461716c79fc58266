//! Tokens of wire format 1, made and broken by a script that shares no code with the crate (tests/vectors/token_v1.py).

use core::time::Duration;

use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, TokenError};
use serde_json::Value;

/// The last second that `time` can say; 40 bits go further.
const YEAR_9999_ENDS: i64 = 253_402_300_799;

#[test]
fn every_token_is_accepted_or_refused_as_the_format_says() {
    for case in cases() {
        let token = case["token"].as_str().unwrap();
        let verdict = signer(&case).verify(token, moment(case["now"].as_i64().unwrap()));
        let code = verdict.map_or_else(|error| error.code(), |_| "ok");
        assert_eq!(code, case["result"], "{case}");
    }
}

#[test]
fn an_accepted_token_says_what_was_signed() {
    let mut count = 0;
    for case in cases().filter(is_accepted) {
        let token = case["token"].as_str().unwrap();
        let now = moment(case["now"].as_i64().unwrap());
        let verified = signer(&case).verify(token, now).unwrap();
        let expires_at = case["expires_at"].as_i64().unwrap().min(YEAR_9999_ENDS);
        assert_eq!(u64::from(verified.key_id().number()), case["key_id"], "{case}");
        assert_eq!(verified.id().to_string(), case["id"], "{case}");
        assert_eq!(verified.expires_at().unix_timestamp(), expires_at, "{case}");
        count += 1;
    }
    assert!(count > 40);
}

#[test]
fn we_sign_the_same_text() {
    for case in cases().filter(is_accepted) {
        let expires_at = case["expires_at"].as_i64().unwrap();
        if expires_at > YEAR_9999_ENDS {
            continue;
        }
        let key_id = KeyId::new(case["key_id"].as_u64().unwrap().try_into().unwrap());
        let id = AttemptId::from_bytes(bytes(&case["id"]).try_into().unwrap());
        let token = signer(&case).sign_with(key_id, id, moment(expires_at)).unwrap();
        assert_eq!(token.expose_secret(), case["token"].as_str().unwrap(), "{case}");
    }
}

#[test]
fn every_reason_has_its_cases() {
    let reasons = [
        TokenError::Malformed,
        TokenError::UnknownKey { key_id: KeyId::new(0) },
        TokenError::Forged,
        TokenError::Expired { expires_at: moment(0) },
        TokenError::TooFarAhead { expires_at: moment(0) },
    ];
    let mut count = 0;
    for reason in reasons {
        let cases = cases().filter(|case| case["result"] == reason.code()).count();
        assert!(cases >= 5, "{reason}: {cases}");
        count += cases;
    }
    assert_eq!(count + cases().filter(is_accepted).count(), 246);
}

fn is_accepted(case: &Value) -> bool {
    case["result"] == "ok"
}

fn signer(case: &Value) -> Signer {
    let mut keys = case["ring"].as_array().unwrap().iter().map(|key| {
        let id = KeyId::new(key[0].as_u64().unwrap().try_into().unwrap());
        (id, Key::from_bytes(&bytes(&key[1])).unwrap())
    });
    let (id, key) = keys.next().unwrap();
    let ring = keys.fold(Keyring::new(id, key), |ring, (id, key)| ring.rotate(id, key).unwrap());
    let purpose = Purpose::new(case["purpose"].as_str().unwrap()).unwrap();
    let scope = match case["tenant"].as_str() {
        Some(tenant) => Scope::new(purpose).for_tenant(tenant).unwrap(),
        None => Scope::new(purpose),
    };
    let life = Duration::from_secs(case["life"].as_u64().unwrap());
    match case["kind"].as_str().unwrap() {
        "link" => Signer::links(ring, scope, life),
        "hand" => Signer::handles(ring, scope, life),
        other => panic!("there is no kind {other}"),
    }
}

fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let (pairs, rest) = hex.as_str().unwrap().as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn cases() -> impl Iterator<Item = Value> {
    include_str!("vectors/token-v1.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}
