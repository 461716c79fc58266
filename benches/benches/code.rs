//! Check codes against a raw, pre-keyed HMAC-SHA256 over as many bytes as a code is derived from.

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, ResendPolicy};
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use sha2::Sha256;

/// Label, six digits' shape, recipient, purpose, absent tenant, account and attempt with their
/// lengths, epoch and counter: the shortest message that is measured.
const DERIVED_BYTES: usize = 8 + 15 + 36 + 9 + 4 + 6 + 24 + 4 + 4;

fn code(criterion: &mut Criterion) {
    let key_material: Vec<u8> = (0..32).collect();
    let key_id = KeyId::new(1);
    let ring = Keyring::new(key_id, Key::from_bytes(&key_material).unwrap());
    let account = AccountId::new("42").unwrap();
    let contact = Contact::email("ada@example.org").unwrap();
    let binding = CodeBinding::new(&account, &contact, AttemptId::from_bytes([7; 20]));
    let epoch = CodeEpoch::first(UtcDateTime::UNIX_EPOCH);
    let good = ResendPolicy::SameCode.good(epoch, UtcDateTime::UNIX_EPOCH);

    let raw = Hmac::<Sha256>::new_from_slice(&key_material).unwrap();
    let message = [7; DERIVED_BYTES];

    let mut group = criterion.benchmark_group("code");
    group.bench_function("raw HMAC", |bencher| {
        bencher.iter(|| black_box(&raw).clone().chain_update(black_box(&message)).finalize());
    });
    for (name, shape) in [
        ("letters", CodeShape::DEFAULT),
        ("digits", CodeShape::digits(6).unwrap()),
        ("base 32", CodeShape::base32(8).unwrap()),
    ] {
        let codes = Codes::new(ring.clone(), Scope::new(Purpose::RESET), shape);
        let derived = codes.derive(key_id, &binding, epoch.number()).unwrap();
        let shown = derived.expose_secret();
        let typed = CheckCode::parse(shape, &shown).unwrap();
        group.bench_function(format!("derive {name}"), |bencher| {
            bencher.iter(|| black_box(&codes).derive(black_box(key_id), black_box(&binding), 0));
        });
        group.bench_function(format!("parse {name}"), |bencher| {
            bencher.iter(|| CheckCode::parse(black_box(shape), black_box(&shown)));
        });
        group.bench_function(format!("match {name}"), |bencher| {
            bencher.iter(|| black_box(&derived).matches(black_box(&typed)));
        });
        group.bench_function(format!("derive, parse and match {name}"), |bencher| {
            bencher.iter(|| {
                let typed = CheckCode::parse(black_box(shape), black_box(&shown)).unwrap();
                black_box(&codes).matches(black_box(key_id), black_box(&binding), good, &typed)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, code);
criterion_main!(benches);
