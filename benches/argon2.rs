//! Hashing and verifying at the default cost against the argon2 crate with fresh memory.

use core::hint::black_box;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use criterion::{Criterion, criterion_group, criterion_main};
use repass::hash::{Cost, Hasher, Verdict};
use repass::secret::{Password, Salt};

const PASSWORD: &str = "correct horse battery staple";

fn hashing(criterion: &mut Criterion) {
    let cost = Cost::OWASP;
    let hasher = Hasher::new(cost);
    let password = Password::new(PASSWORD).unwrap();
    let salt = || Salt::generate(&mut repass::SysRng).unwrap();
    let stored = hasher.hash(&password, salt()).unwrap();
    assert_eq!(hasher.verify(&password, &stored), Ok(Verdict::Match));

    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32)).unwrap();
    let raw = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());

    let mut group = criterion.benchmark_group("argon2");
    group.sample_size(10);
    group.bench_function("raw argon2", |bencher| {
        bencher.iter(|| {
            let mut memory = vec![Block::new(); params.block_count()];
            let mut output = [0; 32];
            raw.hash_password_into_with_memory(
                black_box(PASSWORD.as_bytes()),
                black_box(&[7; 16]),
                &mut output,
                &mut memory,
            )
            .unwrap();
            output
        });
    });
    group.bench_function("hash", |bencher| {
        bencher.iter(|| hasher.hash(black_box(&password), salt()).unwrap());
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| hasher.verify(black_box(&password), black_box(&stored)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, hashing);
criterion_main!(benches);
