//! Check codes, derived by a script that shares no code with the crate (tests/vectors/code_v1.py).

use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeShape, Codes};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use serde_json::Value;

#[test]
fn we_derive_the_same_codes() {
    let mut count = 0;
    for case in cases() {
        assert_eq!(*derived(&case).expose_plain(), case["code"].as_str().unwrap(), "{case}");
        count += 1;
    }
    assert_eq!(count, 182);
}

#[test]
fn a_derived_code_can_be_typed() {
    for case in cases() {
        let code = derived(&case);
        let typed = CheckCode::parse(shape(&case), case["code"].as_str().unwrap()).unwrap();
        assert!(code.matches(&typed), "{case}");
    }
}

fn derived(case: &Value) -> CheckCode {
    let key_id = KeyId::new(case["key_id"].as_u64().unwrap().try_into().unwrap());
    let ring = Keyring::new(key_id, Key::from_bytes(&bytes(&case["key"])).unwrap());
    let scope = Scope::new(Purpose::new(case["purpose"].as_str().unwrap()).unwrap());
    let scope = match case["tenant"].as_str() {
        Some(tenant) => scope.for_tenant(tenant).unwrap(),
        None => scope,
    };
    let account = AccountId::new(case["account"].as_str().unwrap()).unwrap();
    let contact = Contact::email(case["contact"].as_str().unwrap()).unwrap();
    let id = AttemptId::from_bytes(bytes(&case["id"]).try_into().unwrap());
    let binding = CodeBinding::new(&account, &contact, id);
    let epoch = case["epoch"].as_u64().unwrap().try_into().unwrap();
    Codes::new(ring, scope, shape(case)).derive(key_id, &binding, epoch).unwrap()
}

fn shape(case: &Value) -> CodeShape {
    let length = case["length"].as_u64().unwrap().try_into().unwrap();
    match case["alphabet"].as_str().unwrap() {
        "BCDFGHJKLMNPQRSTVWXZ" => CodeShape::letters(length).unwrap(),
        "0123456789" => CodeShape::digits(length).unwrap(),
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ" => CodeShape::base32(length).unwrap(),
        own => CodeShape::of_alphabet(own, length).unwrap(),
    }
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
    include_str!("vectors/code-v1.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}
