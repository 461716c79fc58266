//! Link tokens against a raw, pre-keyed HMAC-SHA256 over the bytes that a token signs.

use core::hint::black_box;
use core::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::Signer;
use sha2::Sha256;

/// Kind, head, purpose and the absent tenant, with their lengths.
const SIGNED_BYTES: usize = 8 + 4 + 28 + 9 + 4;

fn token(criterion: &mut Criterion) {
    let key_material: Vec<u8> = (0..32).collect();
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&key_material).unwrap());
    let links = Signer::links(ring, Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let id = AttemptId::from_bytes([7; 20]);
    let expires_at = now + Duration::from_secs(1800);
    let token = links.sign(id, expires_at).unwrap();
    let text = token.expose_secret();
    let forged = format!("{}A", &text[..79]);
    let short = &text[..79];

    let raw = Hmac::<Sha256>::new_from_slice(&key_material).unwrap();
    let message = [7; SIGNED_BYTES];

    let mut group = criterion.benchmark_group("token");
    group.bench_function("raw HMAC", |bencher| {
        bencher.iter(|| black_box(&raw).clone().chain_update(black_box(&message)).finalize());
    });
    group.bench_function("sign", |bencher| {
        bencher.iter(|| black_box(&links).sign(black_box(id), black_box(expires_at)));
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| black_box(&links).verify(black_box(text), black_box(now)).unwrap());
    });
    group.bench_function("refuse forged", |bencher| {
        bencher.iter(|| black_box(&links).verify(black_box(&forged), black_box(now)).unwrap_err());
    });
    group.bench_function("refuse wrong length", |bencher| {
        bencher.iter(|| black_box(&links).verify(black_box(short), black_box(now)).unwrap_err());
    });
    group.finish();
}

criterion_group!(benches, token);
criterion_main!(benches);
