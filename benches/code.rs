//! Check codes against a raw, pre-keyed HMAC-SHA256 over the bytes that a code is derived from.

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeShape, Codes};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use sha2::Sha256;

/// Label, shape, channel, contact, purpose, absent tenant, account and attempt with their lengths, and the counter.
const DERIVED_BYTES: usize = 8 + 6 + 9 + 19 + 9 + 4 + 6 + 24 + 4;

fn code(criterion: &mut Criterion) {
    let key_material: Vec<u8> = (0..32).collect();
    let key_id = KeyId::new(1);
    let ring = Keyring::new(key_id, Key::from_bytes(&key_material).unwrap());
    let account = AccountId::new("42").unwrap();
    let contact = Contact::email("ada@example.org").unwrap();
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));

    let raw = Hmac::<Sha256>::new_from_slice(&key_material).unwrap();
    let message = [7; DERIVED_BYTES];

    let mut group = criterion.benchmark_group("code");
    group.bench_function("raw HMAC", |bencher| {
        bencher.iter(|| black_box(&raw).clone().chain_update(black_box(&message)).finalize());
    });
    for (name, shape) in
        [("letters", CodeShape::DEFAULT), ("digits", CodeShape::digits(6).unwrap())]
    {
        let codes = Codes::new(ring.clone(), Scope::new(Purpose::RESET), shape);
        let derived = codes.derive(key_id, &binding).unwrap();
        let shown = derived.expose_secret();
        let typed = CheckCode::parse(shape, &shown).unwrap();
        group.bench_function(format!("derive {name}"), |bencher| {
            bencher.iter(|| black_box(&codes).derive(black_box(key_id), black_box(&binding)));
        });
        group.bench_function(format!("parse {name}"), |bencher| {
            bencher.iter(|| CheckCode::parse(black_box(shape), black_box(&shown)));
        });
        group.bench_function(format!("match {name}"), |bencher| {
            bencher.iter(|| black_box(&derived).matches(black_box(&typed)));
        });
        group.bench_function(format!("derive, parse and match {name}"), |bencher| {
            bencher.iter(|| {
                let derived = codes.derive(black_box(key_id), black_box(&binding)).unwrap();
                let typed = CheckCode::parse(black_box(shape), black_box(&shown)).unwrap();
                derived.matches(&typed)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, code);
criterion_main!(benches);
