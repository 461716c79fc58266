//! What a generated password costs, and what building its generator does.
//!
//! `cargo bench -p repass-benches --bench generator`; ratios hold within one run only.

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use repass::SysRng;
use repass::policy::{CharacterClass, Personal, Policy, PolicyBuilder, SequenceEnds};

fn policies() -> [(&'static str, PolicyBuilder); 3] {
    let classes = Policy::builder()
        .min_length(12)
        .at_least(1, CharacterClass::Lower)
        .at_least(1, CharacterClass::Upper)
        .at_least(1, CharacterClass::Digit)
        .at_least(1, CharacterClass::Symbol);
    let patterns = classes
        .clone()
        .not_common()
        .max_similarity(0.7)
        .no_personal_names()
        .active_directory_kinds()
        .max_repeat(2)
        .max_class_repeat(4)
        .min_distinct(5)
        .max_sequence(3, SequenceEnds::Joined)
        .max_keyboard_walk(3);
    [
        ("length", Policy::builder().min_length(12)),
        ("four_classes", classes),
        ("every_rule", patterns),
    ]
}

fn generate(criterion: &mut Criterion) {
    let about = Personal::none()
        .username("emily.rose")
        .first_name("Emily")
        .last_name("Rosewater-Smith")
        .email("emily.rose@mail.example.com");
    let mut group = criterion.benchmark_group("generate");
    for (name, policy) in policies() {
        let policy = policy.build().unwrap();
        group.bench_function(format!("{name}/build"), |bencher| {
            bencher.iter(|| black_box(&policy).generator().length(18).build().unwrap())
        });
        let generator = policy.generator().length(18).build().unwrap();
        group.bench_function(format!("{name}/password"), |bencher| {
            bencher.iter(|| generator.generate(black_box(&about), &mut SysRng).unwrap())
        });
    }
    group.finish();
}

criterion_group!(benches, generate);
criterion_main!(benches);
