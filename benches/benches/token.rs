//! Link tokens and stateless ones against a raw, pre-keyed HMAC-SHA256 over the bytes that a token signs.

use core::hint::black_box;
use core::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, TicketSigner};
use sha2::Sha256;

/// Kind, version and head, purpose and the absent tenant, with their lengths.
const SIGNED_BYTES: usize = 8 + 4 + 28 + 9 + 4;
/// The same of a ticket, which has 15 bytes more.
const TICKET_SIGNED_BYTES: usize = SIGNED_BYTES + 15;

/// A hash as the default cost makes it, 97 characters long.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                    aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";

fn token(criterion: &mut Criterion) {
    let key_material: Vec<u8> = (0..32).collect();
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&key_material).unwrap());
    let (scope, life) = (Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let links = Signer::links(ring.clone(), scope.clone(), life);
    let tickets = TicketSigner::new(ring.clone(), scope.clone());
    let stateless = StatelessSigner::new(ring, scope, life);
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    let id = AttemptId::from_bytes([7; 20]);
    let expires_at = now + life;
    let token = links.sign(id, expires_at).unwrap();
    let text = token.expose_secret();
    // A character of the tag.
    let other = if &text[60..61] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &text[..60], &text[61..]);
    let short = &text[..79];

    let subject = AccountId::new("42").unwrap();
    let state = || State::changed_by_use(black_box(HASH)).and("1700000000").and("ada@example.org");
    let bound = stateless.sign(&subject, &state(), expires_at).unwrap();

    let raw = Hmac::<Sha256>::new_from_slice(&key_material).unwrap();
    let message = [7; SIGNED_BYTES];
    let ticket_message = [7; TICKET_SIGNED_BYTES];
    let ticket_until = now + TicketSigner::LONGEST_LIFE;
    let ticket = tickets.sign(id, &[7; 15], ticket_until).unwrap();

    // What is measured against the raw MAC stays where it is made: the harness would move it, the larger the dearer.
    let mut group = criterion.benchmark_group("token");
    group.bench_function("raw HMAC", |bencher| {
        bencher.iter(|| {
            let tag = black_box(&raw).clone().chain_update(black_box(&message)).finalize();
            black_box(&tag);
        });
    });
    group.bench_function("sign", |bencher| {
        bencher.iter(|| {
            let token = black_box(&links).sign(black_box(id), black_box(expires_at));
            black_box(&token);
        });
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            let verified = black_box(&links).verify(black_box(text), black_box(now));
            black_box(&verified);
        });
    });
    group.bench_function("refuse forged", |bencher| {
        assert!(links.verify(&forged, now).is_err());
        bencher.iter(|| {
            let refused = black_box(&links).verify(black_box(&forged), black_box(now));
            black_box(&refused);
        });
    });
    group.bench_function("refuse wrong length", |bencher| {
        assert!(links.verify(short, now).is_err());
        bencher.iter(|| {
            let refused = black_box(&links).verify(black_box(short), black_box(now));
            black_box(&refused);
        });
    });
    group.bench_function("raw HMAC of a ticket", |bencher| {
        bencher.iter(|| {
            let tag = black_box(&raw).clone().chain_update(black_box(&ticket_message)).finalize();
            black_box(&tag);
        });
    });
    group.bench_function("sign a ticket", |bencher| {
        bencher.iter(|| {
            let ticket = black_box(&tickets).sign(black_box(id), &[7; 15], black_box(ticket_until));
            black_box(&ticket);
        });
    });
    group.bench_function("open a ticket", |bencher| {
        let text = ticket.expose_secret();
        bencher.iter(|| {
            let verified = black_box(&tickets).verify(black_box(text), black_box(now));
            black_box(&verified);
        });
    });
    group.bench_function("sign stateless", |bencher| {
        bencher.iter(|| black_box(&stateless).sign(&subject, &state(), black_box(expires_at)));
    });
    group.bench_function("verify stateless", |bencher| {
        let text = bound.expose_secret();
        bencher.iter(|| black_box(&stateless).verify(black_box(text), black_box(now)).unwrap());
    });
    group.bench_function("verify and bind stateless", |bencher| {
        let text = bound.expose_secret();
        bencher.iter(|| {
            let unbound = black_box(&stateless).verify(black_box(text), black_box(now)).unwrap();
            unbound.bind(&subject, &state()).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, token);
criterion_main!(benches);
