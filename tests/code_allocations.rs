//! Deriving, reading and comparing a code costs no allocation.

use allocation_counter::measure;
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, ResendPolicy};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(core::hint::black_box(Box::new(1)))).count_total, 1);
}

#[test]
fn a_guess_allocates_nothing() {
    let material: Vec<u8> = (0..32).collect();
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap());
    let contact = Contact::email("Ada@Example.org").unwrap();
    let epoch = CodeEpoch::first(UtcDateTime::UNIX_EPOCH);
    let good = ResendPolicy::SameCode.good(epoch, UtcDateTime::UNIX_EPOCH);
    for shape in [CodeShape::DEFAULT, CodeShape::of_alphabet("0123abcd", 12).unwrap()] {
        // Short, and longer than what is laid out in one piece.
        for (tenant, account) in [("a", "42".to_owned()), (&*"t".repeat(255), "x".repeat(128))] {
            let scope = Scope::new(Purpose::RESET).for_tenant(tenant).unwrap();
            let codes = Codes::new(ring.clone(), scope, shape);
            let account = AccountId::new(&account).unwrap();
            let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
            let sent = codes.derive(KeyId::new(1), &binding, 0).unwrap().expose_secret();
            let counted = measure(|| {
                let typed = CheckCode::parse(shape, &sent).unwrap();
                assert!(codes.matches(KeyId::new(1), &binding, good, &typed).unwrap());
                assert!(CheckCode::parse(shape, "no code").is_err());
            });
            assert_eq!(counted.count_total, 0, "{shape:?}");
        }
    }
}
